"""`visage doctor`: what is installed, what works, what is missing."""

from typing import Annotated

import typer
from rich.table import Table

from visage.commands import console
from visage.doctor import Finding, State, examine

_STYLES = {State.WORKS: "green", State.ABSENT: "yellow", State.BROKEN: "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is installed, which engines and codecs work, what is missing and how to get it."""
    findings = examine()
    healthy = all(finding.state is not State.BROKEN for finding in findings)
    report = {"healthy": healthy, "findings": [finding.model_dump(mode="json") for finding in findings]}
    console.show(report, as_json, _table(findings))
    if not healthy:
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, header_style="bold")
    for title in ("", "", "state", "detail", "how to get it"):
        table.add_column(title)
    for finding in findings:
        state = f"[{_STYLES[finding.state]}]{finding.state}[/]"
        table.add_row(finding.group, finding.name, state, finding.detail, finding.remedy)
    return table
