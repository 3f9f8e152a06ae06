#!/usr/bin/env bash
# Installs Chromium for the browser tests where we may; else says how, and those tests are skipped.
set -uo pipefail

command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
command -v chromium >/dev/null ||
    echo "No Chromium: the browser tests will be skipped. On Debian: apt-get install chromium" >&2
exit 0
