"""What a suite may not say: names that cannot be told apart, tables without a place, expectations of no form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycase.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycase.document import Document
    from everycase.model import Effective
    from everycase.suite_files import ExpectationEntry, FieldEntry

_FORMAT = re.compile(r"(?:[^%]|%[YymdbBHMSf])+")
_TABLE = re.compile(r"[a-z][a-z0-9_]*")
#: beginnings of names that are columns of our own
_OURS = (
    "occurrences of ", "rows of ", "key of ", "mark ", "profile ", "group ", "digit of ", "cell of ", "exact ",
    "rest of ", "listed_",
)  # fmt: skip


def check_place(
    table: str, parent: str | None, parts: Iterable[str], document: Document, place: tuple[str, ...]
) -> None:
    """Refuse a table whose name cannot be written in a predicate, or whose parent does not stand above it."""
    if not _TABLE.fullmatch(table):
        message = f"'{table}' cannot be the name of a table: use small letters, digits and underlines"
        raise document.refuse("wrong-value", message, place)
    if parent is not None and parent not in parts:
        message = f"the parent '{parent}' of table '{table}' does not stand above it"
        raise document.refuse("unknown-table", message, (*place, "parent"), nearest(parent, parts))


def check_table(entry: ExpectationEntry, tables: Iterable[str], document: Document, position: int) -> None:
    """Refuse an expectation that names no table where there are several, or one that there is not."""
    tables = set(tables)
    place = ("expectations", position)
    if tables and entry.table is None:
        raise document.refuse("missing-key", "an expectation of a suite of several tables needs its 'table'", place)
    if entry.table is not None and entry.table not in tables:
        message = f"there is no table '{entry.table}' in this suite"
        raise document.refuse("unknown-table", message, (*place, "table"), nearest(entry.table, tables))


def check_names(
    fields: Mapping[str, object], derived: Mapping[str, str], document: Document, place: tuple[str, ...]
) -> None:
    """Refuse names that an engine would take for one another: they are columns, and capitals make no difference."""
    taken = {"rowid": "the number of a record"}
    for part, names in (("fields", fields), ("derived", derived)):
        for name in names:
            if not name.strip() or "\0" in name or name.startswith(_OURS):
                raise document.refuse("wrong-value", f"'{name}' cannot be the name of a field", (*place, part, name))
            if name.casefold() in taken:
                message = f"'{name}' cannot be told from {taken[name.casefold()]}"
                raise document.refuse("name-taken", message, (*place, part, name), "Give it another name.")
            taken[name.casefold()] = f"'{name}'"
    for name in fields:
        for beside in (f"{name}__raw", f"{name}__listed"):
            if beside.casefold() in taken:
                message = f"{taken[beside.casefold()]} is kept for what was supplied as '{name}'"
                raise document.refuse("name-taken", message, (*place, "fields", beside), "Give it another name.")


def check_days(given: Effective, document: Document, place: tuple[str | int, ...]) -> None:
    """Refuse days between which nothing lies."""
    if given.from_ is not None and given.to is not None and given.from_ > given.to:
        raise document.refuse("wrong-value", "'from' is after 'to', so that it would never hold", (*place, "effective"))


def check_formats(given: FieldEntry, document: Document, place: tuple[str, ...]) -> None:
    """Refuse a format that is not read, and formats or a pattern beside a type that they say nothing about."""
    if given.pattern is not None and given.type != "text":
        raise document.refuse("wrong-value", "a pattern belongs to a field of type 'text'", (*place, "pattern"))
    if given.type != "date":
        if "formats" in given.model_fields_set:
            raise document.refuse("wrong-value", "formats belong to a field of type 'date'", (*place, "formats"))
        return
    if not given.formats:
        raise document.refuse("wrong-value", "a date needs at least one format", (*place, "formats"))
    for form in given.formats:
        if not _FORMAT.fullmatch(form) or not re.search("%[Yy]", form):
            message = f"'{form}' is no date format that is read here"
            raise document.refuse("wrong-value", message, (*place, "formats"), "Write one like %d/%m/%Y or %d-%b-%y.")


def check_form(entry: ExpectationEntry, document: Document, position: int) -> None:
    """Refuse an expectation that is none or several of the three forms."""
    place = ("expectations", position)
    forms = [entry.check is not None, entry.expectation is not None, entry.requires is not None]
    if sum(forms) != 1:
        message = "an expectation needs exactly one of 'check', 'expectation' and 'requires'"
        raise document.refuse("expectation-form", message, place)
    if entry.expectation is None and entry.kwargs:
        message = "'kwargs' belong to an 'expectation' only"
        raise document.refuse("expectation-form", message, place)
    if entry.check is None and entry.fields:
        raise document.refuse("expectation-form", "'fields' binds a check's parameters; this names no check", place)
    if entry.check is not None and (entry.applies or entry.passing or entry.failing):
        message = "a check brings its own predicates and examples"
        raise document.refuse("expectation-form", message, place)
