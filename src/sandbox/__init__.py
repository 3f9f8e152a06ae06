"""Untrusted bytes are parsed here: in a process for one call, with limits, no secrets and no environment."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.runner import prepare, run

__all__ = ["prepare", "run"]


def __getattr__(name: str) -> Any:
    """Load the runner at first use: the worker shares this package, and its start must stay fast."""
    if name in __all__:
        from sandbox import runner

        return getattr(runner, name)
    raise AttributeError(name)
