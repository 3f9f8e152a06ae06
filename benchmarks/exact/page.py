"""The matrix as a page of the documentation."""

from collections.abc import Sequence

from benchmarks.exact.row import Row
from benchmarks.exact.seams import Seams

_HEAD = """\
# The customer's video, exactly

A result is the upload with another face, and nothing else different. This page was written by

```sh
make matrix          # python -m benchmarks.exactness --markdown docs/exactness.md
```

Each film below went through the running service: upload, job, download, over HTTP, with the engine `paste` and
segments of a second. Films are made by `tests/footage.py`: a face crosses the picture in the middle third. Upload and
result are read by ffmpeg's command line (imageio-ffmpeg), which is another build than the one that made the result.

{count} films, {good} as they should be.

| column | what is compared |
|---|---|
| frames | frames that a player shows, of the upload and of the result |
| times | every frame's presentation time, as a fraction; from the first frame on where MPEG-TS or AVI become MP4 |
| tracks | every packet of all other tracks: sound, subtitles, timecode, pictures; bit for bit, at its time |
| tags | tags of file, streams and chapters, languages, chapters' times, default flags |
| look | size, sample aspect, rotation and mirroring, color primaries, transfer, matrix, range, HDR10 metadata |
| dB | PSNR of the picture outside the faces, all planes together: worst frame, mean; 99 is equal |
| copied | share of the result's video, in bytes, whose packets are the upload's, bit for bit |
| decodes | `ffmpeg -xerror` decodes picture and sound without a word |
| Chromium | a real one seeks into the file and plays it to its end; else why not, and whether the preview plays |
| notes | what the user is told ([notes](api.md)) |

"""

_SEAMS = """
## Joints

Each film below was made by the agent's own code, once in segments of a second and once in one go, and joined. Both are
compared with the swapped frames as they go into the encoder where nothing is cut. *Joint* is the worst frame within
three of a joint, *neighbors* the worst of twelve before and twelve after those, at the joint that shows most.
*Step* is the difference: at most 0.5 dB. *Uncut* is the worst of the same frames where nothing was cut. *Swapped* is
the worst frame before any encoding, with cuts against without: what tracking and smoothing lose at a cut.
[Media](media.md#what-was-compared) says what keeps the step small.

| film | segments | mean, cut | mean, uncut | joint | neighbors | step | uncut | swapped | bytes, cut to uncut |
|---|---|---|---|---|---|---|---|---|---|
"""

_COLUMNS = ("film", "container", "video", "frames", "times", "tracks", "tags", "look", "dB", "copied", "decodes",
            "Chromium", "notes")  # fmt: skip


def written(rows: Sequence[Row], seams: Sequence[Seams]) -> str:
    """The page."""
    good = sum(not row.problems for row in rows)
    lines = [_line(_COLUMNS), "|---" * len(_COLUMNS) + "|", *(_line(_cells(row)) for row in rows)]
    text = _HEAD.format(count=len(rows), good="all" if good == len(rows) else good) + "\n".join(lines) + "\n"
    failing = [f"- {row.name}: {'; '.join(row.problems)}" for row in rows if row.problems]
    if failing:
        text += "\nNot as they should be:\n\n" + "\n".join(failing) + "\n"
    return text + _SEAMS + "\n".join(_line(_seam(one)) for one in seams) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _cells(row: Row) -> list[str]:
    if not row.before:
        return [row.name, row.container, *[""] * (len(_COLUMNS) - 3), "; ".join(row.problems)[:120]]
    return [
        row.name,
        row.container,
        row.before if row.before == row.after else f"{row.before} → {row.after}",
        str(row.frames[0]) if row.frames[0] == row.frames[1] else f"{row.frames[0]} → {row.frames[1]}",
        *(_mark(holds) for holds in (row.times, row.tracks, row.tags, row.look)),
        f"{row.decibels[0]:.1f}, {row.decibels[1]:.1f}" if row.decibels else "",
        f"{row.copied:.0%}",
        _mark(not row.decodes),
        _chromium(row),
        ", ".join(row.notes),
    ]


def _mark(holds: bool) -> str:
    return "=" if holds else "no"


def _chromium(row: Row) -> str:
    if row.plays is None:
        return "not tried"
    if not row.plays:
        return "plays"
    return f"no ({row.plays[:60]}); preview {'plays' if not row.preview else 'does not'}"


def _seam(one: Seams) -> list[str]:
    figures = (one.mean, one.whole_mean, one.joint, one.neighbors, one.step, one.uncut, one.swapped)
    return [one.name, str(one.segments), *(f"{figure:.1f}" for figure in figures), f"{one.size:.2f}"]
