"""Rows that tests begin with."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from contracts.messages import now
from contracts.states import UploadState
from contracts.tiers import DEFAULT_TIERS, TierPolicy
from storage import jobs, keys
from storage.models import Face, Job, Upload, User

TIERS = {tier.name: tier for tier in DEFAULT_TIERS}


@dataclass
class Customer:
    """A user with a video and a face."""

    user: User
    tier: TierPolicy
    upload: Upload
    face: Face

    async def submit(self) -> Job:
        """Submit a job."""
        return await jobs.create_job(self.user, self.upload, [self.face], self.tier, "paste")


async def make_customer(tier: str = "free") -> Customer:
    user = await User.create(id=uuid4(), email=f"{uuid4()}@example.com", tier_id=tier)
    return Customer(user, TIERS[tier], await make_upload(user), await make_face(user))


async def make_upload(user: User, state: UploadState = UploadState.READY, hours: float = 24) -> Upload:
    upload_id = uuid4()
    return await Upload.create(
        id=upload_id,
        user=user,
        purpose="target",
        filename="talk.mp4",
        size=10,
        offset=10,
        state=state,
        key=keys.upload_source(upload_id),
        expires_at=now() + timedelta(hours=hours),
    )


async def make_face(user: User) -> Face:
    face_id = uuid4()
    return await Face.create(
        id=face_id,
        user=user,
        name="Grace",
        key=keys.face_photo(face_id),
        thumbnail_key=keys.face_thumbnail(face_id),
        width=100,
        height=100,
        box=[1, 2, 3, 4],
        points=[[1, 1]] * 5,
        score=0.9,
    )
