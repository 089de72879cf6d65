"""Every error that a person reads exists in French, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from selfdata_sdk import errors
from selfdata_sdk.errors import (
    AskPerson,
    FileRefused,
    FixHost,
    FixInput,
    PolicyViolation,
    RequestError,
    ServiceFailed,
    Stored,
    TryAgain,
)
from selfdata_sdk.french import SENTENCES, in_french

PACKAGE = Path(__file__).parents[1] / "selfdata_sdk"
READ_BY_PEOPLE = {
    kind.__name__
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, (FixHost, FixInput, AskPerson, TryAgain, Stored, ServiceFailed))
} | {"refused", "crashed", "_error"}
"""What errors are made with: their classes, and the functions that make them."""

PREPARED = {"what", "step", "next", "NEXT"}
"""Names of variables and defaults that hold the sentences of an error until it is made, in these modules:"""
PREPARES = {"discovery.py", "host.py", "jsons.py", "refusal.py", "cloud.py", "forks.py", "held_run.py", "launching.py"}

OF_SERVICES = {"held_run.py": {"ManifestError", "OutputError"}}
"""Errors for authors that people read, too, where these modules make them."""
PARTS = {"host/sandbox/held_run.py": "named", "service/calling.py": "FOREIGN"}
"""Variables that hold a part of a sentence."""


def templates(node: ast.expr) -> Iterator[str]:
    """The sentences that an argument can be, with {} where a value goes; none if it is made elsewhere."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)  # type: ignore[misc]
        case ast.IfExp(body=body, orelse=other):
            yield from templates(body)
            yield from templates(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from templates(value)


def said(source: str, prepares: bool = False, also: Collection[str] = ()) -> Iterator[str]:
    """The sentences of all errors for people that a module makes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) in {*READ_BY_PEOPLE, *also}:
            for argument in [*node.args, *(k.value for k in node.keywords if k.arg in ("what", "next"))]:
                yield from templates(argument)
        elif not prepares:
            continue
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in PREPARED:
            yield from templates(node.value)
        elif isinstance(node, ast.FunctionDef):
            named = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
            yield from (t for a, default in named if a.arg in PREPARED for t in templates(default))
            if node.name == "conflict":
                yield from (
                    t for r in ast.walk(node) if isinstance(r, ast.Return) and r.value for t in templates(r.value)
                )


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def parts_of_sentences() -> set[str]:
    found = set()
    for module, name in PARTS.items():
        for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
                found |= set(templates(node.value))
    return found


def sentences() -> set[str]:
    files = [(p.read_text(encoding="utf-8"), p.name) for p in PACKAGE.rglob("*.py")]
    found = {t for source, name in files for t in said(source, name in PREPARES, OF_SERVICES.get(name, ()))}
    # These say what a file is, and are put into errors elsewhere.
    refusal = ast.parse((PACKAGE / "importers" / "refusal.py").read_text(encoding="utf-8"))
    tuples = (n for n in ast.walk(refusal) if isinstance(n, ast.Tuple))
    found |= {t for n in tuples for e in n.elts for t in templates(e) if t.endswith(".")}
    # These say why a setting's value cannot be used, to a person who gives it and to an author.
    setting = ast.parse((PACKAGE / "service" / "setting.py").read_text(encoding="utf-8"))
    parts = [n for n in setting.body if getattr(n, "name", "") == "_value_problems" or isinstance(n, ast.AnnAssign)]
    tuples = (n for part in parts for n in ast.walk(part) if isinstance(n, ast.Tuple))
    found |= {t for n in tuples for e in n.elts for t in templates(e) if t.endswith(".")}
    # These say why a grant does not hold.
    host = ast.parse((PACKAGE / "host" / "host.py").read_text(encoding="utf-8"))
    reasons = [n.value for n in host.body if isinstance(n, ast.AnnAssign) and isinstance(n.value, ast.Dict)]
    found |= {t for node in reasons for e in node.values for t in templates(e) if t.endswith(".")}
    return {t for t in found if t.endswith((".", "?", "}"))} | parts_of_sentences()


def test_every_sentence_has_its_french() -> None:
    assert sorted(sentences() - SENTENCES.keys()) == []


def test_no_french_is_left_of_a_sentence_that_is_gone() -> None:
    assert sorted(SENTENCES.keys() - sentences()) == []


def test_a_sentence_without_french_would_be_found() -> None:
    assert set(said('RequestError(f"No {x} here.", next="Go." if y else "Stay.")')) == {"No {} here.", "Go.", "Stay."}
    assert set(said('self._error(kind, "It ended.")')) == {"It ended."}
    assert set(said('ManifestError("It lacks a key.")')) == set()
    assert set(said('ManifestError("It lacks a key.")', also={"ManifestError"})) == {"It lacks a key."}
    assert "No {} here." not in SENTENCES


@pytest.mark.parametrize(("english", "french"), SENTENCES.items())
def test_values_are_carried_over(english: str, french: str) -> None:
    values = [f"v{n}" for n in range(english.count("{}"))]
    filled = in_french(english.format(*values))
    assert filled == french.format(*values)
    assert all(v in filled for v in values)
    assert not re.search(r"[a-zà-ÿ]!|[a-zà-ÿ]\?|[a-zà-ÿ];", french), "a space that does not break comes before ! ? ;"


def test_a_sentence_of_somebody_else_stays_as_it_is() -> None:
    assert in_french("Something that a plugin says.") == "Something that a plugin says."


def test_an_error_speaks_both_languages_and_keeps_its_place() -> None:
    error = FileRefused("The file stops in the middle of line 3.", where="a.csv, line 3", next="Download it again.")
    assert error.say("en") == str(error) == "a.csv, line 3: The file stops in the middle of line 3. Download it again."
    assert error.say("fr") == "a.csv, ligne 3 : Le fichier s'arrête au milieu de la ligne 3. Téléchargez-le à nouveau."
    assert RequestError("There is no such store.").say("fr") == "Cette base n'existe pas."


def test_what_a_service_did_is_said_in_french_to_the_end() -> None:
    """The name of an exception or of a call stays as it is."""
    for named, french in [("ValueError", "ValueError"), ("an exception of its own", "une exception à lui")]:
        assert ServiceFailed(f"The service raised {named}.").say("fr") == f"Le service a levé {french}."
    for call, french in [
        ("what no service may", "ce qu'aucun service n'a le droit d'appeler"),
        ("os.fork, which no service may", "os.fork, ce qu'aucun service n'a le droit d'appeler"),
    ]:
        said = PolicyViolation(f"The service called {call}, and was stopped.").say("fr")
        assert said == f"Le service a appelé {french}, et a été arrêté."
