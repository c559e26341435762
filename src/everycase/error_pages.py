"""What every refusal means and what to do about it; docs/errors.md is generated from here."""

from __future__ import annotations

#: slug -> what it means and what to do; docs/errors.md is generated from this table.
PAGES: dict[str, tuple[str, str]] = {
    "already-there": (
        "What should be written is there already, and nothing is written over.",
        "Name another file or folder, or move it away.",
    ),
    "archive-bomb": (
        "An archive or workbook unpacks to more than two hundred times its size.",
        "Ask the supplier what it is. It was not unpacked any further.",
    ),
    "archive-broken": (
        "A gzip file or zip archive is damaged or was cut off on its way.",
        "Ask for it again.",
    ),
    "archive-locked": (
        "A zip archive has a password, which is not read.",
        "Unpack it first.",
    ),
    "archive-path": (
        "A name in a zip archive leads out of it. Nothing was unpacked.",
        "Ask the supplier what it is.",
    ),
    "archive-unclear": (
        "It is not clear which file of a zip archive is the extract.",
        "Say which: `reader: {member: NAME}`, a name or a pattern such as `*.csv`.",
    ),
    "code-taken": (
        "Two rules or checks have the same code, name or alias.",
        "Give one of them another. A check bound twice in one suite takes a suffix: FLG05.suspect.",
    ),
    "column-fraction": (
        "A column of floating-point numbers holds a fraction, and the field it is for is a code, text or date.",
        "Write the column as text: engines write fractions in different ways.",
    ),
    "column-kind": (
        "A column that a field is read from holds lists, records, bytes or another kind that has no text.",
        "Write it as text, or leave it out of `columns`.",
    ),
    "count-differs": (
        "The counts do not add up to the number of records that were read.",
        "No verdict can rest on it. Please report it with the version and the plan, never with the data.",
    ),
    "database-driver": (
        "The package that reads PostgreSQL is not installed.",
        "`pip install 'everycase[postgres]'`.",
    ),
    "database-encoding": (
        "The database keeps its texts in another encoding than UTF8.",
        "Send an extract instead. Texts of another encoding cannot be compared with the same result.",
    ),
    "database-permission": ("The role may not read the table or query.", "Ask for SELECT on it."),
    "database-read-only": (
        "The query would write.",
        "Write one that only reads. everycase never writes to a database.",
    ),
    "database-table": (
        "The table or query cannot be read: it is not there, or may not be.",
        "Check its name, and who may SELECT from it. What the driver said is not repeated.",
    ),
    "database-timeout": (
        "The server stopped a statement at the time limit, or because somebody asked it to.",
        "Give it longer: `reader: {timeout: SECONDS}`.",
    ),
    "database-unreachable": (
        "The database cannot be reached, or does not let us in. What it said is not repeated.",
        "Check the address, the network and the role; try the same with psql.",
    ),
    "database-url": (
        "The `url` of a source is no address of a PostgreSQL database. It is never shown.",
        "Write `postgresql://user:password@host:port/database` into a variable, and `url: ${NAME}`.",
    ),
    "delimiter-wrong": (
        "The header is one column, but another delimiter stands in it.",
        "Set `reader: {delimiter: ...}` of the source in sources.yaml.",
    ),
    "duplicate-key": (
        "A key stands twice in one mapping of a YAML file.",
        "Remove one. YAML itself would silently keep the last.",
    ),
    "empty-suite": (
        "A suite has neither thresholds nor expectations.",
        "Give a field thresholds, or name an expectation.",
    ),
    "encoding-contradicted": (
        "The file starts with a byte order mark that is not of the encoding the registry declares.",
        "Correct `reader: {encoding: ...}`, or leave it out: a mark is recognised.",
    ),
    "encoding-undecodable": (
        "Some bytes are no text in the encoding of the file.",
        "Save the file as UTF-8, or declare its encoding in sources.yaml.",
    ),
    "encoding-unknown": (
        "The declared encoding has no such name.",
        "Use a name that Python knows, such as utf-8 or windows-1252.",
    ),
    "encoding-unsupported": ("The encoding cannot be read.", "Save the file as UTF-8."),
    "engine": (
        "The engine stopped. What it said is not repeated, since it may quote a cell.",
        "Try again with more memory (`--memory`). If it stays, report the kind of failure.",
    ),
    "engine-lacks": (
        "The engine has no way to give the very answer that DuckDB gives.",
        "Say it otherwise, or check an extract. A different number is never given.",
    ),
    "engine-needed": (
        "The source is a table of Spark, and another engine was asked.",
        "`everycase check --engine spark`.",
    ),
    "environment": (
        "A file asks for a variable of the environment that is not set.",
        "Set it, or write the value into the file.",
    ),
    "expectation-form": (
        "An expectation of a suite is none, or several, of the three forms.",
        "Give exactly one of `check`, `expectation` and `requires`.",
    ),
    "extends-circle": ("A suite or code list extends itself, directly or through others.", "Break the circle."),
    "extract-ambiguous": (
        "More than one file fits the pattern of the registry.",
        "Name the one that is meant: `--extract SOURCE=PATH`.",
    ),
    "extract-changed": ("The file changed while it was being read.", "Check it again when nobody writes to it."),
    "extract-empty": ("The file holds nothing.", "Export it again. An empty file is never a pass."),
    "extract-missing": (
        "There is no file where the registry or `--extract` says.",
        "Put it there, or name it: `--extract SOURCE=PATH`.",
    ),
    "extract-no-records": ("The file has a header and no records.", "Export it again. No records is never a pass."),
    "extract-not-a-file": (
        "What lies there is a folder, a device or something else that is no file.",
        "Name the file itself. A source with several tables takes a folder.",
    ),
    "extract-not-parquet": (
        "The file does not begin like Parquet.",
        "Write it again, or leave `kind` out: the bytes tell what it is.",
    ),
    "extract-not-text": (
        "The file is a workbook, an archive or another format, not delimited text.",
        "Save it as CSV.",
    ),
    "extract-not-xml": ("The file does not begin like XML.", "Is it the right file, or is it packed?"),
    "extract-unloadable": (
        "The file could not be read as delimited text.",
        "Open it and save it again as CSV with quotes where they are needed.",
    ),
    "extract-unreadable": ("The file may not be opened.", "Check who may read it."),
    "file-taken": ("Two reports write the same file.", "Give one of them another name."),
    "file-unreadable": ("A file of the project cannot be opened.", "Check that it exists and who may read it."),
    "gx-disagrees": (
        "Great Expectations came to another verdict than everycase on the same table.",
        "Trust neither. Please report it with the versions; the data is not needed.",
    ),
    "gx-failed": (
        "Great Expectations could not make its record.",
        "Check again with `--no-gx`, and report the kind of failure.",
    ),
    "header-blank": ("The first row is empty.", "Say in which row the header stands: `reader: {header_row: 2}`."),
    "header-differs": (
        "The files of an extract do not all begin with the same header row, or one holds it twice.",
        "Each file must begin with the same header. A file without records still has one.",
    ),
    "header-duplicate": ("Two columns have the same name, so that neither can be meant.", "Rename one of them."),
    "header-missing": ("The first row looks like a record, not like names.", "Send the file with its header."),
    "header-repeated": (
        "The header stands a second time among the records: two exports were put together.",
        "Take the second header out, and look whether records stand twice.",
    ),
    "incomplete-rule": (
        "A rule lacks a part that every rule must have: a reason, a fix, a source, an example.",
        "Write it. A rule that nobody can explain is not run.",
    ),
    "line-too-long": (
        "A line is longer than any record can be.",
        "A quote is probably left open. Export the file again.",
    ),
    "missing-column": (
        "The extract has no column for a field that the suite needs.",
        "Send the column, even where it is empty, or map its name under `columns` in sources.yaml.",
    ),
    "missing-key": (
        "A YAML file lacks a key that it must have.",
        "Add it; `everycase schema NAME` shows what belongs there.",
    ),
    "include-missing": (
        "A suite includes a file that does not lie below expectations/.",
        "Check the name; it starts from expectations/.",
    ),
    "name-differs": ("The name inside a file is not the name of the file.", "Give both the same name."),
    "name-too-long": ("A name is longer than PostgreSQL can tell apart (63 bytes).", "Shorten it."),
    "name-taken": (
        "A name is another's, differs from it only in capitals, or is kept for the machine.",
        "Choose another name.",
    ),
    "no-counterparts": (
        "Two extracts have valid keys and not one in common, so that nothing can be linked.",
        "Look whether they are of the same time and area, and whether both keys are of the same kind.",
    ),
    "no-key": (
        "Most records of an extract share the value that should tell them apart; linking would pair all with all.",
        "Name another identifier in the step, or raise its `most` in sources.yaml where so many may share it.",
    ),
    "no-language": (
        "The name of a catalogue of words, or `language` of the project, is no language that is known.",
        "Call the file like en_GB.yaml or cy.yaml, and say the same under `language`.",
    ),
    "no-pathway": (
        "The registry names no pathway, or not the one that was asked for.",
        "Write it under `pathways:` in sources.yaml; docs/linking.md says how.",
    ),
    "no-project": (
        "`--project` or `everycase trust` names a folder without sources.yaml.",
        "Name the folder that holds it. Without `--project` the nearest one above is used, else our own.",
    ),
    "no-reports": ("The project defines no report, so that nothing would be written.", "Add a definition to reports/."),
    "no-sample": (
        "The source has no generator of sample extracts.",
        "Add a module to samples/ and name it under `sample`.",
    ),
    "no-text": (
        "A report asks for a text that the catalogue of words does not hold, or holds one that nothing shows.",
        "Take the names from src/everycase/texts/en_GB.yaml; only what stands to the right of a name may change.",
    ),
    "no-valid-key": (
        "Not one record of an extract has a valid key, so that none can be linked.",
        "Ask for an extract in which it is filled; docs/linking.md says what makes a key valid.",
    ),
    "not-trusted": (
        "Python of a project was not run, because the project was only found by walking upward.",
        "Read the code, then `everycase trust DIR`, or name the project with `--project`.",
    ),
    "nothing-applicable": ("No rule applied to any record.", "Check whether this is the extract of this source."),
    "nothing-fits": (
        "No suite has a field that a column of the extract may be.",
        "Name the suite that it is an extract for: `--suite NAME`.",
    ),
    "nul-byte": ("The file holds NUL bytes: it is damaged, or no text.", "Export it again."),
    "out-not-ours": (
        "The output folder holds files that everycase did not write.",
        "Name an empty or a new folder with `--out`.",
    ),
    "out-unwritable": (
        "The output cannot be written.",
        "Check the disk and who may write there. What lay there before is untouched.",
    ),
    "package-missing": (
        "A package that reads this kind of file is not installed, since most who use everycase need it not.",
        "Install it by the name in the message.",
    ),
    "part-missing": (
        "An extract comes in parts, and some that the registry expects are not there. What came is counted and shown.",
        "Ask for them, or correct `expected` in sources.yaml.",
    ),
    "part-twice": (
        "An extract comes in parts, and one came twice: two files of the same part, or the same bytes under two names.",
        "Keep the one that holds. Nothing was added up: no count may hold a record twice.",
    ),
    "part-unexpected": (
        "A file lies in the folder of an extract in parts that fits no part, or one that the registry does not expect.",
        "Give it the name of its part, add it to `expected`, or take it away.",
    ),
    "part-unread": (
        "A part of an extract could not be read or judged. The others are counted and shown.",
        "Do what is said of it, and check again.",
    ),
    "predicate-circle": ("A name is defined by itself.", "Break the circle among the `derived` names."),
    "predicate-kind": (
        "A predicate compares or calculates with things of different kinds.",
        "Compare dates with dates, numbers with numbers.",
    ),
    "predicate-null": (
        "IS NULL stands beside a field, where it would mix up blank and ill-formed.",
        "Write `NOT supplied(field)` or `NOT valid(field)`.",
    ),
    "predicate-shape": ("A predicate uses something that the rule language does not have.", "See docs/functions.md."),
    "predicate-syntax": ("A predicate does not parse.", "Check quotes and brackets; see docs/functions.md."),
    "python-module": ("A Python file of the project cannot be imported.", "Correct it at the line named."),
    "query-wrong": (
        "The server does not take the query of the registry.",
        "Try it in psql: it must be one statement that reads, without a semicolon.",
    ),
    "quote-open": ("A quote is opened and never closed.", "Close it in the line named, or export the file again."),
    "quote-unescaped": (
        "A quote stands inside a quoted cell without being doubled.",
        "Double it, or export the file again.",
    ),
    "ragged-row": (
        "A row has more or fewer cells than the header.",
        "Look at the line named: a delimiter inside a cell needs quotes around the cell.",
    ),
    "records-lost": (
        "Another number of records came out than went in.",
        "A table that is joined must hold each key once. If nothing is joined, please report it.",
    ),
    "reason-unknown": (
        "The column of reasons in a return workbook holds what is no reason of the list.",
        "Choose a reason from the list of the cell. Free text is never read or kept.",
    ),
    "reasons-unusable": (
        "A file of `--reasons` is no return workbook of this project, or of a source that is not checked now.",
        "Name the return.xlsx in which reasons were chosen, as everycase wrote it.",
    ),
    "redaction": ("A report wants to write what its redaction forbids.", "Change the one or the other in reports/."),
    "dip-sample": (
        "A dip sample cannot be drawn there, or the file that tells what one found is none.",
        "Name a source that is one file, and a flag of it with `--field`. The file comes from `dip-sample --read`.",
    ),
    "dip-sheet": (
        "The filled sheet is not the one of this sample, or holds another answer than may be given.",
        "Leave its lines as they are, fill `case_says` with yes, no or cannot tell, and give the same options.",
    ),
    "report-needs-data": (
        "All files of the report list records, and a stored result holds none.",
        "Check the extract again, or render another report, such as the auditor's.",
    ),
    "result-broken": (
        "The numbers of a stored result do not add up, so that nothing is made of it.",
        "Check the extract again; do not change result.json by hand.",
    ),
    "release-unreadable": (
        "A file among the earlier releases is none.",
        "Put there what `everycase release` wrote as public.json and what was published, unchanged, and nothing else.",
    ),
    "result-unreadable": (
        "The file is not the result.json of a check, or not a whole one.",
        "Name the result.json that a check left in its folder.",
    ),
    "result-version": (
        "The stored result was written by another version of everycase, and has another shape.",
        "Check the extract again with this version, or render it with the version named in it.",
    ),
    "rule-not-judged": ("A rule could not be judged; the result says why for each.", "See `reason` of the rule."),
    "same-extract": (
        "The extracts of two sources are the same file, which would agree with itself on everything.",
        "Name the extract of each source.",
    ),
    "several-tables": (
        "The source has several tables, and columns are proposed for one.",
        "Name the columns under `columns` of the source as `table.column`.",
    ),
    "sheet-full": (
        "The sheet goes to the last row that its format holds, so records were probably cut off.",
        "Send the extract as CSV.",
    ),
    "sheet-unclear": (
        "It is not clear which sheet of a workbook is meant.",
        "Say which: `reader: {sheet: NAME}`, a name or a pattern such as `Data*`.",
    ),
    "ruleset-source": (
        "Years of rules are compared for one source at a time.",
        "`everycase rules --source NAME --diff 2023-24 2024-25`.",
    ),
    "ruleset-unknown": (
        "The extract does not say its year, or is of a year that the source has no rules for.",
        "Correct the date in the extract, or choose the rules yourself with `--ruleset`.",
    ),
    "spark-missing": (
        "The package that asks Spark is not installed.",
        "`pip install 'everycase[spark]'`, and Java 17.",
    ),
    "spark-session": (
        "No session of our own settings can be opened beside the one that runs.",
        "Give the session: `Options(spark=...)`, see docs/spark.md. Spark Connect is not supported.",
    ),
    "spark-start": (
        "Spark does not start. What it said is not repeated.",
        "Check that Java 17 is there, and `engine` in sources.yaml.",
    ),
    "salt": (
        "A report replaces keys by tokens, and there is no salt to make them with, or none that is safe.",
        "Set EVERYCASE_SALT to at least 16 random bytes, or EVERYCASE_SALT_FILE to a file outside the project that "
        "only its owner may read. Keep it: with another salt the same key has another token.",
    ),
    "suite-not-in-force": (
        "The suite holds for other days than the one asked for.",
        "Give another day with `--as-of`.",
    ),
    "suppression": (
        "A report that withholds small counts is written by `everycase release`, in formats of its own.",
        "Write `suppression:` and formats that begin with `public_` into its file of reports/, or neither.",
    ),
    "suite-without-source": ("No source uses a suite.", "Name it in sources.yaml, or remove it."),
    "table-missing": ("The database has no such table or schema.", "Write it as `schema.table`."),
    "text-key": (
        "The name of a text in a catalogue of words is not one it can have.",
        "Take the names from src/everycase/texts/en_GB.yaml.",
    ),
    "text-placeholder": (
        "A text of a catalogue of words has a brace that is not closed, or a placeholder that it is not given.",
        "Use the placeholders of src/everycase/texts/en_GB.yaml, and write {{ for a brace itself.",
    ),
    "text-shape": (
        "A catalogue of words has a number, list or nothing where a text must stand, or a plural without `other`.",
        "Put the text in quotes.",
    ),
    "unbound-parameter": (
        "A check needs a field that the suite does not bind.",
        "Write `fields: {parameter: field}` beside the check.",
    ),
    "unknown-attribute": (
        "No code of the list has that attribute.",
        "Check the spelling, or add the attribute to the code list.",
    ),
    "unknown-check": ("The catalogue has no check of that name or code.", "See `everycase rules`."),
    "unknown-code": ("A value is none that the field's code list can say.", "Check the spelling and the list."),
    "unknown-codelist": ("There is no code list of that name.", "Add it to expectations/codelists/."),
    "unknown-concept": ("The list of concepts does not hold that concept.", "Check the spelling, or add it."),
    "unknown-field": ("A name is no field of the suite, and no parameter of the check.", "Check the spelling."),
    "unknown-function": ("The rule language has no such function.", "See docs/functions.md."),
    "unknown-key": ("A YAML file has a key that nothing reads.", "Check the spelling. Nothing is ignored in silence."),
    "unknown-report": ("The project has no report definition of that name.", "See the files of its reports/ folder."),
    "unknown-rule": ("There is no rule of that code.", "See `everycase rules`."),
    "unknown-ruleset": ("There is no such year of rules.", "Use one of those the message lists."),
    "unknown-schema": ("There is no schema of that name.", "Choose one of those named."),
    "unknown-source": ("The registry has no source of that id.", "See `everycase sources`."),
    "unknown-table": (
        "The suite has no table of that name there.",
        "Check the spelling and the order.",
    ),
    "unknown-suite": ("There is no suite of that name.", "Add it to expectations/."),
    "workbook-broken": (
        "The workbook cannot be read: it is damaged, cut off or something else under that name.",
        "Open it and save it again, or send the extract as CSV.",
    ),
    "workbook-locked": (
        "The workbook is protected by a password, and none or the wrong one was given.",
        "Put it into a variable NAME of the environment and write `reader: {password: ${NAME}}`; or save it without.",
    ),
    "wrong-binding": (
        "A check is bound to a field whose codes mean something else than the check speaks of.",
        "Bind it to a field with the right concepts.",
    ),
    "wrong-code": (
        "The code of a rule does not fit its check, or its form.",
        "Use the check's code, with a suffix where it is bound twice.",
    ),
    "wrong-date": ("A date is not written as YYYY-MM-DD.", "Write it so."),
    "wrong-extract": ("The extract is not shaped like one of this source.", "Check whether the right file was named."),
    "wrong-extract-option": (
        "`--extract` does not name a source and a file.",
        "Write `--extract SOURCE=PATH`, once a source.",
    ),
    "wrong-group": ("Records would be grouped by free text.", "Group by a code field."),
    "wrong-memory": ("A size of memory is not written as one.", "Write it like 500MB or 2GB."),
    "wrong-pattern": (
        "A regular expression does not parse, or looks around or back, which not every engine can.",
        "Write it without (?=, (?!, (?< and back references.",
    ),
    "wrong-threshold": ("`--threshold` does not name a rule and a share.", "Write `--threshold FLG02=0.05`."),
    "wrong-value": ("A value in a YAML file does not fit its key.", "See the schema: `everycase schema NAME`."),
    "yaml-alias": ("A YAML alias (*name) is used.", "Write the value again, or use `extends`."),
    "yaml-empty": ("A YAML file is empty.", "Write it, or remove the file."),
    "yaml-encoding": ("A YAML file is not UTF-8.", "Save it as UTF-8."),
    "yaml-key": ("A key of a YAML file is not plain text.", "Put it in quotes."),
    "yaml-several": ("A YAML file holds more than one document.", "Use one file for each."),
    "yaml-shape": ("A YAML file is not a mapping of keys to values.", "Begin it with `key: value`."),
    "yaml-syntax": ("A file is not YAML.", "Correct the line named."),
    "yaml-tab": ("A tab stands where YAML needs spaces.", "Indent with spaces."),
    "yaml-tag": ("A YAML tag (!name) is used.", "Write plain values: YAML runs no code here."),
    "yaml-too-deep": ("A YAML file is nested too deep.", "Flatten it."),
    "yaml-too-large": ("A YAML file is larger than 8 MiB.", "Split it."),
    "out-unusable": (
        "`--out` cannot hold the reports: it is a file, a link to nowhere, a mount, or closed to writing.",
        "Name a folder elsewhere.",
    ),
    "out-not-written": ("The reports could not be written.", "What lay there before is untouched. Check the disk."),
    "out-disk-full": (
        "The disk is full.",
        "What lay there before is untouched. Make room, or name a folder elsewhere.",
    ),
    "gx-suite": (
        "The file is no suite of Great Expectations, or cannot become one.",
        "Export it again as JSON from Great Expectations 1.x.",
    ),
    "gx-expectation": (
        "An expectation of Great Expectations is unknown, or is written in a way that neither side can judge.",
        "Check its name and kwargs; or write it as two predicates.",
    ),
    "xml-doctype": (
        "The XML has a document type, which could have anything expanded or fetched.",
        "Take the <!DOCTYPE ...> out. No return of an agency needs one.",
    ),
    "xml-not-well-formed": (
        "The file stops being XML at the line that is named.",
        "Export it again. A file that was cut off on its way ends before its elements are closed.",
    ),
    "xml-schema": ("The XML Schema that the registry names cannot be used.", "Check the path and the file."),
    "frame-kind": (
        "Something that is neither a path nor a frame was given as an extract, or a frame is missing for a table.",
        "Give a path, a DataFrame of pandas or polars, or a Table of pyarrow; a mapping where tables are several.",
    ),
    "frame-type": (
        "A column of a frame has a type that has no form as text, such as a list.",
        "Convert it to text, a date or a number.",
    ),
    "not-passed": (
        "`Result.require_passed` was called on a result that did not pass.",
        "Look at its `sources` and `rules()`, or at the reports.",
    ),
    "wrong-argument": ("An argument of a Python function is none that it takes.", "See docs/python.md."),
    "ledger-busy": ("Another process kept the ledger locked for a minute.", "Try again when it has finished."),
    "ledger-damaged": (
        "The file of the ledger is damaged, or is no database.",
        "Restore it from a copy, then `everycase verify`.",
    ),
    "ledger-failed": ("The database of the ledger refused.", "Nothing was appended. Try the same with its own tools."),
    "ledger-full": ("The ledger could not be written to its disk.", "Nothing was appended. Make room."),
    "ledger-head": (
        "A head of a ledger cannot be read or written, or the ledger does not hold the entry that it names.",
        "Run `everycase verify --head FILE`. An entry that is not there any more was removed or changed.",
    ),
    "ledger-key": (
        "The key that signs entries cannot be used. It is never shown.",
        "EVERYCASE_LEDGER_KEY is an Ed25519 key as PEM, or the path of one outside the project, for its owner only.",
    ),
    "ledger-missing": ("There is no ledger there.", "`everycase gate` begins one; or name another with `--ledger`."),
    "ledger-newer": ("The ledger was written by a newer everycase.", "Use that version. Nothing was changed."),
    "ledger-read-only": ("The ledger may not be written to.", "Check who may write to the folder or schema."),
    "ledger-unreachable": ("The database of the ledger cannot be reached.", "Check address, network and role."),
    "ledger-url": (
        "`--ledger` is no address of SQLite or PostgreSQL.",
        "Write it like sqlite:///everycase-ledger.db, or postgresql://host/database.",
    ),
    "no-baseline": (
        "No run was accepted as the baseline yet.",
        "`everycase accept RUN --role ROLE --reason REASON`, or compare with `--baseline last`.",
    ),
    "wrong-format": (
        "`--report` names something that is no format.",
        "junit, github, gitlab, markdown, json; by commas.",
    ),
    "wrong-reason": ("A reason is none of the codes.", "See docs/ledger.md. Free text is not kept."),
    "wrong-role": ("A role is not written as one.", "Small letters and underlines, such as data_owner; no name."),
    "unknown-run": ("The ledger has no such run, or several that begin like that.", "See `everycase history`."),
}
