"""What a user was charged."""

from datetime import timedelta
from uuid import UUID

from contracts.messages import now
from gateway.views.usage import DayView, JobUsageView, UsageView
from storage import usage

_MOST_JOBS = 200


async def usage_of(user_id: UUID, days: int) -> UsageView:
    """GPU seconds charged within the last `days`, by day and by job, the newest first."""
    since = now() - timedelta(days=days)
    by_day, by_job = await usage.days_of(user_id, since), await usage.jobs_of(user_id, since, _MOST_JOBS)
    return UsageView(
        since=since,
        charged_seconds=sum(day.seconds for day in by_day),
        days=[DayView(day=day.day, charged_seconds=day.seconds, jobs=day.jobs) for day in by_day],
        jobs=[JobUsageView.of(job) for job in by_job],
    )
