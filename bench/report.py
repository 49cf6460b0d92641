"""The report: for people in Markdown, for programs in JSON."""

import dataclasses
import json
import pathlib

from .figures import Figure, Rounds, rounded

# Why goals are not reached: a section's name and how the ratio's words begin, and the reason.
REASONS: list[tuple[str, str, str]] = [
    (
        "drain",
        "messages a second, tgworker / bare C loop",
        "the loop moves rows between two small tables of its own. tgworker writes for each message the row in Odoo's "
        "telegram_message as well (four foreign keys that PostgreSQL looks up, four indexes), a ledger with three "
        "indexes that the state of a message is found by, and three indexes of the queue at the claim; it keeps the order "
        "of each chat, and reads Odoo's tables to say the message as they are then. The server needs several times the "
        "loop's time for that, and it shares two processors with the worker.",
    ),
    (
        "drain",
        "messages a second, tgworker /",
        "these programs send a text that is already in their job, keep no order within a chat and write nothing for "
        "Odoo's screens; and with their best settings they are faster here than they were taken for when the goal was "
        "set. Beside tgworker the database server is the limit: see the server's time a message.",
    ),
    (
        "drain",
        "processor time a message",
        "two fifths of what is left are the kernel's and libcurl's part of a request, which the bare C loop pays too; the "
        "rest is the row that is read, the text that is made of it, the answer, and the tasks between them.",
    ),
    (
        "latency",
        "p50, tgworker /",
        "a claim of tgworker's reads customer, language and time zone of the moment from Odoo's tables and keeps the "
        "order of the chat; while little goes on, the server spends most of its time to make that statement ready, and "
        "the more nodes it has the longer. The limit and the asyncio loop update one table by one index.",
    ),
    (
        "latency",
        "p99, tgworker /",
        "the same, and a sender whose statements take longer is interrupted more often.",
    ),
    (
        "odoo",
        "transactions a second, customers not in Telegram",
        "pgbench's transaction is one UPDATE and nothing else, a few hundred microseconds. A row trigger in PL/pgSQL that "
        "does nothing takes its share of that already, which is the bare limit here, and the look whether the customer is "
        "in Telegram, which is all that this one does, as much again or twice. Odoo's own work for the same change is many "
        "times this transaction.",
    ),
    (
        "odoo",
        "transactions a second, customers in Telegram",
        "the message is one more row, with its indexes, in a transaction that otherwise changes one; the bare limit here is "
        "a trigger that adds a row with a single index and looks nothing up. What notifying cost is gone from it: the "
        "triggers are silent while the sender has work.",
    ),
    (
        "growth",
        "time of a fetch",
        "each round begins a new session, whose first search passes all that was sent in the rounds before, which the old "
        "snapshot keeps. Later searches begin at a mark.",
    ),
    (
        "idle",
        "resident memory",
        "most of it are pages of the program's file and of libraries' that the start has touched, which the kernel may drop "
        "at any time; what is not a file's is 5 MiB.",
    ),
]


def reasons(section: "Section") -> list[str]:
    """A line for each reason, with all ratios that it is the reason for."""
    found: dict[str, list[str]] = {}
    for ratio in section.ratios:
        if ratio.reached is not False:
            continue
        for name, beginning, reason in REASONS:
            if name == section.name and ratio.what.startswith(beginning):
                found.setdefault(reason, []).append(ratio.what)
                break
    return [f"- Not reached ({'; '.join(what)}): {reason}" for reason, what in found.items()]


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
    # The same for the bare limit in the place of tgworker: a goal beyond it cannot be reached here.
    bound: Figure | None = None

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


RATIO_COLUMNS = ["ratio", "median (min–max)", "goal", "the bare limit's own", "reached"]


def ratio_rows(section: Section) -> list[list]:
    return [
        [
            ratio.what,
            ratio.figure.text(ratio.digits),
            ratio.goal.text() if ratio.goal else "",
            rounded(ratio.bound.median) if ratio.bound else "",
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
        "orientation; on another machine they are others. The bare limit's own is what a program or a trigger that does "
        "next to nothing reaches in tgworker's place: a goal beyond that is out of reach on this machine.",
        "",
    ]
    for section in sections:
        lines += [f"## {section.title}", ""]
        if section.ratios:
            lines += table(RATIO_COLUMNS, ratio_rows(section)) + [""]
        told = reasons(section)
        lines += [*told, ""] if told else []
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
                            {
                                "what": r.what,
                                "figure": r.figure,
                                "goal": r.goal,
                                "bound": r.bound,
                                "reached": r.reached,
                            }
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
