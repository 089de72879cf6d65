"""Green Button: the real samples, and each trap on a small feed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.espi import GreenButton
from selfdata_sdk.importers.espi_codes import zone_of
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import ElectricityReading, ElectricityUse, GasUse, Money, Record, WaterUse
from selfdata_sdk.model.time import zone
from selfdata_sdk.testing.imported import imported

FILES = Path(__file__).parents[1] / "files" / "electricity"
START = 1_388_552_400  # 2014-01-01 00:00 in New York

TYPE = {
    "accumulationBehaviour": 4,
    "commodity": 1,
    "currency": 840,
    "flowDirection": 1,
    "intervalLength": 3600,
    "powerOfTenMultiplier": 0,
    "uom": 72,
}


def reading(start: int | None, value: object, more: str = "", duration: int = 3600) -> str:
    time = f"<timePeriod><duration>{duration}</duration><start>{start}</start></timePeriod>" if start else ""
    return f"<IntervalReading>{more}{time}<value>{value}</value></IntervalReading>"


def entry(own: str, up: str, content: str, *related: str) -> str:
    links = f'<link rel="self" href="{own}"/><link rel="up" href="{up}"/>'
    links += "".join(f'<link rel="related" href="{r}"/>' for r in related)
    return f"<entry>{links}<content>{content}</content></entry>"


def meter(name: str, readings: str, **numbers: int) -> str:
    """A MeterReading with its ReadingType and one block."""
    own = f"U/1/MeterReading/{name}"
    fields = "".join(f"<{k}>{v}</{k}>" for k, v in {**TYPE, **numbers}.items())
    block = f"<IntervalBlock><interval><duration>86400</duration><start>{START}</start></interval>{readings}"
    return (
        entry(f"{own}/IntervalBlock/1", f"{own}/IntervalBlock", block + "</IntervalBlock>")
        + entry(own, "U/1/MeterReading", "<MeterReading/>", f"{own}/IntervalBlock", f"ReadingType/{name}")
        + entry(f"ReadingType/{name}", "ReadingType", f"<ReadingType>{fields}</ReadingType>")
    )


ZONE = "<LocalTimeParameters><dstOffset>3600</dstOffset><tzOffset>-18000</tzOffset></LocalTimeParameters>"


def feed(*entries: str, service: int = 0, zone: str = ZONE) -> str:
    point = f"<UsagePoint><ServiceCategory><kind>{service}</kind></ServiceCategory></UsagePoint>"
    return (
        '<?xml version="1.0"?><feed xmlns="http://naesb.org/espi">'
        + "".join(entries)
        + entry("U/1", "U", point, "U/1/MeterReading")
        + entry("LocalTimeParameters/1", "LocalTimeParameters", zone)
        + "</feed>"
    )


def read(tmp_path: Path, text: str, **options: str) -> Found:
    path = tmp_path / "feed.xml"
    path.write_text(text, encoding="utf-8")
    return imported(GreenButton(), path, **options)


def records(found: Found) -> list[Record]:
    return [r for t in found.tables for r in t.records()]


def only(found: Found) -> Record:
    (record,) = records(found)
    return record


@pytest.mark.parametrize(
    ("name", "count", "cadence", "tz", "about", "total"),
    [
        ("TestGBDataHourlyNineDaysBinnedDaily.xml", 216, "PT1H", "America/New_York", "2", 199_563),
        ("electric_containerized.xml", 8, "PT1H", "America/Los_Angeles", "1", 4_086),
        ("sample_greenbutton_data.xml", 362, "PT1H", "America/Los_Angeles", "01", 291_018),
        ("test_usage_data_01.xml", 96, "PT15M", "America/New_York", "5446AF3F", 93_846),
    ],
)
def test_a_real_file_gives_all_its_readings(
    name: str, count: int, cadence: str, tz: str, about: str, total: int
) -> None:
    found = imported(GreenButton(), FILES / name)
    (table,) = found.tables
    assert (len(table), table.series.cadence, table.series.tz, table.series.about) == (count, cadence, tz, about)
    assert not found.rejections
    assert int(table.ints("energy").sum()) == total * 1000
    assert {r.kind for r in found.remarks} == {"guess"}


def test_the_hours_of_the_binned_file_sum_up_to_what_the_holder_bills() -> None:
    """Nine blocks of a day each in one MeterReading; the total stands in the file's own summary."""
    path = FILES / "TestGBDataHourlyNineDaysBinnedDaily.xml"
    (table,) = imported(GreenButton(), path).tables
    stated = re.search(r"<overallConsumptionLastPeriod>.*?<value>(\d+)", path.read_text(encoding="utf-8"), re.DOTALL)
    assert stated is not None
    assert int(table.ints("energy").sum()) == int(stated[1]) * 1000


