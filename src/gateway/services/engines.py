"""Which engines the agents at hand run, with which weights."""

from bus.connection import Bus
from contracts.engines import PASTE, TIMED, family
from contracts.errors import Reason, RequestError
from contracts.messages import AgentCard
from contracts.settings import Settings
from contracts.subjects import AGENTS_BUCKET
from storage.weights import settled_engine, usual_engines


async def engine_of(bus: Bus, settings: Settings, name: str | None) -> str:
    """The engine of a job that asks for `name`, or for none: by its full name, with the weights it is to keep.

    Raises:
        RequestError: ENGINE_MISSING, WEIGHTS_MISSING, NON_COMMERCIAL.
        UnavailableError: A server behind us did not answer.
    """
    if name:
        await check_engine(bus, name)
    return await settled_engine(name or await usual_engine(bus, settings), commercial=settings.commercial)


async def usual_engine(bus: Bus, settings: Settings) -> str:
    """The engine of jobs that name none: the one that is set, else the best one that an agent at hand runs.

    Raises:
        UnavailableError: A server behind us did not answer.
    """
    if settings.agent.engine:
        return settings.agent.engine
    known = await _families(bus)
    engines = await usual_engines(commercial=settings.commercial)
    return next((engine for engine in engines if not known or family(engine) in known), PASTE)


async def check_engine(bus: Bus, name: str) -> None:
    """Refuse an engine that no agent runs.

    While no agent is there at all, any that swaps faces is accepted and waits for one.

    Raises:
        RequestError: ENGINE_MISSING, with the engines that would pass.
        UnavailableError: The broker did not answer.
    """
    known = await _families(bus)
    if family(name) not in known and (known or family(name) == TIMED):
        raise RequestError(
            Reason.ENGINE_MISSING,
            f"No agent runs the engine {name}. Those at hand: {', '.join(known) or 'none'}.",
            engine=name,
            engines=known,
        )


async def _families(bus: Bus) -> list[str]:
    """Families of all engines of the agents at hand."""
    cards = await bus.bucket(AGENTS_BUCKET).entries(AgentCard)
    return sorted({engine for card in cards.values() for engine in card.engines})
