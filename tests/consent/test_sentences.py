"""The journal in sentences: each read said once a week, each week without one said too, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.chain import read
from selfdata_sdk.consent.entry import START, Actor, Entry, EventName, Handed, Happening, Outcome, write
from selfdata_sdk.consent.sentences import NOTHING, Week, weeks
from selfdata_sdk.consent.wordings import period_words
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.text import Text
from selfdata_sdk.model.time import Granularity

PARIS = ZoneInfo("Europe/Paris")
COACH = "org.example.water-coach"
NAMES = {COACH: Text(en="Water coach", fr="Coach eau")}
MONDAY = datetime(2026, 11, 2, 9, tzinfo=PARIS)


def handed(
    record_type: str = "water.use/1",
    granularity: Granularity = "day",
    start: datetime = datetime(2026, 10, 1, tzinfo=PARIS),
    end: datetime = datetime(2026, 11, 1, tzinfo=PARIS),
) -> Handed:
    return Handed(
        need="it",
        record_type=record_type,
        granularity=granularity,
        start=start,
        end=end,
        purpose="requested_service_provision",
    )


def run(
    *needs: Handed, service: str = COACH, rows: int = 31, denied: bool = False, walls: list[str] | None = None
) -> Happening:
    outcome: Outcome = "denied" if denied else "allowed"
    actor = Actor(kind="service", id=service, version="1.0.0", digest="0" * 64)
    details = {"rows": {"it": rows}, **({} if walls is None else {"walls": walls})}
    return Happening(actor=actor, event="run", outcome=outcome, needs=needs, details=details)


def told(*happened: tuple[datetime, Happening], now: datetime = MONDAY, since: date | None = None) -> list[Week]:
    entries: list[Entry] = [read(write(h, seq, START, at)) for seq, (at, h) in enumerate(happened)]
    return weeks(entries, NAMES, REGISTRY, now, since)


def lines(week: Week, language: str = "en") -> list[str]:
    return [text.say(language) for text in week.lines]


def test_a_read_is_told_with_who_what_how_fine_when_and_what_for() -> None:
    (week,) = told((MONDAY, run(handed())))
    assert lines(week) == [
        "Water coach (org.example.water-coach) read water use by day in October 2026, to give the service you asked for."
    ]
    (said,) = lines(week, "fr")
    assert said == (
        "Coach eau (org.example.water-coach) a lu «\u00a0Consommation d'eau\u00a0» par jour en octobre 2026, "
        "pour rendre le service demandé."
    )


def test_several_runs_of_a_week_are_one_sentence_over_all_that_they_read() -> None:
    ends = [datetime(2026, 11, day, tzinfo=PARIS) for day in (2, 3, 4)]
    runs = [(end + timedelta(hours=9), run(handed(end=end))) for end in ends]
    (week,) = told(*runs, now=ends[-1] + timedelta(days=1))
    (said,) = lines(week)
    assert said == (
        "Water coach (org.example.water-coach) read water use by day from 1 Oct 2026 to 3 Nov 2026, "
        "to give the service you asked for. (3 times)"
    )


def test_what_was_read_finer_is_a_sentence_of_its_own() -> None:
    (week,) = told((MONDAY, run(handed())), (MONDAY, run(handed(granularity="hour"))))
    assert [("by day" in line, "by hour" in line) for line in lines(week)] == [(True, False), (False, True)]


def test_two_kinds_of_data_of_one_run_are_two_sentences_and_no_count() -> None:
    (week,) = told((MONDAY, run(handed(), handed("gas.use/1"))))
    assert len(week.reads) == 2
    assert not any("times" in line for line in lines(week))


def test_one_run_with_two_needs_alike_is_said_once() -> None:
    (week,) = told((MONDAY, run(handed(), handed())))
    assert len(week.reads) == 1
    assert "times" not in lines(week)[0]


def test_the_reads_of_a_week_are_together_by_service() -> None:
    other = "org.example.other"
    (week,) = told(*[(MONDAY, run(handed(granularity=g), service=s)) for g in ("day", "hour") for s in (COACH, other)])
    assert [other in line for line in lines(week)] == [True, True, False, False]


def test_the_name_of_a_service_without_a_grant_is_its_id() -> None:
    (week,) = told((MONDAY, run(handed(), service="org.example.unknown")))
    assert lines(week)[0].startswith("org.example.unknown read ")


def test_a_kind_of_data_that_is_not_known_here_is_told_by_its_name() -> None:
    (week,) = told((MONDAY, run(handed("org.example.pool/1"))))
    assert "read org.example.pool/1 by day" in lines(week)[0]


def test_refused_and_empty_runs_are_told_as_such() -> None:
    (week,) = told((MONDAY, run(denied=True)), (MONDAY, run(handed(), rows=0)), (MONDAY, run()))
    assert lines(week) == [
        "Water coach (org.example.water-coach) wanted to read and was turned away.",
        "Water coach (org.example.water-coach) asked for water use: there was none.",
        "Water coach (org.example.water-coach) ran and read nothing.",
    ]


def test_a_run_whose_details_were_erased_is_still_told() -> None:
    written = write(run(handed(), rows=0), 0, START, MONDAY)
    entry = read(written).model_copy(update={"details": None})
    (week,) = weeks([entry], NAMES, REGISTRY, MONDAY)
    assert "read water use by day in October 2026" in lines(week)[0]


@pytest.mark.parametrize(
    ("walls", "en", "fr"),
    [
        (["seccomp"], " Nothing left your cloud.", " Rien n'a quitté votre cloud."),
        (
            [],
            " Nothing held its code back: you trusted it.",
            " Rien ne retenait son code\u00a0: vous lui avez fait confiance.",
        ),
        (None, "", ""),
    ],
)
def test_what_held_a_service_is_said_of_what_it_read(walls: list[str] | None, en: str, fr: str) -> None:
    """And nothing where it is not known: of an entry of before, or whose details were erased."""
    (plain,), (week,) = told((MONDAY, run(handed()))), told((MONDAY, run(handed(), walls=walls)))
    assert lines(week) == [lines(plain)[0] + en]
    assert lines(week, "fr") == [lines(plain, "fr")[0] + fr]


def test_runs_that_were_held_and_runs_that_were_not_are_told_apart() -> None:
    (week,) = told(*((MONDAY, run(handed(), walls=walls)) for walls in (["seccomp"], [], ["landlock"])))
    held, not_held = lines(week)
    assert held.endswith("Nothing left your cloud. (2 times)")
    assert not_held.endswith("you trusted it.")


@pytest.mark.parametrize("happening", [run(handed(), rows=0, walls=[]), run(walls=[]), run(denied=True, walls=[])])
def test_of_a_run_that_was_given_nothing_it_is_not_said_what_held_it(happening: Happening) -> None:
    (week,) = told((MONDAY, happening))
    assert not any("held" in line or "left" in line for line in lines(week))


def test_a_week_without_a_read_says_so_whatever_else_was_done() -> None:
    imported = Happening(actor=Actor(kind="person"), event="import")
    first, second = told(
        (MONDAY, run(handed())), (MONDAY + timedelta(days=7), imported), now=MONDAY + timedelta(days=7)
    )
    assert lines(first) == [NOTHING.en, "You imported data."]
    assert lines(first, "fr") == [NOTHING.fr, "Vous avez importé des données."]
    assert NOTHING.en not in lines(second)


def test_weeks_in_which_nothing_was_done_are_one_line_up_to_now() -> None:
    found = told((MONDAY, run(handed())), now=MONDAY + timedelta(days=30))
    assert [(w.start, w.end) for w in found] == [
        (date(2026, 11, 9), date(2026, 12, 6)),
        (date(2026, 11, 2), date(2026, 11, 8)),
    ]
    assert lines(found[0]) == [NOTHING.en]


def test_days_are_counted_where_the_person_lives() -> None:
    """In Paris it is Monday already."""
    late = datetime(2026, 11, 8, 23, 30, tzinfo=UTC)
    (week,) = told((late, run(handed())), now=late.astimezone(PARIS))
    assert week.start == date(2026, 11, 9)


def test_since_a_day_leaves_earlier_entries_out_and_still_tells_the_zero() -> None:
    found = told((MONDAY, run(handed())), now=MONDAY + timedelta(days=7), since=date(2026, 11, 9))
    assert [lines(w) for w in found] == [[NOTHING.en]]


def test_an_empty_journal_tells_nothing_at_all() -> None:
    assert told() == []


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(0, 40))
def test_every_day_from_the_first_entry_to_now_is_in_exactly_one_week(days: list[int], more: int) -> None:
    first, last = MONDAY + timedelta(days=min(days)), MONDAY + timedelta(days=max(days) + more)
    found = told(*[(MONDAY + timedelta(days=d), run(handed())) for d in sorted(days)], now=last)
    covered = [w.start + timedelta(days=d) for w in found[::-1] for d in range((w.end - w.start).days + 1)]
    assert covered == sorted(set(covered))
    assert {first.date(), last.date()} <= set(covered)
    assert sum(not w.reads for w in found) < len(found)


SILENT = {"run", "run_end"}


@pytest.mark.parametrize("event", sorted(set(get_args(EventName)) - SILENT))
def test_every_event_has_its_sentence_in_both_languages(event: EventName) -> None:
    happened = Happening(actor=Actor(kind="service", id=COACH), event=event, details={"service": COACH})
    (week,) = told((MONDAY, happened))
    (said,) = week.others
    assert said.en != said.fr
    assert "{" not in said.en + said.fr


def test_the_end_of_a_run_is_no_sentence_of_its_own() -> None:
    (week,) = told((MONDAY, Happening(actor=Actor(kind="service", id=COACH), event="run_end")))
    assert week.others == ()


@pytest.mark.parametrize(
    ("first", "last", "en", "fr"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "in October 2026", "en octobre 2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "in February 2024", "en février 2024"),
        (date(2024, 2, 1), date(2024, 2, 28), "from 1 to 28 February 2024", "du 1er au 28 février 2024"),
        (date(2026, 10, 2), date(2026, 10, 31), "from 2 to 31 October 2026", "du 2 au 31 octobre 2026"),
        (date(2025, 1, 1), date(2025, 12, 31), "in 2025", "en 2025"),
        (date(2024, 1, 1), date(2025, 12, 31), "from 1 Jan 2024 to 31 Dec 2025", "du 1er janv. 2024 au 31 déc. 2025"),
        (date(2026, 10, 1), date(2026, 10, 1), "on 1 Oct 2026", "le 1er oct. 2026"),
    ],
)
def test_periods_are_told_as_people_say_them(first: date, last: date, en: str, fr: str) -> None:
    assert period_words(first, last) == Text(en=en, fr=fr)
