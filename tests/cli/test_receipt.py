"""`selfdata receipt`: the receipt as JSON, as a page to print, and as JSON-LD."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from selfdata_sdk.consent.schema import schemas

Selfdata = Callable[..., Any]
ID = "org.example.drops"


@pytest.fixture
def agreed(selfdata: Selfdata, service: Path) -> Selfdata:
    assert selfdata("grant", service, "--accept", "water").code == 0
    return selfdata


@pytest.mark.parametrize("name", [ID, "drops"], ids=["by id", "by the last part of it"])
def test_it_is_printed_as_json_after_its_published_schema(agreed: Selfdata, name: str) -> None:
    done = agreed("receipt", name)
    assert (done.code, done.err) == (0, "")
    receipt = json.loads(done.out)
    Draft202012Validator(schemas()["receipt-1.json"]).validate(receipt)
    assert receipt["service"]["id"] == ID
    assert [(p["need"], p["decision"]) for p in receipt["processes"]] == [("water", "given")]


def test_after_a_withdrawal_it_is_that_of_the_withdrawal(agreed: Selfdata) -> None:
    assert agreed("withdraw", ID).code == 0
    assert json.loads(agreed("receipt", ID).out)["state"] == "withdrawn"


@pytest.mark.parametrize(("language", "title"), [("en", "Consent receipt"), ("fr", "Reçu de consentement")])
def test_the_page_is_in_the_language_spoken(agreed: Selfdata, tmp_path: Path, language: str, title: str) -> None:
    page = tmp_path / "my receipt.html"
    done = agreed("--lang", language, "receipt", ID, "--html", page)
    assert (done.code, done.err) == (0, "")
    assert page.absolute().as_uri() in done.out
    assert title in page.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_read_the_page(agreed: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "receipt.html"
    agreed("receipt", ID, "--html", page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_as_json_ld_it_is_a_dpv_receipt_and_the_page_may_be_written_beside(agreed: Selfdata, tmp_path: Path) -> None:
    page = tmp_path / "receipt.html"
    done = agreed("receipt", ID, "--dpv", "--html", page)
    assert done.code == 0
    assert json.loads(done.out)["@type"] == "dpv:ConsentReceipt"
    assert page.absolute().as_uri() in done.err


def test_where_nothing_was_agreed_there_is_none(agreed: Selfdata) -> None:
    done = agreed("receipt", "org.example.other")
    assert (done.code, done.out) == (2, "")
    assert "Nothing was agreed with org.example.other." in done.err
    french = agreed("--lang", "fr", "receipt", "org.example.other")
    assert "Rien n'a été convenu avec org.example.other." in french.err


def test_a_page_that_cannot_be_written_is_refused_in_a_sentence(agreed: Selfdata, tmp_path: Path) -> None:
    done = agreed("receipt", ID, "--html", tmp_path / "none" / "receipt.html")
    assert done.code == 2
    assert "The page cannot be written" in done.err
    assert "Traceback" not in done.err
