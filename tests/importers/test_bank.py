"""Files of banks: what real ones say, what bad lines say, and exports that overlap."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import Importers, Options
from selfdata_sdk.importers.amounts import amount, money
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import BankBalance, BankTransaction

FILES = Path(__file__).parents[1] / "files" / "bank"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def named(name: str) -> object:
    return Importers().named(name)


def lines(found: Found) -> list[tuple[str, str, str]]:
    """(day, amount, label) of each line, in the file's order."""
    records = [r for t in found.tables for r in t.records() if isinstance(r, BankTransaction)]
    return [(str(r.on), f"{r.amount.amount} {r.amount.currency}", r.label) for r in records]


def balances(found: Found) -> list[tuple[str, str, str]]:
    records = [r for t in found.tables for r in t.records() if isinstance(r, BankBalance)]
    return [(r.at.isoformat(), r.kind, f"{r.amount.amount} {r.amount.currency}") for r in records]


def rejected(found: Found) -> list[tuple[str, str]]:
    return [(r.locator, r.reason.en) for r in found.rejections]


def guesses(found: Found) -> list[str]:
    return [r.text.en for r in found.remarks]


# Amounts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,50", "12.50"), ("-12.5", "-12.5"), ("1 234,56", "1234.56"), ("1\u202f234\u00a0567,8", "1234567.8"),
        ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("+3", "3"), ("12,50-", "-12.50"), ("(12.50)", "-12.50"),
        ("12,50 €", "12.50"), ("- 7,00", "-7.00"), ("1,234", "1.234"), (",5", "0.5"), ("1'234.50", "1234.50"), ("\u2212 7,5", "-7.5"),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2,3", "12 34", "1e5", "--5", "1" * 20, "12.5 USD"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        amount(text)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_amounts_written_in_french_come_back(value: Decimal) -> None:
    assert amount(f"{value:,}".replace(",", "\u202f").replace(".", ",")) == value


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [("1.5", "EUR", "1.50"), ("1.500", "EUR", "1.50"), ("1.505", "EUR", "1.505"), ("2E+3", "JPY", "2000"), ("1", "TND", "1.000")],
)  # fmt: skip
def test_one_amount_is_written_in_one_way(value: str, currency: str, written: str) -> None:
    assert str(money(Decimal(value), currency).amount) == written


# OFX


def test_an_ofx_with_unclosed_tags_gives_lines_and_balances(read: Read) -> None:
    found = read(named("ofx"), FILES / "bank_medium.ofx")
    assert lines(found) == [
        ("2009-04-01", "-6.60 CAD", "POS MERCHANDISE;MCDONALD'S #112"),
        ("2009-04-02", "-316.67 CAD", "MISCELLANEOUS PAYMENTS;Joe's Bald Hairstyles"),
        ("2009-04-03", "-22.00 CAD", "POS MERCHANDISE;CONNIE'S HAIR D"),
    ]
    assert balances(found) == [
        ("2009-05-23T12:20:17+00:00", "closing", "382.34 CAD"),
        ("2009-05-23T12:20:17+00:00", "available", "682.34 CAD"),
    ]
    assert found.tables[0].series.about == "12300 000012345678"


def test_an_ofx_with_empty_tags_takes_the_currency_of_the_line(read: Read) -> None:
    found = read(named("ofx"), FILES / "ofx-v102-empty-tags.ofx")
    assert lines(found) == [("2018-05-07", "12.34 AUD", "CBA:Transfer")]
    assert balances(found) == []
    assert guesses(found) == []


def ofx(*entries: str, account: str = "<BANKACCTFROM><ACCTID>A1</BANKACCTFROM>") -> str:
    body = "\n".join(entries)
    return f"<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR\n{account}\n<BANKTRANLIST>\n{body}\n</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"


def test_a_bad_line_of_an_ofx_is_named_and_loses_no_other(read: Read, write: Write) -> None:
    good = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250103120000[-3:BRT]<TRNAMT>-1,50<NAME>Caf&eacute; &amp; Co</STMTTRN>"
    bad = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250103<TRNAMT>1.2.3<NAME>X</STMTTRN>"
    undated = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20251303<TRNAMT>1.2<NAME>X</STMTTRN>"
    found = read(named("ofx"), write(ofx(good, bad, undated, good)))
    assert lines(found) == [("2025-01-03", "-1.50 EUR", "Café & Co")] * 2
    assert rejected(found) == [("line 5", "Its amount cannot be read."), ("line 6", "Its date cannot be read.")]


def test_accounts_of_one_ofx_are_kept_apart_and_those_of_cards_are_cards(read: Read, write: Write) -> None:
    line = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250103<TRNAMT>-1.50<NAME>Shop</STMTTRN>"
    one = ofx(line).removesuffix("</OFX>")
    card = f"<CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR<CCACCTFROM><ACCTID>4970 12</CCACCTFROM><BANKTRANLIST>{line}</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></OFX>"
    found = read(named("ofx"), write(one + card))
    kinds = {t.series.about: [r.kind for r in t.records()] for t in found.tables}  # type: ignore[attr-defined]
    assert kinds == {"A1": [None], "4970 12": ["card"]}


