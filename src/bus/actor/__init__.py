"""The actor runtime: a process with a mailbox.

A delivery goes one of these ways:

    fetched ── handler returns ─────────────────────────────► acknowledged
       │   └── handler raises Later(s) ─────────────────────► handed out again after s seconds
       │   └── a server behind us is away ──────────────────► handed out again, however often
       │   └── any other exception ──── tries left ─────────► handed out again, later each time
       │   │                       └─── none left ──────────► dead letter, then terminated
       │   └── poison (it can never succeed) ───────────────► dead letter, then terminated
       │   └── we are told to stop ── grace time is over ───► handler cancelled, handed out again at once
       └── process dies ──────────────── lease is over ─────► handed out again by the broker
"""

from bus.actor.delivery import Delivery
from bus.actor.runtime import Actor
from bus.actor.verdict import Later

__all__ = ["Actor", "Delivery", "Later"]
