"""GPU seconds charged."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from contracts.states import JobState
from gateway.views.base import View
from storage.usage import JobUsage


class DayView(View):
    """GPU seconds charged on a day (UTC), for so many jobs."""

    day: date
    charged_seconds: float
    jobs: int


class JobUsageView(View):
    """GPU seconds charged for a job within the time asked for."""

    id: UUID
    filename: str
    state: JobState
    charged_seconds: float
    created_at: datetime

    @classmethod
    def of(cls, usage: JobUsage) -> Self:
        """The view of a job's usage."""
        return cls(
            id=usage.id,
            filename=usage.filename,
            state=JobState(usage.state),
            charged_seconds=usage.seconds,
            created_at=usage.created_at,
        )


class UsageView(View):
    """GPU seconds charged since a moment, by day, and by job for the newest 200 jobs."""

    since: datetime
    charged_seconds: float
    days: list[DayView]
    jobs: list[JobUsageView]
