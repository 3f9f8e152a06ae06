"""A question of a command to the service it speaks to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from contracts.settings import Settings
from visage.client import Client
from visage.commands import console
from visage.service import service

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def ask(
    question: Callable[[Client], Awaitable[dict[str, Any]]], as_json: bool, tier: str | None = None
) -> dict[str, Any]:
    """The answer of a service that runs; a refusal ends the command with status 1."""

    async def asked() -> dict[str, Any]:
        async with service(Settings(), tier, start=False) as client:
            return await question(client)

    with console.failures(as_json):
        return asyncio.run(asked())
