"""How the cells of an extract become typed columns, in layers of one statement.

What most cells are is tried first and cheaply: the code as it stands, an ISO date. Blanks at the ends are looked for
only in the few cells that are not that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycase.engines.duck_columns import closed, digit_name, kind_name, listed_name, looked_up, plain, raw_name
from everycase.engines.duck_text import bare_cell, blank_cell, exact_cell, typed_cell
from everycase.marks import codes_in_force
from everycase.sqltext import identifier, quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from everycase.engines.duck_columns import DuckColumns
    from everycase.suites import FieldSpec

#: up to so many codes are compared one by one, which is quicker than looking them up
_FEW = 8


def enum_types(fields: Mapping[str, FieldSpec], day: dt.date | None) -> Iterable[str]:
    """Write the statements that make an enum of each code list."""
    for spec in fields.values():
        if spec.codelist is not None:
            codes = ", ".join(quoted(c) for c in codes_in_force(spec, day)) or "''"
            yield f"CREATE TYPE {kind_name(spec.name)} AS ENUM ({codes})"


def odd_fields(fields: Mapping[str, FieldSpec], missing: frozenset[str]) -> list[str]:
    """List the fields of which odd cells are kept, in the order in which they stand in the column `odd`."""
    return [f.name for f in fields.values() if closed(f) and f.name not in missing]


def typed_sql(
    relation: str,
    fields: Mapping[str, FieldSpec],
    supplied: Mapping[str, str],
    columns: DuckColumns,
    derived: Mapping[str, str],
    also: Sequence[str] = (),
) -> str:
    """Write the typed relation over a relation of text columns; it stands after FROM.

    Args:
        relation: what stands after FROM and yields the records in the order of the file.
        fields: the fields of the suite.
        supplied: field -> SQL of its text column, a cell with nothing or one space being NULL.
        columns: what is asked of the columns.
        derived: name -> SQL of what several conditions share.
        also: further columns, as they are to be selected from the relation.
    """
    layers = _Layers([*also])
    for spec in fields.values():
        layers.cells.append(f"{supplied.get(spec.name) or 'CAST(NULL AS VARCHAR)'} AS {_cell(spec)}")
        if closed(spec):
            _closed_layers(spec, columns, layers)
        elif plain(spec):
            _plain_layers(spec, columns, layers)
        else:
            _typed_layers(spec, columns, layers)
    odd = odd_fields(fields, frozenset(set(fields) - set(supplied)))
    if odd:
        rests = ", ".join(_rest(fields[name]) for name in odd)
        layers.classes.append(f"CASE WHEN COALESCE({rests}) IS NOT NULL THEN [{rests}] END AS odd")
    layers.derived += [f"{sql} AS {identifier(n)}" for n, sql in derived.items()]
    for layer in (layers.cells, layers.exact, layers.rests, layers.values, layers.classes, layers.derived):
        if layer != ["*"]:
            relation = f"(SELECT {', '.join(layer)} FROM {relation})"
    return relation


@dataclass(slots=True)
class _Layers:
    """The select lists of the layers, each over the one before.

    Attributes:
        cells: the text as supplied.
        exact: what it is if it is written in the most usual way, else NULL.
        rests: without blanks at its ends, where it is not; NULL where nothing is left.
        values: the typed values, and the classes of codes.
        classes: the classes of all other cells, and what is kept of text.
        derived: what several conditions share.
    """

    cells: list[str]
    exact: list[str] = field(default_factory=lambda: ["*"])
    rests: list[str] = field(default_factory=lambda: ["*"])
    values: list[str] = field(default_factory=lambda: ["*"])
    classes: list[str] = field(default_factory=lambda: ["*"])
    derived: list[str] = field(default_factory=lambda: ["*"])


def _cell(spec: FieldSpec) -> str:
    return identifier(f"cell of {spec.name}")


def _exact(spec: FieldSpec) -> str:
    return identifier(f"exact {spec.name}")


def _rest(spec: FieldSpec) -> str:
    return identifier(f"rest of {spec.name}")


def _rest_sql(spec: FieldSpec) -> str:
    """Write the text of a cell that is not written in the most usual way."""
    cell, rest = _cell(spec), _rest(spec)
    return f"CASE WHEN {_exact(spec)} IS NULL AND {cell} IS NOT NULL THEN {bare_cell(cell)} END AS {rest}"


def _closed_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    kind, exact, rest = kind_name(spec.name), _exact(spec), _rest(spec)
    classes, codes = columns.digits.get(spec.name), codes_in_force(spec, columns.day)
    valued = spec.name in columns.valued
    table = [classes.codes[c] for c in codes] if classes is not None else []
    compared = classes is not None and not valued and 0 < len(codes) <= _FEW
    if compared:
        whens = " ".join(f"WHEN {quoted(c)} THEN {number}" for c, number in zip(codes, table, strict=True))
        layers.exact.append(f"CAST(CASE {_cell(spec)} {whens} END AS UINTEGER) AS {exact}")
    else:
        layers.exact.append(f"TRY_CAST({_cell(spec)} AS {kind}) AS {exact}")
    layers.rests.append(_rest_sql(spec))
    padded = f"TRY_CAST({rest} AS {kind})"
    if valued:
        found = f"COALESCE({exact}, CASE WHEN {rest} IS NOT NULL THEN {padded} END)"
        layers.values.append(f"{found} AS {identifier(spec.name)}")
        layers.classes += [f"{rest} AS {identifier(raw_name(spec.name))}"] if spec.name in columns.raws else []
    if classes is not None:
        first = exact if compared else looked_up(f"enum_code({exact})", table) if table else str(classes.wrong)
        second = f"WHEN {padded} IS NOT NULL THEN {looked_up(f'enum_code({padded})', table)} " if table else ""
        digit = f"WHEN {rest} IS NULL THEN {classes.blank} {second}ELSE {classes.wrong}"
        found = f"CAST(CASE WHEN {exact} IS NOT NULL THEN {first} {digit} END AS UINTEGER)"
        layers.values.append(f"{found} AS {identifier(digit_name(spec.name))}")


def _plain_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    """Write the columns of a field that takes any text."""
    cell, classes = _cell(spec), columns.digits.get(spec.name)
    blank = blank_cell(cell)
    if spec.name in columns.valued:
        layers.values.append(f"{bare_cell(cell)} AS {identifier(spec.name)}")
        blank = f"{identifier(spec.name)} IS NULL"
    if classes is not None:
        digit = f"CAST(CASE WHEN {blank} THEN {classes.blank} ELSE {classes.other} END AS UINTEGER)"
        layers.classes.append(f"{digit} AS {identifier(digit_name(spec.name))}")


def _typed_layers(spec: FieldSpec, columns: DuckColumns, layers: _Layers) -> None:
    """Write the columns of a date, a number, a text with a pattern, or a code of an open list."""
    name, rest, classes = identifier(spec.name), _rest(spec), columns.digits.get(spec.name)
    layers.exact.append(f"{exact_cell(spec, _cell(spec)) or 'NULL'} AS {_exact(spec)}")
    layers.rests.append(_rest_sql(spec))
    slow = f"CASE WHEN {rest} IS NOT NULL THEN {typed_cell(spec, rest)} END"
    layers.values.append(f"COALESCE({_exact(spec)}, {slow}) AS {name}")
    held = identifier(listed_name(spec.name))
    if spec.name in columns.listed:
        layers.values.append(f"TRY_CAST({rest} AS {kind_name(spec.name)}) AS {held}")
    if spec.name in columns.raws:
        layers.classes.append(f"CASE WHEN {name} IS NULL THEN {rest} END AS {identifier(raw_name(spec.name))}")
    if classes is not None:
        good = str(classes.other)
        if classes.codes:
            table = [classes.codes[c] for c in codes_in_force(spec, columns.day)]
            listed = looked_up(f"enum_code({held})", table)
            good = f"CASE WHEN {held} IS NOT NULL THEN {listed} ELSE {classes.other} END"
        blank = f"WHEN {rest} IS NULL THEN {classes.blank} " if classes.blank != classes.wrong else ""
        digit = f"CAST(CASE WHEN {name} IS NOT NULL THEN {good} {blank}ELSE {classes.wrong} END AS UINTEGER)"
        layers.classes.append(f"{digit} AS {identifier(digit_name(spec.name))}")
