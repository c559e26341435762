"""What several tests of readers name: the mark that must not come back, and what was repaired."""

from __future__ import annotations

CANARY = "Qzx7canary"


def repairs(opened):
    return {r.kind: r.count for r in opened.repairs}
