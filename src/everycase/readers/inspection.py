"""What the bytes of a file say before anything reads it as records: its size, digest, encoding and line ends.

Nothing here looks at cells. One pass over chunks with the byte searches of C, so that it costs a fraction of a load.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from everycase.errors import ExtractError
from everycase.readers.magic import foreign_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

_CHUNK = 1 << 18
#: a file for which it is worth loading numpy
_LARGE = 1 << 26

# NOTE: the mark of UTF-32 LE begins with that of UTF-16 LE, so the longer ones come first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_LAST_BLANK = re.compile(rb"(?:\n(?:\r\n|\n|\r)|\r\r\n?)\Z")


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes found, the digest apart.

    Attributes:
        size: bytes.
        mark: the byte order mark as `utf-8`, `utf-16` or `utf-32`; "" when there is none.
        ascii: every byte is below 128.
        utf8: the bytes are valid UTF-8.
        bad_line: line of the first byte that is not UTF-8.
        nul_line: line of the first NUL byte.
        crlf: how often CR LF stands, inside quotes or out.
        lf: how often LF stands without CR before it.
        cr: how often CR stands without LF after it.
        quotes: a double quote stands somewhere.
        ended: the last line has a line end.
        blank_lines: an empty line stands before the last line that has something in it (it may lie within quotes).
        blank_end: empty lines follow the last line that has something in it.
    """

    size: int
    mark: str
    ascii: bool
    utf8: bool
    bad_line: int | None
    nul_line: int | None
    crlf: int
    lf: int
    cr: int
    quotes: bool
    ended: bool
    blank_lines: bool
    blank_end: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """A survey with the SHA-256 of the same bytes, in hexadecimal."""

    survey: Survey
    sha256: str
    supplied: int | None = None

    @property
    def size(self) -> int:
        """Bytes of the file as supplied."""
        return self.survey.size if self.supplied is None else self.supplied


@dataclass(slots=True)
class _Pass:
    """The running state of one survey; `take` gets chunks that never part a CR from its LF."""

    large: bool = False
    size: int = 0
    mark: str = ""
    ascii: bool = True
    utf8: bool = True
    bad_line: int | None = None
    nul_line: int | None = None
    crlf: int = 0
    lf: int = 0
    cr: int = 0
    quotes: bool = False
    blank: bool = False
    pending: bool = False
    last: bytes = b"\n"  # the first line counts as following a line end: an empty first line is a blank line
    decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def take(self, chunk: bytes) -> None:
        if self.size == 0:
            self.mark = byte_order_mark(chunk)
        if self.nul_line is None and (at := chunk.find(b"\0")) >= 0:
            self.nul_line = self.line_at(chunk, at)
        if self.utf8:
            self.check_text(chunk)
        elif self.ascii:
            self.ascii = chunk.isascii()
        self.quotes = self.quotes or b'"' in chunk
        breaks, doubled = _line_feeds(chunk, quick=self.large)
        returns = chunk.count(b"\r") if b"\r" in chunk else 0
        pairs = chunk.count(b"\r\n") if returns and breaks else 0
        if not self.blank:
            self.find_blank(chunk, bare_lf=doubled, returns=returns > 0, bare_cr=returns > pairs)
        self.crlf += pairs
        self.lf += breaks - pairs
        self.cr += returns - pairs
        self.size += len(chunk)
        self.last = (self.last + chunk[-4:])[-4:]

    def line_at(self, chunk: bytes, at: int) -> int:
        head = chunk[:at]
        ends = head.count(b"\n") + head.count(b"\r") - head.count(b"\r\n")
        return self.crlf + self.lf + self.cr + ends + 1

    def check_text(self, chunk: bytes) -> None:
        held = self.decoder.getstate()[0]
        if not held and chunk.isascii():
            return
        self.ascii = False
        try:
            self.decoder.decode(chunk)
        except UnicodeDecodeError as error:
            self.utf8 = False
            self.bad_line = self.line_at(chunk, max(0, error.start - len(held)))

    def find_blank(self, chunk: bytes, *, bare_lf: bool, returns: bool, bare_cr: bool) -> None:
        """Look for two line ends in a row; only those that something follows are blank lines inside."""
        if self.pending and chunk.strip(b"\r\n"):
            self.blank = True
            return
        wanted = ((b"\n\n", bare_lf), (b"\n\r", returns), (b"\r\r", bare_cr))
        seam = self.last[-1:] + chunk[:1]
        found = [chunk.find(pair) for pair, possible in wanted if possible]
        if self.size == 0 and chunk.startswith(codecs.BOM_UTF8):
            seam = self.last[-1:] + chunk[3:4]
        if seam in {pair for pair, _ in wanted}:
            found.append(0)
        for at in found:
            if at >= 0:
                self.pending = True
                self.blank = self.blank or bool(chunk[at:].strip(b"\r\n"))

    def finish(self) -> Survey:
        if self.utf8:
            try:
                self.decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.utf8 = False
                self.bad_line = self.crlf + self.lf + self.cr + 1
        return Survey(
            size=self.size,
            mark=self.mark,
            ascii=self.ascii,
            utf8=self.utf8,
            bad_line=self.bad_line,
            nul_line=self.nul_line,
            crlf=self.crlf,
            lf=self.lf,
            cr=self.cr,
            quotes=self.quotes,
            ended=self.last.endswith((b"\n", b"\r")),
            blank_lines=self.blank,
            blank_end=_LAST_BLANK.search(self.last) is not None,
        )


