"""Measure everycase against scripts written by hand and other frameworks, whole processes in turns.

    python benchmarks/run.py                     100,000 and 1,000,000 rows against the script by hand; prints only
    python benchmarks/run.py --full              everything; writes docs/benchmarks.md, and what the README quotes of it
    python benchmarks/run.py --full --fresh      the same, without what an earlier run has left
    python benchmarks/run.py --page              write the page from what was measured

A full run keeps each figure as soon as it is measured. Stopped and started again it goes on where it was, unless what
is measured has changed: then it starts over.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cases
import counts
import page
import rivals
from figures import Figures, stamp
from measure import FailedRunError, run_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cases import Case
    from measure import Contender

HERE = Path(__file__).parent
DATA = HERE / "data"
PAGE = HERE.parent / "docs" / "benchmarks.md"
README = HERE.parent / "README.md"


def take_turns(case: Case, figures: Figures) -> None:
    """Run the contenders of a case A B A B, so that whatever else the machine does strikes all alike.

    Raises:
        SystemExit: one of them failed, or counted something else.
    """
    proven = cases.SCRATCH / case.name / "counts.json"
    if figures.cases.get(case.name) and not proven.exists():
        del figures.cases[case.name]
    if not figures.cases.get(case.name):
        proven.unlink(missing_ok=True)
    for number in range(case.rounds):
        for contender in case.contenders:
            _turn(case, contender, number, figures)


def _turn(case: Case, contender: Contender, number: int, figures: Figures) -> None:
    kept = figures.of(case.name, contender.name)
    spent = figures.every(case.name, contender.name, "seconds")
    if kept["failed"] or len(spent) > number or (spent and sum(spent) + spent[-1] > case.budget):
        return
    print(f"{time.strftime('%H:%M:%S')} {case.name}, turn {number + 1} of {case.rounds}: {contender.name}",
          end="", flush=True, file=sys.stderr)  # fmt: skip
    try:
        cost = run_once(contender, case.limit)
        kept["facts"] = dict(contender.proof()) if contender.proof else {}
    except FailedRunError as error:
        print(file=sys.stderr)
        if not contender.optional:
            sys.exit(f"{contender.name} {error}")
        kept["failed"] = str(error)
        figures.save()
        print(f"  {str(error)[-300:]}", file=sys.stderr)
        return
    except counts.DifferentError as error:
        sys.exit(f"\n{case.title}: {error}")
    print(f"  {cost.seconds:.2f} s, {cost.peak >> 20} MiB", file=sys.stderr)
    figures.add(case.name, contender.name, cost)


def day() -> str:
    """Give the day of the run, or the one that SOURCE_DATE_EPOCH says."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    moment = dt.datetime.fromtimestamp(int(said), dt.UTC) if said else dt.datetime.now(dt.UTC)
    return moment.date().isoformat()


def measure(made: Sequence[Callable[[], Case]], figures: Figures) -> None:
    """Measure case after case."""
    for make in made:
        case = make()
        figures.facts.setdefault("titles", {})[case.name] = case.title
        take_turns(case, figures)


def main() -> None:
    """Measure, and print tables or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="everything, and write the page")
    parser.add_argument("--fresh", action="store_true", help="throw away what was measured before")
    parser.add_argument("--page", action="store_true", help="measure nothing; write the page from what was measured")
    parser.add_argument("--rounds", type=int, help="measured runs of each contender")
    parser.add_argument("--peers", nargs="*", default=[], metavar="PEER", help="of the other frameworks only these")
    parser.add_argument("--only", nargs="*", metavar="CASE", help="of the cases only these, like 1M or 60-rules")
    arguments = parser.parse_args()
    file = DATA / ("measured.json" if arguments.full or arguments.page else "quick.json")
    if not arguments.page and (arguments.fresh or not arguments.full):
        file.unlink(missing_ok=True)
    figures = Figures(file)
    if not arguments.page:
        figures.begin(stamp(), day())
        if arguments.full:
            peers = rivals.chosen(arguments.peers)
            made = cases.full(peers, arguments.rounds)
            figures.facts["versions"] = {name: rivals.versions(name) for name in peers}
        else:
            made = cases.quick(arguments.rounds)
        measure([make for name, make in made.items() if not arguments.only or name in arguments.only], figures)
    titles = figures.facts["titles"]
    for name, title in titles.items():
        print("\n".join([f"### {title}", "", page.compared(figures, name), "", *page.table(figures, name)]), end="\n\n")
    if arguments.full or arguments.page:
        PAGE.write_text(page.written(figures, titles), encoding="utf-8")
        page.quote(figures, README)
        print(f"written: {PAGE.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
