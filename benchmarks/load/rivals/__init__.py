"""The predecessor's design: Celery on RabbitMQ, first with one FIFO queue, then with priorities.

Celery's results are kept by Redis in memory: chords need a store of results, RabbitMQ is none, and no other is faster.
"""
