"""The published networks once more, in numpy and 64 bits, one face at a time: what the ones in torch are held against.

Written from the description of the published code, layer by layer, and by the names in its files. No part of it is
shared with `gpu_agent.networks`.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
State = Mapping[str, npt.NDArray[np.float32]]

_MEAN = np.array([0.485, 0.456, 0.406])[:, None, None]
_DEVIATION = np.array([0.229, 0.224, 0.225])[:, None, None]


def generator(state: State, face: Array, latent: Array, *, trained_later: bool) -> Array:
    """RGB `face` (3, h, w), 0 to 1, with the identity `latent`; the same shape and range."""
    x = (face - _MEAN) / _DEVIATION if trained_later else face
    x = _relu(_batch_norm(state, "first_layer.2", _conv(state, "first_layer.1", _mirrored(x, 3))))
    downs = [f"down{level}" for level in range(6) if f"down{level}.0.weight" in state]
    for name in downs:
        x = _relu(_batch_norm(state, f"{name}.1", _conv(state, f"{name}.0", _framed(x, 1), stride=2)))
    block = 0
    while f"BottleNeck.{block}.conv1.1.weight" in state:
        x = _adain_block(state, f"BottleNeck.{block}", x, latent)
        block += 1
    for name in (down.replace("down", "up") for down in reversed(downs)):
        x = _relu(_batch_norm(state, f"{name}.2", _conv(state, f"{name}.1", _framed(_doubled(x), 1))))
    x = _conv(state, "last_layer.1", _mirrored(x, 3))
    return np.clip(x * _DEVIATION + _MEAN, 0, 1) if trained_later else (np.tanh(x) + 1) / 2


def identity(state: State, face: Array) -> Array:
    """The unit vector of an RGB `face` (3, 112, 112), 0 to 1."""
    x = _conv(state, "conv1", (face - _MEAN) / _DEVIATION)
    x = _prelu(state, "prelu", _batch_norm(state, "bn1", x))
    channels, height, width = x.shape
    x = x.reshape(channels, height // 2, 2, width // 2, 2).max((2, 4))
    for level in (1, 2, 3, 4):
        place = 0
        while f"layer{level}.{place}.conv1.weight" in state:
            stride = 2 if level > 1 and place == 0 else 1
            x = _residual(state, f"layer{level}.{place}", x, stride)
            place += 1
    x = _batch_norm(state, "bn2", x).reshape(-1)
    x = _linear(state, "fc", x)
    x = _batch_norm(state, "bn3", x[:, None, None])[:, 0, 0]
    return np.asarray(x / np.sqrt((x**2).sum()))


def _adain_block(state: State, name: str, x: Array, latent: Array) -> Array:
    y = _relu(_styled(state, f"{name}.style1", _conv_normed(state, f"{name}.conv1", x), latent))
    return x + _styled(state, f"{name}.style2", _conv_normed(state, f"{name}.conv2", y), latent)


def _conv_normed(state: State, name: str, x: Array) -> Array:
    y = _conv(state, f"{name}.1", _mirrored(x, 1))
    y = y - y.mean((1, 2), keepdims=True)
    return np.asarray(y / np.sqrt((y**2).mean((1, 2), keepdims=True) + 1e-8))


def _styled(state: State, name: str, x: Array, latent: Array) -> Array:
    gamma, beta = _linear(state, f"{name}.linear", latent).reshape(2, -1)
    return np.asarray(x * (gamma + 1)[:, None, None] + beta[:, None, None])


def _residual(state: State, name: str, x: Array, stride: int) -> Array:
    y = _conv(state, f"{name}.conv1", _framed(_batch_norm(state, f"{name}.bn0", x), 1))
    y = _prelu(state, f"{name}.prelu", _batch_norm(state, f"{name}.bn1", y))
    y = _batch_norm(state, f"{name}.bn2", _conv(state, f"{name}.conv2", _framed(y, 1), stride))
    squeezed = _linear(state, f"{name}.se.fc.0", y.mean((1, 2)))
    excited = _linear(state, f"{name}.se.fc.2", _prelu(state, f"{name}.se.fc.1", squeezed))
    y = y * (1 / (1 + np.exp(-excited)))[:, None, None]
    if f"{name}.downsample.0.weight" in state:
        x = _batch_norm(state, f"{name}.downsample.1", _conv(state, f"{name}.downsample.0", x, stride))
    return _prelu(state, f"{name}.prelu", x + y)


def _conv(state: State, name: str, x: Array, stride: int = 1) -> Array:
    weight = state[f"{name}.weight"].astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (1, 2))[:, ::stride, ::stride]
    y = np.tensordot(weight, windows, ((1, 2, 3), (0, 3, 4)))
    return y + state[f"{name}.bias"][:, None, None] if f"{name}.bias" in state else np.asarray(y)


def _linear(state: State, name: str, x: Array) -> Array:
    return np.asarray(state[f"{name}.weight"].astype(np.float64) @ x + state[f"{name}.bias"])


def _batch_norm(state: State, name: str, x: Array) -> Array:
    weight, bias, mean, variance = (
        state[f"{name}.{part}"].astype(np.float64)[:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return np.asarray((x - mean) / np.sqrt(variance + 1e-5) * weight + bias)


def _prelu(state: State, name: str, x: Array) -> Array:
    return np.where(x < 0, x * float(state[f"{name}.weight"][0]), x)


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _mirrored(x: Array, margin: int) -> Array:
    return np.pad(x, ((0, 0), (margin, margin), (margin, margin)), mode="reflect")


def _framed(x: Array, margin: int) -> Array:
    return np.pad(x, ((0, 0), (margin, margin), (margin, margin)))


def _doubled(x: Array) -> Array:
    """Bilinear, twice the size: the centers of new pixels lie a quarter of an old one beside the old centers."""
    for axis in (1, 2):
        count = x.shape[axis]
        places = np.clip((np.arange(2 * count) + 0.5) / 2 - 0.5, 0, count - 1)
        low = np.floor(places).astype(int)
        high = np.minimum(low + 1, count - 1)
        share = np.expand_dims(places - low, (0, 3 - axis))
        x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return x
