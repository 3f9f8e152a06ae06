"""The outbox relay: from rows to streams, from dead letters to rows, and what is past its time away."""
