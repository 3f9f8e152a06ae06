"""`visage train`: train our own network on aligned faces."""

from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.errors import Reason, WorkError
from visage.commands import console
from visage.commands.asking import AsJson


def train(
    data: Annotated[Path, typer.Option(help="Folder with index.csv, and pictures or tar shards.")],
    out: Annotated[Path, typer.Option(help="Folder for checkpoint, log, sheet and curves.")],
    recipe: Annotated[str, typer.Option(help="One of ours by name, or a .toml file.")] = "compact",
    minutes: Annotated[float, typer.Option(min=0.01, help="Of the whole training, all pieces counted.")] = 60,
    piece: Annotated[float | None, typer.Option(min=0.01, help="Minutes of this piece at most.")] = None,
    device: Annotated[str, typer.Option(help='"cpu", "cuda", "cuda:1".')] = "cpu",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor cores to use; all if not said.")
    ] = None,
    look: Annotated[float, typer.Option(min=0.01, help="Minutes between checkpoints.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Train a network on aligned faces within a bound of time. Again with the same --out, it goes on."""
    with console.failures(as_json):
        require_libraries()
        import torch

        from training import recipe as recipes
        from training.run import Plan, train

        if threads:
            torch.set_num_threads(threads)
        plan = Plan(data, out, minutes, piece if piece is not None else minutes * 2, device, look)
        out.mkdir(parents=True, exist_ok=True)
        train(recipes.read(recipe), plan, lambda row: console.show(row, as_json, _said(row)))


def require_libraries() -> None:
    """Raise `WorkError` where what trains and exports is not installed."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "onnx") if not find_spec(name)]
    if missing:
        message = f"Training needs {' and '.join(missing)}: `make train` installs them."
        raise WorkError(Reason.ENGINE_MISSING, message, retryable=False)


def _said(row: dict[str, Any]) -> str:
    return (
        f"{row['minutes']:7.1f} min {row['steps']:7} steps: cosine to source {row['cosine_source']:.3f}, "
        f"to target {row['cosine_target']:.3f}, reconstruction {row['reconstruction']:.1f} dB"
    )
