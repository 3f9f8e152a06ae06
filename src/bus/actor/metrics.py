"""What an actor counts, in a Prometheus registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)


class Metrics:
    """Counters of one actor; every series bears the actor's name and the consumer's.

    Attributes:
        registry: Where an actor may register more of its own.
    """

    def __init__(self, actor: str) -> None:
        self.registry = CollectorRegistry()
        self._actor = actor
        labels = ["actor", "consumer"]
        self._deliveries = Counter(
            "visage_deliveries", "Messages handed to us.", labels, registry=self.registry
        )
        self._redeliveries = Counter(
            "visage_redeliveries", "Of these, not for the first time.", labels, registry=self.registry
        )
        self._handled = Counter("visage_handled", "Messages acknowledged.", labels, registry=self.registry)
        self._failed = Counter(
            "visage_failed", "Handlers that raised.", [*labels, "reason"], registry=self.registry
        )
        self._dead = Counter("visage_dead_letters", "Messages given up.", labels, registry=self.registry)
        self._in_flight = Gauge("visage_in_flight", "Handlers running.", labels, registry=self.registry)
        self._seconds = Histogram(
            "visage_handler_seconds", "Time in handlers.", labels, buckets=SECONDS, registry=self.registry
        )

    def of(self, consumer: str) -> "ConsumerMetrics":
        """The series of one consumer."""
        return ConsumerMetrics(self, consumer)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class ConsumerMetrics:
    """The series of one consumer, looked up once."""

    def __init__(self, metrics: Metrics, consumer: str) -> None:
        labels = (metrics._actor, consumer)
        self.deliveries = metrics._deliveries.labels(*labels)
        self.redeliveries = metrics._redeliveries.labels(*labels)
        self.handled = metrics._handled.labels(*labels)
        self.dead = metrics._dead.labels(*labels)
        self.in_flight = metrics._in_flight.labels(*labels)
        self.seconds = metrics._seconds.labels(*labels)
        self._failed, self._labels = metrics._failed, labels

    def failed(self, reason: str) -> None:
        """Count a handler that raised."""
        self._failed.labels(*self._labels, reason).inc()
