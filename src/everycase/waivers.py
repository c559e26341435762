"""Waivers: a failing rule that somebody answers for until a day; applied by the gate, always shown, never hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from everycase.document import read_document, validated
from everycase.errors import nearest
from everycase.model import Day, Model

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from everycase.document import Document
    from everycase.project import Project

FILE = "waivers.yaml"
Reason = Literal[
    "system_cannot_record", "supplier_change_agreed", "definition_disputed", "true_as_recorded", "remedy_in_progress"
]


class Waiver(Model):
    """One waiver.

    Attributes:
        rule: its code.
        source: the id of the source.
        scope: group field -> code, where only the records of that group are waived; all records where empty.
        reason: a code; free text is not kept.
        approver: the role that answers for it, never a person's name.
        expires: the last day on which it holds.
    """

    rule: str
    source: str
    scope: dict[str, str] = Field(default={}, max_length=1)
    reason: Reason
    approver: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    expires: Day

    def holds_on(self, day: dt.date) -> bool:
        """Say whether it still holds."""
        return day <= self.expires


class WaiverFile(Model):
    """The whole of waivers.yaml."""

    waivers: list[Waiver]


class Waivers:
    """The waivers of a project, in the order of the file."""

    def __init__(self, entries: tuple[Waiver, ...], document: Document | None) -> None:
        self.entries = entries
        self.document = document

    @classmethod
    def read(cls, project: Project) -> Waivers:
        """Read waivers.yaml; none where there is no such file.

        Raises:
            ConfigurationError: it cannot be used, or names a source, rule or group that does not exist.
        """
        path: Path = project.root / FILE
        if not path.is_file():
            return cls((), None)
        document = read_document(path, FILE)
        found = validated(WaiverFile, document, document.data)
        seen: dict[tuple[str, str, str], int] = {}
        for number, waiver in enumerate(found.waivers):
            place = ("waivers", number)
            if waiver.source not in project.sources:
                message = f"there is no source '{waiver.source}'"
                instead = nearest(waiver.source, project.sources)
                raise document.refuse("unknown-source", message, (*place, "source"), instead)
            codes = [rule.code for rule in project.rules_of(waiver.source)]
            if waiver.rule not in codes:
                message = f"the source '{waiver.source}' has no rule '{waiver.rule}'"
                raise document.refuse("unknown-rule", message, (*place, "rule"), nearest(waiver.rule, codes))
            groups = project.sources[waiver.source].group_by
            for name in waiver.scope:
                if name not in groups:
                    message = f"the source '{waiver.source}' is not grouped by '{name}'"
                    raise document.refuse("wrong-group", message, (*place, "scope"), nearest(name, groups))
            key = (waiver.source, waiver.rule, str(sorted(waiver.scope.items())))
            if key in seen:
                message = f"the same rule and scope is waived twice, first as number {seen[key] + 1}"
                raise document.refuse("name-taken", message, place, "Keep one.")
            seen[key] = number
        return cls(tuple(found.waivers), document)

    def where(self, waiver: Waiver) -> str:
        """Give file and line of a waiver."""
        if self.document is None:
            return FILE
        return self.document.where(("waivers", self.entries.index(waiver)))

    def of(self, source: str, rule: str) -> list[Waiver]:
        """List the waivers of a rule."""
        return [w for w in self.entries if (w.source, w.rule) == (source, rule)]


def remaining(source: Mapping[str, object], rule: Mapping[str, int], scopes: list[dict[str, str]]) -> tuple[int, int]:
    """Give failing and judged of a rule without the records of some groups.

    Args:
        source: in the shape of result.json.
        rule: one of its rules.
        scopes: each one group field and code; groups of different fields may overlap, so only one field is taken off.
    """
    failing, judged = rule["failing"], rule["passing"] + rule["failing"]
    field = next(iter(scopes[0]))
    wanted = {scope[field] for scope in scopes if field in scope}
    groups = source["groups"]
    assert isinstance(groups, list)  # noqa: S101 - the shape says so
    for group in groups:
        if group["field"] == field and group["value"] in wanted:
            for counts in group["rules"]:
                if counts["code"] == rule["code"]:
                    failing -= counts["failing"]
                    judged -= counts["passing"] + counts["failing"]
    return failing, judged
