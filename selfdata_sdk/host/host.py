"""The host of one person's cloud: services run here under what the person agreed to, and all of it is written down."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..cloud.probe import probe
from ..consent.chain import Head
from ..consent.checkpoint import Checkpoint, signed
from ..consent.entry import Actor, EventName, Handed, Happening
from ..consent.grant import Grant, State, Terms, give, notice_of
from ..consent.inherit import updated
from ..consent.order import Comparison, compare, older
from ..consent.policy import Policy
from ..consent.pseudonym import person_of
from ..consent.receipt import Receipt, receipt_of
from ..consent.right import Right, effective, without_answer
from ..consent.use import Use
from ..errors import AskPerson, Conflict, ConsentDenied, ConsentNeeded, RequestError
from ..model import Registry
from ..model.table import Table
from ..model.text import Language
from ..model.time import Duration, Period, moment, zone
from ..service.blocks import Alert, Block
from ..service.deriving import options_of, written
from ..service.manifest import AskedNeed, Manifest
from ..service.setting import read_settings
from ..store import PersonalStore, Written
from ..store.book import retried
from ..store.ledger import RUN, RUNS, Batch, Held, Ledger, View, receipt_name, ref, run_name, use_name
from ..store.seal import unwrapped
from .broker import Delivered, Opened, Rights, home_zone, open_datasets
from .engine import Engine, Usage
from .report import RunReport, error_name, outcome_of
from .run_record import RunRecord, after, key_of, news
from .runner import Run, run
from .steady import Steady

PERSON = Actor(kind="person")
HOST = Actor(kind="host")
_EVENTS: Mapping[State, EventName] = {"given": "grant", "renewed": "renew", "refused": "refuse"}
_GIVEN: tuple[State, ...] = ("given", "renewed")


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant as it stands now. `state` is what it comes to at this moment, for what it counts here."""

    grant: Grant
    state: State
    last_used: datetime | None

    @property
    def in_force(self) -> bool:
        return self.state in _GIVEN


