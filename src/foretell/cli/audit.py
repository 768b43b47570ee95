"""``foretell audit``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer

from foretell.cli.market_options import Market
from foretell.cli.models import saved_or_new
from foretell.cli.progress import count_bar
from foretell.cli.show import show_audit
from foretell.cli.sources import load
from foretell.errors import UsageError
from foretell.proof import audit

__all__ = ["run"]

LEAK_FOUND = 3


def run(
    source: str,
    market: Market,
    saved: Path | None,
    parameters: dict[str, Any],
    trial: dict[str, Any],
    save: Path | None,
    as_json: bool,  # noqa: FBT001 - as all the commands hand it on
) -> None:
    """Audit a saved model, or the method with given parameters; exit with 3 if it is not clean."""
    if save is not None and saved is None:
        message = f"--save {save} needs --model: only a model that is there gets a certificate"
        raise UsageError(message)
    model = saved_or_new(saved, parameters)
    frame = load(source, model.target, model.extra, market)
    with count_bar() as report:
        certificate = audit(
            model, frame, **trial,
            report=lambda part, done, planned: report(f"auditing {part}", done, planned),
        )  # fmt: skip
    model.about["audit"] = certificate.to_dict()
    if save is not None:
        model.save(save)
        sys.stderr.write(f"model with its certificate saved in {save}\n")
    if as_json:
        sys.stdout.write(json.dumps(certificate.to_dict(), indent=2) + "\n")
    else:
        show_audit(certificate)
    if not certificate.clean:
        raise typer.Exit(LEAK_FOUND)
