"""The pages of the documentation, taken apart."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def text_of(name: str) -> str:
    """A page by its name, such as "docs/bus.md"."""
    return (ROOT / name).read_text()


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [body for found, body in _FENCE.findall(text) if found == language]


def section(text: str, heading: str) -> str:
    """What stands under a heading, as far as the next one of its rank or above."""
    found = list(_HEADING.finditer(_masked(text)))
    start = next(one for one in found if one[2] == heading)
    later = (one for one in found if one.start() > start.start() and len(one[1]) <= len(start[1]))
    end = next(later, None)
    return text[start.end() : end.start() if end else len(text)]


def _masked(text: str) -> str:
    """The text, as long as before, with nothing left inside fences: a comment of a shell is no heading."""
    return _FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)


def rows(text: str) -> list[list[str]]:
    """The cells of every table row of `text`, heads and rules left out."""
    lines = text.splitlines()
    body = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not line.startswith("|---") and not after.startswith("|---")
    ]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in body]


def table(name: str, heading: str) -> dict[str, list[str]]:
    """The tables under a heading of a page: what stands in backticks in the first cell, and the other cells."""
    return {row[0].strip("`"): row[1:] for row in rows(section(text_of(name), heading))}


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = [title.lower() for _, title in _HEADING.findall(_masked(text))]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def links(text: str) -> list[str]:
    """Targets of the links and pictures that lead to another file or heading of ours."""
    return [target for target in _LINK.findall(_masked(text)) if "://" not in target]
