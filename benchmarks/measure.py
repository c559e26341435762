"""Whole processes, one at a time: how long each took by the clock, and the most memory it held."""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

MEBIBYTE = 1 << 20


@dataclass(slots=True)
class Contender:
    """A command to measure, and what its runs took.

    Attributes:
        command: the arguments of one whole process.
        accepted: the exit codes that mean it did its work.
        cost: seconds and peak bytes of each run, in order.
    """

    name: str
    command: list[str]
    accepted: tuple[int, ...] = (0,)
    cost: list[tuple[float, int]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Give the median time."""
        return statistics.median(seconds for seconds, _ in self.cost)

    @property
    def peak(self) -> float:
        """Give the median peak in MiB."""
        return statistics.median(peak for _, peak in self.cost) / MEBIBYTE

    def ratio(self, other: Contender) -> tuple[float, float]:
        """Give the medians of time and peak against another, run by run, so that a slow minute strikes both."""
        pairs = list(zip(self.cost, other.cost, strict=False))
        return (
            statistics.median(mine[0] / theirs[0] for mine, theirs in pairs),
            statistics.median(mine[1] / theirs[1] for mine, theirs in pairs),
        )


def run_once(contender: Contender, environment: dict[str, str]) -> None:
    """Run a command to its end and note what it took.

    Raises:
        SystemExit: it ended with a code that is not accepted; what it said is printed.
    """
    with TemporaryFile() as said:
        begun = time.perf_counter()
        number = os.posix_spawnp(
            contender.command[0],
            contender.command,
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, said.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, said.fileno(), 2),
            ],
        )
        _, status, usage = os.wait4(number, 0)
        seconds = time.perf_counter() - begun
        code = os.waitstatus_to_exitcode(status)
        if code not in contender.accepted:
            said.seek(0)
            sys.exit(f"{contender.name} ended with {code}:\n{said.read().decode(errors='replace')[-4000:]}")
    # NOTE: kibibytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    contender.cost.append((seconds, usage.ru_maxrss * unit))


def take_turns(contenders: list[Contender], rounds: int, environment: dict[str, str]) -> None:
    """Run them A B A B, so that whatever else the machine does strikes all alike."""
    for number in range(rounds):
        for contender in contenders:
            if sys.stderr.isatty():
                print(f"round {number + 1} of {rounds}: {contender.name}", file=sys.stderr)
            run_once(contender, environment)


def machine() -> dict[str, str]:
    """Describe this machine: processor, cores that may be used, memory, system."""
    model = "unknown"
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        lines = cpu.read_text().splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    system = os.uname()
    return {"processor": model, "cores": str(cores), "memory": f"{memory:.0f} GiB",
            "system": f"{system.sysname} {system.machine}"}  # fmt: skip
