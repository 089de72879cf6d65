"""Each French bank writes its CSV in a way of its own: what is read of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, Importers, Options
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import BankBalance, BankTransaction

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
BANK_CSV = Importers().named("bank-csv")

SEVERAL_ACCOUNTS = """Téléchargement du 26/12/2024;

M. CAMILLE MARTIN
Compte de Dépôt carte n° 00012345678;
Solde au 26/12/2024 1 234,56 €
;
Liste des opérations du compte entre le 01/12/2024 et le 26/12/2024;

Date;Libellé;Débit euros;Crédit euros;
26/12/2024;"PAIEMENT PAR CARTE     \n\nX1234 BOULANGERIE 24/12
";12,50;;
24/12/2024;"VIREMENT EN VOTRE FAVEUR
EMPLOYEUR";;1 850,00;

Livret A carte n° 00087654321;
Solde au 26/12/2024 -3 000,00 €
Date;Libellé;Débit euros;Crédit euros;
20/12/2024;VIREMENT;;100,00;
"""

LAYOUTS = {
    "a label in the details": (
        ('="0000000000000012";01/03/2026;12/03/2026;4;12/03/2026;2743,29 EUR\n\n'
        "Date de l'opération;Libellé;Détail de l'écriture;Montant de l'opération;Devise\n"
        "02/03/2026;CARTE X0000 01/03;CARTE X0000 01/03 BOULANGERIE;-3,20;EUR\n"),
        {"account": "0000000000000012", "label": "CARTE X0000 01/03 BOULANGERIE", "amount": "-3.20", "kind": "card"},
    ),
    "two labels": (
        ("Compte courant;Mon compte;12345678;2026-03-03;;1000,00\n\n"
        "Date operation;Libelle court;Type operation;Libelle operation;Montant operation en euro\n"
        "02/03/2026;VIR;Virement;VIR SEPA MARTIN;-12,34\n"),
        {"account": "12345678", "label": "VIR SEPA MARTIN", "amount": "-12.34", "kind": "transfer"},
    ),
    "three dates": (
        ("Numéro de compte : 00000000001;;;;;;;;;;;;\n"
        "Date de comptabilisation;Libelle simplifie;Libelle operation;Reference;Informations complementaires;"
        "Type operation;Categorie;Sous categorie;Debit;Credit;Date operation;Date de valeur;Pointage operation\n"
        "02/03/26;CB SHOP;CARTE 28/02 SHOP;REF1;note;Carte bancaire;Achats;Divers;-12,30;;28/02/26;03/03/26;0\n"),
        {
            "account": "00000000001", "label": "CARTE 28/02 SHOP", "amount": "-12.30", "kind": "card", "note": "note",
            "transaction_date": "2026-02-28", "value_date": "2026-03-03", "reference": "REF1", "category": "Achats",
        },
    ),
    "an account in each line": (
        ("dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance\n"
        '2026-03-02;2026-03-03;"CARTE 01/03 SHOP";Achats;Vie;SHOP;-32,10;;00012345678;Courant;1500,00\n'),
        {
            "account": "00012345678", "label": "CARTE 01/03 SHOP", "amount": "-32.10", "counterparty": "SHOP",
            "value_date": "2026-03-03", "category": "Achats",
        },
    ),
    "a banner of pairs": (
        ("Numéro Compte   :;1234567X020\nType         :;CCP\nDate   :;31/03/2026\nSolde (EUROS)   :;1234,56\n\n"
        "Date;Libellé;Montant(EUROS);Montant(FRANCS)\n02/03/2026;ACHAT CB SHOP 27.02.26;-12,50;-81,99\n"),
        {"account": "1234567X020", "label": "ACHAT CB SHOP 27.02.26", "amount": "-12.50", "kind": "card"},
    ),
    "one signed column of both": (
        "Compte;A1\nDate;Libellé;Débit/Crédit\n02/03/2026;CARTES DEBIT DIFFERE;-250,00\n",
        {"account": "A1", "label": "CARTES DEBIT DIFFERE", "amount": "-250.00", "kind": "deferred_card"},
    ),
}  # fmt: skip


def transactions(found: Found) -> list[BankTransaction]:
    return [r for t in found.tables for r in t.records() if isinstance(r, BankTransaction)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_line_of_a_layout_says_all_that_its_bank_says(read: Read, write: Write, layout: str) -> None:
    text, wanted = LAYOUTS[layout]
    found = read(BANK_CSV, write(text.encode("cp1252")))
    (line,) = transactions(found)
    assert str(line.on) == "2026-03-02"
    said = {name: str(getattr(line, name)) for name in wanted} | {"amount": str(line.amount.amount)}
    assert said == wanted
    assert found.rejections == []


def test_accounts_follow_each_other_and_labels_go_over_several_lines(read: Read, write: Write) -> None:
    found = read(BANK_CSV, write(SEVERAL_ACCOUNTS.replace("\n", "\r\n").encode("cp1252")))
    assert [(line.account, line.label, str(line.amount.amount)) for line in transactions(found)] == [
        ("00012345678", "PAIEMENT PAR CARTE X1234 BOULANGERIE 24/12", "-12.50"),
        ("00012345678", "VIREMENT EN VOTRE FAVEUR EMPLOYEUR", "1850.00"),
        ("00087654321", "VIREMENT", "100.00"),
    ]
    held = [r for t in found.tables for r in t.records() if isinstance(r, BankBalance)]
    assert [(b.account, b.at.isoformat(), str(b.amount.amount)) for b in held] == [
        ("00012345678", "2024-12-26T23:00:00+00:00", "1234.56"),
        ("00087654321", "2024-12-26T23:00:00+00:00", "-3000.00"),
    ]
    assert found.rejections == []


def test_a_table_whose_account_is_not_named_is_not_taken_for_the_one_before_it(read: Read, write: Write) -> None:
    text = SEVERAL_ACCOUNTS.replace("Livret A carte n° 00087654321", "Un autre livret")
    with pytest.raises(FileRefused, match="which account"):
        read(BANK_CSV, write(text))


def test_a_quote_that_is_never_closed_costs_its_own_line_only(read: Read, write: Write) -> None:
    lines = "".join(f"0{day}/03/2026;SHOP;-1,00\n" for day in range(1, 6))
    found = read(BANK_CSV, write('Date;Libellé;Montant\n02/03/2026;"ECRAN 24;-3,00\n' + lines), Options(about="A1"))
    assert len(transactions(found)) == 5
    assert [r.locator for r in found.rejections] == ["line 2"]


def test_a_line_with_more_cells_than_its_header_is_rejected(read: Read, write: Write) -> None:
    text = "Date;Libellé;Montant\n02/03/2026;SHOP; PARIS;-3,00\n03/03/2026;SHOP;-3,00;\n"
    found = read(BANK_CSV, write(text), Options(about="A1"))
    assert [str(line.on) for line in transactions(found)] == ["2026-03-03"]
    assert [r.locator for r in found.rejections] == ["line 2"]


@pytest.mark.parametrize(
    "text",
    ["Chère cliente, cher client :\nDate;Libellé;Montant\n", "Dear customer, your data:\nDate,Description,Amount\n"],
)
def test_a_letter_with_a_table_is_not_taken_for_an_export(write: Write, text: str) -> None:
    assert not BANK_CSV.recognises(File(write(text + "02/03/2026;SHOP;-3,00\n")).sample)
