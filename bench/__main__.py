"""python -m bench: measures and writes the report. scripts/bench makes ready what this needs."""

import argparse
import datetime
import importlib
import importlib.metadata
import os
import pathlib
import sys
import time

from . import machine, report
from .session import Bench
from .shop import Cluster
from .telegram import BUILT, Telegram

SECTIONS = ["drain", "latency", "odoo", "growth", "inbound", "idle"]
PACKAGES = ["pgqueuer", "procrastinate", "asyncpg", "psycopg", "aiohttp", "uvloop", "requests"]


def arguments() -> argparse.Namespace:
    """Flags, or environment variables of their names."""
    parser = argparse.ArgumentParser(prog="scripts/bench")
    told = os.environ.get
    parser.add_argument("--bin", default=BUILT / "tgworker", type=pathlib.Path)
    parser.add_argument("--rounds", default=told("ROUNDS") or 5, type=int)
    parser.add_argument("--only", default=told("ONLY") or ",".join(SECTIONS), help=",".join(SECTIONS))
    parser.add_argument("--quick", default=told("QUICK") not in (None, "", "0"), action="store_true")
    parser.add_argument("--out", default=told("OUT") or BUILT / "report", type=pathlib.Path)
    chosen = parser.parse_args()
    chosen.only = [name for name in SECTIONS if name in chosen.only.split(",")]
    if not chosen.only:
        parser.error("there is no such section: " + ",".join(SECTIONS))
    if not os.access(chosen.bin, os.X_OK):
        parser.error(f"there is no program {chosen.bin}")
    return chosen


def versions(program: pathlib.Path, server: str) -> dict[str, str]:
    told = {"tgworker": machine.version(program, "--version"), "PostgreSQL": server}
    told |= {library: machine.version("pkg-config", "--modversion", library) for library in ("libpq", "libcurl")}
    told |= {"Python": sys.version.split()[0]}
    told |= {package: importlib.metadata.version(package) for package in PACKAGES}
    told |= {
        "C compiler": machine.version("cc", "--version"),
        "nginx": machine.version("nginx", "-v").split("/")[-1],
        "wrk": machine.version("wrk", "-v").split()[1],
    }
    return told


def measure(chosen: argparse.Namespace, telegram: Telegram, facts: dict) -> list[report.Section]:
    """Each section has a server of its own."""
    sections, began = [], time.monotonic()
    for name in chosen.only:
        module = importlib.import_module(f"bench.{name}")
        cluster = Cluster(statistics=getattr(module, "STATISTICS", False))
        try:
            bench = Bench(str(chosen.bin), chosen.rounds, chosen.quick, cluster, telegram, name, began=began)
            telegram.reset()
            sections.append(module.run(bench))
            facts["repeated"] += bench.repeated
            facts["versions"] = facts["versions"] or versions(chosen.bin, cluster.version)
        finally:
            cluster.stop()
        facts["seconds"] = time.monotonic() - began
        # For whoever does not wait for the end.
        report.write(chosen.out / "so-far", facts, sections)
    return sections


def main() -> int:
    chosen = arguments()
    settings = ", ".join(f"{name} = {value}" for name, value in Cluster.SETTINGS.items())
    facts = {
        "date": datetime.date.today().isoformat(),
        "rounds": chosen.rounds,
        "machine": machine.facts(),
        "versions": {},
        "settings": settings + "; otherwise the defaults, so it writes to the disk at each commit",
        "repeated": 0,
        "all_sections": SECTIONS,
        "warnings": [],
    }
    if chosen.quick:
        facts["warnings"].append("**QUICK: small numbers. This tries the benchmark itself; the figures mean little.**")
    if machine.ANYWAY:
        facts["warnings"].append(
            "**TGWORKER_BENCH_ANYWAY: others may have used the machine; the figures mean little.**"
        )
    if chosen.rounds < 5:
        facts["warnings"].append(f"**{chosen.rounds} rounds only: five are the least that a spread can be read from.**")
    telegram = Telegram()
    try:
        sections = measure(chosen, telegram, facts)
    except machine.Busy as busy:
        print(f"scripts/bench: no report: {busy}; run it where nothing else runs", file=sys.stderr)
        return 1
    finally:
        telegram.stop()
    report.write(chosen.out, facts, sections)
    print(*report.summary(sections), sep="\n")
    print(chosen.out / "report.md")
    return 0


sys.exit(main())
