"""`visage job`: the jobs of the account the command line speaks for."""

from typing import Annotated

import typer
from rich.table import Column, Table

from visage.commands import console
from visage.commands.asking import AsJson, ask

app = typer.Typer(help="Jobs of your account.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="The job's id.")]
Tier = Annotated[str | None, typer.Option(help="As in `visage swap --tier`; your own service only.")]


@app.command("list")
def list_jobs(
    limit: Annotated[int, typer.Option(help="At most this many.")] = 20,
    tier: Tier = None,
    as_json: AsJson = False,
) -> None:
    """Your jobs, newest first."""
    page = ask(lambda client: client.get("/jobs", limit=str(limit)), as_json, tier)
    table = Table(Column("job", no_wrap=True, min_width=36), "state", "percent", "engine")
    for job in page["items"]:
        table.add_row(job["id"], job["state"], f"{job['progress']['percent']:.0f}", job["engine"])
    console.show(page["items"], as_json, table)


@app.command()
def show(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Everything about one job."""
    job = ask(lambda client: client.get(f"/jobs/{job_id}"), as_json, tier)
    table = Table("field", "value")
    for name, value in job.items():
        table.add_row(name, str(value))
    console.show(job, as_json, table)


@app.command()
def cancel(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Stop a job; only the work done is charged."""
    job = ask(lambda client: client.post(f"/jobs/{job_id}/cancel"), as_json, tier)
    console.show(job, as_json, f"{job_id}: {job['state']}")


@app.command()
def retry(job_id: JobId, tier: Tier = None, as_json: AsJson = False) -> None:
    """Run what is missing of a failed job."""
    job = ask(lambda client: client.post(f"/jobs/{job_id}/retry"), as_json, tier)
    console.show(job, as_json, f"{job_id}: {job['state']}")
