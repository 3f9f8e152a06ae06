"""`visage user`: accounts, made by whoever runs the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import typer

from contracts.errors import Reason, RequestError
from contracts.scopes import Scope
from contracts.settings import Settings
from gateway.services import accounts, keys
from storage import database
from storage.accounts import user_by_email
from storage.admin import users
from storage.admin.deeds import By
from visage.commands import console
from visage.service import servers_of

app = typer.Typer(help="Accounts of the service you run.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@app.callback()
def of_the_service() -> None:
    """Accounts of the service you run."""


@app.command()
def create(
    email: Annotated[str, typer.Option(help="E-mail address.")],
    tier: Annotated[str, typer.Option(help="Tariff.")] = "free",
    ask_password: Annotated[
        bool, typer.Option(help="Ask for a password; without one the account is used by API key only.")
    ] = False,
    admin: Annotated[
        bool, typer.Option("--admin", help="Make it an admin, with a key for the service.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account and print an API key for it; the key cannot be shown again."""
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if ask_password
        else None
    )
    with console.failures(as_json):
        report = asyncio.run(_create(Settings(), email, tier, password, admin))
        console.show(report, as_json, report["api_key"])


@app.command()
def promote(email: Email, as_json: AsJson = False) -> None:
    """Make an account an admin."""
    _set_admin(email, True, as_json)


@app.command()
def demote(email: Email, as_json: AsJson = False) -> None:
    """Make an admin an account like others; its keys for the service open nothing more from now on."""
    _set_admin(email, False, as_json)


def _set_admin(email: str, is_admin: bool, as_json: bool) -> None:
    with console.failures(as_json):
        report = asyncio.run(_write_admin(Settings(), email.strip().lower(), is_admin))
        console.show(report, as_json, f"{report['email']}: {'admin' if is_admin else 'no admin'}")


async def _create(
    settings: Settings, email: str, tier: str, password: str | None, admin: bool
) -> dict[str, Any]:
    async with _database(settings):
        user = await accounts.register(email, password, tier)
        if admin:
            await users.set_admin(By(None), user.id, True)
        _, text = await keys.create_key(user, "command line", Scope.ADMIN if admin else Scope.USER)
    return {"user_id": str(user.id), "email": user.email, "tier": tier, "is_admin": admin, "api_key": text}


async def _write_admin(settings: Settings, email: str, is_admin: bool) -> dict[str, Any]:
    async with _database(settings):
        user = await user_by_email(email)
        if user is None:
            raise RequestError(Reason.NOT_FOUND, f"There is no account of {email}.", email=email)
        await users.set_admin(By(None), user.id, is_admin)
    return {"user_id": str(user.id), "email": email, "is_admin": is_admin}


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[None]:
    await database.connect(servers_of(settings).database)
    try:
        yield
    finally:
        await database.close()
