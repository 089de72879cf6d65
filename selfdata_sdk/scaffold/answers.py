"""The template's questions, and the rules for their answers.

cookiecutter renders answers as templates, and makes folders of them: an answer that keeps these rules is data only. The
template's own hook has the same rules, for those who use cookiecutter alone.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import unicodedata
from collections.abc import Collection, Mapping

from ..errors import RequestError
from ..model.text import is_clean, scripts

Answers = Mapping[str, str]
"""By the names of the template's variables."""

QUESTIONS = ("name", "id", "package", "author", "records", "features")
FEATURES = ("setting", "state", "chart")
NONE = "-"
LICENCES = ("Apache-2.0", "MIT")
MOST_RECORDS = 4

EXAMPLES = {
    "name": "Water coach",
    "id": "org.example.water-coach",
    "package": "water_coach",
    "author": "Ada Example <ada@example.org>",
    "records": "water.use,home.household",
    "features": "setting,chart",
    "__slug": "water-coach",
    "__name_fr": "Coach eau",
    "__licence": LICENCES[0],
    "__year": "2026",
}
"""An answer to each question, and to what may be answered without being asked."""

LONGEST = {"name": 60, "__name_fr": 60, "id": 80, "package": 40, "author": 200, "__slug": 80}
_LONGEST_AUTHOR = 80

_WORD = "[a-z](?:[a-z0-9-]*[a-z0-9])?"
_FORMS = {
    "id": re.compile(rf"{_WORD}(?:\.{_WORD}){{2,}}"),
    "package": re.compile("[a-z][a-z0-9_]*"),
    "__slug": re.compile(_WORD),
    "__year": re.compile("[0-9]{4}"),
}
_ADDRESS = re.compile(r" <[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+>$")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
_IN_A_NAME = (_LETTERS | {"So"}, " \u00a0\u202f!\"&'()+,-.:?%€–—’“”«»…")
_IN_AN_AUTHOR = (_LETTERS, " &'(),-.’")

_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_PYTHON = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *sys.stdlib_module_names})
_TAKEN = frozenset({
    "annotationlib", "asynchat", "asyncore", "cgi", "compression", "crypt", "distutils", "imp", "pipes", "telnetlib",
    "babel", "click", "cookiecutter", "defusedxml", "hypothesis", "jinja2", "jsonschema", "numpy", "openpyxl",
    "packaging", "platformdirs", "pluggy", "pydantic", "pytest", "rfc8785", "rich", "selfdata", "selfdata_sdk", "tests",
    "tzdata", "aimed", "by_day", "charted", "compared", "dataclass", "date", "days", "due", "fmean", "grown", "lowest",
    "newest", "per_person", "persona", "run_on", "said", "service", "service_tests", "timedelta", "together", "uses",
    "value",
})  # fmt: skip
"""Modules of other versions of Python, those on which a project stands, and names that the template's code has."""


def checked(key: str, typed: str, records: Collection[str]) -> str:
    """The answer to the question `key` as the template takes it; `records` are the record types that it knows.

    RequestError says why it is none.
    """
    text = typed.strip(" ")
    if len(text) > (longest := LONGEST.get(key, 500)):
        raise refused(f"It is longer than {longest} characters.", key)
    if not is_clean(text):
        raise refused("It holds characters that do not show, or several spaces in a row.", key)
    match key:
        case "name" | "__name_fr":
            _check_name(key, text)
        case "author":
            _check_author(text)
        case "records":
            return _listed(key, text, records)
        case "features":
            return _listed(key, "" if text == NONE else text, FEATURES)
        case "__licence":
            if text not in LICENCES:
                raise refused("The template has no text of this licence.", key, f"Choose from {', '.join(LICENCES)}.")
        case _:
            _check_word(key, text)
    return text


def refused(what: str, key: str, next: str = "") -> RequestError:
    return RequestError(
        what, where=key.strip("_").replace("_", "-"), next=next or f"Write something like {EXAMPLES[key]}."
    )


def slug(id: str) -> str:
    """What the project's folder and its distribution are called."""
    return id.rpartition(".")[2]


def _check_name(key: str, text: str) -> None:
    if not text:
        raise refused("It is empty.", key)
    kinds, signs = _IN_AN_AUTHOR if key == "author" else _IN_A_NAME
    unwanted = [c for c in text if c not in signs and unicodedata.category(c) not in kinds]
    if unwanted or ".." in text:
        raise refused(f"“{(unwanted or ['..'])[0]}” may not be in it.", key)
    if len(scripts(text)) > 1:
        raise refused("It mixes letters of several scripts, which can deceive.", key)


def _check_author(text: str) -> None:
    name = _ADDRESS.sub("", text)
    if len(name) > _LONGEST_AUTHOR:
        raise refused(f"It is longer than {_LONGEST_AUTHOR} characters.", "author")
    _check_name("author", name)


def _check_word(key: str, text: str) -> None:
    if not _FORMS[key].fullmatch(text):
        raise refused("It does not have the form that is expected, in small letters without accents.", key)
    last = slug(text)
    if last in _DEVICES:
        raise refused(f"Windows keeps the name {last} for a device.", key)
    if last.replace("-", "_") in (_TAKEN | _PYTHON if key == "package" else _TAKEN):
        raise refused(f"The name {last} means something else already.", key)


def _listed(key: str, text: str, known: Collection[str]) -> str:
    words = [word for part in text.split(",") if (word := part.strip(" "))]
    for word in words:
        if word not in known:
            raise refused(f"There is no {word[:60]} among them.", key, f"Choose from {', '.join(known)}.")
    if len(set(words)) < len(words):
        raise refused("Something is in it twice.", key)
    if key == "records" and not 1 <= len(words) <= MOST_RECORDS:
        raise refused(f"Name one to {MOST_RECORDS} record types.", key)
    return ",".join(words)