def test_an_estimated_reading_of_a_real_file_says_so_and_has_its_cost() -> None:
    found = records(imported(GreenButton(), FILES / "test_usage_data_01.xml"))
    first = found[0]
    assert isinstance(first, ElectricityUse)
    assert (first.quality, first.cost) == ("estimated", Money(amount=Decimal("0.00974"), currency="USD"))
    assert sum(r.quality == "estimated" for r in found) == 1


def test_start_and_duration_are_the_interval(tmp_path: Path) -> None:
    use = only(read(tmp_path, feed(meter("a", reading(START, 500, duration=1800)))))
    assert isinstance(use, ElectricityUse)
    assert (use.start, use.end) == (datetime(2014, 1, 1, 5, tzinfo=UTC), datetime(2014, 1, 1, 5, 30, tzinfo=UTC))
    assert (use.energy, use.cadence, use.source.locator) == (Decimal(500), "PT30M", "IntervalReading 1")


def test_the_power_of_ten_scales_the_value_exactly(tmp_path: Path) -> None:
    for power, energy in ((3, Decimal(7000)), (-3, Decimal("0.007")), (-6, Decimal(0))):
        use = only(read(tmp_path, feed(meter("a", reading(START, 7), powerOfTenMultiplier=power))))
        assert isinstance(use, ElectricityUse)
        assert use.energy == energy


@pytest.mark.parametrize("prefix", ["", "espi:", "ns2:"])
def test_any_prefix_of_the_namespace_is_read(tmp_path: Path, prefix: str) -> None:
    text = feed(meter("a", reading(START, 7)))
    if prefix:
        for name in ("UsagePoint", "ServiceCategory", "kind", "IntervalBlock", "interval", "IntervalReading", "value",
                     "timePeriod", "start", "duration", "MeterReading", "ReadingType", "uom", "commodity"):  # fmt: skip
            text = text.replace(f"<{name}>", f"<{prefix}{name}>").replace(f"</{name}>", f"</{prefix}{name}>")
        text = text.replace("<feed xmlns=", f'<feed xmlns:{prefix[:-1]}="http://naesb.org/espi" xmlns=')
        text = text.replace('xmlns="http://naesb.org/espi"', 'xmlns="http://www.w3.org/2005/Atom"')
    assert len(records(read(tmp_path, text))) == 1


@pytest.mark.parametrize(
    ("commodity", "service", "uom", "record_type", "field", "value"),
    [
        (1, 0, 72, ElectricityUse, "energy", Decimal(100)),
        (7, 1, 169, GasUse, "energy", Decimal("2930.7107")),
        (7, 1, 132, GasUse, "energy", Decimal("0.0293")),
        (7, 1, 42, GasUse, "volume", Decimal(100)),
        (7, 1, 119, GasUse, "volume", Decimal("2.8317")),
        (9, 2, 134, WaterUse, "litres", Decimal(100)),
        (9, 2, 42, WaterUse, "litres", Decimal(100_000)),
        (9, 2, 128, WaterUse, "litres", Decimal("378.541")),
        (9, 2, 130, WaterUse, "litres", Decimal("454.609")),
        (0, 2, 119, WaterUse, "litres", Decimal("2831.685")),
    ],
)
def test_each_unit_becomes_the_one_of_its_field(
    tmp_path: Path, commodity: int, service: int, uom: int, record_type: type[Record], field: str, value: Decimal
) -> None:
    text = feed(meter("a", reading(START, 100), commodity=commodity, uom=uom), service=service)
    use = only(read(tmp_path, text))
    assert isinstance(use, record_type)
    assert getattr(use, field) == value


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ({"flowDirection": 19}, "not of what the home drew"),
        ({"flowDirection": 4}, "not of what the home drew"),
        ({"uom": 73}, "not an amount"),
        ({"uom": 38}, "not an amount"),
        ({"commodity": 11}, "something else"),
        ({"accumulationBehaviour": 12}, "momentary"),
    ],
)
def test_what_is_no_use_is_left_out_with_the_reason(tmp_path: Path, numbers: dict[str, int], reason: str) -> None:
    found = read(tmp_path, feed(meter("a", reading(START, 1), **numbers), meter("b", reading(START, 2))))
    (rejection,) = found.rejections
    assert rejection.locator == "IntervalReading 1"
    assert reason in rejection.reason.en
    assert len(records(found)) == 1