class Host:
    """One person's store, grants and journal.

    ledger  made with a `Keeper`, which remembers outside the person's cloud what this host wrote
    policy  the host's own limits on every grant
    stands  the moment at which the clock stands, in a home to practise in
    observe  called with a report of every run, which holds nothing of the person
    """

    def __init__(
        self,
        store: PersonalStore,
        ledger: Ledger,
        policy: Policy | None = None,
        stands: datetime | None = None,
        observe: Callable[[RunReport], None] | None = None,
    ) -> None:
        self._observe = observe
        self.store = store
        self.ledger = ledger
        self.stands = stands
        self.registry = store.registry
        self.policy = policy or Policy()

    # What a person decides

    def grant(self, manifest: Manifest, terms: Terms) -> Grant:
        """Agree to a service, need by need; also to renew, to change the terms, or to refuse.

        RequestError if an answer does not fit what is asked, or if this cloud cannot hold grants; ManifestError if a
        record type of the service's own does not fit the records that are kept of it.
        """
        self.store.declare(manifest.own_types)
        if self.ledger.look().standing != "sound":
            probe(self.store.cloud)
        person = person_of(self.store.secret(), manifest.id)
        made: list[Grant] = []

        def batch(view: View) -> Batch:
            earlier = _earlier(view)
            if earlier is not None and older(manifest.version, earlier.manifest.version):
                raise RequestError(
                    f"Version {manifest.version} is older than {earlier.manifest.version}, which was agreed to.",
                    where=manifest.id,
                    next="Use the newer version.",
                )
            grant = give(manifest, terms, person, notice_of(manifest, terms.language), view.now, earlier)
            made[:] = [_after_anchor(grant, view)]
            return self.change(view, made[0], _EVENTS[grant.state], PERSON)

        self.ledger.append(batch, manifest.id)
        return made[0]

    def withdraw(self, service: str, *, erase: bool = False) -> int:
        """Take back what was agreed with a service, at once. With `erase`, what it made goes too: how many records.

        RequestError if nothing was agreed with it.
        """

        def batch(view: View) -> Batch | None:
            if view.held is None:
                return _revoked(view, service)
            if view.held.grant.state == "withdrawn" and view.held.counts:
                return None
            grant = _after_anchor(view.held.grant.moved("withdrawn", view.now, "withdrawn by the person"), view)
            return self.change(view, grant, "withdraw", PERSON)

        self.ledger.append(batch, service)
        return self.erase_made_by(service) if erase else 0

    def erase_made_by(self, service: str) -> int:
        """Erase every record that a service made; how many."""
        self.note("erase", {"made_by": service})
        self.erase_runs(lambda run: run.service == service)
        return self.store.erase(holder=service)

    def erase_runs(self, wanted: Callable[[RunRecord], bool]) -> int:
        """Erase the runs that are wanted so, with what they showed, and those that cannot be read; how many."""
        cloud = self.store.cloud
        bodies = {name: unwrapped(d.data) for name, d in cloud.get_many(cloud.list(RUN)).items()}
        runs = {name: RunRecord.read(body or b"") for name, body in bodies.items()}
        names = [name for name, run in runs.items() if run is None or wanted(run)]
        self.ledger.erase(names)
        return len(names)

    def withdraw_all(self) -> list[str]:
        """Take back everything; the services that were in force."""
        found = {s.grant.service: s.state for s in self.grants()}
        services = [service for service, state in found.items() if state not in ("withdrawn", "refused")]
        anchor = self.ledger.look().anchor
        services += sorted(set(anchor.grants if anchor else ()) - found.keys())
        for service in services:
            self.withdraw(service)
        return services

    def grants(self) -> list[Standing]:
        """What was agreed, service by service."""
        return [self.standing(held.grant.service) for held in self.ledger.grants()]

    def standing(self, service: str) -> Standing:
        """RequestError if nothing was agreed with the service."""
        view = self.ledger.look(service)
        if view.held is None:
            raise RequestError(f"Nothing was agreed with {service}.", next="`selfdata grants` lists what was.")
        return _standing(view, view.held)

    def grant_for(self, service: str) -> Grant | None:
        """What was agreed with a service, if this host wrote it; also if it does not hold any more."""
        held = self.ledger.look(service).held
        return held.grant if held is not None and held.counts else None

    def agreed(self, service: str, view: View | None = None) -> Grant | None:
        """What is agreed with a service and holds now; None if nothing does. `view`: see `run`."""
        view = view or self.ledger.look(service)
        return view.held.grant if view.held is not None and _standing(view, view.held).in_force else None

    def service_named(self, name: str) -> str:
        """The id of a service that something was agreed with, by the id or by its last part alone."""
        known = [held.grant.service for held in self.ledger.grants()]
        short = [s for s in known if s.rpartition(".")[2] == name]
        return short[0] if name not in known and len(short) == 1 else name

    def receipt(self, service: str) -> Receipt:
        """The receipt of what was agreed last with a service."""
        grant = self.standing(service).grant
        made = self._receipt(grant, None)
        document = self.store.cloud.get(receipt_name(grant))
        stored = Receipt.read(document.data) if document is not None else None
        # Other programs write into the cloud, too: only the place in the journal is taken from what is stored.
        if stored is None or stored.integrity.grant != made.integrity.grant:
            return made
        return made.model_copy(update={"integrity": stored.integrity})

    def _receipt(self, grant: Grant, head: Head | None) -> Receipt:
        return receipt_of(grant, head, grant.events[-1].at, self.registry)

    def change(self, view: View, grant: Grant, event: EventName, actor: Actor, **details: Any) -> Batch:
        """A change of a grant, its entry, and its receipt."""
        items = {label: item.decision for label, item in grant.items.items()}
        happening = Happening(
            actor=actor,
            event=event,
            grant=ref(grant),
            details={
                "service": grant.service,
                "version": grant.manifest.version,
                "items": items,
                "sha256": grant.sha256,
                **details,
            },
        )
        return Batch(
            [happening],
            [grant],
            documents=lambda head: {receipt_name(grant): self._receipt(grant, head).canonical()},
        )

    def record_types(self) -> Registry:
        """The record types that are known now, with the own ones of every service that something was agreed with."""
        return self.store.types(own for held in self.ledger.grants() for own in held.grant.manifest.own_types)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the person's home, in which days are counted and shown."""
        return zone(home_zone(self.store.summary()))

    # The journal

    def note(self, event: EventName, details: Mapping[str, Any], actor: Actor = PERSON) -> None:
        """Write down what was done with the data otherwise than by a service. Never a value in `details`."""
        self.ledger.note(Happening(actor=actor, event=event, details=dict(details)))

    def checkpoint(self) -> Checkpoint:
        """How far the journal reaches, for the person to keep elsewhere."""
        head = self.ledger.note(Happening(actor=PERSON, event="checkpoint"))
        return Checkpoint(origin=head.origin, size=head.size, hash=head.hash, at=head.at)

    def signed_checkpoint(self) -> Checkpoint:
        """The same, signed with this host's key (Ed25519). Needs the extra `signing`."""
        return signed(self.checkpoint(), self.ledger.signing_key())

    def erase_everything(self) -> None:
        """Erase every document of the person, grants and journal too."""
        self.store.erase_everything()
        self.ledger.forget()

    # Running

    def run(
        self,
        engine: Engine,
        manifest: Manifest,
        *,
        settings: Mapping[str, object] | None = None,
        now: datetime | None = None,
        language: Language = "en",
        tz: str | None = None,
        occasion: str | None = None,
        preview: Callable[[Block], None] | None = None,
        view: View | None = None,
    ) -> Run:
        """Run a service on this person's data, as far as they agreed; it is kept in their cloud (`runs`).

        engine    what runs the service's code: the sandbox, for code that nobody has to trust
        occasion  what it is run for ("2026-03-01", say): for one occasion, code and settings a service runs once in
                  effect, and is not run again when it was done; None to run it in any case
        view      the ledger as it was just seen, asked about this service (`Ledger.look`), if it was

        The other arguments and the errors are those of `selfdata_sdk.host.runner.run`. Nothing is kept of a run that
        was not agreed to.
        """
        if occasion is not None:
            values = read_settings(options_of(manifest), settings or {})
            view = view or self.ledger.look(manifest.id)
            if (earlier := self._done(manifest, key_of(engine.code, values, occasion), view)) is not None:
                return earlier
        door = ConsentDoor(self, engine.walls, occasion, view)
        try:
            done = run(
                door, engine, manifest=manifest, settings=settings, now=now, language=language, tz=tz, preview=preview
            )
        except BaseException as error:
            self._tell(manifest, engine, door, door.ended, error)
            raise
        self._tell(manifest, engine, door, done, None)
        return done

    def runs(self, service: str, last: int = 20) -> list[RunRecord]:
        """The last runs of a service, the latest first."""
        use = self.ledger.look(service).use
        count = use.runs if use is not None else 0
        return self._kept(service, range(count - 1, max(count - 1 - min(last, RUNS), -1), -1))

    def latest_runs(self, last: int = 20) -> list[RunRecord]:
        """The last runs of all services, the latest first."""
        services = [name.removeprefix(use_name("")) for name in self.ledger.cloud.list(use_name(""))]
        found = [record for service in services for record in self.runs(service, last)]
        return sorted(found, key=lambda record: record.entry or 0, reverse=True)[:last]

    def runs_of_today(self) -> int:
        """How often data were handed over since midnight in UTC, to any service."""
        midnight = self.ledger.look().now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        headers = (entry.header for entry in self.ledger.entries(self.ledger.first_since(midnight)))
        return sum(h.event == "run" and h.outcome != "denied" and h.at >= midnight for h in headers)

    def _kept(self, service: str, numbers: Iterable[int]) -> list[RunRecord]:
        """The runs of these numbers that are kept; where one lay there may be another, of a round later or earlier."""
        names = {number: run_name(service, number) for number in numbers}
        found = self.ledger.sealed(list(names.values()))
        records = ((number, RunRecord.read(found[name])) for number, name in names.items() if name in found)
        return [r for number, r in records if r is not None and (r.service, r.number) == (service, number)]

    def _done(self, manifest: Manifest, key: str, view: View) -> Run | None:
        """The run that was done already for such a key, as it is kept; None if there was none."""
        number = view.use.done.get(key) if view.use is not None else None
        if number is None:
            return None
        record = next(iter(self._kept(manifest.id, [number])), None)
        blocks, saved = (record.blocks, record.saved) if record is not None else ((), 0)
        as_of, language = (record.as_of, record.language) if record is not None else (view.now, "en")
        walls = record.walls if record is not None else ()
        return Run(manifest, as_of, language, {}, blocks, (), saved, "", walls, Usage(), repeated=True)

    def _tell(
        self, manifest: Manifest, engine: Engine, door: ConsentDoor, ended: Run | None, error: BaseException | None
    ) -> None:
        if self._observe is None:
            return
        usage = ended.usage if ended is not None else Usage()
        report = RunReport(
            service=manifest.id,
            version=manifest.version,
            code=engine.code,
            walls=engine.walls,
            outcome=outcome_of(error),
            error=error_name(error) if error is not None else None,
            seconds=usage.seconds,
            cpu_seconds=usage.cpu_seconds,
            peak_memory=usage.peak_memory,
            blocks=Counter(block.kind for block in ended.blocks) if ended is not None else {},
            run=door.id if ended is not None else "",
        )
        self._observe(report)

    # The door

    def door(self) -> ConsentDoor:
        """The door for one run of one service, in this process."""
        return ConsentDoor(self)


