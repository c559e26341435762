"""What must fit together for linking: pathways name sources, identifiers and fields that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycase.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycase.check import Catalogue
    from everycase.pathways import LinkingEntry
    from everycase.registry import Registry
    from everycase.suites import Suite, Suites

Path_ = tuple[str | int, ...]


def check_pathways(registry: Registry, suites: Suites, catalogue: Catalogue, *, complete: bool) -> None:
    """Refuse pathways that name what the project does not have.

    Args:
        registry: sources.yaml.
        suites: of its sources.
        catalogue: of the checks.
        complete: whether the project's own checks are in the catalogue.
    """
    document, entry = registry.document, registry.entry
    for name, kind in entry.identifiers.items():
        if kind.check is None or not complete:
            continue
        check, at = catalogue.find(kind.check), ("identifiers", name, "check")
        if check is None:
            message = f"there is no check '{kind.check}'"
            raise document.refuse("unknown-check", message, at, nearest(kind.check, catalogue.words()))
        if sum(p.default is None for p in check.parameters.values()) != 1:
            message = f"the check '{kind.check}' asks about more than the identifier"
            raise document.refuse("wrong-value", message, at)
    for name, source in registry.sources.items():
        if source.linking is not None:
            _check_source(registry, source.linking, suites[source.suite], ("sources", name, "linking"))
    for name, pathway in entry.pathways.items():
        for i, step in enumerate(pathway.steps):
            for side, other in (("from", step.from_), ("to", step.to)):
                place = ("pathways", name, "steps", i, side)
                if other not in registry.sources:
                    message = f"there is no source '{other}'"
                    raise document.refuse("unknown-source", message, place, nearest(other, registry.sources))
                linking = registry.sources[other].linking
                lacking = [k for k in step.on if linking is None or k not in linking.identifiers]
                if lacking:
                    message = f"the source '{other}' does not say which field holds the identifier '{lacking[0]}'"
                    instead = f"Write linking: {{identifiers: {{{lacking[0]}: FIELD}}}} under '{other}'."
                    raise document.refuse("missing-key", message, place, instead)
            if step.from_ == step.to:
                message = "a step leads from one source to another"
                raise document.refuse("wrong-value", message, ("pathways", name, "steps", i))


def _check_source(registry: Registry, linking: LinkingEntry, suite: Suite, place: Path_) -> None:
    document = registry.document
    if suite.tables:
        message = "'linking' is read of sources of one table only"
        raise document.refuse("wrong-value", message, place)
    for kind, field in linking.identifiers.items():
        if kind not in registry.entry.identifiers:
            message = f"there is no identifier '{kind}'"
            raise document.refuse(
                "unknown-field", message, (*place, "identifiers", kind), nearest(kind, registry.entry.identifiers)
            )
        if field not in suite.fields and field not in linking.columns:
            message = f"'{field}' is no field of suite '{suite.name}' and no column that 'columns' names"
            raise document.refuse("unknown-field", message, (*place, "identifiers", kind), nearest(field, suite.fields))
    for column in linking.columns:
        if column in suite.fields:
            message = f"'{column}' is a field of suite '{suite.name}' already"
            raise document.refuse("wrong-value", message, (*place, "columns"))
    for path, field, kind in _fields(linking):
        if field not in suite.fields:
            message = f"'{field}' is no field of suite '{suite.name}'"
            raise document.refuse("unknown-field", message, (*place, *path), nearest(field, suite.fields))
        spec = suite.fields[field]
        if (kind == "date") != (spec.type == "date") or (kind == "code" and spec.codelist is None):
            raise document.refuse("wrong-value", f"'{field}' is no {kind} field", (*place, *path))
    flag = linking.flag
    if flag is None:
        return
    if flag.from_age is not None and (not flag.born or flag.on is None):
        message = "an age from which a definition holds needs 'born' and 'on'"
        raise document.refuse("missing-key", message, (*place, "flag"))
    listed = suite.fields[flag.field].codelist
    says = {c.concept for c in listed.codes.values()} if listed else set()
    if not {"yes", "no"} - ({"no"} if flag.otherwise else set()) <= says:
        raise document.refuse("wrong-value", f"the codes of '{flag.field}' do not say yes and no", (*place, "flag"))


def _fields(linking: LinkingEntry) -> Iterator[tuple[Path_, str, str]]:
    """Give every field that is named, with its place and the type it must have."""
    for name, kind in (("date", "date"), ("sex", "code"), ("dob", "date")):
        field = getattr(linking, name)
        if field is not None:
            yield (name,), field, kind
    if linking.flag is not None:
        yield ("flag", "field"), linking.flag.field, "code"
        for i, born in enumerate(linking.flag.born):
            yield ("flag", "born", i), born, "date"
        if linking.flag.on is not None:
            yield ("flag", "on"), linking.flag.on, "date"
