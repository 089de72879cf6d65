"""Strict reading of foreign JSON: I-JSON (RFC 7493), narrowed.

Refused, each with its own message: more than 256 KB; bytes that are not UTF-8; a key given twice; floats, NaN and
integers past 2^53; nesting past 32 levels; text that is not NFC; characters that do not show or change the order
of others; names that mix scripts.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model.text import LANGUAGES, Text, is_clean, scripts

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1


def load(data: bytes, what: str = "manifest") -> Any:
    """The value; ManifestError if the bytes, which are called `what`, are not strict JSON."""
    if len(data) > MAX_BYTES:
        raise ManifestError(f"The {what} is larger than {MAX_BYTES // 1024} KB.", next="Shorten its texts.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"The {what} is not UTF-8.", where=f"byte {error.start}", next="Save it as UTF-8."
        ) from None
    if _depth(text) > MAX_DEPTH:
        raise ManifestError(f"The {what} is nested deeper than {MAX_DEPTH} levels.", next="Flatten it.")
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise ManifestError(
            f"The {what} is not JSON: {error.msg}.", where=f"line {error.lineno}", next="Correct it there."
        ) from None
    for path, found in _texts(value, ""):
        _check_text(path, found)
    return value


def check_names(names: Mapping[str, Text | str]) -> None:
    """ManifestError if a name that a person recognises a service by mixes scripts."""
    for path, name in names.items():
        for written in [name] if isinstance(name, str) else [name.say(language) for language in LANGUAGES]:
            if len(found := scripts(written)) > 1:
                raise ManifestError(
                    f"The name mixes letters of several scripts ({', '.join(sorted(found))}), which can deceive.",
                    where=path,
                    next="Write it in one script.",
                )


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside of strings."""
    deepest = depth = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ManifestError(f"The key “{key[:60]}” is there twice.", next="Remove one.")
        found[key] = value
    return found


def _no_float(text: str) -> NoReturn:
    raise ManifestError(f"{text[:40]} is a float, which is not exact.", next="Write it as an integer or as a text.")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ManifestError("An integer is larger than JSON keeps exactly (2^53).", next="Write it as a text.")
    return int(text)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts(item, f"{path}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}, a key", key
            yield from _texts(item, f"{path}.{key}" if path else key)


def _check_text(path: str, text: str) -> None:
    if not text.isascii() and unicodedata.normalize("NFC", text) != text:
        raise ManifestError("The text is not in normal form (NFC).", where=path, next="Normalise it.")
    if not is_clean(text):
        raise ManifestError(
            "The text holds characters that do not show, line breaks or double spaces, which can deceive.",
            where=path,
            next="Retype it.",
        )
