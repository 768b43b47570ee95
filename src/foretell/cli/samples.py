"""``foretell samples``."""

from __future__ import annotations

import json
import sys

from foretell import samples
from foretell.cli.show import show_samples

__all__ = ["run"]


def run(*, as_json: bool) -> None:
    """List the bundled sequences."""
    rows = [
        row | {"first": f"{row['first']:%Y-%m-%d}", "last": f"{row['last']:%Y-%m-%d}"}
        for row in samples.catalogue().to_dicts()
    ]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        show_samples(rows)
