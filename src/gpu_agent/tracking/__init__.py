"""Faces followed from frame to frame: where they are, steadily, and how much of each is to be swapped."""

from gpu_agent.tracking.face import TrackedFace

__all__ = ["TrackedFace"]
