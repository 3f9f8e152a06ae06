"""`visage demo`: the whole service, one job through it, and where to look."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from contracts.settings import Settings
from visage import demo as demo_material
from visage.client import Client
from visage.commands import console
from visage.commands.swap import run_job
from visage.stack import running


def demo(
    keep: Annotated[
        bool, typer.Option(help="Leave the service running afterwards, until Ctrl-C.", show_default=True)
    ] = False,
) -> None:
    """Start everything, put a face into a clip, say where the result is and where the page is."""
    with console.failures(as_json=False):
        asyncio.run(_demo(Settings(), keep))


async def _demo(settings: Settings, keep: bool) -> None:
    folder = settings.data / "demo"
    console.stderr.print("Starting nats-server, PostgreSQL, an S3 server and the actors …")
    video, face = await asyncio.to_thread(demo_material.material, folder)
    async with running(settings) as stack, Client(stack.url, stack.operator_key) as client:
        report = await run_job(client, video, face, _result(folder))
        console.stdout.print(
            f"\nThe face of   {face}\nwent into     {video}\nby the engine {report['engine']}: "
            f"{report['frames']} frames, {report['faces']} faces, {report['segments']} segments, "
            f"{report['seconds']} s"
            f"\n\nResult: {report['output']}\nPage:   {stack.url}",
            soft_wrap=True,
            highlight=False,
        )
        if keep:
            console.stdout.print("\nThe service runs until Ctrl-C.")
            await _interrupted()
    if not keep:
        console.stdout.print(
            f"        (start the service again with `make up`; the page is then at {stack.url})"
        )


def _result(folder: Path) -> Path:
    return folder.resolve() / "result.mp4"


async def _interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
