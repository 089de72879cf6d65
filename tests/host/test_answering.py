"""An answer is a record that keeps to the question, and only the service that asked may read it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.right import Right, asked
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.answering import answered
from selfdata_sdk.host.broker import open_datasets
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.store import PersonalStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"
TEXT = {"en": "A question", "fr": "Une question"}
QUESTIONS: dict[str, Any] = {
    "garden": {"text": TEXT},
    "age": {"text": TEXT, "answer": "number"},
    "name": {"text": TEXT, "answer": "text"},
    "heat": {"text": TEXT, "answer": "choice", "choices": {"gas": TEXT, "wood": TEXT}},
}


def manifest(id: str = "org.example.asker", **more: Any) -> Manifest:
    base = Manifest.from_json(SMALL.read_bytes()).model_dump()
    outputs = {**base["outputs"], "questions": QUESTIONS}
    return Manifest.model_validate({**base, "id": id, "outputs": outputs, **more})


@pytest.mark.parametrize(
    ("question", "text", "field", "value"),
    [
        ("garden", "Oui", "yes", True),
        ("garden", "no", "yes", False),
        ("age", "12,5", "number", Decimal("12.5")),
        ("name", "  Ada ", "text", "Ada"),
        ("heat", "wood", "choice", "wood"),
    ],
)
def test_an_answer_holds_one_value_of_the_kind_that_was_asked(
    question: str, text: str, field: str, value: object
) -> None:
    record = answered(manifest(), question, text, NOW)
    values = {n: v for n in ("yes", "number", "choice", "text") if (v := getattr(record, n)) is not None}
    assert values == {field: value}
    assert (record.service, record.question, record.at) == ("org.example.asker", question, NOW)
    assert (record.source.method, record.source.holder) == ("manual", "self")


@pytest.mark.parametrize(
    ("question", "text"),
    [("garden", "perhaps"), ("age", "many"), ("age", "1e40"), ("age", "nan"), ("age", "0.0000001"), ("heat", "coal"),
     ("name", " "), ("name", "x" * 501), ("pool", "yes")],
)  # fmt: skip
def test_what_is_no_answer_is_refused_without_repeating_it(question: str, text: str) -> None:
    with pytest.raises(RequestError) as refused:
        answered(manifest(), question, text, NOW)
    assert refused.value.next
    assert text.strip() == "" or text not in str(refused.value)


def whole(label: str, need: AskedNeed, now: datetime) -> Right:
    return asked(need, REGISTRY, now)


@pytest.mark.parametrize(("id", "read"), [("org.example.asker", 1), ("org.example.other", 0)])
def test_a_service_reads_the_answers_to_its_own_questions_only(id: str, read: int) -> None:
    store = PersonalStore(MemoryCloud())
    store.write(tables([answered(manifest(), "garden", "yes", NOW)]))
    why = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
    need = {
        "record_type": "self.answer/1",
        "fields": ["question", "yes"],
        "granularity": "raw",
        "at_worst": "raw",
        "back": "P30D",
        "why": why,
    }
    reader = manifest(id, needs={"it": need})
    payload = open_datasets(store, reader, whole, NOW.replace(hour=10)).payloads["it"]
    assert len(payload) == read
