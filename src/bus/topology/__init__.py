"""The declared topology: which streams, consumers and buckets there are, and how they come to be."""

from bus.topology.declared import BUCKETS, CONSUMERS, STREAMS, consumer_of_pool, consumer_spec
from bus.topology.provisioning import ensure_pool, provision
from bus.topology.specs import BucketSpec, ConsumerSpec, StreamSpec

__all__ = [
    "BUCKETS",
    "CONSUMERS",
    "STREAMS",
    "BucketSpec",
    "ConsumerSpec",
    "StreamSpec",
    "consumer_of_pool",
    "consumer_spec",
    "ensure_pool",
    "provision",
]
