"""Errors keep what they say wherever they go, and a person reads each of them in one language only."""

from __future__ import annotations

import ast
import pickle
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from selfdata_sdk import errors
from selfdata_sdk.cli import main
from selfdata_sdk.cli.language import speak
from selfdata_sdk.cloud import SqliteCloud, sqlite
from selfdata_sdk.errors import (
    AskPerson,
    Conflict,
    FileRefused,
    FixHost,
    FixInput,
    RequestError,
    SelfDataError,
    ServiceFailed,
    Stored,
    TryAgain,
)
from selfdata_sdk.french import NAMES, NESTED, SENTENCES, in_french, place_in_french
from selfdata_sdk.model import Text
from selfdata_sdk.service.setting import Kind, Option, Value

PACKAGE = Path(errors.__file__).parent


def kinds(of: type[SelfDataError]) -> Iterator[type[SelfDataError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


FOR_PEOPLE = {
    k.__name__ for group in (ServiceFailed, FixHost, FixInput, AskPerson, TryAgain, Stored) for k in kinds(group)
} | {"NotPossibleHere"}

MADE_ELSEWHERE = {
    "cli/answers.py": {"_rule(field)", "', '.join((said_word(word, spoken()) for word in choices))"},
    "cli/commands/add.py": {"str(first['msg'])"},
    "cloud/memory.py": {"conflict(change.name)"},
    "cloud/sqlite.py": {"conflict(change.name)"},
    "cloud/together.py": {"conflict(change.name)"},
    "testing/clouds.py": {"conflict(change.name)"},
    "host/discovery.py": {"step"},
    "host/host.py": {"step", "_WHY_NOT[state]"},
    "host/package.py": {"what"},
    "host/sandbox/forks.py": {"what"},
    "host/sandbox/held_run.py": {"NEXT"},
    "host/sandbox/sandbox.py": {"NEXT"},
    "importers/jsons.py": {"what"},
    "importers/mapping.py": {"error.next", "error.what", "next", "what"},
    "importers/refusal.py": {"what", "next", "step"},
    "scaffold/answers.py": {"next", "what"},
    "service/setting.py": {"problem", "step"},
    "testing/personas/truth.py": {"what"},
}
"""Arguments that are no sentences yet. Whoever adds one sees to it that what it holds has its French."""


def unread(source: str) -> Iterator[str]:
    """The arguments of errors for people whose sentence does not stand in the call, in neither language."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FOR_PEOPLE:
            said = [*node.args, *(k.value for k in node.keywords if k.arg in ("what", "next", "message"))]
            yield from (ast.unparse(a) for argument in said for a in alternatives(argument) if not is_sentence(a))


def alternatives(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.IfExp(body=body, orelse=other):
            yield from (*alternatives(body), *alternatives(other))
        case ast.BoolOp(values=values):
            yield from (a for value in values for a in alternatives(value))
        case _:
            yield node


def is_sentence(node: ast.expr) -> bool:
    in_both = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
    return in_both or isinstance(node, ast.Constant | ast.JoinedStr)


def test_every_sentence_stands_where_its_french_is_checked() -> None:
    found = {p.relative_to(PACKAGE).as_posix(): set(unread(p.read_text("utf-8"))) for p in PACKAGE.rglob("*.py")}
    assert {name: said for name, said in found.items() if said} == MADE_ELSEWHERE


@pytest.mark.parametrize("bad", ["RequestError(text)", "NewerFormat('A.', next=a + b)", "Conflict('A.' if a else b())"])
def test_a_sentence_made_elsewhere_would_be_found(bad: str) -> None:
    assert list(unread(bad))


@pytest.mark.parametrize("kind", list(kinds(SelfDataError)))
def test_an_error_survives_another_process(kind: type[SelfDataError]) -> None:
    error = kind("The disk is full.", where="a.db", next="Free some space and try again.")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (back.what, back.where, back.next) == (error.what, error.where, error.next)
    assert back.say("fr") == error.say("fr") == "a.db : Le disque est plein. Libérez de la place et réessayez."
    assert back.say("en") == str(error) == "a.db: The disk is full. Free some space and try again."


@pytest.mark.parametrize(
    "error", [RequestError("It has none."), Conflict("Read again."), FileRefused("It is a folder.")]
)
def test_an_error_without_place_or_step_has_no_blanks_for_them(error: SelfDataError) -> None:
    for language in ("en", "fr"):
        assert error.say(language) == error.say(language).strip() == error.sentences(language)[0]
        assert error.sentences(language)[1] == ""


def test_a_name_that_a_person_typed_stays_as_it_is() -> None:
    assert in_french("There is no service “one or two”.") == "Il n'y a pas de service « one or two »."
    assert in_french("There is no service “The disk is full.”.") == "Il n'y a pas de service « The disk is full. »."
    assert in_french("Did you mean a.b or a.c?") == "Vouliez-vous dire a.b ou a.c ?"
    assert {*NAMES, *NESTED} <= SENTENCES.keys()


@pytest.mark.parametrize(
    ("place", "french"),
    [
        ("a.csv, line 3", "a.csv, ligne 3"),
        ("line 3", "ligne 3"),
        ("row 12", "ligne 12"),
        ("setting goal", "réglage goal"),
        ("my setting goal.csv", "my setting goal.csv"),
        ("line 3.csv", "line 3.csv"),
        ("/home/line 3/a.csv", "/home/line 3/a.csv"),
    ],
)
def test_a_place_is_said_in_french_and_a_file_keeps_its_name(place: str, french: str) -> None:
    assert place_in_french(place) == french


def test_what_the_system_says_is_french_too() -> None:
    assert in_french("It cannot be opened (Permission denied).") == "Il ne peut pas être ouvert (accès refusé)."
    assert in_french("The store does not answer (some rare thing).") == "La base ne répond pas (some rare thing)."


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", "abc"),
        ("integer", "9"),
        ("integer", "501"),
        ("number", "abc"),
        ("number", 1e300),
        ("boolean", "perhaps"),
        ("text", 3),
        ("text", "two\nlines"),
    ],
)
def test_why_a_setting_is_refused_is_said_in_french(kind: Kind, given: object) -> None:
    bounds = (20, 500) if kind == "integer" else (None, None)
    defaults: dict[Kind, Value] = {"integer": 20, "number": 1.0, "boolean": True, "text": ""}
    option = Option("goal", kind, defaults[kind], Text(en="Goal", fr="But"), *bounds)
    with pytest.raises(RequestError) as refused:
        option.read(given)
    assert all(f != e for f, e in zip(refused.value.sentences("fr"), refused.value.sentences("en"), strict=True))


def test_why_a_choice_is_refused_is_said_in_french() -> None:
    with pytest.raises(RequestError) as refused:
        Option("tone", "text", "calm", Text(en="Goal", fr="But"), choices=("calm", "blunt")).read("loud")
    assert refused.value.say("fr") == (
        "réglage tone : Ce n'est aucun des choix possibles. Donnez l'un de ces choix : calm, blunt."
    )


# In the command line: one error of every group


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SELFDATA_HOME", str(folder))
    yield folder
    speak("en")


def french(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, list[str]]:
    code = main(["--lang", "fr", *map(str, words)])
    return code, capsys.readouterr().err.splitlines()


def test_a_type_that_does_not_exist(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert french(capsys, "show", "water.uze") == (
        2,
        [
            "Erreur : Il n'y a pas de type de données « water.uze ».",
            "  -> Vouliez-vous dire water.use ou water.reading ou gas.use ?",
        ],
    )


def test_a_file_that_does_not_exist(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = french(capsys, "import", home / "none.csv")
    assert (code, said) == (2, ["Erreur : none.csv : Ce fichier n'existe pas.", "  -> Vérifiez le nom."])


def test_a_web_page_that_is_no_data(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "page.csv").write_text("<!DOCTYPE html><html><body>Connexion</body></html>")
    code, said = french(capsys, "import", home / "page.csv")
    assert code == 2
    assert said[0] == "Erreur : page.csv : C'est une page web (HTML), pas un fichier de données."
    assert said[1].startswith("  -> Le site vous a peut-être déconnecté")


def test_a_file_that_is_not_in_the_format_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "a.xml").write_text('<?xml version="1.0"?><foo>1</foo>')
    _, said = french(capsys, "import", home / "a.xml", "--format", "green-button")
    assert said[0] == (
        "Erreur : a.xml : Il n'est pas au format green-button. C'est un fichier XML d'une forme inconnue ici (foo)."
    )


def test_an_answer_that_is_not_one_of_the_choices(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = french(capsys, "add", "home.household", "--set", "dwelling=boat")
    assert said == ["Erreur : dwelling : Ce n'est pas l'un des choix.", "  -> appartement, maison, autre"]


def test_a_service_that_was_not_agreed_to(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "home.household", "--set", "surface=70"])
    capsys.readouterr()
    coach = Path(__file__).parents[1] / "example_services" / "water_coach"
    code, said = french(capsys, "run", coach)
    assert (code, said) == (
        4,
        [
            "Erreur : org.selfdata.water-coach : Vous n'avez pas encore accepté ce service.",
            f"  -> `selfdata grant {shlex.quote(str(coach))}` montre ce qu'il demande, et vous demande.",
        ],
    )


def test_a_store_that_another_program_has_locked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    SqliteCloud(home / "cloud.sqlite").close()
    with closing(sqlite3.connect(home / "cloud.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = french(capsys, "add", "home.household", "--set", "surface=70")
    assert (code, said) == (
        1,
        [
            "Erreur : cloud.sqlite : La base ne répond pas (la base est verrouillée).",
            "  -> Réessayez ; un autre programme l'utilise peut-être.",
        ],
    )


def test_a_store_that_a_newer_version_wrote(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SqliteCloud(home / "cloud.sqlite").close()
    with closing(sqlite3.connect(home / "cloud.sqlite")) as other:
        other.execute("PRAGMA user_version=99")
    code, said = french(capsys, "show")
    assert (code, said[1]) == (1, "  -> Mettez à jour selfdata-sdk.")
    assert said[0].startswith("Erreur : cloud.sqlite : Cette base est au format 99 ; cette version lit")


def test_doctor_says_in_french_what_is_wrong_with_the_store(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "cloud.sqlite").write_bytes(b"not a database at all" * 100)
    main(["--lang", "fr", "doctor"])
    out = capsys.readouterr().out
    assert "Ce fichier n'est pas une base, ou il est endommagé." in out
    assert "Restaurez une sauvegarde." in out
