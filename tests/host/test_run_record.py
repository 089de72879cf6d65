"""A run as it is kept, what makes two runs the same, and which alerts a person is told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk import Alert
from selfdata_sdk.consent.use import Use
from selfdata_sdk.host.run_record import REMEMBERED, RunRecord, after, key_of, news
from selfdata_sdk.model.time import DAY, micros

from .person import CODE, ID, NOW, WALLS, alert, card, leak

VALUES: dict[str, Any] = {
    "id": "0" * 32,
    "number": 3,
    "service": ID,
    "version": "1.2.3",
    "code": CODE,
    "walls": WALLS,
    "started_at": NOW,
    "seconds": 0.25,
    "cpu_seconds": 0.125,
    "peak_memory": 4096,
    "as_of": NOW,
    "language": "fr",
    "settings": {"goal": "120"},
    "occasion": "day 2025-06-15",
    "entry": 7,
    "given": ("water.use/1",),
    "error": None,
    "blocks": (card(1), alert(), leak()),
    "told": ("leak",),
    "saved": 1,
}


def test_a_run_is_read_as_it_was_written() -> None:
    record = RunRecord(**VALUES)
    assert RunRecord.read(record.dump()) == record
    assert json.loads(record.dump())["run"] == 1


def test_moments_are_kept_in_utc() -> None:
    """The service's clock is that of the home; what is written down is the same wherever it is read."""
    martinique = NOW.astimezone(timezone(timedelta(hours=-4)))
    assert RunRecord(**{**VALUES, "as_of": martinique}).dump() == RunRecord(**VALUES).dump()


@pytest.mark.parametrize(
    "change",
    [
        {"run": 2},
        {"more": 1},
        {"id": "no id"},
        {"error": "Used412Litres"},
        {"error": "datetime"},
        {"as_of": "2025-06-15T10:30:00"},
        {"blocks": [{"kind": "card"}]},
        {"settings": {"goal": 120}},
    ],
)
def test_what_is_no_such_record_is_not_read(change: dict[str, Any]) -> None:
    """Nor is one of a newer version: it is passed over, and not an error."""
    written = json.loads(RunRecord(**VALUES).dump())
    assert RunRecord.read(json.dumps(written).encode()) is not None
    assert RunRecord.read(json.dumps({**written, **change}).encode()) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b'{"run":1}'])
def test_what_is_nothing_of_the_kind_is_not_read(data: bytes) -> None:
    assert RunRecord.read(data) is None


KEYS = st.tuples(
    st.sampled_from(["", CODE, "f" * 64]),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 2) | st.booleans() | st.sampled_from(["", "1", "a"])),
    st.sampled_from(["", "a", "day 2025-06-15"]),
)


@given(KEYS, KEYS)
def test_a_run_is_the_same_if_code_settings_and_occasion_are(one: Any, other: Any) -> None:
    """Settings as they are written: the text "1" and the number 1 of one setting cannot both be."""
    texts = [
        (code, {n: str(v).lower() for n, v in values.items()}, occasion) for code, values, occasion in (one, other)
    ]
    assert (key_of(*one) == key_of(*other)) == (texts[0] == texts[1])


def test_the_order_of_settings_is_of_no_matter() -> None:
    assert key_of(CODE, {"a": 1, "b": 2}, "x") == key_of(CODE, {"b": 2, "a": 1}, "x")


# What a person is told of


def told(*alerts: Alert, use: Use | None = None, per_week: int = 7, now: datetime = NOW) -> list[str]:
    return list(news(alerts, use or Use(last=now), per_week, now))


def next_use(*alerts: Alert, use: Use | None = None, per_week: int = 7, now: datetime = NOW) -> Use:
    use = use or Use(last=now)
    return after(use, use.runs, None, news(alerts, use, per_week, now), now)


def test_an_alert_that_expires_is_told_once_until_then() -> None:
    """However many weeks that are."""
    leaking = alert(expires=NOW + timedelta(days=20))
    use = next_use(leaking)
    assert told(leaking, use=use, now=NOW + timedelta(days=19)) == []
    assert told(leaking, use=use, now=NOW + timedelta(days=20)) == [], "it has expired"
    again = alert(expires=NOW + timedelta(days=40))
    assert told(again, use=use, now=NOW + timedelta(days=20)) == ["leak"]


