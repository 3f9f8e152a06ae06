"""Weights of the service that runs here: into its object store and tables, out of them, and verified."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sandbox
from contracts.errors import Reason, RequestError, VisageError, WeightsError
from contracts.settings import SandboxSettings, Settings
from contracts.weights import WeightsFile
from gpu_agent.weights import kept
from gpu_agent.weights.conversion import Conversion
from storage import database, keys
from storage.admin.deeds import By
from storage.admin.weights import add_weights, remove_weights
from storage.models import Weights
from storage.objects import ObjectStore
from storage.s3 import open_store
from storage.weights import all_weights, settled_engine, weights_of
from visage.service import servers_of

# A checkpoint of a training may have a gigabyte, which is looked at as a whole.
_LIMITS = {"memory_mb": 6144, "cpu_seconds": 600, "wall_seconds": 900.0}


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be imported, and how.

    Attributes:
        name: None takes the family's.
        family: None asks the file.
        default: Whether the engine is to take it where a job names none.
    """

    path: Path
    family: str | None
    name: str | None
    commercial: bool
    license: str
    default: bool


async def import_weights(settings: Settings, wanted: Import) -> Weights:
    """Convert a file in the sandbox, store it, and add its row.

    Raises:
        WeightsError: BAD_WEIGHTS, WEIGHTS_UNCLEAR; NON_COMMERCIAL where the service is a business.
        RequestError: CONFLICT.
    """
    if settings.commercial and not wanted.commercial:
        raise WeightsError(
            Reason.NON_COMMERCIAL,
            "This service is a business (VISAGE_COMMERCIAL): it takes weights with --commercial only, and with "
            "--license, which says on what ground you may use them so. The published weights of SimSwap may not be.",
        )
    with tempfile.TemporaryDirectory(prefix="visage-weights-") as folder:
        target = Path(folder) / "weights.safetensors"
        file = await _converted(settings.sandbox, wanted, target)
        async with _servers(settings) as store:
            return await _kept(store, wanted, file, target)


async def _kept(store: ObjectStore, wanted: Import, file: WeightsFile, path: Path) -> Weights:
    key = keys.weights(file.sha256)
    stored = await store.put(key, path, content_type="application/octet-stream")
    if stored.sha256 != file.sha256:
        raise WeightsError(Reason.BAD_WEIGHTS, "The file changed while it was stored. Try again.")
    try:
        return await add_weights(By(None), wanted.name or file.family, file, default=wanted.default)
    except VisageError:
        if not any(row.key == key for row in await all_weights()):
            await store.delete(key)
        raise


async def _converted(limits: SandboxSettings, wanted: Import, target: Path) -> WeightsFile:
    request = Conversion(
        source=wanted.path.resolve(),
        target=target,
        family=wanted.family,
        commercial=wanted.commercial,
        license=wanted.license,
    )
    wide = limits.model_copy(update=_LIMITS)
    try:
        return await sandbox.run("gpu_agent.weights.conversion:convert", request, WeightsFile, limits=wide)
    except VisageError as error:
        if error.reason is not Reason.PROBE_LIMIT:
            raise
        cause = error.detail.get("cause", "it needs more memory than any weights do")
        raise WeightsError(Reason.BAD_WEIGHTS, f"The file cannot be read as weights: {cause}.") from error


async def listed(settings: Settings) -> list[Weights]:
    """Every file of weights."""
    await database.connect(servers_of(settings).database)
    try:
        return await all_weights()
    finally:
        await database.close()


async def remove(settings: Settings, name: str) -> None:
    """Remove weights, and their object where no other name stands for it.

    Raises:
        RequestError: NOT_FOUND, CONFLICT.
    """
    async with _servers(settings) as store:
        key = await remove_weights(By(None), name)
        if key is not None:
            await store.delete(key)


async def verified(settings: Settings, name: str | None) -> dict[str, VisageError | None]:
    """By name, what is wrong with weights as they are stored; None is nothing.

    Raises:
        RequestError: NOT_FOUND where there are none of that name.
    """
    async with _servers(settings) as store:
        rows = [row for row in await all_weights() if name in (None, row.name)]
        if name is not None and not rows:
            raise RequestError(Reason.NOT_FOUND, f"There are no weights called {name}.", name=name)
        return {row.name: await _fault(store, row) for row in rows}


@asynccontextmanager
async def at_hand(settings: Settings, engine: str) -> AsyncIterator[dict[str, Path]]:
    """What an engine needs of imported weights: by role a file, which is there meanwhile.

    Raises:
        RequestError: WEIGHTS_MISSING; CONFLICT where no service runs.
        WeightsError: BAD_WEIGHTS where an object is not the file that was imported.
    """
    with tempfile.TemporaryDirectory(prefix="visage-weights-") as folder:
        async with _servers(settings) as store:
            engine = await settled_engine(engine, commercial=settings.commercial)
            files = {
                ref.role: (ref, Path(folder) / f"{ref.role}.safetensors") for ref in await weights_of(engine)
            }
            for ref, path in files.values():
                if await _fetched(store, ref.key, path) != ref.sha256:
                    raise WeightsError(Reason.BAD_WEIGHTS, "The object is not the file that was imported.")
        yield {role: path for role, (_, path) in files.items()}


async def _fault(store: ObjectStore, row: Weights) -> VisageError | None:
    try:
        with tempfile.TemporaryDirectory(prefix="visage-weights-") as folder:
            path = Path(folder) / "weights.safetensors"
            if await _fetched(store, row.key, path) != row.sha256:
                return WeightsError(Reason.BAD_WEIGHTS, "The object is not the file that was imported.")
            metadata = await asyncio.to_thread(kept.check, path)
        if metadata["family"] != row.family:
            return WeightsError(Reason.BAD_WEIGHTS, f"It says that it is of the family {metadata['family']}.")
    except VisageError as error:
        if error.reason is Reason.UNAVAILABLE:
            raise
        return error
    return None


async def _fetched(store: ObjectStore, key: str, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        async for chunk in store.get(key):
            file.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()


@asynccontextmanager
async def _servers(settings: Settings) -> AsyncIterator[ObjectStore]:
    found = servers_of(settings)
    await database.connect(found.database)
    try:
        async with open_store(found.s3) as store:
            yield store
    finally:
        await database.close()