def test_a_statement_of_no_account_needs_one_to_be_named(read: Read, write: Write) -> None:
    path = write(ofx("<STMTTRN><DTPOSTED>20250103<TRNAMT>-1.50<NAME>Shop</STMTTRN>", account=""))
    with pytest.raises(FileRefused, match="which account") as refused:
        read(named("ofx"), path)
    assert refused.value.next == "Name the account: --about NUMBER."
    assert read(named("ofx"), path, Options(about="B-2")).tables[0].series.about == "B-2"


def test_a_line_of_another_currency_is_in_that_currency(read: Read, write: Write) -> None:
    line = "<STMTTRN><DTPOSTED>20250103<TRNAMT>-1.50<NAME>Shop<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY></STMTTRN>"
    paid = "<STMTTRN><DTPOSTED>20250103<TRNAMT>-1.50<NAME>Shop<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY></STMTTRN>"
    assert [moved for _, moved, _ in lines(read(named("ofx"), write(ofx(line, paid))))] == ["-1.50 USD", "-1.50 EUR"]


def test_a_line_of_an_ofx_that_nothing_ends_is_named(read: Read, write: Write) -> None:
    line = "<STMTTRN><DTPOSTED>20250103<TRNAMT>-1.50<NAME>Shop"
    found = read(named("ofx"), write(ofx(line, f"{line}</STMTTRN>", line)))
    assert len(lines(found)) == 1
    assert rejected(found) == [
        ("line 4", "Nothing ends it where it should end."), ("line 6", "Nothing ends it where it should end."),
    ]  # fmt: skip


def test_an_ofx_that_opens_elements_without_end_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="nested deeper than 60 elements"):
        read(named("ofx"), write(ofx("<A>" * 100)))


def test_an_ofx_that_is_cut_is_refused(read: Read, write: Write) -> None:
    text = (FILES / "bank_medium.ofx").read_text()
    with pytest.raises(FileRefused, match="stops before its end"):
        read(named("ofx"), write(text[: text.index("</BANKTRANLIST>")]))


# QIF


def test_a_qif_names_its_account_by_its_opening_balance(read: Read) -> None:
    found = read(named("qif"), FILES / "test.qif")
    assert {t.series.about for t in found.tables} == {"TestExport"}
    assert lines(found)[1:3] == [
        ("2020-02-14", "67.50 EUR", "T-Mobile"), ("2020-02-14", "32.00 EUR", "US Post Office"),
    ]  # fmt: skip
    first = found.tables[0].records()[1]
    assert [part["amount"] for part in first.ext["qif.split"]] == ["-15.00", "82.50"]  # type: ignore[index,union-attr,call-overload]
    assert guesses(found) == ["The file does not say in which currency it is: taken to be euros."]


@pytest.mark.parametrize(
    ("dates", "days", "sure"),
    [
        (["8/12'06", "13/1'07"], ["2006-12-08", "2007-01-13"], True),
        (["8/12'06", "1/13'07"], ["2006-08-12", "2007-01-13"], True),
        (["08.12.2006"], ["2006-12-08"], False),
        (["2006-12-08"], ["2006-12-08"], True),
        (["1/ 2/99"], ["1999-02-01"], False),
    ],
)
def test_the_dates_of_a_whole_qif_tell_their_order(
    read: Read, write: Write, dates: list[str], days: list[str], sure: bool
) -> None:
    body = "".join(f"D{d}\nT-1.00\nPShop\n^\n" for d in dates)
    found = read(named("qif"), write(f"!Account\nNMine\n^\n!Type:Bank\n{body}"))
    assert [day for day, _, _ in lines(found)] == days
    assert any("days or months" in text for text in guesses(found)) != sure


def test_a_date_of_another_order_than_the_rest_is_rejected(read: Read, write: Write) -> None:
    body = "".join(f"D{d}\nT-1\nPShop\n^\n" for d in ("13/1'07", "14/1'07", "1/15'07", "x"))
    found = read(named("qif"), write(f"!Type:Bank\n{body}"), Options(about="M"))
    assert len(lines(found)) == 2
    assert [locator for locator, _ in rejected(found)] == ["line 10", "line 14"]
    assert "fit no order" in rejected(found)[0][1]


def test_an_entry_of_a_qif_that_nothing_ends_is_named(read: Read, write: Write) -> None:
    entry = "D13/1'07\nT-1.00\nPShop\n"
    found = read(
        named("qif"),
        write(f"!Type:Bank\n{entry}^\n{entry}{entry}^\n{entry}!Type:Cat\nNX\n^\n!Type:Bank\n{entry}"),
        Options(about="M"),
    )
    assert len(lines(found)) == 2
    assert rejected(found) == [(f"line {n}", "Nothing ends it (^): the file may be cut.") for n in (6, 13, 20)]


# camt.053


