"""No count that is withheld can be worked out from what is published, now or together with earlier releases."""

import json
import os
import random
import re
import subprocess
import sys

import pytest
from attacker import Attack, read_csv, read_json
from support import ROOT
from worlds import hierarchy, more, policy, records, report, result, source

from everycase.reporting import public_csv, public_html, public_json
from everycase.suppression.releasing import released

#: how many are tried; `make attack` asks for the whole
TABLES = int(os.environ.get("EVERYCASE_ATTACK_TABLES", "24"))
SEQUENCES = int(os.environ.get("EVERYCASE_ATTACK_SEQUENCES", "4"))
#: seeds that broke what was tried before
BROKE_TABLES, BROKE_SEQUENCES = (144, 433), (5, 32, 47)
FIELD, ONE, TWO = ("fields", "f"), ("rules", "ONE"), ("rules", "TWO")


def publish(made, suppression, earlier=()):
    """Give the bytes of a release."""
    release = released(result(source(made)), report(suppression), "P", [json.loads(e) for e in earlier])
    return release, public_json.text(release)


def attacks(releases, **known):
    """Attack the field by itself, and the two rules, which anybody knows to apply to the same records."""
    rows = [read_json(r)["s"] for r in releases]
    rows = [r for r in rows if r]
    if not rows:
        return
    yield Attack(rows, [FIELD], **known)
    yield Attack(rows, [ONE, TWO], same=[((ONE, "applicable"), (TWO, "applicable"))], **known)


def narrow(attack, width):
    """Name the withheld counts whose bounds lie closer than promised."""
    for time, row, thing, count in attack.withheld():
        low, high = attack.bounds(attack.terms(time, row, thing, count))
        if high - low < width:
            yield time, row[0], sorted(row[1]), thing, count, low, high


@pytest.mark.parametrize("seed", [*range(TABLES), *(s for s in BROKE_TABLES if s >= TABLES)])
def test_no_withheld_count_of_a_random_hierarchy_can_be_bounded(seed):
    rng = random.Random(seed)
    made = records(rng)
    suppression = policy(rng, hierarchy=hierarchy(rng, made))
    _, text = publish(made, suppression)
    for attack in attacks([text]):
        assert list(narrow(attack, suppression.width)) == []


def sequence(seed):
    """Publish growing records some times: the policy, the bytes, and the records of each that had figures."""
    rng = random.Random(seed)
    made = records(rng, most=8)
    suppression = policy(rng, hierarchy=hierarchy(rng, made))
    texts, worlds = [], []
    for _ in range(rng.randint(2, 5)):
        _, text = publish(made, suppression, texts)
        texts.append(text)
        worlds.append(made)
        made = more(rng, made)
    shown = [n for n, t in enumerate(texts) if read_json(t)["s"]]
    return suppression, [texts[n] for n in shown], [worlds[n] for n in shown]


def told_differences(attack, worlds, suppression):
    """Name the small differences between two releases that can be bounded more closely than promised."""
    for time in range(1, len(worlds)):
        whole = source(worlds[time]), source(worlds[time - 1])
        now, before = attack.releases[time], attack.releases[time - 1]
        for row in now:
            for old in (r for r in before if r[:2] == row[:2]):
                for thing in {k[1] for k in attack.places} & row[3].keys() & old[3].keys():
                    for count in row[3][thing].keys() & old[3][thing].keys():
                        difference = true_count(whole[0], row, thing, count) - true_count(whole[1], old, thing, count)
                        if not suppression.small(difference) or true_count(whole[1], old, thing, count) == 0:
                            continue
                        terms = attack.terms(time, row, thing, count)
                        terms |= {p: -f for p, f in attack.terms(time - 1, old, thing, count).items()}
                        low, high = attack.bounds(terms)
                        if high - low < suppression.width:
                            yield time, row[0], sorted(row[1]), thing, count, low, high


def true_count(summed, row, thing, count):
    """Count what was never published, from the records that only the test has."""
    from everycase.suppression import columns

    groups = [g for g in summed.groups if g.field == row[0] and g.value in row[1]]
    records = sum(g.records for g in groups) if row[0] else summed.records
    if thing[0] == "rules":
        parts = (
            [g.rules[thing[1]] for g in groups] if row[0] else [r.counts for r in summed.rules if r.code == thing[1]]
        )
        return columns.of_rule(sum(parts[1:], start=parts[0]), records)[count]
    parts = [g.fields[thing[1]] for g in groups] if row[0] else [summed.fields[0].tally]
    total = sum(parts[1:], start=parts[0])
    return (columns.of_field(total, records) | columns.split_of(total))[count]


@pytest.mark.parametrize("seed", [*range(SEQUENCES), *(s for s in BROKE_SEQUENCES if s >= SEQUENCES)])
def test_no_sequence_of_releases_tells_a_withheld_count_or_a_small_difference(seed):
    suppression, texts, worlds = sequence(seed)
    for attack in attacks(texts, growing=True):
        assert list(narrow(attack, suppression.width)) == []
        assert list(told_differences(attack, worlds, suppression)) == []


