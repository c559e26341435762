"""Report definitions: what is written for whom, and what of the data it may show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from everycase.document import read_document, validated
from everycase.errors import ConfigurationError, UsageError, nearest
from everycase.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from everycase.codelists import Codelists
    from everycase.document import Document

Redaction = Literal["none", "tokens", "keys"]
Format = Literal[
    "action_plan_csv", "failing_csv", "failing_parquet", "public_csv", "public_html", "public_json", "public_xlsx",
    "result_json", "return_xlsx", "scorecard_csv", "scorecard_html", "scorecard_json", "scorecard_xlsx",
]  # fmt: skip
#: formats that list records
RECORDS: frozenset[Format] = frozenset({"failing_csv", "failing_parquet", "return_xlsx"})
#: the formats that are written from a protected release, and from nothing else
PROTECTED: tuple[Format, ...] = ("public_html", "public_csv", "public_json", "public_xlsx")
#: name of a level -> the levels or the groups in it
Levels = TypeAliasType("Levels", "dict[str, Levels] | list[str]")


class Output(Model):
    """One file that a report consists of."""

    format: Format
    file: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")


class UnmappedValues(Model):
    """When a value outside its code list may be listed: it must look like a code, and be frequent."""

    longest: int = Field(default=4, ge=1, le=12)
    fewest: int = Field(default=10, ge=2)
    most_distinct: int = Field(default=12, ge=0)


class Suppression(Model):
    """Which counts are too small to be told, and what stands in their place.

    Attributes:
        lowest: the least small number; both ends count.
        highest: the greatest.
        marker: printed instead of a withheld count.
        rounding: counts that are printed are rounded to the nearest multiple.
        zero: nought tells something too, and is withheld.
        full: a count that is all of its denominator tells something too, and is withheld.
        hierarchy: group field -> its levels, such as areas in regions; groups that it does not name stay on top.
        releases: the folder of earlier releases, from the project's root.
        relation: how the records of this release and those of the earlier ones belong together: `growing`, all
            of them are still there, and more; `revised`, the same records with corrections; `separate`, other records.
    """

    lowest: int = Field(default=1, ge=0)
    highest: int = Field(default=5, ge=1, le=1000)
    marker: str = Field(default="c", pattern=r"^[^0-9=+@\s-]{1,8}$")
    rounding: int = Field(default=1, ge=1, le=1000)
    zero: bool = False
    full: bool = False
    hierarchy: dict[str, Levels] = {}
    releases: str = Field(default="releases", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$")
    relation: Literal["growing", "revised", "separate"] = "growing"

    @property
    def width(self) -> int:
        """Give how far apart the least and the greatest possible count of a withheld cell must at least lie."""
        return self.highest - (0 if self.zero else self.lowest)

    @model_validator(mode="after")
    def _fits(self) -> Suppression:
        if self.lowest >= self.highest:
            message = "'lowest' must be below 'highest'"
            raise ValueError(message)
        if self.rounding > 1 and self.relation != "separate":
            message = "rounded counts of releases that belong together are not protected: write `relation: separate`"
            raise ValueError(message)
        return self

    def small(self, count: int) -> bool:
        """Say whether a count must not be told."""
        return self.lowest <= count <= self.highest or (self.zero and count == 0)


class ReportFile(Model):
    """One file of reports/.

    Attributes:
        redaction: `none` shows nothing of a record; `keys` shows its key fields and row number; `tokens` shows the row
            number and, instead of the key, a hash of it with a salt that is kept elsewhere.
        unmapped: None lists no unmapped value at all.
        always: whether it is written at the end of each check, or only by `everycase report`.
        reasons: the code list of reasons that the owner may give for what needs explaining.
        suppression: None withholds no small number.
    """

    report: str
    title: str
    audience: str
    redaction: Redaction = "none"
    unmapped: UnmappedValues | None = None
    always: bool = True
    reasons: str | None = None
    suppression: Suppression | None = None
    outputs: list[Output]


class Reports:
    """All report definitions of a project, in the order of their names."""

    def __init__(self, entries: Mapping[str, ReportFile], documents: Mapping[str, Document]) -> None:
        self._entries = entries
        self._documents = documents

    @classmethod
    def read(cls, folder: Path, root: Path) -> Reports:
        """Read every definition.

        Raises:
            ConfigurationError: a file cannot be used, two write the same file, or a format needs more than allowed.
        """
        entries: dict[str, ReportFile] = {}
        documents: dict[str, Document] = {}
        files: dict[str, str] = {}
        for path in sorted(folder.glob("*.yaml")):
            document = read_document(path, path.relative_to(root).as_posix())
            entry = validated(ReportFile, document, document.data)
            if entry.report != path.stem:
                message = f"the report is called '{entry.report}' but its file '{path.name}'"
                raise document.refuse("name-differs", message, ("report",), "Give both the same name.")
            for position, output in enumerate(entry.outputs):
                place = ("outputs", position)
                if output.file in files:
                    message = f"'{output.file}' is written by the report '{files[output.file]}' already"
                    raise document.refuse("file-taken", message, place)
                if output.format in RECORDS and entry.redaction == "none":
                    message = "failing records cannot be listed without their keys: redaction is 'none'"
                    raise document.refuse(
                        "redaction", message, place, "Write `redaction: keys` or `tokens`, or leave it out."
                    )
                if (entry.suppression is not None) != (output.format in PROTECTED):
                    message = f"the format '{output.format}' " + (
                        "cannot withhold small numbers yet" if entry.suppression else "needs `suppression:`"
                    )
                    raise document.refuse(
                        "suppression-format", message, place, f"It goes with: {', '.join(PROTECTED)}."
                    )
                files[output.file] = entry.report
            entries[entry.report], documents[entry.report] = entry, document
        if not entries:
            raise ConfigurationError("no-reports", "no report is defined", where=f"{folder.name}/")
        return cls(entries, documents)

    def check_reasons(self, codelists: Codelists) -> None:
        """Refuse a report whose list of reasons does not exist.

        Raises:
            ConfigurationError: there is no such code list, with the nearest right name.
        """
        for name, entry in self._entries.items():
            if entry.reasons is not None and entry.reasons not in codelists:
                message = f"there is no code list '{entry.reasons}'"
                instead = nearest(entry.reasons, codelists.names())
                raise self._documents[name].refuse("unknown-codelist", message, ("reasons",), instead)

    def named(self, name: str) -> ReportFile:
        """Give the definition of that name.

        Raises:
            UsageError: there is none.
        """
        if name not in self._entries:
            message = f"there is no report '{name}'"
            known = f"The reports are: {', '.join(self._entries)}."
            raise UsageError("unknown-report", message, instead=nearest(name, self._entries) or known)
        return self._entries[name]

    def __iter__(self) -> Iterator[ReportFile]:
        """Iterate in the order of names."""
        return iter(self._entries.values())

    def writes(self, form: Format) -> list[tuple[ReportFile, Output]]:
        """List the outputs of one format."""
        return [(r, o) for r in self._entries.values() for o in r.outputs if o.format == form]
