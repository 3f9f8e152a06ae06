"""The contact sheet: pairs from the least to the most like their source, in rows of source, target, result, mask."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, RequestError
from faces.detect import Picture
from training.evaluation.run import Outcome
from training.evaluation.trial import Trial
from training.pack import SIDE

_PAIRS, _COLUMNS = 24, 12
_CAPTION = 18  # pixels below each column, for its figure
_MARGIN = 64  # pixels on the left, for what the rows are
_ROWS = ("source", "target", "result", "mask")
_INK, _PAPER = (40, 40, 40), 245


def write(path: Path, trial: Trial, outcome: Outcome) -> None:
    """Write a PNG. Raises `RequestError` where that cannot be done."""
    done, data = cv2.imencode(".png", drawn(trial, outcome))
    try:
        if not done:
            raise OSError("it cannot be encoded")
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise RequestError(Reason.INVALID, f"{path} cannot be written: {error.strerror or error}.") from error


def drawn(trial: Trial, outcome: Outcome) -> Picture:
    """The sheet, BGR; below each column stands SFace's cosine of the result to the source."""
    chosen = spread(outcome.values.pairs.cosine_source, _PAIRS)
    columns = [_column(trial, outcome, pair) for pair in chosen]
    blank = np.full_like(columns[0], _PAPER)
    bands = [columns[start : start + _COLUMNS] for start in range(0, len(columns), _COLUMNS)]
    width = min(_COLUMNS, len(columns))
    filled = [np.hstack([_names(len(blank)), *band, *[blank] * (width - len(band))]) for band in bands]
    return np.asarray(np.vstack(filled), np.uint8)


def spread(values: npt.NDArray[np.float64], most: int) -> list[int]:
    """Places of at most `most` values, evenly from the lowest to the highest: nobody picked the good ones."""
    order = np.argsort(values)
    chosen = np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int)
    return [int(order[place]) for place in chosen]


def _column(trial: Trial, outcome: Outcome, number: int) -> Picture:
    pair = trial.pairs[number]
    mask = (outcome.swaps.masks[number] * 255 + 0.5).astype(np.uint8)
    faces = [trial.crops[pair.source], trial.crops[pair.target], outcome.swaps.shown[number]]
    caption = np.full((_CAPTION, SIDE, 3), _PAPER, np.uint8)
    _put(caption, f"{outcome.values.pairs.cosine_source[number]:.2f}", SIDE // 2 - 16, 14)
    return np.vstack([*faces, cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR), caption])


def _names(height: int) -> Picture:
    names = np.full((height, _MARGIN, 3), _PAPER, np.uint8)
    for place, name in enumerate(_ROWS):
        _put(names, name, 6, place * SIDE + SIDE // 2)
    _put(names, "cosine", 6, len(_ROWS) * SIDE + 14)
    return names


def _put(picture: Picture, text: str, x: int, y: int) -> None:
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
