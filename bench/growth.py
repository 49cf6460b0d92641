"""Growth: what a fetch costs when few wait and when millions do, also beside a snapshot that keeps dead rows."""

import time

import psycopg

from .machine import resident_mib
from .programs import TGWorker
from .report import Ratio, Section, at_most
from .session import Bench, in_turn

STATISTICS = True
FEW = 1_000
# As the trigger writes them, each with its own moment, and as a sender leaves them that has looked at them: in one chat all
# but the first are marked as waiting behind it.
FILL = """
insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id, behind, event)
select 'order_state', 2, u.chat_id, u.id, o.id, %(chats)s = 1 and i > 0,
    jsonb_build_object('order', o.name, 'state', 'sale', 'previous', 'draft', 'changed_at', now() at time zone 'UTC',
        'total', o.amount_total, 'currency_id', o.currency_id, 'company_id', o.company_id)
from generate_series(%(begin)s::bigint, %(end)s) i
join sale_order o on o.id = %(first)s + i %% %(chats)s
join telegram_user u on u.partner_id = o.partner_id
order by i
"""
# The claim. One of its forms walks from lane to lane, so there are two.
FETCHES = """
select sum(calls)::float8, sum(total_exec_time)::float8, sum(rows)::float8 from pg_stat_statements
where query like '%sending_since = clock_timestamp()%'
    and dbid = (select oid from pg_database where datname = current_database())
"""


def fill(worker: TGWorker, waiting: int, chats: int) -> None:
    """So many wait; what is missing is added at the end, 100,000 in a transaction."""
    session, first = worker.shop.session, worker.shop.first_order()
    there = session.execute("select count(*) from tgworker.outbox").fetchone()[0]
    for begin in range(there, waiting, 100_000):
        end = min(begin + 100_000, waiting) - 1
        session.execute(FILL, {"begin": begin, "end": end, "first": first, "chats": chats})


def drain_some(bench: Bench, worker: TGWorker, count: int) -> dict[str, float]:
    """What a fetch takes on the server, how fast messages go, how soon the first one does, and the worker's memory."""
    session = worker.shop.session
    bench.telegram.reset()
    session.execute("select pg_stat_statements_reset()")
    with bench.watch():
        try:
            began, process = time.monotonic_ns(), worker.launch()
            arrived = bench.telegram.await_count(count, 120, pause=0.02)
            peak = resident_mib(process.pid, "VmHWM")
            calls, milliseconds, rows = session.execute(FETCHES).fetchone()
        finally:
            worker.stop()
    if not arrived:
        raise RuntimeError(f"{count} messages have not arrived in two minutes: {worker.log.read_text()[-1000:]}")
    times = sorted(at for at, _, _ in bench.telegram.arrivals())[:count]
    return {
        "fetch": milliseconds / calls,
        "messages_a_fetch": rows / calls,
        "fetch_a_message": milliseconds / rows,
        "rate": (count - 1) / (times[-1] - times[0]) * 1e9,
        "first": (times[0] - began) / 1e6,
        "peak": peak,
    }


def run(bench: Bench) -> Section:
    sizes = [FEW, bench.pick(100_000, 5_000), bench.pick(5_000_000, 20_000)]
    many = bench.pick(100_000, 5_000)
    # As many whatever waits, as an old snapshot keeps what was sent, and the first fetch of each session passes all of it.
    # In one chat they go one by one.
    counts = {1: bench.pick(500, 200), many: FEW * 9 // 10}
    workers: dict[tuple[int, int], TGWorker] = {}
    for chats in 1, many:
        for size in sizes:
            workers[chats, size] = worker = bench.worker(f"tgworker_{chats}_{size}", chats)
            session = worker.shop.session
            session.execute("create extension pg_stat_statements")
            bench.say(f"{size:,} are to wait for {people(chats)}")
            fill(worker, size, chats)
            session.execute("vacuum analyze tgworker.outbox")
    session.execute("checkpoint")

    def measure(held: str):
        def one(number: int) -> dict[str, dict[str, float]]:
            measured = {}
            for (chats, size), worker in in_turn(list(workers.items()), number):
                fill(worker, size, chats)
                name = f"{chats}, {size}{held}"
                measured[name] = found = drain_some(bench, worker, counts[chats])
                bench.say(
                    f"round {number + 1}{held}: {size:,} wait for {people(chats)}: {found['fetch']:.2f} ms a fetch, "
                    f"{found['messages_a_fetch']:.1f} messages each, {found['rate']:,.0f} a second"
                )
            return measured

        return one

    rounds = bench.repeat(measure(""))
    # Somebody looks at the database and forgets to go: what was deleted since stays where it is.
    watchers = [hold_snapshot(worker.shop.url) for worker in workers.values()]
    try:
        held_rounds = bench.repeat(measure(", old snapshot"))
    finally:
        for watcher in watchers:
            watcher.close()
    for measured, more in zip(rounds, held_rounds, strict=True):
        measured |= more
    section = Section("growth", "When much waits", rounds)
    for held in "", ", old snapshot":
        for chats in 1, many:
            for size in sizes[1:]:
                section.ratios.append(
                    Ratio(
                        f"time of a fetch, {size:,} / {FEW:,} waiting, {people(chats)}{held}",
                        rounds.ratio("fetch", f"{chats}, {size}{held}", f"{chats}, {FEW}{held}"),
                        at_most(1.5) if size == sizes[-1] else None,
                    )
                )
    section.columns = [
        "waiting",
        "",
        "a fetch on the server, ms",
        "messages a fetch",
        "messages a second",
        "from start to the first message, ms",
        "peak memory, MiB",
    ]
    section.rows = [
        [
            f"{size:,}",
            people(chats) + held,
            *(
                rounds.figure(f"{chats}, {size}{held}", name)
                for name in ("fetch", "messages_a_fetch", "rate", "first", "peak")
            ),
        ]
        for held in ("", ", old snapshot")
        for chats in (1, many)
        for size in sizes
    ]
    section.note = (
        f"A fetch is the worker's claim, as pg_stat_statements times it, while {counts[many]:,} messages are sent "
        f"({counts[1]} in one chat, where they go one by one, for the sake of their order); between rounds the queue is filled up again. In one chat all but the first are marked as "
        "waiting behind it, as a sender that runs leaves them. With the old snapshot a transaction in REPEATABLE READ "
        "stays open for all its rounds."
    )
    return section


def people(chats: int) -> str:
    return "one chat" if chats == 1 else f"{chats:,} chats"


def hold_snapshot(url: str) -> psycopg.Connection:
    session = psycopg.connect(url)
    session.execute("set transaction isolation level repeatable read")
    session.execute("select pg_current_xact_id()")
    return session
