"""Writes the published vectors: manifests that every host accepts, and ones that it refuses, each for one reason.

`python tests/service/make_vectors.py`. The bad ones are the good one `full.json` with one change.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("vectors")

SMALL: dict[str, Any] = {
    "manifest": 1,
    "id": "org.example.small",
    "version": "0.1.0",
    "sdk": ">=0.1",
    "function": "small:small",
    "name": {"en": "Small", "fr": "Petit"},
    "summary": {"en": "Asks for nothing.", "fr": "Ne demande rien."},
    "publisher": {"name": "Example"},
    "licence": "Apache-2.0",
    "needs": {},
    "outputs": {"kinds": ["card", "no_insight"]},
}

FULL: dict[str, Any] = {
    **SMALL,
    "id": "org.example.water-coach",
    "version": "1.2.3-rc.1+build.5",
    "function": "water_coach.coach:water_coach",
    "name": {"en": "Water coach", "fr": "Coach eau"},
    "summary": {"en": "Finds leaks and habits.", "fr": "Repère les fuites et les habitudes."},
    "publisher": {
        "name": "Coopérative de l’eau",
        "contact": "contact@example.org",
        "country": "FR",
        "privacy": "https://example.org/privacy",
        "role": "local_only",
    },
    "source": "https://example.org/source",
    "needs": {
        "water": {
            "record_type": "water.use/1",
            "fields": ["litres", "start"],
            "granularity": "hour",
            "at_worst": "day",
            "back": "P1Y",
            "ongoing": True,
            "precision": "exact",
            "where": {"basis": ["reported"]},
            "purpose": "requested_service_provision",
            "why": {
                "en": "Find leaks from hours without rest",
                "fr": "Repérer une fuite dans les heures sans repos",
            },
        },
        "home": {
            "record_type": "home.household/1",
            "fields": ["occupants"],
            "granularity": "raw",
            "at_worst": "raw",
            "back": "P30D",
            "why": {"en": "Compare with homes of your size", "fr": "Comparer avec des foyers de votre taille"},
            "without": {"en": "No comparison", "fr": "Pas de comparaison"},
        },
    },
    "settings": {
        "goal": {
            "kind": "number",
            "title": {"en": "Litres per day", "fr": "Litres par jour"},
            "default": "120.5",
            "ge": "20",
            "le": "500",
        }
    },
    "produces": [{"record_type": "supply.alert/1", "retention": "P1Y"}],
    "outputs": {
        "kinds": ["action", "alert", "ask", "card", "chart", "no_insight", "save"],
        "alerts_per_week": 2,
        "links": {
            "leaks": {"label": {"en": "Find a leak", "fr": "Trouver une fuite"}, "url": "https://example.org/leaks"}
        },
        "numbers": {
            "operator": {"label": {"en": "Your operator", "fr": "Votre opérateur"}, "number": "+33 1 02 03 04 05"}
        },
        "questions": {
            "garden": {
                "text": {"en": "Do you water a garden?", "fr": "Arrosez-vous un jardin ?"},
                "answer": "choice",
                "choices": {"yes": {"en": "Yes", "fr": "Oui"}, "no": {"en": "No", "fr": "Non"}},
            }
        },
    },
    "egress": [],
    "schedule": "on_new_data",
    "automation": "advice",
}

Change = Callable[[dict[str, Any]], None]


def put(path: str, value: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        *inner, last = path.split(".")
        for key in inner:
            manifest = manifest[key]
        manifest[last] = value

    return change


def drop(path: str) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        *inner, last = path.split(".")
        for key in inner:
            manifest = manifest[key]
        del manifest[last]

    return change


# Name of the file → the change to full.json.
CHANGES: dict[str, Change] = {
    "unknown-key": put("telemetry", "yes"),
    "unknown-key-inside": put("publisher.colour", "blue"),
    "float": put("outputs.alerts_per_week", 2.5),
    "integer-past-2-53": put("outputs.alerts_per_week", 2**53),
    "hidden-character": put("publisher.name", "Exa\u200bmple"),
    "bidirectional-character": put("summary.en", "Finds \u202eskael"),
    "line-break": put("summary.fr", "Repère\nles fuites"),
    "not-nfc": put("name.fr", unicodedata.normalize("NFD", "Repérage")),
    "mixed-scripts": put("name.en", "W\u0430ter coach"),
    "mixed-scripts-of-the-publisher": put("publisher.name", "\u0415xample"),
    "missing-language": drop("name.fr"),
    "missing-why": drop("needs.water.why"),
    "missing-publisher": drop("publisher"),
    "newer-format": put("manifest", 2),
    "id-not-reversed": put("id", "water-coach"),
    "id-not-ascii": put("id", "org.example.w\u0430ter"),
    "version-not-semver": put("version", "1.2"),
    "function-not-a-place": put("function", "water_coach"),
    "record-type-without-version": put("needs.water.record_type", "water.use"),
    "wildcard-fields": put("needs.water.fields", ["*"]),
    "no-fields": put("needs.water.fields", []),
    "fields-not-sorted": put("needs.water.fields", ["start", "litres"]),
    "unknown-granularity": put("needs.water.granularity", "week"),
    "pseudonyms-not-among-fields": put("needs.water.pseudonyms", ["point"]),
    "pseudonyms-not-sorted": put("needs.water.pseudonyms", ["start", "litres"]),
    "pseudonyms-of-a-list": put("needs.water.pseudonyms", ["prices.label"]),
    "at-worst-finer": put("needs.water.at_worst", "raw"),
    "back-not-a-duration": put("needs.water.back", "1 year"),
    "purpose-marketing": put("needs.water.purpose", "marketing"),
    "why-too-short": put("needs.water.why", {"en": "Leaks", "fr": "Repérer une fuite dans les heures"}),
    "where-on-two-fields": put("needs.water.where", {"basis": ["reported"], "unit": ["L"]}),
    "link-not-https": put("outputs.links.leaks.url", "http://example.org/leaks"),
    "link-with-script": put("outputs.links.leaks.url", "javascript:alert(1)"),
    "number-with-letters": put("outputs.numbers.operator.number", "0900 LEAKS"),
    "question-without-choices": put("outputs.questions.garden.choices", {}),
    "unknown-block": put("outputs.kinds", ["card", "video"]),
    "egress": put("egress", ["https://example.org"]),
    "unknown-role": put("publisher.role", "broker"),
    "country-not-a-code": put("publisher.country", "France"),
    "setting-of-unknown-kind": put("settings.goal.kind", "list"),
    "boolean-for-a-number": put("outputs.alerts_per_week", True),
}


def written(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def changed(*changes: Change) -> str:
    """full.json with changes."""
    manifest = json.loads(json.dumps(FULL))
    for change in changes:
        change(manifest)
    return written(manifest)


OWN = "org.example.water-coach.week/1"
WEEK: dict[str, Any] = {
    "x-type": OWN,
    "title": "Week of water",
    "x-title-fr": "Semaine d'eau",
    "description": "What a week came to.",
    "x-description-fr": "Ce qu'a donné une semaine.",
    "type": "object",
    "x-time": "date",
    "x-natural-key": ["on", "grade"],
    "properties": {
        "litres": {
            "type": "string",
            "title": "Water used",
            "x-title-fr": "Eau consommée",
            "x-unit": "L",
            "x-places": 1,
            "x-reduce": "sum",
            "x-maximum": "100000",
        },
        "grade": {"type": "string", "title": "Grade", "x-title-fr": "Mention", "enum": ["good", "fair"]},
        "days": {"type": "integer", "title": "Days", "x-title-fr": "Jours", "minimum": 1, "maximum": 7},
        "kept": {"type": "boolean", "title": "Goal kept", "x-title-fr": "Objectif tenu"},
        "note": {"type": "string", "title": "Note", "x-title-fr": "Remarque", "maxLength": 80},
        "paid": {"type": "object", "title": "Price", "x-title-fr": "Prix", "x-money": True},
        "busiest": {"type": "string", "title": "Busiest day", "x-title-fr": "Jour le plus fort", "format": "date"},
        "first": {"type": "string", "title": "First use", "x-title-fr": "Premier usage", "format": "date-time"},
    },
    "required": ["grade", "litres"],
    "x-facts": {"identifying": ["note"], "finest": "raw"},
}


def own(*changes: Change) -> Change:
    """A record type of the service's own, with changes to it."""

    def change(manifest: dict[str, Any]) -> None:
        manifest["produces"] += [{"record_type": OWN}]
        manifest["record_types"] = [json.loads(json.dumps(WEEK))]
        for each in changes:
            each(manifest["record_types"][0])

    return change


