"""An actor's window for supervisors: /healthz (alive), /readyz (can work), /metrics (Prometheus)."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog
from aiohttp import web

from bus.actor.loops import Pulse
from bus.actor.metrics import Metrics

log = structlog.get_logger()

CHECK_SECONDS = 2.0
FILE_VARIABLE = "VISAGE_HEALTH_FILE"

Check = Callable[[], Awaitable[None]]


class HealthServer:
    """Serves on `host`:`port` (0 takes a free one).

    If VISAGE_HEALTH_FILE is set, the port is written there, so that who started us finds it.
    """

    def __init__(
        self,
        host: str,
        port: int,
        metrics: Metrics,
        pulses: Callable[[], Iterable[Pulse]],
        checks: dict[str, Check],
    ) -> None:
        self._host, self._port = host, port
        self._metrics, self._pulses, self._checks = metrics, pulses, checks
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._serve_metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> int:
        """Listen; the port is returned."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        port = int(self._runner.addresses[0][1])
        log.info("health served", host=self._host, port=port)
        if path := os.environ.get(FILE_VARIABLE):
            write_port(Path(path), port)
        return port

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        stuck = [pulse.name for pulse in self._pulses() if pulse.is_stuck]
        loops = {pulse.name: round(pulse.age, 3) for pulse in self._pulses()}
        return web.json_response(
            {"alive": not stuck, "stuck": stuck, "loops": loops}, status=503 if stuck else 200
        )

    async def _readyz(self, request: web.Request) -> web.Response:
        answers = await asyncio.gather(*(outcome(check) for check in self._checks.values()))
        away = {name: answer for name, answer in zip(self._checks, answers, strict=True) if answer}
        return web.json_response({"ready": not away, "away": away}, status=503 if away else 200)

    async def _serve_metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), content_type="text/plain", charset="utf-8")


async def outcome(check: Check) -> str | None:
    """None if the check passes within two seconds, else what it said."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except Exception as error:
        return str(error) or repr(error)
    return None


def write_port(path: Path, port: int) -> None:
    """Write the port so that a reader sees all of it or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{port}\n")
    draft.replace(path)
