"""Electronic invoices and bills read from PDF: what real ones say, and what does not fit in them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, Importers
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import Bill
from selfdata_sdk.testing.imported import imported

FILES = Path(__file__).parents[1] / "files"
HOLDERS = Path(__file__).parents[1] / "testing" / "holders"
UBL = HOLDERS / "ubl_water.xml"
EINFACH = FILES / "bills" / "zugferd_2p3_EN16931_Einfach.xml"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def only(found: Found) -> Bill:
    (bill,) = [r for t in found.tables for r in t.records() if isinstance(r, Bill)]
    return bill


@pytest.fixture
def cii(read: Read, write: Write) -> Callable[..., Found]:
    """Reads the simple invoice after some of its text was replaced."""

    def changed(*replaced: tuple[str, str]) -> Found:
        text = EINFACH.read_text(encoding="utf-8")
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        return read(Importers().named("cii-invoice"), write(text))

    return changed


def test_a_taxi_ride_has_its_kilometres_and_price(read: Read) -> None:
    found = read(Importers().named("cii-invoice"), FILES / "bills" / "zugferd_2p3_BASIC_Taxifahrt.xml")
    bill = only(found)
    assert (bill.issuer, bill.number, str(bill.on), str(bill.due)) == (
        "Taxiunternehmen TX GmbH", "TX-471102", "2024-11-15", "2024-12-15",
    )  # fmt: skip
    assert [(x.label, x.quantity, x.unit, str(x.unit_price and x.unit_price.amount), x.vat) for x in bill.lines] == [
        ("Grundpreis (Pauschale)", Decimal(1), "1", "3.90", Decimal(7)),
        ("Stadtfahrt - 2,00 Euro je gefahrene Kilometer", Decimal("6.5"), "km", "2.00", Decimal(7)),
    ]
    assert found.remarks == []


def test_an_insurance_bill_names_what_was_owed_before(read: Read) -> None:
    path = FILES / "insurance" / "zugferd_2p1_EN16931_Kraftfahrversicherung_Bruttopreise.xml"
    bill = only(read(Importers().named("cii-invoice"), path))
    assert bill.issuer == "MVM Musterhafter Versicherungsverein Musterstadt a.G."
    assert bill.balance_before is not None
    assert bill.to_pay is not None
    amounts = [str(m.amount) for m in (bill.gross, bill.balance_before, bill.to_pay)]
    assert amounts == ["220.00", "220.00", "440.00"]
    assert bill.ext["cii.type"] == "575"
    assert bill.ext["cii.line_descriptions"] == [
        "Enthält 19% Versicherungssteuer = 12,7726 €",
        "Enthält 19% Versicherungssteuer = 22,3529 €",
    ]


def test_a_water_bill_in_ubl_has_its_period_point_and_use(read: Read) -> None:
    found = read(Importers().named("ubl-invoice"), UBL)
    bill = only(found)
    assert (bill.commodity, bill.point, bill.contract, bill.customer) == ("water", "PE-004217", "CT-8801", "118204")
    assert (str(bill.period_start), str(bill.period_end)) == ("2025-01-01", "2025-07-01")
    assert [(x.kind, x.unit, str(x.amount and x.amount.amount)) for x in bill.lines] == [
        ("standing", "mo", "28.00"), ("use", "m3", "120.00"), ("discount", None, "-2.00"),
    ]  # fmt: skip
    assert [r.kind for r in found.remarks] == ["guess"]  # the commodity


def test_a_price_for_several_units_is_that_of_one_where_it_is_exact(read: Read) -> None:
    standing, use, _ = only(read(Importers().named("ubl-invoice"), UBL)).lines
    assert standing.unit_price is None  # 56.00 for 12 months
    assert use.unit_price is not None
    assert use.unit_price.amount == Decimal("2.50")


def test_a_credit_note_keeps_its_positive_amounts_and_says_what_it_is(read: Read, write: Write) -> None:
    text = UBL.read_text(encoding="utf-8")
    for old, new in (("Invoice xmlns", "CreditNote xmlns"), ("</Invoice>", "</CreditNote>"), ("xsd:Invoice-2", "xsd:CreditNote-2"),
                     ("InvoiceLine", "CreditNoteLine"), ("InvoicedQuantity", "CreditedQuantity"),
                     ("<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "")):  # fmt: skip
        text = text.replace(old, new)
    bill = only(read(Importers().named("ubl-invoice"), write(text)))
    assert (bill.kind, str(bill.gross.amount), len(bill.lines)) == ("credit_note", "154.03", 3)


def test_lines_that_do_not_add_up_are_kept_beside_the_total(cii: Callable[..., Found]) -> None:
    found = cii((">198.00</ram:LineTotalAmount>", ">199.00</ram:LineTotalAmount>"))
    bill = only(found)
    assert bill.lines[0].amount is not None
    assert bill.net is not None
    assert (str(bill.lines[0].amount.amount), str(bill.net.amount)) == ("199.00", "473.00")
    assert [(r.kind, r.text.en) for r in found.remarks] == [
        ("disagreement", "The lines of a bill do not add up to its net total: both are kept.")
    ]


def test_net_and_vat_that_do_not_give_the_total_are_kept(cii: Callable[..., Found]) -> None:
    (remark,) = cii((">529.87</ram:GrandTotalAmount>", ">530.00</ram:GrandTotalAmount>")).remarks
    assert remark.text.en == "Net and VAT of a bill do not add up to its total: all are kept."


def test_a_line_that_cannot_be_read_is_named_and_loses_nothing_else(cii: Callable[..., Found]) -> None:
    found = cii((">275.00</ram:LineTotalAmount>", ">many</ram:LineTotalAmount>"))
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("bill 1, line 2", "A number or a date in it cannot be read.")
    ]
    assert [line.label for line in only(found).lines] == ["Trennblätter A4"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("20241115</udt", "20241315</udt", "Its date cannot be read."),
        (">529.87</ram:GrandTotalAmount>", "></ram:GrandTotalAmount>", "Its amount cannot be read."),
        ("<ram:Name>Lieferant GmbH</ram:Name>", "", "It does not say who issued it."),
    ],
)
def test_a_bill_without_date_total_or_issuer_is_rejected(
    cii: Callable[..., Found], old: str, new: str, reason: str
) -> None:
    found = cii((old, new))
    assert [(r.locator, r.reason.en) for r in found.rejections] == [("bill 1", reason)]
    assert found.tables == []


def test_a_due_date_that_cannot_be_read_is_named_and_the_bill_kept(read: Read, write: Write) -> None:
    found = read(Importers().named("ubl-invoice"), write(UBL.read_text("utf-8").replace("2025-08-01", "soon")))
    assert [(r.locator, r.reason.en) for r in found.rejections] == [("bill 1, due date", "Its date cannot be read.")]
    assert only(found).due is None


def test_a_bill_without_a_currency_is_taken_to_be_in_euros_and_says_so(cii: Callable[..., Found]) -> None:
    found = cii(("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", ""))
    assert only(found).gross.currency == "EUR"
    assert [r.kind for r in found.remarks] == ["guess"]


def test_an_unknown_unit_is_kept_as_an_annotation(cii: Callable[..., Found]) -> None:
    bill = only(cii(('unitCode="H87"', 'unitCode="XBX"')))
    assert {line.unit for line in bill.lines} == {"{XBX}"}


def test_a_cut_invoice_is_refused_as_a_whole(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="stops being XML"):
        read(Importers().named("cii-invoice"), write(EINFACH.read_bytes()[:-200]))


@given(st.decimals(0, 10**8, places=2), st.decimals(0, 10**8, places=2))
def test_totals_come_back_to_the_cent(tmp_path_factory: pytest.TempPathFactory, net: Decimal, tax: Decimal) -> None:
    text = EINFACH.read_text(encoding="utf-8")
    for old, new in ((">473.00</ram:TaxBasis", f">{net}</ram:TaxBasis"), (">56.87</ram:TaxTotal", f">{tax}</ram:TaxTotal"),
                     (">529.87</ram:GrandTotal", f">{net + tax}</ram:GrandTotal")):  # fmt: skip
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("bill") / "bill"
    path.write_text(text, encoding="utf-8")
    bill = only(imported(Importers().named("cii-invoice"), path))
    assert bill.net is not None
    assert bill.vat_amount is not None
    assert (bill.net.amount, bill.vat_amount.amount, bill.gross.amount) == (net, tax, net + tax)


def test_a_bill_of_a_telephone_line_read_by_invoice2data(read: Read) -> None:
    bill = only(read(Importers().named("invoice2data"), FILES / "bills" / "free_fiber.json"))
    assert (bill.issuer, bill.commodity, bill.contract, str(bill.gross.amount)) == (
        "Free", "other", "FO00000000", "29.99",
    )  # fmt: skip
    assert (str(bill.period_start), str(bill.period_end)) == ("2015-07-01", "2015-08-01")
    assert bill.vat_amount is None  # the file does not state it


def test_one_bad_extracted_bill_does_not_lose_the_others(read: Read, write: Write) -> None:
    path = write(
        '[{"issuer": "A", "amount": "x", "date": "2025-01-02", "invoice_number": "1"},'
        ' {"issuer": "A", "amount": 12, "date": "2025-01-03", "invoice_number": "2"}]'
    )
    found = read(Importers().named("invoice2data"), path)
    assert [(r.locator, r.reason.en) for r in found.rejections] == [("$[0]", "Its amount cannot be read.")]
    assert str(only(found).gross.amount) == "12.00"
    assert [r.kind for r in found.remarks] == ["guess"]  # no currency


# PDF


def pdf(stream: bytes, head: bytes = b"/Type /EmbeddedFile") -> bytes:
    return b"%%PDF-1.7\n1 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n%%%%EOF\n" % (
        head,
        len(stream),
        stream,
    )


def test_the_invoice_inside_a_factur_x_pdf_is_that_of_its_xml(read: Read) -> None:
    inside = only(read(Importers().named("factur-x-pdf"), HOLDERS / "factur_x.pdf"))
    alone = only(read(Importers().named("cii-invoice"), FILES / "bills" / "zugferd_2p3_BASIC_Taxifahrt.xml"))
    assert inside.model_dump(exclude={"source"}) == alone.model_dump(exclude={"source"})


def test_an_embedded_invoice_may_be_plain_or_deflated(read: Read, write: Write) -> None:
    xml = EINFACH.read_bytes()[EINFACH.read_bytes().index(b"<rsm:") :]
    files = [pdf(xml), pdf(zlib.compress(xml), b"/Type /EmbeddedFile /Filter /FlateDecode")]
    assert {only(read(Importers().named("factur-x-pdf"), write(f))).number for f in files} == {"471102"}


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"BT (page) Tj ET", b""),
        pdf(b"<CrossIndustryInvoice/>", b"/Type /XObject"),
        pdf(b"no deflated data", b"/Type /EmbeddedFile /Filter /FlateDecode"),
        pdf(b"<CrossIndustryInvoice/>", b"/Type /EmbeddedFile /Filter /Crypt"),
        pdf(b"<CrossIndustryInvoice/>").partition(b"endstream")[0],
    ],
)
def test_a_pdf_without_an_invoice_is_refused_with_what_to_ask_for(read: Read, write: Write, content: bytes) -> None:
    with pytest.raises(FileRefused, match="without an electronic invoice"):
        read(Importers().named("factur-x-pdf"), write(content))


@pytest.mark.parametrize("root", ["CrossIndustryDocument", "Order"])
def test_another_document_of_trade_is_not_taken_for_an_invoice(write: Write, root: str) -> None:
    sample = File(write(f"<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2'/>")).sample
    assert Importers().recognising(sample) == ()
