"""What a family's state dict holds: the name and shape of every tensor, in the order of the network."""

from collections.abc import Iterator, Mapping

from contracts.weights import GENERATOR, IDENTITY
from gpu_agent.networks import families
from gpu_agent.networks.families import IdentityShape, Shape, generator_shape, identity_shape

Layout = dict[str, tuple[int, ...]]
_Entry = tuple[str, tuple[int, ...]]

# Batches seen in training: evaluation does not ask for them, and files from before torch 0.4.1 have none.
COUNTER = "num_batches_tracked"

_REDUCTION = 16  # of channels, where the identity network weighs them


def role_of(family: str) -> str:
    """What networks of a family are for: `contracts.weights.GENERATOR` or `IDENTITY`."""
    return IDENTITY if family == families.IDENTITY else GENERATOR


def families_known() -> list[str]:
    """Every family that can be imported."""
    return [*families.GENERATORS, families.IDENTITY]


def layout_of(metadata: Mapping[str, str]) -> Layout:
    """The layout of the network that `family`, and `shape` if it is there, name. Raises `ValueError`."""
    if metadata.get("family") == families.IDENTITY:
        return identity_layout(identity_shape(metadata))
    return generator_layout(generator_shape(metadata))


def generator_layout(shape: Shape) -> Layout:
    """The layout of a generator."""
    return dict(_generator(shape))


def identity_layout(shape: IdentityShape) -> Layout:
    """The layout of an identity network."""
    return dict(_identity(shape))


def _generator(shape: Shape) -> Iterator[_Entry]:
    widths, levels = shape.widths, list(shape.levels)
    yield from _conv("first_layer.1", 3, widths[0], 7)
    yield from _norm("first_layer.2", widths[0])
    for level, inputs, outputs in zip(levels, widths, widths[1:], strict=False):
        yield from _conv(f"down{level}.0", inputs, outputs, 3)
        yield from _norm(f"down{level}.1", outputs)
    for block in range(shape.blocks):
        for half in (1, 2):
            yield from _conv(f"BottleNeck.{block}.conv{half}.1", widths[-1], widths[-1], 3)
            yield from _linear(f"BottleNeck.{block}.style{half}.linear", shape.latent, 2 * widths[-1])
    for level, inputs, outputs in zip(levels[::-1], widths[:0:-1], widths[-2::-1], strict=True):
        yield from _conv(f"up{level}.1", inputs, outputs, 3)
        yield from _norm(f"up{level}.2", outputs)
    yield from _conv("last_layer.1", widths[0], 3, 7)


def _identity(shape: IdentityShape) -> Iterator[_Entry]:
    inputs = shape.widths[0]
    yield "conv1.weight", (inputs, 3, 3, 3)
    yield from _norm("bn1", inputs)
    yield "prelu.weight", (1,)
    for level, (depth, outputs) in enumerate(zip(shape.depths, shape.widths, strict=True), start=1):
        for place in range(depth):
            yield from _residual(f"layer{level}.{place}", inputs, outputs, shrinks=level > 1 and place == 0)
            inputs = outputs
    yield from _norm("bn2", inputs)
    yield from _linear("fc", inputs * 7 * 7, shape.latent)
    yield from _norm("bn3", shape.latent)


def _residual(name: str, inputs: int, outputs: int, *, shrinks: bool) -> Iterator[_Entry]:
    yield from _norm(f"{name}.bn0", inputs)
    yield f"{name}.conv1.weight", (inputs, inputs, 3, 3)
    yield from _norm(f"{name}.bn1", inputs)
    yield f"{name}.prelu.weight", (1,)
    yield f"{name}.conv2.weight", (outputs, inputs, 3, 3)
    yield from _norm(f"{name}.bn2", outputs)
    yield from _linear(f"{name}.se.fc.0", outputs, outputs // _REDUCTION)
    yield f"{name}.se.fc.1.weight", (1,)
    yield from _linear(f"{name}.se.fc.2", outputs // _REDUCTION, outputs)
    if shrinks or inputs != outputs:
        yield f"{name}.downsample.0.weight", (outputs, inputs, 1, 1)
        yield from _norm(f"{name}.downsample.1", outputs)


def _conv(name: str, inputs: int, outputs: int, side: int) -> Iterator[_Entry]:
    yield f"{name}.weight", (outputs, inputs, side, side)
    yield f"{name}.bias", (outputs,)


def _linear(name: str, inputs: int, outputs: int) -> Iterator[_Entry]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, channels: int) -> Iterator[_Entry]:
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{part}", (channels,)
    yield f"{name}.{COUNTER}", ()
