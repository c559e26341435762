"""What must fit together: the registry names suites, fields and tables that there are, and every suite is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from everycase.document import Document
    from everycase.registry import Registry, SourceEntry
    from everycase.suites import Suite, Suites


def check_sources(registry: Registry, suites: Suites) -> None:
    """Refuse a registry that names what the project does not have."""
    document = registry.document
    used = set()
    for name, source in registry.sources.items():
        place = ("sources", name)
        if source.suite not in suites:
            message = f"there is no suite '{source.suite}'"
            hint = nearest(source.suite, suites.names())
            raise document.refuse("unknown-suite", message, (*place, "suite"), hint)
        used.add(source.suite)
        if source.rulesets is not None:
            used.update(source.rulesets.suites.values())
            _check_rulesets(source, suites, document, place)
        suite = suites[source.suite]
        if suite.tables:
            _check_tables(source, suite, document, place)
        else:
            _check_one_table(source, suite, document, place)
        _check_scoring(source, suite, document, place)
    _check_unused(suites, used)


def _check_rulesets(source: SourceEntry, suites: Suites, document: Document, place: tuple[str, ...]) -> None:
    """Refuse rule sets that cannot be told apart by a date of the extract, or that do not fit the source."""
    given = source.rulesets
    assert given is not None  # noqa: S101 - whoever asks has seen it
    if source.reader.kind != "xml":
        message = "'rulesets' are chosen by a date in the extract, which is read in XML only"
        raise document.refuse("wrong-value", message, (*place, "rulesets"))
    for year, name in given.suites.items():
        where = (*place, "rulesets", "suites", year)
        if name not in suites:
            message = f"there is no suite '{name}'"
            raise document.refuse("unknown-suite", message, where, nearest(name, suites.names()))
        suite = suites[name]
        if suite.effective.from_ is None or suite.effective.to is None:
            message = f"the suite '{name}' does not say from when to when it is in force"
            raise document.refuse("missing-key", message, where, "Write effective: {from: ..., to: ...} in it.")
        table, _, field = given.by.partition(".")
        if table not in suite.tables or field not in suite.tables[table].fields:
            message = f"'{given.by}' is no field of suite '{name}': write table.field"
            raise document.refuse("unknown-field", message, (*place, "rulesets", "by"))
        if suite.tables[table].fields[field].type != "date":
            raise document.refuse("wrong-value", f"'{given.by}' is no date field", (*place, "rulesets", "by"))
        _check_tables(source, suite, document, place)
    if source.suite not in given.suites.values():
        message = f"the suite '{source.suite}' is none of the rule sets"
        raise document.refuse("wrong-value", message, (*place, "suite"), "Name the newest of them.")


def _check_one_table(source: SourceEntry, suite: Suite, document: Document, place: tuple[str, ...]) -> None:
    """Refuse what does not fit a suite of one table."""
    if source.reader.kind == "xml" or (source.reader.tables and source.reader.records is None):
        message = "'records' must name the table that the records come from, or the suite have the same tables"
        raise document.refuse("missing-key", message, (*place, "reader"))
    for supplied, target in source.columns.items():
        if target not in suite.fields:
            message = f"'{target}' is no field of suite '{suite.name}'"
            raise document.refuse("unknown-field", message, (*place, "columns", supplied),
                                  nearest(target, suite.fields))  # fmt: skip
    if len(set(source.columns.values())) != len(source.columns):
        raise document.refuse("wrong-value", "two columns are mapped to one field", (*place, "columns"))
    named = [("keys", k) for k in source.keys] + [("group_by", g) for g in source.group_by]
    named += [("period", source.period)] if source.period else []
    for part, target in named:
        if target not in suite.fields:
            message = f"'{target}' is no field of suite '{suite.name}'"
            raise document.refuse("unknown-field", message, (*place, part), nearest(target, suite.fields))
    for target in source.group_by:
        listed = suite.fields[target].codelist
        if listed is None or listed.open:
            message = f"'{target}' has no closed code list, and free text must not become a heading"
            raise document.refuse("wrong-group", message, (*place, "group_by"), "Group by a code field.")
    if source.period and suite.fields[source.period].type != "date":
        raise document.refuse("wrong-value", f"'{source.period}' is no date field", (*place, "period"))


def _check_tables(source: SourceEntry, suite: Suite, document: Document, place: tuple[str, ...]) -> None:
    """Refuse what does not fit a suite of several tables."""
    for name in ("keys", "group_by", "period"):
        if getattr(source, name):
            message = f"'{name}' is not read where a suite has several tables"
            raise document.refuse("unknown-key", message, (*place, name), "Keys stand with the tables of the suite.")
    if source.reader.records is not None or source.reader.kind not in {"xml", "delimited"}:
        message = "a suite of several tables is read from as many tables, each with records of its own"
        raise document.refuse("wrong-value", message, (*place, "reader"))
    tables = source.reader.tables
    for name, table in tables.items():
        where = (*place, "reader", "tables", name)
        if name not in suite.tables:
            message = f"'{name}' is no table of suite '{suite.name}'"
            raise document.refuse("unknown-table", message, where, nearest(name, suite.tables))
        above = suite.tables[name].above
        targets = {target.partition(".")[0] for target in table.join.values()}
        if source.reader.kind == "delimited" and targets != set(above[:1]):
            words = f"'{above[0]}', which the suite says it belongs to" if above else "nothing: it belongs to no other"
            raise document.refuse("wrong-value", f"table '{name}' must join {words}", (*where, "join"))
    for name in suite.tables:
        if name not in tables:
            message = f"the suite has a table '{name}', of which nothing says where it lies"
            raise document.refuse("missing-key", message, (*place, "reader", "tables"))
    for supplied, target in source.columns.items():
        own, _, name = target.partition(".")
        if own not in suite.tables or name not in suite.tables[own].fields:
            message = f"'{target}' is no field of suite '{suite.name}': write table.field"
            raise document.refuse("unknown-field", message, (*place, "columns", supplied))
        if supplied.partition(".")[0] != own:
            message = f"'{supplied}' must be a column of table '{own}': write {own}.column"
            raise document.refuse("wrong-value", message, (*place, "columns", supplied))


def _check_scoring(source: SourceEntry, suite: Suite, document: Document, place: tuple[str, ...]) -> None:
    """Refuse a tolerance for defaults in a field that there is not: it would tolerate nothing."""
    known = [f"{p.table}.{n}" if suite.tables else n for p in suite.parts() for n in p.fields]
    for target in source.scoring.defaults if source.scoring else ():
        if target not in known:
            message = f"'{target}' is no field of suite '{suite.name}'"
            raise document.refuse("unknown-field", message, (*place, "scoring", "defaults", target),
                                  nearest(target, known))  # fmt: skip


def _check_unused(suites: Suites, used: set[str]) -> None:
    """Refuse a suite that no source uses, unless another suite extends it."""
    extended = suites.extended()
    for name in suites.names():
        if name not in used and name not in extended:
            file = suites[name].file
            message = f"no source uses the suite '{name}'"
            instead = "Name it in sources.yaml, or remove it: a suite that never runs proves nothing."
            raise ConfigurationError("suite-without-source", message, where=f"{file}:1", instead=instead)
