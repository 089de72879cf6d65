"""What a person reads: which blocks, in which order, in which tone. The block classes themselves check the lengths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from water_coach.clock import HOUR
from water_coach.days import Days
from water_coach.hours import Hours
from water_coach.operator_sign import OperatorSign

from selfdata_sdk import Alert, Block, Card, Chart, NoInsight

MakeHome = Callable[..., Hours]
Said = Callable[..., dict[str, Block]]

HOMES: dict[str, dict[str, object]] = {
    "quiet": {},
    "leak": {"leak": (20.0, 24 * 390)},
    "burst": {"leak": (1500.0, 24 * 398)},
    "drip": {"leak": (0.6, 24 * 300)},
    "past": {"leak": (20.0, 24 * 200, 240)},
    "away": {"away": (100, 120)},
    "garden": {"garden": 400.0},
    "growth": {"days": 800, "growth": 3.0},
    "less": {"days": 800, "growth": 0.4},
    "month": {"days": 30},
    "week": {"days": 8},
    "day": {"days": 1},
}


def texts(block: Block) -> list[tuple[str, str]]:
    names = ("headline", "body", "why", "what", "what_to_do", "help", "title", "summary", "fallback")
    return [(t.en, t.fr) for n in names if (t := getattr(block, n, None)) is not None]


def card(blocks: dict[str, Block], id: str) -> Card:
    block = blocks[id]
    assert isinstance(block, Card)
    return block


@pytest.mark.parametrize("price", ["france-2024", "grand-lyon-2025"])
@pytest.mark.parametrize("name", HOMES)
def test_every_home_gets_calm_whole_advice_in_both_languages(home: MakeHome, said: Said, name: str, price: str) -> None:
    blocks = list(said(home(**HOMES[name]), occupants=3, price=price).values())
    assert sum(isinstance(b, Card) for b in blocks) <= 6
    assert sum(isinstance(b, Alert) for b in blocks) <= 1
    assert any(isinstance(b, Card | NoInsight) for b in blocks)
    assert all(b.needs for b in blocks)
    for block in blocks:
        assert not isinstance(block, Card) or block.why.en != block.body.en
        for en, fr in texts(block):
            assert en != fr
            assert "{" not in en + fr
            assert "nan" not in (en + fr).lower().split()


@pytest.mark.parametrize("name", HOMES)
def test_open_values_and_old_data_leave_room_in_every_text(home: MakeHome, said: Said, name: str) -> None:
    hours = home(**HOMES[name])
    since = hours.end[-1] - 48 * HOUR
    open_ = Hours(hours.start, hours.end, hours.litres, hours.trusted, hours.start >= since, hours.tz)
    for later in (0, 30):
        leak = said(open_, later=later, price="grand-lyon-2025")["leak"]
        assert isinstance(leak, Card)
        assert "may still change" in leak.why.en


@pytest.mark.parametrize("name", HOMES)
def test_what_needs_attention_comes_first(home: MakeHome, said: Said, name: str) -> None:
    blocks = list(said(home(**HOMES[name]), occupants=3).values())
    kinds = [b.kind for b in blocks]
    assert "alert" not in kinds[1:]
    cards = [b for b in blocks if isinstance(b, Card)][1:]
    tones = [b.tone == "attention" for b in cards]
    assert tones == sorted(tones, reverse=True)
    assert "card" not in kinds[kinds.index("chart") :] if "chart" in kinds else True


def test_a_quiet_home_is_told_that_nothing_runs(home: MakeHome, said: Said) -> None:
    blocks = said(home())
    assert card(blocks, "leak").tone == "good"
    assert not any(isinstance(b, Alert) for b in blocks.values())


def test_a_leak_is_one_alert_with_what_to_do_and_one_card(home: MakeHome, said: Said) -> None:
    blocks = said(home(leak=(20, 24 * 390 + 5)))
    alert = blocks["leak-now"]
    assert isinstance(alert, Alert)
    assert next(iter(blocks)) == "leak-now"
    assert alert.severity == "urgent"
    assert "toilet" in alert.what_to_do.en
    assert "WC" in alert.what_to_do.fr
    assert alert.key == "leak-2025-01-25"
    assert alert.why is not None
    leak = card(blocks, "leak")
    assert leak.tone == "attention"
    assert leak.metric is not None
    assert leak.metric.value == pytest.approx(20, abs=1)
    assert "€" in leak.body.en
    assert "running toilet" in leak.body.en


def test_a_leak_keeps_its_key_while_it_runs(home: MakeHome, said: Said) -> None:
    hours = home(leak=(20, 24 * 385 + 5))
    keys = set()
    for end in (24 * 390, 24 * 395, 24 * 400):
        alert = said(hours.only(np.arange(len(hours)) < end))["leak-now"]
        assert isinstance(alert, Alert)
        keys.add(alert.key)
    assert len(keys) == 1


def test_old_data_raise_no_alert(home: MakeHome, said: Said) -> None:
    blocks = said(home(leak=(20, 24 * 390)), later=30)
    assert "leak-now" not in blocks
    assert "Your data end on" in card(blocks, "leak").body.en
    assert "now" not in card(said(home(), later=30), "leak").headline.en


def test_a_possible_drip_is_a_card_without_an_alert(home: MakeHome, said: Said) -> None:
    blocks = said(home(leak=(0.6, 24 * 300)))
    assert "leak-now" not in blocks
    assert "possible" in card(blocks, "leak").headline.en


def test_a_past_leak_has_its_dates_litres_and_cost(home: MakeHome, said: Said) -> None:
    past = card(said(home(leak=(20, 24 * 200 + 5, 240))), "leak-past")
    assert "19 Jul 2024" in past.headline.en
    assert "29 Jul 2024" in past.headline.en
    assert past.metric is not None
    assert past.metric.value == pytest.approx(4.7, abs=0.3)
    assert "€" in past.body.en
    assert past.tone == "neutral"


def test_a_rise_that_a_leak_explains_is_not_held_up_twice(home: MakeHome, said: Said) -> None:
    blocks = said(home(days=450, leak=(20, 24 * 430)), occupants=3)
    past = card(blocks, "own-past")
    assert "explains" in past.body.en
    assert past.tone == "neutral"


def test_a_rise_without_a_leak_deserves_attention(home: MakeHome, said: Said) -> None:
    past = card(said(home(days=450, growth=1.5)), "own-past")
    assert past.tone == "attention"
    assert past.comparison is not None
    assert past.metric is not None
    assert past.metric.value > 1.3 * past.comparison.value
    assert card(said(home(days=450, growth=0.6)), "own-past").tone == "good"


def test_use_per_person_needs_the_household(home: MakeHome, said: Said) -> None:
    assert "not known" in card(said(home()), "level").body.en
    known = card(said(home(), occupants=3), "level")
    assert known.needs == ("water", "home")
    assert known.comparison is not None
    assert known.comparison.value == 120
    assert known.tone == "good"
    assert card(said(home(), occupants=1), "level").tone == "attention"
    assert card(said(home(), occupants=1, goal=400), "level").tone == "good"


def test_the_cost_says_its_prices_range_and_how_it_was_worked_out(home: MakeHome, said: Said) -> None:
    cost = card(said(home(), price="grand-lyon-2025"), "cost")
    assert "between" in cost.body.en
    assert "2024" in cost.why.en
    assert "44%" in cost.why.en
    assert "your own 57 weeks" in cost.why.en


def test_a_garden_over_180_m3_is_told_of_the_double_price(home: MakeHome, said: Said) -> None:
    assert "double" in card(said(home(garden=1200.0), price="grand-lyon-2025"), "cost").body.en
    assert "double" not in card(said(home(), price="grand-lyon-2025"), "cost").body.en
    assert "double" not in card(said(home(garden=1200.0)), "cost").body.en


def test_nothing_read_says_what_would_help(said: Said) -> None:
    none = np.zeros(0, np.int64)
    (block,) = said(Hours.of(none, none, np.zeros(0), "Europe/Paris")).values()
    assert isinstance(block, NoInsight)


def test_two_weeks_are_the_least_for_more_than_leaks(home: MakeHome, said: Said) -> None:
    few, enough = said(home(days=10)), said(home(days=20))
    assert isinstance(few["too-few-days"], NoInsight)
    assert "level" not in few
    assert "last-days" in few
    assert "level" in enough
    assert isinstance(enough["no-comparison"], NoInsight)
    assert enough["no-comparison"].reason == "not_enough_data"


def test_days_alone_give_no_verdict_on_leaks_but_all_else(home: MakeHome, said: Said) -> None:
    days = Days.of(home(leak=(20, 24 * 300), weekend=2.0))
    blocks = said(Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris"), occupants=3)
    unknown = blocks["leak-unknown"]
    assert isinstance(unknown, NoInsight)
    assert "leak-now" not in blocks
    assert {"own-past", "level", "cost", "habit", "last-days", "months"} <= set(blocks)
    assert "typical-week" not in blocks


def test_an_operators_word_counts_even_with_days_alone(home: MakeHome, said: Said) -> None:
    days = Days.of(home())
    hours = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    sign = OperatorSign(int(hours.start[-5]), int(hours.end[-1]), 5, 1700.0, 14.0)
    blocks = said(hours, sign=sign)
    assert isinstance(blocks["leak-now"], Alert)
    assert "operator" in card(blocks, "leak").why.en
    assert "valve" in card(blocks, "leak").body.en
    assert "leak-now" not in said(hours, sign=sign, later=30)


def test_gaps_at_the_end_give_no_verdict_and_say_so(home: MakeHome, said: Said) -> None:
    hours = home(leak=(3.4, 24 * 300))
    blocks = said(hours.only(np.arange(len(hours)) % 4 != 0))
    unknown = blocks["leak-unknown"]
    assert isinstance(unknown, NoInsight)
    assert unknown.reason == "gaps"
    assert "75%" in unknown.help.en


def test_gaps_in_the_days_give_no_comparison_and_say_so(home: MakeHome, said: Said) -> None:
    hours = home(days=100)
    thin = hours.only((np.arange(len(hours)) // 24) % 3 != 0)
    block = said(thin)["no-comparison"]
    assert isinstance(block, NoInsight)
    assert block.reason == "gaps"


def test_provisional_values_are_said_to_be_open(home: MakeHome, said: Said) -> None:
    hours = home()
    open_ = Hours.of(
        hours.start, hours.end, hours.litres, hours.tz, provisional=hours.start >= hours.end[-1] - 48 * HOUR
    )
    blocks = said(open_)
    for name in ("leak", "own-past", "level"):
        assert "may still change" in card(blocks, name).why.en
    chart = blocks["last-days"]
    assert isinstance(chart, Chart)
    assert "provisoires" in chart.summary.fr
    assert "may still change" not in card(said(hours), "leak").why.en


def test_charts_show_gaps_as_gaps(home: MakeHome, said: Said) -> None:
    hours = home(days=100)
    days = Days.of(hours)
    blocks = said(hours.only((hours.start < days.bounds[95]) | (hours.start >= days.bounds[96])))
    last, months, week = (blocks[name] for name in ("last-days", "months", "typical-week"))
    assert isinstance(last, Chart)
    assert isinstance(months, Chart)
    assert isinstance(week, Chart)
    assert [p.value is None for p in last.points].count(True) == 1
    assert len(last.points) == 14
    assert [p.at for p in months.points] == [date(2024, m, 1) for m in (1, 2, 3, 4)]
    assert months.points[-1].value is None
    assert week.second is not None
    assert len(week.points) == len(week.second.points) == 24


def test_a_month_alone_is_a_bar_and_no_more(said: Said) -> None:
    bounds = np.array([np.datetime64(f"2024-0{m}-01", "us").astype(np.int64) for m in range(1, 8)])
    hours = Hours.of(bounds[:-1], bounds[1:], np.full(6, 9000.0), "UTC")
    blocks = said(hours)
    months = blocks["months"]
    assert isinstance(months, Chart)
    assert [p.value for p in months.points] == [9.0] * 6
    assert not any(isinstance(b, Card) for b in blocks.values())


def test_the_real_clean_home_is_not_alarmed(real_home: MakeHome, said: Said) -> None:
    blocks = said(real_home("clean"), occupants=3)
    assert card(blocks, "leak").tone == "good"
    assert "leak-past" not in blocks
    assert all(b.tone != "attention" for b in blocks.values() if isinstance(b, Card))


def test_the_real_leak_is_told_with_its_dates(real_home: MakeHome, said: Said) -> None:
    past = card(said(real_home("leak_12d")), "leak-past")
    assert "1 Mar 2016" in past.headline.en
    assert "4 Jun 2016" in past.headline.en
    assert "very likely" in past.body.en


@pytest.mark.parametrize(("limited", "said_why"), [(False, "ask your water operator"), (True, "agree to hours")])
def test_days_alone_show_no_leak_and_what_would_help_depends_on_why_there_are_no_hours(
    home: MakeHome, said: Said, limited: bool, said_why: str
) -> None:
    days = Days.of(home())
    daily = Hours.of(days.bounds[:-1], days.bounds[1:], days.litres, "Europe/Paris")
    unknown = said(daily, limited=limited)["leak-unknown"]
    assert isinstance(unknown, NoInsight)
    assert said_why in unknown.help.en
