"""Sources of several tables: rules look above, below and beside, whether the tables come as XML or as files."""

import csv
import datetime as dt
import textwrap

import pytest
from making import counts, load_folder, make_project, rule

from everycase.cli import run_command
from everycase.errors import ConfigurationError, PredicateError
from everycase.outcome import Status
from everycase.run import Options, run
from everycase.testing import failing_rows, judge_rule

DAY = dt.date(2026, 6, 15)
SUITE = """
suite: s
title: S
tables:
  header:
    title: The return
    fields:
      year: {title: Year, type: integer}
  children:
    title: Children
    parent: header
    keys: [ref]
    fields:
      ref: {title: Reference, type: text, thresholds: {supplied: 1.0}}
      sex: {title: Sex, type: code, codelist: words}
      died: {title: Date of death, type: date, required: never}
    derived:
      dead: supplied(died)
  plans:
    title: Plans
    parent: children
    keys: [children.ref, start]
    fields:
      start: {title: Start, type: date}
      end: {title: End, type: date, required: never, valid: end >= start}
  notes:
    title: Notes
    parent: children
    fields:
      kind: {title: Kind, type: code, codelist: words}
expectations:
"""
READERS = {
    "xml": """
    reader:
      kind: xml
      tables:
        header: {path: Message/Header}
        children: {path: Message/Children/Child}
        plans: {path: Message/Children/Child/Plans/Plan}
        notes: {path: Message/Children/Child/kind}
""",
    "delimited": """
    reader:
      tables:
        header: {file: header.csv}
        children: {file: children.csv, join: {return: header.id}}
        plans: {file: plans.csv, join: {child: children.ref}}
        notes: {file: notes.csv, join: {child: children.ref}}
""",
}
RULES = {
    # a field of a table above
    "R1": ("plans", "start <= children.died", "supplied(children.died)"),
    # at most one other open row beside
    "R2": ("plans", "rows_of(plans, NOT supplied(plans.end)) = 0", "NOT supplied(end)"),
    # periods that overlap
    "R3": ("plans", "NOT any_row(plans, plans.start < end AND plans.end > start)", "TRUE"),
    # rows below
    "R4": ("children", "rows_of(plans) >= 1", "TRUE"),
    "R5": ("children", "any_row(notes, notes.kind = '1')", "any_row(plans)"),
    # the whole return
    "R6": ("header", "rows_of(plans, year(plans.start) = year) >= 2", "TRUE"),
    "R7": ("header", "kinds(notes, notes.kind) >= 2", "TRUE"),
    # two tables beside each other
    "R8": ("notes", "any_row(plans, NOT supplied(plans.end), children)", "kind = '2'"),
    "R9": ("plans", "belongs(children)", "TRUE"),
}


def project(folder, reader="xml", rules=RULES):
    made = make_project(folder, "k: {title: K, type: text}\n")
    parts = [
        rule(code, requires, applies).rstrip() + f"\n    table: {table}\n"
        for code, (table, requires, applies) in rules.items()
    ]
    text = SUITE + "".join(parts).replace("    passing: [{}]\n    failing: [{}]", "    failing: [{}]")
    (made / "expectations/s.yaml").write_text(
        text.replace("expectations:\n", "expectations:" + "\n", 1), encoding="utf-8"
    )
    sources = (made / "sources.yaml").read_text(encoding="utf-8")
    sources = sources.replace("    group_by: []\n    keys: []\n", READERS[reader].lstrip("\n"))
    (made / "sources.yaml").write_text(sources, encoding="utf-8")
    return made


