"""What a stream, a consumer and a bucket are, without saying which."""

from dataclasses import dataclass

from nats.js import api

MB = 1024 * 1024


@dataclass(frozen=True)
class StreamSpec:
    """A stream.

    Attributes:
        work_queue: Each message goes to one consumer and is removed once acknowledged. A full work queue
            refuses new messages (the publisher keeps them in its outbox and tries again) instead of dropping
            old ones, which would lose work without anyone knowing. A stream that is none drops its oldest.
        duplicate_seconds: Within this time a Nats-Msg-Id is stored once.
        max_bytes: Bound on disk.
        max_age: Seconds a message is kept; None without bound.
    """

    name: str
    subjects: tuple[str, ...]
    work_queue: bool = True
    duplicate_seconds: float = 120.0
    max_bytes: int = 64 * MB
    max_age: float | None = None

    def config(self, replicas: int) -> api.StreamConfig:
        """As nats-py wants it."""
        return api.StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            retention=api.RetentionPolicy.WORK_QUEUE if self.work_queue else api.RetentionPolicy.LIMITS,
            discard=api.DiscardPolicy.NEW if self.work_queue else api.DiscardPolicy.OLD,
            storage=api.StorageType.FILE,
            duplicate_window=self.duplicate_seconds,
            max_bytes=self.max_bytes,
            max_age=self.max_age or 0,
            max_msgs=-1,
            max_consumers=-1,
            num_replicas=replicas,
            allow_direct=True,
            allow_atomic=True,
        )


@dataclass(frozen=True)
class ConsumerSpec:
    """A durable pull consumer, shared by all processes of an actor.

    Attributes:
        ack_wait: Seconds after which an unacknowledged message is handed out again; None takes the setting
            `nats.lease_seconds`.
        max_ack_pending: Messages out at the same time, those waiting for a delayed redelivery included.
    """

    name: str
    stream: str
    filter_subject: str
    ack_wait: float | None = None
    max_ack_pending: int = 10_000

    def lease(self, lease_seconds: float) -> float:
        """Seconds a delivery is ours without a sign of life."""
        return self.ack_wait if self.ack_wait is not None else lease_seconds

    def config(self, lease_seconds: float, replicas: int) -> api.ConsumerConfig:
        """As nats-py wants it. Deliveries are not bounded: the actor runtime decides when to give up."""
        return api.ConsumerConfig(
            name=self.name,
            durable_name=self.name,
            filter_subject=self.filter_subject,
            ack_policy=api.AckPolicy.EXPLICIT,
            deliver_policy=api.DeliverPolicy.ALL,
            ack_wait=self.lease(lease_seconds),
            max_deliver=-1,
            max_ack_pending=self.max_ack_pending,
            max_waiting=512,
            num_replicas=replicas,
        )


@dataclass(frozen=True)
class BucketSpec:
    """A key-value bucket that keeps the last value of each key.

    Attributes:
        ttl: Seconds after which the server removes a value that is not renewed; None keeps it, unless its
            message bears a TTL of its own.
    """

    name: str
    ttl: float | None = None

    def config(self, replicas: int) -> api.StreamConfig:
        """As nats-py wants it: the stream behind the bucket (ADR-8), without markers of expiry."""
        return api.StreamConfig(
            name=f"KV_{self.name}",
            subjects=[f"$KV.{self.name}.>"],
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW,
            max_msgs_per_subject=1,
            max_age=self.ttl or 0,
            max_bytes=16 * MB,
            max_msgs=-1,
            max_consumers=-1,
            duplicate_window=min(self.ttl or 120.0, 120.0),
            num_replicas=replicas,
            allow_direct=True,
            allow_msg_ttl=True,
            allow_rollup_hdrs=True,
            deny_delete=True,
        )
