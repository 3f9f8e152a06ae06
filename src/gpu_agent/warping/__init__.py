"""Squares cut out of frames: one protocol, two ways."""

from gpu_agent.warping.base import View, Warper
from gpu_agent.warping.opencv import CpuWarper

__all__ = ["CpuWarper", "View", "Warper", "warper_for"]


def warper_for(device: str) -> Warper:
    """The warper for an engine that computes on `device`: on an accelerator, torch's, which such an engine has."""
    if not device.startswith("cuda"):
        return CpuWarper()
    from gpu_agent.warping.grid import GridWarper

    return GridWarper(device)