XML = """<?xml version="1.0" encoding="UTF-8"?>
<Message>
  <Header><year>2024</year></Header>
  <Children>
    <Child>
      <ref>a</ref><sex>1</sex><died>2024-03-01</died>
      <Plans>
        <Plan><start>2024-01-01</start><end>2024-02-01</end></Plan>
        <Plan><start>2024-04-01</start></Plan>
      </Plans>
      <kind>1</kind><kind>2</kind>
    </Child>
    <Child>
      <ref>b</ref><sex>77</sex>
      <Plans>
        <Plan><start>2023-01-01</start></Plan>
        <Plan><start>2023-06-01</start><end>2023-05-01</end></Plan>
        <Plan><start>2023-09-01</start></Plan>
      </Plans>
    </Child>
    <Child><ref>c</ref><sex>2</sex><kind>2</kind></Child>
  </Children>
</Message>
"""
FILES = {
    "header.csv": "id,year\nR,2024\n",
    "children.csv": "return,ref,sex,died\nR,a,1,2024-03-01\nR,b,77,\nR,c,2,\n",
    "plans.csv": "child,start,end\na,2024-01-01,2024-02-01\na,2024-04-01,\nb,2023-01-01,\nb,2023-06-01,2023-05-01\n"
                 "b,2023-09-01,\n",
    "notes.csv": "child,kind\na,1\na,2\nc,2\n",
}  # fmt: skip
EXPECTED = {
    "R1": (1, 1, 0), "R2": (1, 2, 0), "R3": (2, 0, 3), "R4": (2, 1, 0), "R5": (1, 1, 0), "R6": (1, 0, 0),
    "R7": (1, 0, 0), "R8": (1, 1, 0), "R9": (5, 0, 0), "CMP01.children.ref": (3, 0, 0),
}  # fmt: skip


def started(folder, reader="xml", text=None, files=None, xsd=None):
    made = project(folder / "p", reader)
    if xsd is not None:
        sources = (made / "sources.yaml").read_text(encoding="utf-8")
        sources = sources.replace("kind: xml\n", "kind: xml\n      xsd: return.xsd\n")
        (made / "sources.yaml").write_text(sources, encoding="utf-8")
        (made / "return.xsd").write_text(xsd, encoding="utf-8")
    if reader == "xml":
        path = folder / "extract.xml"
        path.write_text(XML if text is None else text, encoding="utf-8")
    else:
        path = folder / "extract"
        path.mkdir()
        for name, content in (files or FILES).items():
            (path / name).write_text(content, encoding="utf-8")
    return run(load_folder(made), Options(as_of=DAY, extracts={"s": path}))


@pytest.mark.parametrize("reader", ["xml", "delimited"])
def test_rules_look_above_below_and_beside(tmp_path, reader):
    with started(tmp_path, reader) as opened:
        source = opened.result().sources[0]
        assert {code: counts(source, code) for code in EXPECTED} == EXPECTED
        assert {t.name: t.records for t in source.tables} == {"header": 1, "children": 3, "plans": 5, "notes": 3}
        assert source.records == 12
        assert source.status is Status.FAILED
        fields = {f.name: f.tally for f in source.fields}
        assert fields["children.sex"].not_known["unmapped"] == 1
        assert fields["plans.end"].not_known["invalid"] == 1
        plans = next(p for p in opened.checked[0].parts if p.result.id == "s.plans")
        assert failing_rows(plans, "R1") == [9 if reader == "xml" else 3]


def test_a_line_of_xml_is_the_row(tmp_path):
    with started(tmp_path) as opened:
        plans = next(p for p in opened.checked[0].parts if p.result.id == "s.plans")
        assert [XML.splitlines()[row - 1].strip() for row in failing_rows(plans, "R2")] == [
            "<Plan><start>2023-01-01</start></Plan>", "<Plan><start>2023-09-01</start></Plan>",
        ]  # fmt: skip


def test_an_orphan_belongs_to_none_and_what_asks_of_its_parent_cannot_be_judged(tmp_path):
    files = {**FILES, "plans.csv": FILES["plans.csv"] + "gone,2024-01-01,\n,2024-01-01,\n"}
    with started(tmp_path, "delimited", files=files) as opened:
        source = opened.result().sources[0]
    assert counts(source, "R9") == (5, 2, 0)
    assert counts(source, "R2") == (1, 2, 2)


def test_a_key_that_stands_twice_is_refused(tmp_path):
    files = {**FILES, "children.csv": FILES["children.csv"] + "R,a,1,\n"}
    with started(tmp_path, "delimited", files=files) as opened:
        source = opened.result().sources[0]
    assert (source.status, source.problem.slug) == (Status.COULD_NOT_CHECK, "records-lost")


