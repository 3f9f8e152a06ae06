"""Text can be read: WCAG 2.2, 1.4.3 (AA), by its formula of relative luminance, in light and in dark."""

import re
from itertools import product

import pytest

from gateway.site.assets import STATIC

_TEXT_ON_GROUND = [
    *product(("ink", "muted", "accent", "accent-strong"), ("paper", "surface")),
    *product(("ink", "muted"), ("sunken",)),
    *product(("ink",), ("accent-soft", "good-soft", "warn-soft", "bad-soft")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "surface"),
]
# 1.4.11: the border by which a field or button is recognized.
_LINES = [("line-strong", "surface"), ("line-strong", "paper"), ("accent", "surface")]


def _palettes() -> dict[str, dict[str, str]]:
    css = (STATIC / "css" / "base.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", css, re.S)
    found = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
    return {"light": dict(found.findall(light)), "dark": dict(found.findall(dark))}


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _TEXT_ON_GROUND)
def test_text_stands_out(scheme: str, text: str, ground: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), _LINES)
def test_controls_stand_out(scheme: str, line: str, ground: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[line], palette[ground]) >= 3
