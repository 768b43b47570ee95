"""The certificate of a leak audit: what was tried, and what came out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

__all__ = ["Certificate", "Finding", "listed"]

MOST_COLUMNS = 3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    kind : {"leak", "failure", "unstable", "deaf"}
        Something known by a cut changed with what came after it; the pipeline failed on another
        future; two runs on the same frame differ; no forecast ever changed.
    perturbation : str
        How the future was changed; empty where it was not.
    cut : str or None
        The last bar left alone, at the first cut where this was seen.
    cuts : int
        At how many cuts this was seen.
    series, origin : str or None
        First forecast affected; None where fitted parameters are.
    ahead : int or None
        Bars after the origin (for fitted parameters: after the training span) that the leak
        reaches.
    to_the_end : bool
        Whether these are all there are: then it may reach further.
    columns : tuple of str
        What changed.
    """

    kind: str
    sentence: str
    perturbation: str = ""
    cut: str | None = None
    cuts: int = 0
    series: str | None = None
    origin: str | None = None
    ahead: int | None = None
    to_the_end: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """What a leak audit tried, and what it found. ``str()`` is the sentence.

    Attributes
    ----------
    subject : str
        Name of the pipeline.
    tried : dict of str to int
        Re-runs by the kind of perturbation.
    cuts : tuple of str
        The last bar left alone, of every cut.
    forecasts : int
        Rows of forecasts compared with.
    seed : int
    frame_sha256, forecasts_sha256 : str
        Of the frame and of the forecasts made from it as it is.
    version : str
        Of foretell.
    findings : tuple of Finding
    """

    subject: str
    tried: dict[str, int]
    cuts: tuple[str, ...]
    forecasts: int
    seed: int
    frame_sha256: str
    forecasts_sha256: str
    version: str
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def ahead(self) -> int | None:
        """Bars ahead that the worst leak reaches; None where there is none."""
        reaches = [each.ahead for each in self.findings if each.ahead is not None]
        return max(reaches, default=None)

    @property
    def sentence(self) -> str:
        """The outcome for a person."""
        if not self.findings:
            return (
                f"Clean: {sum(self.tried.values())} re-runs with the future changed at "
                f"{len(self.cuts)} cuts changed no forecast, bit for bit."
            )
        leaks = [each for each in self.findings if each.kind == "leak"]
        if leaks:
            return f"LEAK: {max(leaks, key=lambda each: each.ahead or 0).sentence}"
        return f"Not certified: {self.findings[0].sentence}"

    def __str__(self) -> str:
        return self.sentence

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return asdict(self) | {"clean": self.clean, "sentence": self.sentence}

    @classmethod
    def from_dict(cls, certificate: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote, also after a way through JSON."""
        fields = {name: certificate[name] for name in cls.__dataclass_fields__}
        fields["cuts"] = tuple(certificate["cuts"])
        fields["findings"] = tuple(
            Finding(**each | {"columns": tuple(each["columns"])})
            for each in certificate["findings"]
        )
        return cls(**fields)


def listed(columns: tuple[str, ...]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(columns[:MOST_COLUMNS])
    more = len(columns) - MOST_COLUMNS
    return f"{shown} and {more} more" if more > 0 else shown
