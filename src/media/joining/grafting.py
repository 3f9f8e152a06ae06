"""Joining by grafting: MP4 and MOV stay as they were but for the video, see `media.joining.graft`."""

from av.container import InputContainer

from media.containers.container import main_video, open_container
from media.containers.walk import only
from media.joining.graft import Stock, graft, read_stock
from media.joining.joint import ISO, Joint, Work
from media.joining.report import JoinReport
from media.joining.segments import Segments
from media.joining.tracks import Tracks, add_video, open_video
from media.sources.source import open_source


def stock_of(work: Work) -> Stock | None:
    """What the original's boxes are good for; None where the result has others."""
    own = work.kind in ISO and work.kind == work.spec.container
    return read_stock(work.source) if own else None


class Grafting(Joint):
    """The original's boxes, with the new video in them."""

    def make(self, stock: Stock) -> JoinReport:
        """Write and check the result.

        Raises:
            WorkError: RESULT_MISMATCH.
        """
        self._write(stock)
        with open_container(self.work.source, self.work.kind) as original:
            report = self.check(original, self._others(original))
        return report.model_copy(update={"grafted": True})

    def _write(self, stock: Stock) -> None:
        work = self.work
        film = work.out.with_name(f"{work.out.stem}-video{work.out.suffix}")
        try:
            with (
                Segments(work.segments, work.spec.time_base) as parts,
                open_video(str(film), work.spec, stock.timescale) as result,
            ):
                stream = add_video(result, parts.template, work.spec)
                for packet in self.videos(parts, stream):
                    result.mux(packet)
            with open_source(film) as video:
                graft(video, stock, work.source, work.out, int(work.pts[0]) * work.spec.time_base)
        finally:
            film.unlink(missing_ok=True)

    def _others(self, original: InputContainer) -> Tracks:
        """Note every packet of the other tracks, all of which are in the result under their own numbers."""
        main = main_video(original)
        others = [stream for stream in original.streams if stream is not main]
        only(original, *others)
        for packet in original.demux(*others) if others else ():
            self.note(packet, packet.stream.index)
        return Tracks({stream.index: stream.index for stream in others})
