"""Drain: many notifications wait; how fast do they go, and what does one cost?"""

import time

from .programs import Arm, Asyncio, DrainLimit, PgQueuer, Procrastinate, Script, TwoPgQueuers
from .report import Ratio, Section, at_least
from .session import Bench, in_turn

RATES = [
    ("bare C loop", 0.85),
    ("PgQueuer", 6),
    ("PgQueuer, two processes", 4),
    ("asyncio loop", 3),
    ("Procrastinate", 35),
    ("script", 15),
]
COSTS = [("PgQueuer", 9), ("asyncio loop", 5)]


def drain(bench: Bench, arm: Arm, waiting: int, seconds: float) -> dict[str, float]:
    """Messages a second, and processor microseconds a message: of the program, and of the database server.

    Measured from when it is warm until all are sent, or for so many seconds where that takes longer.
    """
    arm.fill(waiting)
    arm.shop.session.execute("checkpoint")
    bench.telegram.reset()
    with bench.watch(), arm.at_work():
        bench.telegram.await_count(arm.warm, 60, pause=0.005)
        first, began = bench.telegram.count(), time.monotonic_ns()
        cpu, server = arm.cpu(), bench.server_cpu()
        bench.telegram.await_count(waiting, seconds, pause=0.05)
        last, ended = bench.telegram.count(), time.monotonic_ns()
        cpu, server = arm.cpu() - cpu, bench.server_cpu() - server
    within = sorted(at for at, _, _ in bench.telegram.arrivals() if began <= at <= ended)
    if len(within) < 20:
        raise RuntimeError(f"{arm.name} sent {len(within)} messages in {seconds} s")
    return {
        "rate": (len(within) - 1) / (within[-1] - within[0]) * 1e9,
        "cpu": cpu / (last - first) * 1e6,
        "server_cpu": server / (last - first) * 1e6,
    }


def run(bench: Bench) -> Section:
    waiting, seconds = bench.pick(20_000, 4_000), bench.pick(6, 2)
    worker = bench.worker("tgworker_drain", waiting)
    arms: list[Arm] = [worker]
    for kind in DrainLimit, PgQueuer, TwoPgQueuers, Asyncio, Procrastinate, Script:
        arm = kind(bench.shop(f"peer_{len(arms)}"), bench.telegram)
        arm.prepare()
        arms.append(arm)

    def measure(number: int) -> dict[str, dict[str, float]]:
        measured = {}
        for arm in in_turn(arms, number):
            measured[arm.name] = one = drain(bench, arm, waiting, seconds)
            bench.say(f"round {number + 1}: {arm.name}: {one['rate']:,.0f} messages a second, {one['cpu']:.0f} µs each")
        return measured

    rounds = bench.repeat(measure)
    section = Section("drain", f"Draining {waiting:,} notifications", rounds)
    for name, goal in RATES:
        section.ratios.append(
            Ratio(
                f"messages a second, tgworker / {name}",
                rounds.ratio("rate", "tgworker", name),
                at_least(goal),
                bound=rounds.ratio("rate", DrainLimit.name, name),
            )
        )
    for name, _ in RATES:
        section.ratios.append(
            Ratio(
                f"processor time a message, {name} / tgworker",
                rounds.ratio("cpu", name, "tgworker"),
                at_least(dict(COSTS)[name]) if name in dict(COSTS) else None,
                bound=rounds.ratio("cpu", name, DrainLimit.name),
            )
        )
    section.columns = ["program", "messages a second", "its processor time a message, µs", "the server's, µs"]
    section.rows = [
        [arm.name, *(rounds.figure(arm.name, name) for name in ("rate", "cpu", "server_cpu"))] for arm in arms
    ]
    section.note = (
        f"All {waiting:,} wait when a program starts. It is measured after its first messages ({worker.warm:,} of a "
        f"fast one, {Script.warm} of a slow one) until all are sent, for {seconds} s at most. Each program has a "
        "database of its own; all send to the same HTTP end, which answers at once. tgworker runs without its limits "
        "on speed, and keeps what it always keeps: the order of each chat, the intent before a request, the ledger "
        "with the text."
    )
    return section
