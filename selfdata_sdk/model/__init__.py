"""The common model of personal data: record types, their rules, and tables of them."""

from __future__ import annotations

from .answer import Answer
from .bank import BankAccount, BankBalance, BankTransaction
from .bill import Bill, BillIndex, BillLine
from .electricity import ElectricityPeak, ElectricityReading, ElectricityUse
from .gas import GasReading, GasUse
from .home import HouseholdProfile
from .identity import Contact, ContactPoint, Document, Person
from .insurance import InsuranceClaim, InsuranceContract, Insured
from .measure import Measure
from .mobility import Leg, Position, TransitValidation, Trip, VehicleRental
from .money import Money
from .post import Parcel, ParcelEvent
from .purchase import Payment, Receipt, ReceiptLine, VatTotal
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
from .telecom import MediaOrder, TelecomLine, TelecomUsage
from .text import Text
from .time import Duration, Period
from .water import WaterReading, WaterUse

REGISTRY = Registry(
    (
        Answer,
        BankAccount,
        BankBalance,
        BankTransaction,
        Bill,
        Contact,
        Document,
        ElectricityPeak,
        ElectricityReading,
        ElectricityUse,
        GasReading,
        GasUse,
        HouseholdProfile,
        InsuranceClaim,
        InsuranceContract,
        MediaOrder,
        MeterInstallation,
        Parcel,
        Person,
        Position,
        Receipt,
        SupplyAlert,
        SupplyContract,
        SupplyPoint,
        Tariff,
        TelecomLine,
        TelecomUsage,
        TransitValidation,
        Trip,
        VehicleRental,
        WaterReading,
        WaterUse,
    )
)
"""The record types of this version of the model."""

__all__ = [
    "REGISTRY",
    "Answer",
    "BankAccount",
    "BankBalance",
    "BankTransaction",
    "Bill",
    "BillIndex",
    "BillLine",
    "Contact",
    "ContactPoint",
    "DateRecord",
    "Document",
    "Duration",
    "ElectricityPeak",
    "ElectricityReading",
    "ElectricityUse",
    "Facts",
    "GasReading",
    "GasUse",
    "HouseholdProfile",
    "InstantRecord",
    "InsuranceClaim",
    "InsuranceContract",
    "Insured",
    "IntervalRecord",
    "Leg",
    "Measure",
    "MediaOrder",
    "MeterInstallation",
    "MeterRegister",
    "Money",
    "OneOf",
    "OpenIntervalRecord",
    "Parcel",
    "ParcelEvent",
    "Payment",
    "Period",
    "Person",
    "Position",
    "PriceComponent",
    "Quantity",
    "Receipt",
    "ReceiptLine",
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
    "TelecomLine",
    "TelecomUsage",
    "Text",
    "TransitValidation",
    "Trip",
    "VatTotal",
    "VehicleRental",
    "WaterReading",
    "WaterUse",
    "Window",
]
