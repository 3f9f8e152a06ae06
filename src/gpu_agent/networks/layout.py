"""Names and shapes of all tensors in a checkpoint of each family, and the first that does not fit.

Needs no torch: a file can be checked where nothing computes.
"""

from collections.abc import Iterator, Mapping

from gpu_agent.networks.families import IDENTITY, IdentityShape, Shape, generator_shape, identity_shape

Layout = dict[str, tuple[int, ...]]
_COUNTER = "num_batches_tracked"  # of batch norms; nothing reads it, and old files lack it
_POOLED = 7  # side of the identity network's last map
_REDUCTION = 16  # of its excitations


def layout(metadata: Mapping[str, str]) -> Layout:
    """The tensors of a file with this metadata, see `families.generator_shape`. Raises `ValueError` likewise."""
    if metadata.get("family") == IDENTITY:
        return dict(_identity(identity_shape(metadata)))
    return dict(_generator(generator_shape(metadata)))


def misfit(expected: Layout, found: Mapping[str, tuple[int, ...]]) -> str | None:
    """A sentence that names the first tensor which does not fit; None where all do."""
    for name, shape in expected.items():
        if name not in found:
            if not name.endswith(_COUNTER):
                return f'"{name}" is missing.'
        elif tuple(found[name]) != shape:
            return f'"{name}" has the shape {list(found[name])}; {list(shape)} would fit.'
    stranger = next((name for name in found if name not in expected), None)
    return None if stranger is None else f'"{stranger}" is no part of it.'


def _generator(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    widths = shape.widths
    yield from _conv("first_layer.1", 3, widths[0], 7)
    yield from _norm("first_layer.2", widths[0])
    halvings = [*zip(shape.levels, widths, widths[1:], strict=False)]
    for level, inputs, outputs in halvings:
        yield from _conv(f"down{level}.0", inputs, outputs)
        yield from _norm(f"down{level}.1", outputs)
    for block in range(shape.blocks):
        for half in (1, 2):
            yield from _conv(f"BottleNeck.{block}.conv{half}.1", widths[-1], widths[-1])
            yield from _linear(f"BottleNeck.{block}.style{half}.linear", shape.latent, 2 * widths[-1])
    for level, outputs, inputs in reversed(halvings):
        yield from _conv(f"up{level}.1", inputs, outputs)
        yield from _norm(f"up{level}.2", outputs)
    yield from _conv("last_layer.1", widths[0], 3, 7)


def _identity(shape: IdentityShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    inputs, last = shape.widths[0], shape.widths[-1]
    yield "conv1.weight", (inputs, 3, 3, 3)
    yield from _norm("bn1", inputs)
    yield "prelu.weight", (1,)
    for level, (width, depth) in enumerate(zip(shape.widths, shape.depths, strict=True), start=1):
        for place in range(depth):
            stride = 2 if place == 0 and level > 1 else 1
            yield from _residual(f"layer{level}.{place}", inputs, width, stride)
            inputs = width
    yield from _norm("bn2", last)
    yield from _linear("fc", last * _POOLED**2, shape.latent)
    yield from _norm("bn3", shape.latent)


def _residual(name: str, inputs: int, width: int, stride: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from _norm(f"{name}.bn0", inputs)
    yield f"{name}.conv1.weight", (inputs, inputs, 3, 3)
    yield from _norm(f"{name}.bn1", inputs)
    yield f"{name}.prelu.weight", (1,)
    yield f"{name}.conv2.weight", (width, inputs, 3, 3)
    yield from _norm(f"{name}.bn2", width)
    yield from _linear(f"{name}.se.fc.0", width, width // _REDUCTION)
    yield f"{name}.se.fc.1.weight", (1,)
    yield from _linear(f"{name}.se.fc.2", width // _REDUCTION, width)
    if stride != 1 or inputs != width:
        yield f"{name}.downsample.0.weight", (width, inputs, 1, 1)
        yield from _norm(f"{name}.downsample.1", width)


def _conv(name: str, inputs: int, outputs: int, side: int = 3) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outputs, inputs, side, side)
    yield f"{name}.bias", (outputs,)


def _linear(name: str, inputs: int, outputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.{part}", (channels,)
    yield f"{name}.{_COUNTER}", ()
