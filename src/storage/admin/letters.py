"""Dead letters: read, sent again, thrown away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import RootModel, ValidationError
from tortoise.backends.base.client import BaseDBAsyncClient

from contracts.errors import Reason, RequestError
from storage import outbox
from storage.admin.deeds import By, note
from storage.database import guard, transaction
from storage.models import DeadLetterRow

# What the relay may publish: see nats.conf. Tasks of agents and their reports are the scheduler's to repeat.
_REPEATABLE = ("jobs.", "commands.", "merges.", "webhooks.", "events.job.")


def is_repeatable(letter: DeadLetterRow) -> bool:
    """Whether the message can be sent again."""
    return letter.subject.startswith(_REPEATABLE)


@guard()
async def find_letters(before: tuple[datetime, UUID] | None, limit: int) -> list[DeadLetterRow]:
    """Dead letters, newest first; `before` is the last one of the page before, its id as a UUID."""
    query = DeadLetterRow.all()
    if before is not None:
        query = query.filter(id__lt=before[1].int)
    return await query.order_by("-id").limit(limit)


async def replay_letter(by: By, letter_id: int) -> None:
    """Publish a letter's message again, under a new id, and file the letter away.

    Raises:
        RequestError: NOT_FOUND; CONFLICT for a message that only the scheduler sends, or that is no JSON.
    """
    async with transaction() as connection:
        letter = await _held(connection, letter_id)
        await outbox.add(connection, letter.subject, _message(letter))
        await _file(connection, by, letter, "letter.replay")


async def discard_letter(by: By, letter_id: int) -> None:
    """Throw a letter away; what it was stays in the audit.

    Raises:
        RequestError: NOT_FOUND.
    """
    async with transaction() as connection:
        await _file(connection, by, await _held(connection, letter_id), "letter.discard")


async def _held(connection: BaseDBAsyncClient, letter_id: int) -> DeadLetterRow:
    query = DeadLetterRow.filter(id=letter_id).using_db(connection)
    letter = await query.select_for_update().get_or_none()
    if letter is None:
        raise RequestError(Reason.NOT_FOUND, "There is no such letter.", letter_id=letter_id)
    return letter


def _message(letter: DeadLetterRow) -> RootModel[Any]:
    if not is_repeatable(letter):
        raise RequestError(
            Reason.CONFLICT, f"A message on {letter.subject} is repeated by the scheduler alone: discard it."
        )
    try:
        return RootModel[Any].model_validate_json(letter.payload)
    except ValidationError as error:
        raise RequestError(Reason.CONFLICT, "The message is no JSON: it would fail again.") from error


async def _file(connection: BaseDBAsyncClient, by: By, letter: DeadLetterRow, action: str) -> None:
    await letter.delete(using_db=connection)
    kept = {name: getattr(letter, name) for name in ("actor", "subject", "reason", "payload", "created_at")}
    await note(connection, by, action, f"letter:{letter.id}", before=kept)
