"""Looking into streams."""

from bus.connection import Bus
from contracts import subjects


async def ids_in(reader: Bus, stream: str = subjects.JOBS) -> list[str]:
    """The Nats-Msg-Id of every message of a stream, in its order."""
    info = await reader.js.stream_info(stream)
    ids = []
    for sequence in range(info.state.first_seq, info.state.last_seq + 1):
        message = await reader.js.get_msg(stream, sequence)
        ids.append((message.headers or {})["Nats-Msg-Id"])
    return ids
