"""Manifests: canonical, and strict about what comes from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model.schema import validator
from selfdata_sdk.service.ijson import MAX_BYTES, load
from selfdata_sdk.service.manifest import Manifest, manifest_schema

FOLDER = Path(__file__).with_name("vectors")
GOOD = sorted(FOLDER.glob("good/*.json"))
BAD = sorted(FOLDER.glob("bad/*.json"))

# What each bad vector is refused for.
WHY = {
    "at-worst-finer": "at_worst is finer than granularity",
    "back-not-a-duration": "needs.water.back",
    "bidirectional-character": "characters that do not show",
    "boolean-for-a-number": "outputs.alerts_per_week",
    "byte-order-mark": "not JSON",
    "country-not-a-code": "publisher.country",
    "cut-short": "not JSON",
    "duplicate-key": "The key “licence” is there twice",
    "egress": "egress",
    "fields-not-sorted": "fields are not sorted",
    "float": "2.5 is a float",
    "function-not-a-place": "function",
    "hidden-character": "characters that do not show",
    "id-not-ascii": "id: ",
    "id-not-reversed": "id: ",
    "integer-past-2-53": "larger than JSON keeps exactly",
    "line-break": "line breaks",
    "link-not-https": "outputs.links.leaks.url",
    "link-with-script": "outputs.links.leaks.url",
    "missing-language": "name.fr",
    "missing-publisher": "publisher: ",
    "missing-why": "needs.water.why",
    "mixed-scripts": "several scripts (CYRILLIC, LATIN)",
    "mixed-scripts-of-the-publisher": "several scripts (CYRILLIC, LATIN)",
    "nested-too-deep": "nested deeper than 32 levels",
    "newer-format": "manifest: ",
    "no-fields": "needs.water.fields",
    "not-a-number": "NaN is a float",
    "not-an-object": "not valid",
    "not-nfc": "normal form",
    "not-utf-8": "not UTF-8",
    "number-with-letters": "outputs.numbers.operator.number",
    "oversize": "larger than 256 KB",
    "own-type-declared-and-not-saved": "is not of org.example.water-coach, or is neither asked for nor saved",
    "own-type-in-one-language": "record_types.0: properties.days.integer.x-title-fr: Field required",
    "own-type-nested": "its type is none of string, integer, boolean and object",
    "own-type-not-declared": "record_types does not list, once and sorted, org.example.water-coach.week/1",
    "own-type-not-used": "org.example.water-coach.month/1 is not of org.example.water-coach, or is neither",
    "own-type-of-another-service": "org.example.other.week/1 is not of org.example.water-coach",
    "own-type-of-the-model": "record_types.0: x-type",
    "own-type-of-unknown-time": "record_types.0: x-time",
    "own-type-requires-what-it-has-not": "“required” names metres",
    "own-type-with-a-field-of-its-class": "“model_config” is a name that every record has",
    "own-type-with-a-field-of-the-envelope": "“source” is a name that every record has",
    "own-type-with-bound-too-large": "has a bound of more than 18 digits",
    "own-type-with-bounds-turned-round": "its minimum is above its maximum",
    "own-type-with-definitions": "record_types.0: $defs: Extra inputs",
    "own-type-with-hidden-character": "characters that do not show",
    "own-type-with-key-that-may-be-missing": "“x-natural-key” names grade",
    "own-type-with-key-without-time": "“x-natural-key” starts with the time, which is on here",
    "own-type-with-many-fields": "record_types.0: properties",
    "own-type-with-many-places": "record_types.0: properties.litres.quantity.x-places",
    "own-type-with-mixed-scripts": "several scripts (CYRILLIC, LATIN)",
    "own-type-with-pattern": "record_types.0: properties.note.text.pattern: Extra",
    "own-type-with-reference": "its type is none of string, integer, boolean and object",
    "own-type-with-unknown-word": "record_types.0: additionalProperties: Extra inputs",
    "own-type-with-word-that-is-none": "record_types.0: properties.grade.choice.enum",
    "own-type-without-bounds": "record_types.0: properties.days.integer.maximum: Field required",
    "own-type-without-fields": "record_types.0: properties",
    "own-types-none": "record_types",
    "pseudonyms-not-among-fields": "pseudonyms are not among the fields",
    "pseudonyms-not-sorted": "pseudonyms are not sorted",
    "pseudonyms-of-a-list": "needs.water.pseudonyms",
    "purpose-marketing": "needs.water.purpose",
    "question-without-choices": "choices go with",
    "record-type-without-version": "needs.water.record_type",
    "setting-of-unknown-kind": "settings.goal.kind",
    "unknown-block": "outputs.kinds",
    "unknown-granularity": "needs.water.granularity",
    "unknown-key": "keys that are not known: telemetry",
    "unknown-key-inside": "keys that are not known: publisher.colour",
    "unknown-role": "publisher.role",
    "version-not-semver": "version: ",
    "where-on-two-fields": "needs.water.where",
    "why-too-short": "has 5 characters in “en”",
    "wildcard-fields": "needs.water.fields",
}

# What JSON Schema cannot say: hosts check these themselves.
BEYOND_SCHEMA = {
    "at-worst-finer",
    "back-not-a-duration",
    "bidirectional-character",
    "byte-order-mark",
    "duplicate-key",
    "fields-not-sorted",
    "hidden-character",
    "line-break",
    "mixed-scripts",
    "mixed-scripts-of-the-publisher",
    "not-nfc",
    "oversize",
    "own-type-declared-and-not-saved",
    "own-type-not-declared",
    "own-type-not-used",
    "own-type-of-another-service",
    "own-type-requires-what-it-has-not",
    "own-type-with-a-field-of-its-class",
    "own-type-with-a-field-of-the-envelope",
    "own-type-with-bound-too-large",
    "own-type-with-bounds-turned-round",
    "own-type-with-hidden-character",
    "own-type-with-key-that-may-be-missing",
    "own-type-with-key-without-time",
    "own-type-with-mixed-scripts",
    "pseudonyms-not-among-fields",
    "pseudonyms-not-sorted",
    "question-without-choices",
}


@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.stem)
def test_a_good_manifest_goes_to_canonical_bytes_and_back(path: Path) -> None:
    manifest = Manifest.from_json(path.read_bytes())
    assert Manifest.from_json(manifest.canonical()) == manifest
    assert len(manifest.digest) == 64


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_a_bad_manifest_is_refused_for_its_one_fault(path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        Manifest.from_json(path.read_bytes())
    assert WHY[path.stem] in str(caught.value)
    assert caught.value.next


def test_the_vectors_are_what_their_maker_writes() -> None:
    """`python tests/service/make_vectors.py` changes nothing."""
    made: dict[str, object] = {"__file__": str(FOLDER.with_name("make_vectors.py")), "__name__": "make_vectors"}
    exec(FOLDER.with_name("make_vectors.py").read_text("utf-8"), made)
    vectors = made["vectors"]()  # type: ignore[operator]
    assert {name: (FOLDER / name).read_bytes() for name in vectors} == vectors
    assert {p.stem for p in BAD} == set(WHY)
    assert len(GOOD) + len(BAD) == len(vectors)


@pytest.mark.parametrize("path", GOOD + BAD, ids=lambda p: p.stem)
def test_the_published_schema_gives_the_same_verdict_where_it_can(path: Path) -> None:
    try:
        value = json.loads(path.read_bytes().decode("utf-8-sig"))
    except ValueError:
        return  # not JSON for anybody
    accepts = validator(manifest_schema()).is_valid(value)
    assert accepts == (path in GOOD or path.stem in BEYOND_SCHEMA)


def test_two_spellings_of_one_manifest_have_one_digest() -> None:
    """Order of keys and white space are not what a person agrees to."""
    data = (FOLDER / "good/full.json").read_bytes()
    shuffled = json.dumps(dict(reversed(json.loads(data).items()))).encode()
    assert Manifest.from_json(shuffled).digest == Manifest.from_json(data).digest


def test_a_field_itself_is_more_than_its_pseudonym() -> None:
    """The two are not the same to agree to."""
    value = json.loads((FOLDER / "good/pseudonyms.json").read_bytes())
    hidden = Manifest.from_json(json.dumps(value).encode())
    assert hidden.needs["water"].pseudonyms == ("point",)
    value["needs"]["water"]["pseudonyms"] = []
    assert Manifest.from_json(json.dumps(value).encode()).digest != hidden.digest


@pytest.mark.parametrize("key", ["version", "summary", "automation"])
def test_any_change_changes_the_digest(key: str) -> None:
    value = json.loads((FOLDER / "good/full.json").read_bytes())
    before = Manifest.from_json(json.dumps(value).encode()).digest
    value[key] = {"version": "2.0.0", "summary": {"en": "New.", "fr": "Nouveau."}, "automation": "decision"}[key]
    assert Manifest.from_json(json.dumps(value).encode()).digest != before


def test_the_limit_is_256_kb_to_the_byte() -> None:
    assert load(b'"' + b"a" * (MAX_BYTES - 2) + b'"')
    with pytest.raises(ManifestError, match="larger"):
        load(b'"' + b"a" * (MAX_BYTES - 1) + b'"')


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert load(json.dumps("[" * 100 + '\\"' + "{" * 100).encode())


@pytest.mark.parametrize("data", [b'"\\ud800"', b'{"\\u200b": 1}', b"1e2", b"-Infinity", b"", b"\xff"])
def test_what_is_not_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(ManifestError):
        load(data)
