"""Answers what a job would cost, and when it would be there, before it is submitted."""

import asyncio
from math import ceil

from contracts.errors import UnavailableError
from contracts.media import MediaInfo, MediaKind
from contracts.quotes import Quote, QuoteQuestion
from contracts.subjects import QUOTE, quote_answer
from contracts.tiers import TierPolicy
from scheduler.admission import class_of, cost_seconds
from scheduler.estimate import CostClass
from scheduler.fairqueue import Hypothesis
from scheduler.lead import Lead
from scheduler.lookout import Lookout
from scheduler.pace import Pace
from scheduler.planner import spec_of
from storage.quotes import wanted

_SHARE = 0.1  # of the time may go into answers


class Quotes:
    """Answers one question after the other, as long as its scheduler leads."""

    def __init__(self, lead: Lead, lookout: Lookout) -> None:
        self._lead, self._lookout = lead, lookout

    async def answer(self) -> None:
        """Answer until cancelled. What cannot be answered now is left: who asks does not wait for long."""
        async with self._lead.bus.listen(QUOTE, QuoteQuestion) as questions:
            async for _, question in questions:
                pace = Pace()
                try:
                    quote = await self.quote(question, pace)
                except UnavailableError:
                    continue
                if quote is not None:
                    await self._lead.bus.announce(quote_answer(question.id), quote)
                await asyncio.sleep(pace.worked * (1 / _SHARE - 1))

    async def quote(self, question: QuoteQuestion, pace: Pace) -> Quote | None:
        """What is expected; None where the upload is not there, or not ready. Raises UnavailableError."""
        found = await wanted(question.user_id, question.upload_id)
        if found is None:
            return None
        user, info = found
        kind = _class_of(question, info, TierPolicy.model_validate(user.tier))
        segments, seconds = self._cut(info, question.engine)
        estimates = self._lead.board.estimates
        each = estimates.seconds(kind, seconds)
        idea = Hypothesis(user.id, self._lead.tariffs.terms_of(user), question.id, segments, each)
        quote = Quote(gpu_seconds=segments * each, measured=estimates.measured(kind), segments=segments)
        sight = await self._lookout.suppose(question.pool, idea, pace)
        if sight is None:
            return quote
        merging = estimates.merging.seconds(info.duration_seconds)
        seen = {"queue_position": sight.position, "starts_seconds": sight.starts}
        return quote.model_copy(update={**seen, "eta_seconds": sight.ends + merging})

    def _cut(self, info: MediaInfo, engine: str) -> tuple[int, float]:
        """About how many segments a video will be cut into, and what each is reckoned by."""
        if info.kind is MediaKind.PICTURE:
            return 1, cost_seconds(info, engine, 0.0)
        segments = max(1, ceil(info.duration_seconds / self._lead.settings.scheduler.segment_seconds))
        return segments, cost_seconds(info, engine, info.duration_seconds / segments)


def _class_of(question: QuoteQuestion, info: MediaInfo, policy: TierPolicy) -> CostClass:
    return class_of(question.pool, question.engine, spec_of(info, policy))
