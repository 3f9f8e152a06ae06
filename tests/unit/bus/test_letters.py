from nats.aio.client import Client
from nats.aio.msg import Msg

from bus.actor.delivery import Delivery
from bus.actor.letters import write_letter
from contracts.messages import DeadLetter

SHORT = "$JS.ACK.MERGES.merger.3.17.21.1700000000000000000.0"
LONG = "$JS.ACK.hub.ACCOUNT.MERGES.merger.3.17.21.1700000000000000000.0.token"
PAYLOAD_LIMIT = 1024 * 1024  # max_payload of nats.conf


def delivery(data: bytes, reply: str = SHORT) -> Delivery:
    return Delivery(Msg(Client(), subject="merges.x", reply=reply, data=data))


def test_both_forms_of_an_acknowledgement_tell_the_same() -> None:
    for reply in (SHORT, LONG):
        told = delivery(b"", reply)
        assert (told.deliveries, told.sequence) == (3, 17)
        assert told.key == ("MERGES", 17, 1_700_000_000_000_000_000)


def test_the_largest_message_still_fits_into_its_letter() -> None:
    for worst in (b"\x00", b"\xff", b'"', "😀".encode()):
        letter = write_letter(
            "merger", delivery(worst * (PAYLOAD_LIMIT // len(worst))), "why" * PAYLOAD_LIMIT
        )
        assert len(letter.model_dump_json().encode()) < PAYLOAD_LIMIT


def test_what_is_no_text_is_shown() -> None:
    letter = write_letter("merger", delivery(b"\xff{}"), "poison")
    assert letter.payload == "\\xff{}"
    assert DeadLetter.model_validate_json(letter.model_dump_json()).deliveries == 3
