"""Pseudonyms are texts, which no other text is taken for."""

from collections import Counter
from typing import assert_type

from selfdata_sdk import Dataset, Pseudonym, Row
from selfdata_sdk.model import SupplyContract, WaterUse


class Hour(Row[WaterUse]):
    litres: float
    point: Pseudonym | None


class Contract(Row[SupplyContract]):
    point: Pseudonym
    number: Pseudonym | None
    supplier: str


def by_point(water: Dataset[Hour], contracts: Dataset[Contract]) -> dict[str, float]:
    suppliers = {contract.point: contract.supplier for contract in contracts}
    assert_type(suppliers, dict[Pseudonym, str])
    litres: Counter[str] = Counter()
    for hour in water:
        assert_type(hour.point, Pseudonym | None)
        if hour.point is not None:
            litres[suppliers.get(hour.point, "")] += round(hour.litres)
    return dict(litres)


made = Contract(point=Pseudonym("5d0c"), number=None, supplier="Supplier")
text: str = made.point
