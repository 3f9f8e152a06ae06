"""Jobs whose engine needs weights, and the weights as admins see them."""

from typing import Any

import pytest

from contracts.errors import RequestError
from contracts.messages import AgentCard
from contracts.settings import Settings
from contracts.subjects import AGENTS_BUCKET
from contracts.weights import NON_COMMERCIAL, WeightsFile
from storage.admin.deeds import By
from storage.admin.weights import add_weights, remove_weights
from storage.models import Job
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller, Served
from tests.integration.gateway.test_admin import admin_caller
from tests.integration.gateway.test_jobs import wanted


async def imported(name: str, role: str = "generator", *, commercial: bool = False, **options: Any) -> None:
    """A row as an import leaves it."""
    file = WeightsFile(
        role=role,
        family="simswap-224" if role == "generator" else "arcface",
        sha256=(name + "0" * 64)[:64],
        size=220_218_436,
        source="latest_net_G.pth",
        source_sha256="1" * 64,
        parameters=55_054_602,
        commercial=commercial,
        license="ours" if commercial else NON_COMMERCIAL,
    )
    await add_weights(By(None), name, file, **options)


@pytest.fixture
async def swapping(bus: OpenBus) -> None:
    """An agent with the engine."""
    engines = ["paste", "simswap"]
    card = AgentCard(agent_id="a", pool="default", slots=1, engines=engines, device="cpu", host="h", pid=1)
    await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)


@pytest.mark.usefixtures("swapping")
async def test_a_job_keeps_the_weights_that_it_was_given(caller: Caller) -> None:
    body = await wanted(caller) | {"engine": "simswap"}
    problem = await caller.call("POST", "/jobs", 422, json=body)
    assert problem["reason"] == "weights-missing"
    assert "visage weights import" in problem["detail"]
    estimate = await caller.call("POST", "/jobs/estimate", json=body)
    assert estimate["refusal"]["reason"] == "weights-missing"
    await imported("people")
    assert "identity network" in (await caller.call("POST", "/jobs", 422, json=body))["detail"]
    await imported("arcface", "identity")
    made = await caller.call("POST", "/jobs", 201, json=body)
    assert made["engine"] == "simswap:people"
    await imported("newer", default=True)
    assert (await caller.call("GET", f"/jobs/{made['id']}"))["engine"] == "simswap:people"
    named = await caller.call("POST", "/jobs", 201, json=body | {"engine": "simswap:people"})
    assert named["engine"] == "simswap:people"
    assert (await caller.call("POST", "/jobs", 201, json=body))["engine"] == "simswap:newer"
    problem = await caller.call("POST", "/jobs", 422, json=body | {"engine": "simswap:older"})
    assert "simswap:newer, simswap:people" in problem["detail"]


async def test_an_engine_without_an_agent_is_refused_first(caller: Caller, bus: OpenBus) -> None:
    card = AgentCard(agent_id="a", pool="default", slots=1, engines=["paste"], device="cpu", host="h", pid=1)
    await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)
    problem = await caller.call("POST", "/jobs", 422, json=await wanted(caller) | {"engine": "simswap:x"})
    assert problem["reason"] == "engine-missing"


class TestABusiness:
    """Uses only what it may."""

    @pytest.fixture
    def gateway_settings(self, gateway_settings: Settings) -> Settings:
        return gateway_settings.model_copy(update={"commercial": True})

    @pytest.mark.usefixtures("swapping")
    async def test_weights_that_it_may_not_use_are_refused(self, caller: Caller) -> None:
        body = await wanted(caller)
        await imported("people")
        await imported("arcface", "identity", commercial=True)
        problem = await caller.call("POST", "/jobs", 422, json=body | {"engine": "simswap"})
        assert problem["reason"] == "non-commercial"
        assert problem["context"]["license"] == NON_COMMERCIAL
        await imported("licensed", commercial=True)
        made = await caller.call("POST", "/jobs", 201, json=body | {"engine": "simswap:licensed"})
        assert made["engine"] == "simswap:licensed"
        await caller.call("POST", "/jobs", 201, json=body | {"engine": "paste"})

    async def test_admins_see_what_may_not_be_used(self, served: Served) -> None:
        await imported("people")
        async with admin_caller(served) as admin:
            (row,) = await admin.call("GET", "/admin/weights")
        assert (row["engine"], row["usable"], row["is_default"]) == ("simswap:people", False, True)


async def test_admins_see_what_is_imported(served: Served) -> None:
    await imported("people")
    await imported("licensed", commercial=True)
    await imported("arcface", "identity")
    async with admin_caller(served) as admin:
        rows = await admin.call("GET", "/admin/weights")
    assert [(row["name"], row["engine"], row["is_default"], row["usable"]) for row in rows] == [
        ("licensed", "simswap:licensed", False, True),
        ("people", "simswap:people", True, True),
        ("arcface", None, True, True),
    ]
    assert rows[1]["license"] == NON_COMMERCIAL


async def test_unfinished_jobs_of_the_default_hold_its_weights(caller: Caller, swapping: None) -> None:
    await imported("people")
    await imported("arcface", "identity")
    await caller.call("POST", "/jobs", 201, json=await wanted(caller) | {"engine": "simswap"})
    assert (await Job.get()).engine == "simswap:people"
    with pytest.raises(RequestError, match="1 unfinished jobs"):
        await remove_weights(By(None), "people")
