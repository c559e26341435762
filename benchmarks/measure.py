"""Whole processes, one at a time: how long each took by the clock, and the most memory it held."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEBIBYTE = 1 << 20
LAUNCHER = Path(__file__).parent / "launch.py"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        seconds: by the clock.
        peak: the most bytes it held.
        processor: seconds of processor time.
        others: the share of the processors that others took meanwhile; None where that cannot be told.
    """

    seconds: float
    peak: int
    processor: float
    others: float | None


class FailedRunError(Exception):
    """A command ended with a code that is not accepted, or took too long."""


@dataclass(slots=True)
class Contender:
    """A command to measure.

    Attributes:
        command: the arguments of one whole process.
        accepted: the exit codes that mean it did its work.
        out: the folder that it writes to; emptied before each run.
        proof: looks at what it wrote; gives what is wrong with it, or facts to keep.
        optional: whether the others go on without it if it fails.
    """

    name: str
    command: list[str]
    accepted: tuple[int, ...] = (0,)
    out: Path | None = None
    proof: Callable[[], Mapping[str, object]] | None = None
    optional: bool = False


def run_once(contender: Contender, limit: float) -> Cost:
    """Run a command to its end and tell what it took.

    Args:
        contender: the command.
        limit: seconds after which it is stopped.

    Raises:
        FailedRunError: it ended with a code that is not accepted, or was stopped; what it said last is told.
    """
    if contender.out is not None:
        shutil.rmtree(contender.out, ignore_errors=True)
        contender.out.mkdir(parents=True)
    # NOTE: what the one before has written goes to the disk now, not while this one is measured.
    os.sync()
    with NamedTemporaryFile() as said:
        busy = _busy()
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(limit), said.name, *contender.command]
        took = json.loads(subprocess.run(launcher, check=True, stdout=subprocess.PIPE).stdout)
        after = _busy()
        if took["code"] not in contender.accepted:
            words = said.read().decode(errors="replace")[-2000:].strip()
            if took["seconds"] >= limit:
                raise FailedRunError(f"was stopped after {limit:.0f} s")
            raise FailedRunError(f"ended with {took['code']}: {words}")
    others = None
    if busy is not None and after is not None:
        others = max(0.0, (after - busy - took["processor"]) / (took["seconds"] * (os.cpu_count() or 1)))
    return Cost(took["seconds"], took["peak"], took["processor"], others)


def _busy() -> float | None:
    """Tell for how many seconds the processors were busy since the start, with anything or stolen by a host."""
    path = Path("/proc/stat")
    if not path.exists():
        return None
    user, nice, system, _, _, irq, soft, steal = map(int, path.read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def median(numbers: list[float]) -> float:
    """Give the median; not a number where there is none."""
    return statistics.median(numbers) if numbers else float("nan")


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