def test_a_table_may_be_empty_but_not_the_extract(tmp_path):
    bare = "<Message><Header><year>2024</year></Header><Children><Child><ref>a</ref></Child></Children></Message>"
    with started(tmp_path, text=bare) as opened:
        source = opened.result().sources[0]
    assert counts(source, "R4") == (0, 1, 0)
    assert counts(source, "R5") == (0, 0, 0)
    (tmp_path / "again").mkdir()
    with started(tmp_path / "again", text="<Message/>") as opened:
        assert opened.result().sources[0].problem.slug == "extract-no-records"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("", "extract-empty"),
        ("a,b\n1,2\n", "extract-not-xml"),
        (XML[: len(XML) // 2], "xml-not-well-formed"),
        (XML.replace("</ref>", "</rep>", 1), "xml-not-well-formed"),
        (XML.replace("<Message>", '<!DOCTYPE Message [<!ENTITY x "canary">]><Message>'), "xml-doctype"),
        (XML.replace("2024", "20&nbsp;24", 1), "xml-not-well-formed"),
    ],
)
def test_xml_that_is_not_read_is_refused_in_words(tmp_path, text, slug):
    with started(tmp_path, text=text) as opened:
        source = opened.result().sources[0]
    assert (source.status, source.problem.slug) == (Status.COULD_NOT_CHECK, slug)
    assert "canary" not in str(source.problem)


def test_what_of_xml_is_not_taken_is_told(tmp_path):
    text = XML.replace("<ref>a</ref>", "<ref>a</ref>stray<ref>z</ref><unasked>x</unasked>").replace(
        "<Child>", "between<Child>", 1
    )
    with started(tmp_path, text=text) as opened:
        extract = opened.result().sources[0].extract
    assert {r.kind: r.count for r in extract.repairs} == {"stray_text": 2, "repeated_elements": 1}
    assert extract.extra_columns == 1


def test_an_element_that_stands_again_is_another_record_where_the_registry_says_so(tmp_path):
    made = project(tmp_path / "p", rules={"R2": RULES["R2"]})
    sources = (made / "sources.yaml").read_text(encoding="utf-8")
    plans = "plans: {path: Message/Children/Child/Plans/Plan}"
    assert plans in sources
    (made / "sources.yaml").write_text(sources.replace(plans, plans[:-1] + ", repeats: true}"), encoding="utf-8")
    path = tmp_path / "extract.xml"
    again = "<start>2023-01-01</start>\n<end>2023-02-01</end>\n<start>2023-03-01</start>"
    path.write_text(XML.replace("<start>2023-01-01</start>", again), encoding="utf-8")
    with run(load_folder(made), Options(as_of=DAY, extracts={"s": path})) as opened:
        source = opened.result().sources[0]
        plans = next(p for p in opened.checked[0].parts if p.result.id == "s.plans")
        rows = failing_rows(plans, "R2")
    assert {t.name: t.records for t in source.tables}["plans"] == 6
    assert not source.extract.repairs
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [lines[row - 1].strip()[:25] for row in rows] == ["<start>2023-03-01</start>", "<Plan><start>2023-09-01</"]


SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="Message"><xs:complexType><xs:sequence>
  <xs:element name="Header"><xs:complexType><xs:sequence>
    <xs:element name="year" type="xs:gYear"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Children"><xs:complexType><xs:sequence>
    <xs:element name="Child" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="ref" type="xs:string"/><xs:element name="sex"><xs:simpleType>
        <xs:restriction base="xs:string"><xs:enumeration value="1"/></xs:restriction></xs:simpleType></xs:element>
      <xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""


def test_what_differs_from_a_schema_is_told_by_line_and_the_rules_run(tmp_path):
    text = XML.replace("<sex>77</sex>", "<sex>canary</sex>")
    at = next(number for number, line in enumerate(text.splitlines(), 1) if "canary" in line)
    with started(tmp_path, text=text, xsd=SCHEMA) as opened:
        source = opened.result().sources[0]
    assert source.problem is None
    repairs = source.extract.repairs
    assert [(r.kind, r.count) for r in repairs] == [("schema", 2)]  # canary, and the 2 of the third child
    assert f"first at line {at}" in repairs[0].detail
    assert "canary" not in str(repairs)


