"""`visage queue`: who waits, who runs, who got what."""

from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from visage.commands import console
from visage.commands.asking import AsJson, ask


def queue(
    top: Annotated[int, typer.Option(help="At most this many users.")] = 20, as_json: AsJson = False
) -> None:
    """The queue now: pools, and users with the share due to them and the share they got."""
    seen = ask(lambda client: client.get("/admin/queue", top=str(top)), as_json)
    leader = seen["leader"]
    head = f"leader: {leader['name']}" if leader else "no scheduler answers: nothing is started at the moment"
    paused = ", ".join(pause["scope"] for pause in seen["pauses"])
    lines = [head, *([f"paused: {paused}"] if paused else [])]
    console.show(seen, as_json, Group(*lines, _pools(seen["pools"]), _users(seen["users"])))


def _pools(pools: list[dict[str, Any]]) -> Table:
    table = Table("pool", "slots", "in flight", "waiting", "users")
    for pool in pools:
        table.add_row(*(str(pool[name]) for name in ("pool", "slots", "in_flight", "waiting", "users")))
    return table


def _users(users: list[dict[str, Any]]) -> Table:
    table = Table("user", "tier", "weight", "in flight", "waiting", "due", "got", "GPU s")
    for user in users:
        table.add_row(
            user["email"] or user["user_id"],
            user["tier"] or "",
            f"{user['weight']:g}",
            f"{user['in_flight']} of {user['cap']}",
            str(user["waiting"]),
            f"{user['due']:.0%}",
            f"{user['got']:.0%}",
            f"{user['served']:.1f}",
        )
    return table
