"""Which engines the agents at hand run."""

from bus.connection import Bus
from contracts.engines import TIMED, family
from contracts.errors import Reason, RequestError
from contracts.messages import AgentCard
from contracts.subjects import AGENTS_BUCKET


async def check_engine(bus: Bus, name: str) -> None:
    """Refuse an engine that no agent runs.

    While no agent is there at all, any that swaps faces is accepted and waits for one.

    Raises:
        RequestError: ENGINE_MISSING, with the engines that would pass.
        UnavailableError: The broker did not answer.
    """
    cards = await bus.bucket(AGENTS_BUCKET).entries(AgentCard)
    known = sorted({engine for card in cards.values() for engine in card.engines})
    if family(name) not in known and (known or family(name) == TIMED):
        raise RequestError(
            Reason.ENGINE_MISSING,
            f"No agent runs the engine {name}. Those at hand: {', '.join(known) or 'none'}.",
            engine=name,
            engines=known,
        )
