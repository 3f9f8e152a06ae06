"""`visage export`: what agents run, made of a checkpoint of `visage train`."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from contracts.errors import Reason, RequestError
from contracts.packaged import CLEAN
from visage.commands import console
from visage.commands.asking import AsJson
from visage.commands.train import require_libraries

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def export(
    checkpoint: Annotated[Path, typer.Argument(help="The folder `checkpoint` that `visage train` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for NAME.safetensors and NAME.onnx.")] = Path(),
    name: Annotated[str, typer.Option(help="Of the files, and in their header.")] = "compact",
    as_json: AsJson = False,
) -> None:
    """Write a trained network as 16-bit weights and a graph that reads them. Its data say who may use it."""
    with console.failures(as_json):
        if not _NAME.fullmatch(name):
            allowed = "a to z, 0 to 9, dots and dashes"
            raise RequestError(Reason.INVALID, f'"{name}" cannot be a name: {allowed} would pass.')
        require_libraries()
        from training.export import export as exported

        done = exported(checkpoint, name, out)
        use = "a business may use it" if done.license == CLEAN else "for research and demonstration only"
        said = (
            f"{done.weights}, {done.graph}\n{done.parameters:,} numbers after {done.minutes:g} minutes and "
            f"{done.steps} steps, {use}; torch and onnxruntime agree to {done.agreement:.0f} dB"
        )
        console.show(asdict(done) | {"weights": str(done.weights), "graph": str(done.graph)}, as_json, said)
