"""What a dip sample found of an extract, read from where the registry says it lies."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

from everycase.errors import ConfigurationError
from everycase.outcome import Accuracy

if TYPE_CHECKING:
    from pathlib import Path


def measured(path: Path, name: str, source: str, digest: str) -> Accuracy | None:
    """Give what was found; None where the sample was drawn from other bytes: it says nothing about these.

    Raises:
        ConfigurationError: there is no such file, or it is none that `everycase dip-sample` wrote.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        same = document["source"] == source and bool(digest) and document["extract_sha256"] == digest
        found = Accuracy(**{f.name: document["accuracy"][f.name] for f in fields(Accuracy)})
        numbers = [getattr(found, f.name) for f in fields(Accuracy) if f.name != "field"]
        sound = all(type(n) is int and n >= 0 for n in numbers) and type(found.field) is str
        sound = sound and found.agreeing + found.over + found.under == found.compared <= found.drawn <= found.population
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        message = "the file under 'dip_sample' is none that a dip sample left"
        raise ConfigurationError(
            "dip-sample", message, where=name, instead="Write it with everycase dip-sample --read."
        )
    return found if same else None
