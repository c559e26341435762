"""Kept counts: what was found in a file of an extract in parts, so that the same bytes are not judged a second time."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from everycase import __version__
from everycase.errors import EngineError, UsageError
from everycase.outcome import RunResult
from everycase.plain import plain
from everycase.stored import from_dict

if TYPE_CHECKING:
    from everycase.outcome import SourceResult
    from everycase.project import Project


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder of kept counts, and all that they depend on beside the file itself.

    Attributes:
        project: whose files all go into the key, suites and checks among them.
        as_of, fail_on: of the run.
    """

    folder: Path
    project: Project
    source_id: str
    as_of: str
    fail_on: str

    def entry(self, name: str, sha256: str) -> Path:
        """Name the entry of a file by the digest of everything that its counts follow from."""
        import duckdb

        reader = self.project.sources[self.source_id].reader.model_dump_json(exclude={"password", "url"})
        what = [self.source_id, name, sha256, self.project.digest, self.as_of, self.fail_on, reader]
        text = json.dumps([*what, __version__, duckdb.__version__])
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json"

    def read(self, entry: Path, sha256: str) -> SourceResult | None:
        """Give what is kept of a file; None where nothing whole is."""
        try:
            head, _, body = entry.read_text(encoding="utf-8").partition("\n")
            if head != hashlib.sha256(body.encode()).hexdigest():
                return None
            (result,) = from_dict(json.loads(body)).sources
        except (OSError, ValueError, KeyError, TypeError, UsageError):
            return None
        return result if result.extract is not None and result.extract.sha256 == sha256 else None

    def write(self, entry: Path, result: SourceResult) -> None:
        """Keep what was found in a file: counts, and the codes that a result may name; whole or not at all.

        Raises:
            EngineError: the folder cannot be written.
        """
        # NOTE: kept as the result of a run that knows no time, so that `stored` checks it as it does any other.
        run = RunResult(
            "0" * 32, "", self.as_of, __version__, self.project.registry.entry.project.id, self.project.digest,
            self.fail_on, result.status, (replace(result, accuracy=None),),
        )  # fmt: skip
        body = json.dumps(plain(run), ensure_ascii=True)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}")
            Path(name).replace(entry)
        except OSError as error:
            message = f"the counts of a part cannot be kept: {error.strerror or type(error).__name__}"
            raise EngineError("out-unwritable", message, where=self.source_id, instead="See 'keep'.") from None
