"""Debian's Chromium: its headless shell where there is one, else the browser with windows that nobody sees."""

from pathlib import Path

_EDITIONS = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]

CHROMIUM = next((edition for edition in _EDITIONS if edition.exists()), None)
MISSING = "Chromium is missing: apt-get install chromium-headless-shell"
