"""Swapped squares blended into their frames. The ways to do it by name: a new one is a line in the table below."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gpu_agent.blend.base import Blending
from gpu_agent.blend.blender import Blender
from gpu_agent.blend.compat import WholeFrames
from gpu_agent.engines.base import Engine

SOFT, COMPAT = "soft", "compat"
_WAYS: Mapping[str, Callable[[Engine], Blending]] = MappingProxyType({SOFT: Blender, COMPAT: WholeFrames})


def blending(way: str, engine: Engine) -> Blending:
    """The way of that name, for one segment."""
    return _WAYS[way](engine)
