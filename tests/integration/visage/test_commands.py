"""Commands that look at this machine, run as a user runs them."""

import asyncio
import json
import os
import sys
from typing import Any

import pytest


async def visage(*words: str, status: int = 0, **variables: str) -> str:
    """What `visage WORDS` prints."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("VISAGE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "visage", *words),
        env=outside | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await process.communicate()
    assert process.returncode == status, said.decode()
    return (printed or said).decode()


@pytest.fixture(scope="module")
async def findings() -> dict[str, dict[str, Any]]:
    report = json.loads(await visage("doctor", "--json"))
    assert report["healthy"]
    return {f"{finding['group']}/{finding['name']}": finding for finding in report["findings"]}


@pytest.mark.parametrize(
    "name",
    [
        "servers/postgres",
        "encoders/libx264",
        "decoders/hevc",
        "faces/detector",
        "engines/paste",
        "engines/compact",
    ],
)
async def test_doctor_finds_what_a_setup_installs(name: str, findings: dict[str, dict[str, Any]]) -> None:
    assert findings[name]["state"] == "works"
    assert findings[name]["detail"]


async def test_doctor_says_how_to_get_what_is_missing(findings: dict[str, dict[str, Any]]) -> None:
    missing = [finding for finding in findings.values() if finding["state"] != "works"]
    assert [finding["name"] for finding in missing if not finding["remedy"]] == []


async def test_settings_lists_values_and_masks_secrets() -> None:
    printed = await visage(
        "settings", "--json", VISAGE_AGENT_SLOTS="3", VISAGE_DATABASE_URL="postgres://user:hush@here/it"
    )
    assert "hush" not in printed
    listed = json.loads(printed)
    assert listed["VISAGE_AGENT_SLOTS"]["value"] == 3
    assert listed["VISAGE_AGENT_SLOTS"]["default"] == 1
    assert listed["VISAGE_DATABASE_URL"]["value"]


async def test_settings_for_a_person_mask_secrets_too() -> None:
    assert "hush" not in await visage("settings", VISAGE_NATS_PASSWORDS='{"agent": "hush"}', COLUMNS="300")


async def test_an_unknown_actor_is_refused_with_those_there_are() -> None:
    assert "merger" in await visage("actor", "janitor", status=2)


async def test_help_names_every_command() -> None:
    printed = await visage("--help")
    assert [
        name for name in ("up", "swap", "demo", "doctor", "settings", "job", "user") if name not in printed
    ] == []
