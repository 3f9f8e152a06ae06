"""Runs the command line as a user does: another process, its environment, its standard output."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from visage.stack import Stack


async def visage(stack: Stack, *words: str | Path, status: int = 0) -> Any:
    """Run `visage WORDS` beside a running service and return the JSON it printed.

    Raises:
        AssertionError: it ended with another status; its standard error is the message.
    """
    environment = {name: text for name, text in os.environ.items() if not name.startswith("VISAGE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "visage", *map(str, words),
        env=environment | {"VISAGE_DATA": str(stack.settings.data)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, said = await process.communicate()
    assert process.returncode == status, said.decode()
    return json.loads(printed)
