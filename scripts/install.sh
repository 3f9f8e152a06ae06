#!/usr/bin/env bash
# Makes .venv and installs requirements/$1.txt, checked by hash, and the project itself (editable).
set -euo pipefail
cd "$(dirname "$0")/.."
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

# uv does not read pip's configuration: hand over what it says about where packages come from.
pip_setting() {
    .venv/bin/python -m pip config list 2>/dev/null | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | head -n 1
}

hand_over_pip_settings() {
    local links index extra cert
    links=$(pip_setting find-links) index=$(pip_setting index-url)
    extra=$(pip_setting extra-index-url | tr ' ' '\n' | grep '^https\?:' | tr '\n' ' ' || true) cert=$(pip_setting cert)
    [ -z "$links" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-${links// /,}}"
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    [ -z "$extra" ] || export UV_INDEX="${UV_INDEX:-$extra}" UV_INDEX_STRATEGY=unsafe-best-match
    [ -z "$cert" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"
}

.venv/bin/python -c '' 2>/dev/null || make_environment
echo "Installing into .venv ($which) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
hand_over_pip_settings
install=(.venv/bin/uv pip install --quiet --python .venv/bin/python)
"${install[@]}" --compile-bytecode --require-hashes -r "requirements/$which.txt"
"${install[@]}" --no-deps --no-build-isolation --editable .
