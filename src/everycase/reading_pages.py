"""What reading puts right and what it refuses, each with an example; docs/reading.md is generated from here.

Every line of both tables is tried by tests/readers/test_told.py.
"""

from __future__ import annotations

from everycase.error_pages import PAGES
from everycase.errors import EXIT_COULD_NOT_CHECK

#: kind of repair -> what was put right, and what the extract was like
REPAIRS: dict[str, tuple[str, str]] = {
    "blank_lines": ("Blank lines between records were passed over.", "an empty line amid the records"),
    "bom": ("A byte order mark before the header was left out.", "a file saved as “CSV UTF-8”"),
    "dates": ("Dates were read as the registry says.", "`reader: {dates: {recorded: dd/mm/yyyy}}`"),
    "delimiter": ("The columns are cut at another sign than a comma.", "columns between semicolons"),
    "digits_lost": ("Numbers have more than the 15 digits that a workbook keeps; the rest is lost.",
                    "a reference of 19 digits kept as a number"),
    "encoding": ("The text was rewritten in UTF-8.", "a file in Windows-1252 or UTF-16"),
    "full": ("The file has exactly as many rows as a spreadsheet program holds: some may be missing.",
             "a CSV of 1,048,576 lines"),
    "header_found": ("The header was found below other rows.", "a title above the header"),
    "header_joined": ("The header takes several rows, which were joined.", "“Victim” over “Sex” and “Age”"),
    "header_trimmed": ("Blanks around header names were left out.", "a header of `ref , sex`"),
    "header_unnamed": ("Columns without a name cannot be mapped.", "a header of `ref,,sex`"),
    "hidden_rows": ("Rows hidden in a workbook were read like all others.", "a filter left on"),
    "labels": ("An SPSS or Stata file has value labels; the codes were read.", "1 labelled “Male”"),
    "leading_zeros": ("Codes are numbers, so zeros before them were lost. It cannot be undone.", "1 beside 02"),
    "line_endings": ("Rows end in different ways; all were read as rows.", "CRLF and LF in one file"),
    "line_ends_in_cells": ("Line ends inside quoted cells were kept.", "a note of two lines"),
    "numbers_as_text": ("Numbers are stored as text among numbers.", "the text 02 in a column of numbers"),
    "orphans": ("XML records stand outside of what they belong to.", "a plan outside any child"),
    "repeated_elements": ("An XML element stood again; the first counts.", "two dates of birth"),
    "schema": ("The file differs from its XML Schema; kind and first line are said.", "a missing element"),
    "sheet_chosen": ("A workbook has several sheets, one of which was read.", "a sheet of notes"),
    "short_lines": ("Lines of fixed width end before the last column.", "blanks at the end left out"),
    "stray_text": ("Text between XML elements was passed over.", "a remark between two records"),
    "thousands": ("Separators of thousands were left out of numbers.", '`reader: {thousands: ","}` and 1,234'),
    "totals_row": ("The last row holds totals and was left out.", "a last row of `Total,,41`"),
    "trimmed": ("Codes had blanks at their ends.", "`Y ` instead of `Y`"),
    "unlocked": ("A workbook was opened with the password of the registry.", "`reader: {password: ${NAME}}`"),
    "unmatched": ("Records name a partner that another table lacks.", "an offence of no person"),
    "unpacked": ("The extract was unpacked.", "a .csv.gz, or a .zip of one file"),
}  # fmt: skip
#: slug of a refusal -> what the extract was like
REFUSALS: dict[str, str] = {
    "archive-bomb": "a gzip file of 300 KB that unpacks to 300 MB",
    "archive-broken": "a zip archive that was cut off",
    "archive-locked": "a zip archive with a password",
    "archive-path": "a member called `../x.csv`",
    "archive-unclear": "a zip archive of two files",
    "column-fraction": "a Parquet column of 1.5 for a code",
    "column-kind": "a Parquet column of lists",
    "database-driver": "`url: nosuch://host/db`",
    "database-read-only": "`query: DELETE FROM crimes`",
    "database-table": "a table that is not there, or that the role may not read",
    "database-unreachable": "a database that is down, or a file that is not there",
    "database-url": "`url: nothing`",
    "delimiter-wrong": '`delimiter: ","` and columns between semicolons',
    "encoding-contradicted": "`encoding: utf-8` and the mark of UTF-16",
    "encoding-undecodable": "bytes that are neither UTF-8 nor Windows-1252",
    "encoding-unknown": "`encoding: utf-9`",
    "encoding-unsupported": "UTF-32",
    "extract-changed": "a file that is written to while it is read",
    "extract-empty": "a file of no bytes",
    "extract-missing": "a path where nothing lies",
    "extract-no-records": "a header and nothing under it",
    "extract-not-a-file": "a folder",
    "extract-not-parquet": "`kind: parquet` and a CSV",
    "extract-not-text": "a PDF",
    "extract-not-xml": "`kind: xml` and a CSV",
    "extract-unloadable": "a Parquet file that was cut off",
    "extract-unreadable": "a file that may not be opened",
    "header-blank": "`header_row: 1` and a blank first row",
    "header-duplicate": "two columns called `sex`",
    "header-missing": "`header_row: 9` and a file of three rows",
    "header-repeated": "two exports put together, each with its header",
    "line-too-long": "a cell of more than 16 MiB",
    "nul-byte": "a NUL amid the text",
    "package-missing": "a .sav file without pyreadstat",
    "quote-open": "a quote that is never closed; the line it opened on is said",
    "quote-unescaped": '`"a"b` in a cell',
    "ragged-row": "a row with a cell too many; the line is said",
    "sheet-full": "a sheet down to its last possible row",
    "sheet-unclear": "two sheets with the same header",
    "workbook-broken": "a workbook that was cut off",
    "workbook-locked": "a workbook with a password, and none given",
    "xml-doctype": "XML that declares entities",
    "xml-not-well-formed": "XML that was cut off; line and column are said",
    "xml-schema": "a schema that is no schema",
}


def page() -> str:
    """Write the page: what is put right, then what is refused."""
    repairs = "\n".join(f"| `{k}` | {what} | {example} |" for k, (what, example) in sorted(REPAIRS.items()))
    refusals = "\n".join(
        f"| [{slug}](errors.md#{slug}) | {PAGES[slug][0]} | {example} | {EXIT_COULD_NOT_CHECK} |"
        for slug, example in sorted(REFUSALS.items())
    )
    return (
        "# What reading puts right, and what it refuses\n\n"
        "Owners send what they have. What can be read is read as text, cell by cell, with the row numbers of their own "
        "program; what had to be put right is said in the result and on the scorecard. What cannot be read whole is "
        "refused, with a sentence that quotes no cell.\n\n## Put right, and said\n\n"
        f"| kind | what | for example |\n|---|---|---|\n{repairs}\n\n## Refused\n\n"
        f"| slug | what | for example | exit code |\n|---|---|---|---|\n{refusals}\n"
    )