def test_a_camt_signs_amounts_by_their_indicator(read: Read) -> None:
    found = read(named("camt-053"), FILES / "business_sample_camt.053.001.04.xml")
    assert [(day, moved) for day, moved, _ in lines(found)] == [
        ("2010-10-18", "105678.50 SEK"), ("2010-10-18", "-200000.00 SEK"), ("2010-10-18", "30000.00 SEK"),
    ]  # fmt: skip
    assert balances(found) == [
        ("2010-10-14T22:00:00+00:00", "opening", "500000.00 SEK"),
        ("2010-10-18T22:00:00+00:00", "closing", "435678.50 SEK"),
    ]


def camt(*entries: str) -> str:
    body = "".join(entries)
    account = "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>"
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"{account}{body}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(amount: str = "30.00", sign: str = "DBIT", state: str = "<Sts><Cd>BOOK</Cd></Sts>", details: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{state}'
        f"<BookgDt><Dt>2025-03-01</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def part(amount: str, text: str) -> str:
    return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>'


def test_a_batch_whose_parts_add_up_is_its_parts_and_else_one_line(read: Read, write: Write) -> None:
    whole = entry(details=part("10.00", "rent") + part("20.00", "garage"))
    broken = entry(details=part("10.00", "rent") + part("21.00", "garage"))
    found = read(named("camt-053"), write(camt(whole, broken)))
    assert lines(found) == [
        ("2025-03-01", "-10.00 EUR", "rent"), ("2025-03-01", "-20.00 EUR", "garage"), ("2025-03-01", "-30.00 EUR", "-"),
    ]  # fmt: skip


def test_who_was_paid_and_for_which_reference_is_kept(read: Read, write: Write) -> None:
    details = (
        "<TxDtls><RltdPties><Cdtr><Pty><Nm>Water Co</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>778 1</Id></Othr></Id></CdtrAcct></RltdPties>"
        "<RmtInf><Strd><CdtrRefInf><Ref>RF18 1234</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )
    (record,) = [r for t in read(named("camt-053"), write(camt(entry(details=details)))).tables for r in t.records()]
    assert isinstance(record, BankTransaction)
    assert (record.label, record.counterparty, record.counterparty_account, record.note) == (
        "Water Co", "Water Co", "778 1", "RF18 1234",
    )  # fmt: skip


def test_what_is_pending_is_provisional_and_what_is_not_booked_or_unsigned_is_named(read: Read, write: Write) -> None:
    text = camt(entry(state="<Sts>PDNG</Sts>"), entry(state="<Sts>INFO</Sts>"), entry(sign="X"), entry(amount="x"))
    found = read(named("camt-053"), write(text))
    assert [r.status for t in found.tables for r in t.records()] == ["provisional"]
    assert rejected(found) == [
        ("entry 2", "It is for information only, not booked."),
        ("entry 3", "Its amount cannot be read."),
        ("entry 4", "Its amount cannot be read."),
    ]


# CSV

LAYOUTS = {
    "debit and credit": "date;libellé;débit;crédit\n03/03/2025;CB SHOP;12,50;\n04/03/2025;VIR PAY;;1 850,00\n",
    "banner": "Compte n°;A1\nSolde;12,00\n\nDate;Date valeur;Libellé;Montant (EUR)\n03/03/2025;;CB SHOP;-12.50\n04/03/2025;05/03/2025;VIR PAY;1850,00\n",
    "english, commas": 'Date,Description,Amount\n2025-03-03,CB SHOP,-12.50\n2025-03-04,VIR PAY,"1,850.00"\n',
    "tabs": "Date opération\tLibellé opération\tMontant en euros\n03.03.25\tCB SHOP\t-12,5\n04.03.25\tVIR PAY\t1850\n",
    "negative debits": "Date;Libellé;Débit euros;Crédit euros\n03/03/2025;CB SHOP;-12,50;\n04/03/2025;VIR PAY;;1850,00 €\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_columns_are_known_by_their_words(read: Read, write: Write, layout: str, encoding: str) -> None:
    found = read(named("bank-csv"), write(LAYOUTS[layout].encode(encoding)), Options(about="A1"))
    assert lines(found) == [("2025-03-03", "-12.50 EUR", "CB SHOP"), ("2025-03-04", "1850.00 EUR", "VIR PAY")]
    assert [r.kind for t in found.tables for r in t.records()] == ["card", "transfer"]  # type: ignore[attr-defined]
    assert found.rejections == []


def test_bad_lines_of_a_csv_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    text = "date;libellé;montant;devise\n32/03/2025;A;1;\n03/03/2025;B;x;\n03/03/2025;C;;\n03/03/2025\n03/03/2025;D;2;EURO\n03/03/2025;E;3;CHF\n"
    found = read(named("bank-csv"), write(text), Options(about="A1"))
    assert lines(found) == [("2025-03-03", "3.00 CHF", "E")]
    assert [locator for locator, _ in rejected(found)] == [f"line {n}" for n in range(2, 7)]


def test_a_csv_of_something_else_is_not_taken_for_one(write: Write) -> None:
    for text in ("date;consommation(litre)\n01/01/2025;12\n", "date;libellé;quantité\n01/01/2025;A;2\n"):
        path = write(text)
        sample = Importers().named("bank-csv").recognises
        from selfdata_sdk.importers import File

        assert not sample(File(path).sample)
