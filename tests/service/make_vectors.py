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
        **{f"bad/{name}.json": changed(change) for name, change in CHANGES.items()},
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
