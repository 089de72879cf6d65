"""camt.053: account statements of ISO 20022, as banks hand them to companies and, more and more, to people.

Versions .02 to .13 differ in where a name or a state stands; all are read. An amount is positive, and `CdtDbtInd` gives
its sign from the account, for reversals too. A batch whose parts give amounts that add up becomes a line for each part.

Source of the format: ISO 20022, Bank-to-Customer Statement (camt.053.001).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..model import BankBalance, BankTransaction, Record, Source, Text
from .amounts import amount, currency_of
from .bank import NO_AMOUNT, NO_DATE, TZ, Booked, Ledger, account_of, midnight, refuse_nameless
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .moments import day
from .xml import child_of, local, text_of, walk

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WHOLE = frozenset({"Acct", "Bal", "Ntry"})
_BALANCES = {"OPBD": "opening", "PRCD": "opening", "CLBD": "closing", "ITBD": "interim", "FWAV": "forward",
             "OPAV": "available", "CLAV": "available", "ITAV": "available"}  # fmt: skip
_FAMILIES = {"RCDT": "transfer", "ICDT": "transfer", "RRCT": "transfer", "IRCT": "transfer", "RDDT": "direct_debit",
             "IDDT": "direct_debit", "CCRD": "card", "RCHQ": "check", "ICHQ": "check", "CNTR": "deposit"}  # fmt: skip
_SUBFAMILIES = {"CWDL": "withdrawal", "CDPT": "deposit", "CHRG": "fee", "COMM": "fee", "FEES": "fee",
                "INTR": "interest"}  # fmt: skip

NOT_BOOKED = Text(
    en="It is for information only, not booked.", fr="Elle n'est donnée que pour information, pas comptabilisée."
)


class Camt:
    """Booked entries and balances of each statement in the file."""

    name = "camt-053"
    version = "1"
    title = Text(en="Account statement (camt.053)", fr="Relevé de compte (camt.053)")
    holder = "bank"
    record_types: tuple[type[Record], ...] = (BankTransaction, BankBalance)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and "BkToCstmrStmt" in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        ledger = Ledger(source, options, "entry {}")
        account, entries, balances = "", 0, 0
        for starts, name, element in walk(file, _WHOLE):
            if starts:
                account = "" if name == "Stmt" else account
            elif name == "Acct":
                account = _account(element)
            elif name in ("Bal", "Ntry"):
                if not (of := options.about or account):
                    raise refuse_nameless(file.name)
                if name == "Bal":
                    balances += 1
                    yield from _balance(ledger, of, element, balances, options.tz or TZ)
                else:
                    entries += 1
                    yield from _entry(ledger, of, element, entries)
        yield from ledger.tables()


def _account(element: Element | None) -> str:
    return account_of(_inside(element, "Id", "IBAN") or _inside(element, "Id", "Othr", "Id"))


def _balance(ledger: Ledger, account: str, element: Element, number: int, tz: str) -> Iterator[Item]:
    moved, currency = _amount(element)
    on = _date(element, "Dt")
    if moved is None or on is None:
        yield Rejection(f"balance {number}", NO_DATE if on is None else NO_AMOUNT)
        return
    kind = _BALANCES.get(_inside(element, "Tp", "CdOrPrtry", "Cd"), "other")
    # A day's closing balance is that of the midnight that ends it.
    closes = _inside(element, "Tp", "CdOrPrtry", "Cd").startswith("CL")
    ledger.balance(account, number, midnight(on, tz, after=int(closes)), kind, moved, currency)


def _entry(ledger: Ledger, account: str, element: Element, number: int) -> Iterator[Item]:
    state = text_of(element, "Sts") or _inside(element, "Sts", "Cd")
    moved, currency = _amount(element)
    on = _date(element, "BookgDt") or _date(element, "ValDt")
    if state == "INFO":
        yield Rejection(f"entry {number}", NOT_BOOKED)
    elif moved is None:
        yield Rejection(f"entry {number}", NO_AMOUNT)
    elif on is None:
        yield Rejection(f"entry {number}", NO_DATE)
    else:
        code, kind = _code(element)
        for part, share in _parts(element, moved, currency):
            other = "Dbtr" if share >= 0 else "Cdtr"
            reference = text_of(element, "AcctSvcrRef") or _inside(part, "Refs", "AcctSvcrRef")
            said = " ".join(_texts(part, "RmtInf", "Ustrd"))
            name = _inside(part, "RltdPties", other, "Nm") or _inside(part, "RltdPties", other, "Pty", "Nm")
            ledger.booked(
                account,
                Booked(
                    number,
                    on,
                    share,
                    currency,
                    said or text_of(part, "AddtlTxInf") or text_of(element, "AddtlNtryInf") or name,
                    status="provisional" if state == "PDNG" else "final",
                    kind=kind,
                    counterparty=name,
                    counterparty_account=_account(_under(part, "RltdPties", f"{other}Acct")),
                    value_date=_date(element, "ValDt"),
                    code=code,
                    reference=reference or _inside(part, "Refs", "EndToEndId"),
                    mandate=_inside(part, "Refs", "MndtId"),
                    note=_inside(part, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
                    ext={"camt.reversal": True} if text_of(element, "RvslInd") == "true" else None,
                ),
            )


def _parts(entry: Element, whole: Decimal, currency: str) -> list[tuple[Element, Decimal]]:
    """(details, signed amount) of each line that an entry is made of: itself, or the parts of a batch."""
    details = [d for n in entry if local(n.tag) == "NtryDtls" for d in n if local(d.tag) == "TxDtls"]
    if len(details) > 1:
        shares = [_share(d, currency, whole) for d in details]
        if None not in shares and sum(s for s in shares if s is not None) == whole:
            return [(d, s) for d, s in zip(details, shares, strict=True) if s is not None]
    return [(details[0] if len(details) == 1 else entry, whole)]


def _share(part: Element, currency: str, whole: Decimal) -> Decimal | None:
    if (own := child_of(part, "Amt")) is None and (found := child_of(part, "AmtDtls")) is not None:
        own = child_of(found, "TxAmt")
        own = None if own is None else child_of(own, "Amt")
    if own is None or own.get("Ccy", currency) != currency:
        return None
    try:
        moved = amount(own.text or "")
    except ValueError:
        return None
    sign = text_of(part, "CdtDbtInd") or ("CRDT" if whole >= 0 else "DBIT")
    return None if moved is None else abs(moved) * (1 if sign == "CRDT" else -1)


def _amount(element: Element) -> tuple[Decimal | None, str]:
    """(the amount signed by `CdtDbtInd`, its currency); None if there is none or no sign."""
    node = child_of(element, "Amt")
    sign = {"CRDT": 1, "DBIT": -1}.get(text_of(element, "CdtDbtInd"))
    if node is None or sign is None or not (currency := currency_of(node.get("Ccy", ""))):
        return None, ""
    try:
        found = amount(node.text or "")
    except ValueError:
        return None, currency
    return (None if found is None else abs(found) * sign), currency


def _code(entry: Element) -> tuple[str | None, str | None]:
    """(ISO 20022 code of the transaction or the bank's own, kind)."""
    family = _inside(entry, "BkTxCd", "Domn", "Fmly", "Cd")
    sub = _inside(entry, "BkTxCd", "Domn", "Fmly", "SubFmlyCd")
    parts = [p for p in (_inside(entry, "BkTxCd", "Domn", "Cd"), family, sub) if p]
    code = "-".join(parts) or _inside(entry, "BkTxCd", "Prtry", "Cd").upper()
    kind = _SUBFAMILIES.get(sub) or _FAMILIES.get(family)
    valid = code and code.isascii() and code.replace("-", "").replace("/", "").replace("_", "").isalnum()
    return (code[:35] if valid else None), kind


def _date(element: Element, name: str) -> date | None:
    """`<name>` with a `Dt` or a `DtTm`, by the bank's own calendar."""
    return day((_inside(element, name, "Dt") or _inside(element, name, "DtTm"))[:10])


def _inside(element: Element | None, *path: str) -> str:
    found = _under(element, *path)
    return "" if found is None else (found.text or "").strip()


def _under(element: Element | None, *path: str) -> Element | None:
    for name in path:
        element = None if element is None else child_of(element, name)
    return element


def _texts(element: Element, parent: str, name: str) -> list[str]:
    found = child_of(element, parent)
    return [] if found is None else [(n.text or "").strip() for n in found if local(n.tag) == name]


IMPORTERS: tuple[Importer, ...] = (Camt(),)
