"""What a job would make and cost."""

from pydantic import Field

from contracts.errors import Failure
from contracts.quotes import Quote
from gateway.views.base import View


class EstimateView(View):
    """What a job would make, before it is started.

    Attributes:
        width, height: Of the result in pixels, as a viewer sees it.
        fps: Of the result, frames a second; null for a picture.
        scaled, fps_reduced: Whether the tier makes the result smaller, or its frames fewer.
        refusal: Why the job would be refused; null where it would be accepted.
        gpu_seconds: What it would be charged; null while no scheduler answers, as the others below.
        gpu_seconds_measured: Whether that was learned of segments of its kind; else it is assumed, and high.
        queue_position: Segments of anyone that would be started before its first.
        starts_in_seconds: Time until then. `eta_seconds`: until the result is there.
    """

    width: int
    height: int
    fps: float | None
    seconds: float
    scaled: bool
    fps_reduced: bool
    tier: str
    refusal: Failure | None = Field(None)
    gpu_seconds: float | None = None
    gpu_seconds_measured: bool = False
    queue_position: int | None = None
    starts_in_seconds: float | None = None
    eta_seconds: float | None = None

    def with_quote(self, quote: Quote | None) -> "EstimateView":
        """The same with what the scheduler expects."""
        if quote is None:
            return self
        expected = {
            "gpu_seconds": round(quote.gpu_seconds, 1),
            "gpu_seconds_measured": quote.measured > 0,
            "queue_position": quote.queue_position,
            "starts_in_seconds": quote.starts_seconds,
            "eta_seconds": quote.eta_seconds,
        }
        return self.model_copy(update=expected)
