"""State dicts, found in whatever was saved around them."""

from collections.abc import Iterator, Mapping
from typing import Any

from gpu_agent.networks.families import candidates
from gpu_agent.weights.pickles import Inert
from gpu_agent.weights.stored import UnreadableError, Window

# What DataParallel and torch.compile put before every name.
_WRAPPERS = ("module.", "_orig_mod.")
_DEPTH = 32
_MOST = 20_000


def state_of(content: Any) -> dict[str, Window]:
    """The tensors of the network that was saved, by the names that `torch.nn.Module.state_dict` gives them.

    Takes state dicts, modules, and dicts with one of them anywhere inside, such as checkpoints of a training; of
    several the first of a known family, else the largest. Empty where there is none.

    Raises:
        UnreadableError: There are too many parts within parts.
    """
    found = list(_Walk().states(content))
    known = (state for state in found if candidates(state))
    return next(known, max(found, key=len, default={}))


class _Walk:
    """A way through what was saved. It ends: one thing may stand at many places, and in itself."""

    def __init__(self) -> None:
        self._left = _MOST

    def states(self, content: Any, depth: int = 0) -> Iterator[dict[str, Window]]:
        """The state dicts of a dict's values, or of a module."""
        if isinstance(content, Inert):
            yield _bare(self._state(content, "", depth))
        elif isinstance(content, Mapping):
            self._step(depth)
            yield _bare({str(name): value for name, value in content.items() if isinstance(value, Window)})
            for part in content.values():
                yield from self.states(part, depth + 1)

    def _state(self, module: Inert, prefix: str, depth: int) -> dict[str, Window]:
        self._step(depth)
        own = [_mapping(module.state.get(group)) for group in ("_parameters", "_buffers")]
        found = {
            f"{prefix}{name}": value
            for group in own
            for name, value in group.items()
            if isinstance(value, Window)
        }
        for name, part in _mapping(module.state.get("_modules")).items():
            if isinstance(part, Inert):
                found |= self._state(part, f"{prefix}{name}.", depth + 1)
        return found

    def _step(self, depth: int) -> None:
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            raise UnreadableError("it has too many parts within parts")


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _bare(found: dict[str, Window]) -> dict[str, Window]:
    for wrapper in _WRAPPERS:
        if found and all(name.startswith(wrapper) for name in found):
            found = {name.removeprefix(wrapper): value for name, value in found.items()}
    return found
