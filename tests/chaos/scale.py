"""How large a run is, and the service that it runs on."""

from dataclasses import dataclass
from pathlib import Path

from contracts.settings import (
    AgentSettings,
    GatewaySettings,
    QualitySettings,
    SchedulerSettings,
    Settings,
    StackSettings,
    WebhookSettings,
)


@dataclass(frozen=True)
class Scale:
    """One run.

    Attributes:
        kills: Processes to be killed.
        jobs: Jobs to be submitted.
        seed: Of everything that is drawn.
        slots: Of each agent.
        settle_seconds: How long the service may take, after the last kill and the last job, to be at rest.
    """

    kills: int = 200
    jobs: int = 60
    seed: int = 1
    agents: int = 3
    slots: int = 4
    schedulers: int = 2
    mergers: int = 2
    relays: int = 2
    settle_seconds: float = 60.0


def settings_of(scale: Scale, folder: Path) -> Settings:
    """A service below `folder` with several of every part, segments of a second and impatient webhooks.

    After three dead agents a segment would be given up as poison, and here agents die by the dozen.
    """
    return Settings(
        data=folder,
        log_format="json",
        gateway=GatewaySettings(port=0, rate_per_minute=1_000_000),
        scheduler=SchedulerSettings(segment_seconds=1.0, max_attempts=20),
        agent=AgentSettings(engine="paste", slots=scale.slots, timed=True, threads=1),
        webhooks=WebhookSettings(
            allow_private=True, timeout_seconds=3.0, schedule_seconds=[0, *[0.3] * 10, *[2.0] * 30]
        ),
        quality=QualitySettings(windows=0),
        stack=StackSettings(
            agents=scale.agents, schedulers=scale.schedulers, mergers=scale.mergers, relays=scale.relays
        ),
    )
