"""Carrying a delivery out: try, log, wait as the schedule says, give up at its end."""

import aiohttp
import structlog

from bus.actor import Later
from contracts.messages import DeliveryTask, now
from contracts.settings import WebhookSettings
from contracts.states import DeliveryState
from gateway.webhooks.schedule import due, is_last
from gateway.webhooks.sender import Outcome, send
from storage import hooks
from storage.models import WebhookDelivery

# A wait this short is rounding between our clock and the broker's.
_EARLY_SECONDS = 0.05

_log = structlog.get_logger()


class Courier:
    """Handles `webhooks.>`. The row says whether and when to try; the broker does the waiting."""

    def __init__(self, settings: WebhookSettings, session: aiohttp.ClientSession) -> None:
        self._settings, self._session = settings, session

    async def handle(self, task: DeliveryTask) -> None:
        """Try a delivery if it is due.

        Raises:
            Later: It is not due yet, or has to be tried again.
        """
        row = await hooks.delivery(task.delivery_id)
        wait = self._wait(row) if row else None
        if row is None or wait is None:
            return
        if wait <= _EARLY_SECONDS:
            await self._try(row)
            wait = self._wait(row)
        if wait is not None:
            raise Later(wait)

    def _wait(self, row: WebhookDelivery) -> float | None:
        return due(row, self._settings.schedule_seconds, now())

    async def _try(self, row: WebhookDelivery) -> None:
        if not row.endpoint.enabled:
            entry = Outcome(now(), 0, error="the webhook is switched off").entry
            await hooks.record_try(row, entry, DeliveryState.FAILED)
            return
        outcome = await send(self._session, row, self._settings.timeout_seconds)
        state = self._state_after(row, outcome)
        await hooks.record_try(row, outcome.entry, state)
        _log.info(
            "webhook tried", delivery=str(row.id), status=outcome.status, error=outcome.error, state=state
        )
        if outcome.gone:
            await hooks.change_endpoint(row.endpoint.id, enabled=False)

    def _state_after(self, row: WebhookDelivery, outcome: Outcome) -> DeliveryState:
        if outcome.accepted:
            return DeliveryState.DELIVERED
        if outcome.gone or is_last(row, self._settings.schedule_seconds):
            return DeliveryState.FAILED
        return DeliveryState.PENDING