EXAMPLES = [
    ("R1", {"start": "2024-01-01", "children.died": "2024-01-01"}, "passing"),
    ("R1", {"start": "2024-01-02", "children.died": "2024-01-01"}, "failing"),
    ("R1", {"start": "2024-01-02"}, "not_applicable"),
    ("R2", {"start": "2024-01-01", "plans": [{"start": "2023-01-01"}]}, "failing"),
    ("R2", {"start": "2024-01-01", "plans": [{"start": "2023-01-01", "end": "2023-02-01"}]}, "passing"),
    (
        "R3",
        {"start": "2024-01-01", "end": "2024-03-01", "plans": [{"start": "2024-02-01", "end": "2024-04-01"}]},
        "failing",
    ),
    ("R3", {"start": "2024-01-01", "end": "2024-03-01", "plans": [{"start": "2024-02-01"}]}, "undetermined"),
    ("R3", {"start": "2024-01-01", "end": "2024-03-01", "plans": [{"start": "2024-05-01"}]}, "passing"),
    ("R4", {"ref": "a"}, "failing"),
    ("R5", {"ref": "a", "plans": [{}], "notes": [{"kind": "2"}, {"kind": "1"}]}, "passing"),
    ("R5", {"ref": "a", "plans": [{}], "notes": [{"kind": "2"}, {"kind": "77"}]}, "undetermined"),
    (
        "R6",
        {"year": "2024", "plans": [{"start": "2024-01-01"}, {"start": "2024-02-01"}, {"start": "2023-01-01"}]},
        "passing",
    ),
    ("R6", {"year": "2024", "plans": [{"start": "2024-01-01"}, {"start": "x"}]}, "undetermined"),
    ("R7", {"notes": [{"kind": "1"}, {"kind": "1"}]}, "failing"),
    ("R8", {"kind": "2", "plans": [{"start": "2024-01-01"}]}, "passing"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "record", "answer"), EXAMPLES)
def test_an_example_says_what_the_tables_around_a_record_hold(tmp_path, code, record, answer):
    loaded = load_folder(project(tmp_path / "p"))
    bound = next(r for r in loaded.rules_of("s") if r.code == code)
    part = loaded.suite_of("s").tables[bound.table]
    assert judge_rule(bound, part, [record]) == [answer]
    assert judge_rule(bound, part, [record, record]) == [answer, answer]
    assert judge_rule(bound, part, []) == []


