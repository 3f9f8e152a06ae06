#!/usr/bin/env bash
# Installs what `python -m benchmarks.service` measures Visage against: Celery with RabbitMQ, and Redis for Celery's
# results. Nothing else needs them.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "$*" >&2
    exit 1
}

# The packages may start servers of their own; the benchmark starts its own ones, and ends them.
stop_services() {
    if [ -d /run/systemd/system ]; then
        systemctl disable --now --quiet rabbitmq-server.service redis-server.service epmd.socket epmd.service || true
    else
        service rabbitmq-server stop >/dev/null 2>&1 || true
        service redis-server stop >/dev/null 2>&1 || true
    fi
    [ -n "$epmd_before" ] || epmd -kill >/dev/null 2>&1 || true
}

install_servers() {
    { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } ||
        fail "On Debian, as root: apt-get install --no-install-recommends rabbitmq-server redis-server"
    echo "Installing RabbitMQ and Redis ..."
    epmd_before=$(pgrep -x epmd || true)
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends rabbitmq-server redis-server >/dev/null
    stop_services
}

{ [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && command -v redis-server >/dev/null; } || install_servers
scripts/install.sh rivals
