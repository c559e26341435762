"""Other frameworks on the same rules, each in an environment of its own so that none can disturb another.

Each has a script in peers/ that takes an extract, a file to write its counts to and, where it can list failing
records, a CSV to write them to. A peer that has no third answer counts failing records only; those are compared.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
PEERS = HERE / "peers"
ENVIRONMENTS = HERE / "data" / "environments"
#: names as people write them; the rest are named like their package
TITLES = {
    "gx_duckdb": "great-expectations on DuckDB",
    "gx_pandas": "great-expectations on pandas",
    "polars": "polars by hand",
}
#: not a framework, but written by hand too
BY_HAND = frozenset({"polars"})
_SHOW = (
    "import json, sys, importlib.metadata as m; "
    "print(json.dumps({n: m.version(n) for n in sys.argv[1:]} | {'python': sys.version.split()[0]}))"
)


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


def title(name: str) -> str:
    """Give the name that people read."""
    return TITLES.get(name, name)


def script(name: str) -> Path:
    """Give the script of a peer."""
    return PEERS / f"{name}_rules.py"


def lists(name: str) -> bool:
    """Tell whether a peer can list the records that fail: whether its script takes a third argument."""
    tree = ast.parse(script(name).read_text())
    (main,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "main")
    return len(main.args.args) > 2


def used(name: str) -> str:
    """Tell how a peer is used: the beginning of its script."""
    return " ".join((ast.get_docstring(ast.parse(script(name).read_text())) or "").split())


def python(name: str) -> Path:
    """Give the interpreter of a peer's environment, made anew where its requirements have changed."""
    folder = ENVIRONMENTS / name
    interpreter, ready = folder / "bin" / "python", folder / ".ready"
    requirements = PEERS / "requirements" / f"{name}.txt"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not ready.exists() or ready.read_text() != wanted:
        print(f"making the environment of {name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        ready.write_text(wanted)
    return interpreter


def versions(name: str) -> dict[str, str]:
    """Read from a peer's environment the versions of what its requirements name."""
    lines = (PEERS / "requirements" / f"{name}.txt").read_text().splitlines()
    named = [re.split(r"[\[=<>~! ]", line, maxsplit=1)[0] for line in lines if line and not line.startswith("#")]
    found = subprocess.run([str(python(name)), "-c", _SHOW, *named], check=True, capture_output=True, text=True)
    return json.loads(found.stdout)


def differing(counts: Path, failing: Mapping[str, int]) -> list[str]:
    """Compare a peer's failing records with ours, rule by rule."""
    theirs = json.loads(counts.read_text())
    return [
        f"{code}: {theirs.get(code, 'none')} against {number}"
        for code, number in failing.items()
        if theirs.get(code) != number
    ]
