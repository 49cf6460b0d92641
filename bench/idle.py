"""Idle: what a program costs while nothing happens, and how soon it works once it is started."""

import pathlib
import time

from .machine import exact_cpu_seconds, private_mib, resident_mib, version
from .programs import Arm, Asyncio, PgQueuer, Procrastinate, Script
from .report import Ratio, Section, at_most
from .session import Bench, in_turn
from .shop import ROOT

STATISTICS = True
CALLS = """
select d.datname, coalesce(sum(s.calls), 0)::float8, min(t.xact_commit + t.xact_rollback)::float8
from pg_database d join pg_stat_database t on t.datid = d.oid left join pg_stat_statements s on s.dbid = d.oid
group by d.datname
"""


def look_on(bench: Bench, arms: list[Arm], seconds: float) -> dict[str, dict[str, float]]:
    """All of them are idle at the same time, each on a database of its own."""
    with bench.cluster.connect("postgres") as session, bench.watch():
        session.execute("select pg_stat_statements_reset()")
        transactions = {name: count for name, _, count in session.execute(CALLS)}
        used = {arm.name: sum(map(exact_cpu_seconds, arm.pids)) for arm in arms}
        began = time.monotonic()
        time.sleep(seconds)
        minutes = (time.monotonic() - began) / 60
        told = {name: (calls, count - transactions[name]) for name, calls, count in session.execute(CALLS)}
    return {
        arm.name: {
            "cpu": (sum(map(exact_cpu_seconds, arm.pids)) - used[arm.name]) / minutes / 60 * 100,
            "statements": told[arm.shop.name][0] / minutes,
            "transactions": told[arm.shop.name][1] / minutes,
            "resident": sum(map(resident_mib, arm.pids)),
            "private": sum(map(private_mib, arm.pids)),
        }
        for arm in arms
    }


def start_up(bench: Bench, arm: Arm) -> float:
    """Milliseconds from the start of the program until its first message has arrived."""
    arm.fill(1)
    bench.telegram.reset()
    with bench.watch(limit=0.2):
        began = time.monotonic_ns()
        with arm.at_work():
            if not bench.telegram.await_count(1, 30, pause=0.01):
                raise RuntimeError(f"{arm.name} sent nothing")
    return (bench.telegram.arrivals()[0][0] - began) / 1e6


def sizes(program: str) -> dict[str, float]:
    """In MiB."""
    files = {"size of the program": pathlib.Path(program)}
    # Of this program: by the commit in its version.
    commit = version(program, "--version").partition("+")[2][:12]
    for package in (ROOT / ".build-deb").glob(f"tgworker_*{commit}*.deb") if commit else ():
        files["size of the Debian package"] = package
    return {name: file.stat().st_size / 2**20 for name, file in files.items()}


def run(bench: Bench) -> Section:
    # Whole minutes: what is done once a minute is counted as often as it is done.
    seconds = bench.pick(180, 10)
    worker = bench.worker("tgworker_idle", 100, per_second=30, per_chat=1)
    arms: list[Arm] = [worker]
    for kind in PgQueuer, Procrastinate, Asyncio, Script:
        arm = kind(bench.shop(f"peer_{len(arms)}"), bench.telegram)
        arm.prepare()
        arms.append(arm)
    with bench.cluster.connect("postgres") as session:
        session.execute("create extension pg_stat_statements")
        # Its visits would count as transactions.
        session.execute("alter system set autovacuum = off")
        session.execute("select pg_reload_conf()")

    def idle(_: int) -> dict[str, dict[str, float]]:
        try:
            for arm in arms:
                arm.empty()
                arm.start()
            # The server tells of a session's transactions ten seconds later at the latest.
            time.sleep(bench.pick(12, 2))
            bench.say(f"{seconds} s of nothing")
            return look_on(bench, arms, seconds)
        finally:
            for arm in arms:
                arm.stop()

    def starts(number: int) -> dict[str, dict[str, float]]:
        measured = {arm.name: {"start": start_up(bench, arm)} for arm in in_turn(arms, number)}
        bench.say(f"start {number + 1}: first message after {measured[worker.name]['start']:.0f} ms")
        return measured

    rounds, begun = bench.repeat(idle, 1), bench.repeat(starts, 2 * bench.rounds)
    section = Section(
        "idle", "Doing nothing, and starting", {"idle": rounds, "starts": begun, "sizes": sizes(bench.program)}
    )
    mine = {name: rounds.figure(worker.name, name) for name in rounds[0][worker.name]}
    section.ratios = [
        Ratio("statements a minute", mine["statements"], at_most(4)),
        Ratio("processor time, % of one processor", mine["cpu"], at_most(0.1)),
        Ratio("resident memory, MiB", mine["resident"], at_most(25)),
        *(
            Ratio(f"private memory, tgworker / {arm.name}", rounds.ratio("private", worker.name, arm.name))
            for arm in arms[1:]
        ),
        *(
            Ratio(
                f"from start to the first message, tgworker / {arm.name}", begun.ratio("start", worker.name, arm.name)
            )
            for arm in arms[1:]
        ),
    ]
    section.columns = [
        "program",
        "statements a minute",
        "transactions a minute",
        "processor, %",
        "resident, MiB",
        "private, MiB",
        "from start to the first message, ms",
    ]
    columns = ("statements", "transactions", "cpu", "resident", "private")
    section.rows = [
        [arm.name, *(rounds.figure(arm.name, name) for name in columns), begun.figure(arm.name, "start")]
        for arm in arms
    ]
    measured = ", ".join(f"{name}: {size:.1f} MiB" for name, size in sizes(bench.program).items())
    section.note = (
        f"All are idle side by side for {seconds} s, each on a database of its own. A transaction is a round trip or "
        f"more. For the start, one message waits; {2 * bench.rounds} starts. {measured[0].upper()}{measured[1:]}."
    )
    return section
