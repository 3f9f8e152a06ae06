#!/usr/bin/env bash
# Installs torch into .venv, which the engine simswap needs: from a folder of wheels that pip knows, else the edition
# that fits this machine. The one without CUDA is a tenth of the size.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/pip_settings.sh
wanted="torch==2.13.*"

from_known_wheels() {
    [ -n "${UV_FIND_LINKS:-}" ] && "${install[@]}" --no-index --no-deps "$wanted" 2>/dev/null
}

has_gpu() {
    [ -e /dev/nvidiactl ] || [ -e /dev/dxg ] || nvidia-smi -L >/dev/null 2>&1
}

without_cuda() {
    "${install[@]}" --torch-backend cpu "$wanted" 2>/dev/null && return
    echo "The edition of torch without CUDA cannot be had here; the other one takes several GB." >&2
    return 1
}

hand_over_pip_settings
install=(.venv/bin/uv pip install --quiet --python .venv/bin/python)
echo "Installing torch into .venv ..."
from_known_wheels || has_gpu || without_cuda || true
"${install[@]}" "$wanted" # what torch itself needs; and torch, where none of the above had it