@pytest.mark.parametrize("behaviour", [1, 2, 3])
def test_cumulative_data_are_readings_at_the_end_of_their_interval(tmp_path: Path, behaviour: int) -> None:
    found = only(read(tmp_path, feed(meter("a", reading(START, 123_456), accumulationBehaviour=behaviour))))
    assert isinstance(found, ElectricityReading)
    assert (found.at, found.energy) == (datetime(2014, 1, 1, 6, tzinfo=UTC), Decimal(123_456))


@pytest.mark.parametrize(
    ("codes", "quality", "status"),
    [
        ((), "measured", "final"),
        ((0,), "measured", "final"),
        ((7,), "edited", "final"),
        ((8,), "estimated", "final"),
        ((9,), "interpolated", "final"),
        ((10,), "questionable", "final"),
        ((11,), "derived", "final"),
        ((12,), "projected", "final"),
        ((14,), "measured", "provisional"),
        ((17,), "measured", "final"),
        ((99,), "questionable", "final"),
        ((17, 8), "estimated", "final"),
    ],
)
def test_each_quality_has_its_word_and_of_several_the_worst_counts(
    tmp_path: Path, codes: tuple[int, ...], quality: str, status: str
) -> None:
    more = "".join(f"<ReadingQuality><quality>{c}</quality></ReadingQuality>" for c in codes)
    found = only(read(tmp_path, feed(meter("a", reading(START, 1, more)))))
    assert (found.quality, found.status) == (quality, status)


def test_the_quality_of_the_type_holds_where_a_reading_states_none(tmp_path: Path) -> None:
    assert only(read(tmp_path, feed(meter("a", reading(START, 1), defaultQuality=8)))).quality == "estimated"


def test_a_cost_is_exact_money_in_the_currency_of_its_number(tmp_path: Path) -> None:
    use = only(read(tmp_path, feed(meter("a", reading(START, 1, "<cost>81912</cost>"), currency=978))))
    assert isinstance(use, ElectricityUse)
    assert use.cost == Money(amount=Decimal("0.81912"), currency="EUR")


def test_a_cost_without_a_known_currency_is_left_out_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, feed(meter("a", reading(START, 1, "<cost>81912</cost>"), currency=0)))
    assert any("currency" in r.text.en for r in found.remarks)
    use = only(found)
    assert isinstance(use, ElectricityUse)
    assert use.cost is None


def test_the_time_of_use_tier_is_kept_beside_the_body(tmp_path: Path) -> None:
    assert only(read(tmp_path, feed(meter("a", reading(START, 1, "<tou>2</tou>"))))).ext == {"org.naesb.espi.tou": 2}


def test_readings_without_a_time_follow_each_other_from_the_start_of_their_block(tmp_path: Path) -> None:
    found = records(read(tmp_path, feed(meter("a", reading(None, 1) + reading(None, 2)))))
    assert [r.start for r in found if isinstance(r, ElectricityUse)] == [
        datetime(2014, 1, 1, 5, tzinfo=UTC),
        datetime(2014, 1, 1, 6, tzinfo=UTC),
    ]


