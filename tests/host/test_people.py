"""The persons of a host: folders that carry no name, each with grants and a journal of its own."""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.people import KeyedIdentity, People
from selfdata_sdk.host.policy import HostPolicy, NeedLimits
from selfdata_sdk.service.manifest import Manifest

SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"
NEED = {
    "record_type": "water.use/1",
    "fields": ["litres"],
    "granularity": "day",
    "at_worst": "day",
    "back": "P30D",
    "why": {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"},
}
MANIFEST = Manifest.model_validate({**json.loads(SMALL.read_bytes()), "needs": {"it": NEED}})
TERMS = Terms(items={"it": Item(decision="given")}, lasts="P12M")


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with People(tmp_path / "people of a city") as opened:
        yield opened


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_login_has_one_person_and_no_path_tells_who(people: People) -> None:
    ada = people.add("Ada Lovelace")
    assert people.add("Ada Lovelace") == ada
    assert people.add("ada lovelace") != ada
    assert len(people) == 2
    assert ada in people
    assert people.home(ada).path == people.path / "people" / ada[:2] / ada
    assert not [p for p in people.path.rglob("*") if "ada" in p.name.lower().removesuffix(ada)]
    people.close()
    assert b"Lovelace" not in b"".join(files(people.path).values())


def test_only_the_operator_can_enter(people: People) -> None:
    people.add("ada")
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in people.path.rglob("*")} == {0}


def test_the_same_login_is_another_person_on_another_host(tmp_path: Path) -> None:
    with People(tmp_path / "here") as here, People(tmp_path / "there") as there:
        assert here.add("ada") != there.add("ada")
        again = here.add("ada")
    with People(tmp_path / "here") as here:
        assert here.add("ada") == again


@given(st.text(min_size=1), st.binary(min_size=32, max_size=32))
def test_an_id_depends_on_key_and_login_and_not_on_how_accents_are_written(login: str, key: bytes) -> None:
    identity = KeyedIdentity(key)
    forms = {identity.person(unicodedata.normalize(form, login)) for form in ("NFC", "NFD")}
    assert len(forms) == 1
    assert KeyedIdentity(key[1:] + b"x").person(login) not in forms or key[1:] + b"x" == key
    assert identity.person(login + "x") not in forms


def test_a_host_may_name_persons_itself(tmp_path: Path) -> None:
    class Directory:
        def person(self, login: str) -> str:
            return {"ada": "0" * 32, "mallory": "../../../somewhere/else"}[login]

    with People(tmp_path / "host", identity=Directory()) as people:
        assert people.add("ada") == "0" * 32
        with pytest.raises(RequestError, match="not the id of a person"):
            people.add("mallory")
    assert not (tmp_path / "somewhere").exists()


def test_persons_are_listed_in_order_and_nothing_else_is(people: People) -> None:
    added = {people.add(f"person {n}") for n in range(40)}
    (people.path / "people" / "notes.txt").write_text("")
    (people.path / "people" / "ab").mkdir(exist_ok=True)
    (people.path / "people" / "ab" / "lost+found").mkdir()
    assert list(people.ids()) == sorted(added)


def test_where_nobody_was_added_there_is_nobody_and_nothing_is_made(tmp_path: Path) -> None:
    with People(tmp_path / "none") as people:
        assert (list(people.ids()), len(people)) == ([], 0)
        with pytest.raises(RequestError, match="no such person"), people.host("a" * 32):
            pass
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("person", ["", "ada", "A" * 32, "../" + "a" * 29, "a" * 33])
def test_what_is_no_id_opens_nothing(people: People, person: str) -> None:
    people.add("ada")
    assert person not in people
    with pytest.raises(RequestError), people.host(person):
        pass


def test_a_login_without_a_character_is_refused(people: People) -> None:
    with pytest.raises(RequestError, match="at least one character"):
        people.add(" ")


def test_what_one_person_agrees_to_is_not_what_another_does(people: People) -> None:
    ada, bob = people.add("ada"), people.add("bob")
    with people.host(ada) as host:
        host.grant(MANIFEST, TERMS)
    with people.host(ada) as host:
        assert [s.in_force for s in host.grants()] == [True]
    with people.host(bob) as host:
        assert host.grants() == []


def test_a_grant_that_is_copied_to_another_person_counts_for_nothing(people: People) -> None:
    ada, bob = people.add("ada"), people.add("bob")
    with people.host(ada) as host:
        host.grant(MANIFEST, TERMS)
        people.home(bob).store_path.unlink()
        host.store.backup(people.home(bob).store_path)
    with people.host(bob) as host:
        assert [s.in_force for s in host.grants()] == [False]


def test_a_store_that_was_put_back_suspends_what_was_agreed(people: People, tmp_path: Path) -> None:
    ada = people.add("ada")
    with people.host(ada) as host:
        host.grant(MANIFEST, TERMS)
        host.store.backup(tmp_path / "earlier.sqlite")
        host.withdraw(MANIFEST.id)
    (tmp_path / "earlier.sqlite").replace(people.home(ada).store_path)
    with people.host(ada) as host:
        assert [s.in_force for s in host.grants()] == [False]


def test_the_operators_policy_limits_what_anybody_agreed_to(tmp_path: Path) -> None:
    policy = HostPolicy(needs={"water.use/1": NeedLimits(refused=True)})
    with People(tmp_path / "host", policy=policy) as people, people.host(people.add("ada")) as host:
        assert host.policy.refused == {"water.use/1"}


def test_erasing_a_person_leaves_nothing_of_them_and_all_of_others(people: People) -> None:
    ada, bob = people.add("ada"), people.add("bob")
    for person in (ada, bob):
        with people.host(person) as host:
            host.grant(MANIFEST, TERMS)
    people.erase(ada)
    assert list(people.ids()) == [bob]
    assert ada not in people
    assert people.keeper.anchor(ada) is None
    with people.host(bob) as host:
        assert [s.in_force for s in host.grants()] == [True]
    with pytest.raises(RequestError, match="no such person"):
        people.erase(ada)
    people.close()
    assert not [name for name, data in files(people.path).items() if ada in name or ada.encode() in data]


def test_a_person_who_comes_back_after_being_erased_has_agreed_to_nothing(people: People) -> None:
    ada = people.add("ada")
    with people.host(ada) as host:
        host.grant(MANIFEST, TERMS)
    people.erase(ada)
    assert people.add("ada") == ada
    with people.host(ada) as host:
        assert host.grants() == []


def test_the_clock_stands_for_everybody_where_people_practise(people: People) -> None:
    then = datetime(2017, 3, 1, tzinfo=UTC)
    people.practise(then)
    with people.host(people.add("ada")) as host:
        assert host.stands == then
        assert host.grant(MANIFEST, TERMS).given_at == then
    people.practise(then + timedelta(days=1))
    with pytest.raises(RequestError, match="cannot be set"):
        people.practise(then)


def test_the_clock_of_real_people_is_not_set(people: People) -> None:
    people.add("ada")
    with pytest.raises(RequestError, match="cannot be set"):
        people.practise(datetime(2017, 3, 1, tzinfo=UTC))
