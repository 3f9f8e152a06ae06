"""What a job would cost and when it would be there, asked of the leading scheduler."""

from uuid import UUID, uuid4

from bus.connection import Bus
from contracts.quotes import Quote, QuoteQuestion
from contracts.subjects import QUOTE, quote_answer

ANSWER_SECONDS = 0.5  # a page is not worth waiting longer for this


async def quote_of(bus: Bus, pool: str, user_id: UUID, upload_id: UUID, engine: str) -> Quote | None:
    """What is expected of a job of an upload that were started now; None where no scheduler answers in time."""
    question = QuoteQuestion(
        id=uuid4(),
        user_id=user_id,
        upload_id=upload_id,
        engine=engine,
        pool=pool,
    )
    return await bus.ask(QUOTE, question, quote_answer(question.id), Quote, ANSWER_SECONDS)
