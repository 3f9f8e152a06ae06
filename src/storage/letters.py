"""Messages that actors gave up on, kept for a person to look at."""

from contracts.messages import DeadLetter
from storage.faults import guard
from storage.models import DeadLetterRow


@guard()
async def keep_letter(letter_id: str, letter: DeadLetter) -> None:
    """Keep a dead letter, once however often it comes."""
    row = DeadLetterRow(letter_id=letter_id, **letter.model_dump(exclude={"at"}))
    await DeadLetterRow.bulk_create([row], ignore_conflicts=True)