def test_a_bad_reading_is_rejected_by_its_number_and_no_other_is_lost(tmp_path: Path) -> None:
    rows = reading(START, 1) + reading(START + 3600, "x") + reading(START + 7200, 3, duration=0)
    found = read(tmp_path, feed(meter("a", rows + reading(START + 10800, 4) + reading(START + 14400, -4))))
    assert {r.locator: r.reason.en.split()[-1] for r in found.rejections} == {
        "IntervalReading 2": "value.",
        "IntervalReading 3": "lasts.",
        "IntervalReading 5": "negative.",
    }
    assert len(records(found)) == 2


def test_meters_of_different_intervals_are_different_series(tmp_path: Path) -> None:
    day = meter("d", reading(START, 24, duration=86_400))
    month = meter("m", reading(START, 700, duration=31 * 86_400))
    found = read(tmp_path, feed(meter("h", reading(START, 1)), day, month))
    assert sorted((t.series.cadence, t.series.register) for t in found.tables) == [
        ("P1D", ""),
        ("P1M", ""),
        ("PT1H", ""),
    ]


def test_a_second_meter_of_the_same_kind_is_a_register_of_its_own_and_never_summed_silently(tmp_path: Path) -> None:
    found = read(tmp_path, feed(meter("a", reading(START, 1)), meter("b", reading(START, 2))))
    assert sorted(t.series.register for t in found.tables) == ["", "b"]


def test_a_type_that_no_link_leads_to_makes_its_readings_unreadable(tmp_path: Path) -> None:
    text = feed(meter("a", reading(START, 1)), meter("b", reading(START, 2)))
    found = read(tmp_path, text.replace('"related" href="ReadingType/a"', '"related" href="elsewhere"'))
    assert len(found.rejections) == 1
    assert "what these readings measure" in found.rejections[0].reason.en


def test_the_person_s_zone_wins_over_the_file_s_and_is_no_guess(tmp_path: Path) -> None:
    found = read(tmp_path, feed(meter("a", reading(START, 1))), tz="America/Toronto")
    assert found.tables[0].series.tz == "America/Toronto"
    assert not found.remarks


def test_a_file_without_a_zone_is_cut_in_utc_and_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, feed(meter("a", reading(START, 1)), zone=""))
    assert found.tables[0].series.tz == "UTC"
    assert any("no time zone" in r.text.en for r in found.remarks)


@pytest.mark.parametrize(
    ("offset", "summer", "name"),
    [
        (-18000, 3600, "America/New_York"),
        (-21600, 3600, "America/Chicago"),
        (-28800, 3600, "America/Los_Angeles"),
        (-25200, 0, "America/Phoenix"),
        (-18000, 0, "Etc/GMT+5"),
        (28800, 0, "Etc/GMT-8"),
        (0, 0, "UTC"),
        (0, 3600, "Europe/London"),
        (12345, 0, ""),
    ],
)
def test_an_offset_becomes_a_zone_that_has_it(offset: int, summer: int, name: str) -> None:
    assert zone_of(offset, summer) == name
    if name:
        shift = datetime(2024, 1, 15, tzinfo=zone(name)).utcoffset()
        assert shift is not None
        assert shift.total_seconds() == offset


def test_a_cut_feed_is_refused_with_its_line(tmp_path: Path) -> None:
    text = (FILES / "test_usage_data_01.xml").read_text(encoding="utf-8")
    with pytest.raises(FileRefused, match=r"line \d+"):
        read(tmp_path, text[: len(text) // 2])


def test_a_feed_with_a_document_type_is_refused(tmp_path: Path) -> None:
    text = feed(meter("a", reading(START, 1))).replace("?>", '?><!DOCTYPE feed [<!ENTITY a "b">]>', 1)
    with pytest.raises(FileRefused, match="document type"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["<feed xmlns='http://www.w3.org/2005/Atom'/>", "http://naesb.org/espi", ""])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.xml"
    path.write_text(text, encoding="utf-8")
    assert not GreenButton().recognises(File(path).sample)
