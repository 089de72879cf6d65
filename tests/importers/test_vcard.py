"""Address books: each version, as programs write it, and cards that say too little."""

from __future__ import annotations

import quopri
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import import_files
from selfdata_sdk.importers.file import Held
from selfdata_sdk.importers.importer import Found, Options
from selfdata_sdk.importers.vcard import VCard
from selfdata_sdk.model import Contact, Source, Table
from selfdata_sdk.model.text import clean
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.example import NOW

FILES = Path(__file__).parents[1] / "files" / "contacts"
MADE = Path(__file__).parents[1] / "testing" / "holders"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def contacts(found: Found) -> list[Contact]:
    return [r for t in found.tables for r in t.records() if isinstance(r, Contact)]


def points(contact: Contact) -> list[tuple[str, str | None, str]]:
    return [(p.kind, p.use, p.value) for p in contact.points]


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def test_a_card_of_version_4_gives_what_has_a_field_and_keeps_the_rest(read: Read) -> None:
    (contact,) = contacts(read(VCard(), FILES / "rfc6350-example.vcf"))
    assert (contact.name, contact.given_name, contact.family_name) == ("Simon Perreault", "Simon", "Perreault")
    assert contact.organisation == "Viagenie"
    assert points(contact) == [
        ("address", "work", "Suite D2-630, 2875 Laurier, Quebec, QC, G1V 2M2, Canada"),
        ("phone", "work", "+1-418-656-9254;ext=102"),
        ("phone", "mobile", "+1-418-262-6501"),
        ("email", "work", "simon.perreault@viagenie.ca"),
        ("url", "home", "http://nomis80.org"),
    ]
    assert contact.born is None
    assert (contact.ext["vcard.bday"], contact.ext["vcard.lang"]) == ("--0203", "fr")
    assert "vcard.key" not in contact.ext


def test_cards_without_a_date_or_an_identifier_get_the_same_ones_each_time(read: Read) -> None:
    found = read(VCard(), FILES / "gmail-list.vcf")
    assert [c.name for c in contacts(found)] == ["Arnold Smith", "Chris Beatle", "Doug White"]
    assert len({c.uid for c in contacts(found)}) == 3
    assert {c.on for c in contacts(found)} == {date(1970, 1, 1)}
    assert len(found.remarks) == 3
    assert [c.uid for c in contacts(read(VCard(), FILES / "gmail-list.vcf"))] == [c.uid for c in contacts(found)]


def test_a_card_of_version_2_1_is_decoded(read: Read) -> None:
    first, second, *_ = contacts(read(VCard(), MADE / "contacts.vcf"))
    assert (first.name, first.family_name, first.note) == (
        "Éloïse Lévy", "Lévy", "Rencontrée à Évian, l'été ; aime le thé",
    )  # fmt: skip
    assert (first.born, first.on) == (date(1985, 4, 12), date(2024, 1, 10))
    assert points(first)[0] == ("phone", "mobile", "+33 6 39 98 00 01")
    assert first.ext == {}  # no picture
    assert (second.uid, second.organisation, second.role) == ("6f1c-paul", "Example, Inc., Sales", "Buyer")
    assert (second.nickname, second.note) == ("Paulo", "One Two")


@pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1252", "UTF-8", "no-such-charset"])
def test_a_name_in_any_character_set_is_read(read: Read, write: Write, charset: str) -> None:
    encoding = "utf-8" if charset == "no-such-charset" else charset
    quoted = quopri.encodestring("Zoé Lefèvre".encode(encoding)).decode()
    path = write(card(f"FN;CHARSET={charset};QUOTED-PRINTABLE:{quoted}", version="2.1"))
    assert contacts(read(VCard(), path))[0].name == "Zoé Lefèvre"


def test_lines_that_are_folded_inside_a_letter_are_put_together(read: Read, write: Write) -> None:
    content = card("FN:Zoé", "NOTE:caf").encode().replace("Zoé".encode(), b"Zo\xc3\r\n \xa9")
    assert contacts(read(VCard(), write(content)))[0].name == "Zoé"


def test_a_card_in_a_card_is_left_out(read: Read, write: Write) -> None:
    agent = card("FN:Her agent", version="2.1").rstrip()
    (contact,) = contacts(read(VCard(), write(card("FN:Ada", "AGENT:", agent, "TEL:1", version="2.1"))))
    assert (contact.name, points(contact)) == ("Ada", [("phone", None, "1")])


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:Martin;Paul;;;"], "Paul Martin"), (["ORG:Bakery;Till"], "Bakery, Till"), (["NICKNAME:Bob"], "Bob"),
        (["EMAIL:a@example.org"], "a@example.org"), (["FN:", "N:;;;;", "ORG:Bakery"], "Bakery"),
    ],
)  # fmt: skip
def test_a_card_without_a_full_name_is_named_by_what_it_says(
    read: Read, write: Write, lines: list[str], name: str
) -> None:
    assert contacts(read(VCard(), write(card(*lines))))[0].name == name


def test_bad_cards_and_lines_are_named_and_lose_no_other(read: Read, write: Write) -> None:
    text = (
        card("TEL:1")
        + "stray\r\nlines\r\n"
        + card("FN:Ada", "what is this")
        + "BEGIN:VCARD\r\nFN:Open\r\n"
        + card("FN:Bob")
    )
    found = read(VCard(), write(text))
    assert [c.name for c in contacts(found)] == ["Ada", "Bob"]
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("line 1", "The card names nobody."),
        ("line 5", "It stands outside of a card."),
        ("line 10", "It is no line of a card."),
        ("line 12", "The card has no end."),
    ]


def test_an_address_book_that_is_cut_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="in the middle of the card of line 5"):
        read(VCard(), write(card("FN:Ada") + card("FN:Bob").removesuffix("END:VCARD\r\n")))


def test_a_second_number_changes_the_contact_and_makes_no_other(
    store: PersonalStore, write: Write, now: datetime
) -> None:
    before = card("FN:Ada", "EMAIL:ada@example.org", "TEL:1", "REV:2024-01-01")
    after = card("FN:Ada", "TEL:2", "EMAIL:ada@example.org", "TEL:1", "REV:2024-02-01")
    import_files(store, [write(before)], now=now)
    report = import_files(store, [write(after)], now=now)
    assert (report.created, report.updated) == (0, 1)


@given(st.lists(st.text(min_size=1, max_size=80).filter(lambda t: clean(t) != ""), min_size=1, max_size=5))
def test_names_written_with_escapes_or_in_quoted_printable_come_back(names: list[str]) -> None:
    cards = []
    for name in names:
        plain = clean(name)
        escaped = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        quoted = quopri.encodestring(plain.replace("\\", "\\\\").encode()).decode()
        cards += [card(f"FN:{escaped}"), card(f"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted}", version="2.1")]
    source = Source(holder="x", importer="vcard", version="1", retrieved_at=NOW)
    items = list(VCard().read(Held(Path(), "".join(cards).encode()), source, Options()))
    read = [r for i in items if isinstance(i, Table) for r in i.records()]
    assert [r.name for r in read if isinstance(r, Contact)] == [clean(n) for n in names for _ in range(2)]
