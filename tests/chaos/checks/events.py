"""Every end of a job was told once: in the outbox, in the stream, and to the customer's system."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from contracts.states import DeliveryState
from contracts.subjects import job_event
from storage.jobs import event_id
from tests.chaos.books import Books


def check(books: Books) -> Iterator[str]:
    """Compare the endings of jobs with what was told of them."""
    yield from _check_outbox(books)
    yield from _check_stream(books)
    yield from _check_webhooks(books)


def _endings(books: Books) -> Counter[str]:
    """Subjects that must have been told, as often as they must."""
    return Counter(
        job_event(state, errand.job_id)
        for errand in books.errands
        for state in errand.endings
        if errand.job_id
    )


def _check_outbox(books: Books) -> Iterator[str]:
    unsent = [message.subject for message in books.outbox if message.sent_at is None]
    if unsent:
        yield f"{len(unsent)} messages were never sent, such as {unsent[0]}"
    prefix = job_event("", "")[:-1]
    written = Counter(message.subject for message in books.outbox if message.subject.startswith(prefix))
    yield from _differences("the outbox", written, _endings(books))


def _check_stream(books: Books) -> Iterator[str]:
    yield from _differences("the stream", Counter(books.told), _endings(books))


def _differences(where: str, found: Counter[str], wanted: Counter[str]) -> Iterator[str]:
    for subject in sorted(found.keys() | wanted.keys()):
        if found[subject] != wanted[subject]:
            yield f"{where} has {subject} {found[subject]} times instead of {wanted[subject]}"


def _check_webhooks(books: Books) -> Iterator[str]:
    if books.forged:
        yield f"{books.forged} webhooks had a wrong signature"
    for delivery in books.deliveries:
        if delivery.state is not DeliveryState.DELIVERED:
            yield f"webhook {delivery.id} about {delivery.event_type} is {delivery.state}: {delivery.tries[-1:]}"
    for errand in books.errands:
        if not errand.job_id:
            continue
        heard = books.heard.get(errand.customer.user_id, [])
        ids = {told.event_id for told in heard if told.job_id == errand.job_id}
        wanted = {
            str(event_id(UUID(errand.job_id), state, number))
            for number, state in enumerate(errand.endings, start=1)
        }
        if ids != wanted:
            yield f"of job {errand.kind} {errand.job_id} the customer heard {len(ids)} events, not {len(wanted)}"
