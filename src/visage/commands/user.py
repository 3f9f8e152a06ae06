"""`visage user`: accounts, made by whoever runs the service."""

import asyncio
from typing import Annotated, Any

import typer

from contracts.settings import Settings
from gateway.services import accounts, keys
from storage import database
from visage.commands import console
from visage.service import servers_of

app = typer.Typer(help="Accounts of the service you run.", no_args_is_help=True)


@app.callback()
def users() -> None:
    """Accounts of the service you run."""


@app.command()
def create(
    email: Annotated[str, typer.Option(help="E-mail address.")],
    tier: Annotated[str, typer.Option(help="Tariff.")] = "free",
    ask_password: Annotated[
        bool, typer.Option(help="Ask for a password; without one the account is used by API key only.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Make an account and print an API key for it; the key cannot be shown again."""
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if ask_password
        else None
    )
    with console.failures(as_json):
        report = asyncio.run(_create(Settings(), email, tier, password))
        console.show(report, as_json, report["api_key"])


async def _create(settings: Settings, email: str, tier: str, password: str | None) -> dict[str, Any]:
    await database.connect(servers_of(settings).database)
    try:
        user = await accounts.register(email, password, tier)
        _, text = await keys.create_key(user, "command line")
    finally:
        await database.close()
    return {"user_id": str(user.id), "email": user.email, "tier": tier, "api_key": text}
