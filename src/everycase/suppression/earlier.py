"""What was published before: the earlier releases themselves, read as anybody can read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from everycase.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Groups = frozenset[str]
Count = tuple[str, str, str]


class Earlier:
    """One source in the earlier releases, oldest first: printed counts, and which counts were withheld."""

    def __init__(self, releases: Sequence[dict[str, Any]], source: str) -> None:
        """Take the releases that have figures for the source."""
        found = [s for r in releases for s in r["sources"] if s["id"] == source and s["rows"]]
        self.known: dict[tuple[str, Groups], dict[Count, int | None]] = {}
        self._withheld: set[tuple[str, Groups, Count]] = set()
        self._pools: set[tuple[str, Groups]] = set()
        self.exists = bool(found)
        for number, said in enumerate(found):
            for row in said["rows"]:
                place = (row["by"], frozenset(row["groups"]))
                counts = dict(_counts(row))
                self._withheld |= {(*place, c) for c, n in counts.items() if n is None}
                if row["pooled"]:
                    self._pools.add(place)
                if number == len(found) - 1:
                    self.known[place] = counts

    def pools(self, axis: str) -> list[Groups]:
        """List the sets of groups that were pooled."""
        return sorted((groups for by, groups in self._pools if by == axis), key=sorted)

    def ever_withheld(self, axis: str, groups: Groups, count: Count) -> bool:
        """Say whether a count of this very row was withheld in any release."""
        return (axis, groups, count) in self._withheld

    def records(self, axis: str, groups: Groups) -> int | None:
        """Give the records that the last release showed for some groups; None where it did not tell."""
        return self.before(axis, groups, ("", "", "records"))

    def before(self, axis: str, groups: Groups, count: Count) -> int | None:
        """Give what the last release printed of some groups; 0 where they had no record, None where it did not tell."""
        if not self.exists:
            return 0
        whole = self.known.get((axis, groups))
        if whole is not None:
            return whole.get(count)
        rows = [(g, c) for (by, g), c in self.known.items() if by == axis and g & groups]
        inside = [(g, c) for g, c in rows if g <= groups]
        # NOTE: the finest rows only, each group once; a level above would count it twice.
        finest = [(g, c) for g, c in inside if not any(h < g for h, _ in inside)]
        left = groups - frozenset[str]().union(*(g for g, _ in finest))
        if any(g & left for g, _ in rows) or (axis and not any(by == axis for by, _ in self.known)):
            return None
        found = [c.get(count) for _, c in finest]
        return None if None in found else sum(n for n in found if n is not None)

    def had(self, axis: str, groups: Groups, count: Count) -> bool:
        """Say whether the last release had such a count at all for this row, printed or withheld."""
        return count in self.known.get((axis, groups), {})

    def speaks_of(self, count: Count) -> bool:
        """Say whether the last release had such a count for any row."""
        return any(count in counts for counts in self.known.values())


def _counts(row: dict[str, Any]) -> Iterable[tuple[Count, int | None]]:
    yield ("", "", "records"), row["records"]
    for kind in ("fields", "rules"):
        for name, counts in row[kind].items():
            for count, number in counts.items():
                yield (kind, name, count), number


def read_releases(folder: Path, report: str, root: Path) -> list[dict[str, Any]]:
    """Read the earlier releases of a report, in the order of their days and names.

    Raises:
        ConfigurationError: a file is no release; without it, nobody could say what is known already.
    """
    found = []
    for path in sorted((folder / report).glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            usable = data["release"] == report and isinstance(data["sources"], list) and data["rounding"] >= 1
            found.append((data["as_of"], path.name, data))
        except (OSError, ValueError, KeyError, TypeError):
            usable = False
        if not usable:
            where = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
            message = "is not a release of this report, so that nobody can say what is known already"
            instead = "Put there what was published, unchanged, and nothing else."
            raise ConfigurationError("release-unreadable", message, where=where, instead=instead)
    return [data for _, _, data in sorted(found, key=lambda f: f[:2])]
