"""The ledger: every run's counts, kept in a chain that cannot be changed quietly.

An entry is a canonical JSON text (RFC 8785). Its digest covers its own content and the digest of the entry before it,
and is signed where the organisation has a key. The other tables are that text once more, for queries; they can be made
anew from it at any time. Neither holds a key, a value or a free text: only codes, counts, verdicts and digests.
"""

from everycase.ledger.chain import Head
from everycase.ledger.store import DEFAULT_URL, Ledger

__all__ = ["DEFAULT_URL", "Head", "Ledger"]
