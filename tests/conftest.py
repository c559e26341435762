"""What all tests share: the project of this repository, made-up extracts, and the command line in this process."""

import sys

import pytest
from support import AS_OF, ROOT

sys.dont_write_bytecode = True  # samples/ and checks/ go into the wheel as they are


@pytest.fixture(scope="session")
def project():
    from everycase.project import load

    return load(ROOT)


@pytest.fixture(scope="session")
def extracts(project, tmp_path_factory):
    """Make one small extract of two sources, one with a key and one without: source -> Sample."""
    from everycase.sampling import write_sample

    out = tmp_path_factory.mktemp("extracts")
    return {
        name: write_sample(project, name, 1000, 7, AS_OF, out) for name in ("police_recorded_crime", "met_homicides")
    }


class Ran:
    """How a command ended, and what it printed."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def printed(self):
        return self.out + self.err


@pytest.fixture
def everycase(capsys):
    """Run the command line in this process: everycase("check", "--no-gx") -> Ran."""
    from everycase.cli import run_command

    def call(*arguments):
        capsys.readouterr()
        code = run_command([str(a) for a in arguments])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture
def check(everycase, extracts, tmp_path):
    """Run `check` on the sources named, or on those of `extracts`, without the Great Expectations record."""

    def call(*arguments, out=tmp_path / "out", **given):
        named = {**{n: s.extract for n, s in extracts.items()}, **given}
        chosen = set(arguments) & set(extracts) or set(extracts)
        pairs = [part for name, path in named.items() if path is not None and name in chosen
                 for part in ("--extract", f"{name}={path}")]  # fmt: skip
        sources = () if set(arguments) & set(extracts) else tuple(extracts)
        options = ("--project", ROOT, "--as-of", AS_OF, "--no-gx", "--out", out)
        return everycase("check", *sources, *arguments, *options, *pairs)

    return call
