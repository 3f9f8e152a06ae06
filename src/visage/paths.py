"""Where the project's files lie.

Visage runs from a checkout (an editable installation): templates, static files and
`nats.conf` are found beside `src/`.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # src/visage/paths.py
NATS_CONF = ROOT / "nats.conf"
