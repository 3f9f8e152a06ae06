"""The queue as it is now: asked of the leading scheduler, completed with cards and addresses."""

import asyncio
from uuid import UUID, uuid4

from bus.connection import Bus
from contracts.errors import UnavailableError
from contracts.messages import AgentCard
from contracts.queue import QueueQuestion, QueueSnapshot
from contracts.subjects import ADMIN_QUEUE, AGENTS_BUCKET, admin_answer
from gateway.admin.views import AgentView, PauseView, QueueView
from storage.admin import pauses
from storage.admin.users import people_of

ANSWER_SECONDS = 2.0


async def look_at_queue(bus: Bus, top: int, user_id: UUID | None = None) -> QueueView:
    """The queue; without a leader in it where none answers in time."""
    snapshot, agents, held = await asyncio.gather(
        ask_leader(bus, top, user_id), list_agents(bus), pauses.pauses()
    )
    people = await people_of({one.user_id for one in snapshot.users} if snapshot else set())
    return QueueView.of(snapshot, people, agents, [PauseView.of(pause) for pause in held])


async def ask_leader(bus: Bus, top: int, user_id: UUID | None = None) -> QueueSnapshot | None:
    """What the leading scheduler tells; None where none answers in time."""
    question = QueueQuestion(id=uuid4(), top=top, user_id=user_id)
    return await bus.ask(ADMIN_QUEUE, question, admin_answer(question.id), QueueSnapshot, ANSWER_SECONDS)


async def list_agents(bus: Bus) -> list[AgentView]:
    """The agents that are there, by pool and name; none while the broker is away."""
    try:
        cards = await bus.bucket(AGENTS_BUCKET).entries(AgentCard)
    except UnavailableError:
        return []
    shown = [AgentView.of(card) for card in cards.values()]
    return sorted(shown, key=lambda agent: (agent.pool, agent.agent_id))
