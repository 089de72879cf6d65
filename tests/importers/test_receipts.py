"""Till receipts: what real ones say, weighed goods, deposits, discounts, and what does not add up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.importers import File, Importers, Options
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Receipt

HOLDERS = Path(__file__).parents[1] / "testing" / "holders"
FRENCH = HOLDERS / "receipt_fr.txt"
REWE = Path(__file__).parents[1] / "files" / "receipts" / "rewe_coupon.txt"
PILOT = HOLDERS / "intermarche.json"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def receipts(found: Found) -> list[Receipt]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Receipt)]


def text(read: Read, path: Path, options: Options = Options()) -> Found:  # noqa: B008 (frozen)
    return read(Importers().named("text-receipt"), path, options)


def test_a_german_e_receipt_has_shop_till_vat_and_payment(read: Read) -> None:
    (receipt,) = receipts(text(read, REWE))
    assert (receipt.merchant, receipt.store, receipt.till, receipt.number) == ("REWE", "1234", "1", "2345")
    assert receipt.at.isoformat() == "2022-01-01T11:34:00+00:00"
    assert [(x.label, str(x.amount.amount), x.vat) for x in receipt.lines] == [
        ("GUTSCHEINW50 V300", "50.00", Decimal(0))
    ]
    assert [(p.means, str(p.amount.amount)) for p in receipt.payments] == [("cash", "50.00")]
    assert receipt.ext["receipt.notes"] == [
        "Musterstr. 1", "12345 Musterstadt", "UID Nr.: DE000000000", "0000000123456789",
    ]  # fmt: skip


def test_weighed_goods_deposits_and_discounts_are_lines_of_their_kind(read: Read) -> None:
    found = text(read, FRENCH)
    (receipt,) = receipts(found)
    assert [(x.label, x.kind, x.quantity, x.unit, str(x.amount.amount), x.vat) for x in receipt.lines] == [
        ("TOMATES GRAPPE", "article", Decimal("0.456"), "kg", "1.36", Decimal("5.5")),
        ("JUS DE POMME 1L", "article", None, None, "2.50", Decimal("5.5")),
        ("CONSIGNE BOUTEILLE", "deposit", None, None, "0.20", Decimal(20)),
        ("SAVON", "article", Decimal(2), "1", "4.40", Decimal(20)),
        ("REMISE FIDELITE", "discount", None, None, "-0.50", Decimal(20)),
        ("RETOUR CONSIGNE", "deposit", None, None, "-0.60", Decimal(20)),
    ]
    assert found.remarks == []
    assert receipt.siret == "12345678900011"


def test_an_amount_may_stand_beside_the_count_below_the_label(read: Read, write: Write) -> None:
    found = text(read, write("SHOP\nYOGHURT\n2 x 1,50€  3,00€\nBREAD 1,00\nTOTAL 4,00\n01/02/2025 12:30\n"))
    (receipt,) = receipts(found)
    assert [(x.label, x.quantity, str(x.amount.amount)) for x in receipt.lines] == [
        ("YOGHURT", Decimal(2), "3.00"),
        ("BREAD", None, "1.00"),
    ]
    assert found.remarks == []
    assert receipt.ext == {}


def test_a_total_without_tax_or_of_discounts_is_not_the_total(read: Read, write: Write) -> None:
    found = text(
        read, write("SHOP\nBREAD 1,00\nTOTAL HT 0,95\nTOTAL TTC 1,00 €\nTicket restaurant 1,00\n01/02/2025 12:30\n")
    )
    (receipt,) = receipts(found)
    assert str(receipt.total.amount) == "1.00"
    assert [p.means for p in receipt.payments] == ["meal_voucher"]
    assert receipt.number is None
    assert found.remarks == []


def test_change_is_taken_off_the_cash_that_was_given(read: Read) -> None:
    (receipt,) = receipts(text(read, FRENCH))
    assert [(p.means, str(p.amount.amount)) for p in receipt.payments] == [("card", "5.00"), ("cash", "2.36")]


def test_vat_by_rate_is_told_apart_whatever_the_order_of_its_columns(read: Read, write: Write) -> None:
    other = FRENCH.read_text(encoding="utf-8").replace("2,92   0,58   3,50", "3,50   2,92   0,58")
    for path in (FRENCH, write(other)):
        (receipt,) = receipts(text(read, path))
        assert [(t.rate, *(str(m and m.amount) for m in (t.net, t.tax, t.gross))) for t in receipt.vat] == [
            (20, "2.92", "0.58", "3.50"),
            (Decimal("5.5"), "3.66", "0.20", "3.86"),
        ]


def test_a_total_that_does_not_fit_its_lines_is_said_and_never_repaired(read: Read, write: Write) -> None:
    found = text(read, write(FRENCH.read_text(encoding="utf-8").replace("2,50 B", "2,60 B")))
    (receipt,) = receipts(found)
    assert str(receipt.total.amount) == "7.36"
    assert [(r.kind, r.text.en) for r in found.remarks] == [
        ("disagreement", "The lines of a receipt do not add up to its total: both are kept.")
    ]


def test_a_receipt_whose_date_is_none_is_rejected(read: Read, write: Write) -> None:
    found = text(read, write(FRENCH.read_text(encoding="utf-8").replace("14/06/2025", "31/02/2025")))
    assert [(r.locator, r.reason.en) for r in found.rejections] == [("receipt 1", "Its date or time cannot be read.")]


def test_the_clock_of_the_till_is_in_the_zone_that_is_said(read: Read) -> None:
    (receipt,) = receipts(text(read, FRENCH, Options(tz="Indian/Reunion")))
    assert receipt.at.isoformat() == "2025-06-14T14:42:00+00:00"


@pytest.mark.parametrize(
    "content",
    [
        "Dear customer,\nTOTAL 12,00\n01/02/2025 12:30\n",
        "SHOP\nBREAD 1,00\nTOTAL 1,00\n",  # no date
        "SHOP\nBREAD 1,00\n01/02/2025 12:30\n",  # no total
    ],
)
def test_a_text_that_is_no_receipt_is_left_alone(write: Write, content: str) -> None:
    assert Importers().recognising(File(write(content)).sample) == ()


# The pilot's documents


def test_lines_of_the_pilot_join_their_receipt_even_if_their_id_lacks_a_digit(read: Read) -> None:
    found = read(Importers().named("mesinfos-receipts"), PILOT)
    one, two = receipts(found)
    assert [(x.label, x.quantity, str(x.amount.amount), x.gtin, x.category) for x in one.lines] == [
        ("PATE A TARTINER 400G", Decimal(1), "3.97", "3270190000000", "EPICERIE SUCREE"),
        ("PAIN BLANC", Decimal(3), "1.35", None, "PAINS BLANCS / BOULANGERIE TR"),
    ]
    assert [x.label for x in two.lines] == ["PORTIONS 280G"]
    assert found.rejections == []


def test_a_receipt_paid_in_part_with_points_says_so(read: Read) -> None:
    found = read(Importers().named("mesinfos-receipts"), PILOT)
    assert [(r.locator, r.text.en) for r in found.remarks] == [
        ("$[1]", "What was paid is not the total of the receipt: both are kept.")
    ]


def test_lines_of_a_receipt_that_the_file_does_not_hold_are_named(read: Read, write: Write) -> None:
    path = write(
        '[{"receiptId": "1", "transactionCode": "9", "timestamp": "2013-10-05T14:36:36Z", "total": 1.5},'
        ' {"receiptId": "7", "barcode": "200", "label": "PAIN", "amount": 1, "price": 0.45}, {"hello": 1}]'
    )
    found = read(Importers().named("mesinfos-receipts"), path)
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[2]", "It is no receipt and no line of one."),
        ("$[1]", "It is a line of a receipt that the file does not hold."),
    ]
    assert len(receipts(found)) == 1


@pytest.mark.parametrize("number", ['"x"', "true", "123456789012345", "1e40"])
def test_a_line_of_the_pilot_that_cannot_be_read_is_named(read: Read, write: Write, number: str) -> None:
    path = write(
        '[{"receiptId": "1", "transactionCode": "9", "timestamp": "2013-10-05T14:36:36Z", "total": 1.5},'
        f' {{"receiptId": "1", "label": "PAIN", "amount": {number}, "price": 123456789.01}},'
        ' {"receiptId": "1", "label": "LAIT", "amount": 1, "price": 1.5}]'
    )
    found = read(Importers().named("mesinfos-receipts"), path)
    (receipt,) = receipts(found)
    assert [x.label for x in receipt.lines][-1] == "LAIT"
    assert [r.locator for r in found.rejections] == ["$[1]"]


def test_lines_inside_a_receipt_are_read_too(read: Read, write: Write) -> None:
    path = write(
        '{"receiptId": "1", "articlesCount": 1, "timestamp": "2013-10-05T14:36:36Z", "total": "0.45",'
        ' "details": [{"receiptId": "1", "label": "PAIN", "amount": 1, "price": 0.45}]}'
    )
    (receipt,) = receipts(read(Importers().named("mesinfos-receipts"), path))
    assert [str(x.amount.amount) for x in receipt.lines] == ["0.45"]
