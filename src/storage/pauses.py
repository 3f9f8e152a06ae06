"""Whether a user's work is held back, as users are told of it."""

from uuid import UUID

from contracts.tiers import EVERYTHING
from storage.database import guard
from storage.models import Pause, User


@guard()
async def pause_of(tier: str) -> Pause | None:
    """The pause that holds for users of a tier; that of everything before that of the tier."""
    found = {pause.scope: pause for pause in await Pause.filter(scope__in=[EVERYTHING, tier])}
    return found.get(EVERYTHING) or found.get(tier)


@guard()
async def is_paused(user_id: UUID) -> bool:
    """Whether nothing new of a user is started at the moment."""
    tier = User.filter(id=user_id).values_list("tier_id", flat=True)
    return await Pause.filter(scope__in=[EVERYTHING, *(await tier)]).exists()
