"""The HTTP end that everything sends to: limits/telegram.c."""

import http.client
import subprocess
import time

from .shop import ROOT

BUILT = ROOT / ".build-bench"


class Telegram:
    """Plays Telegram, at once and without limits."""

    def __init__(self):
        self.process = subprocess.Popen([BUILT / "telegram"], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"
        # One connection for all that is asked of it: to look on is to cost next to nothing.
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def _ask(self, path: str, method: str = "GET") -> bytes:
        self.connection.request(method, path)
        return self.connection.getresponse().read()

    def count(self) -> int:
        return int(self._ask("/stub/count"))

    def reset(self) -> None:
        """Forgets what has arrived, and the updates that nobody has fetched."""
        self._ask("/stub/reset", "POST")

    def arrivals(self) -> list[tuple[int, int, int]]:
        """When (CLOCK_MONOTONIC, ns), in which chat, about which order."""
        return [tuple(map(int, line.split())) for line in self._ask("/stub/log").decode().splitlines()]

    def write_updates(self, count: int, first_chat: int) -> int:
        """So many customers write /help, now; says when that is."""
        return int(self._ask(f"/stub/updates?count={count}&from={first_chat}", "POST"))

    def await_count(self, count: int, timeout: float, pause: float = 0.005) -> bool:
        """Waits until so many have arrived since the last reset; False when they do not in time."""
        end = time.monotonic() + timeout
        while self.count() < count:
            if time.monotonic() > end:
                return False
            time.sleep(pause)
        return True

    def stop(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
