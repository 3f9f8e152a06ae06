"""The critic: tells real faces from made ones, patch by patch.

P. Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (CVPR 2017), with the spectral norm
of T. Miyato et al. (ICLR 2018) and the hinge loss of J. H. Lim and J. C. Ye, "Geometric GAN" (2017).
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class Critic(nn.Module):
    """Four halvings, then a score for each of the 8 x 8 patches."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = (3, width, 2 * width, 4 * width, 4 * width)
        self.levels = nn.ModuleList(
            spectral_norm(nn.Conv2d(inputs, outputs, 4, 2, 1)) for inputs, outputs in pairwise(widths)
        )
        self.score = spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, faces: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Scores (n, 1, 8, 8) of RGB faces (n, 3, 128, 128), 0 to 1, and the features of each level."""
        x, features = faces * 2 - 1, []
        for level in self.levels:
            x = nn.functional.leaky_relu(level(x), 0.2)
            features.append(x)
        return self.score(x).float(), features


def told_apart(real: Tensor, made: Tensor) -> Tensor:
    """What the critic minimizes: hinges at 1 for real scores and at -1 for made ones."""
    return (1 - real).relu().mean() + (1 + made).relu().mean()
