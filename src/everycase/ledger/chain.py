"""The chain: canonical texts, digests that hold each other, signatures, and the head that is kept elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785

from everycase.errors import LedgerError
from everycase.outcome import Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Head", "Signer"]

#: what the first entry names as the one before it
GENESIS = "0" * 64
#: the variable that holds the organisation's private key, or the path of its file
KEY = "EVERYCASE_LEDGER_KEY"


def canonical(value: Any) -> bytes:
    """Give the one way to write a value as JSON (RFC 8785).

    >>> canonical({"b": 1.0, "a": "x"})
    b'{"a":"x","b":1}'
    """
    return rfc8785.dumps(value)


def digest_of(content: bytes) -> str:
    """Give the SHA-256 of an entry's text."""
    return hashlib.sha256(content).hexdigest()


def chained(sequence: int, kind: str, recorded: str, previous: str, content: str) -> str:
    """Give the digest of an entry: over its place, its kind, its time, the entry before it and its content's digest.

    NOTE: the content goes in by its digest only, so that the chain still holds where retention has removed a content.
    """
    head = {"sequence": sequence, "kind": kind, "recorded": recorded, "previous": previous, "content": content}
    return digest_of(canonical(head))


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs digests with the key of the organisation; without one every signature is empty."""

    _key: Ed25519PrivateKey | None = None

    @classmethod
    def from_environment(cls, project: Path | None = None) -> Signer:
        """Read the key that the environment names, as PEM or as the path of a PEM file.

        Args:
            project: a folder in which the key must not lie, since it would be copied with it.

        Raises:
            LedgerError: it is no Ed25519 key, lies in the project, or others may read it. It is never shown.
        """
        given = os.environ.get(KEY, "")
        if not given:
            return cls()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        instead = "Make one outside the project: openssl genpkey -algorithm ed25519 -out KEY.pem; chmod 600 KEY.pem"
        pem = given.encode() if given.startswith("-----BEGIN") else _key_file(Path(given), project, instead)
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise LedgerError("ledger-key", f"{KEY} holds no private key that can be read", instead=instead) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise LedgerError("ledger-key", f"{KEY} holds a key of another kind than Ed25519", instead=instead)
        return cls(key)

    @property
    def public(self) -> str:
        """The public key in hexadecimal; "" where there is none."""
        return self._key.public_key().public_bytes_raw().hex() if self._key else ""

    def sign(self, digest: str) -> str:
        """Sign a digest; "" where there is no key."""
        return self._key.sign(bytes.fromhex(digest)).hex() if self._key else ""


def _key_file(path: Path, project: Path | None, instead: str) -> bytes:
    try:
        if project is not None and path.resolve().is_relative_to(project.resolve()):
            raise LedgerError(
                "ledger-key", "the key lies inside the project, and would be copied with it", instead=instead
            )
        if path.stat().st_mode & 0o077:
            raise LedgerError("ledger-key", "others than its owner may read the key", instead="chmod 600 the file.")
        return path.read_bytes()
    except OSError as error:
        message = f"the file that {KEY} names cannot be read: {error.strerror or type(error).__name__}"
        raise LedgerError("ledger-key", message, instead=instead) from None


def signed_by(digest: str, signature: str, public: str) -> bool:
    """Say whether a signature over a digest was made with the private half of a key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), bytes.fromhex(digest)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def read_head(path: Path) -> Head | None:
    """Read a head from its own file, or from a result.json; None where there is no such file.

    Raises:
        LedgerError: the file holds no head.
    """
    try:
        found = json.loads(path.read_bytes())
        found = found.get("run", {}).get("ledger", found) if "run" in found else found
        return Head(int(found["sequence"]), str(found["digest"]), str(found["signature"]), str(found["key"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        message = "the file holds no head of a ledger"
        raise LedgerError(
            "ledger-head", message, instead="Name the .head file, or a result.json with a head."
        ) from None


def write_head(path: Path, head: Head) -> None:
    """Write a head beside the ledger, whole or not at all, and never an older one over a newer one.

    Raises:
        LedgerError: it cannot be written; the run is in the ledger all the same.
    """
    import fcntl

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            there = read_head(path)
            if there is not None and there.sequence >= head.sequence:
                return
            written: Mapping[str, Any] = {
                "sequence": head.sequence, "digest": head.digest, "signature": head.signature, "key": head.key,
            }  # fmt: skip
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(written, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        message = f"the head of the ledger cannot be written: {error.strerror or type(error).__name__}"
        raise LedgerError(
            "ledger-head", message, instead="The run is in the ledger. Make room, or check rights."
        ) from None
