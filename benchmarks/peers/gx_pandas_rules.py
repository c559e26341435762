"""Great Expectations' pandas engine, on a frame that pandas read, codes as categories and dates as such.

What is listed is what the result names: the index of each failing record.
"""

from __future__ import annotations

import gx_suite  # isort: skip - it sets the environment before the library is imported

import sys

import numpy as np
import pandas as pd
from codes import (
    AS_OF,
    CHILDREN,
    COLUMNS,
    CONNECTED,
    DATES,
    ENUMS,
    MEN,
    PARENTS,
    SPOUSES,
    UNRELATED,
    WOMEN,
)  # fmt: skip


def read(path: str) -> pd.DataFrame:
    """Read an extract: each code as supplied in `<name>_raw`, its typed value in `<name>`; blanks are missing."""
    kinds = {name: "category" if name in ENUMS else "str" for name in COLUMNS}
    frame = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=["", " "], engine="c")
    raw = {f"{name}_raw": frame[name] for name in COLUMNS[1:]}
    for name in COLUMNS[1:]:
        if name in DATES:
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
        else:
            frame[name] = frame[name].cat.set_categories(ENUMS[name])
    return frame.assign(**raw)


class Answers:
    """The answers to the rules that are columns: each a pair of arrays, whether it is known and what it is."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.codes = {name: frame[name].cat.codes.to_numpy() for name in ENUMS}
        self.supplied = {name: frame[f"{name}_raw"].notna().to_numpy() for name in COLUMNS[1:]}
        self.whole = {name: self._whole(name) for name in ("incident", "victim_born", "suspect_born")}

    def _whole(self, name: str) -> np.ndarray:
        day = self.frame[name].dt
        return (day.year * 10_000 + day.month * 100 + day.day).to_numpy(dtype="float64")

    def among(self, name: str, codes: list[str] | tuple[str, ...]) -> np.ndarray:
        """Tell whether a code is one of some, false where there is none."""
        held = np.zeros(len(ENUMS[name]) + 1, dtype=bool)
        held[[ENUMS[name].index(code) for code in codes]] = True
        return held[self.codes[name]]

    def known(self, name: str) -> np.ndarray:
        """Tell whether a code is in its list."""
        return self.codes[name] >= 0

    def says(self, name: str, codes: list[str] | tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Tell whether a code is one of some: known for what is blank or listed."""
        return self.known(name) | ~self.supplied[name], self.among(name, codes)

    def adult(self, who: str) -> tuple[np.ndarray, np.ndarray]:
        """Tell whether somebody was 16 at the incident."""
        age = self.whole["incident"] - self.whole[f"{who}_born"]
        return ~np.isnan(age), age >= 160_000

    def before(self, first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
        """Tell whether one day lies before another."""
        one, other = self.frame[first], self.frame[second]
        return (one.notna() & other.notna()).to_numpy(), (one < other).to_numpy()

    def all(self) -> dict[str, pd.arrays.BooleanArray]:
        """Give the answers by the code of the rule: false where a record fails, missing where it is not judged."""
        suspect = self.among("suspect_known", ["Y"])
        flag_known, flagged = self.says("flag", ["Y"])
        unrelated_known, unrelated = self.says("relationship", UNRELATED)
        victim, suspect_age = self.adult("victim"), self.adult("suspect")
        connected = self.among("relationship", CONNECTED)
        known_sex = self.among("victim_sex", ["1", "2", "9"])
        told_sex = self.among("victim_sex", ["1", "2"])
        women = self.among("relationship", WOMEN)
        parents = self.among("relationship", PARENTS)
        younger, older = self.before("victim_born", "suspect_born"), self.before("suspect_born", "victim_born")
        born = [self.frame[name].notna().to_numpy() for name in ("recorded", "victim_born")]
        after = self.before("incident", "suspect_born")
        always = np.ones(len(self.frame), dtype=bool)
        found = {
            "CMP02.recorded": (self.supplied["recorded"], born[0]),
            "CMP02.victim_born": (self.supplied["victim_born"], born[1]),
            "CMP01.suspect_sex": (suspect, self.supplied["suspect_sex"]),
            "CMP03.victim_sex": (always, known_sex),
            "DAT03": (suspect & after[0], ~after[1]),
            "DAT04": (born[0], (self.frame["recorded"] <= pd.Timestamp(AS_OF)).to_numpy()),
            "FLG01": (self.among("offence", ENUMS["offence"][:10]) & flag_known, flagged),
            "FLG02": (flagged & unrelated_known, ~unrelated),
            "FLG03": (connected & victim[1] & suspect_age[1] & flag_known, flagged),
            "GEN01": (
                self.among("relationship", WOMEN + MEN) & known_sex & told_sex,
                self.among("victim_sex", ["2"]) == women,
            ),
            "AGE01": (self.among("relationship", SPOUSES) & victim[0], victim[1]),
            "AGE02": (
                self.among("relationship", PARENTS + CHILDREN) & younger[0],
                np.where(parents, younger[1], older[1]),
            ),
            "REL01": (suspect, self.known("relationship") & ~self.among("relationship", ("Not known", "Refused"))),
        }
        return {code: pd.arrays.BooleanArray(answer, ~judged) for code, (judged, answer) in found.items()}


def main(path: str, out: str, failing: str = "") -> None:
    """Read, then validate."""
    frame = read(path)
    answers = {gx_suite.answer(code): answer for code, answer in Answers(frame).all().items()}
    # NOTE: the library copies, filters and digests the whole frame; it gets the columns that the suite reads.
    frame = frame[list(gx_suite.READ)].assign(**answers)
    source = gx_suite.context().data_sources.add_pandas("bench")
    batch = source.add_dataframe_asset("bench").add_batch_definition_whole_dataframe("all")
    results = gx_suite.validate(batch.get_batch({"dataframe": frame}), out, complete=bool(failing))
    if failing:
        parts = []
        for code, result in results.items():
            places = np.asarray(result.get("unexpected_index_list") or [], dtype="int64")
            parts.append(pd.DataFrame({"key": frame["ref"].take(places), "row": places + 2, "rule": code}))
        pd.concat(parts).to_csv(failing, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
