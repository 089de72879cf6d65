"""What a person answers to a question of a service, as a record of its own that only this service may read."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import RequestError
from ..model import Answer
from ..model.answer import LIMIT, PLACES
from ..model.source import manual
from ..model.text import clean
from ..service.manifest import Manifest, Question

YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1"})
NO = frozenset({"no", "n", "non", "false", "faux", "0"})


def answered(manifest: Manifest, question: str, text: str, now: datetime) -> Answer:
    """The answer `text` to a question of the manifest. RequestError if there is no such question, or it cannot be that."""
    asked = manifest.outputs.questions.get(question)
    if asked is None:
        known = ", ".join(sorted(manifest.outputs.questions))
        raise RequestError(
            f"It asks no question “{question[:64]}”.",
            where=manifest.id,
            next=f"It asks: {known}." if known else "It asks no question at all.",
        )
    return Answer.model_validate(
        {
            "at": now,
            "service": manifest.id,
            "question": question,
            "source": manual(now),
            **_value(asked, text),
        }
    )


def _value(asked: Question, text: str) -> dict[str, Any]:
    said = clean(text)
    match asked.answer:
        case "boolean":
            if said.casefold() in YES | NO:
                return {"yes": said.casefold() in YES}
            raise _no_answer("yes or no")
        case "number":
            try:
                return {"number": _number(said)}
            except (InvalidOperation, ValueError):
                raise _no_answer("a number") from None
        case "choice":
            if said in asked.choices:
                return {"choice": said}
            raise _no_answer(", ".join(asked.choices))
        case "text":
            if said and len(said) <= 500:
                return {"text": said}
            raise _no_answer("a text of 1 to 500 characters")


def _number(text: str) -> Decimal:
    found = Decimal(text.replace(",", "."))
    if not found.is_finite() or found != round(found, PLACES) or abs(found) > LIMIT:
        raise ValueError("is out of range")
    return found


def _no_answer(wanted: str) -> RequestError:
    return RequestError("This is no answer to the question.", next=f"Answer with {wanted}.")
