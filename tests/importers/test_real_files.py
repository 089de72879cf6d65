"""Every real file of a bank, a shop, a traveller …: what it holds, and that it holds the same the second time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from selfdata_sdk.importers import Importers, Options, import_files
from selfdata_sdk.store import PersonalStore

FILES = Path(__file__).parents[1] / "files"
BUILT_IN = Importers()

HELD: dict[str, tuple[dict[str, int], int]] = {
    "bank/bank_medium.ofx": ({"bank.balance": 2, "bank.transaction": 3}, 0),
    "bank/business_sample_camt.053.001.04.xml": ({"bank.balance": 2, "bank.transaction": 3}, 0),
    "bank/camt053.v2.minimal.xml": ({"bank.balance": 4, "bank.transaction": 1}, 0),
    "bank/camt053.v4.xml": ({"bank.balance": 4, "bank.transaction": 1}, 0),
    "bank/checking.ofx": ({"bank.balance": 2, "bank.transaction": 3}, 0),
    "bank/ofx-v102-empty-tags.ofx": ({"bank.transaction": 1}, 0),
    "bank/test.qif": ({"bank.transaction": 6}, 1),
    "bills/free_fiber.json": ({"bill.invoice": 1}, 0),
    "bills/zugferd_2p1_EN16931_OEPNV.xml": ({"bill.invoice": 1}, 0),
    "bills/zugferd_2p3_BASIC_Taxifahrt.xml": ({"bill.invoice": 1}, 0),
    "bills/zugferd_2p3_EN16931_Einfach.xml": ({"bill.invoice": 1}, 0),
    "bills/zugferd_2p3_EN16931_SEPA_Prenotification.xml": ({"bill.invoice": 1}, 0),
    "insurance/zugferd_2p1_EN16931_Kraftfahrversicherung_Bruttopreise.xml": ({"bill.invoice": 1}, 0),
    "receipts/rewe_coupon.txt": ({"purchase.receipt": 1}, 0),
    "contacts/gmail-list.vcf": ({"identity.contact": 3}, 0),
    "contacts/rfc6350-example.vcf": ({"identity.contact": 1}, 0),
    "mobility/around-visnjan-with-car.gpx": ({"mobility.position": 104, "mobility.trip": 1}, 0),
    "mobility/google_timeline_device.json": ({"mobility.position": 12}, 0),
    "mobility/owntracks_location.json": ({"mobility.position": 1}, 0),
    "telecom/cider_recharges.csv": ({"telecom.usage": 27}, 0),
}
"""Records by type, and how many places of the file are rejected."""
ABOUT: dict[str, str] = {"telecom/cider_recharges.csv": "00187243272"}
"""Whose records the file says it is to be told."""


@pytest.mark.parametrize("name", HELD)
def test_a_file_imports_with_these_counts_and_a_second_time_nothing_is_written(
    store: PersonalStore, now: datetime, name: str
) -> None:
    counts, rejected = HELD[name]
    options = Options(about=ABOUT.get(name, ""))
    (first,) = import_files(store, [FILES / name], now=now, importers=BUILT_IN, options=options).files
    assert first.refused is None
    found: Counter[str] = Counter()
    for held in store.summary():
        found[held.series.type.removesuffix("/1")] += held.count
    assert (dict(found), first.rejected) == (counts, rejected)
    assert first.created == sum(counts.values())
    documents = store.cloud.get_many(store.cloud.list())
    (again,) = import_files(
        store, [FILES / name], now=now + timedelta(days=3), importers=BUILT_IN, options=options
    ).files
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)
    assert store.cloud.get_many(store.cloud.list()) == documents
