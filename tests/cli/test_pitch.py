"""`selfdata pitch`: one sheet of a service, on which what leaves is said as far as it was seen."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from selfdata_sdk import Text
from selfdata_sdk.testing.conformance import rules
from selfdata_sdk.testing.conformance.rule import NotVerified, Problem, Rule
from selfdata_sdk.testing.conformance.rules import walls
from selfdata_sdk.testing.conformance.subject import Subject

from ..zoo.animal import HEALTHY
from .conftest import Selfdata

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")

START = "    if not len(water):\n"
NOTHING, UNKNOWN = "Nothing.", "Not verified"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    yield work
    sys.modules.pop("drops", None)


@pytest.fixture
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those about the sandbox: it is the same with all of them, and takes longer."""
    monkeypatch.setattr(rules, "RULES", walls.RULES)


def text_of(sheet: Path) -> str:
    """What is read on it, one line for each element."""
    return html.unescape(re.sub(r"<[^>]+>", "\n", sheet.read_text("utf-8").partition("<body>")[2]))


@linux
def test_a_service_that_keeps_every_rule_has_an_excellent_sheet(selfdata: Selfdata, folder: Path, home: Path) -> None:
    done = selfdata("pitch", HEALTHY)
    sheet = folder / "pitch.html"
    assert (done.code, done.out) == (0, f"Page: {sheet.as_uri()}\n")
    text = text_of(sheet)
    assert f"It keeps {len(rules.RULES)} of the {len(rules.RULES)} rules" in text
    for words in ("Water in a day", NOTHING, "Excellent", "Water by the hour of the day", "Water use by hour"):
        assert words in text, words
    assert not home.exists(), "nothing of anybody was read"


@linux
@pytest.mark.usefixtures("few_rules")
def test_the_household_and_its_truths_are_the_authors_choice(selfdata: Selfdata, coach: Path, folder: Path) -> None:
    words = ("--persona", "family_garden", "--with", "leak@2026-10-01:20L/h", "--html", "coach.html", "--lang", "fr")
    done = selfdata("pitch", coach, *words)
    assert done.out == f"Page\u00a0: {(folder / 'coach.html').as_uri()}\n"
    assert "Sur un foyer inventé\u00a0: Une famille avec jardin." in done.err
    text = text_of(folder / "coach.html")
    for said in (
        "Coach eau",
        "L'eau coule sans interruption depuis le",
        "Une famille avec jardin",
        "Rien.",
        "Excellent",
    ):
        assert said in text, said


@linux
@pytest.mark.usefixtures("few_rules")
def test_that_nothing_leaves_is_not_said_of_a_service_that_reaches_further(
    selfdata: Selfdata, service: Path, folder: Path
) -> None:
    """In the sandbox it could not; but it was not seen to work there."""
    selfdata("pitch", service)
    assert NOTHING in text_of(folder / "pitch.html")
    file = service / "drops" / "__init__.py"
    reach = "    import socket\n    socket.socket().close()\n"
    file.write_text(file.read_text("utf-8").replace(START, reach + START), encoding="utf-8")
    sys.modules.pop("drops")
    done = selfdata("pitch", service)
    text = text_of(folder / "pitch.html")
    assert (NOTHING in text, UNKNOWN in text) == (False, True)
    assert "It keeps 1 of the 2 rules" in text
    assert "It called socket.__new__" in done.err


def without_walls(subject: Subject) -> Iterable[Problem]:
    raise NotVerified(Text(en="There are no walls.", fr="Il n'y a pas de murs."))


def broken(subject: Subject) -> Iterable[Problem]:
    yield Problem(Text(en="It says something else.", fr="Il dit autre chose."))


