"""Files as holders write them, made to measure: for tests and benchmarks of importers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from ..model.time import HOUR, MINUTE, micros, offsets, zone

PARIS = "Europe/Paris"


def enedis_load_curve(
    path: Path,
    readings: Iterable[int | None],
    start: datetime = datetime(2024, 1, 1, tzinfo=zone(PARIS)),  # noqa: B008
    *,
    step: timedelta = timedelta(minutes=30),
    prm: str = "09876543210987",
    stated_step: str = "",
    newline: str = "\n",
) -> Path:
    """An Enedis customer CSV: one mean power in W per step from `start` on, None for an empty value.

    Stamps are the ends of the steps, on the clock of Paris with its offset. A million rows take about a second.
    """
    values = ["" if r is None else str(r) for r in readings]
    length = step // timedelta(microseconds=1)
    at = micros(start) + length * np.arange(1, len(values) + 1, dtype=np.int64)
    shift = offsets(at, PARIS)
    stamps = np.datetime_as_string((at + shift).view("datetime64[us]"), unit="s").tolist()
    marks = {s: f"+{s // HOUR:02d}:{s % HOUR // MINUTE:02d};" for s in np.unique(shift).tolist()}
    ends = [marks[s] for s in shift.tolist()]
    first, last = start.date(), (start + step * len(values)).date()
    names = (
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite"
    )
    span = f"{first:%d/%m/%Y};{last:%d/%m/%Y}"
    header = newline.join(
        (
            f"{names};Pas en minutes",
            f"{prm};Courbe de charge;{span};Energie active;Consommation;Comptage Brut;W;{stated_step}",
            "Horodate;Valeur",
        )
    )
    body = newline.join([a + b + c for a, b, c in zip(stamps, ends, values, strict=True)])
    path.write_bytes(f"\ufeff{header}{newline}{body}{newline}".encode())
    return path