class ConsentDoor:
    """Gives what was agreed, and writes it down first; takes back only what is still agreed. For one run.

    id     random, of the run
    ended  the run, once it failed
    """

    def __init__(
        self, host: Host, walls: Sequence[str] = (), occasion: str | None = None, view: View | None = None
    ) -> None:
        self.id = secrets.token_hex(16)
        self.ended: Run | None = None
        self._host = host
        self._seen = view
        self._walls = tuple(walls)
        self._occasion = occasion
        self._entry: int | None = None
        self._ledger = host.ledger
        self.registry = host.registry
        self._grant: Grant | None = None
        self._version: str | None = None

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        return retried(lambda: self._open(manifest, now, tz))

    def _open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        view, self._seen = self._seen or self._ledger.look(manifest.id), None
        view = replace(view, now=self._ledger.now(view))
        try:
            grant = self._agreed(view, manifest)
            steady = Steady(view.use, view.now)
            opened = open_datasets(
                self._host.store, manifest, self._rights(grant, view.now), min(now or view.now, view.now), tz, steady
            )
        except AskPerson:
            self._deny(manifest, view)
            raise
        self._write_down(grant, manifest, opened, steady, view)
        # What was taken back since the entry was written is not handed over.
        self._still_agreed(manifest)
        return opened

    def _agreed(self, view: View, manifest: Manifest) -> Grant:
        """The grant that holds for this manifest; ConsentNeeded says what a person must do first."""
        held = view.held
        step = f"`selfdata grant {manifest.id}` shows what it asks for, and asks you."
        if held is None:
            raise ConsentNeeded("You have not agreed to this service yet.", where=manifest.id, next=step)
        state = _standing(view, held).state
        if state not in _GIVEN:
            raise ConsentNeeded(_WHY_NOT[state], where=manifest.id, next=step)
        grant = held.grant if manifest == held.grant.manifest else self._carried(held.grant, manifest, view.now)
        missing = [
            label for label, need in manifest.needs.items() if need.required and grant.items[label].decision != "given"
        ]
        if missing:
            raise ConsentNeeded(
                f"It cannot work without {missing[0]}, which you did not agree to.", where=manifest.id, next=step
            )
        return grant if grant is held.grant else self._update(held.grant, manifest)

    def _carried(self, grant: Grant, manifest: Manifest, now: datetime) -> Grant:
        """The grant as it would be for another version of the service, if a person need not be asked."""
        if older(manifest.version, grant.manifest.version):
            raise ConsentNeeded(
                f"Version {manifest.version} is older than {grant.manifest.version}, which you agreed to.",
                where=manifest.id,
                next="Use the newer version.",
            )
        compared = compare(grant.manifest, manifest)
        if compared.waits:
            raise _asks_for_more(compared, manifest)
        return updated(grant, manifest, now)

    def _update(self, grant: Grant, manifest: Manifest) -> Grant:
        verdict = compare(grant.manifest, manifest).verdict
        made: list[Grant] = []

        def batch(view: View) -> Batch:
            if not _holds(view, grant):
                raise _withdrawn(manifest)
            made[:] = [updated(grant, manifest, view.now)]
            return self._host.change(view, made[0], "update", HOST, verdict=verdict)

        self._ledger.append(batch, manifest.id)
        return made[0]

    def _rights(self, grant: Grant, rights_now: datetime) -> Rights:
        def right(label: str, need: AskedNeed, now: datetime) -> Right:
            at = rights_now.astimezone(now.tzinfo)
            limits = grant, self._host.policy, self.registry, at, now
            found = effective(need, grant.items[label], *limits)
            if found is None and need.required:
                if now < at and effective(need, grant.items[label], *limits[:-1], at) is not None:
                    raise ConsentNeeded(
                        f"That moment is too far back: nothing of {label} may be read as of then.",
                        where=grant.service,
                        next="Choose a later one.",
                    )
                raise ConsentNeeded(
                    f"What may be read of {label} is less than it can work with.",
                    where=grant.service,
                    next=f"`selfdata grant {grant.service}` sets other limits.",
                )
            return found or without_answer(need, *limits)

        return right

    def _write_down(self, grant: Grant, manifest: Manifest, opened: Opened, steady: Steady, seen: View) -> None:
        """One durable entry of all that will be handed over, if the grant is still what it was; else a denied one.

        Conflict if another run of the service was given something since the ledger was `seen`.
        """
        happening = _handing(grant, manifest, opened.delivered, self._walls)
        lost: list[bool] = []

        def batch(view: View) -> Batch | None:
            lost[:] = []
            if not _holds(view, grant):
                lost.append(True)
                return Batch([_denied(manifest, grant)])
            if view.use != seen.use:
                return None
            use = steady.use
            uses = {} if use is None else {manifest.id: use}
            if not grant.once:
                self._grant, self._version = grant, view.held.version if view.held else None
                return Batch([happening], uses=uses)
            self._grant = grant.moved("expired", view.now, "used once")
            return Batch([happening], [self._grant], uses)

        head = self._ledger.append(batch, manifest.id, seen)
        if head is None:
            raise Conflict("Others keep changing the same pages.", next="Try again when they are done.")
        self._entry = head.size - 1
        if lost:
            raise _withdrawn(manifest)

    def _still_agreed(self, manifest: Manifest) -> None:
        assert self._grant is not None
        if self._version is not None and self._ledger.version_of(manifest.id) == self._version:
            return
        if not _holds(self._ledger.look(manifest.id), self._grant):
            self._ledger.note(_denied(manifest, self._grant))
            raise _withdrawn(manifest)

    def close(self, done: Run, records: Iterable[Table]) -> Run:
        manifest, grant = done.manifest, self._grant
        assert grant is not None
        tables, saved = list(records), Written()
        if tables:
            self._still_agreed(manifest)
            saved = self._host.store.write(tables)
        self._expire(manifest)
        actor = _actor(manifest, grant.digest)
        details = {"blocks": sorted(b.id for b in done.blocks), "kinds": sorted({b.kind for b in done.blocks})}
        ended = [Happening(actor=actor, event="run_end", grant=ref(grant), details=details)]
        if saved.by_series:
            counts = {name: {"created": c.created, "updated": c.updated} for name, c in saved.by_type.items()}
            ended.insert(0, Happening(actor=actor, event="save", grant=ref(grant), details={"saved": counts}))
        done = replace(done, saved=saved.created + saved.updated)
        kept = [done]

        def batch(view: View) -> Batch | None:
            kept[:] = [done]
            if not _holds(view, grant):
                return None
            key = None if self._occasion is None else key_of(done.code, done.settings, self._occasion)
            use = view.use or Use(last=view.now)
            if key in use.done:  # somebody else did the same meanwhile
                kept[:] = [replace(done, repeated=True)]
                return Batch([Happening(actor=actor, event="run_end", outcome="partial", grant=ref(grant))])
            alerts = [block for block in done.blocks if isinstance(block, Alert)]
            told = news(alerts, use, manifest.outputs.alerts_per_week, view.now)
            kept[:] = [replace(done, told=tuple(a.id for a in alerts if a.key in told))]
            return self._recorded(ended, kept[0], use, key, told, view.now, None)

        if self._ledger.append(batch, manifest.id) is None:
            # What was taken back while the records were written is not kept.
            self._take_back(tables)
            self._still_agreed(manifest)
        return kept[0]

    def _recorded(
        self, ended: Sequence[Happening], done: Run, use: Use, key: str | None, told: Mapping[str, tuple[int, int]],
        now: datetime, error: BaseException | None,
    ) -> Batch:  # fmt: skip
        """The entries of a run's end, with the run itself beside them."""
        service, usage = done.manifest.id, done.usage
        record = RunRecord(
            id=self.id,
            number=use.runs,
            service=service,
            version=done.manifest.version,
            code=done.code,
            walls=done.walls,
            started_at=now - timedelta(seconds=usage.seconds),
            seconds=round(usage.seconds, 6),
            cpu_seconds=round(usage.cpu_seconds, 6),
            peak_memory=usage.peak_memory,
            as_of=done.now,
            language=done.language,
            settings={name: written(value) for name, value in done.settings.items()},
            occasion=self._occasion,
            entry=self._entry,
            given=tuple(sorted({d.record_type for d in done.delivered if d.given})),
            error=error_name(error) if error is not None else None,
            blocks=done.blocks,
            told=done.told,
            saved=done.saved,
        )
        uses = {service: after(use, use.runs, key, told, now)}
        return Batch(ended, uses=uses, sealed={run_name(service, use.runs): record.dump()})

    def _take_back(self, tables: Iterable[Table]) -> None:
        for table in tables:
            for at in table.placed().tolist():
                period = Period(moment(at), moment(at + 1))
                self._host.store.erase(table.record_type, period, series=table.series)

    def failed(self, run: Run, error: BaseException) -> None:
        self.ended = run
        grant = self._grant
        reference = ref(grant) if grant else None
        ended = [Happening(actor=_actor(run.manifest), event="run_end", outcome="partial", grant=reference)]

        def batch(view: View) -> Batch:
            return self._recorded(ended, run, view.use or Use(last=view.now), None, {}, view.now, error)

        self._ledger.append(batch, run.manifest.id)

    def _expire(self, manifest: Manifest) -> None:
        """Erase what the service made and may no longer keep."""
        for produced in manifest.produces:
            if produced.retention and produced.record_type in self.registry:
                before = Duration.parse(produced.retention).before(self._ledger.look().now)
                self._host.store.erase(produced.record_type, Period(None, before), holder=manifest.id)

    def _deny(self, manifest: Manifest, view: View) -> None:
        """Write down that a service was turned away; not in a store whose person never agreed to anything."""
        if view.standing != "new":
            self._ledger.note(_denied(manifest, view.held.grant if view.held else None))


