"""The documentation says what the code says: names, tables, commands and links."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from tortoise.models import Model

from bus.actor import health
from bus.topology import BUCKETS, CONSUMERS, STREAMS
from contracts.errors import Reason
from contracts.settings import Settings
from contracts.states import AttemptState, CastState, DeliveryState, JobState, SegmentState, UploadState
from contracts.tiers import DEFAULT_TIERS
from gateway import actor as gateway_actor
from gateway.api.routes import DESCRIPTION, OPERATIONS
from gateway.problems import status_of
from gateway.webhooks.sender import signed_headers
from gpu_agent import engines
from gpu_agent.weights.layouts import families_known
from storage import models
from tests.unit.docs.pages import PAGES, ROOT, anchors, blocks, links, rows, section, table, text_of
from visage.actors import ACTORS
from visage.cli import COMMANDS, command_of
from visage.embedded.secrets import NATS_USERS
from visage.environment import walk

STATES: dict[str, type[StrEnum]] = {
    "Job": JobState,
    "Segment": SegmentState,
    "Attempt": AttemptState,
    "Upload": UploadState,
    "Search for people": CastState,
    "Delivery of a webhook": DeliveryState,
}
VARIABLE = re.compile(r"\bVISAGE_[A-Z0-9_]*[A-Z0-9]\b")
PLACE = re.compile(r"`((?:src|tests|docs|migrations|templates|static)/[\w./-]*)`")


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)
    assert not broken


@each_page
def test_every_file_named_is_there(page: Path) -> None:
    assert [place for place in PLACE.findall(page.read_text()) if not (ROOT / place).exists()] == []


@each_page
def test_every_page_is_on_the_map(page: Path) -> None:
    home = text_of("docs/index.md")
    linked = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in links(home)}
    assert page in linked or page == ROOT / "docs" / "index.md"


def test_the_settings_are_those_of_the_code() -> None:
    written = {
        row[0].strip("`"): row[1] for row in rows(text_of("docs/settings.md").split("## Not settings")[0])
    }
    assert written == {setting.variable: setting.description for setting in walk(Settings())}


@each_page
def test_every_variable_named_is_read(page: Path) -> None:
    known = {setting.variable for setting in walk(Settings())}
    known |= {f"VISAGE_NATS_PASSWORD_{user.upper()}" for user in NATS_USERS}
    known |= {health.FILE_VARIABLE, gateway_actor.FILE_VARIABLE}
    assert set(VARIABLE.findall(page.read_text())) - known == set()


def test_the_errors_are_those_of_the_code() -> None:
    written = {reason: int(cells[0]) for reason, cells in table("docs/api.md", "Errors").items()}
    assert written == {reason.value: status_of(reason) for reason in Reason}


def test_the_operations_are_those_of_the_code() -> None:
    written = {operation: cells[0] for operation, cells in table("docs/api.md", "Operations").items()}
    assert written == {f"{one.method} {one.path}": one.summary for one in (*OPERATIONS, DESCRIPTION)}


@pytest.mark.parametrize("heading", STATES)
def test_the_states_are_those_of_the_code(heading: str) -> None:
    assert set(table("docs/states.md", heading)) == set(STATES[heading])


@pytest.mark.parametrize("heading", ["Job", "Segment", "Upload"])
def test_the_drawings_hold_every_state_and_no_other(heading: str) -> None:
    (drawing,) = blocks(section(text_of("docs/states.md"), heading), "mermaid")
    drawn = {word for pair in re.findall(r"^ +(\S+) --> ([^\s:]+)", drawing, re.MULTILINE) for word in pair}
    assert drawn - {"[*]"} == set(STATES[heading])


def test_the_bus_is_that_of_the_code() -> None:
    text = text_of("docs/bus.md")
    streams = {row[1].strip("`") for row in rows(section(text, "Subjects")) if len(row) == 5}
    assert streams == set(STREAMS)
    topology = section(text, "Topology")
    assert [name for name in (*CONSUMERS, *BUCKETS) if f"`{name}`" not in topology] == []
    assert set(table("docs/bus.md", "Permissions")) == set(NATS_USERS)


def test_the_tables_are_those_of_the_code() -> None:
    kinds: list[type[Model]] = [getattr(models, name) for name in models.__all__]
    assert set(table("docs/storage.md", "Tables")) == {kind._meta.db_table for kind in kinds}


def test_the_tiers_are_those_of_the_code() -> None:
    assert table("docs/gateway.md", "Tiers") == {
        tier.name: [
            f"{tier.weight:g}",
            str(tier.max_in_flight),
            f"{tier.max_height}p, {tier.max_fps} fps",
            f"{tier.max_seconds:g} s",
            f"{tier.max_bytes / 1e9:g} GB",
            str(tier.max_jobs),
            f"{tier.retention_days} days",
        ]
        for tier in DEFAULT_TIERS
    }


def test_the_engines_are_those_of_the_code() -> None:
    assert set(table("docs/agent.md", "Engines")) == set(engines.known())


def test_the_families_of_weights_are_those_of_the_code() -> None:
    assert list(table("docs/weights.md", "What may be imported")) == families_known()


def test_every_actor_is_told_of_and_what_it_is_told() -> None:
    known = table("docs/stack.md", "Who is told what")
    assert known == {
        name: ["yes" if actor.needs.database else "no", "yes" if actor.needs.s3 else "no"]
        for name, actor in ACTORS.items()
    }
    assert {row[0] for row in rows(section(text_of("docs/index.md"), "I want to know how it works"))} == set(
        ACTORS
    )


def command_lines(text: str) -> Iterator[list[str]]:
    """Every `visage ...` in backticks or in a block of shell, as words."""
    shell = re.sub(r"\\\n", " ", "\n".join(blocks(text, "sh")))
    lines = re.findall(r"(?:^|\$\()visage ([^\n#)]*)", shell, re.MULTILINE)
    lines += re.findall(r"`visage ([^`]+)`", text)
    yield from (shlex.split(line) for line in lines)


def unknown_word(words: list[str]) -> str | None:
    """The first word of a command line that the program would not understand."""
    if words[0] not in COMMANDS:
        return words[0]
    command: Any = command_of(words[0])
    rest = words[1:]
    if hasattr(command, "commands") and rest:
        if rest[0] not in command.commands:
            return rest[0]
        command, rest = command.commands[rest[0]], rest[1:]
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return next((word for word in rest if word.startswith("-") and word not in options), None)


@each_page
def test_every_command_named_is_understood(page: Path) -> None:
    assert [words for words in command_lines(page.read_text()) if unknown_word(words)] == []


def test_every_command_is_in_the_readme() -> None:
    named = {
        row[0].strip("`").removeprefix("visage ")
        for row in rows(section(text_of("README.md"), "From the command line"))
    }
    groups = {name: getattr(command_of(name), "commands", None) for name in COMMANDS}
    wanted = {f"{name} {inner}" for name, inside in groups.items() if inside for inner in inside}
    wanted |= {name for name, inside in groups.items() if not inside}
    assert {
        next((one for one in wanted if (name + " ").startswith(one + " ")), name) for name in named
    } == wanted


@pytest.mark.parametrize("name", ["README.md", "docs/webhooks.md"])
def test_the_receiver_that_is_shown_verifies_what_is_sent(name: str) -> None:
    (shown,) = [block for block in blocks(text_of(name), "python") if "standardwebhooks" in block]
    receiver: dict[str, Any] = {}
    exec(shown, receiver)
    secret, body = "whsec_" + "c2VjcmV0" * 4, '{"type": "job.done", "data": {"result_url": "https://there"}}'
    delivery: Any = SimpleNamespace(event_id=uuid4(), endpoint=SimpleNamespace(secret=secret), payload=body)
    headers = signed_headers(delivery, datetime.now(UTC))
    assert receiver["receive"](secret, body.encode(), headers) == "job.done: https://there"
    with pytest.raises(Exception, match="signature"):
        receiver["receive"]("whsec_" + "b3RoZXIx" * 4, body.encode(), headers)
