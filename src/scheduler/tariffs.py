"""Changes of weights and caps reach the fair queue within a second."""

from scheduler.admission import terms
from scheduler.lead import Lead
from storage.dispatch import terms_of

TICK_SECONDS = 0.5


async def follow_tariffs(lead: Lead) -> None:
    """Read the terms of everyone who has work, and give the fair queue those that changed."""
    known = {facts.user: facts.terms for facts in lead.board.jobs.values()}
    if not known:
        return
    for user, row in (await terms_of(known)).items():
        if terms(row) != known[user]:
            lead.board.reweigh(user, terms(row))
            lead.wake.set()
