"""What a narrative speaks of: phrases found whole, denied ones not, alike on every engine, and never shown."""

import csv
import re

import pytest
from canaries import written
from hypothesis import given
from hypothesis import strategies as st
from support import AS_OF, ROOT
from test_sources import sample

from everycase.codelists import pattern_problem
from everycase.engines import pg_text
from everycase.lexicon import pattern_of
from everycase.project import Place, load_place

LEXICON = load_place(Place(ROOT, "named")).codelists["lexicon_domestic_abuse"]
NEGATIONS = {c.code for c in LEXICON.codes.values() if c.attributes.get("role") == "negation"}


def speaks(text, term="named", window=3):
    return re.fullmatch(pattern_of(LEXICON, term, window), text.lower()) is not None


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("Domestic abuse.", "named", True),
        ("long history of DOMESTIC\n VIOLENCE between them", "named", False),  # a new line ends a clause
        ("long history of domestic  violence, he left", "named", True),
        ("This was not domestic abuse", "named", False),
        ("no sign of any domestic abuse", "named", True),  # the denial stands four words before
        ("no sign of domestic abuse", "named", False),
        ("No injuries. Domestic abuse disclosed", "named", True),
        ("notable domestic abuse", "named", True),
        ("domestic abuser", "named", False),
        ("nondomestic abuse", "named", False),
        ("breach of non-molestation order", "order", True),
        ("no non-molestation order in place", "order", False),
        ("DVPN served", "order", True),
        ("victim denies domestic abuse", "named", False),
        ("she was strangled", "harm", True),
        ("was a stranger", "harm", False),
        ("", "named", False),
        ("the ex-partner came back", "partner", True),
        ("é domestic abuse é", "named", True),
    ],
)
def test_a_phrase_is_found_whole_and_undenied(text, term, found):
    assert speaks(text, term) is found


def plainly(text, phrase, window):
    """Say the same by splitting into clauses and words, without the expression."""
    wanted = phrase.split()
    for clause in re.split(r"[.;!?\n]", text):
        words = re.findall("[0-9a-z]+", clause)
        for place in range(len(words) - len(wanted) + 1):
            if words[place : place + len(wanted)] == wanted and not NEGATIONS & set(
                words[max(0, place - window) : place]
            ):
                return True
    return False


WORDS = st.sampled_from(
    ["domestic", "abuse", "violence", "not", "no", "nothing", "n", "never", "denied", "he", "x1", "é"]
)
GAPS = st.sampled_from([" ", ", ", ". ", "\n", "-", "  ", "!", ";"])


@given(st.lists(st.tuples(WORDS, GAPS), max_size=9), st.integers(1, 6))
def test_the_expression_says_what_plain_splitting_says(parts, window):
    text = "".join(word + gap for word, gap in parts)
    phrases = [c.code for c in LEXICON.codes.values() if c.attributes.get("term") == "named" and "*" not in c.code]
    assert speaks(text, "named", window) is any(plainly(text, p, window) for p in phrases)


def test_the_expression_is_one_that_every_engine_reads_alike():
    terms = {c.attributes["term"] for c in LEXICON.codes.values() if "term" in c.attributes}
    for term in terms:
        pattern = pattern_of(LEXICON, term, 3)
        assert pattern_problem(pattern) == ""
        assert pg_text.pattern_sql(pattern)


def test_the_text_is_read_and_never_shown(everycase, tmp_path):
    module = sample("police_da_incidents")
    rows, _ = module.generate(20, 1, AS_OF, plants=False)
    cells = dict(zip(module.HEADER, rows[0], strict=True))
    cells |= {"category": "Concern for safety", "da_flag": "N", "relationship": "Friend"}
    cells["narrative"] = "Zebedee disclosed domestic abuse at the florist"
    path = tmp_path / "incidents.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([module.HEADER, tuple(cells[name] for name in module.HEADER), *rows[1:]])
    ran = everycase("check", "police_da_incidents", "--project", ROOT, "--as-of", AS_OF, "--no-gx", "--out",
                    tmp_path / "out", "--extract", f"police_da_incidents={path}")  # fmt: skip
    everything = written(tmp_path / "out")
    assert "FLG07.named" in everything
    for shown in (ran.printed, everything):
        assert "Zebedee" not in shown
        assert "florist" not in shown
