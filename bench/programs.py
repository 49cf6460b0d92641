"""The programs that are measured."""

import contextlib
import json
import os
import pathlib
import selectors
import signal
import subprocess
import sys
import time
import urllib.request

from .machine import cpu_seconds
from .shop import ROOT, TOKEN, Shop
from .telegram import BUILT, Telegram

PEERS = ROOT / "bench/peers"


class Arm:
    """A program that delivers, on a database of its own. Subclasses say how it is made ready and started."""

    name = ""
    processes = 1
    # So many messages it has sent before it is measured: until then it starts, opens connections and warms up.
    warm = 200

    def __init__(self, shop: Shop, telegram: Telegram):
        self.shop, self.telegram = shop, telegram
        self.running: list[subprocess.Popen] = []

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"DATABASE_URL": self.shop.url, "API_URL": f"{self.telegram.url}/bot{TOKEN}"}

    def command(self, *arguments: str) -> list[str]:
        raise NotImplementedError

    def tell(self, *arguments: str) -> str:
        """One of its short commands: what it prints."""
        done = subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name} {arguments}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def prepare(self) -> None:
        """What of the database is its own."""
        self.shop.create_telegram_users()
        self.empty()

    def empty(self) -> None:
        """Nothing waits, as if it were new."""
        self.tell("prepare")

    def fill(self, count: int) -> None:
        """So many messages wait, for as many customers."""
        self.empty()
        self.tell("fill", str(count))

    def attach(self) -> None:
        """From now on orders' states are told."""
        self.tell("attach")

    def detach(self) -> None:
        self.tell("detach")

    def start(self) -> None:
        for _ in range(self.processes):
            process = subprocess.Popen(
                self.command("run"), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            self.running.append(process)
        for process in self.running:
            self._await_ready(process)

    def _await_ready(self, process: subprocess.Popen) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(60) or "ready" not in process.stdout.readline():
                raise RuntimeError(f"{self.name} is not ready")

    @contextlib.contextmanager
    def at_work(self):
        """It runs while this is open: with arm.at_work(): …"""
        try:
            self.start()
            yield self
        finally:
            self.stop()

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.running]

    def cpu(self) -> float:
        return cpu_seconds(*self.pids)

    def stop(self) -> None:
        running, self.running = self.running, []
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


class Peer(Arm):
    """A Python program of peers/."""

    program = ""

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(PEERS / f"{self.program}_peer.py"), *arguments]


class PgQueuer(Peer):
    name, program = "PgQueuer", "pgqueuer"


class TwoPgQueuers(PgQueuer):
    name, processes = "PgQueuer, two processes", 2


class Procrastinate(Peer):
    name, program = "Procrastinate", "procrastinate"


class Asyncio(Peer):
    name, program, warm = "asyncio loop", "asyncio", 1000


class Script(Peer):
    name, program = "script", "script"


class DrainLimit(Arm):
    """The bare C loop. It says itself when it has begun, and ends when all are sent."""

    name, warm = "bare C loop", 1000

    def command(self, *arguments: str) -> list[str]:
        if arguments == ("run",):
            arguments = ("run", str(self.filled))
        return [str(BUILT / "drain"), *arguments]

    def fill(self, count: int) -> None:
        self.filled = count
        super().fill(count)

    def _await_ready(self, process: subprocess.Popen) -> None:
        pass


class LatencyLimit(Arm):
    """The bare wake-up: one notification, one claim, one request."""

    name = "bare C wake-up"

    def command(self, *arguments: str) -> list[str]:
        """It works on the queue of the bare C loop."""
        return [str(BUILT / ("drain" if arguments == ("prepare",) else "latency")), *arguments]


class TGWorker(Arm):
    """tgworker, as it is installed, with or without limits."""

    name, warm = "tgworker", 1000

    def __init__(self, shop: Shop, telegram: Telegram, program: str, per_second: int = 0, per_chat: int = 0):
        super().__init__(shop, telegram)
        self.program, self.limits = program, [per_second, per_chat]
        self.log = pathlib.Path(shop.cluster.directory) / f"{shop.name}.log"

    def command(self, *arguments: str) -> list[str]:
        return [self.program, *arguments, "--database-url", self.shop.url]

    def prepare(self) -> None:
        self.shop.install(self.program)

    def attach(self) -> None:
        """Its installation did."""

    def detach(self) -> None:
        pass

    def empty(self) -> None:
        # In the order in which a worker that runs locks them.
        self.shop.session.execute("truncate tgworker.delivery, tgworker.outbox")

    def fill(self, count: int) -> None:
        """By the trigger: the orders' states change."""
        self.empty()
        self.shop.change_all(count)
        self.shop.session.execute("vacuum analyze tgworker.outbox")

    def launch(self) -> subprocess.Popen:
        """Starts it without waiting."""
        arguments = [
            "--telegram-api-url",
            self.telegram.url,
            "--listen",
            "127.0.0.1:0",
            "--log-format",
            "json",
            "--max-messages-per-second",
            str(self.limits[0]),
            "--max-messages-per-chat-per-second",
            str(self.limits[1]),
        ]
        with open(self.log, "w") as log:
            process = subprocess.Popen(self.command("run") + arguments, stdout=log, stderr=log)
        self.running = [process]
        return process

    def start(self) -> None:
        self.launch()
        self.address = None
        end = time.monotonic() + 30
        while time.monotonic() < end:
            self.address = self.address or self._find_address()
            if self.address and self._is_ready():
                return
            time.sleep(0.02)
        raise RuntimeError("tgworker is not ready: " + self.log.read_text()[-2000:])

    def _find_address(self) -> str | None:
        for line in self.log.read_text().splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if entry.get("message") == "listening":
                    return entry["address"]
        return None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5):
                return True
        except OSError:
            return False
