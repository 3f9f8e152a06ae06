"""Making the topology be, as the one user who may. Safe to repeat, and for several at once."""

from collections.abc import Iterable, Iterator

import nats.errors
import structlog
from nats.js import JetStreamContext, api
from nats.js.errors import APIError

from bus.connection import Bus
from bus.topology.declared import BUCKETS, CONSUMERS, STREAMS, consumer_of_pool
from bus.topology.specs import ConsumerSpec
from contracts.errors import UnavailableError
from contracts.settings import NatsSettings
from contracts.subjects import DEFAULT_POOL

log = structlog.get_logger()

PROVISIONER = "provision"
STREAM_EXISTS = 10058  # JSStreamNameExistErr: the name is in use with another configuration


async def provision(settings: NatsSettings, pools: Iterable[str] = (DEFAULT_POOL,)) -> None:
    """Create or update every declared stream, consumer and bucket, and the consumers of `pools`.

    Raises:
        UnavailableError: The broker does not answer.
    """
    bus = await Bus.connect(settings, PROVISIONER)
    try:
        for config in _stream_configs(settings.replicas):
            await _ensure_stream(bus.js, config)
        for consumer in CONSUMERS.values():
            await _ensure_consumer(bus.js, consumer, settings)
        for pool in pools:
            await ensure_pool(bus, settings, pool)
    except (TimeoutError, nats.errors.NoRespondersError) as error:
        raise UnavailableError("message broker") from error
    finally:
        await bus.close()


async def ensure_pool(bus: Bus, settings: NatsSettings, pool: str) -> None:
    """Create the consumer of a pool's agents; `bus` must be connected as the provisioning user."""
    await _ensure_consumer(bus.js, consumer_of_pool(pool), settings)


def _stream_configs(replicas: int) -> Iterator[api.StreamConfig]:
    yield from (stream.config(replicas) for stream in STREAMS.values())
    yield from (bucket.config(replicas) for bucket in BUCKETS.values())


async def _ensure_stream(js: JetStreamContext, config: api.StreamConfig) -> None:
    try:
        await js.add_stream(config)
    except APIError as error:
        if error.err_code != STREAM_EXISTS:
            raise
        log.info("stream updated", stream=config.name)
        await js.update_stream(config)


async def _ensure_consumer(js: JetStreamContext, spec: ConsumerSpec, settings: NatsSettings) -> None:
    await js.add_consumer(spec.stream, spec.config(settings.lease_seconds, settings.replicas))
