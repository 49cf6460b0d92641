"""Figures of repeated runs: medians with their spread, and ratios taken round by round."""

import dataclasses
import math
import statistics


@dataclasses.dataclass
class Figure:
    """What was measured, round by round."""

    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def over(self, other: "Figure") -> "Figure":
        """Ratios of what was measured side by side, in the same round."""
        return Figure([a / b for a, b in zip(self.values, other.values, strict=True)])

    def text(self, digits: int | None = None) -> str:
        low, high = min(self.values), max(self.values)
        if len(self.values) == 1:
            return rounded(low, digits)
        return f"{rounded(self.median, digits)} ({rounded(low, digits)}–{rounded(high, digits)})"


class Rounds(list[dict[str, dict[str, float]]]):
    """What each round measured: a value by arm and by name."""

    def figure(self, arm: str, name: str) -> Figure:
        return Figure([measured[arm][name] for measured in self])

    def ratio(self, name: str, arm: str, other: str) -> Figure:
        return self.figure(arm, name).over(self.figure(other, name))


def best(figures: list[Figure]) -> Figure:
    """The least of them, round by round."""
    return Figure([min(values) for values in zip(*(figure.values for figure in figures), strict=True)])


def rounded(value: float, digits: int | None = None) -> str:
    """Three figures, thousands set apart."""
    if digits is None:
        size = math.floor(math.log10(abs(value))) if value else 0
        digits = min(4, max(0, 2 - size))
    return f"{value:,.{digits}f}"


def percentile(values: list[float], share: float) -> float:
    """By the nearest rank."""
    return sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)]
