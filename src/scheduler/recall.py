"""What a leader that takes over learns from rows: what segments cost, and where users stood."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from contracts.states import AttemptState
from scheduler.admission import cost_class, cost_seconds
from scheduler.board import Board
from scheduler.estimate import CostClass, Estimates, MergeTimes
from scheduler.fairqueue import Past, ahead
from storage.history import PastJob, PastRelease, past_jobs, recent_merges, recent_releases

_MOST = 2_000  # releases that are looked back on; users who wait for longer than these took count as new
_MERGES = 50  # merges that are learned from

_OPEN = (AttemptState.RELEASED, AttemptState.RUNNING)

Known = tuple[PastRelease, CostClass, float]
"""A release, its class and the source seconds that it is reckoned by."""


async def recall(board: Board) -> None:
    """Let the estimates and the fair queues of a board that is empty yet go on where the rows stop."""
    releases = await recent_releases(_MOST)
    known = list(_known(releases, await past_jobs({release.job_id for release in releases})))
    learn(board.estimates, known)
    await recall_merges(board.estimates)
    for pool, pasts in standings(board.estimates, known).items():
        board.queue(pool).resume(ahead(pasts))


async def recall_merges(estimates: Estimates) -> None:
    """Learn what the merges of late have taken."""
    merges = await recent_merges(_MERGES)
    if merges:
        estimates.merging = MergeTimes.of([(merge.source_seconds, merge.took) for merge in merges])


def learn(estimates: Estimates, known: Sequence[Known]) -> None:
    """Take what done segments have cost, in order of release."""
    for release, kind, seconds in known:
        if release.state is AttemptState.DONE:
            estimates.learn(kind, seconds, release.gpu_seconds)


def standings(estimates: Estimates, known: Sequence[Known]) -> dict[str, list[Past]]:
    """What the fair queue of each pool released, in order.

    What ended counts as it was charged, what runs as it is expected; a segment that two attempts run counts once.
    """
    found: dict[str, list[Past]] = defaultdict(list)
    flying: set[tuple[UUID, int]] = set()
    for release, kind, reckoned in known:
        seconds = release.charged
        if release.state in _OPEN:
            if (release.job_id, release.index) in flying:
                continue
            flying.add((release.job_id, release.index))
            seconds = estimates.seconds(kind, reckoned)
        moment = release.released_at.timestamp()
        found[release.pool].append(Past(release.user_id, release.weight, seconds, moment))
    return found


def _known(releases: Sequence[PastRelease], jobs: dict[UUID, PastJob]) -> Iterator[Known]:
    for release in releases:
        past = jobs.get(release.job_id)
        if past is not None:
            kind = cost_class(past.job, past.encode)
            yield release, kind, cost_seconds(past.info, past.job.engine, release.seconds)
