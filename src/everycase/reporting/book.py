"""An Excel workbook: sheets of text and tables, the same bytes for the same content, and no cell that computes.

Every cell is written as text or number, never read as a formula or link. Nothing passes through a temporary folder:
the cells may hold keys of records.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "row", "number", "share"]
#: what Excel takes as the name of a sheet, and as text of a cell
_LONGEST_NAME, _LONGEST_TEXT = 31, 32_000
#: the height of a line, in points
_LINE = 15
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18},
    "heading": {"bold": True, "font_size": 13, "top": 1, "top_color": "#b1b4b6"},
    "lead": {"font_size": 12, "text_wrap": True, "valign": "top"},
    "bad": {"font_size": 14, "bold": True, "text_wrap": True, "valign": "top", "left": 5, "left_color": "#d4351c"},
    "good": {"font_size": 14, "bold": True, "text_wrap": True, "valign": "top", "left": 5, "left_color": "#00703c"},
    "body": {"text_wrap": True, "valign": "top"},
    "line": {"valign": "top"},
    "name": {"bold": True, "text_wrap": True, "valign": "top"},
    "text": {"valign": "top", "align": "left", "indent": 1},
    "wrapped": {"valign": "top", "align": "left", "indent": 1, "text_wrap": True},
    "row": {"valign": "top", "num_format": "0"},
    "number": {"valign": "top", "num_format": "#,##0"},
    "share": {"valign": "top", "num_format": "0.0%"},
    "link": {"valign": "top", "align": "left", "indent": 1, "font_color": "#1d70b8", "underline": 1},
    "head": {
        "bold": True,
        "text_wrap": True,
        "valign": "bottom",
        "align": "left",
        "indent": 1,
        "bg_color": "#f3f2f1",
        "bottom": 1,
    },
    "head_right": {
        "bold": True,
        "text_wrap": True,
        "valign": "bottom",
        "align": "right",
        "bg_color": "#f3f2f1",
        "bottom": 1,
    },
    "choice": {"valign": "top", "bg_color": "#fff7bf", "border": 1, "border_color": "#b1b4b6"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        width: in characters.
        choices: a range of cells, as `=Reasons!$A$2:$A$9`; then the cells are to be filled in from it.
    """

    title: str
    width: int
    kind: Kind = "text"
    wrap: bool = False
    choices: str = ""
    refusal: tuple[str, str] = ("", "")

    @property
    def head(self) -> str:
        """The style of its head."""
        return "head" if self.kind == "text" else "head_right"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to another sheet."""

    text: str
    sheet: str


@dataclass(slots=True)
class Sheet:
    """One sheet, filled from the top."""

    name: str
    page: Worksheet
    book: Book
    row: int = 0
    sizes: tuple[int, ...] = (100,)

    def say(self, text: str, style: str = "body", *, across: int = 1) -> None:
        """Write a line of text; `across` columns are joined, and the row is as high as the text needs."""
        made = self.book.style(style)
        if across > 1:
            self.page.merge_range(self.row, 0, self.row, across - 1, "", made)
        self.page.write_string(self.row, 0, text[:_LONGEST_TEXT], made)
        height = {"title": 26, "bad": 22, "good": 22, "lead": 17}.get(style, _LINE)
        lines = 1 if style in {"line", "title"} else _lines(text, sum(self.sizes[:across]) * _LINE // height)
        self.page.set_row(self.row, lines * height)
        self.row += 1

    def link(self, link: Link) -> None:
        """Write a line that leads to another sheet."""
        self._cell(self.row, 0, link, Column("", 0))
        self.row += 1

    def gap(self) -> None:
        """Leave a line empty."""
        self.row += 1

    def widths(self, *sizes: int) -> None:
        """Set the widths of the first columns, in characters."""
        self.sizes = sizes
        for place, size in enumerate(sizes):
            self.page.set_column(place, place, size)

    def facts(self, rows: Iterable[tuple[str, str]], *, across: int = 1) -> None:
        """Write names with what belongs to them; the second is `across` columns wide."""
        for name, value in rows:
            self.page.write_string(self.row, 0, name[:_LONGEST_TEXT], self.book.style("name"))
            if across > 1:
                self.page.merge_range(self.row, 1, self.row, across, "", self.book.style("body"))
            self.page.write_string(self.row, 1, value[:_LONGEST_TEXT], self.book.style("body"))
            lines = max(_lines(name, self.sizes[0]), _lines(value, sum(self.sizes[1 : across + 1])))
            self.page.set_row(self.row, lines * _LINE)
            self.row += 1

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, sized: bool = True, frozen: bool = False
    ) -> int:
        """Write an Excel table with a filter on each column, and give the number of its rows; none without rows.

        Args:
            columns: their titles must differ.
            rows: a cell a column.
            sized: set the widths of the columns; else those that `widths` gave hold.
            frozen: keep its head in view.
        """
        first, number = self.row, 0
        if sized:
            self.widths(*(c.width for c in columns))
        wrapped = [place for place, column in enumerate(columns) if column.wrap]
        for number, cells in enumerate(rows, 1):
            for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
                self._cell(first + number, place, cell, column)
            if wrapped:
                lines = max(_lines(str(cells[place]), self.sizes[place]) for place in wrapped)
                self.page.set_row(first + number, lines * _LINE)
        if not number:
            return 0
        last = first + number
        # NOTE: a row without a height is drawn over the one below it where its head is wrapped.
        self.page.set_row(first, _LINE * max(_lines(c.title, s) for c, s in zip(columns, self.sizes, strict=False)) + 3)
        heads = [{"header": c.title, "header_format": self.book.style(c.head)} for c in columns]
        self.book.tables += 1
        self.page.add_table(
            first, 0, last, len(columns) - 1,
            {"columns": heads, "style": "Table Style Light 1", "name": f"table_{self.book.tables}"},
        )  # fmt: skip
        for place, column in enumerate(columns):
            if column.choices:
                title, message = column.refusal
                self.page.data_validation(
                    first + 1, place, last, place,
                    {"validate": "list", "source": column.choices, "error_title": title, "error_message": message},
                )  # fmt: skip
        if frozen:
            self.page.freeze_panes(first + 1, 0)
            self.page.repeat_rows(first)
        self.row = last + 1
        return number

    def _cell(self, row: int, place: int, cell: object, column: Column) -> None:
        if isinstance(cell, Link):
            self.page.write_url(row, place, f"internal:'{cell.sheet}'!A1", self.book.style("link"), cell.text)
        elif isinstance(cell, int | float):
            self.page.write_number(row, place, cell, self.book.style(column.kind))
        elif cell or column.choices:
            style = self.book.style("choice" if column.choices else "wrapped" if column.wrap else "text")
            if cell:
                self.page.write_string(row, place, str(cell)[:_LONGEST_TEXT], style)
            else:
                self.page.write_blank(row, place, None, style)


def _lines(text: str, size: int) -> int:
    """Estimate how many lines a text takes in a cell of a width; Excel and others leave a row as high as it was."""
    return sum(-(-len(part) // max(size - 2, 8)) or 1 for part in text.split("\n"))


@dataclass(slots=True)
class Book:
    """A workbook that is being written; use it in a `with` block.

    Args:
        path: a file that exists already; it keeps its permissions.
        title: what its properties say.
        day: what its properties give as the day it was made, so that no clock is in it.
    """

    path: Path
    title: str
    day: str
    tables: int = 0
    _file: Workbook = field(init=False)
    _styles: dict[str, Format] = field(init=False, default_factory=dict)
    _names: set[str] = field(init=False, default_factory=set)

    def __enter__(self) -> Self:
        """Begin the workbook."""
        from xlsxwriter.workbook import Workbook

        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip
        self._file = Workbook(str(self.path), options)
        moment = dt.datetime.combine(dt.date.fromisoformat(self.day), dt.time())
        self._file.set_properties({"title": self.title, "author": "everycase", "created": moment})
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write the workbook, unless something went wrong."""
        if kind is None:
            self._file.close()
        else:
            # NOTE: without this the library writes a half-made file when the object is collected.
            self._file.fileclosed = True

    def style(self, name: str) -> Format:
        """Give a style by its name."""
        if name not in self._styles:
            self._styles[name] = self._file.add_format(_STYLES[name])
        return self._styles[name]

    def named(self, wanted: str) -> str:
        """Find a name that Excel takes for a sheet and that no other has, and take it.

        >>> book = Book(None, "", "")
        >>> book.named("CMP02.area"), book.named("cmp02.AREA"), book.named("a/b")
        ('CMP02.area', 'cmp02.AREA 2', 'a-b')
        """
        plain = re.sub(r"[\[\]:*?/\\]", "-", wanted).strip("' ")[:_LONGEST_NAME] or "-"
        name, number = plain, 1
        while name.casefold() in self._names:
            number += 1
            name = f"{plain[: _LONGEST_NAME - len(str(number)) - 1]} {number}"
        self._names.add(name.casefold())
        return name

    def sheet(self, name: str) -> Sheet:
        """Add a sheet under a name that `named` gave."""
        page = self._file.add_worksheet(name)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)
        return Sheet(name, page, self)