def test_an_alert_that_does_not_expire_is_told_once_a_week() -> None:
    use = next_use(alert())
    assert told(alert(), use=use, now=NOW + timedelta(days=7, microseconds=-1)) == []
    assert told(alert(), use=use, now=NOW + timedelta(days=7)) == ["leak"]


def test_alerts_with_one_key_are_one() -> None:
    assert told(alert("a", key="leak"), alert("b", key="leak"), alert("c")) == ["leak", "c"]
    assert told(alert("other", key="leak"), use=next_use(alert("a", key="leak"))) == []


def test_no_more_are_told_in_a_week_than_the_manifest_says() -> None:
    assert told(*(alert(f"a{n}") for n in range(5)), per_week=3) == ["a0", "a1", "a2"]
    use = next_use(alert("a"), alert("b"), per_week=3)
    assert told(alert("c"), alert("d"), use=use, per_week=3, now=NOW + timedelta(days=6)) == ["c"]
    assert told(alert("c"), alert("d"), use=use, per_week=3, now=NOW + timedelta(days=7)) == ["c", "d"]
    assert told(alert(), per_week=0) == []


def test_one_alert_that_expires_soon_does_not_take_more_than_its_share() -> None:
    """It may be told again as soon as it expired, and counts each time."""
    use, found = Use(last=NOW), []
    for day in range(6):
        now = NOW + timedelta(days=day)
        soon = alert(expires=now + timedelta(hours=1))
        found += told(soon, use=use, per_week=2, now=now)
        use = next_use(soon, use=use, per_week=2, now=now)
    assert found == ["leak", "leak"]


def test_what_has_expired_already_is_told_to_nobody() -> None:
    assert told(alert(expires=NOW)) == []
    assert told(alert(expires=NOW + timedelta(microseconds=1))) == ["leak"]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 4 * 24),  # hours later
        st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(-2, 20 * 24)), max_size=4),
    ),
    max_size=15,
)


@given(STEPS, st.integers(0, 4))
def test_alerts_are_told_as_all_that_was_told_before_says(steps: Any, per_week: int) -> None:
    """What is kept of earlier runs says the same as their whole history."""
    use, now = Use(last=NOW), NOW
    history: list[tuple[str, datetime, datetime]] = []
    for hours, named in steps:
        now += timedelta(hours=hours)
        alerts = [
            alert(f"a{n}", key=key, expires=None if ends is None else now + timedelta(hours=ends))
            for n, (key, ends) in enumerate(named)
        ]
        expected: list[str] = []
        for one in alerts:
            until = one.expires or now + timedelta(days=7)
            known = any(key == one.key and now < ends for key, _, ends in history)
            lately = sum(now - at < timedelta(days=7) for _, at, _ in history)
            if not known and now < until and lately < per_week:
                history.append((one.key, now, until))
                expected.append(one.key)
        found = news(alerts, use, per_week, now)
        assert list(found) == expected
        use = Use.model_validate_json(after(use, use.runs, None, found, now).model_dump_json())
    for key, at, _ in history:
        assert sum(at - timedelta(days=7) < other <= at for _, other, _ in history) <= per_week
        assert sum(k == key and start <= at < end for k, start, end in history) == 1


# What is remembered


def test_the_last_runs_that_were_done_are_remembered() -> None:
    use = Use(last=NOW)
    for number in range(REMEMBERED + 5):
        use = after(use, number, f"key {number}", {}, NOW)
    assert use.runs == REMEMBERED + 5
    assert list(use.done.values()) == list(range(5, REMEMBERED + 5))


def test_a_run_that_may_be_done_again_is_counted_and_not_remembered() -> None:
    use = after(Use(last=NOW), 4, None, {}, NOW)
    assert (use.runs, use.done) == (5, {})


def test_what_a_person_may_be_told_of_again_is_forgotten() -> None:
    at = micros(NOW)
    use = Use(last=NOW, told={"old": (at - 9 * DAY, at), "new": (at, at + 1)}, lately=(at - 7 * DAY, at - 7 * DAY + 1))
    left = after(use, 0, None, {"more": (at, at + 2)}, NOW.astimezone(UTC))
    assert left.told == {"new": (at, at + 1), "more": (at, at + 2)}
    assert left.lately == (at - 7 * DAY + 1, at)


def test_what_an_earlier_version_wrote_is_read() -> None:
    earlier = {"use": 1, "last": "2025-06-15T10:30:00Z", "given": {}, "windows": {}}
    assert Use.model_validate_json(json.dumps(earlier)).lately == ()
