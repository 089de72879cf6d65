"""Objects of JSON files: which names one has, as far as the first bytes show, and members under one of several names."""

from __future__ import annotations

import re
from functools import lru_cache

from .file import Sample
from .jsons import Json, member

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]')


@lru_cache(maxsize=8)
def top_keys(sample: Sample) -> frozenset[str]:
    """The names in the document's object, or in the first object of its list, as far as the sample shows."""
    if not sample.is_json:
        return frozenset()
    text = sample.text.lstrip()
    base = 2 if text.startswith("[") else 1
    depth, found = 0, set()
    for token in _TOKEN.finditer(text):
        match token[0][0]:
            case "{" | "[":
                depth += 1
            case "}" | "]":
                depth -= 1
                if depth < base:
                    break
            case _ if token[2] and depth == base:
                found.add(token[1])
    return frozenset(found)


def first(node: Json, *names: str) -> Json:
    """The first member of an object that it has of the names; None if it has none."""
    return next((found for name in names if (found := member(node, name)) is not None), None)
