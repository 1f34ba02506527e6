"""What a benchmark hands back, and how it is printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from portal.bench.load import Sample


@dataclass(frozen=True)
class Result:
    """The rounds of a subject and of its floor, in `unit`, and what must be reached.

    `target` is a ratio (None: the floor is there to be read, nothing is asked of the ratio); `at_most`: it must stay
    under the target (times) rather than above it (rates). `limits` are figures that must stay under a value of their
    own: {what: (measured, at most)}. `p95_ms` and `floor_p95_ms` are the rounds' 95th percentiles end to end, over
    HTTP only. `facts` are counts that say what was measured and checked.
    """

    name: str
    unit: str
    subject: list[float]
    floor: list[float]
    target: float | None
    at_most: bool = False
    p95_ms: list[float] = field(default_factory=list)
    floor_p95_ms: list[float] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Median of the subject over median of the floor."""
        return median(self.subject) / median(self.floor)

    @property
    def reached(self) -> bool:
        """Whether the ratio and every limit hold."""
        if self.target is None:
            fits = True
        else:
            fits = self.ratio <= self.target if self.at_most else self.ratio >= self.target
        return fits and all(measured <= most for measured, most in self.limits.values())

    def as_json(self) -> dict[str, Any]:
        """Medians, extremes and the ratio, as `manage.py bench --json` prints them."""
        return {
            "name": self.name,
            "unit": self.unit,
            "subject": _spread(self.subject),
            "floor": _spread(self.floor),
            "ratio": round(self.ratio, 3),
            "target": "" if self.target is None else f"{'<=' if self.at_most else '>='} {self.target}",
            "limits": {what: {"measured": round(has, 2), "most": most} for what, (has, most) in self.limits.items()},
            "reached": self.reached,
            "p95_ms": _spread(self.p95_ms),
            "floor_p95_ms": _spread(self.floor_p95_ms),
            "facts": self.facts,
        }


def waits(name: str, measured: Sequence[Sample], floors: Sequence[Sample], target: float | None, **more: Any) -> Result:
    """How long 95 pages in 100 take, beside the floor; `more`: the facts and limits of `Result`."""
    subject, floor = [sample.p95_ms for sample in measured], [sample.p95_ms for sample in floors]
    return Result(
        name, "ms (p95)", subject, floor, target, at_most=True, p95_ms=subject, floor_p95_ms=floor, **more
    )  # fmt: skip


def rates(name: str, measured: Sequence[Sample], floors: Sequence[Sample], target: float, **more: Any) -> Result:
    """How many requests are answered in a second, beside the floor, with how long each took."""
    return Result(
        name, "requêtes/s", [sample.rate for sample in measured], [sample.rate for sample in floors], target,
        p95_ms=[sample.p95_ms for sample in measured], floor_p95_ms=[sample.p95_ms for sample in floors], **more,
    )  # fmt: skip


def table(results: Iterable[Result]) -> str:
    """One line per benchmark, then the limits, and what was counted and checked."""
    heading = ("", "unité", "mesure (min–max)", "plancher (min–max)", "rapport", "cible", "", "p95", "p95 plancher")
    rows = [heading, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    facts = [f"{result.name} : " + ", ".join([*_limits(result), *_facts(result)]) for result in results]
    return "\n".join([*lines, "", *facts])


def _limits(result: Result) -> list[str]:
    return [f"{what} {measured:.1f} (≤ {most:g})" for what, (measured, most) in result.limits.items()]


def _facts(result: Result) -> list[str]:
    return [f"{name} {value}" for name, value in result.facts.items()]


def _row(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        result.unit,
        _words(result.subject),
        _words(result.floor),
        f"{result.ratio:.2f}",
        "" if result.target is None else f"{'≤' if result.at_most else '≥'} {result.target:g}",
        "atteinte" if result.reached else "MANQUÉE",
        f"{median(result.p95_ms):.1f} ms" if result.p95_ms else "",
        f"{median(result.floor_p95_ms):.1f} ms" if result.floor_p95_ms else "",
    )


def _words(figures: list[float]) -> str:
    return f"{median(figures):.1f} ({min(figures):.1f}–{max(figures):.1f})"


def _spread(figures: list[float]) -> dict[str, float] | None:
    if not figures:
        return None
    spread = {"median": median(figures), "min": min(figures), "max": max(figures)}
    return {name: round(value, 2) for name, value in spread.items()}
