"""Latency: from the commit of an order's state to the arrival of the message at Telegram."""

import collections
import subprocess
import time

from .figures import Figure, best, percentile
from .programs import Arm, Asyncio, LatencyLimit, PgQueuer, Procrastinate, Script, TGWorker
from .report import Ratio, Section, at_most
from .session import Bench, in_turn
from .telegram import BUILT

PEERS = [PgQueuer, Procrastinate, Asyncio, Script]
SHARES = {"p50": 50, "p95": 95, "p99": 99, "p99.9": 99.9}
WARM = 20
LOADED = "tgworker, 100,000 waiting"
# None of them may be sent: half are postponed, half are in a chat whose first message is.
FILL = """
insert into tgworker.outbox (kind, priority, chat_id, source_id, event, available_at)
select 'order_state', 2, case when i > 50000 then 9000000 else 5000000 + i end, 1,
    '{"order": "S1", "state": "sale", "changed_at": "2026-11-27T20:00:00"}',
    clock_timestamp() + case when i <= 50001 then interval '1 day' else interval '0' end
from generate_series(1, 100000) i order by i
"""
# A sender finds out once who waits behind whom.
UNSETTLED = "select count(*) from tgworker.outbox where not behind and available_at <= now()"

# By arm: milliseconds of all rounds, from the return of COMMIT and from before it.
Samples = dict[str, tuple[list[float], list[float]]]


def change_orders(bench: Bench, arm: Arm, count: int, interval: int, first: int) -> tuple[list[float], list[float]]:
    """Milliseconds from the return of each COMMIT, and from before it, to the arrival of its message."""
    bench.telegram.reset()
    id = arm.shop.first_order() + first
    command = [str(BUILT / "orders"), "run", str(count), str(interval), str(id)]
    done = subprocess.run(command, env=arm.environment, capture_output=True, text=True, check=True)
    if not bench.telegram.await_count(count, 20):
        raise RuntimeError(f"{arm.name}: {bench.telegram.count()} of {count} messages have arrived")
    arrived = {order: at for at, _, order in reversed(bench.telegram.arrivals())}
    after, before = [], []
    for number, line in enumerate(done.stdout.splitlines(), first + 1):
        _, began, returned = map(int, line.split())
        after.append((arrived[number] - returned) / 1e6)
        before.append((arrived[number] - began) / 1e6)
    return after, before


def latency(bench: Bench, arm: Arm, count: int, interval: int, label: str, samples: Samples) -> dict[str, float]:
    with arm.at_work():
        time.sleep(0.5)
        if label == LOADED:
            settle(arm)
        change_orders(bench, arm, WARM, 20_000, 0)
        with bench.watch():
            after, before = change_orders(bench, arm, count, interval, WARM)
    for kept, new in zip(samples[label], (after, before), strict=True):
        kept += new
    measured = {name: percentile(after, share) for name, share in SHARES.items()}
    return measured | {f"{name} from before COMMIT": percentile(before, share) for name, share in SHARES.items()}


def settle(arm: Arm) -> None:
    end = time.monotonic() + 60
    while arm.shop.session.execute(UNSETTLED).fetchone()[0] > 0:
        if time.monotonic() > end:
            raise RuntimeError("tgworker has not found out who waits behind whom")
        time.sleep(0.2)
    arm.shop.session.execute("vacuum analyze tgworker.outbox")


def run(bench: Bench) -> Section:
    events, loaded_events = bench.pick(500, 100), bench.pick(1000, 200)
    customers = loaded_events + WARM
    worker = bench.worker("tgworker_latency", customers)
    arms: list[Arm] = [worker]
    for kind in [LatencyLimit, *PEERS]:
        arm = kind(bench.shop(f"peer_{len(arms)}"), bench.telegram)
        arm.prepare()
        arm.shop.open(customers)
        arms.append(arm)
    samples: Samples = collections.defaultdict(lambda: ([], []))

    def measure(number: int) -> dict[str, dict[str, float]]:
        measured = {}

        def one(arm: Arm, count: int, interval: int, label: str) -> None:
            measured[label] = found = latency(bench, arm, count, interval, label, samples)
            bench.say(f"round {number + 1}: {label}: p50 {found['p50']:.2f} ms, p99 {found['p99']:.2f} ms")

        for arm in in_turn(arms, number):
            arm.empty()
            arm.attach()
            one(arm, events, 20_000, arm.name)
            arm.detach()
            if isinstance(arm, TGWorker):
                arm.shop.session.execute(FILL)
                one(arm, loaded_events, 5_000, LOADED)
                arm.empty()
        return measured

    rounds = bench.repeat(measure)
    section = Section("latency", "From COMMIT to Telegram", rounds)
    limit, peers = LatencyLimit.name, [kind.name for kind in PEERS]
    p50 = rounds.figure(worker.name, "p50")
    best_peer = best([rounds.figure(name, "p50") for name in peers])
    section.ratios = [
        Ratio(f"p50, tgworker / {limit}", rounds.ratio("p50", worker.name, limit), at_most(1.3)),
        Ratio(
            "p50, tgworker / the best peer",
            p50.over(best_peer),
            at_most(1 / 3),
            bound=rounds.figure(limit, "p50").over(best_peer),
        ),
        Ratio(f"p99, tgworker / {limit}", rounds.ratio("p99", worker.name, limit), at_most(2)),
        Ratio("p50, tgworker with 100,000 waiting / idle", rounds.figure(LOADED, "p50").over(p50), at_most(2)),
        *(Ratio(f"p50, tgworker / {name}", rounds.ratio("p50", worker.name, name)) for name in peers),
    ]
    section.columns = ["program", "p50, ms", *(f"{name} of all rounds, ms" for name in SHARES)]
    labels = [worker.name, LOADED, *(arm.name for arm in arms[1:])]
    section.rows = [
        [
            label,
            rounds.figure(label, "p50"),
            *(Figure([percentile(samples[label][0], share)]) for share in SHARES.values()),
        ]
        for label in labels
    ]
    section.note = (
        f"{events} orders change their states, one every 20 ms, each in a transaction of its own. The clock runs from "
        "when COMMIT has returned to the shop until the request has arrived whole at the HTTP end. With 100,000 "
        f"waiting: {loaded_events:,} orders at 200 a second, while 50,000 notifications are postponed and 50,000 wait "
        "behind a postponed one in their chat. The script looks once a second."
    )
    return section
