"""The engine simswap on a whole service: refused without weights, and swapping once they are imported."""

from pathlib import Path

import pytest

from contracts.errors import Reason, RequestError
from tests.unit.gpu_agent.weights.made import generator_file, identity_file
from visage import weights
from visage.client import Client
from visage.stack import Stack
from visage.weights import Import


def imported(path: Path, name: str | None = None) -> Import:
    """A file as the command line has it imported."""
    return Import(path, family=None, name=name, commercial=False, license="for tests", default=False)


async def test_imported_weights_swap_a_picture(
    service: Stack, client: Client, material: tuple[Path, Path], tmp_path: Path
) -> None:
    upload = await client.upload(material[1], "target")
    face = await client.upload(material[1], "face")
    with pytest.raises(RequestError, match="visage weights import") as refused:
        await client.create_job(upload["id"], [face["face_id"]], "simswap")
    assert refused.value.reason is Reason.WEIGHTS_MISSING

    await weights.import_weights(service.settings, imported(generator_file(tmp_path / "g"), "people"))
    await weights.import_weights(service.settings, imported(identity_file(tmp_path / "i")))
    made = await client.create_job(upload["id"], [face["face_id"]], "simswap")
    job = await client.wait(made["id"])
    assert (job["state"], job["engine"], job["failure"]) == ("done", "simswap:people", None)
    assert job["faces"] == 1

    for name in ("people", "arcface"):
        await weights.remove(service.settings, name)
