"""`visage job`: the jobs of the account the command line speaks for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from contracts.settings import Settings
from visage.client import Client
from visage.commands import console
from visage.service import service

app = typer.Typer(help="Jobs of your account.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="The job's id.")]
Tier = Annotated[str | None, typer.Option(help="As in `visage swap --tier`; your own service only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


@app.command("list")
def list_jobs(
    limit: Annotated[int, typer.Option(help="At most this many.")] = 20,
    tier: Tier = None,
    as_json: AsJson = False,
) -> None:
    """Your jobs, newest first."""
    page = _ask(lambda client: client.get("/jobs", limit=str(limit)), tier, as_json)
    table = Table(Column("job", no_wrap=True, min_width=36), "state", "percent", "engine")
    for job in page["items"]:
        table.add_row(job["id"], job["state"], f"{job['progress']['percent']:.0f}", job["engine"])
    console.show(page["items"], as_json, table)


@app.command()
def show(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Everything about one job."""
    job = _ask(lambda client: client.get(f"/jobs/{job_id}"), tier, as_json)
    table = Table("field", "value")
    for name, value in job.items():
        table.add_row(name, str(value))
    console.show(job, as_json, table)


@app.command()
def cancel(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Stop a job; only the work done is charged."""
    job = _ask(lambda client: client.post(f"/jobs/{job_id}/cancel"), tier, as_json)
    console.show(job, as_json, f"{job_id}: {job['state']}")


@app.command()
def retry(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Run what is missing of a failed job."""
    job = _ask(lambda client: client.post(f"/jobs/{job_id}/retry"), tier, as_json)
    console.show(job, as_json, f"{job_id}: {job['state']}")


def _ask(
    question: Callable[[Client], Awaitable[dict[str, Any]]], tier: str | None, as_json: bool
) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        async with service(Settings(), tier, start=False) as client:
            return await question(client)

    with console.failures(as_json):
        return asyncio.run(ask())
