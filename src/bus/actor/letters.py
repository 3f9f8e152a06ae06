"""Dead letters: what an actor gave up on, for a person to look at."""

from bus.actor.delivery import Delivery
from bus.connection import Bus
from contracts import subjects
from contracts.messages import DeadLetter

LONGEST_PAYLOAD = 100_000  # characters, so that the letter fits into one message whatever must be escaped
LONGEST_REASON = 10_000


def write_letter(actor: str, delivery: Delivery, reason: str) -> DeadLetter:
    """The letter for a delivery; what is too long is cut, what is no text is shown escaped."""
    return DeadLetter(
        actor=actor,
        subject=delivery.subject,
        reason=reason[:LONGEST_REASON],
        payload=delivery.data.decode(errors="backslashreplace")[:LONGEST_PAYLOAD],
        deliveries=delivery.deliveries,
    )


async def post_letter(bus: Bus, actor: str, delivery: Delivery, reason: str) -> None:
    """Publish the letter, once however often this is tried.

    Raises:
        UnavailableError: The broker did not take it.
    """
    key = "-".join(str(part) for part in delivery.key)
    await bus.publish(subjects.dead_letter(actor), write_letter(actor, delivery, reason), f"dead-{key}")
