"""Whether a result is its upload with another face, and nothing else different: every kind of file that people upload.

Each film goes through the running service (HTTP client, two agents, segments of a second) with the engine `paste`.
Upload and result are then read by ffmpeg's command line, another build than the one that made the result, and compared.
"""

import argparse
import asyncio
import json
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import footage

from benchmarks.exact import page, seams
from benchmarks.exact.row import Row, refused, row
from benchmarks.exact.seams import Seams
from benchmarks.exact.service import Swapper, swapper
from visage import logs

_AT_ONCE = 3  # films under way
_BRIEF = ("b_frames", "vfr_with_hole", "hevc_10_bit_pq", "vp9_opus", "av1", "transport_stream", "tracks_mp4")


async def matrix(names: list[str], folder: Path) -> list[Row]:
    """A row for each of `names`, in order."""
    turn = asyncio.Semaphore(_AT_ONCE)
    async with swapper(folder / "service") as service:

        async def one(name: str) -> Row:
            async with turn:
                return await _row(name, folder, service)

        return list(await asyncio.gather(*(one(name) for name in names)))


async def _row(name: str, folder: Path, service: Swapper) -> Row:
    place = folder / name
    place.mkdir()
    film = await asyncio.to_thread(footage.make, name, place)
    try:
        served = await service.swap(film, place)
        made = await asyncio.to_thread(row, name, film, served)
    except Exception as error:
        made = refused(name, film, error)
    print(f"{name}: {'; '.join(made.problems) or 'as it should be'}", file=sys.stderr)
    return made


def joints(folder: Path) -> list[Seams]:
    """What is to be seen where segments meet."""
    found = []
    for number, name in enumerate(seams.FILMS):
        place = folder / f"seams-{number}"
        place.mkdir()
        found.append(seams.measure(name, place))
        print(f"{name}: {found[-1].step:.2f} dB", file=sys.stderr)
    return found


def _folder(keep: Path | None) -> AbstractContextManager[str]:
    if keep is None:
        return TemporaryDirectory(prefix="visage-exact-")
    keep.mkdir(parents=True)
    return nullcontext(str(keep))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument(
        "--full", action="store_true", help="every film, and the joints; else one of each codec"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these films alone")
    parser.add_argument("--markdown", type=Path, help="write the page here; as --full")
    parser.add_argument("--keep", type=Path, help="leave films and results in this folder, which must be new")
    return parser.parse_args()


def main() -> None:
    """Print the figures; the status is 1 where something is not as it should be."""
    options = _options()
    logs.configure("console", "error", sys.stderr)
    full = bool(options.full or options.markdown)
    names = options.only or (footage.names() if full else list(_BRIEF))
    began = time.monotonic()
    with _folder(options.keep) as folder:
        rows = asyncio.run(matrix(names, Path(folder)))
        seen = joints(Path(folder)) if full else []
    if options.markdown:
        options.markdown.write_text(page.written(rows, seen))
    failing = [made.name for made in rows if made.problems] + [one.name for one in seen if one.shows]
    report = {
        "films": len(rows),
        "failing": failing,
        "seconds": round(time.monotonic() - began),
        "rows": [asdict(made) for made in rows],
        "joints": [asdict(one) | {"step": one.step} for one in seen],
    }
    print(json.dumps(report, indent=None if options.json else 2))
    sys.exit(bool(failing))


if __name__ == "__main__":
    main()
