"""Values are written as English and French people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.model import REGISTRY, Measure, Money, Text
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.wording import SYMBOLS, symbol, wording


@pytest.mark.parametrize(
    ("value", "en", "fr"),
    [
        (Measure(1412.4, "L"), "1,412 L", "1\u202f412 L"),
        (Measure(1.25, "m3", 1), "1.2 m³", "1,2 m³"),
        (Measure(-0.2, "L"), "0 L", "0 L"),
        (Measure(3, "1"), "3", "3"),
        (Measure(3, "furlong"), "3 furlong", "3 furlong"),
        (Measure(2, "d"), "2 days", "2 jours"),
        (Money(amount=Decimal("-1234.5"), currency="EUR"), "-€1,234.50", "-1\u202f234,50 €"),
        (1234, "1,234", "1\u202f234"),
        (Decimal("0.5"), "0.5", "0,5"),
        (True, "yes", "oui"),
        (False, "no", "non"),
        (date(2024, 3, 11), "11 Mar 2024", "11 mars 2024"),
        (Measure(473, "EUR"), "€473", "473 €"),
        (Measure(-2.5, "EUR", 1), "-€2.5", "-2,5 €"),
        (Measure(39, "%"), "39%", "39 %"),
        (date(2024, 3, 1), "1 Mar 2024", "1er mars 2024"),
        (datetime(2024, 8, 1, 9, 5, tzinfo=UTC), "1 Aug 2024 09:05", "1er août 2024 09:05"),
        (Text(en="leak", fr="fuite"), "leak", "fuite"),
        ("as it is", "as it is", "as it is"),
    ],
    ids=str,
)
def test_wording(value: object, en: str, fr: str) -> None:
    assert wording(value, "en").replace("\u00a0", " ") == en
    assert wording(value, "fr").replace("\u00a0", " ") == fr


def test_a_datetime_is_written_on_its_own_wall_clock() -> None:
    assert wording(datetime(2024, 7, 1, 2, tzinfo=ZoneInfo("Europe/Paris")), "en") == "1 Jul 2024 02:00"


def test_what_has_no_wording_is_refused() -> None:
    with pytest.raises(TypeError, match="a list has no wording"):
        wording([1], "en")


def test_every_unit_of_the_model_has_a_symbol_in_both_languages() -> None:
    units = {spec.unit for t in REGISTRY for spec in fields_of(t).values() if spec.unit}
    assert units - SYMBOLS.keys() == set()
    assert symbol("d", "fr") == "jours"
    assert symbol("parsec", "fr") == "parsec"
