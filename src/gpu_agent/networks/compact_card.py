"""Running the compact network on an NVIDIA GPU by torch: convolutions in 16 bits, channels last."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from gpu_agent.networks.card import halved
from gpu_agent.networks.compact_files import load_compact
from gpu_agent.networks.running import Crops, pictures, pixels, told_as_memory

Floats = npt.NDArray[np.float32]


class OnCard:
    """The network in a file of weights, on a device."""

    batch = 32

    def __init__(self, weights: Path, device: str) -> None:
        self._device = device
        self._network = halved(load_compact(weights)).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def run(self, crops: Crops, latents: Floats) -> tuple[Crops, Floats]:
        """As `graph.OnProcessor`."""
        with told_as_memory():
            faces = pixels(torch.from_numpy(crops).to(self._device), torch.float16)
            wanted = torch.from_numpy(latents).to(self._device)
            new, shown = self._network(faces.contiguous(memory_format=torch.channels_last), wanted)
            return pictures(new).contiguous().cpu().numpy(), shown[:, 0].contiguous().cpu().numpy()
