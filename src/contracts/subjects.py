"""NATS subjects, streams and buckets by name. Nobody writes a subject by hand.

JetStream (at least once, acknowledged):

    jobs.<tier>.<job>                    JOBS         work queue   gateway (by outbox) -> scheduler
    commands.<cancel|retry>.<job>        COMMANDS     work queue   gateway (by outbox) -> scheduler
    segments.<pool>                      SEGMENTS     work queue   scheduler -> agents
    events.segment.<agent>               EVENTS       limits       agents -> scheduler
    events.job.<state>.<job>             EVENTS       limits       any (by outbox) -> gateway, webhooks
    merges.<job>                         MERGES       work queue   scheduler (by outbox) -> merger
    webhooks.<delivery>                  WEBHOOKS     work queue   webhooks -> webhooks
    deadletters.<actor>                  DEADLETTERS  work queue   any -> relay

Core NATS (at most once; losing one costs a late picture, never work):

    progress.segment.<job>               agents -> scheduler
    progress.job.<job>                   scheduler -> gateway
    agents.cancel.<job or attempt>       scheduler -> agents
    admin.queue, queue.quote             gateway -> scheduler
    admin.answers.<question>             scheduler -> gateway
    queue.answers.<question>             scheduler -> gateway

Key-value buckets: `agents` (who is there, with a TTL), `leases` (who leads).
"""

from uuid import UUID

JOBS = "JOBS"
COMMANDS = "COMMANDS"
SEGMENTS = "SEGMENTS"
EVENTS = "EVENTS"
MERGES = "MERGES"
WEBHOOKS = "WEBHOOKS"
DEADLETTERS = "DEADLETTERS"

AGENTS_BUCKET = "agents"
LEASES_BUCKET = "leases"

DEFAULT_POOL = "default"


def job_submitted(tier: str, job: UUID) -> str:
    """A job to be planned."""
    return f"jobs.{tier}.{job}"


def command(verb: str, job: UUID) -> str:
    """A user's command about a job: `verb` is "cancel" or "retry"."""
    return f"commands.{verb}.{job}"


def segment_task(pool: str) -> str:
    """Work for the agents of a pool."""
    return f"segments.{pool}"


def segment_reports(agent: str) -> str:
    """What became of attempts that an agent works on."""
    return f"events.segment.{agent}"


def job_event(state: str, job: UUID | str) -> str:
    """A job reached a state; either may be "*"."""
    return f"events.job.{state}.{job}"


def merge_task(job: UUID) -> str:
    """A job whose segments are all done."""
    return f"merges.{job}"


def webhook_delivery(delivery: UUID) -> str:
    """A webhook to be sent."""
    return f"webhooks.{delivery}"


def dead_letter(actor: str) -> str:
    """A message that `actor` gave up on."""
    return f"deadletters.{actor}"


def segment_progress(job: UUID | str) -> str:
    """Frames done inside a running segment; `job` may be "*"."""
    return f"progress.segment.{job}"


def job_progress(job: UUID | str) -> str:
    """A job's progress as its user sees it; `job` may be "*"."""
    return f"progress.job.{job}"


def cancel_work(what: UUID | str) -> str:
    """Agents stop what they do for a job, or for one attempt; `what` may be "*"."""
    return f"agents.cancel.{what}"


QUOTE = "queue.quote"
"""Somebody asks what a job would cost, and when it would be there."""


def quote_answer(question: UUID | str) -> str:
    """The answer to such a question; `question` may be "*"."""
    return f"queue.answers.{question}"


ADMIN_QUEUE = "admin.queue"
"""An admin looks at the queue."""


def admin_answer(question: UUID | str) -> str:
    """The answer to a question of an admin; `question` may be "*"."""
    return f"admin.answers.{question}"