DAYS = "properties.days"
# Name of the file → the change to full.json with a record type of its own.
OWN_CHANGES: dict[str, Change] = {
    "own-type-of-another-service": own(put("x-type", "org.example.other.week/1")),
    "own-type-of-the-model": own(put("x-type", "water.week/1")),
    "own-type-not-used": own(put("x-type", "org.example.water-coach.month/1")),
    "own-type-not-declared": put("produces", [{"record_type": OWN}]),
    "own-type-declared-and-not-saved": put("record_types", [WEEK]),
    "own-types-none": put("record_types", []),
    "own-type-with-reference": own(put(DAYS, {"$ref": "https://example.org/schema.json"})),
    "own-type-with-pattern": own(put("properties.note.pattern", "^(a+)+$")),
    "own-type-with-unknown-word": own(put("additionalProperties", True)),
    "own-type-with-definitions": own(put("$defs", {})),
    "own-type-nested": own(put(DAYS, {"type": "array", "items": {"type": "string"}})),
    "own-type-in-one-language": own(drop("properties.days.x-title-fr")),
    "own-type-without-bounds": own(drop("properties.days.maximum")),
    "own-type-with-bounds-turned-round": own(put("properties.days.minimum", 9)),
    "own-type-with-a-field-of-the-envelope": own(put("properties.source", WEEK["properties"]["note"])),
    "own-type-with-a-field-of-its-class": own(put("properties.model_config", WEEK["properties"]["note"])),
    "own-type-with-many-fields": own(put("properties", {f"field_{n}": WEEK["properties"]["kept"] for n in range(41)})),
    "own-type-without-fields": own(put("properties", {}), put("required", []), drop("x-natural-key"), drop("x-facts")),
    "own-type-requires-what-it-has-not": own(put("required", ["grade", "litres", "metres"])),
    "own-type-with-key-that-may-be-missing": own(put("required", ["litres"])),
    "own-type-with-key-without-time": own(put("x-natural-key", ["grade"])),
    "own-type-with-word-that-is-none": own(put("properties.grade.enum", ["very good"])),
    "own-type-with-hidden-character": own(put("title", "Wee\u200bk")),
    "own-type-with-mixed-scripts": own(put("title", "W\u0435ek")),
    "own-type-with-many-places": own(put("properties.litres.x-places", 7)),
    "own-type-with-bound-too-large": own(put("properties.litres.x-maximum", "100000000000000000")),
    "own-type-of-unknown-time": own(put("x-time", "always")),
}

