"""The return of a force and its crime records: counted from the same crimes they agree, else a query says so."""

from collections import Counter

from support import AS_OF
from test_sources import checked, sample

from everycase.testing import failing_rows

HEADER = sample("hmicfrs_returns").HEADER
CRIMES = sample("police_recorded_crime")


def flagged_by_force(rows):
    flag, force = CRIMES.HEADER.index("da_flag"), CRIMES.HEADER.index("force")
    return Counter(row[force] for row in rows if row[flag] == "Y")


def test_a_return_that_differs_from_the_crime_records_of_the_force_is_asked_about(tmp_path):
    crimes, _ = CRIMES.generate(20_000, 1, AS_OF, plants=False)
    counted = flagged_by_force(crimes)
    plain, _ = sample("hmicfrs_returns").generate(43, 2, AS_OF, plants=False)
    rows, wrong = [], set()
    for place, row in enumerate(plain, start=2):
        cells = dict(zip(HEADER, row, strict=True))
        number = counted[cells["force"]]
        told = number + place % 3  # two in three forces tell one or two more than their records hold
        cells |= {"da_crimes": str(told), "records_da_crimes": str(number)}
        rows.append(tuple(cells[name] for name in HEADER))
        if told * 100 > number * 101:
            wrong.add(place)
    assert 10 < len(wrong) < 43
    with checked("hmicfrs_returns", rows, tmp_path) as opened:
        (found,) = opened.checked
        assert set(failing_rows(found, "INS07")) == wrong
