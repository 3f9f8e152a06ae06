"""Imported weights as everybody reads them: what an engine needs, and whether it may have it."""

from contracts import packaged
from contracts.engines import PASTE, SIMSWAP, generator_name, needs_weights, with_generator
from contracts.errors import Reason, RequestError
from contracts.messages import WeightsRef
from contracts.weights import GENERATOR, IDENTITY
from storage.database import guard
from storage.models import Weights

_IMPORT = "Whoever runs the service imports them by `visage weights import FILE`."


@guard()
async def all_weights() -> list[Weights]:
    """Every file of weights, generators first, then by name."""
    return await Weights.all().order_by("role", "name")


@guard()
async def weights_of(engine: str) -> list[WeightsRef]:
    """What an engine needs of imported weights, as far as it is there; nothing for engines without weights."""
    if not needs_weights(engine):
        return []
    rows = (await _generator(engine), await _default(IDENTITY))
    return [_ref(row) for row in rows if row is not None]


@guard()
async def usual_engines(*, commercial: bool) -> list[str]:
    """What a job gets that names no engine, the best first: imported weights, then what comes with Visage."""
    imported = [await _default(role) for role in (GENERATOR, IDENTITY)]
    usable = all(row is not None and (row.commercial or not commercial) for row in imported)
    ours = packaged.usual(commercial=commercial)
    return [*([SIMSWAP] if usable else []), *([ours] if ours else []), PASTE]


@guard()
async def settled_engine(engine: str, *, commercial: bool) -> str:
    """The engine by its full name, with the generator that is the default now: a job keeps it to its end.

    Raises:
        RequestError: WEIGHTS_MISSING; NON_COMMERCIAL where a `commercial` service may not use them.
    """
    if packaged.is_packaged(engine):
        packaged.check_use(engine, commercial=commercial)
    if not needs_weights(engine):
        return engine
    generator, identity = await _generator(engine), await _default(IDENTITY)
    if generator is None:
        raise await _no_generator(engine)
    if identity is None:
        raise _missing(
            engine, f"The engine {engine} needs an identity network, and none is imported. {_IMPORT}"
        )
    for row in (generator, identity):
        if commercial and not row.commercial:
            raise RequestError(
                Reason.NON_COMMERCIAL,
                f"The weights {row.name} are not licensed for business, which this service is. "
                "Choose another engine.",
                weights=row.name,
                license=row.license,
            )
    return with_generator(engine, generator.name)


async def _generator(engine: str) -> Weights | None:
    name = generator_name(engine)
    return await (_default(GENERATOR) if name is None else Weights.get_or_none(name=name, role=GENERATOR))


async def _default(role: str) -> Weights | None:
    return await Weights.get_or_none(role=role, is_default=True)


async def _no_generator(engine: str) -> RequestError:
    names = sorted([row.name for row in await Weights.filter(role=GENERATOR)])
    if not names:
        return _missing(engine, f"The engine {engine} needs weights, and none are imported. {_IMPORT}")
    there = ", ".join(with_generator(engine, name) for name in names)
    return _missing(engine, f"No weights of that name are imported for {engine}. Those at hand: {there}.")


def _missing(engine: str, message: str) -> RequestError:
    return RequestError(Reason.WEIGHTS_MISSING, message, engine=engine)


def _ref(row: Weights) -> WeightsRef:
    return WeightsRef(role=row.role, family=row.family, key=row.key, sha256=row.sha256, size=row.size)
