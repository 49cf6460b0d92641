"""The machine: what it is, and whether it was ours alone while something was measured."""

import os
import pathlib
import platform
import re
import subprocess
import time
from collections.abc import Callable

TICKS = os.sysconf("SC_CLK_TCK")
# To try the benchmark where others work. The report says so.
ANYWAY = bool(os.environ.get("TGWORKER_BENCH_ANYWAY"))


class Busy(Exception):
    """Something else used the machine: what was measured means nothing."""


def facts() -> dict:
    """What a reader needs to judge the figures by."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", cpuinfo)
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    release = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    return {
        "processor": model.group(1) if model else platform.processor(),
        "processors": os.cpu_count(),
        "memory_gib": round(int(memory.group(1)) / 1024**2) if memory else None,
        "system": release.group(1) if release else platform.platform(),
        "kernel": platform.release(),
    }


def processes() -> dict[int, tuple[int, float]]:
    """Each process: its parent, and the processor seconds of its threads and of the children that it has buried."""
    found = {}
    for directory in pathlib.Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            fields = (directory / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(directory.name)] = (int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / TICKS)
    return found


def descendants(roots: list[int], among: dict[int, tuple[int, float]]) -> set[int]:
    """The processes of these trees."""
    ours = set(roots)
    while True:
        more = {pid for pid, (parent, _) in among.items() if parent in ours and pid not in ours}
        if not more:
            return ours
        ours |= more


def cpu_seconds(*roots: int) -> float:
    """Processor seconds of these processes and all their children, the gone ones too."""
    everybody = processes()
    return sum(everybody[pid][1] for pid in descendants(list(roots), everybody) if pid in everybody)


def exact_cpu_seconds(pid: int) -> float:
    """Processor seconds of a process's living threads, by the scheduler's own clock: for what uses next to none."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def resident_mib(pid: int, kind: str = "VmRSS") -> float:
    """Resident memory of a process, or its peak (VmHWM)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(kind + r":\s+(\d+)", status).group(1)) / 1024


def private_mib(pid: int) -> float:
    """What of it is its own: the pages that no other process shares."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+)", rollup)) / 1024


def _stolen() -> float:
    return int(pathlib.Path("/proc/stat").read_text().split()[8]) / TICKS


class Watch:
    """Looks whether others used the machine: with Watch(postmaster) as watch: …; watch.foreign is their share.

    Raises Busy at the end when they did, unless TGWORKER_BENCH_ANYWAY is set.
    """

    def __init__(self, *roots: int, limit: float = 0.08):
        self.roots = [os.getpid(), *roots]
        self.limit = limit
        self.foreign = 0.0

    def __enter__(self):
        self.before, self.began = self._others(), time.monotonic()
        return self

    def __exit__(self, kind, *_):
        elapsed = time.monotonic() - self.began
        self.foreign = max(0.0, self._others() - self.before) / (elapsed * os.cpu_count())
        if kind is None and self.foreign > self.limit and not ANYWAY:
            raise Busy(f"other processes, or other guests of the host, used {self.foreign:.0%} of the processors")

    def _others(self) -> float:
        """Processor seconds of all others. Whoever ends is in its parent's, so that nobody is forgotten.

        The kernel's own threads (children of 2) write our data, too.
        """
        everybody = processes()
        ours = descendants([*self.roots, 2], everybody)
        return _stolen() + sum(cpu for pid, (_, cpu) in everybody.items() if pid not in ours)


def wait_until_quiet(*roots: int, patience: float = 120, say: Callable[[str], None] = print) -> None:
    """Waits until nothing else runs. Raises Busy when that does not come."""
    end, told = time.monotonic() + patience, False
    while not ANYWAY:
        try:
            with Watch(*roots):
                time.sleep(1)
            return
        except Busy as busy:
            if time.monotonic() > end:
                raise
            if not told:
                say(f"waiting: {busy}")
                told = True


def version(*command: str) -> str:
    """What a program says of its version."""
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).strip().splitlines()[0]
