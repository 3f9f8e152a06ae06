#!/usr/bin/env bash
# Installs Chromium for the browser tests where we may; else says how, and those tests are skipped.
# Its headless shell is the same browser without windows, which take three quarters of a test's processor time.
set -uo pipefail

have() {
    command -v "$1" >/dev/null
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" fonts-dejavu-core >/dev/null 2>&1
}

have chromium-headless-shell && exit 0
if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "Installing Chromium for the browser tests ..."
    apt-get -qq update
    install chromium-headless-shell || have chromium || install chromium
fi
have chromium-headless-shell || have chromium ||
    echo "No Chromium: the browser tests will be skipped. On Debian: apt-get install chromium-headless-shell" >&2
exit 0
