"""What fields of choice offer: pairs of a value and its text."""

from collections.abc import Iterable

from storage import accounts


async def tier_options() -> list[tuple[str, str]]:
    """Every tier by its title."""
    return [(tier.name, tier.title) for tier in await accounts.tiers()]


def same(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values that are their own texts."""
    return [(str(value), str(value)) for value in values]
