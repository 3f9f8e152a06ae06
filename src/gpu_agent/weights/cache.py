"""Weights on the agent's disk: fetched from the object store once, and verified before they are used."""

import asyncio
import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from contracts.errors import Reason, WorkError
from contracts.messages import WeightsRef
from storage.objects import ObjectStore

_log = structlog.get_logger()

_SUFFIX = ".safetensors"


class WeightsCache:
    """A folder of files by their SHA-256, which agents of one machine may share."""

    def __init__(self, store: ObjectStore, folder: Path, scratch: Path, megabytes: int) -> None:
        """At most `megabytes` are kept beyond those in use, the last ones used.

        `scratch` is a folder for what has not arrived yet, on the same disk.
        """
        self._store, self._folder, self._scratch = store, folder.resolve(), scratch
        self._most = megabytes * 2**20
        self._verified: dict[str, tuple[int, int, int]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def paths(self, weights: Sequence[WeightsRef]) -> dict[str, str]:
        """By role, the path of each file, which is there whole and as it was imported.

        Raises:
            WorkError: OBJECT_MISSING where the store has it no more; RESULT_MISMATCH where it is another file.
            UnavailableError: The store does not answer.
        """
        found = {ref.role: await self._path(ref) for ref in weights}
        if found:
            await asyncio.to_thread(self._let_go, {path.name for path in found.values()})
        return {role: str(path) for role, path in found.items()}

    async def _path(self, ref: WeightsRef) -> Path:
        path = self._folder / f"{ref.sha256}{_SUFFIX}"
        async with self._locks.setdefault(ref.sha256, asyncio.Lock()):
            if not await asyncio.to_thread(self._is_sound, path, ref):
                await self._fetch(path, ref)
        return path

    def _is_sound(self, path: Path, ref: WeightsRef) -> bool:
        """Whether the file is there and has its sum, which is computed once, and again where the file has changed."""
        try:
            mark = _mark(path)
            if self._verified.get(ref.sha256) != mark and _sha256(path) != ref.sha256:
                _log.warning("agent.weights_damaged", path=str(path))
                return False
            os.utime(path, ns=(time.time_ns(), mark[2]))  # used now, and not changed
        except FileNotFoundError:
            return False
        self._verified[ref.sha256] = mark
        return True

    async def _fetch(self, path: Path, ref: WeightsRef) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._scratch / path.name  # nobody else's: a digest is fetched once at a time
        try:
            await self._store_into(draft, ref)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._verified[ref.sha256] = _mark(path)
        _log.info("agent.weights_fetched", family=ref.family, sha256=ref.sha256, size=ref.size)

    async def _store_into(self, draft: Path, ref: WeightsRef) -> None:
        digest, size = hashlib.sha256(), 0
        with draft.open("wb") as file:
            async for chunk in self._store.get(ref.key):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                if size > ref.size:
                    break
        if digest.hexdigest() != ref.sha256:
            raise WorkError(
                Reason.RESULT_MISMATCH,
                "The weights in the store are not those that were imported. `visage weights verify` says which.",
                key=ref.key,
            )

    def _let_go(self, used: set[str]) -> None:
        """Remove the files that were used longest ago, as far as there are too many."""
        others = [path for path in self._folder.glob(f"*{_SUFFIX}") if path.name not in used]
        known: list[tuple[float, int, Path]] = []
        for path in others:
            with suppress(FileNotFoundError):  # another agent was faster
                state = path.stat()
                known.append((state.st_atime, state.st_size, path))
        room = self._most
        for _, size, path in sorted(known, reverse=True):
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mark(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns
