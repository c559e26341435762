"""Which folders' Python may run: remembered by path and digest, so that a changed folder must be trusted anew."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import yaml


def store() -> Path:
    """Name the file in which trust is remembered, in the user's own configuration folder."""
    base = os.environ.get("EVERYCASE_CONFIG") or os.environ.get("XDG_CONFIG_HOME")
    return Path(base or Path.home() / ".config") / "everycase" / "trusted.json"


def code_digest(root: Path) -> str:
    """Give the SHA-256 over all of a project that everycase would run: its Python, and how it starts an engine."""
    total = hashlib.sha256()
    for path in sorted([*root.glob("checks/*.py"), *root.glob("samples/*.py")]):
        name = path.relative_to(root).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    engine = _engine(root / "sources.yaml")
    if engine:
        total.update(f"engine\0{engine}\n".encode())
    return total.hexdigest()


def _engine(path: Path) -> str:
    """Give what the registry says of its engine, "" where nothing: options of Spark can load programs."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ""
    said = found.get("engine") if isinstance(found, dict) else None
    return json.dumps(said, sort_keys=True, default=str) if said else ""


def remembered() -> dict[str, str]:
    """Read what is trusted: folder -> digest; nothing where the file is absent or damaged."""
    try:
        found = json.loads(store().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def is_trusted(root: Path) -> bool:
    """Say whether a folder is trusted as it stands now."""
    return remembered().get(str(root.resolve())) == code_digest(root)


def trust(root: Path) -> str:
    """Remember a folder as trusted as it stands now, and give its digest."""
    path = store()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = {**remembered(), str(root.resolve()): code_digest(root)}
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(known, file, indent=2, sort_keys=True)
    part.replace(path)
    return known[str(root.resolve())]
