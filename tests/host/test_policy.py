"""What an operator decides for everybody and for single persons, and what a policy file must not say."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.policy import Policy
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host import policy as module
from selfdata_sdk.host.policy import HostPolicy, NeedLimits, Quota, Rules, Services

ADA, BOB = "a" * 32, "b" * 32
COACH = "org.example.water-coach"


def read(folder: Path, text: str) -> HostPolicy:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return HostPolicy.read(path)


def test_the_example_in_the_documentation_is_a_policy(tmp_path: Path) -> None:
    assert module.__doc__ is not None
    example = "\n".join(line[4:] for line in module.__doc__.splitlines() if line.startswith("    "))
    policy = read(tmp_path, example)
    assert policy.policy == Policy(finest={"electricity.use/1": "day"}, back={"*": "P1Y"}, precision="1km")
    assert policy.allows(COACH)
    assert not policy.allows("org.example.old-coach")
    assert policy.quota.runs_per_day == 24
    assert list(policy.persons) == ["0123456789abcdef0123456789abcdef"]
    assert not policy.for_person("0123456789abcdef0123456789abcdef").allows(COACH)


def test_an_empty_policy_limits_nothing(tmp_path: Path) -> None:
    policy = read(tmp_path, "")
    assert policy == HostPolicy()
    assert policy.for_person(ADA) == Rules()
    assert policy.policy == Policy()
    assert policy.allows(COACH)


def test_what_is_denied_does_not_run_even_if_it_is_allowed_too() -> None:
    other = "org.example.other"
    assert Rules(services=Services(allow=frozenset({COACH}))).allows(COACH)
    assert not Rules(services=Services(allow=frozenset({other}))).allows(COACH)
    assert not Rules(services=Services(allow=frozenset({COACH}), deny=frozenset({COACH}))).allows(COACH)


def test_a_persons_part_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        f"""
        [needs."*"]
        back = "P1Y"
        [needs."water.use/1"]
        finest = "day"
        back = "P30D"
        [services]
        allow = ["{COACH}"]
        deny = ["{COACH}"]
        [persons.{ADA}.needs."water.use/1"]
        finest = "hour"
        [persons.{ADA}.services]
        deny = []
        """,
    )
    own, others = policy.for_person(ADA), policy.for_person(BOB)
    assert (own.allows(COACH), others.allows(COACH)) == (True, False)
    assert own.services.allow == frozenset({COACH})
    assert own.needs == {"*": NeedLimits(back="P1Y"), "water.use/1": NeedLimits(finest="hour", back="P30D")}
    assert others.policy.finest == {"water.use/1": "day"}


quotas = st.builds(Quota, runs_per_day=st.integers(0, 100))
services = st.builds(Services, allow=st.sets(st.just(COACH)))
precisions = st.sampled_from(["exact", "1km", "10km"])
rules = st.fixed_dictionaries({}, optional={"quota": quotas, "services": services, "precision": precisions})


@given(rules, rules)
def test_a_persons_part_wins_and_the_rest_is_everybodys(everybody: dict[str, object], own: dict[str, object]) -> None:
    policy = HostPolicy.model_validate({**everybody, "persons": {ADA: Rules.model_validate(own)}})
    assert policy.for_person(BOB) == Rules.model_validate(everybody)
    assert policy.for_person(ADA) == Rules.model_validate({**everybody, **own})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")
def test_the_sandbox_has_the_walls_and_limits_of_the_policy(tmp_path: Path) -> None:
    from selfdata_sdk.host.sandbox import Limits

    assert HostPolicy().sandbox().modes == ("all",)
    assert HostPolicy().sandbox().limits == Limits()
    policy = read(tmp_path, '[walls]\nrequire = "landlock"\n[limits]\nseconds = 3\nmemory_mb = 64\noutput_kb = 2')
    sandbox = policy.sandbox()
    assert sandbox.modes == ("all", "landlock")
    assert sandbox.limits == Limits(seconds=3, memory=64 * 2**20, output=2048)


def test_workers_are_told_only_of_the_persons_they_work_for() -> None:
    policy = HostPolicy(quota=Quota(runs_per_day=2), persons={p: Rules() for p in (ADA, BOB)})
    sent = pickle.loads(pickle.dumps(policy.among([ADA, "c" * 32])))
    assert set(sent.persons) == {ADA}
    assert sent.for_person(ADA).quota == Quota(runs_per_day=2)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("[services\nallow = []", "policy.toml, line 1", "not TOML"),
        ("[services]\nalow = []", "policy.toml, services", "“alow”. Did you mean allow?"),
        ("[sevices]\nallow = []", "policy.toml", "“sevices”. Did you mean services?"),
        ("quota = 3", "policy.toml, quota", "not valid"),
        ("[quota]\nruns_per_day = -1", "policy.toml, quota.runs_per_day", "greater than or equal to 0"),
        ('[limits]\nseconds = "3"', "policy.toml, limits.seconds", "valid integer"),
        ("[limits]\nseconds = 0", "policy.toml, limits.seconds", "greater than or equal to 1"),
        ('[services]\nallow = ["Coach"]', "policy.toml, services.allow.0", "not the id of a service"),
        ('[needs."water.us/1"]\nrefused = true', "policy.toml, needs", "Did you mean water.use/1?"),
        (f'[persons.{ADA}.needs."water.us/1"]\nrefused = true', f"policy.toml, persons.{ADA}.needs", "water.use/1"),
        ('[needs."*"]\nfinest = "week"', "policy.toml, needs.*.finest", "should be 'total'"),
        ('[needs."*"]\nback = "1Y"', "policy.toml, needs.*.back", "not an ISO 8601 duration"),
        ('precision = "5km"', "policy.toml, precision", "'exact', '1km' or '10km'"),
        ('[walls]\nrequire = "none"', "policy.toml, walls.require", "'all', 'landlock' or 'namespaces'"),
        ("[persons.ada.quota]\nruns_per_day = 1", "policy.toml, persons.ada", "not valid"),
        (f"[persons.{ADA}.limits]\nseconds = 3", f"policy.toml, persons.{ADA}", "no key “limits”"),
        (f"[persons.{ADA}.persons]", f"policy.toml, persons.{ADA}", "no key “persons”"),
    ],
)
def test_a_policy_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, where: str, said: str) -> None:
    with pytest.raises(RequestError) as refused:
        read(tmp_path, text)
    assert refused.value.where == where
    assert said in str(refused.value)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        HostPolicy.read(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes("# é".encode("latin-1"))
    with pytest.raises(RequestError, match="not UTF-8"):
        HostPolicy.read(tmp_path / "latin.toml")
