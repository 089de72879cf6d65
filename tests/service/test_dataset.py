"""Datasets: columns, rows, slices, local buckets and data frames."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.model import (
    ElectricityUse,
    HouseholdProfile,
    Money,
    PriceComponent,
    Record,
    SupplyContract,
    WaterReading,
    WaterUse,
)
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Moneys
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.model.table import from_values
from selfdata_sdk.model.time import DAY, HOUR, Granularity, micros, moment
from selfdata_sdk.service.dataset import Dataset
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.service.pseudonym import Pseudonym
from selfdata_sdk.service.row import Row
from selfdata_sdk.testing.strategies import instants, zones

PARIS = ZoneInfo("Europe/Paris")
FIRST = micros(datetime(2025, 1, 9, 23, tzinfo=UTC))  # midnight in Paris


class Hour(Row[WaterUse]):
    start: datetime
    litres: float
    min_flow: float | None
    quality: str


class Exact(Row[ElectricityUse]):
    end: datetime
    energy: Decimal
    cost: Decimal | None


class Home(Row[HouseholdProfile]):
    on: date
    occupants: int
    built: int | None
    dwelling: str | None


class Metered(Row[WaterUse]):
    litres: float
    point: Pseudonym | None


class Signed(Row[SupplyContract]):
    point: Pseudonym
    number: Pseudonym | None


class Price(Row[PriceComponent]):
    label: str
    price: Money


class Contract(Row[SupplyContract]):
    start: datetime
    end: datetime | None
    prices: tuple[Price, ...]


def payload(
    columns: dict[str, Column],
    *,
    start: int,
    end: int,
    granularity: Granularity = "raw",
    quality: list[str | None] | None = None,
    series: list[int] | None = None,
    zones: tuple[str, ...] = ("Europe/Paris",),
    since: int | None = None,
) -> Payload:
    n = len(next(iter(columns.values())))
    words = Codes.of(quality) if quality else Codes.constant("measured", n)
    part = Part(columns, words, np.zeros(n, bool), np.where([w == "missing" for w in words.list()], 0.0, 1.0))
    return Payload(part, np.array(series or [0] * n), zones, granularity, start, end, start if since is None else since)


def hours(n: int = 48, **more: Column) -> Dataset[Hour]:
    start = FIRST + np.arange(n, dtype=np.int64) * HOUR
    columns: dict[str, Column] = {
        "start": Ints(start),
        "end": Ints(start + HOUR),
        "litres": Ints(np.arange(n, dtype=np.int64) * 1500),
        "min_flow": Ints(np.full(n, NULL)),
    }
    return Dataset.of(Hour, payload({**columns, **more}, start=FIRST, end=FIRST + n * HOUR, granularity="hour"))


def of_values(record_type: type[Record], **values: list[object]) -> dict[str, Column]:
    specs = fields_of(record_type)
    return {name: from_values(specs[name], column) for name, column in values.items()}


def test_columns_are_arrays_of_their_kind() -> None:
    data = hours(2, min_flow=Ints(np.array([NULL, 2500])))
    assert data.column("litres").tolist() == [0.0, 1.5]
    assert data.column("litres").dtype == np.float64
    assert data.column("start").dtype == np.dtype("datetime64[us]")
    assert str(data.column("start")[0]) == "2025-01-09T23:00:00.000000"
    np.testing.assert_array_equal(data.column("min_flow"), [np.nan, 2.5])
    assert data.column("quality").tolist() == ["measured", "measured"]


def test_times_are_there_whether_asked_for_or_not() -> None:
    assert str(hours(1).column("end")[0]) == "2025-01-10T00:00:00.000000"


def test_a_field_that_was_not_asked_for_is_refused_with_those_that_were() -> None:
    with pytest.raises(ServiceMistake, match="does not ask for estimated_leak") as caught:
        hours().column("estimated_leak")
    assert caught.value.next == "It has coverage, end, litres, min_flow, provisional, quality, start."


def test_exact_values_stay_exact() -> None:
    columns = of_values(ElectricityUse, energy=[Decimal("1.005"), Decimal(2)])
    columns["cost"] = Moneys(Ints(np.array([110, NULL])), Ints(np.array([2, NULL])), Codes.of(["EUR", None]))
    columns |= {"start": Ints(np.array([0, HOUR])), "end": Ints(np.array([HOUR, 2 * HOUR]))}
    data = Dataset.of(Exact, payload(columns, start=0, end=2 * HOUR))
    assert [row.energy for row in data] == [Decimal("1.005"), Decimal(2)]
    assert [str(c) for c in data.column("cost")] == ["1.10", "None"]
    assert data.column("energy").tolist() == [Decimal("1.005"), Decimal(2)]


def test_what_has_no_value_is_nan_and_not_zero() -> None:
    """A record of quality “missing” keeps its place."""
    columns = of_values(ElectricityUse, energy=[None, Decimal(2)], cost=[None, None])
    columns |= {"start": Ints(np.array([0, HOUR])), "end": Ints(np.array([HOUR, 2 * HOUR]))}
    data = Dataset.of(Exact, payload(columns, start=0, end=2 * HOUR, quality=["missing", "measured"]))
    assert next(iter(data)).energy.is_nan()
    assert data.coverage == 0.5


def test_rows_are_made_when_iterated_in_the_zone_of_the_data() -> None:
    first, *_ = rows = list(hours(3))
    assert first == Hour(start=datetime(2025, 1, 10, tzinfo=PARIS), litres=0.0, min_flow=None, quality="measured")
    assert [r.litres for r in rows] == [0.0, 1.5, 3.0]
    assert rows[0].start.tzinfo is PARIS


def test_many_rows_are_made_a_part_at_a_time() -> None:
    n = 45_000
    assert [round(row.litres / 1.5) for row in hours(n)] == list(range(n))


@settings(deadline=None)
@given(zones().flatmap(lambda tz: st.tuples(st.just(tz), st.lists(instants(tz), min_size=1, max_size=5))))
def test_a_row_has_the_very_instant_also_when_clocks_change(drawn: tuple[str, list[int]]) -> None:
    """The wall clock and the fold are those of the zone."""
    tz, stamps = drawn
    columns: dict[str, Column] = {"start": Ints(np.array(sorted(stamps))), "end": Ints(np.array(sorted(stamps)) + HOUR)}
    columns |= {"litres": Ints(np.zeros(len(stamps), np.int64)), "min_flow": Ints(np.full(len(stamps), NULL))}
    data = Dataset.of(Hour, payload(columns, start=0, end=1, zones=(tz,)))
    for row, stamp in zip(data, sorted(stamps), strict=True):
        expected = moment(stamp, ZoneInfo(tz))
        assert (row.start, row.start.fold, row.start.utcoffset()) == (expected, expected.fold, expected.utcoffset())


def test_dates_integers_and_texts() -> None:
    columns = of_values(
        HouseholdProfile,
        on=[date(2024, 1, 1), date(2025, 1, 1)],
        occupants=[2, 3],
        built=[None, 1970],
        dwelling=["flat", None],
    )
    data = Dataset.of(Home, payload(columns, start=FIRST, end=FIRST + DAY))
    assert data.column("on").tolist() == [date(2024, 1, 1), date(2025, 1, 1)]
    assert data.column("occupants").dtype == np.int64
    np.testing.assert_array_equal(data.column("built"), [np.nan, 1970])
    assert next(iter(data)) == Home(on=date(2024, 1, 1), occupants=2, built=None, dwelling="flat")
    assert data.coverage == 1.0


def test_a_home_without_what_its_row_requires_is_left_out() -> None:
    """Outside of time series, where a hole would pass for a gap."""
    columns = of_values(
        HouseholdProfile,
        on=[date(2024, 1, 1), date(2025, 1, 1)],
        occupants=[2, None],
        built=[1, 2],
        dwelling=["a", "b"],
    )
    newest = Dataset.of(Home, payload(columns, start=FIRST, end=FIRST + DAY)).latest()
    assert newest is not None
    assert newest.occupants == 2


def test_lists_are_tuples_of_rows() -> None:
    prices = (
        PriceComponent(label="a", kind="unit", per="kW.h", price=Money(amount=Decimal("0.20"), currency="EUR")),
        PriceComponent(label="b", kind="standing", per="mo", price=Money(amount=Decimal(12), currency="EUR")),
    )
    columns = of_values(
        SupplyContract, start=[datetime(2024, 1, 1, tzinfo=UTC)] * 2, end=[None, None], prices=[prices, ()]
    )
    data = Dataset.of(Contract, payload(columns, start=FIRST, end=FIRST + DAY))
    first, second = data
    twice = {**columns, "prices": from_values(fields_of(SupplyContract)["prices"], [prices, prices])}
    same = Dataset.of(Contract, payload(twice, start=FIRST, end=FIRST + DAY))
    assert [len(found) for found in same.column("prices")] == [2, 2]
    assert [p.label for p in first.prices] == ["a", "b"]
    assert first.prices[0].price == prices[0].price
    assert (second.prices, second.end) == ((), None)
    assert data.column("prices")[0] == first.prices
    assert np.isnat(data.column("end")).all()


def test_the_latest_row_is_the_last() -> None:
    assert hours(3).latest() == list(hours(3))[-1]
    assert hours(0).latest() is None


def test_a_slice_is_what_starts_in_it() -> None:
    data = hours(48)
    day = data[datetime(2025, 1, 11, tzinfo=PARIS) :]
    assert (len(day), day.column("litres")[0]) == (24, 36.0)
    assert day.period == (datetime(2025, 1, 11, tzinfo=PARIS), datetime(2025, 1, 12, tzinfo=PARIS))
    assert len(data[: datetime(2025, 1, 10, 1, tzinfo=PARIS)]) == 1
    assert len(data[:]) == 48
    assert len(data[datetime(2026, 1, 1, tzinfo=PARIS) :]) == 0


@pytest.mark.parametrize(
    "cut",
    [
        lambda d: d[0],
        lambda d: d[0:2],
        lambda d: d[datetime(2025, 1, 1) :],  # noqa: DTZ001
        lambda d: d[:: timedelta(1)],
        lambda d: d[date(2025, 1, 1) :],
    ],
)
def test_a_dataset_is_cut_by_aware_datetimes_only(cut: Callable[[Dataset[Hour]], object]) -> None:
    with pytest.raises(ServiceMistake, match="aware datetimes"):
        cut(hours())


def test_days_are_local_and_say_what_is_known_of_them() -> None:
    days = hours(36).by("day")
    assert (len(days), days.granularity) == (2, "day")
    assert days.column("litres").tolist() == [sum(range(24)) * 1.5, sum(range(24, 36)) * 1.5]
    assert days.column("coverage").tolist() == [1.0, 0.5]
    assert next(iter(days)).start == datetime(2025, 1, 10, tzinfo=PARIS)


def test_buckets_of_buckets_are_buckets() -> None:
    data = hours(40)
    assert data.by("day").by("month").column("litres").tolist() == data.by("month").column("litres").tolist()
    assert data.by("day").by("month").column("coverage").tolist() == pytest.approx(
        data.by("month").column("coverage").tolist()
    )


def test_series_stay_apart_and_have_numbers_only() -> None:
    """Two meters: two rows per day; what both know counts once in the coverage."""
    start = FIRST + np.repeat(np.arange(24, dtype=np.int64), 2) * HOUR
    columns: dict[str, Column] = {
        "start": Ints(start),
        "end": Ints(start + HOUR),
        "litres": Ints(np.tile([1000, 5000], 24)),
        "min_flow": Ints(np.full(48, NULL)),
    }
    of_two = payload(columns, start=FIRST, end=FIRST + DAY, series=[0, 1] * 24, zones=("UTC", "Europe/Paris"))
    data = Dataset.of(Hour, of_two)
    assert (data.coverage, data.tz) == (1.0, "Europe/Paris")
    months = data.by("month")
    assert sorted(zip(months.series.tolist(), months.column("litres").tolist(), strict=True)) == [(0, 24.0), (1, 120.0)]


def metered() -> Dataset[Metered]:
    """Two meters for a day, of which one has no supply point that is known."""
    start = FIRST + np.repeat(np.arange(24, dtype=np.int64), 2) * HOUR
    columns: dict[str, Column] = {
        "start": Ints(start),
        "end": Ints(start + HOUR),
        "litres": Ints(np.full(48, 1000)),
        "point": Codes.of(["5d0c", None] * 24),
    }
    of_two = payload(columns, start=FIRST, end=FIRST + DAY, series=[0, 1] * 24, zones=("UTC", "Europe/Paris"))
    return Dataset.of(Metered, of_two)


def test_the_pseudonym_of_a_series_is_a_text_of_each_of_its_rows() -> None:
    data = metered()
    assert data.column("point").tolist() == ["5d0c", None] * 24
    assert [row.point for row in data] == ["5d0c", None] * 24
    assert data.latest() == Metered(litres=1.0, point=None)


def test_the_pseudonym_of_a_series_is_that_of_its_buckets() -> None:
    months = metered().by("day").by("month")
    assert sorted(zip(months.series.tolist(), months.column("point").tolist(), strict=True)) == [(0, "5d0c"), (1, None)]
    before = metered()[: moment(FIRST, PARIS)]
    assert before.by("day").column("point").tolist() == []


def test_the_pseudonym_of_a_reading_is_that_of_its_day() -> None:
    class Index(Row[WaterReading]):
        litres: float
        point: Pseudonym | None

    columns: dict[str, Column] = {
        "at": Ints(FIRST + np.array([1, 2, 25]) * HOUR),
        "litres": Ints(np.array([1, 2, 3])),
        "point": Codes.constant("5d0c", 3),
    }
    days = Dataset.of(Index, payload(columns, start=FIRST, end=FIRST + 2 * DAY)).by("day")
    assert list(days) == [Index(litres=0.002, point=Pseudonym("5d0c")), Index(litres=0.003, point=Pseudonym("5d0c"))]


def test_a_contract_without_a_pseudonym_that_its_row_requires_is_left_out() -> None:
    columns = of_values(SupplyContract, start=[datetime(2024, 1, 1, tzinfo=UTC)] * 2, end=[None, None])
    columns |= {"point": Codes.of([None, "5d0c"]), "number": Codes.of(["77aa", None])}
    data = Dataset.of(Signed, payload(columns, start=FIRST, end=FIRST + DAY))
    assert list(data) == [Signed(point=Pseudonym("5d0c"), number=None)]


def test_data_frames_hold_pseudonyms() -> None:
    for library in ("pandas", "polars"):
        pytest.importorskip(library)
    for frame in (metered().to_pandas(), metered().to_polars()):
        assert list(frame["point"])[:1] == ["5d0c"]


def test_coverage_is_the_share_of_the_period_that_is_known() -> None:
    data = hours(48)
    half = Dataset.of(Hour, payload(dict(data._payload.rows.columns), start=FIRST, end=FIRST + 4 * DAY))
    assert half.coverage == 0.5
    assert hours(0).coverage == 0.0


def test_coverage_counts_from_the_first_record_held() -> None:
    """Time before it is not missing; a gap after it is, even at the start of the period."""
    columns = dict(hours(48)._payload.rows.columns)
    for back, coverage in ((0, 1.0), (1, 2 / 3), (2, 0.5), (5, 0.5)):
        given = payload(columns, start=FIRST - 2 * DAY, end=FIRST + 2 * DAY, since=FIRST - back * DAY)
        data = Dataset.of(Hour, given)
        assert data.coverage == pytest.approx(coverage)
        before = moment(FIRST - DAY, PARIS)
        assert data[before:].coverage == pytest.approx(1.0 if back == 0 else 2 / 3)


def test_a_first_day_that_is_known_in_part_is_missing_in_part() -> None:
    columns = dict(hours(36)._payload.rows.columns)
    later = {name: column.take(slice(12, None)) for name, column in columns.items()}
    data = Dataset.of(Hour, payload(later, start=FIRST - DAY, end=FIRST + 36 * HOUR, since=FIRST + 12 * HOUR))
    assert data.coverage == 1.0
    assert data.by("day").coverage == pytest.approx(2 / 3)


def test_the_coverage_of_readings_is_that_of_days() -> None:
    class Index(Row[WaterReading]):
        litres: float

    columns: dict[str, Column] = {"at": Ints(FIRST + np.array([1, 2, 25]) * HOUR), "litres": Ints(np.array([1, 2, 3]))}
    assert Dataset.of(Index, payload(columns, start=FIRST, end=FIRST + 4 * DAY)).coverage == 0.5
    late = payload(columns, start=FIRST - 8 * DAY, end=FIRST + 4 * DAY, since=FIRST + HOUR)
    assert Dataset.of(Index, late).coverage == 0.5


@pytest.mark.parametrize(
    ("granularity", "what"),
    [("week", "no bucket"), ("raw", "no bucket"), ("half_hour", "cannot be given by half_hour")],
)
def test_there_are_only_coarser_buckets(granularity: Granularity, what: str) -> None:
    with pytest.raises(ServiceMistake, match=what):
        hours().by(granularity)


def test_a_household_has_no_buckets() -> None:
    columns = of_values(HouseholdProfile, on=[date(2024, 1, 1)], occupants=[2], built=[1], dwelling=["a"])
    with pytest.raises(ServiceMistake, match="not a time series"):
        Dataset.of(Home, payload(columns, start=0, end=1)).by("day")


def test_data_frames_hold_the_declared_fields_and_times() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    data = hours(2)
    for frame in (data.to_pandas(), data.to_polars()):
        assert list(frame.columns) == ["start", "end", "litres", "min_flow", "quality"]
        assert list(frame["litres"]) == [0.0, 1.5]
        assert frame["start"][0] == datetime(2025, 1, 10, tzinfo=PARIS)
    assert isinstance(data.to_pandas(), pandas.DataFrame)
    assert polars.DataFrame(data).shape == (2, 5)


def test_any_reader_of_arrow_takes_a_dataset() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table(hours(2))
    assert table["litres"].to_pylist() == [0.0, 1.5]
    assert table["min_flow"].null_count == 2
    assert str(table["start"].type) == "timestamp[us, tz=Europe/Paris]"


def test_what_it_is_is_shown_without_its_values() -> None:
    assert repr(hours(2)) == "<Dataset of 2 Hour rows, hour, Europe/Paris>"
