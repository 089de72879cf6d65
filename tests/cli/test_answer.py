"""Questions of services, answered from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfdata_sdk.testing.projects import declare

from .conftest import Selfdata


@pytest.fixture
def asker(service: Path) -> Path:
    project = service / "pyproject.toml"
    project.write_text(
        project.read_text("utf-8")
        + """
[tool.selfdata.questions.garden]
text = { en = "Do you water a garden?", fr = "Arrosez-vous un jardin ?" }
""",
        encoding="utf-8",
    )
    declare(service)
    return service


def test_an_answer_is_kept_shown_and_written_into_the_journal(selfdata: Selfdata, asker: Path) -> None:
    assert "Do you water a garden?" in selfdata("answer", asker).out
    done = selfdata("answer", asker, "garden", "yes")
    assert (done.code, done.out) == (0, "Stored, here on this machine.\n")
    assert "Your answer: yes" in selfdata("answer", asker).out
    selfdata("answer", asker, "garden", "no")
    assert json.loads(selfdata("answer", asker, "--json").out)["questions"] == {"garden": "no"}
    assert "self.answer" in selfdata("journal", "--json").out
    assert "Votre réponse\u00a0: non" in selfdata("answer", asker, "--lang", "fr").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("garden", "perhaps"), "Answer with yes or no."),
        (("pool", "yes"), "It asks: garden."),
        (("garden",), "There is no answer."),
    ],
)
def test_what_is_no_answer_is_told_with_the_next_step(
    selfdata: Selfdata, asker: Path, words: tuple[str, ...], said: str
) -> None:
    done = selfdata("answer", asker, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_service_without_questions_says_so(selfdata: Selfdata, service: Path) -> None:
    assert selfdata("answer", service).out == "It asks no question.\n"
