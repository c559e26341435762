import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUOTED = re.compile(r"<!-- quoted from docs/benchmarks\.md [^>]*-->(.*?)<!-- end of the quotation -->", re.DOTALL)


def words(text):
    return " ".join(text.split())


def test_the_figures_of_the_readme_are_those_of_the_page():
    (quoted,) = QUOTED.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert re.search(r"\d", quoted)
    assert words(quoted) in words(page)
