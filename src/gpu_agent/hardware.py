"""Which hardware encoders work here: tried for real, once, in a process that is thrown away."""

import asyncio
import json
import sys
from fractions import Fraction
from pathlib import Path

import av
import structlog
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from contracts.settings import AgentSettings
from gpu_agent.child import environment
from media.encoders import nvenc

_log = structlog.get_logger()

# Without one of these, NVIDIA's driver is not there, and nothing has to be tried.
_DEVICES = ("/dev/nvidiactl", "/dev/dxg")
_SIDE, _FRAMES = 256, 8
_SECONDS = 60.0


async def hardware_encoders(settings: AgentSettings) -> list[str]:
    """FFmpeg's names of the hardware encoders that this agent can use; none where they are off.

    A worker on CPU has a limit on its address space, which drivers do not bear.
    """
    off = settings.hardware_encoders == "off" or settings.device == "cpu"
    if off or not _has_driver():
        return []
    found = await _tried()
    _log.info("agent.hardware_encoders", found=found)
    return found


def _has_driver() -> bool:
    return any(Path(device).exists() for device in _DEVICES)


async def _tried() -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gpu_agent.hardware"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        cwd="/",
        env=environment(1),
    )
    try:
        async with asyncio.timeout(_SECONDS):
            said, _ = await process.communicate()
        return list(json.loads(said)) if process.returncode == 0 else []
    except (TimeoutError, ValueError):
        return []
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def works(encoder: str) -> bool:
    """Whether an encoder takes a few frames and gives as many packets back, as a segment would have it."""
    try:
        context = VideoCodecContext.create(encoder, "w")
        assert isinstance(context, VideoCodecContext)
        context.width = context.height = _SIDE
        context.pix_fmt, context.time_base, context.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
        context.options = nvenc.options(encoder, False, _FRAMES)
        packets = []
        for pts in range(_FRAMES):
            frame = VideoFrame(_SIDE, _SIDE, "yuv420p")
            frame.pts = pts
            packets += context.encode(frame)
        return len(packets + context.encode(None)) == _FRAMES
    except (FFmpegError, ValueError):
        return False


def main() -> None:
    """Write the names of those that work to stdout, as JSON."""
    found = [name for name in nvenc.CODECS if name in av.codecs_available and works(name)]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
