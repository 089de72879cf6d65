"""A Cozy's accounts and operations, bills, contacts and trips as records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from ..model import BankAccount, Bill, Contact, ContactPoint, Person, Series, Source, Text
from ..model.money import Money as Amount
from ..model.time import local_date
from .amounts import currency_of, money, stated
from .bank import NO_AMOUNT, NO_CURRENCY, NO_DATE, TZ, Booked, Ledger, account_of, days, midnight, short
from .batch import Batch
from .importer import Item, Options, Rejection, Remark
from .instants import instant
from .jsons import Json, items, kept, member, words
from .moments import day
from .objects import first
from .places import NO_PLACE, Places, Point, length, mode_of, point, quantity
from .reasons import NO_TIME

CLOUD = frozenset(
    {"_id", "id", "_rev", "_type", "docType", "docTypeVersion", "cozyMetadata", "metadata", "relationships"}
)
UNDATED = date(1970, 1, 1)

NO_ACCOUNT = Text(
    en="The account of an operation is not in the file: it is named by its number in the cloud.",
    fr="Le compte d'une opération n'est pas dans le fichier : il est nommé par son numéro dans le cloud.",
)
NO_NAME = Text(en="It has no name.", fr="Il n'a pas de nom.")
NO_VENDOR = Text(en="It does not say who issued it.", fr="Elle ne dit pas qui l'a émise.")
BALANCE_UNDATED = Text(en="A balance without a date is left out.", fr="Un solde sans date est laissé de côté.")
NO_WAY = Text(en="It holds no way with a start and an end.", fr="Il ne contient aucun trajet avec un début et une fin.")

_KINDS = (
    ("deferred_card", ("differe", "deferred debit")), ("card", ("credit card", "debit card", "card", "carte", "cb")),
    ("direct_debit", ("direct debit", "directdebit", "prlv", "prelevement")),
    ("transfer", ("transfer", "internal transfer", "vir", "virement")), ("check", ("check", "cheque", "chq")),
    ("withdrawal", ("cash", "retrait", "withdrawal", "dab")), ("deposit", ("deposit", "versement")),
    ("fee", ("financial fee", "fee", "frais")),
)  # fmt: skip
_ACCOUNTS = {
    "checkings": "current", "bank": "current", "checking": "current", "savings": "savings", "credit card": "card",
    "creditcard": "card", "loan": "loan", "mortgage": "loan", "liability": "loan", "market": "securities", "pea": "securities",
}  # fmt: skip
_OPERATION = CLOUD | {
    "amount", "label", "originalBankLabel", "raw", "currency", "date", "dateOperation", "realisationDate", "account",
    "bankAccount", "type", "dateImport",
}  # fmt: skip
_BILL = CLOUD | {
    "vendor", "amount", "value", "currency", "date", "isRefund", "vendorRef", "number", "clientId", "contractNumber",
    "document", "invoice", "dueDate",
}  # fmt: skip
_CONTACT = CLOUD | {"fullname", "displayName", "name", "n", "fn", "birthday", "note", "email", "phone", "address", "cozy",
                    "company", "jobTitle", "me", "trashed", "datapoints"}  # fmt: skip
_POINTS = {"email": ("email", "address"), "phone": ("phone", "number"), "address": ("address", "formattedAddress"),
           "cozy": ("url", "url")}  # fmt: skip
_OLD_POINTS = {"tel": "phone", "email": "email", "adr": "address", "url": "url", "chat": "messenger"}
_STARTS, _ENDS = ("start_fmt_time", "startDate", "start"), ("end_fmt_time", "endDate", "end")


class Said(Protocol):
    """A document, as `cozy` finds it."""

    @property
    def number(self) -> int: ...
    @property
    def place(self) -> str: ...
    @property
    def said(self) -> dict[str, Json]: ...


class Money:
    """Accounts, their balances, and operations on them."""

    def __init__(self, source: Source, options: Options, template: str) -> None:
        self._source, self._template = source, template
        self._tz, self._options = options.tz or TZ, options
        self._ledger = Ledger(source, options, template)
        self._batch = Batch(source, template)

    def items(self, accounts: Sequence[Said], operations: Sequence[Said]) -> Iterator[Item]:
        names: dict[str, str] = {}
        currencies: dict[str, str] = {}
        for one in accounts:
            account = account_of(words(one.said, "iban") or words(one.said, "number") or words(one.said, "_id"))
            currency = currency_of(words(one.said, "currency"))
            names[words(one.said, "_id")] = account
            currencies[account] = currency
            yield from self._account(one, account, currency)
        for one in operations:
            yield from self._operation(one, names, currencies)
        yield from self._batch.items()
        yield from self._ledger.tables()

    def _account(self, one: Said, account: str, currency: str) -> Iterator[Item]:
        said = one.said
        if not account:
            yield Rejection(one.place, NO_NAME)
            return
        if not currency:
            yield Remark("guess", NO_CURRENCY, one.place)
        iban = re.sub(r"\s", "", words(said, "iban")).upper()
        created = _day(member(member(said, "cozyMetadata"), "createdAt"), self._tz) or UNDATED
        kind = words(said, "type").casefold()
        self._batch.add(
            BankAccount,
            Series(BankAccount.type, self._source.holder, about=account, tz=self._tz),
            one.number,
            start=midnight(created, self._tz),
            end=None,
            iban=iban if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", iban) else None,
            bank=short(words(said, "institutionLabel")) or None,
            name=short(words(said, "label") or words(said, "shortLabel")) or None,
            kind=_ACCOUNTS.get(kind, "other" if kind else None),
            currency=currency or "EUR",
            ext=kept(
                said, CLOUD | {"iban", "number", "institutionLabel", "label", "type", "currency", "balance"}, "cozy"
            ),
        )
        balance = _amount(said, "balance")
        at = instant(
            first(member(said, "cozyMetadata"), "updatedAt", "importedAt")
            or first(member(said, "metadata"), "dateImport", "updatedAt"),
            self._tz,
        )
        if balance is not None and at is not None:
            self._ledger.balance(account, one.number, at, "interim", balance, currency or "EUR")
        elif balance is not None:
            yield Remark("guess", BALANCE_UNDATED, one.place)

    def _operation(self, one: Said, names: Mapping[str, str], currencies: Mapping[str, str]) -> Iterator[Item]:
        said = one.said
        link = words(member(member(member(said, "relationships"), "account"), "data"), "_id")
        key = words(said, "account") or link or str(member(said, "bankAccount") or "")
        account = self._options.about or names.get(key, "") or account_of(key)
        done = _day(member(said, "date"), self._tz)
        on = _day(member(said, "dateOperation"), self._tz) or done
        amount = _amount(said, "amount")
        if on is None or amount is None or not account:
            yield Rejection(one.place, NO_DATE if on is None else NO_AMOUNT if amount is None else NO_NAME)
            return
        if key not in names and not self._options.about:
            yield Remark("guess", NO_ACCOUNT, one.place)
        currency = currency_of(words(said, "currency")) or currencies.get(account, "")
        if not currency:
            yield Remark("guess", NO_CURRENCY, one.place)
        raw = words(said, "originalBankLabel") or words(said, "raw")
        ext = kept(said, _OPERATION - ({"label"} if raw else set()), "cozy")
        self._ledger.booked(
            account,
            Booked(
                one.number,
                on,
                amount,
                currency or "EUR",
                raw or words(said, "label"),
                kind=_kind(words(said, "type"), raw),
                transaction_date=_day(member(said, "realisationDate"), self._tz) or done,
                ext=ext,
            ),
        )


class Bills:
    """Bills and refunds."""

    def __init__(self, source: Source, template: str, tz: str) -> None:
        self._batch, self._tz = Batch(source, template), tz
        self._series = Series(Bill.type, source.holder, tz=tz)

    def items(self, bills: Sequence[Said]) -> Iterator[Item]:
        for one in bills:
            yield from self._bill(one)
        yield from self._batch.items()

    def _bill(self, one: Said) -> Iterator[Item]:
        said = one.said
        issuer, on = short(words(said, "vendor")), _day(member(said, "date"), self._tz)
        amount = _amount(said, "amount")
        if amount is None:
            amount = _amount(said, "value")
        if on is None or amount is None or not issuer:
            yield Rejection(one.place, NO_DATE if on is None else NO_AMOUNT if amount is None else NO_VENDOR)
            return
        currency = currency_of(words(said, "currency"))
        if not currency:
            yield Remark("guess", NO_CURRENCY, one.place)
        due = _day(member(said, "dueDate"), self._tz)
        self._batch.add(
            Bill,
            self._series,
            one.number,
            on=days(on),
            issuer=issuer,
            # Several refunds of one day have no number of their own: the document's tells them apart.
            number=short(_word(said, "vendorRef") or _word(said, "number") or words(said, "_id")) or None,
            kind="credit_note" if member(said, "isRefund") is True else "invoice",
            customer=short(_word(said, "clientId")) or None,
            contract=short(_word(said, "contractNumber")) or None,
            due=None if due is None else days(due),
            gross=money(amount, currency or "EUR"),
            document=short(words(said, "document") or words(said, "invoice")) or None,
            ext=kept(said, _BILL, "cozy"),
        )


class Contacts:
    """Contacts; the one that is the person themself is described as such."""

    def __init__(self, source: Source, template: str, tz: str) -> None:
        self._batch, self._tz, self._holder = Batch(source, template), tz, source.holder

    def items(self, contacts: Sequence[Said]) -> Iterator[Item]:
        for one in contacts:
            yield from self._contact(one)
        yield from self._batch.items()

    def _contact(self, one: Said) -> Iterator[Item]:
        said, name = one.said, member(one.said, "name")
        given = " ".join(p for p in (words(name, "givenName"), words(name, "additionalName")) if p)
        family = words(name, "familyName")
        whole = (
            words(said, "fullname") or words(said, "displayName") or words(said, "fn") or f"{given} {family}".strip()
        )
        points = tuple(_points(said))
        label = short(whole or words(said, "company")) or next((p.value for p in points), "")
        if not label:
            yield Rejection(one.place, NO_NAME)
            return
        on = _day(first(member(said, "cozyMetadata"), "updatedAt", "createdAt"), self._tz) or UNDATED
        born = _day(member(said, "birthday"), self._tz)
        common: dict[str, object] = {
            "on": days(on),
            "given_name": short(given) or None,
            "family_name": short(family) or None,
            "born": None if born is None else days(born),
            "points": points,
            "ext": kept(said, _CONTACT, "cozy"),
        }
        if member(said, "me") is True:
            self._batch.add(Person, Series(Person.type, self._holder, tz=self._tz), one.number, **common)
            return
        self._batch.add(
            Contact,
            Series(Contact.type, self._holder, tz=self._tz),
            one.number,
            uid=short(words(said, "_id")) or label,
            name=label,
            organisation=short(words(said, "company")) or None,
            role=short(words(said, "jobTitle")) or None,
            note=short(words(said, "note")) or None,
            status="cancelled" if member(said, "trashed") is True else "final",
            **common,
        )


class Trips:
    """Ways of time series in GeoJSON: one trip for each line that has a start and an end."""

    def __init__(self, source: Source, options: Options, template: str) -> None:
        self._places, self._tz = Places(source, options, template), options.tz or TZ

    def items(self, series: Sequence[Said]) -> Iterator[Item]:
        for one in series:
            found = list(_features(member(one.said, "series")))
            lines = [f for f in found if words(member(f, "geometry"), "type") == "LineString"]
            ways = [self._way(one, feature, alone=len(lines) == 1) for feature in lines]
            stays = [self._place(one, f) for f in found if words(member(f, "geometry"), "type") == "Point"]
            for reason in ways:
                if reason is not None:
                    yield Rejection(one.place, reason)
            if not ways and not any(stays):
                yield Rejection(one.place, NO_WAY)
        yield from self._places.tables()

    def _way(self, one: Said, feature: Json, *, alone: bool) -> Text | None:
        said = member(feature, "properties")
        # The whole series' times are those of a way only if it is the only one.
        times = [
            instant(first(said, *n) or (first(one.said, *n) if alone else None), self._tz) for n in (_STARTS, _ENDS)
        ]
        line = [p for c in items(member(feature, "geometry"), "coordinates") if (p := _at(c)) is not None]
        if times[0] is None or times[1] is None or times[1] <= times[0]:
            return NO_TIME
        if len(line) < 2:
            return NO_PLACE
        mode = words(said, "sensed_mode") or words(said, "mode")
        stated_length = quantity(member(said, "distance"), 1)
        self._places.trip(
            one.number,
            times[0],
            times[1],
            mode=mode_of(mode.rpartition(".")[2]),
            inferred=True if words(said, "sensed_mode") else None,
            tenths=length(line) if stated_length is None else stated_length,
            line=line,
            drawn=True,
            ext=kept(one.said, CLOUD | {"series", "startDate", "endDate"}, "cozy"),
        )
        return None

    def _place(self, one: Said, feature: Json) -> bool:
        """Adds a point that has a time of its own; whether it has."""
        at = instant(first(member(feature, "properties"), "time", "timestamp", "fmt_time"), self._tz)
        place = _at(items(member(feature, "geometry"), "coordinates"))
        if at is None or place is None:
            return False
        self._places.position(one.number, at, place, {})
        return True


def _features(node: Json) -> Iterator[Json]:
    """The features in a tree of lists, collections and features."""
    if isinstance(node, list):
        for inner in node:
            yield from _features(inner)
    elif items(node, "features"):
        yield from _features(member(node, "features"))
    elif member(node, "geometry") is not None:
        yield node


def _at(coordinates: Json) -> Point | None:
    return point(coordinates[1], coordinates[0]) if isinstance(coordinates, list) and len(coordinates) > 1 else None


def _points(said: dict[str, Json]) -> Iterator[ContactPoint]:
    for name, (kind, key) in _POINTS.items():
        for found in items(said, name):
            parts = [words(found, part) for part in ("street", "pobox", "postcode", "city", "region", "country")]
            value = words(found, key) or (", ".join(p for p in parts if p) if name == "address" else "")
            if value := short(value):
                yield ContactPoint.model_construct(kind=kind, use=_use(found), value=value)
    for found in items(said, "datapoints"):
        old, kind = member(found, "value"), _OLD_POINTS.get(words(found, "name").casefold(), "other")
        text = ", ".join(str(v) for v in old if v) if isinstance(old, list) else str(old or "")
        if text := short(text):
            yield ContactPoint.model_construct(kind=kind, use=_use(found), value=text)


def _use(found: Json) -> str | None:
    said = words(found, "type").casefold()
    return next((use for use, names in (("mobile", ("mobile", "cell")), ("work", ("work",)), ("home", ("home",)))
                 if any(n in said for n in names)), None)  # fmt: skip


def _kind(said: str, raw: str) -> str | None:
    plain = said.casefold()
    found = next((kind for kind, names in _KINDS if plain in names), None)
    if found is None:
        head = raw.casefold().partition(" ")[0]
        found = next((kind for kind, names in _KINDS if head in names), None)
    return found or ("other" if plain and plain != "none" else None)


def _day(value: Json, tz: str) -> date | None:
    """The local date of an instant or a date; of JavaScript's `Fri Mar 09 2018 …`, too."""
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        return None
    if (at := instant(value, tz)) is not None:
        return local_date(at, tz)
    text = str(value)
    if script := re.match(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4})\b", text):
        months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        if script[1] in months:
            return day(f"{script[3]}-{months.index(script[1]) + 1:02}-{script[2]}")
    return day(text[:10])


def _amount(said: Json, name: str) -> Decimal | None:
    try:
        return stated(member(said, name))
    except ValueError:
        return None


def _word(said: Json, name: str) -> str:
    found = member(said, name)
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


def euros(said: Json, name: str) -> Amount | None:
    """An amount that states no currency."""
    found = _amount(said, name)
    return None if found is None else money(found, "EUR")
