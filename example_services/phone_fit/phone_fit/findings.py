"""Everything that was worked out from one person's line, once, for all advice to speak from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from .bills import PhoneBill, bills_of
from .months import GB, Month, months
from .rows import Billed, Plan, Use
from .sizes import enough

WITHOUT_LIMIT = {
    "voice": ("voice",),
    "messages": ("messages",),
    "voice_and_messages": ("voice", "messages"),
    "all": ("voice", "messages", "data"),
}


@dataclass(frozen=True, slots=True)
class Findings:
    """`data`, `minutes` and `messages` are what the plan includes a month; None: no limit, or not known."""

    today: date
    plan: Plan | None
    months: tuple[Month, ...]
    bills: tuple[PhoneBill, ...]
    cost: Decimal
    cost_abroad: Decimal
    currency: str
    others: int
    spare: int

    @property
    def data(self) -> float | None:
        plan = self.plan
        return plan.data / GB if plan and plan.data is not None and "data" not in _unlimited(plan) else None

    @property
    def minutes(self) -> float | None:
        plan = self.plan
        return plan.voice / 60 if plan and plan.voice is not None and "voice" not in _unlimited(plan) else None

    @property
    def messages(self) -> int | None:
        plan = self.plan
        return plan.messages if plan and "messages" not in _unlimited(plan) else None

    @property
    def busiest(self) -> Month:
        return max(self.months, key=lambda m: m.data)

    @property
    def usual(self) -> float:
        """GB in the middle one of the months."""
        return median(m.data for m in self.months)

    @property
    def size(self) -> float | None:
        """The smallest size that every month would have fitted in, with something to spare."""
        return enough(self.busiest.data * (1 + self.spare / 100))

    @property
    def size_but_one(self) -> float | None:
        """The same, but for the busiest month."""
        used = sorted(m.data for m in self.months)[:-1]
        return enough(used[-1] * (1 + self.spare / 100)) if used else None

    @property
    def over(self) -> list[Month]:
        """Months in which more data was used than the plan has."""
        return [m for m in self.months if self.data is not None and m.data > self.data]

    @property
    def paid(self) -> Decimal | None:
        """A month: the mean of the bills, else the plan's price."""
        if self.bills:
            return sum((b.total for b in self.bills), Decimal()) / len(self.bills)
        return self.plan.price.amount if self.plan and self.plan.price else None

    @property
    def extra(self) -> Decimal:
        """Beside the plan: as the bills say or the uses do, whichever is more, since one may miss some."""
        return max(sum((b.extra for b in self.bills), Decimal()), self.cost)


def find(
    uses: Iterable[Use], plans: Iterable[Plan], billed: Iterable[Billed], *, now: datetime, spare: int
) -> Findings:
    """Work out everything, for the mobile line that is used most."""
    every, mobile = list(uses), [p for p in plans if p.kind == "mobile" and (p.end is None or p.end > now)]
    plan, mine = _main(every, mobile)
    currency = plan.price.currency if plan and plan.price else "EUR"
    costs = [
        (u.cost.amount, bool(u.roaming))
        for u in mine
        if u.cost is not None and u.kind != "top_up" and u.cost.currency == currency
    ]
    return Findings(
        today=now.date(),
        plan=plan,
        months=months(mine),
        bills=bills_of(plan, billed) if plan else (),
        cost=sum((c for c, _ in costs), Decimal()),
        cost_abroad=sum((c for c, abroad in costs if abroad), Decimal()),
        currency=currency,
        others=len({u.line for u in every}) - 1 if every else 0,
        spare=spare,
    )


def _main(every: Sequence[Use], mobile: Sequence[Plan]) -> tuple[Plan | None, list[Use]]:
    """The line with a plan that is used most, else the one used most; uses that name no line are of the only one."""
    counts = Counter(use.line for use in every)
    known = {p.line: p for p in mobile}
    if len(mobile) == 1 and set(counts) <= {None}:
        return mobile[0], list(every)
    lines = sorted(counts, key=lambda line: (line not in known, -counts[line], line or ""))
    if not lines:
        return (mobile[0] if mobile else None), []
    return known.get(lines[0]), [use for use in every if use.line == lines[0]]  # type: ignore[arg-type]


def _unlimited(plan: Plan) -> tuple[str, ...]:
    return WITHOUT_LIMIT.get(plan.unlimited or "", ())
