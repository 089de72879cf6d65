"""The common model of personal data: record types, their rules, and tables of them."""

from __future__ import annotations

from .electricity import ElectricityPeak, ElectricityReading, ElectricityUse
from .gas import GasReading, GasUse
from .home import HouseholdProfile
from .measure import Measure
from .money import Money
from .quantity import Quantity
from .record import DateRecord, Facts, InstantRecord, IntervalRecord, OneOf, OpenIntervalRecord, Record
from .registry import Registry
from .series import Series
from .source import Source
from .supply import (
    MeterInstallation,
    MeterRegister,
    PriceComponent,
    SupplyAlert,
    SupplyContract,
    SupplyPoint,
    Tariff,
    TariffBlock,
    Window,
)
from .table import Table
from .text import Text
from .time import Duration, Period
from .water import WaterReading, WaterUse

REGISTRY = Registry(
    (
        ElectricityPeak,
        ElectricityReading,
        ElectricityUse,
        GasReading,
        GasUse,
        HouseholdProfile,
        MeterInstallation,
        SupplyAlert,
        SupplyContract,
        SupplyPoint,
        Tariff,
        WaterReading,
        WaterUse,
    )
)
"""The record types of this version of the model."""

__all__ = [
    "REGISTRY",
    "DateRecord",
    "Duration",
    "ElectricityPeak",
    "ElectricityReading",
    "ElectricityUse",
    "Facts",
    "GasReading",
    "GasUse",
    "HouseholdProfile",
    "InstantRecord",
    "IntervalRecord",
    "Measure",
    "MeterInstallation",
    "MeterRegister",
    "Money",
    "OneOf",
    "OpenIntervalRecord",
    "Period",
    "PriceComponent",
    "Quantity",
    "Record",
    "Registry",
    "Series",
    "Source",
    "SupplyAlert",
    "SupplyContract",
    "SupplyPoint",
    "Table",
    "Tariff",
    "TariffBlock",
    "Text",
    "WaterReading",
    "WaterUse",
    "Window",
]
