"""How fast faces are swapped: each stage and the whole agent, beside the device's limits and the published scripts.

Weights are random: how long a network takes does not depend on them. All is measured in one run, one after another:

- the generator in batches, and layer by layer beside the roofline of the device as it was measured just before;
- the compact network that comes with Visage, in the same batches;
- one face put back into its frame, on its box and the published way;
- films of 720p, 1080p and 4K with one face in every frame, through the agent's stages one by one and through the
  whole agent at once: without a network, which is what a faster accelerator leaves to be done; and with it;
- the same films the published scripts' way: `benchmarks/official/`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.speed.run import Scale, run
from visage import logs

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument(
        "--full", action="store_true", help="longer films, every one of them with the network"
    )
    parser.add_argument("--device", default=None, help="cpu or cuda; what torch finds, if it is not given")
    parser.add_argument("--threads", type=int, default=0, help="of decoder and encoder; 0 takes all cores")
    options = parser.parse_args()
    logs.configure("console", "warning", sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        report: dict[str, Any] = run(Path(name), Scale.of(options.full), options.device, options.threads)
    print(json.dumps(report, indent=None if options.json else 2))
