"""A network with every convolution that processors do faster in another way replaced."""

from torch import nn

from gpu_agent.networks.rows import Rows
from gpu_agent.networks.winograd import Winograd, Workspace

_MANY = 128  # channels, from which on Winograd's tiles cost less to bring to and fro than they save
_FEW = 8  # channels, that leave most of a vector empty


def quicken(network: nn.Module) -> None:
    """Replace them in the network itself."""
    workspace = Workspace()
    for row in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        for place, part in enumerate(row):
            if isinstance(part, nn.Conv2d) and part.stride == (1, 1):
                row[place] = _quick(part, workspace)


def _quick(conv: nn.Conv2d, workspace: Workspace) -> nn.Conv2d:
    if conv.kernel_size == (3, 3) and min(conv.in_channels, conv.out_channels) >= _MANY:
        return Winograd.of(conv, workspace)
    if conv.kernel_size == (7, 7) and conv.out_channels <= _FEW < conv.in_channels:
        return Rows.of(conv)
    return conv
