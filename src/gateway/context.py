"""What every handler of the gateway works with."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bus.connection import Bus
from contracts.settings import Settings
from storage.objects import ObjectStore

if TYPE_CHECKING:
    from gateway.intake.inspection import Inspector
    from gateway.intake.persons import PersonFinder
    from gateway.services.progress import ProgressHub


@dataclass(frozen=True)
class Gateway:
    """The servers behind the gateway and its long-lived parts.

    Attributes:
        hub: Live progress of jobs.
        inspector: Looks at complete uploads in the background.
        persons: Finds the people in uploads.
        draining: Set when the process is asked to end: long requests finish what they hold and stop.
    """

    settings: Settings
    store: ObjectStore
    bus: Bus
    hub: "ProgressHub"
    inspector: "Inspector"
    persons: "PersonFinder"
    draining: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def public_url(self) -> str:
        """Address of the service as its users see it, without a slash at the end."""
        own = self.settings.gateway
        return (own.public_url or f"http://{own.host}:{own.port}").rstrip("/")


GATEWAY = web.AppKey("gateway", Gateway)


def gateway_of(request: web.Request) -> Gateway:
    """The gateway that serves the request."""
    return request.config_dict[GATEWAY]