_WHY_NOT: Mapping[State, str] = {
    "requested": "You have not agreed to this service yet.",
    "deferred": "You have not agreed to this service yet.",
    "refused": "You refused this service.",
    "withdrawn": "You took back what you had agreed with this service.",
    "expired": "What you agreed to has run out.",
    "suspended": "What you agreed to is suspended until you confirm it.",
    "invalidated": "What is stored as your agreement was not written by this host: it counts for nothing.",
    "superseded": "You have not agreed to this service yet.",
}


def _holds(view: View, grant: Grant) -> bool:
    """True if this very grant is still what counts."""
    held = view.held
    return held is not None and held.counts and held.grant.revision == grant.revision


def _standing(view: View, held: Held) -> Standing:
    used = view.use.last if view.use else None
    state = held.grant.state_at(view.now, used)
    if not held.counts and state in _GIVEN:
        state = "suspended" if view.standing != "sound" else "invalidated"
    return Standing(held.grant, state, used)


def _earlier(view: View) -> Grant | None:
    """The service's grant so far, unless it was forged here: a forgery has no say in what comes after it."""
    held = view.held
    return held.grant if held is not None and (held.counts or view.standing != "sound") else None


def _revoked(view: View, service: str) -> Batch:
    """That a grant which is not there, but was, counts no more should another app put it back."""
    if view.anchor is None or service not in view.anchor.grants:
        raise RequestError(f"Nothing was agreed with {service}.", next="`selfdata grants` lists what was.")
    happening = Happening(actor=PERSON, event="withdraw", details={"service": service})
    return Batch([happening], revoked=[service])


