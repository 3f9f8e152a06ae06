"""Weights from a file on the operator's disk to an agent's, over real servers."""

import asyncio
import hashlib
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from tests.integration.storage.rows import make_customer
from tests.unit.gpu_agent.weights.made import WRITERS, generator_file, identity_file, small_generator

import sandbox
from contracts.errors import Reason, RequestError, WeightsError, WorkError
from contracts.messages import WeightsRef
from contracts.settings import Settings
from contracts.states import JobState
from gpu_agent.weights.cache import WeightsCache
from storage.admin.deeds import deeds
from storage.models import Job, Weights
from storage.s3 import S3Store
from storage.weights import all_weights, settled_engine, weights_of
from visage import weights
from visage.environment import variables
from visage.weights import Import


def wanted(path: Path, **changes: Any) -> Import:
    plain = {"family": None, "name": None, "commercial": False, "license": "for research", "default": False}
    return Import(path=path, **(plain | changes))


@pytest.fixture(scope="module", autouse=True)
def ready_sandbox() -> None:
    """Workers of many imports need not import what they need each anew."""
    sandbox.prepare("gpu_agent.weights.conversion")


@pytest.fixture
async def clean(settings: Settings, store: S3Store, database: None) -> Settings:
    """Settings of servers without weights."""
    return settings


async def test_an_import_is_a_row_an_object_and_a_deed(
    clean: Settings, store: S3Store, tmp_path: Path
) -> None:
    path = generator_file(tmp_path / "net_G.safetensors")
    row = await weights.import_weights(clean, wanted(path))
    assert (row.name, row.role, row.family) == ("simswap-224", "generator", "simswap-224")
    assert row.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row.is_default
    content = await store.read(row.key)
    assert hashlib.sha256(content).hexdigest() == row.sha256
    (tmp_path / "kept").write_bytes(content)
    with safe_open(tmp_path / "kept", framework="pt") as kept:
        said = kept.metadata()
        assert said["family"] == "simswap-224"
        assert said["license"] == "for research"
        assert said["source_sha256"] == row.source_sha256
        for name, value in small_generator().state_dict().items():
            assert torch.equal(kept.get_tensor(name), value), name
    assert [deed.entry.action for deed in await deeds(None, 10)] == ["admin.weights.import"]


async def test_the_same_file_again_is_the_same_weights(clean: Settings, tmp_path: Path) -> None:
    path = generator_file(tmp_path / "net_G.safetensors")
    first = await weights.import_weights(clean, wanted(path))
    again = await weights.import_weights(clean, wanted(path))
    assert (first.sha256, first.created_at) == (again.sha256, again.created_at)
    with pytest.raises(RequestError, match="other weights called simswap-224") as refused:
        await weights.import_weights(clean, wanted(generator_file(tmp_path / "other.safetensors", seed=2)))
    assert refused.value.reason is Reason.CONFLICT
    assert await weights.verified(clean, None) == {"simswap-224": None}


async def test_a_hostile_file_does_nothing_and_is_refused(
    clean: Settings, store: S3Store, tmp_path: Path
) -> None:
    target, path = tmp_path / "written", tmp_path / "weights.pth"

    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(target),)

    torch.save({"first_layer.1.weight": Payload()}, path)
    with pytest.raises(WeightsError, match="no tensors"):
        await weights.import_weights(clean, wanted(path))
    assert not target.exists()
    assert [info async for info in store.list("weights/")] == []
    pickle.loads(pickle.dumps(Payload()))
    assert target.exists()


async def test_a_file_that_takes_all_memory_is_refused(clean: Settings, tmp_path: Path) -> None:
    """One opcode has the interpreter reserve room for 2 ** 33 objects."""
    path = tmp_path / "weights.pth"
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
    path.write_bytes(magic + b"\x80\x02N" + pickle.LONG_BINPUT + b"\xff\xff\xff\xff.")
    with pytest.raises(WeightsError) as refused:
        await weights.import_weights(clean, wanted(path))
    assert refused.value.reason is Reason.BAD_WEIGHTS