def test_the_attacker_succeeds_where_only_small_counts_are_withheld(monkeypatch):
    """Without this, a blind attacker would prove everything."""
    import numpy as np

    from everycase.suppression import veiling
    from everycase.suppression.protecting import Protection

    def small_only(system, width, grids=()):
        hidden = np.array(system.sensitive) | np.array(system.implied)
        nought = np.zeros(len(hidden), dtype=np.int64)
        return Protection(hidden, nought, nought, [])

    monkeypatch.setattr(veiling, "protect", small_only)
    broken = 0
    for seed in range(12):
        rng = random.Random(seed)
        made = records(rng)
        suppression = policy(rng, hierarchy=hierarchy(rng, made))
        _, text = publish(made, suppression)
        broken += any(list(narrow(a, suppression.width)) for a in attacks([text]))
    assert broken >= 9


def test_every_format_says_the_same(tmp_path):
    rng = random.Random(3)
    made = records(rng)
    suppression = policy(rng, marker="[c]", hierarchy=hierarchy(rng, made))
    release, text = publish(made, suppression)
    lines = read_csv(public_csv.text(release), "[c]")
    (said,) = json.loads(text)["sources"]
    expected = {}
    for row in said["rows"]:
        head = ("s", row["by"], row["name"])
        expected[(*head, "records", "", "records")] = row["records"]
        for kind, name in (("fields", "field"), ("rules", "rule")):
            for thing, held in row[kind].items():
                expected |= {(*head, name, thing, count): number for count, number in held.items()}
    assert lines == expected
    assert None in lines.values()
    page = public_html.text(release)
    told = {n for n in lines.values() if n is not None}
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    of = [re.fullmatch(r"(\S+) of (\S+)", o) for c in cells for o in re.findall(r'class="of">([^<]*)<', c)]
    assert {int(n.replace(",", "")) for m in of for n in m.groups() if n != "[c]"} <= told
    assert any("[c]" in m.groups() for m in of)
    for cell in cells:
        found = re.search(r'class="share">([^<]*)</span> <span class="of">([^<]*)<', cell)
        if found and "[c]" in found[2]:
            assert found[1] == "[c]"


def test_a_source_of_too_few_records_says_nothing():
    release, text = publish(records(random.Random(1))[:4], policy(random.Random(1)))
    assert release.sources[0].reason == "few"
    assert json.loads(text)["sources"][0]["rows"] == []
    assert "too few records" in public_html.text(release)


def test_a_release_with_few_more_records_than_the_last_is_refused():
    made = [dict(r, area="a1") for r in records(random.Random(4), scale=60)]
    suppression = policy(random.Random(1))
    _, first = publish(made, suppression)
    release, _ = publish([*made, made[0], made[1]], suppression, [first])
    assert release.sources[0].reason == "few_more"
    release, _ = publish(made[:-30], suppression, [first])
    assert release.sources[0].reason == "not_growing"
    release, second = publish(made, suppression, [first])
    assert json.loads(second)["sources"] == json.loads(first)["sources"]


def test_what_was_withheld_once_stays_withheld():
    rng = random.Random(8)
    made = records(rng, scale=20)
    suppression = policy(rng)
    _, first = publish(made, suppression)
    _, second = publish(made * 3, suppression, [first])
    once = {
        (r[0], r[1], t, c) for r in read_json(first)["s"] for t, cs in r[3].items() for c, n in cs.items() if n is None
    }
    again = {(r[0], r[1], t, c): n for r in read_json(second)["s"] for t, cs in r[3].items() for c, n in cs.items()}
    assert once
    assert all(again.get(cell) is None for cell in once)
    _, alone = publish(made * 3, suppression)
    assert len([n for n in again.values() if n is None]) > alone.count("null")


def test_nought_and_all_may_be_withheld_too():
    rng = random.Random(5)
    made = [dict(r, area=f"a{n % 4}", kind="answered", one="passing") for n, r in enumerate(records(rng, scale=60))]
    made += [dict(made[0], one="failing", area="a1")] * 30
    plain, _ = publish(made, policy(random.Random(0)))
    strict, _ = publish(made, policy(random.Random(0), full=True))
    assert strict.withheld()[0] > plain.withheld()[0]
    rows = {(r.axis, r.name): r for r in strict.sources[0].rows}
    assert rows["area", "a2"].rules["ONE"]["failing"] is None  # nought: all of the judged pass
    assert rows["area", "a2"].fields["f"]["known"] is not None  # known in every record everywhere tells of nobody


def test_the_same_result_gives_the_same_bytes(tmp_path):
    script = (
        "import sys; sys.path.insert(0, 'tests'); import random; from test_suppression import *\n"
        "rng = random.Random(17); made = records(rng)\n"
        "print(publish(made, policy(rng, hierarchy=hierarchy(rng, made)))[1])"
    )
    runs = {
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True,
                       env={**os.environ, "PYTHONHASHSEED": str(seed)}).stdout
        for seed in (1, 2)
    }  # fmt: skip
    assert len(runs) == 1
    assert "null" in runs.pop()