WITH_PSEUDONYMS = (
    put("needs.water.fields", ["litres", "point", "start"]),
    put("needs.water.pseudonyms", ["point"]),
)


def vectors() -> dict[str, bytes]:
    """Every vector by its path under `vectors/`."""
    full = written(FULL)
    found = {
        "good/small.json": written(SMALL),
        "good/full.json": full,
        "good/pseudonyms.json": changed(*WITH_PSEUDONYMS),
        "good/own-type.json": changed(own()),
        **{f"bad/{name}.json": changed(change) for name, change in (CHANGES | OWN_CHANGES).items()},
    }
    found["bad/duplicate-key.json"] = full.replace('"licence"', '"licence": "MIT",\n "licence"')
    found["bad/not-a-number.json"] = full.replace('"alerts_per_week": 2', '"alerts_per_week": NaN')
    found["bad/oversize.json"] = full.replace("\n", "\n" + " " * 3000)
    found["bad/nested-too-deep.json"] = full.replace('"egress": []', f'"egress": {"[" * 40}{"]" * 40}')
    found["bad/cut-short.json"] = full[: len(full) // 2]
    found["bad/byte-order-mark.json"] = "\ufeff" + full
    found["bad/not-an-object.json"] = "[]\n"
    encoded = {name: text.encode() for name, text in found.items()}
    encoded["bad/not-utf-8.json"] = full.encode("latin-1", "replace")
    return encoded


if __name__ == "__main__":
    for name, data in vectors().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(data)
