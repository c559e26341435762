"""`everycase profile`: what an extract holds, column by column, before anybody has mapped it.

Of what cells hold only what looks like a code and is frequent is shown, by the limits that reports have.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from everycase.disclosure import shown_values
from everycase.engines.duck_engine import Engine, engine_error
from everycase.errors import ExtractError, UsageError
from everycase.readers import Wanted, inspection, no_records
from everycase.readers.opening import kind_for, open_file
from everycase.registry import Reader
from everycase.reports import UnmappedValues
from everycase.scratch import scratch_folder
from everycase.sqltext import quoted
from everycase.words import number, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from everycase.outcome import Repair
    from everycase.project import Project

#: words by which a cell says that it is no answer -> standing
WORDS = {
    "not known": ("unknown", "not known", "unk", "n/k", "nk", "dont know", "don't know", "no information"),
    "not stated": ("not stated", "refused", "declined", "prefer not to say", "not disclosed", "withheld"),
    "not applicable": ("n/a", "na", "not applicable"),
}
#: codes that often stand for no answer -> what they may mean
GUESSES = {"9": "not known?", "99": "not known?", "999": "not known?", "9999": "not known?", "X": "not known?",
           "U": "not known?", "UK": "not known?", "NK": "not known?", "Z": "not stated?", "NS": "not stated?",
           "R": "refused?", "NA": "not applicable?"}  # fmt: skip
#: what cells look like -> the pattern that they have
FORMS = {
    "dates yyyy-mm-dd": r"\d{4}-\d{2}-\d{2}",
    "dates dd/mm/yyyy": r"\d{1,2}/\d{1,2}/\d{4}",
    "dates with a time": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*",
    "whole numbers": r"[+-]?\d{1,18}",
    "numbers": r"[+-]?\d+[.]\d+",
}
_LIMITS = UnmappedValues()
_MOST = 0.95


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column.

    Attributes:
        name: as supplied; `column 3` where the header has none, or does not read like one.
        supplied: cells that are not blank.
        known: those of them that do not say in words that they are no answer.
        distinct: different values.
        form: what most cells look like.
        says: standing -> how many cells say so in words.
        codes: values that look like codes and are frequent, with how often and what they may mean.
        key: whether each record has a value of its own.
    """

    name: str
    supplied: int
    known: int
    distinct: int
    form: str
    says: dict[str, int]
    codes: tuple[tuple[str, int, str], ...]
    key: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """An extract, column by column."""

    extract: str
    kind: str
    records: int
    columns: tuple[ColumnProfile, ...]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """An extract in a table of text, `extract`, with columns c0..cN."""

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    header_like: bool
    records: int
    kind: str
    repairs: tuple[Repair, ...]

    def one(self, sql: str, most: int | None = None) -> tuple[int, ...]:
        """Give the one row of a statement over the table, or over its first records."""
        import duckdb

        records = "extract" if most is None else f"(SELECT * FROM extract LIMIT {most})"
        try:
            return self.connection.execute(f"{sql} FROM {records}").fetchone() or ()
        except duckdb.Error as error:
            raise engine_error(error) from None


@contextmanager
def loaded(path: Path, reader: Reader, wanted: Wanted) -> Iterator[Loaded]:
    """Load an extract as text.

    Raises:
        ExtractError: it cannot be read whole.
    """
    import duckdb

    with scratch_folder() as scratch:
        engine = Engine(scratch)
        try:
            connection = engine.session()
            with open_file(path, reader, wanted, scratch) as opened:
                try:
                    connection.execute(f"CREATE TABLE extract AS SELECT * FROM {opened.relation}")
                except duckdb.Error as error:
                    raise opened.explain(error) from None
                (records,) = connection.execute("SELECT count(*) FROM extract").fetchone() or (0,)
                if not records:
                    raise no_records(path)
                if opened.records not in {None, records}:
                    message = f"{opened.records} records went in and {records} came out"
                    raise ExtractError("records-lost", message, where=inspection.shown(path))
            yield Loaded(connection, opened.columns, opened.header_like, int(records), kind_for(path, reader),
                         opened.repairs)  # fmt: skip
        finally:
            engine.close()


def profile_extract(path: Path, reader: Reader) -> Profile:
    """Look at every column of an extract.

    Raises:
        ExtractError: it cannot be read whole.
    """
    with loaded(path, reader, Wanted()) as found:
        columns = tuple(_column(found, i, name) for i, name in enumerate(found.columns))
        return Profile(inspection.shown(path), found.kind, found.records, columns, found.repairs)


