"""Record types are found by name and version; a wrong name is answered with the nearest."""

from __future__ import annotations

import pytest

from selfdata_sdk.errors import RecordTypeError, RequestError
from selfdata_sdk.model import REGISTRY, Facts, InstantRecord, Registry, Text, WaterUse

TITLE = Text(en="Test", fr="Essai")


class One(InstantRecord):
    type = "test.thing/1"
    facts = Facts(title=TITLE, description=TITLE)


class Ten(InstantRecord):
    type = "test.thing/10"
    facts = Facts(title=TITLE, description=TITLE)


class Nine(InstantRecord):
    type = "test.thing/9"
    facts = Facts(title=TITLE, description=TITLE)


def test_a_type_is_found_by_its_name_with_or_without_the_version() -> None:
    assert REGISTRY.get("water.use/1") is WaterUse
    assert REGISTRY.get("water.use") is WaterUse
    assert "water.use/1" in REGISTRY
    assert "water.use" not in REGISTRY


def test_without_a_version_the_newest_is_meant_by_number() -> None:
    registry = Registry((Ten, Nine, One))
    assert registry.get("test.thing") is Ten
    assert registry.get("test.thing/9") is Nine


def test_types_are_listed_in_the_order_of_their_names() -> None:
    names = [t.type for t in REGISTRY]
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 32


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("water.usee", "Did you mean water.use"),
        ("water.use/2", "water.use"),
        ("WaterUse", "Did you mean water.use"),
        ("bank.acount", "Did you mean bank.account"),
        ("robot", "selfdata schema"),
        ("", "selfdata schema"),
    ],
)
def test_an_unknown_name_is_answered_with_the_next_step(name: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        REGISTRY.get(name)
    assert hint in caught.value.next


@pytest.mark.parametrize(
    "name", ["water", "water.use", "Water.use/1", "water.use/0", "water.use/01", "water use/1", "water.use/1\n"]
)
def test_a_malformed_name_is_refused(name: str) -> None:
    bad = type("Bad", (InstantRecord,), {"type": name, "facts": One.facts, "__module__": __name__})
    with pytest.raises(RecordTypeError, match="is not a record type's name"):
        Registry((bad,))


def test_a_name_has_one_class() -> None:
    twin = type("Twin", (InstantRecord,), {"type": One.type, "facts": One.facts, "__module__": __name__})
    with pytest.raises(RecordTypeError, match="declared twice, by One and Twin"):
        Registry((One, twin))
    assert list(Registry((One, One))) == [One]
