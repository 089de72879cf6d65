"""One account, exported in any format and in parts that overlap, is one account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.importers import Importers, import_files
from selfdata_sdk.model import BankTransaction
from selfdata_sdk.store import PersonalStore

NOW = datetime.fromisoformat("2026-01-15T12:00:00+00:00")
KNOWN = Importers()

Line = tuple[date, str, str]
"""(day, amount, label)."""


def ofx(lines: Sequence[Line]) -> str:
    body = "".join(
        f"<STMTTRN><DTPOSTED>{on:%Y%m%d}120000<TRNAMT>{moved}<NAME>{label}</STMTTRN>\n" for on, moved, label in lines
    )
    return f"<OFX><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>A1</BANKACCTFROM><BANKTRANLIST>\n{body}</BANKTRANLIST></STMTRS></STMTTRNRS></OFX>"


def qif(lines: Sequence[Line]) -> str:
    body = "".join(f"D{on:%d/%m'%y}\nT{moved}\nP{label}\n^\n" for on, moved, label in lines)
    return f"!Account\nNA1\n^\n!Type:Bank\n{body}"


def camt(lines: Sequence[Line]) -> str:
    body = "".join(
        f'<Ntry><Amt Ccy="EUR">{moved.lstrip("-")}</Amt><CdtDbtInd>{"DBIT" if moved.startswith("-") else "CRDT"}</CdtDbtInd>'
        f"<BookgDt><DtTm>{on}T23:30:00+02:00</DtTm></BookgDt><AddtlNtryInf>{label}</AddtlNtryInf></Ntry>"
        for on, moved, label in lines
    )
    return f"<Document><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>A1</Id></Othr></Id></Acct>{body}</Stmt></BkToCstmrStmt></Document>"


def csv(lines: Sequence[Line]) -> str:
    body = "".join(f"{on:%d/%m/%Y};{label};{moved.replace('.', ',')}\n" for on, moved, label in lines)
    return f"Compte;A1\nDate;Libellé;Montant\n{body}"


FORMATS: list[Callable[[Sequence[Line]], str]] = [ofx, qif, camt, csv]
FIRST = date(2025, 3, 13)
LINES = st.lists(
    st.builds(
        lambda days, moved, label: (FIRST + timedelta(days), moved, label),
        st.integers(0, 9),
        st.sampled_from(["-5.00", "-5.5", "1200.00"]),
        st.sampled_from(["Shop", "Rent"]),
    ),
    min_size=1,
    max_size=20,
).map(sorted)
EXPORTS = st.lists(st.tuples(st.sampled_from(FORMATS), st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=4)
"""Exports of some days: format, first and last day, whether the latest line comes first."""


@given(lines=LINES, exports=EXPORTS, whole=st.sampled_from(FORMATS))
def test_exports_that_overlap_make_the_account_that_one_export_makes(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[Line],
    exports: list[tuple[Callable[[Sequence[Line]], str], int, int, bool]],
    whole: Callable[[Sequence[Line]], str],
) -> None:
    """As long as each holds its days whole; also where two lines of a day are alike."""
    path = tmp_path_factory.getbasetemp() / "export"
    with PersonalStore(MemoryCloud()) as parts, PersonalStore(MemoryCloud()) as once:
        for write, first, last, latest_first in [*exports, (whole, 0, 9, False)]:
            held = [line for line in lines if first <= (line[0] - FIRST).days <= last]
            if held:
                path.write_text(write(held[::-1] if latest_first else held))
                (found,) = import_files(parts, [path], now=NOW, importers=KNOWN).files
                assert (found.refused, found.rejected) == (None, 0)
        path.write_text(ofx(lines))
        import_files(once, [path], now=NOW, importers=KNOWN)
        accounts = [sorted(str(r.id) for r in store.read(BankTransaction).records()) for store in (parts, once)]
    assert accounts[0] == accounts[1]
    assert len(accounts[0]) == len(lines)