def _column(found: Loaded, place: int, name: str) -> ColumnProfile:
    cell = f"trim(c{place})"
    listed = {standing: ", ".join(map(quoted, words)) for standing, words in WORDS.items()}
    asked = [f"count({cell})", f"count(DISTINCT {cell})", f"min(length({cell}))", f"max(length({cell}))"]
    asked += [f"count_if(lower({cell}) IN ({words}))" for words in listed.values()]
    asked += [f"count_if(regexp_full_match({cell}, {quoted(pattern)}))" for pattern in FORMS.values()]
    supplied, distinct, shortest, longest, *counted = found.one(f"SELECT {', '.join(asked)}")
    says = {s: n for s, n in zip(WORDS, counted, strict=False) if n}
    known = supplied - sum(says.values())
    forms = dict(zip(FORMS, counted[len(WORDS) :], strict=True))
    form = next((f for f, n in forms.items() if n and n >= _MOST * known), "")
    pattern = quoted(f"[A-Za-z0-9]{{1,{_LIMITS.longest}}}")
    frequent = found.connection.execute(
        f"SELECT {cell} AS value, count(*) AS times FROM extract WHERE regexp_full_match({cell}, {pattern}) "
        f"GROUP BY value HAVING count(*) >= {_LIMITS.fewest} ORDER BY times DESC, value LIMIT 13"
    ).fetchall()
    shown = [] if form.startswith("dates") else shown_values([(v, n) for v, n in frequent], distinct, _LIMITS)
    codes = tuple((v, n, GUESSES.get(v.upper(), "")) for v, n in shown)
    if not form:
        form = "text" if distinct > _LIMITS.most_distinct else "codes or words" if supplied else "nothing"
        if supplied:
            form += f", {shortest}" + (f" to {longest}" if longest > shortest else "")
            form += " letter" if longest == 1 else " letters"
    key = supplied == distinct == found.records and found.records > 1 and not form.startswith("dates")
    return ColumnProfile(name if name and found.header_like else f"column {place + 1}", supplied, known, distinct, form,
                         says, codes, key)  # fmt: skip


def head() -> tuple[str, ...]:
    """Give the headings of the table that people see."""
    return tuple(say(f"profile.head_{n}") for n in ("column", "supplied", "known", "distinct", "form", "codes"))


def table_of(profile: Profile) -> list[tuple[str, ...]]:
    """Give the rows of the table that people see, under `head()`."""
    rows: list[tuple[str, ...]] = []
    for c in profile.columns:
        said = [f"{v}: {number(n)}" + (f" ({guess})" if guess else "") for v, n, guess in c.codes]
        said += [say("profile.says", standing=standing, n=n) for standing, n in c.says.items()]
        said = [say("profile.may_be_key"), *said] if c.key else said
        figures = (_share(c.supplied, profile.records), _share(c.known, profile.records), number(c.distinct))
        rows.append((c.name, *figures, c.form, ", ".join(said)))
    return rows


def _share(part: int, whole: int) -> str:
    """Write a share so that all is never said of less, nor nothing of more."""
    share = part / whole * 100
    if part < whole and share >= 99.95:
        return "99.9%"
    return "0.1%" if part and share < 0.05 else f"{share:.1f}%"


def sentence(profile: Profile) -> str:
    """Say in one sentence what was read."""
    keys = [c.name for c in profile.columns if c.key]
    told = say("profile.key", names=", ".join(keys)) if keys else say("profile.no_key")
    records, columns = say("count.record", n=profile.records), say("count.column", n=len(profile.columns))
    return say("profile.read", records=records, columns=columns, kind=profile.kind.replace("_", " "), keys=told)


def write_page(profile: Profile, target: Path) -> None:
    """Write the profile as a page that needs nothing beside it.

    Raises:
        UsageError: the file cannot be written.
    """
    from everycase.reporting.scorecard_html import template

    page = template("profile.html.j2").render(
        profile=profile, head=head(), rows=table_of(profile), sentence=sentence(profile), number=number
    )
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(page, encoding="utf-8", newline="\n")
        part.replace(target)
    except OSError as error:
        message = f"the page cannot be written: {error.strerror or type(error).__name__}"
        raise UsageError("out-unwritable", message, where=target.name) from None


def show(profile: Profile) -> Sequence[str]:
    """Give the lines of the terminal, which read the same in a pipe."""
    rows = [head(), *table_of(profile)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    repaired = (f"  {say('profile.repaired', detail=r.detail)}" for r in profile.repairs)
    lines = [f"{profile.extract}: {sentence(profile)}", *repaired, ""]
    for row in rows:
        cells = [c.rjust(w) if 0 < i < 4 else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines


def show_profile(project: Project | None, source: str | None, extract: Path, out: Path | None) -> None:
    """Print the profile of an extract, and write it as a page where that is asked for.

    Args:
        project: where a source is named.
        source: the one whose reader is used.
        extract: the file.
        out: the page.
    """
    reader = Reader()
    if project is not None and source is not None:
        project.choose([source])
        reader = project.sources[source].reader
    found = profile_extract(extract, reader)
    sys.stdout.write("\n".join(show(found)) + "\n")
    if out is not None:
        write_page(found, out)
        sys.stdout.write(f"\nwritten: {out}\n")
