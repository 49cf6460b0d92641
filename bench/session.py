"""What a section of the benchmark is given: the programs' surroundings, how often to measure, and where to say so."""

import collections.abc
import dataclasses
import sys
import time

from .figures import Rounds
from .machine import Busy, Watch, cpu_seconds, wait_until_quiet
from .programs import TGWorker
from .shop import Cluster, Shop
from .telegram import Telegram

# So often a round is measured anew that others have disturbed.
PATIENCE = 3


@dataclasses.dataclass
class Bench:
    """The machine is looked at while something is measured: what others have disturbed is measured again."""

    program: str
    rounds: int
    # Small numbers: to try the benchmark itself.
    quick: bool
    cluster: Cluster
    telegram: Telegram
    section: str = ""
    repeated: int = 0
    began: float = dataclasses.field(default_factory=time.monotonic)

    def pick(self, full: float, quick: float):
        return quick if self.quick else full

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:5.0f} s  {self.section:8} {text}", file=sys.stderr, flush=True)

    def watch(self, **limits: float) -> Watch:
        return Watch(self.cluster.postmaster, **limits)

    def server_cpu(self) -> float:
        """Processor seconds of the database server."""
        return cpu_seconds(self.cluster.postmaster)

    def repeat(
        self, measure: collections.abc.Callable[[int], dict[str, dict[str, float]]], times: int | None = None
    ) -> Rounds:
        """Measures round after round. Raises Busy when the machine is not left alone."""
        rounds, attempts = Rounds(), 0
        while len(rounds) < (times or self.rounds):
            wait_until_quiet(self.cluster.postmaster, say=self.say)
            try:
                rounds.append(measure(len(rounds)))
                attempts = 0
            except Busy as busy:
                attempts += 1
                if attempts > PATIENCE:
                    raise
                self.repeated += 1
                self.say(f"round {len(rounds) + 1} once more: {busy}")
        return rounds

    def shop(self, name: str) -> Shop:
        return Shop(self.cluster, name)

    def worker(self, name: str, customers: int, orders_each: int = 1, **limits: int) -> TGWorker:
        """tgworker with a shop of its own."""
        worker = TGWorker(self.shop(name), self.telegram, self.program, **limits)
        worker.prepare()
        worker.shop.open(customers, orders_each)
        return worker


def in_turn(arms: list, number: int) -> list:
    """Forwards in one round, backwards in the next, so that nobody always comes first."""
    return arms if number % 2 == 0 else arms[::-1]