def _line_feeds(chunk: bytes, *, quick: bool) -> tuple[int, bool]:
    """Count the line feeds of a chunk, and say whether two may follow each other.

    NOTE: the searches of bytes take four times as long as numpy's comparison, which takes a tenth of a second to load.
    """
    if not quick:
        breaks = chunk.count(b"\n")
        return breaks, breaks > 0
    import numpy as np

    feeds = np.frombuffer(chunk, dtype=np.uint8) == ord("\n")
    return int(np.count_nonzero(feeds)), bool(np.any(feeds[1:] & feeds[:-1]))


def byte_order_mark(head: bytes) -> str:
    """Name the encoding whose byte order mark begins these bytes, or "" when none does."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def shown(path: Path) -> str:
    """Give a file's name as a person may see it, without letters that do not print."""
    return "".join(c if c.isprintable() else "?" for c in path.name)


def identity(path: Path) -> tuple[int, ...]:
    """Give what changes when a file does: device, number, size and time of change; () when it is gone."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def readable_file(path: Path) -> bytes:
    """Give the first bytes of a file.

    Raises:
        ExtractError: missing, a folder or device, not readable, or empty.
    """
    where = shown(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "is a folder" if stat.S_ISDIR(mode) else "is not a regular file"
            raise ExtractError("extract-not-a-file", what, where=where, instead="Name the file itself.")
        with path.open("rb") as stream:
            head = stream.read(64)
    except FileNotFoundError:
        instead = "Check the path in the registry, or name the extract on the command line."
        raise ExtractError("extract-missing", "there is no such file", where=where, instead=instead) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or type(error).__name__}"
        raise ExtractError("extract-unreadable", message, where=where) from None
    if not head:
        raise ExtractError("extract-empty", "is empty", where=where, instead="Export the extract again.")
    return head


def regular_file(path: Path) -> tuple[int, ...]:
    """Give the identity of a file of text, before anything reads far into it.

    Raises:
        ExtractError: missing, a folder or device, not readable, empty, or of a format that is no text.
    """
    if foreign := foreign_format(readable_file(path)):
        message = f"is {foreign}, not delimited text"
        raise ExtractError("extract-not-text", message, where=shown(path), instead="Save it as CSV (UTF-8).")
    return identity(path)


def private_file(scratch: Path, stack: ExitStack) -> tuple[int, Path]:
    """Make a file that only this user can read, removed with the stack."""
    descriptor, name = mkstemp(prefix="extract-", suffix=".csv", dir=scratch)
    made = Path(name)
    stack.callback(made.unlink, missing_ok=True)
    return descriptor, made


def survey(path: Path) -> Survey:
    """Read a file once and tell its size, encoding and line ends; above 400 MB/s, faster where rows end in LF."""
    running = _Pass(large=path.stat().st_size > _LARGE)
    for chunk in _whole_ends(path):
        running.take(chunk)
    return running.finish()


def digest(path: Path, stopped: Callable[[], bool] = lambda: False) -> str:
    """Give the SHA-256 of a file in hexadecimal, or "" when `stopped` turned true; hashing lets other threads run."""
    running = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while chunk := stream.read(_CHUNK):
            if stopped():
                return ""
            running.update(chunk)
    return running.hexdigest()


def inspect(path: Path) -> Inspection:
    """Survey a file and digest it."""
    return Inspection(survey(path), digest(path))


def ends_outside_quotes(path: Path, quote: str, delimiter: str) -> set[str]:
    """Name the kinds of line end (`CRLF`, `LF`, `CR`) that stand outside quotes, by the parity of quotes before them.

    A quote inside an unquoted cell makes parity meaningless: then all three are named, and the caller parses.
    """
    mark = quote.encode("utf-8")
    before_quote = (delimiter.encode("utf-8"), b"\n", b"\r")
    kinds: set[str] = set()
    parity = 0
    for chunk in _whole_ends(path):
        parts = chunk.split(mark) if mark else [chunk]
        opened = parts[parity:-1:2]
        if not all(part.rstrip(b" ").endswith(before_quote) for part in opened if part.strip(b" ")):
            return {"CRLF", "LF", "CR"}
        for outside in parts[parity::2]:
            pairs = outside.count(b"\r\n")
            kinds |= {"CRLF"} if pairs else set()
            kinds |= {"LF"} if outside.count(b"\n") > pairs else set()
            kinds |= {"CR"} if outside.count(b"\r") > pairs else set()
        parity = (parity + len(parts) - 1) % 2
    return kinds


def _whole_ends(path: Path) -> Iterator[bytes]:
    """Give a file in chunks that never part a CR from its LF."""
    held = b""
    with path.open("rb", buffering=0) as stream:
        while chunk := stream.read(_CHUNK):
            whole = held + chunk if held else chunk
            held = b"\r" if whole.endswith(b"\r") else b""
            if body := whole[:-1] if held else whole:
                yield body
    if held:
        yield held


@dataclass(slots=True)
class Transcoding:
    """What rewriting a file as UTF-8 came across: places that look as if another encoding were meant."""

    looks_utf8: bool = False
    looks_dos: bool = False


# In Windows-1252 these are two symbols in a row: in UTF-8, a letter with an accent.
_UTF8_LETTER = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
# In Windows-1252 these are symbols or capitals amid small letters: in code page 850 or Mac Roman, small letters.
_DOS_LETTER = re.compile(rb"(?<=[a-z])[\x82-\x84\x87\x88\x8a\x8e\x9f](?=[a-z,])")


def transcode(source: Path, target: int, encoding: str) -> Transcoding:
    """Rewrite a file as UTF-8 without byte order mark into an open file descriptor, 1 MiB at a time.

    Raises:
        UnicodeError: some bytes mean nothing in that encoding; `bad_line_in` tells where.
    """
    found = Transcoding()
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first = True
    with source.open("rb", buffering=0) as stream, open(target, "wb") as output:
        while chunk := stream.read(_CHUNK):
            found.looks_utf8 = found.looks_utf8 or _UTF8_LETTER.search(chunk) is not None
            found.looks_dos = found.looks_dos or _DOS_LETTER.search(chunk) is not None
            text = decoder.decode(chunk)
            output.write((text.removeprefix("\ufeff") if first else text).encode("utf-8"))
            first = first and not text
        output.write(decoder.decode(b"", final=True).encode("utf-8"))
    return found


def bad_line_in(source: Path, encoding: str) -> int:
    """Give the line of the first bytes that mean nothing in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with source.open("rb") as stream:
        try:
            # NOTE: small pieces, because a decoder that fails gives nothing of the piece it failed in.
            while chunk := stream.read(256):
                before = decoder.getstate()
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeError:
            decoder.setstate(before)
            with suppress(UnicodeError):
                for i in range(len(chunk)):
                    line += decoder.decode(chunk[i : i + 1]).count("\n")
    return line


def is_ascii_superset(encoding: str) -> bool:
    """Say whether plain ASCII bytes read the same in an encoding, so that an ASCII file needs no rewriting."""
    every = bytes(range(128))
    try:
        return every.decode(encoding) == every.decode("ascii")
    except UnicodeError:
        return False
