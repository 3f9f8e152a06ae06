"""One event of a job becomes one delivery for each endpoint that wants it, however often the event comes."""

from typing import Any

from contracts.messages import JobEvent
from contracts.settings import Settings
from gateway.services.webhooks import event_body
from gateway.views.jobs import JobView
from storage import hooks
from storage.models import Job


class Fanout:
    """Handles `events.job.>`."""

    def __init__(self, settings: Settings) -> None:
        own = settings.gateway
        self._base = (own.public_url or f"http://{own.host}:{own.port}").rstrip("/")

    async def handle(self, event: JobEvent) -> None:
        """Write the deliveries of an event that ends a job; those that are there already stay as they are."""
        if not event.state.final:
            return
        event_type = f"job.{event.state}"
        endpoints = await hooks.listeners(event.user_id, event_type)
        if not endpoints:
            return
        body = event_body(event_type, await self._data(event), event.at)
        for endpoint in endpoints:
            await hooks.add_delivery(endpoint.id, event.event_id, event_type, body)

    async def _data(self, event: JobEvent) -> dict[str, Any]:
        job = await Job.get(id=event.job_id).select_related("upload")
        await job.fetch_related("job_faces")
        shown = JobView.of(job).model_dump(mode="json")
        address = f"{self._base}/api/v1/jobs/{job.id}"
        result = f"{address}/result" if shown["result"] else None
        return {"job": shown, "job_url": address, "result_url": result}