@pytest.mark.parametrize(
    ("table", "requires", "slug"),
    [
        ("plans", "rows_of(plan) = 1", "unknown-table"),
        ("plans", "rows_of(plans, plans.begin < end) = 0", "unknown-field"),
        ("plans", "plans.start = start", "unknown-field"),
        ("plans", "rows_of(notes, TRUE, plans) = 0", "unknown-table"),
        ("plans", "rows_of(notes, any_row(plans)) = 0", "predicate-shape"),
        ("plans", "rows_of(notes, 1) = 0", "predicate-kind"),
        ("plans", "belongs(notes)", "unknown-table"),
        ("plans", "children.born = start", "unknown-field"),
        ("plans", "kinds(notes, start) = 1", "predicate-shape"),
        ("children", "rows_of('plans') = 1", "predicate-shape"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(tmp_path, table, requires, slug):
    loaded = load_folder(project(tmp_path / "p", rules={"R1": (table, requires, "TRUE")}))
    bound = next(r for r in loaded.rules_of("s") if r.code == "R1")
    with pytest.raises(PredicateError) as told:
        judge_rule(bound, loaded.suite_of("s").tables[table], [{}])
    assert told.value.slug == slug


@pytest.mark.parametrize(
    ("before", "after", "slug"),
    [
        (
            "    parent: children\n    keys: [children.ref, start]",
            "    parent: child\n    keys: [start]",
            "unknown-table",
        ),
        ("keys: [children.ref, start]", "keys: [children.name]", "unknown-field"),
        ("  notes:\n", "  Extra-1:\n    title: X\n  notes:\n", "wrong-value"),
        ("    table: plans\n", "    table: planes\n", "unknown-table"),
        ("    table: plans\n", "", "missing-key"),
        ("title: S\n", "title: S\nfields:\n  x: {title: X, type: text}\n", "wrong-value"),
        ("title: S\n", "title: S\ninclude: [more.yaml]\n", "include-missing"),
        ("title: S\n", "title: S\ninclude: [../sources.yaml]\n", "include-missing"),
    ],
)
def test_a_suite_of_several_tables_that_does_not_fit_is_refused(tmp_path, before, after, slug):
    made = project(tmp_path / "p")
    path = made / "expectations/s.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_folder(made)
    assert told.value.slug == slug
    assert told.value.where.startswith("expectations/s.yaml:")


@pytest.mark.parametrize(
    ("before", "after", "slug"),
    [
        ("        notes: {path: Message/Children/Child/kind}\n", "", "missing-key"),
        ("        notes: {path", "        remarks: {path", "unknown-table"),
        ("notes: {path: Message/Children/Child/kind}", "notes: {file: x.csv}", "missing-key"),
        ("    reader:\n", "    keys: [ref]\n    reader:\n", "unknown-key"),
        ("    reader:\n", "    columns: {children.Ref: ref}\n    reader:\n", "unknown-field"),
        ("    reader:\n", "    columns: {Ref: children.ref}\n    reader:\n", "wrong-value"),
        ("      kind: xml\n", "      kind: xml\n      delimiter: ';'\n", "unknown-key"),
        ("    reader:\n", "    rulesets: {by: header.year, suites: {'2024': s}}\n    reader:\n", "missing-key"),
        ("    reader:\n", "    rulesets: {by: header.year, suites: {'2024': t}}\n    reader:\n", "unknown-suite"),
    ],
)
def test_a_registry_that_does_not_fit_the_tables_is_refused(tmp_path, before, after, slug):
    made = project(tmp_path / "p")
    path = made / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_folder(made)
    assert told.value.slug == slug


def test_expectations_may_stand_in_files_of_their_own(tmp_path):
    made = project(tmp_path / "p", rules={"R4": RULES["R4"]})
    more = made / "expectations/s/more.yaml"
    more.parent.mkdir()
    table, requires, applies = RULES["R1"]
    more.write_text(
        "expectations:\n" + textwrap.dedent(rule("R1", requires, applies)) + f"  table: {table}\n", encoding="utf-8"
    )
    path = made / "expectations/s.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("title: S\n", "title: S\ninclude: [s/more.yaml]\n", 1),
        encoding="utf-8",
    )
    before = load_folder(made)
    assert {r.code for r in before.rules_of("s")} == {"R4", "R1", "CMP01.children.ref"}
    more.write_text(more.read_text(encoding="utf-8").replace("Because", "Why not"), encoding="utf-8")
    assert load_folder(made).digest != before.digest


def test_the_list_of_failing_records_names_them_by_keys_of_the_tables_above(tmp_path, capsys):
    made = project(tmp_path / "p")
    (made / "reports/owner.yaml").write_text(
        "report: owner\ntitle: Owner\naudience: The owner\nredaction: keys\nunmapped: {}\n"
        "outputs: [{format: failing_csv, file: failing.csv}]\n",
        encoding="utf-8",
    )
    path = tmp_path / "extract.xml"
    path.write_text(XML, encoding="utf-8")
    given = ["--project", str(made), "--extract", f"s={path}", "--out", str(tmp_path / "out"), "--no-gx"]
    assert run_command(["check", *given]) == 1
    assert "fault" not in capsys.readouterr().out
    with (tmp_path / "out/failing.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["source"], row["key"], row["code"]) for row in csv.DictReader(file)]
    assert ("s.plans", "b | 2023-01-01", "R2") in rows
