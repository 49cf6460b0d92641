"""What Odoo pays: orders change their states, without tgworker, with it, and with customers whom it tells."""

import pathlib
import re
import subprocess
import tempfile

from .figures import percentile
from .programs import TGWorker
from .report import Ratio, Section, at_least
from .session import Bench
from .shop import Shop

ORDERS = 10_000
CLIENTS = [1, 8, 32]
# As Odoo's ORM does it. Each client has orders of its own: nobody waits for another's row.
SCRIPT = """
\\set id :first + :client_id * :share + random(0, :share - 1)
begin isolation level repeatable read;
update sale_order set state = case state when 'sale' then 'sent' else 'sale' end, write_date = now() where id = :id;
commit;
"""
BARE, SILENT, TOLD = "without tgworker", "customers not in Telegram", "customers in Telegram"
# The least that can be in tgworker's place: triggers in the language that every PostgreSQL has.
EMPTY, ADDING = "a trigger that does nothing", "a trigger that adds a row"
TRIGGER = """
create table event (id bigint generated always as identity primary key, order_id integer, state text);
create function note() returns trigger language plpgsql as $$begin {} return null; end$$;
create trigger note after update of state on sale_order for each row
    when (old.state is distinct from new.state) execute function note()
"""
TRIGGERS = {EMPTY: "", ADDING: "insert into public.event (order_id, state) values (new.id, new.state);"}
BOUNDS = {SILENT: EMPTY, TOLD: ADDING}
GOALS = {(SILENT, 1): 0.98, (SILENT, 8): 0.98, (SILENT, 32): 0.98, (TOLD, 1): 0.97, (TOLD, 8): 0.9}


def slice_of(shop: Shop, clients: int, seconds: float) -> tuple[float, list[float]]:
    """Transactions a second, and how long each took, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="tgworker-bench.") as directory:
        script = pathlib.Path(directory, "script.sql")
        script.write_text(SCRIPT)
        command = [
            "pgbench",
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            str(min(clients, 2)),
            "-T",
            str(seconds),
            "-D",
            f"first={shop.first_order()}",
            "-D",
            f"share={ORDERS // clients}",
            "-f",
            script,
            "-l",
            f"--log-prefix={directory}/log",
            shop.url,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or not rate or re.search(r"failed transactions: [1-9]", done.stdout):
            raise RuntimeError(f"pgbench: {done.stdout[-1000:]}{done.stderr[-1000:]}")
        logs = [log.read_text().splitlines() for log in pathlib.Path(directory).glob("log.*")]
    # client, number of its transaction, microseconds. A session's first reads catalogs and makes plans; Odoo's live long.
    transactions = [line.split()[:3] for log in logs for line in log]
    return float(rate.group(1)), [int(took) / 1000 for _, number, took in transactions if number != "1"]


def run(bench: Bench) -> Section:
    seconds, slices = 1, bench.pick(4, 2)
    worker = bench.worker("tgworker_told", ORDERS, per_second=30, per_chat=1)
    shops = {BARE: bench.shop("bare"), EMPTY: bench.shop("empty_trigger"), ADDING: bench.shop("adding_trigger")}
    shops |= {SILENT: bench.shop("tgworker_silent"), TOLD: worker.shop}
    TGWorker(shops[SILENT], bench.telegram, bench.program).prepare()
    for name in BARE, EMPTY, ADDING, SILENT:
        shops[name].open(ORDERS, in_telegram=False)
    for name, body in TRIGGERS.items():
        shops[name].session.execute(TRIGGER.format(body))
    for shop in shops.values():
        shop.session.execute("alter table sale_order set (autovacuum_enabled = off)")

    def measure(number: int) -> dict[str, dict[str, float]]:
        measured = {}
        for shop in shops.values():
            shop.session.execute("vacuum analyze sale_order")
        worker.shop.session.execute("checkpoint")
        for clients in CLIENTS:
            rates, times = {name: [] for name in shops}, {name: [] for name in shops}
            order = list(shops) if number % 2 == 0 else list(shops)[::-1]
            with bench.watch():
                # A B C D E E D C B A …: what drifts with time meets all of them.
                for name in (order + order[::-1]) * (slices // 2):
                    rate, took = slice_of(shops[name], clients, seconds)
                    rates[name].append(rate)
                    times[name] += took
                    if name == TOLD:
                        worker.empty()
                        bench.telegram.reset()
            for name in shops:
                measured[f"{name}, {clients}"] = one = {
                    "tps": sum(rates[name]) / slices,
                    "p50": percentile(times[name], 50),
                    "p99": percentile(times[name], 99),
                }
                bench.say(
                    f"round {number + 1}: {clients} at once, {name}: "
                    f"{one['tps']:,.0f} a second, p99 {one['p99']:.2f} ms"
                )
        return measured

    with worker.at_work():
        rounds = bench.repeat(measure)
    section = Section("odoo", "What Odoo pays", rounds)
    for name in SILENT, TOLD:
        for clients in CLIENTS:
            goal = GOALS.get((name, clients))
            section.ratios.append(
                Ratio(
                    f"transactions a second, {name} / {BARE}, {clients} at once",
                    rounds.ratio("tps", f"{name}, {clients}", f"{BARE}, {clients}"),
                    at_least(goal) if goal else None,
                    bound=rounds.ratio("tps", f"{BOUNDS[name]}, {clients}", f"{BARE}, {clients}"),
                )
            )
    for name in SILENT, TOLD:
        for clients in CLIENTS:
            section.ratios.append(
                Ratio(
                    f"p99, {name} / {BARE}, {clients} at once",
                    rounds.ratio("p99", f"{name}, {clients}", f"{BARE}, {clients}"),
                )
            )
    section.columns = ["", "at once", "transactions a second", "p50, ms", "p99, ms"]
    section.rows = [
        [name, clients, *(rounds.figure(f"{name}, {clients}", figure) for figure in ("tps", "p50", "p99"))]
        for clients in CLIENTS
        for name in shops
    ]
    section.note = (
        "pgbench changes the state of one order in each transaction, REPEATABLE READ as Odoo does, in five databases "
        f"in turns (A B C D E E D C B A, {seconds} s each): one without tgworker, two with a trigger in PL/pgSQL in its "
        "place that does nothing, or only adds a row to a table with one index, which are the limits here, one with "
        "tgworker whose customers are not in Telegram, and one whose customers all are, with a worker that sends at its "
        "default limits. The first transaction of each session is not among the times."
    )
    return section
