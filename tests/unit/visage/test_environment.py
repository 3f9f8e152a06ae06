"""What an actor is told through its environment is what the supervisor meant, and no secret more."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from contracts.settings import (
    AgentSettings,
    DatabaseSettings,
    GatewaySettings,
    NatsSettings,
    S3Settings,
    SchedulerSettings,
    Settings,
    StackSettings,
    WebhookSettings,
)
from visage.actors import ACTORS
from visage.environment import environment_for, variables, walk

USERS = (*ACTORS, "provision")

text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
seconds = st.floats(0.001, 1e6, allow_nan=False)
ports = st.integers(0, 65535)
some_settings = st.builds(
    Settings,
    data=text.map(lambda name: Path("/") / name.replace("/", "_")),
    log_format=st.sampled_from(["console", "json"]),
    health_port=ports,
    nats=st.builds(NatsSettings, url=text, passwords=st.dictionaries(text, text), lease_seconds=seconds),
    database=st.builds(DatabaseSettings, url=text, pool=ports),
    s3=st.builds(S3Settings, url=text, access_key=text, secret_key=text),
    gateway=st.builds(GatewaySettings, port=ports, public_url=text, secure_cookies=st.booleans()),
    scheduler=st.builds(SchedulerSettings, segment_seconds=seconds),
    agent=st.builds(AgentSettings, slots=ports, engine=text),
    webhooks=st.builds(WebhookSettings, schedule_seconds=st.lists(seconds), allow_private=st.booleans()),
    stack=st.builds(StackSettings, agents=ports),
)


@given(settings=some_settings)
def test_settings_survive_the_environment(settings: Settings) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("VISAGE_")]:
            patch.delenv(name)
        for name, value in variables(settings).items():
            patch.setenv(name, value)
        assert Settings() == settings


def test_defaults_need_no_variable() -> None:
    assert variables(Settings.model_construct()) == {}


def test_every_setting_is_described() -> None:
    assert [setting.variable for setting in walk(Settings.model_construct()) if not setting.description] == []


@pytest.fixture
def secretive() -> Settings:
    return Settings(
        url="http://elsewhere",
        api_key=SecretStr("the-operators-key"),
        nats=NatsSettings(url="nats://x", passwords={user: SecretStr(f"nats-of-{user}") for user in USERS}),
        database=DatabaseSettings(url=SecretStr("postgres://user:database-password@x/y")),
        s3=S3Settings(url="http://x", access_key=SecretStr("s3-access"), secret_key=SecretStr("s3-secret")),
    )


@pytest.mark.parametrize("kind", ACTORS)
def test_an_actor_is_told_one_broker_password(kind: str, secretive: Settings) -> None:
    told = "\n".join(environment_for(secretive, ACTORS[kind].needs).values())
    others = {other for other in USERS if other != kind}
    assert f"nats-of-{kind}" in told
    assert [other for other in others if f"nats-of-{other}" in told] == []
    assert "the-operators-key" not in told


def test_the_agent_cannot_reach_the_database(secretive: Settings) -> None:
    told = environment_for(secretive, ACTORS["agent"].needs)
    assert "database-password" not in "\n".join(told.values())
    assert "s3-secret" in told.values()


def test_settings_of_the_supervisor_itself_do_not_leak(
    secretive: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISAGE_DATABASE_URL", "postgres://leaked")
    assert "VISAGE_DATABASE_URL" not in environment_for(secretive, ACTORS["agent"].needs)
