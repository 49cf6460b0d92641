"""The report: for people in Markdown, for programs in JSON."""

import dataclasses
import json
import pathlib

from .figures import Figure, Rounds, rounded

# Why a goal is not reached: by the section's name and the ratio's words, "drain: messages a second, tgworker / script".
REASONS: dict[str, str] = {}


@dataclasses.dataclass
class Goal:
    sign: str
    limit: float

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.sign == "≥" else value <= self.limit

    def text(self) -> str:
        return f"{self.sign} {self.limit:.3g}"


def at_least(limit: float) -> Goal:
    return Goal("≥", limit)


def at_most(limit: float) -> Goal:
    return Goal("≤", limit)


@dataclasses.dataclass
class Ratio:
    """What was compared, round by round, and what is asked of its median."""

    what: str
    figure: Figure
    goal: Goal | None = None
    digits: int | None = None

    @property
    def reached(self) -> bool | None:
        return self.goal.holds(self.figure.median) if self.goal else None


@dataclasses.dataclass
class Section:
    name: str
    title: str
    # All that was measured, for the JSON.
    rounds: Rounds | dict
    ratios: list[Ratio] = dataclasses.field(default_factory=list)
    columns: list[str] = dataclasses.field(default_factory=list)
    rows: list[list] = dataclasses.field(default_factory=list)
    note: str = ""


def table(columns: list[str], rows: list[list]) -> list[str]:
    def cell(value) -> str:
        if isinstance(value, Figure):
            return value.text()
        return rounded(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)

    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows]


def ratio_rows(section: Section) -> list[list]:
    return [
        [
            ratio.what,
            ratio.figure.text(ratio.digits),
            ratio.goal.text() if ratio.goal else "",
            {True: "yes", False: "**no**", None: ""}[ratio.reached],
        ]
        for ratio in section.ratios
    ]


def markdown(facts: dict, sections: list[Section]) -> str:
    lines = ["# Benchmark", ""]
    for warning in facts["warnings"]:
        lines += [f"> {warning}", ""]
    lines += [
        f"tgworker {facts['versions']['tgworker']}, measured on {facts['date']} with `make bench` on one machine: "
        f"{facts['machine']['processors']} × {facts['machine']['processor']}, {facts['machine']['memory_gib']} GiB, "
        f"{facts['machine']['system']}, PostgreSQL {facts['versions']['PostgreSQL']}.",
        "",
        "What counts are ratios: of what was measured side by side, in the same round, in turns. A figure is the "
        f"median of {facts['rounds']} rounds, with the least and the greatest in brackets. Absolute figures are for "
        "orientation; on another machine they are others.",
        "",
    ]
    for section in sections:
        lines += [f"## {section.title}", ""]
        if section.ratios:
            lines += table(["ratio", "median (min–max)", "goal", "reached"], ratio_rows(section)) + [""]
        missed = [ratio for ratio in section.ratios if ratio.reached is False]
        reasons = [(ratio, REASONS.get(f"{section.name}: {ratio.what}")) for ratio in missed]
        lines += [f"- Not reached, {ratio.what}: {reason}" for ratio, reason in reasons if reason]
        lines += [""] if any(reason for _, reason in reasons) else []
        if section.rows:
            lines += table(section.columns, section.rows) + [""]
        lines += [section.note, ""] if section.note else []
    lines += ["## Machine, versions, settings", ""]
    lines += table(
        ["", ""],
        [
            *([name.replace("_gib", ", GiB"), value] for name, value in facts["machine"].items()),
            *facts["versions"].items(),
            ["PostgreSQL's settings", facts["settings"]],
            ["rounds measured again, because others used the machine", facts["repeated"]],
            ["duration", f"{facts['seconds'] / 60:.0f} minutes"],
        ],
    )
    lines += [
        "",
        "## Do it again",
        "",
        "    make bench                          # everything; on a machine that does nothing else",
        "    make bench ONLY=drain,latency       # some sections: " + ",".join(facts["all_sections"]),
        "    make bench ROUNDS=9 OUT=/tmp/bench  # more rounds, another directory for report.md and report.json",
        "    make bench QUICK=1                  # small numbers, to try the benchmark itself",
        "",
    ]
    return "\n".join(lines)


def plain(value):
    """For JSON."""
    if isinstance(value, Figure):
        return {"median": value.median, "values": value.values}
    if isinstance(value, Goal):
        return value.text()
    raise TypeError(type(value))


def write(directory: pathlib.Path, facts: dict, sections: list[Section]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(markdown(facts, sections))
    (directory / "report.json").write_text(
        json.dumps(
            {
                **facts,
                "sections": [
                    {
                        "name": section.name,
                        "title": section.title,
                        "measured": section.rounds,
                        "ratios": [
                            {"what": r.what, "figure": r.figure, "goal": r.goal, "reached": r.reached}
                            for r in section.ratios
                        ],
                        "table": {"columns": section.columns, "rows": section.rows},
                    }
                    for section in sections
                ],
            },
            default=plain,
            indent=1,
            ensure_ascii=False,
        )
        + "\n"
    )


def summary(sections: list[Section]) -> list[str]:
    """A line for each ratio, for the screen."""
    return [
        f"{section.name:8} {' '.join([ratio.what, '=', ratio.figure.text(ratio.digits)])}"
        + (f"  goal {ratio.goal.text()}: {'reached' if ratio.reached else 'NOT REACHED'}" if ratio.goal else "")
        for section in sections
        for ratio in section.ratios
    ]
