"""What a file of expectations/ may say: fields, tables, derived names and expectations, as they are written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from everycase.model import Effective, Model, Reference

FieldType = Literal["code", "text", "date", "integer", "number"]
Scalar = str | int | float | bool


class Thresholds(Model):
    """The least share, 0 to 1, of the applicable records that must reach a tier; None asks nothing."""

    supplied: float | None = Field(default=None, ge=0, le=1)
    valid: float | None = Field(default=None, ge=0, le=1)
    known: float | None = Field(default=None, ge=0, le=1)
    severity: Literal["error", "query", "warning"] = "error"


class FieldEntry(Model):
    """One field as a suite file gives it."""

    title: str
    type: FieldType
    codelist: str | None = None
    formats: list[str] = ["%Y-%m-%d"]
    pattern: str | None = None
    required: str = "always"
    valid: str | None = None
    forced: str | None = None
    thresholds: Thresholds = Thresholds()
    why: str = ""
    fix: str = ""
    pilot: bool = False


#: field -> text; or, where a rule looks at other tables, `table.field` -> text and table -> its rows
Example = dict[str, str | list[dict[str, str]]]


class TableEntry(Model):
    """One of several tables of a suite.

    Attributes:
        parent: the table whose records this one's belong to; None for the topmost.
        keys: fields that name a record to a person; `table.field` is one of a table above.
    """

    title: str | None = None
    parent: str | None = None
    keys: list[str] = []
    fields: dict[str, FieldEntry] = {}
    derived: dict[str, str] = {}


class ExpectationEntry(Model):
    """One expectation in any of its three forms; `suites.Suite` knows which keys go with which."""

    check: str | None = None
    expectation: str | None = None
    kwargs: dict[str, Any] = {}
    code: str | None = None
    name: str | None = None
    title: str | None = None
    why: str | None = None
    fix: str | None = None
    fix_analyst: str | None = None
    applies: str | None = None
    requires: str | None = None
    fields: dict[str, Scalar] = {}
    dimension: Literal["accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity"] | None = None
    severity: Literal["error", "query", "warning"] | None = None
    priority: str | None = None
    threshold: float | None = Field(default=None, ge=0, le=1)
    references: list[Reference] = []
    effective: Effective = Effective()
    official: str = ""
    table: str | None = None
    passing: list[Example] = []
    failing: list[Example] = []
    notes: str = ""
    meta: dict[str, Any] = {}
    aliases: list[str] = []


class SuiteFile(Model):
    """One file of expectations/.

    Attributes:
        tables: the tables of a source of several; then fields and derived names stand there, and each expectation
            names its table.
        include: files below expectations/ with further expectations, so that a long suite can be told by subject.
    """

    suite: str
    title: str
    description: str = ""
    extends: str | None = None
    effective: Effective = Effective()
    references: list[Reference] = []
    fields: dict[str, FieldEntry] = {}
    derived: dict[str, str] = {}
    tables: dict[str, TableEntry] = {}
    include: list[str] = []
    expectations: list[ExpectationEntry] = []
    remove: list[str] = []


class ExpectationsFile(Model):
    """A file that a suite includes."""

    expectations: list[ExpectationEntry]