@pytest.mark.parametrize("check", [without_walls, broken])
def test_that_nothing_leaves_is_not_said_where_it_could_not_be_seen(
    selfdata: Selfdata, service: Path, folder: Path, monkeypatch: pytest.MonkeyPatch,
    check: Callable[[Subject], Iterable[Problem]],
) -> None:  # fmt: skip
    said = Text(en="Something", fr="Quelque chose")
    held, kept = (Rule(r.id, r.level, said, said, said, r.check) for r in walls.RULES)
    monkeypatch.setattr(rules, "RULES", (Rule(held.id, held.level, said, said, said, check), kept))
    selfdata("pitch", service)
    text = text_of(folder / "pitch.html")
    assert (NOTHING in text, UNKNOWN in text) == (False, True)
    assert ("It does not work yet" in text) == (check is broken)
    selfdata("pitch", service, "--lang", "fr")
    french = text_of(folder / "pitch.html")
    assert ("Rien." in french, "Non vérifié" in french) == (False, True)


def test_without_the_rules_that_would_tell_nothing_is_claimed(
    selfdata: Selfdata, service: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "RULES", ())
    selfdata("pitch", service)
    assert NOTHING not in text_of(folder / "pitch.html")


@pytest.mark.usefixtures("few_rules")
def test_a_service_that_gives_nothing_has_a_sheet_that_says_so(selfdata: Selfdata, service: Path, folder: Path) -> None:
    file = service / "drops" / "__init__.py"
    file.write_text(file.read_text("utf-8").replace(START, "    return []\n" + START), encoding="utf-8")
    assert selfdata("pitch", service).code == 0
    text = text_of(folder / "pitch.html")
    assert "The service had nothing to say." in text
    assert "Alone in a flat" in text, "the first household, as it says something about none"


@pytest.mark.usefixtures("few_rules")
def test_words_of_a_hostile_service_are_not_markup(selfdata: Selfdata, service: Path, folder: Path) -> None:
    file = service / "drops" / "__init__.py"
    sly = "<script>alert(1)</script>"
    text = file.read_text("utf-8")
    for words in ('en="Drops"', 'en="Adds up."', 'en="Add up the water of each day"', 'en="Your water"'):
        assert words in text
        text = text.replace(words, f'en="{sly}"')
    file.write_text(text, encoding="utf-8")
    assert selfdata("pitch", service).code == 0
    page = (folder / "pitch.html").read_text("utf-8")
    assert "<script" not in page
    assert page.count(html.escape(sly)) >= 5


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--persona", "single-flat"), "Did you mean single_flat?"),
        (("--with", "leek@2026-03-12"), "There is no kind of truth “leek”."),
        (("--html", "nowhere/sheet.html"), "The page cannot be written"),
    ],
)
@pytest.mark.usefixtures("few_rules")
def test_what_is_wrong_is_said_and_no_sheet_is_written(
    selfdata: Selfdata, service: Path, folder: Path, words: tuple[str, ...], says: str
) -> None:
    done = selfdata("pitch", service, *words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert list(folder.iterdir()) == []


def test_a_folder_without_a_project_is_refused(selfdata: Selfdata, folder: Path) -> None:
    done = selfdata("pitch")
    assert (done.code, "There is no pyproject.toml." in done.err) == (1, True)


def test_a_service_that_fails_has_no_sheet(selfdata: Selfdata, service: Path, folder: Path) -> None:
    file = service / "drops" / "__init__.py"
    file.write_text(file.read_text("utf-8").replace(START, "    raise ValueError\n" + START), encoding="utf-8")
    done = selfdata("pitch", service)
    assert (done.code, "The service raised ValueError." in done.err) == (1, True)
    assert list(folder.iterdir()) == []


def test_its_help_and_its_place_in_the_list_are_in_both_languages(selfdata: Selfdata) -> None:
    assert "Write a sheet that shows your service." in selfdata("--help").out
    assert "Écrire une page qui montre votre service." in selfdata("--lang", "fr", "--help").out
    assert "--persona NAME" in selfdata("pitch", "--help").out
    assert "Écrire une page sur le service" in selfdata("pitch", "--lang", "fr", "--help").out