def _after_anchor(grant: Grant, view: View) -> Grant:
    """The grant with a revision above any that this host remembers, so that an older copy stays older."""
    known = view.anchor.grants.get(grant.service, (0, ""))[0] if view.anchor else 0
    return grant if grant.revision > known else grant.model_copy(update={"revision": known + 1})


def _actor(manifest: Manifest, digest: str | None = None) -> Actor:
    digest = digest or manifest.digest
    return Actor(kind="service", id=manifest.id, version=manifest.version, digest=digest)


def _handing(grant: Grant, manifest: Manifest, delivered: Sequence[Delivered], walls: Sequence[str]) -> Happening:
    given = [d for d in delivered if d.given]
    needs = tuple(
        Handed(
            need=d.label,
            record_type=d.record_type,
            granularity=d.granularity,
            start=d.start,
            end=d.end,
            purpose=manifest.needs[d.label].purpose,
        )
        for d in given
    )
    return Happening(
        actor=_actor(manifest, grant.digest),
        event="run",
        outcome="allowed" if len(given) == len(delivered) else "partial",
        grant=ref(grant),
        needs=needs,
        details={
            "fields": {d.label: list(d.fields) for d in given},
            "rows": {d.label: d.rows for d in given},
            "withheld": {d.label: d.withheld for d in given if d.withheld},
            "walls": list(walls),
        },
    )


def _denied(manifest: Manifest, grant: Grant | None) -> Happening:
    return Happening(
        actor=_actor(manifest), event="run", outcome="denied", grant=ref(grant) if grant is not None else None
    )


def _withdrawn(manifest: Manifest) -> ConsentDenied:
    return ConsentDenied(
        "What you had agreed to changed meanwhile: nothing was handed over or kept.",
        where=manifest.id,
        next="Run it again if you still agree.",
    )


def _asks_for_more(compared: Comparison, manifest: Manifest) -> ConsentNeeded:
    axes = sorted({f"{c.label} {c.axis}".strip() for c in compared.wider}) or [compared.verdict]
    return ConsentNeeded(
        f"Version {manifest.version} asks for more than you agreed to ({', '.join(axes)}).",
        where=manifest.id,
        next=f"`selfdata grant {manifest.id}` shows what is new, and asks you.",
    )
