"""What must be true of the books of a run. Each check yields a sentence for everything that is not."""

from collections.abc import Callable, Iterator

from tests.chaos.books import Books
from tests.chaos.checks import accounts, caps, endings, events, remains, segments

Check = Callable[[Books], Iterator[str]]

CHECKS: dict[str, Check] = {
    "endings": endings.check,
    "segments": segments.check,
    "caps": caps.check,
    "accounts": accounts.check,
    "events": events.check,
    "remains": remains.check,
}


def complaints(books: Books) -> list[str]:
    """Everything that is wrong with the books."""
    return [f"{name}: {said}" for name, check in CHECKS.items() for said in check(books)]
