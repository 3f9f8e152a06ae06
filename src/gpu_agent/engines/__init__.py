"""The engines by name. A new one is a class that fits `base.Engine` and a line in the table below."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from contracts.errors import Reason, WorkError
from gpu_agent.engines.base import Engine
from gpu_agent.engines.paste import PasteEngine

_ENGINES: Mapping[str, Callable[[str], Engine]] = MappingProxyType({"paste": PasteEngine})


def available() -> list[str]:
    """Names of the engines that can be created here."""
    return list(_ENGINES)


def create(name: str, device: str = "cpu") -> Engine:
    """The engine of that name on a device. Raises `WorkError` (`ENGINE_MISSING`) where there is none."""
    if name not in _ENGINES:
        message = f'This agent has no engine "{name}"; it has {", ".join(_ENGINES)}.'
        raise WorkError(Reason.ENGINE_MISSING, message, engine=name, engines=available())
    return _ENGINES[name](device)
