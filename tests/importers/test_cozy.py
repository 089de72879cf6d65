"""Documents of a Cozy: every shape of export, each doctype, and what is not read is named.

The documents are invented, in the form that cozy/cozy-doctypes (docs) and jacquarg/mesinfos-dev (data) give.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.importers import Importers
from selfdata_sdk.importers.cozy import CozyExport
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.testing.imported import imported

HOLDERS = Path(__file__).parents[1] / "testing" / "holders"
BILL = {
    "_id": "b1",
    "_type": "io.cozy.bills",
    "vendor": "Vendor",
    "date": "2025-02-07",
    "amount": 19.9,
    "currency": "EUR",
}


def held(found: Found) -> dict[str, list[dict[str, Any]]]:
    """Records as dicts by the name of their type."""
    return {
        name: [r.model_dump() for t in found.tables if t.record_type.type == name for r in t.records()]
        for name in sorted({t.record_type.type for t in found.tables})
    }


def read(name: str) -> Found:
    return imported(CozyExport(), HOLDERS / name)


def test_an_account_its_balance_and_its_operations() -> None:
    found = held(read("cozy_all_docs.json"))
    (account,), (balance,) = found["bank.account/1"], found["bank.balance/1"]
    assert (account["account"], account["bank"], account["kind"]) == ("03791 00048085818", "Banque inventée", "current")
    assert (str(balance["amount"]["amount"]), balance["at"]) == ("1337.73", datetime(2025, 3, 10, 6, tzinfo=UTC))
    lines = [
        (o["on"], str(o["amount"]["amount"]), o["label"], o["kind"], o["occurrence"], o["account"])
        for o in found["bank.transaction/1"]
    ]
    assert lines == [
        (date(2025, 2, 28), "1810.00", "Salaire", "transfer", 1, "03791 00048085818"),
        (date(2025, 3, 3), "-22.50", "CB MARCHE DU COIN", "card", 1, "03791 00048085818"),
        (date(2025, 3, 3), "-22.50", "CB MARCHE DU COIN", "card", 2, "03791 00048085818"),
    ]
    first = found["bank.transaction/1"][1]
    assert first["transaction_date"] == date(2025, 3, 1)
    assert first["ext"] == {"cozy.label": "Marché", "cozy.cozyCategoryId": "400110", "cozy.cozyCategoryProba": "0.9323"}


def test_a_bill_is_of_the_local_day_and_a_refund_is_a_credit_note() -> None:
    phone, refund = held(read("cozy_all_docs.json"))["bill.invoice/1"]
    assert (phone["on"], phone["number"], phone["kind"]) == (date(2025, 2, 8), "INV-2025-02", "invoice")
    assert (str(refund["gross"]["amount"]), refund["kind"]) == ("7.50", "credit_note")
    assert refund["ext"]["cozy.subtype"] == "Consultation"


def test_a_contact_keeps_how_to_be_reached() -> None:
    (contact,) = held(read("cozy_all_docs.json"))["identity.contact/1"]
    assert (contact["name"], contact["born"]) == ("Camille Martin", date(1985, 4, 12))
    assert [(p["kind"], p["use"], p["value"]) for p in contact["points"]] == [
        ("email", "home", "camille@example.org"),
        ("phone", "mobile", "+33 1 99 00 00 00"),
        ("address", None, "3 rue Inventée, 69001, Lyon"),
    ]


def test_the_person_themself_is_no_contact(tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    said = {"_id": "m", "_type": "io.cozy.contacts", "fullname": "Me", "me": True, "name": {"givenName": "Me"}}
    path.write_text(json.dumps(said), encoding="utf-8")
    assert [*held(imported(CozyExport(), path))] == ["identity.person/1"]


def test_a_doctype_that_is_not_read_is_named_with_how_often() -> None:
    remarks = [r for r in read("cozy_all_docs.json").remarks if "io.cozy.todos" in r.text.en]
    assert [(r.locator, r.count) for r in remarks] == [("$.rows[8].doc", 1)]
    assert any("paymentterms" in r.text.fr for r in read("cozy_pilot.json").remarks)


def test_statements_of_bills_end_on_the_day_that_they_name_and_those_of_months_before_it() -> None:
    uses = held(read("cozy_statements.json"))["electricity.use/1"]
    spans = {(u["cadence"], str(u["start"])[:16], str(u["end"])[:16]): u for u in uses}
    half = spans[("", "2015-07-01 22:00", "2016-01-07 23:00")]
    assert (half["energy"], half["quality"], half["point"]) == (Decimal(680_000), "estimated", "1234654321")
    month = spans[("P1M", "2016-02-29 23:00", "2016-03-31 22:00")]
    assert (month["energy"], str(month["cost"]["amount"])) == (Decimal(541_000), "88.00")
    step = spans[("PT30M", "2017-02-28 23:00", "2017-02-28 23:30")]
    assert (step["energy"], step["power"], step["quality"]) == (Decimal(130), Decimal(260), "questionable")


def test_gas_months_run_from_gas_day_to_gas_day() -> None:
    january, february = held(read("cozy_statements.json"))["gas.use/1"]
    assert (january["energy"], january["volume"], january["coefficient"]) == (2183, Decimal("197.2"), Decimal("11.07"))
    assert january["end"] == february["start"] == datetime(2017, 2, 1, 5, tzinfo=UTC)
    assert january["ext"]["mesinfos.index"] == 9041


def test_calls_places_films_receipts_and_claims_of_the_pilot() -> None:
    found = held(read("cozy_pilot.json"))
    assert [(u["kind"], u["direction"], u["partner"]) for u in found["telecom.usage/1"]] == [
        ("voice", "out", "33199000002"), ("sms", "in", "33199000003"), ("data", "none", None),
    ]  # fmt: skip
    assert len(found["mobility.position/1"]) == 2
    assert str(found["telecom.media/1"][0]["price"]["amount"]) == "3.99"
    (receipt,) = found["purchase.receipt/1"]
    assert [(line["label"], str(line["amount"]["amount"])) for line in receipt["lines"]] == [("FROMAGE", "4.30")]
    assert found["insurance.claim/1"][0]["reference"] == "F150000000B"


def test_each_way_of_a_trip_has_its_mode_and_its_stated_length() -> None:
    walk, bus = held(read("cozy_pilot.json"))["mobility.trip/1"]
    assert [(t["mode"], t["distance"], t["legs"][0]["inferred"]) for t in (walk, bus)] == [
        ("walk", Decimal("560.5"), True), ("bus", Decimal(1540), True),
    ]  # fmt: skip
    assert walk["end"] == bus["start"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (json.dumps(BILL), "$"),
        (json.dumps([BILL]), "$[0]"),
        (json.dumps({"total_rows": 1, "rows": [{"id": "b1", "doc": BILL}]}), "$.rows[0].doc"),
        (json.dumps({"io.cozy.bills": [{k: v for k, v in BILL.items() if k != "_type"}]}), "document 1"),
        (f"{json.dumps(BILL)}\n{json.dumps(BILL | {'_id': 'b2'})}\n", "line 1"),
        (json.dumps([{k: v for k, v in BILL.items() if k != "_type"}]), "$[0]"),
    ],
)
def test_every_shape_of_file_gives_the_same_bill(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    bill = held(imported(CozyExport(), path))["bill.invoice/1"][0]
    assert (bill["issuer"], bill["on"], str(bill["gross"]["amount"])) == ("Vendor", date(2025, 2, 7), "19.90")
    assert bill["source"]["locator"] == place


def test_a_zip_of_an_export_is_read_by_its_folders_and_a_broken_document_loses_no_other(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("My Cozy/Data/io.cozy.bills/b0.json", "{")
        archive.writestr(
            "My Cozy/Data/io.cozy.bills/b1.json", json.dumps({k: v for k, v in BILL.items() if k != "_type"})
        )
        archive.writestr("My Cozy/Files/note.txt", "x")
    found = imported(CozyExport(), path)
    assert len(held(found)["bill.invoice/1"]) == 1
    assert [r.locator for r in found.rejections] == ["document 1"]


@pytest.mark.parametrize(
    "change",
    [{"date": "soon"}, {"amount": "many"}, {"vendor": ""}],
)  # fmt: skip
def test_a_document_that_cannot_be_read_is_rejected_with_its_place(tmp_path: Path, change: dict[str, str]) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([BILL, BILL | change]), encoding="utf-8")
    found = imported(CozyExport(), path)
    assert [r.locator for r in found.rejections] == ["$[1]"]
    assert len(held(found)["bill.invoice/1"]) == 1


def test_a_document_of_the_pilot_says_its_type_without_a_domain(tmp_path: Path) -> None:
    path = tmp_path / "operations.json"
    said = {
        "_id": "o",
        "docType": "bankoperation",
        "amount": -22.28,
        "bankAccount": "2531",
        "date": "2016-03-08T00:00:00.000Z",
    }
    path.write_text(json.dumps([said | {"raw": "Paiement carte", "title": "Carte"}]), encoding="utf-8")
    found = imported(CozyExport(), path)
    (operation,) = held(found)["bank.transaction/1"]
    assert (operation["on"], operation["label"], operation["account"]) == (date(2016, 3, 8), "Paiement carte", "2531")
    assert operation["ext"] == {"cozy.title": "Carte"}
    assert not any("does not say its type" in r.text.en for r in found.remarks)


def test_only_one_importer_takes_each_file_of_the_holders() -> None:
    known = Importers()
    taken = Counter({p.name: len(known.recognising(File(p).sample)) for p in HOLDERS.glob("*.json")})
    assert {name: n for name, n in taken.items() if n != 1} == {}
