"""The engine of jobs that name none, and whom the networks that come with Visage are for."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from contracts import packaged
from contracts.errors import Reason, RequestError
from contracts.messages import AgentCard
from contracts.settings import AgentSettings, Settings
from contracts.states import JobState
from contracts.subjects import AGENTS_BUCKET
from storage.models import Job
from storage.weights import settled_engine
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller
from tests.integration.gateway.test_jobs import wanted
from tests.integration.gateway.test_weights import imported
from tests.packages import put

Offer = Callable[..., Awaitable[None]]


@pytest.fixture
def gateway_settings(gateway_settings: Settings) -> Settings:
    """Of a service in which nobody chose an engine."""
    return gateway_settings.model_copy(update={"agent": AgentSettings()})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what comes with Visage, with a network for research."""
    monkeypatch.setattr(packaged, "FOLDER", tmp_path)
    put(tmp_path, "compact", "research")
    return tmp_path


@pytest.fixture
async def offer(bus: OpenBus) -> Offer:
    """Has an agent offer these engines."""

    async def offered(*engines: str) -> None:
        card = AgentCard(
            agent_id="a", pool="default", slots=1, engines=list(engines), device="cpu", host="h", pid=1
        )
        await (await bus("agent")).bucket(AGENTS_BUCKET).put("a", card)

    return offered


async def engine_of_a_job(caller: Caller) -> str:
    made = await caller.call("POST", "/jobs", 201, json=await wanted(caller))
    await Job.filter(id=made["id"]).update(state=JobState.DONE)  # a user may have few at a time
    return str(made["engine"])


async def test_it_is_the_best_that_an_agent_runs(caller: Caller, offer: Offer, folder: Path) -> None:
    assert await engine_of_a_job(caller) == "compact"  # it waits for an agent
    await offer("paste", "compact", "simswap")
    assert await engine_of_a_job(caller) == "compact"
    await imported("people")
    assert await engine_of_a_job(caller) == "compact", "an identity network is missing"
    await imported("arcface", "identity")
    assert await engine_of_a_job(caller) == "simswap:people"
    await offer("paste", "compact")
    assert await engine_of_a_job(caller) == "compact"
    await offer("paste")
    assert await engine_of_a_job(caller) == "paste"


async def test_without_a_network_of_ours_it_is_the_stand_in(caller: Caller, folder: Path) -> None:
    (folder / "compact.safetensors").unlink()
    assert await engine_of_a_job(caller) == "paste"
    body = await wanted(caller) | {"engine": "compact"}
    assert (await caller.call("POST", "/jobs", 422, json=body))["reason"] == "weights-missing"


class TestABusiness:
    """Gets no network that learned from faces for research."""

    @pytest.fixture
    def gateway_settings(self, gateway_settings: Settings) -> Settings:
        return gateway_settings.model_copy(update={"commercial": True})

    async def test_it_gets_the_clean_one(self, caller: Caller, offer: Offer, folder: Path) -> None:
        await offer("paste", "compact", "simswap")
        assert await engine_of_a_job(caller) == "paste"
        body = await wanted(caller) | {"engine": "compact"}
        problem = await caller.call("POST", "/jobs", 422, json=body)
        assert problem["reason"] == "non-commercial"
        estimate = await caller.call("POST", "/jobs/estimate", json=body)
        assert estimate["refusal"]["reason"] == "non-commercial"
        put(folder, "compact-clean", "clean")
        assert "compact:clean would pass" in (await caller.call("POST", "/jobs", 422, json=body))["detail"]
        assert await engine_of_a_job(caller) == "compact:clean"
        await imported("people")
        await imported("arcface", "identity")
        assert await engine_of_a_job(caller) == "compact:clean", "what was imported is for no business"

    async def test_a_plan_refuses_what_was_allowed_when_the_job_came(self) -> None:
        assert await settled_engine("compact", commercial=False) == "compact"
        with pytest.raises(RequestError) as caught:
            await settled_engine("compact", commercial=True)
        assert caught.value.reason is Reason.NON_COMMERCIAL
