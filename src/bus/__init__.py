"""NATS: the connection, the declared topology, the actor runtime, key-value buckets and leases.

Nothing here knows a face or a job: names come from `contracts.subjects`, settings from `contracts.settings`.
"""
