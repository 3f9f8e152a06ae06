#!/usr/bin/env bash
# Makes .venv and installs requirements/$1.txt, checked by hash, and the project itself (editable).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/pip_settings.sh
which=$1
python=${PYTHON:-python3}

fail() {
    echo "$*" >&2
    exit 1
}

make_environment() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Visage needs Python 3.11 or newer; choose one by PYTHON=python3.x make ..."
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python's venv module is missing; on Debian: apt-get install python3-venv"
    "$python" -m venv --clear .venv
}

.venv/bin/python -c '' 2>/dev/null || make_environment
echo "Installing into .venv ($which) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
hand_over_pip_settings
install=(.venv/bin/uv pip install --quiet --python .venv/bin/python)
"${install[@]}" --compile-bytecode --require-hashes -r "requirements/$which.txt"
"${install[@]}" --no-deps --no-build-isolation --editable .
