"""The compact network as an ONNX graph whose numbers lie in a safetensors file.

The graph keeps no numbers of its own: each initializer says where in that file its 16-bit floats are (ONNX's external
data), and the graph widens them to 32 bits, which a runtime does once, when it loads. https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.onnx_ml_pb2 import ModelProto, NodeProto, TensorProto

from gpu_agent.networks.compact import LATENT, SIDE, CompactShape

_OPSET, _FORMAT = 18, 10  # of ONNX 1.13 and 1.17: old enough for every runtime of these years
_EPSILON = 1e-5  # of torch's instance norm
_SLOPE = 0.1
_IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor of 16-bit floats lies: its shape, and its first byte counted from the file's."""

    shape: tuple[int, ...]
    offset: int


def graph(shape: CompactShape, places: Mapping[str, Place], location: str) -> ModelProto:
    """The network by the names of its folded state, whose numbers lie in the file `location` beside the graph's.

    Inputs are `faces` (n, 3, 128, 128) and `latents` (n, 128), outputs `new` (n, 3, 128, 128) and `shown`
    (n, 1, 128, 128), as `Compact.forward` has them.
    """
    made = _Graph(places, location)
    _network(made, shape)
    inputs = [_value("faces", 3), helper.make_tensor_value_info("latents", TensorProto.FLOAT, ["n", LATENT])]
    outputs = [_value("new", 3), _value("shown", 1)]
    whole = helper.make_graph(made.nodes, "compact", inputs, outputs, made.initializers)
    return helper.make_model(
        whole,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_FORMAT,
        producer_name="visage",
    )


def _network(made: "_Graph", shape: CompactShape) -> None:
    one, two = made.constant("one", np.float32(1)), made.constant("two", np.float32(2))
    faces = made.node("Sub", made.node("Mul", "faces", two), one)
    made.node("Mul", "latents", made.constant("spread", np.float32(LATENT**0.5)), out=_IDENTITY)
    fine = made.activated(made.unshuffled(faces), "stem")
    middle = made.activated(fine, "down1", stride=2)
    x = made.activated(middle, "down2", stride=2)
    for block in range(shape.blocks):
        x = made.injecting(x, f"blocks.{block}", shape.widths[2])
    x = made.node("Add", made.activated(made.doubled(x), "up2"), middle)
    x = made.injecting(x, "detail", shape.widths[1])
    x = made.node("Add", made.activated(made.doubled(x), "up1"), fine)
    x = made.injecting(x, "finest", shape.widths[0])
    x = made.node("DepthToSpace", made.convolved(x, "head"), blocksize=2, mode="CRD")
    parts = made.constant("parts", np.array([3, 1]))
    made.nodes.append(helper.make_node("Split", [made.node("Sigmoid", x), parts], ["new", "shown"], axis=1))


@dataclass
class _Graph:
    """A graph that grows; each method adds to it and gives the name of what it makes."""

    places: Mapping[str, Place]
    location: str
    nodes: list[NodeProto] = field(default_factory=list)
    initializers: list[TensorProto] = field(default_factory=list)

    def node(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        name = out or f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, name: str, value: Any) -> str:
        if all(known.name != name for known in self.initializers):
            self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weights(self, name: str) -> str:
        """A tensor of the file, widened."""
        place = self.places[name]
        made = TensorProto(name=name, data_type=TensorProto.FLOAT16, dims=place.shape)
        made.data_location = TensorProto.EXTERNAL
        size = 2 * int(np.prod(place.shape))
        for key, value in (("location", self.location), ("offset", place.offset), ("length", size)):
            made.external_data.add(key=key, value=str(value))
        self.initializers.append(made)
        return self.node("Cast", name, to=TensorProto.FLOAT)

    def convolved(self, x: str, name: str, stride: int = 1) -> str:
        """A 3 x 3 convolution, with what it adds if the file has that."""
        names = [name + part for part in (".weight", ".bias") if name + part in self.places]
        weights = [self.weights(one) for one in names]
        return self.node("Conv", x, *weights, kernel_shape=[3, 3], pads=[1] * 4, strides=[stride] * 2)

    def activated(self, x: str, name: str, stride: int = 1) -> str:
        return self.node("LeakyRelu", self.convolved(x, f"{name}.0", stride), alpha=_SLOPE)

    def injecting(self, x: str, name: str, channels: int) -> str:
        y = self.node("Relu", self.injected(self.convolved(x, f"{name}.conv1"), f"{name}.style1", channels))
        return self.node(
            "Add", x, self.injected(self.convolved(y, f"{name}.conv2"), f"{name}.style2", channels)
        )

    def injected(self, x: str, name: str, channels: int) -> str:
        """Instance norm, then scale and shift of each channel, as the identity tells them."""
        plain = (
            self.constant(f"ones{channels}", np.ones(channels, np.float32)),
            self.constant(f"zeros{channels}", np.zeros(channels, np.float32)),
        )
        normed = self.node("InstanceNormalization", x, *plain, epsilon=_EPSILON)
        linear = (self.weights(f"{name}.linear.weight"), self.weights(f"{name}.linear.bias"))
        style = self.node("Gemm", _IDENTITY, *linear, transB=1)
        style = self.node(
            "Reshape", style, self.constant(f"spread{channels}", np.array([-1, 2 * channels, 1, 1]))
        )
        scale, shift = (self.half(style, place, channels) for place in range(2))
        return self.node("Add", self.node("Mul", normed, self.node("Add", scale, "one")), shift)

    def half(self, x: str, place: int, channels: int) -> str:
        """The first channels, or those after them."""
        ends = [
            self.constant(f"at{at}", np.array([at])) for at in (place * channels, (place + 1) * channels, 1)
        ]
        return self.node("Slice", x, *ends[:2], ends[2])

    def doubled(self, x: str) -> str:
        scales = self.constant("scales", np.array([1, 1, 2, 2], np.float32))
        way = {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
        return self.node("Resize", x, "", scales, **way)

    def unshuffled(self, x: str) -> str:
        """Each square of four pixels as four channels, in torch's order: those of a color lie together."""
        half = SIDE // 2
        x = self.node("Reshape", x, self.constant("fours", np.array([0, 3, half, 2, half, 2])))
        x = self.node("Transpose", x, perm=[0, 1, 3, 5, 2, 4])
        return self.node("Reshape", x, self.constant("twelve", np.array([0, 12, half, half])))


def _value(name: str, channels: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, SIDE, SIDE])
