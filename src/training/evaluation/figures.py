"""Medians and shares of values of which some could not be measured."""

import numpy as np
import numpy.typing as npt

# Decimals of a figure: finer than any sample here can tell.
_DECIMALS = 4


def told(value: float | np.floating) -> float:
    """A figure as it is reported."""
    return round(float(value), _DECIMALS)


def median(values: npt.ArrayLike) -> float | None:
    """Of the finite values; None where there is none."""
    return percentile(values, 50)


def percentile(values: npt.ArrayLike, percent: float) -> float | None:
    """Of the finite values; None where there is none."""
    finite = _finite(values)
    return told(np.percentile(finite, percent)) if finite.size else None


def mean(values: npt.ArrayLike) -> float | None:
    """Of the finite values; None where there is none."""
    finite = _finite(values)
    return told(finite.mean()) if finite.size else None


def correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float | None:
    """Pearson's, -1 to 1; None where one of both does not vary."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2 or a[known].std() < 1e-9 or b[known].std() < 1e-9:
        return None
    return told(np.corrcoef(a[known], b[known])[0, 1])


def _finite(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    given = np.asarray(values, np.float64)
    return given[np.isfinite(given)]
