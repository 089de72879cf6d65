"""What water costs under a tariff: exact, in decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from selfdata_sdk.model import Money

from .references import Part, Tariff

CENT = Decimal("0.01")
LITRES = Decimal(1000)


def cubic_metres(litres: float) -> Decimal:
    """Litres as m3, to the litre."""
    return Decimal(round(litres)) / LITRES


def year_cost(tariff: Tariff, m3: Decimal) -> Money:
    """The bill of a whole year in which `m3` were used: the fixed amount and each part by its blocks."""
    return _money(tariff, tariff.per_year + sum((_part(p, m3) for p in tariff.parts), Decimal(0)))


def extra_cost(tariff: Tariff, year_m3: Decimal, extra_m3: Decimal) -> Money:
    """What `extra_m3` of a year's `year_m3` add to its bill: the dearest blocks, as they would go first."""
    less = max(year_m3 - extra_m3, Decimal(0))
    with_it, without = (sum((_part(p, m3) for p in tariff.parts), Decimal(0)) for m3 in (max(year_m3, extra_m3), less))
    return _money(tariff, with_it - without)


def _part(part: Part, m3: Decimal) -> Decimal:
    uppers = [b.above for b in part.blocks[1:]] + [max(m3, part.blocks[-1].above)]
    return sum(
        (
            max(min(m3, upper) - block.above, Decimal(0)) * block.price
            for block, upper in zip(part.blocks, uppers, strict=True)
        ),
        Decimal(0),
    )


def _money(tariff: Tariff, amount: Decimal) -> Money:
    return Money(amount=amount.quantize(CENT, ROUND_HALF_EVEN), currency=tariff.currency)
