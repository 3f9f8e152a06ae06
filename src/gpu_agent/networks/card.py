"""Running a generator on an NVIDIA GPU: 16 bits, whole batches recorded as CUDA graphs, copies beside the work."""

from collections import deque
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from gpu_agent.networks.folded import folded
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.running import Crops, pictures, pixels, told_as_memory

N = TypeVar("N", bound=nn.Module)

_BATCHES = (1, 2, 4, 8, 16, 32)  # each is recorded when it is first needed
_WARM_UPS = 3  # runs before a recording, as CUDA graphs ask for


class OnCard:
    """In 16 bits, statistics in 32. Batches between two sizes are filled up to the larger."""

    def __init__(self, generator: Generator, device: str) -> None:
        """Of a generator, which is left as it is."""
        self._device = torch.device(device)
        torch.backends.cudnn.benchmark = True  # the shapes are few, and tried before they are recorded
        self._network = halved(folded(generator)).to(self._device)
        self.batch = _BATCHES[-1]
        self._size = generator.shape.size
        self._stream = torch.cuda.Stream(self._device)
        self._recorded: dict[int, _Recording] = {}
        self._lanes = [_Lane(self._size, self._device) for _ in range(2)]

    def styles(self, latents: Tensor) -> Tensor:
        """As `Runner`."""
        return self._network.styles(latents.to(self._device))

    @torch.inference_mode()
    def run(self, crops: Crops, styles: Sequence[Tensor]) -> Crops:
        """As `Runner`: while one part is computed, the next goes to the card and the last comes back."""
        made = np.empty_like(crops)
        waiting: deque[tuple[slice, _Lane]] = deque()
        with told_as_memory(), torch.cuda.device(self._device):
            for index, first in enumerate(range(0, len(crops), _BATCHES[-1])):
                part = slice(first, first + _BATCHES[-1])
                if len(waiting) == len(self._lanes):
                    _fetch(made, *waiting.popleft())
                lane = self._lanes[index % len(self._lanes)]
                self._start(lane, crops[part], torch.stack([*styles[part]]))
                waiting.append((part, lane))
            for part, lane in waiting:
                _fetch(made, part, lane)
        return made

    def _start(self, lane: "_Lane", crops: Crops, styles: Tensor) -> None:
        """Send a part on its way, without waiting for it."""
        recording = self._recording(len(crops), styles)
        lane.send(crops)
        # Styles were made and put together on the stream that is the current one.
        self._stream.wait_stream(torch.cuda.current_stream(self._device))
        self._stream.wait_stream(lane.stream)
        with torch.cuda.stream(self._stream):
            styles.record_stream(self._stream)
            lane.made[: len(crops)].copy_(recording.replay(lane.faces[: len(crops)], styles))
        lane.receive(self._stream)

    def _recording(self, count: int, styles: Tensor) -> "_Recording":
        batch = next(size for size in _BATCHES if size >= count)
        if batch not in self._recorded:
            pool = next((one.pool for one in self._recorded.values()), None)
            self._recorded[batch] = _Recording(self._network, batch, styles, self._stream, pool)
        return self._recorded[batch]


class _Recording:
    """The network on a batch of fixed size, recorded once."""

    def __init__(
        self,
        network: Generator,
        batch: int,
        styles: Tensor,
        stream: torch.cuda.Stream,
        pool: Any,
    ) -> None:
        size, device = network.shape.size, styles.device
        self._faces = torch.zeros(batch, size, size, 3, dtype=torch.uint8, device=device)
        self._styles = torch.zeros(batch, *styles.shape[1:], device=device)
        stream.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(stream):
            for _ in range(_WARM_UPS):
                swapped(network, self._faces, self._styles)
        stream.synchronize()
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, pool=pool, stream=stream):
            self._made = swapped(network, self._faces, self._styles)
        self.pool = self._graph.pool()

    def replay(self, faces: Tensor, styles: Tensor) -> Tensor:
        """What the network makes of at most a batch; to be read before the next replay."""
        self._faces[: len(faces)].copy_(faces)
        self._styles[: len(styles)].copy_(styles)
        self._graph.replay()
        return self._made[: len(faces)]


class _Lane:
    """Room for a part on its way: in memory that the card reads by itself, and on the card."""

    def __init__(self, size: int, device: torch.device) -> None:
        shape = (_BATCHES[-1], size, size, 3)
        self._there = torch.empty(shape, dtype=torch.uint8, pin_memory=True)
        self._back = torch.empty(shape, dtype=torch.uint8, pin_memory=True)
        self.faces = torch.empty(shape, dtype=torch.uint8, device=device)
        self.made = torch.empty(shape, dtype=torch.uint8, device=device)
        self.stream = torch.cuda.Stream(device)
        self._done = torch.cuda.Event()
        self._count = 0

    def send(self, crops: Crops) -> None:
        """Begin to copy squares to the card."""
        self._done.synchronize()  # where an error kept it from being fetched
        self._count = len(crops)
        self._there[: self._count].copy_(torch.from_numpy(crops))
        with torch.cuda.stream(self.stream):
            self.faces[: self._count].copy_(self._there[: self._count], non_blocking=True)

    def receive(self, after: torch.cuda.Stream) -> None:
        """Begin to copy `made` back once `after` has done what it was told up to now."""
        self.stream.wait_stream(after)
        with torch.cuda.stream(self.stream):
            self._back[: self._count].copy_(self.made[: self._count], non_blocking=True)
            self._done.record()

    def fetch(self) -> Crops:
        """What came back, once it has; to be read before the lane is used again."""
        self._done.synchronize()
        return self._back[: self._count].numpy()


def _fetch(made: Crops, part: slice, lane: _Lane) -> None:
    made[part] = lane.fetch()


def halved(network: N) -> N:
    """The network itself with its convolutions in 16 bits; styles stay in 32."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            part.half()
    return network


def swapped(network: Generator, faces: Tensor, styles: Tensor) -> Tensor:
    """BGR bytes in, BGR bytes out, (n, size, size, 3), by a network that `halved` made."""
    return pictures(network(pixels(faces, torch.float16), styles)).contiguous()
