"""`visage tier`: the tariffs of the service."""

from typing import Annotated, Any

import typer
from rich.table import Table

from visage.commands import console
from visage.commands.asking import AsJson, ask

app = typer.Typer(help="Tariffs of the service you administer.", no_args_is_help=True)


@app.command("list")
def list_tiers(as_json: AsJson = False) -> None:
    """Every tier with its weight, its caps and how many users it has."""
    tiers: Any = ask(lambda client: client.get("/admin/tiers"), as_json)
    table = Table("tier", "weight", "in flight", "burst", "users", "")
    for tier in tiers:
        table.add_row(
            tier["name"],
            f"{tier['weight']:g}",
            str(tier["max_in_flight"]),
            "yes" if tier["burst"] else "no",
            str(tier["users"]),
            "paused" if tier["paused"] else "",
        )
    console.show(tiers, as_json, table)


@app.command("set")
def set_tier(
    name: Annotated[str, typer.Argument(help="The tier.")],
    weight: Annotated[float | None, typer.Option(help="Share against other users, above 0.")] = None,
    max_in_flight: Annotated[int | None, typer.Option(help="Most segments of a user at a time.")] = None,
    burst: Annotated[bool | None, typer.Option(help="Whether idle slots above that may be taken.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change a tier; running work follows at once."""
    wanted = {"weight": weight, "max_in_flight": max_in_flight, "burst": burst}
    body = {field: value for field, value in wanted.items() if value is not None}
    tier = ask(lambda client: client.change("PATCH", f"/admin/tiers/{name}", body), as_json)
    text = f"{name}: weight {tier['weight']:g}, {tier['max_in_flight']} in flight"
    console.show(tier, as_json, text + (", burst" if tier["burst"] else ""))
