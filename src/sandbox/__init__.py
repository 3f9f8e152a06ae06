"""Untrusted bytes are parsed here: in a short-lived process with limits, no secrets and no environment."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.runner import run

__all__ = ["run"]


def __getattr__(name: str) -> Any:
    """Load the runner at first use: the worker shares this package, and its start must stay fast."""
    if name == "run":
        from sandbox.runner import run

        return run
    raise AttributeError(name)
