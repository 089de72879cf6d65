"""Pseudonyms: what stands for a person, an identifier or a third person, to one service only."""

from __future__ import annotations

import hashlib
import hmac

import numpy as np

from selfdata_sdk.model.column import Codes

_LENGTH = 16
"""Hexadecimal characters: two of a million words meet by chance once in 40 million persons."""


def key_of(secret: bytes, service: str) -> bytes:
    """The key of one service's pseudonyms, from the person's secret, which travels in exports."""
    return hmac.digest(secret, b"pseudonym\0" + service.encode(), hashlib.sha256)


def person_of(secret: bytes, service: str) -> str:
    """What stands for the person in what was agreed with one service: 32 hexadecimal characters."""
    return hmac.digest(secret, b"person\0" + service.encode(), hashlib.sha256).hex()[:32]


def pseudonymous(column: Codes, key: bytes) -> Codes:
    """The texts as pseudonyms: HMAC-SHA256 under `key`, 16 hexadecimal characters; missing stays missing.

    Equal texts get equal pseudonyms. Their order tells nothing of the order of the texts.
    """
    used = column.compact()
    made = [hmac.digest(key, word.encode(), hashlib.sha256).hex()[:_LENGTH] for word in used.words]
    place = {word: n for n, word in enumerate(sorted(set(made)))}
    table = np.array([*(place[word] for word in made), -1], np.int32)
    return Codes(table[used.indexes], tuple(place))
