"""Verification: everything in the ledger made anew from its entries, and compared; the head compared with one kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from everycase.ledger.chain import GENESIS, Head, canonical, chained, digest_of, signed_by
from everycase.ledger.tables import DERIVED, ENTRIES, REMOVALS, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row, Table


_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found.

    Attributes:
        findings: what does not hold; empty where all does.
        remarks: what a person should know all the same.
    """

    entries: int
    runs: int
    removed: int
    signed: int
    keys: tuple[str, ...]
    head: Head | None
    findings: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(connection: Connection, kept: Sequence[Head] = (), key: str = "") -> Report:
    """Check chain, signatures, tables and heads.

    Args:
        connection: sees one state of the ledger.
        kept: heads from outside the ledger.
        key: the public key in hexadecimal that all signed entries must bear; any where "".
    """
    findings: list[str] = []
    remarks: list[str] = []
    removed = {n for (n,) in connection.execute(select(REMOVALS.c.removed))}
    digests: dict[int, Head] = {}
    keys: dict[str, int] = {}
    previous, number, latest, runs = GENESIS, 0, "", 0
    for entry in connection.execute(select(ENTRIES).order_by(ENTRIES.c.sequence)):
        number += 1
        if entry.sequence != number:
            findings.append(_gap(number, entry.sequence))
            number = entry.sequence
        findings += _entry(connection, entry, previous, removed, key)
        if entry.recorded < latest:
            remarks.append(f"entry {entry.sequence} is dated before the one before it: the clock went back")
        previous, latest, runs = entry.digest, max(latest, entry.recorded), runs + (entry.kind == "run")
        digests[entry.sequence] = Head(entry.sequence, entry.digest, entry.signature, entry.key)
        keys[entry.key] = keys.get(entry.key, 0) + 1
    findings += _strays(connection, set(digests))
    last = digests.get(number)
    for head in kept:
        findings += _against(head, digests, last)
    unsigned = keys.pop("", 0)
    if number and unsigned:
        remarks.append(
            f"{unsigned} of {len(digests)} entries are unsigned: whoever can write the ledger can rewrite it"
        )
    if not kept:
        remarks.append("no head was given, so that a tail cut off, or a ledger written anew, cannot be seen")
    elif last is not None and max(h.sequence for h in kept) < number:
        remarks.append(
            f"the newest head given is of entry {max(h.sequence for h in kept)}: nothing vouches for later ones"
        )
    if keys and not key:
        remarks.append("the keys that signed were compared with none: give the organisation's own with --key")
    signed = len(digests) - unsigned
    return Report(len(digests), runs, len(removed), signed, tuple(keys), last, tuple(findings), tuple(remarks))


def _gap(expected: int, found: int) -> str:
    if found > expected:
        span = f"entry {expected} is" if found == expected + 1 else f"entries {expected} to {found - 1} are"
        return f"{span} missing: removed, or moved (column sequence)"
    return f"entry {found} stands where {expected} should (column sequence)"


def _entry(connection: Connection, entry: Row[Any], previous: str, removed: set[int], key: str) -> Iterator[str]:
    name = f"entry {entry.sequence}"
    if entry.previous != previous:
        yield f"{name}, column previous: it does not follow the entry before it"
    if entry.digest != chained(entry.sequence, entry.kind, entry.recorded, entry.previous, entry.content):
        yield f"{name}, columns kind, recorded, previous, content or digest: the digest is not that of the entry"
    if bool(entry.signature) != bool(entry.key):
        yield f"{name}, columns signature and key: one is there without the other"
    elif entry.signature and not signed_by(entry.digest, entry.signature, entry.key):
        yield f"{name}, columns signature or key: the signature is not of this key and digest"
    if key and entry.key != key:
        yield f"{name}, column key: {'signed with another key' if entry.key else 'not signed with the key given'}"
    if entry.body is None:
        if entry.sequence not in removed:
            yield f"{name}, column body: the content is gone, and no removal says so"
        expected: dict[Table, list[dict[str, Any]]] = {table: [] for table in DERIVED}
    else:
        if digest_of(entry.body.encode()) != entry.content:
            yield f"{name}, column body or content: the content is not the one that the digest stands for"
        try:
            body = json.loads(entry.body)
            if canonical(body) != entry.body.encode() or body["kind"] != entry.kind:
                yield f"{name}, column body: it is not written in its canonical form, or of another kind"
            expected = rows_of(entry.sequence, body)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"{name}, column body: it cannot be read, so that its tables cannot be compared"
            return
    for table, rows in expected.items():
        yield from _rows(connection, name, table, rows, entry.sequence)


def _rows(connection: Connection, name: str, table: Table, rows: list[dict[str, Any]], sequence: int) -> Iterator[str]:
    """Compare the rows of one entry in one table with those that its text stands for."""
    keys = [c.name for c in table.primary_key]
    expected = {tuple(r[k] for k in keys): r for r in rows}
    for row in connection.execute(select(table).where(table.c.sequence == sequence)):
        found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way, in spite of its name
        wanted = expected.pop(tuple(found[k] for k in keys), None)
        if wanted is None:
            yield f"{name}, table {table.name}: a row that its content does not hold ({', '.join(keys)})"
            continue
        wrong = [c for c, value in found.items() if value != wanted.get(c, _ABSENT)]
        if wrong:
            yield f"{name}, table {table.name}, column {', '.join(wrong)}: not what its content says"
    if expected:
        yield f"{name}, table {table.name}: {len(expected)} row(s) of its content missing ({', '.join(keys)})"


def _strays(connection: Connection, known: set[int]) -> Iterator[str]:
    """Name rows of entries that do not exist."""
    for table in DERIVED:
        found = {n for (n,) in connection.execute(select(table.c.sequence).distinct())}
        for number in sorted(found - known):
            yield f"table {table.name}, column sequence: rows of an entry {number} that does not exist"


def _against(kept: Head, digests: dict[int, Head], last: Head | None) -> Iterator[str]:
    found = digests.get(kept.sequence)
    if found is None:
        end = last.sequence if last else 0
        yield f"the head given is of entry {kept.sequence}, and the ledger ends at {end}: its tail was cut off"
    elif found.digest != kept.digest:
        yield f"entry {kept.sequence} is not the one whose head was given: the ledger was written anew up to there"
    elif (found.signature, found.key) != (kept.signature, kept.key):
        yield f"entry {kept.sequence} is not signed as the head given says"
