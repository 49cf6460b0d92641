"""Inbound: what customers write, by polling and by the webhook, and how soon /help is answered."""

import contextlib
import itertools
import json
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from .figures import percentile
from .programs import TGWorker
from .report import Ratio, Section
from .session import Bench, in_turn
from .shop import ROOT

CUSTOMERS = 20_000
# As many as the worker asks Telegram for.
CONNECTIONS = 40
NGINX = """
daemon off; worker_processes 2; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200; }} }}
}}
"""
# Numbers of updates: none comes twice.
numbers = itertools.count(100_000_000, 100_000_000)


def post(url: str, token: str, seconds: float) -> dict[str, float]:
    """wrk's posts a second, and milliseconds until one is answered."""
    command = [
        "wrk",
        "-t",
        "2",
        "-c",
        str(CONNECTIONS),
        "-d",
        f"{seconds}s",
        "-s",
        ROOT / "bench/limits/webhook.lua",
        url,
        "--",
        str(next(numbers)),
        token,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"wrk: {done.stderr[-1000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    if told.pop("errors"):
        raise RuntimeError(f"not all updates were answered with 200: {done.stdout[-1000:]}")
    return told


@contextlib.contextmanager
def nginx():
    """A web server that does nothing but answer 200; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="tgworker-bench.") as directory:
        configuration = pathlib.Path(directory, "nginx.conf")
        configuration.write_text(NGINX.format(directory=directory, port=port))
        server = subprocess.Popen(
            ["nginx", "-c", configuration, "-e", f"{directory}/error.log"], stderr=subprocess.DEVNULL
        )
        try:
            await_ok(f"http://127.0.0.1:{port}/", {})
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait()


def await_ok(url: str, headers: dict[str, str]) -> None:
    """Until the address answers with 200."""
    end = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=b"{}", headers=headers), timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def receive_by(worker: TGWorker, way: str) -> None:
    worker.empty()
    worker.shop.session.execute("update tgworker.setting set value = %s where name = 'receive'", [way])


def polling(bench: Bench, worker: TGWorker, count: int, questions: int) -> tuple[dict, dict]:
    """Updates answered a second when many come at once; milliseconds to the answer when they come one by one."""
    receive_by(worker, "polling")
    with worker.at_work(), bench.watch():
        time.sleep(0.5)
        bench.telegram.reset()
        began = bench.telegram.write_updates(count, 1_000_001)
        if not bench.telegram.await_count(count, 120, pause=0.02):
            raise RuntimeError(f"{bench.telegram.count()} of {count} updates were answered")
        last = max(at for at, _, _ in bench.telegram.arrivals())
        time.sleep(0.5)
        bench.telegram.reset()
        asked = {}
        for chat in range(1_000_001, 1_000_001 + questions):
            asked[chat] = bench.telegram.write_updates(1, chat)
            time.sleep(0.02)
        bench.telegram.await_count(questions, 20)
        took = [(at - asked[chat]) / 1e6 for at, chat, _ in bench.telegram.arrivals()]
    return {"rate": count / (last - began) * 1e9}, {"p50": percentile(took, 50), "p99": percentile(took, 99)}


def webhook(bench: Bench, worker: TGWorker, seconds: float) -> dict[str, float]:
    receive_by(worker, "webhook")
    with worker.at_work():
        token = worker.shop.session.execute("select webhook_token from tgworker.bot").fetchone()[0]
        url = f"{worker.address}/telegram/webhook/bench"
        await_ok(url, {"X-Telegram-Bot-Api-Secret-Token": token})
        with bench.watch():
            return post(url, token, seconds)


def run(bench: Bench) -> Section:
    count, questions, seconds = bench.pick(2_000, 500), bench.pick(200, 40), bench.pick(5, 2)
    worker = bench.worker("tgworker_inbound", CUSTOMERS)
    worker.shop.session.execute(
        "update tgworker.setting set value = 'https://shop.example.com' where name = 'public_url'"
    )

    def measure(number: int) -> dict[str, dict[str, float]]:
        measured = {}
        for way in in_turn(["polling", "webhook", "nginx"], number):
            if way == "polling":
                measured[way], measured["/help"] = polling(bench, worker, count, questions)
            elif way == "webhook":
                measured[way] = webhook(bench, worker, seconds)
            else:
                with nginx() as url, bench.watch():
                    measured[way] = post(url, "", seconds)
            bench.say(f"round {number + 1}: {way}: {measured[way]['rate']:,.0f} updates a second")
        bench.say(f"round {number + 1}: /help is answered in {measured['/help']['p50']:.2f} ms")
        return measured

    rounds = bench.repeat(measure)
    section = Section("inbound", "What customers write", rounds)
    section.ratios = [
        Ratio("updates a second, webhook / nginx that only says 200", rounds.ratio("rate", "webhook", "nginx")),
        Ratio("updates a second, polling / webhook", rounds.ratio("rate", "polling", "webhook")),
    ]
    section.columns = ["", "updates a second", "p50, ms", "p99, ms"]
    section.rows = [
        [f"polling, {count:,} at once, until all are answered", rounds.figure("polling", "rate"), "", ""],
        ["webhook, committed", *(rounds.figure("webhook", name) for name in ("rate", "p50", "p99"))],
        ["nginx that only says 200", *(rounds.figure("nginx", name) for name in ("rate", "p50", "p99"))],
        [
            "/help by polling, one every 20 ms, to the answer",
            "",
            *(rounds.figure("/help", name) for name in ("p50", "p99")),
        ],
    ]
    section.note = (
        "Customers write /help. An update is one transaction with its answer, and the answer is sent meanwhile. wrk "
        f"posts over {CONNECTIONS} connections."
    )
    return section
