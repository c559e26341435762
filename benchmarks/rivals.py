"""Other frameworks on the same rules, each in an environment of its own so that none can disturb another.

Each has a script in peers/ that takes an extract and a file to write its counts to, and a file of requirements in
peers/requirements/. A peer that has no third answer counts failing records only; those are what is compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Contender

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERE = Path(__file__).parent
PEERS = HERE / "peers"
ENVIRONMENTS = HERE / "data" / "environments"


def known() -> list[str]:
    """List the peers that have a script."""
    return sorted(p.stem.removesuffix("_rules") for p in PEERS.glob("*_rules.py"))


def chosen(names: list[str]) -> list[str]:
    """Give the peers named, or all.

    Raises:
        SystemExit: there is no such peer.
    """
    for name in names:
        if name not in known():
            sys.exit(f"there is no peer '{name}'; there are: {', '.join(known())}")
    return names or known()


def _python(name: str) -> Path:
    """Give the interpreter of a peer's environment, made where it is not there yet."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        requirements = PEERS / "requirements" / f"{name}.txt"
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)],
            check=True,
        )
        (folder / ".ready").touch()
    return python


def contender(name: str, path: Path, folder: Path) -> Contender:
    """Write the command that has a peer count an extract."""
    script = PEERS / f"{name}_rules.py"
    return Contender(f"peer: {name}", [str(_python(name)), str(script), str(path), str(folder / f"peer-{name}.json")])


def verdict(name: str, folder: Path, failing: Mapping[str, int]) -> str:
    """Compare a peer's failing records with ours, rule by rule."""
    theirs = json.loads((folder / f"peer-{name}.json").read_text())
    apart = [
        f"{code} {theirs.get(code, 'none')} against {number}"
        for code, number in failing.items()
        if theirs.get(code) != number
    ]
    return f"{len(failing) - len(apart)} of {len(failing)} failing counts equal ours" + (
        f"; {', '.join(apart)}" if apart else ""
    )


def described(names: Iterable[str]) -> list[str]:
    """List what each environment holds, for the page."""
    lines = []
    for name in names:
        pinned = [line for line in (PEERS / "requirements" / f"{name}.txt").read_text().splitlines() if line]
        lines.append(f"* {name}: {', '.join(pinned)}")
    return lines