async def test_a_small_network_without_a_word_of_its_shape_does_not_fit(
    clean: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "weights.pth"
    WRITERS["module before zip"](small_generator(), path)
    with pytest.raises(WeightsError) as unclear:
        await weights.import_weights(clean, wanted(path))
    assert unclear.value.reason is Reason.WEIGHTS_UNCLEAR
    assert unclear.value.detail["families"] == ["simswap-224", "trained-224"]
    with pytest.raises(WeightsError, match=r"first_layer\.1\.weight has the shape 2 x 3 x 7 x 7"):
        await weights.import_weights(clean, wanted(path, family="trained-224"))


async def test_a_business_takes_only_what_it_may_use(clean: Settings, tmp_path: Path) -> None:
    business = clean.model_copy(update={"commercial": True})
    generator, identity = (
        generator_file(tmp_path / "g.safetensors"),
        identity_file(tmp_path / "i.safetensors"),
    )
    with pytest.raises(WeightsError, match="--commercial") as refused:
        await weights.import_weights(business, wanted(generator))
    assert refused.value.reason is Reason.NON_COMMERCIAL
    await weights.import_weights(business, wanted(generator, commercial=True, license="ours"))
    await weights.import_weights(clean, wanted(identity))
    with pytest.raises(RequestError, match="arcface") as forbidden:
        await settled_engine("simswap", commercial=True)
    assert forbidden.value.reason is Reason.NON_COMMERCIAL
    assert await settled_engine("simswap", commercial=False) == "simswap:simswap-224"


async def test_an_engine_gets_the_weights_it_names(clean: Settings, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="visage weights import") as missing:
        await settled_engine("simswap", commercial=False)
    assert missing.value.reason is Reason.WEIGHTS_MISSING
    await weights.import_weights(clean, wanted(generator_file(tmp_path / "a"), name="a"))
    with pytest.raises(RequestError, match="identity network"):
        await settled_engine("simswap", commercial=False)
    await weights.import_weights(clean, wanted(identity_file(tmp_path / "i")))
    await weights.import_weights(clean, wanted(generator_file(tmp_path / "b", seed=2), name="b"))
    assert await settled_engine("simswap", commercial=False) == "simswap:a"
    await weights.import_weights(clean, wanted(tmp_path / "b", name="b", default=True))
    assert await settled_engine("simswap", commercial=False) == "simswap:b"
    assert [row.is_default for row in await all_weights()] == [False, True, True]
    assert await settled_engine("paste", commercial=True) == "paste"
    with pytest.raises(RequestError, match="simswap:a, simswap:b"):
        await settled_engine("simswap:c", commercial=False)
    refs = await weights_of("simswap:a")
    assert [(ref.role, ref.family) for ref in refs] == [("generator", "simswap-224"), ("identity", "arcface")]
    assert await weights_of("simswap:c") == refs[1:]
    assert await weights_of("paste") == []


async def test_there_is_one_identity_network(clean: Settings, tmp_path: Path) -> None:
    await weights.import_weights(clean, wanted(identity_file(tmp_path / "a")))
    with pytest.raises(RequestError, match="identity network already, arcface"):
        await weights.import_weights(clean, wanted(identity_file(tmp_path / "b", seed=2), name="b"))


async def test_what_unfinished_jobs_need_stays(clean: Settings, store: S3Store, tmp_path: Path) -> None:
    await weights.import_weights(clean, wanted(generator_file(tmp_path / "a"), name="a"))
    await weights.import_weights(clean, wanted(tmp_path / "a", name="twin"))
    await weights.import_weights(clean, wanted(identity_file(tmp_path / "i")))
    job = await (await make_customer()).submit()
    await Job.filter(id=job.id).update(engine="simswap:a")
    for name in ("a", "arcface"):
        with pytest.raises(RequestError, match="1 unfinished jobs") as refused:
            await weights.remove(clean, name)
        assert refused.value.reason is Reason.CONFLICT
    await Job.filter(id=job.id).update(state=JobState.DONE)
    await weights.remove(clean, "a")
    assert [(row.name, row.is_default) for row in await all_weights()] == [("twin", True), ("arcface", True)]
    assert await weights.verified(clean, "twin") == {"twin": None}, "its object is the other's too"
    await weights.remove(clean, "twin")
    assert len([info async for info in store.list("weights/")]) == 1
    with pytest.raises(RequestError, match="no weights called twin"):
        await weights.remove(clean, "twin")


async def test_verifying_finds_what_was_changed_and_what_is_gone(
    clean: Settings, store: S3Store, tmp_path: Path
) -> None:
    changed = await weights.import_weights(clean, wanted(generator_file(tmp_path / "a"), name="changed"))
    gone = await weights.import_weights(clean, wanted(generator_file(tmp_path / "b", seed=2), name="gone"))
    await weights.import_weights(clean, wanted(generator_file(tmp_path / "c", seed=3), name="sound"))
    content = bytearray(await store.read(changed.key))
    content[-5] ^= 1
    await store.put(changed.key, bytes(content))
    await store.delete(gone.key)
    with pytest.raises(RequestError, match="no weights called other"):
        await weights.verified(clean, "other")
    faults = await weights.verified(clean, None)
    assert {name: fault and fault.reason for name, fault in faults.items()} == {
        "changed": Reason.BAD_WEIGHTS,
        "gone": Reason.OBJECT_MISSING,
        "sound": None,
    }


def cache_of(store: S3Store, folder: Path) -> WeightsCache:
    """A cache in a folder, with room for one MiB."""
    scratch = folder.with_name("scratch")
    scratch.mkdir(exist_ok=True)
    return WeightsCache(store, folder, scratch, megabytes=1)


def ref_of(row: Weights) -> WeightsRef:
    return WeightsRef(role=row.role, family=row.family, key=row.key, sha256=row.sha256, size=row.size)


async def test_an_agent_fetches_once_and_verifies(clean: Settings, store: S3Store, tmp_path: Path) -> None:
    row = await weights.import_weights(clean, wanted(generator_file(tmp_path / "a")))
    folder = tmp_path / "cache"
    cache = cache_of(store, folder)
    found = await asyncio.gather(*(cache.paths([ref_of(row)]) for _ in range(5)))
    path = Path(found[0]["generator"])
    assert {one["generator"] for one in found} == {str(path)}
    assert path.is_absolute()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    await store.delete(row.key)
    assert await cache.paths([ref_of(row)]) == found[0], "it is here"
    assert await cache_of(store, folder).paths([ref_of(row)]) == found[0], "after a restart too"
    assert await cache.paths([]) == {}


async def test_a_damaged_copy_is_fetched_anew(clean: Settings, store: S3Store, tmp_path: Path) -> None:
    row = await weights.import_weights(clean, wanted(generator_file(tmp_path / "a")))
    cache = cache_of(store, tmp_path / "cache")
    path = Path((await cache.paths([ref_of(row)]))["generator"])
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    await cache.paths([ref_of(row)])
    assert path.read_bytes() == content


async def test_an_object_that_is_another_is_not_used(clean: Settings, store: S3Store, tmp_path: Path) -> None:
    row = await weights.import_weights(clean, wanted(generator_file(tmp_path / "a")))
    content = await store.read(row.key)
    cache = cache_of(store, tmp_path / "cache")
    for other in (content[:-1] + b"\0", content[:-1], content * 2):
        await store.put(row.key, other)
        with pytest.raises(WorkError, match="not those that were imported"):
            await cache.paths([ref_of(row)])
        assert list((tmp_path / "cache").iterdir()) == []
    await store.delete(row.key)
    with pytest.raises(WorkError) as missing:
        await cache.paths([ref_of(row)])
    assert missing.value.reason is Reason.OBJECT_MISSING


async def test_weights_that_were_not_used_for_longest_make_room(store: S3Store, tmp_path: Path) -> None:
    refs = []
    for mark in b"abc":
        content = bytes([mark]) * 700_000
        sha256 = hashlib.sha256(content).hexdigest()
        await store.put(f"weights/{sha256}", content)
        refs.append(
            WeightsRef(
                role="generator", family="x", key=f"weights/{sha256}", sha256=sha256, size=len(content)
            )
        )
    cache = cache_of(store, tmp_path / "cache")
    paths = [Path((await cache.paths([ref]))["generator"]) for ref in (*refs[:2], refs[0], refs[2])]
    there = {path.name for path in (tmp_path / "cache").iterdir()}
    assert there == {paths[0].name, paths[3].name}, "the second was used longest ago"


# Several commands in one process: starting one takes longer than what it does.
COMMANDS = """
import json, sys
from typer.testing import CliRunner
from visage.cli import app
answers = [CliRunner().invoke(app, ["weights", *words, "--json"]) for words in json.loads(sys.argv[1])]
print(json.dumps([[answer.exit_code, json.loads(answer.stdout)] for answer in answers]))
"""


async def visage(settings: Settings, *commands: list[str]) -> list[list[Any]]:
    """Exit code and answer of each `visage weights ... --json`, one after another."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMANDS, json.dumps(commands)),
        env={name: value for name, value in os.environ.items() if not name.startswith("VISAGE_")}
        | variables(settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return list(json.loads(printed))


async def test_the_command_line_has_it_all(clean: Settings, tmp_path: Path) -> None:
    good, bad = generator_file(tmp_path / "net_G.safetensors"), tmp_path / "no.pth"
    torch.save({"x": torch.ones(1)}, bad)
    made, refused, listed, verified, unknown, removed, empty = await visage(
        clean,
        ["import", str(good), "--name", "small", "--license", "ours", "--commercial"],
        ["import", str(bad)],
        ["list"],
        ["verify"],
        ["verify", "other"],
        ["remove", "small"],
        ["list"],
    )
    assert (made[1]["name"], made[1]["commercial"], made[1]["license"]) == ("small", True, "ours")
    assert (refused[0], refused[1]["reason"], refused[1]["detail"]["key"]) == (1, "bad-weights", "x")
    assert [row["name"] for row in listed[1]] == ["small"]
    assert verified == [0, [{"name": "small", "sound": True, "failure": None}]]
    assert (unknown[0], unknown[1]["reason"]) == (1, "not-found")
    assert removed == [0, {"name": "small", "removed": True}]
    assert empty == [0, []]
