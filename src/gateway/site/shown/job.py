"""A job as its page and the list of jobs show it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from contracts.errors import Failure
from contracts.media import MediaInfo, MediaKind
from contracts.messages import JobProgress, now
from contracts.states import JobState
from gateway.site.engines import engine_shown
from gateway.site.formats import ago, count, duration, resolution
from gateway.site.shown.note import NoteShown
from gateway.site.shown.person import CastLine
from gateway.site.shown.quality import MeasureShown, quality_shown
from gateway.site.texts import t
from gateway.views.jobs import JobView
from storage.models import Job, Pause

# A word, a tone and a sentence for each state; static/js has the same for those that pass while one watches.
WORDS = {
    JobState.QUEUED: ("queued", "idle", "Accepted. Its video is being looked through."),
    JobState.WAITING: ("waiting", "idle", "Waiting for its turn. Computing time is shared fairly by all."),
    JobState.RUNNING: ("running", "running", "Swapping faces."),
    JobState.MERGING: ("finishing", "running", "Every frame is done. Putting the parts together."),
    JobState.CANCELLING: ("stopping", "warn", "Stopping."),
    JobState.DONE: ("done", "good", "Done."),
    JobState.FAILED: ("failed", "bad", "It could not be finished."),
    JobState.CANCELLED: ("stopped", "warn", "Stopped."),
}
# The same of a job that would go on but for maintenance.
PAUSED = ("paused", "warn", "Paused for maintenance. It goes on by itself afterwards.")
_HELD_BACK = (JobState.QUEUED, JobState.WAITING, JobState.RUNNING)
# A result that has no quality report so long after its job's end will have none.
_REPORT_COMES = timedelta(minutes=3)
_STAGES = {JobState.DONE: "done", JobState.FAILED: "ended", JobState.CANCELLED: "ended"}


@dataclass(frozen=True)
class JobShown:
    """A job in words. `stage` names the template part: live, done or ended; `tone` the color of its badge."""

    view: JobView
    info: MediaInfo

    @classmethod
    def of(cls, job: Job, pause: Pause | None = None) -> "JobShown":
        """A job whose `upload` and `job_faces` are loaded, with the pause of its user's tier."""
        return cls(JobView.of(job, pause), MediaInfo.model_validate(job.upload.info))

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self.view.id

    @property
    def title(self) -> str:
        """The name of the file that was brought."""
        return self.view.filename

    @property
    def state(self) -> str:
        """The state's stable name."""
        return str(self.view.state)

    @property
    def label(self) -> str:
        """The state in a word."""
        return t(PAUSED[0] if self.paused else WORDS[self.view.state][0])

    @property
    def tone(self) -> str:
        """The color of the badge: idle, running, good, bad or warn."""
        return PAUSED[1] if self.paused else WORDS[self.view.state][1]

    @property
    def note(self) -> str:
        """The state in a sentence."""
        return t(PAUSED[2] if self.paused else WORDS[self.view.state][2])

    @property
    def paused(self) -> bool:
        """Whether maintenance holds it back."""
        return self.progress.paused and self.view.state in _HELD_BACK

    @property
    def maintenance(self) -> str:
        """What users are told of the maintenance that holds it back; empty where nothing is."""
        return self.view.maintenance.note if self.paused and self.view.maintenance else ""

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.view.state.final

    @property
    def stage(self) -> str:
        """Which part of the page shows it."""
        return _STAGES.get(self.view.state, "live")

    @property
    def kind(self) -> str:
        """ "video" or "picture"."""
        return str(self.info.kind)

    @property
    def progress(self) -> JobProgress:
        """How far it is."""
        return self.view.progress

    @property
    def percent(self) -> float:
        """0 to 100."""
        return self.progress.percent

    @property
    def eta(self) -> str:
        """Time to the end in words, empty while unknown."""
        seconds = self.progress.eta_seconds
        return "" if seconds is None else t("about {time} left", time=duration(seconds))

    @property
    def frames_line(self) -> str:
        """Frames done of all."""
        done, total = self.progress.frames_done, self.progress.frames_total
        return t("{done} of {total}", done=count(done), total=count(total)) if total else count(done)

    @property
    def segments_line(self) -> str:
        """Segments done of all."""
        done, total = self.progress.segments_done, self.progress.segments_total
        return t("{done} of {total}", done=count(done), total=count(total)) if total else "\u2013"

    @property
    def queue_line(self) -> str:
        """How much of other people's work comes first."""
        ahead = self.progress.queue_position
        if self.paused:
            return "\u2013"
        return t("{count} parts", count=count(ahead)) if ahead else t("nobody")

    @property
    def origin(self) -> str:
        """When it was started, and what from."""
        size = resolution(*self.info.video.display_size)
        parts = [t("Started {ago}", ago=ago(self.view.created_at)), size]
        if self.info.kind is MediaKind.VIDEO:
            parts.append(duration(self.info.duration_seconds))
        return " · ".join(parts)

    @property
    def line(self) -> str:
        """Its line in the list of jobs."""
        if self.final or not self.percent:
            return self.origin
        return f"{int(self.percent)} % · {self.frames_line} {t('frames')}"

    @property
    def can_cancel(self) -> bool:
        """Whether asking it to stop makes sense."""
        return not self.final and self.view.state is not JobState.CANCELLING

    @property
    def can_retry(self) -> bool:
        """Whether it may be tried again."""
        return self.view.state is JobState.FAILED

    @property
    def failure(self) -> Failure | None:
        """Why it failed."""
        return self.view.failure

    @property
    def cast(self) -> list[CastLine]:
        """Who gets which face; empty where everybody gets the one face."""
        return [CastLine.of(self.view.upload_id, *pair) for pair in self.view.persons.items()]

    @property
    def figures(self) -> list[tuple[str, str]]:
        """What was done, by name."""
        view = self.view
        took = (view.finished_at - view.created_at).total_seconds() if view.finished_at else 0.0
        return [
            (t("Frames"), count(view.frames)),
            (t("Faces swapped"), count(view.faces)),
            (t("Finished in"), duration(took)),
            (t("Computing time"), duration(view.gpu_seconds)),
            (t("Engine"), view.engine),
        ]

    @property
    def notes(self) -> list[NoteShown]:
        """How the result differs from the original in more than the face."""
        return [NoteShown.of(note) for note in self.view.notes]

    @property
    def quality(self) -> list[MeasureShown]:
        """How good the swap is, measure by measure; empty while that is unknown."""
        return quality_shown(self.view.quality)

    @property
    def quality_expected(self) -> bool:
        """Whether a report may still come."""
        ended = self.view.finished_at
        return self.view.quality is None and ended is not None and now() - ended < _REPORT_COMES

    @property
    def engine_note(self) -> str:
        """What the engine is, where it is a stand-in or not for everybody."""
        engine = engine_shown(self.view.engine)
        return engine.note if engine.stand_in or engine.limited else ""
