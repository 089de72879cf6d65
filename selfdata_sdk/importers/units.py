"""Units in files, by the names in use, and what each is in a canonical unit."""

from __future__ import annotations

from fractions import Fraction

_KINDS: dict[str, dict[str, Fraction]] = {
    "W.h": {"W.h": Fraction(1), "kW.h": Fraction(1000), "MW.h": Fraction(10**6), "J": Fraction(1, 3600),
            "kJ": Fraction(1000, 3600), "MJ": Fraction(10**6, 3600)},
    "L": {"L": Fraction(1), "mL": Fraction(1, 1000), "cL": Fraction(1, 100), "dL": Fraction(1, 10),
          "hL": Fraction(100), "m3": Fraction(1000), "dm3": Fraction(1)},
    "L/h": {"L/h": Fraction(1), "L/min": Fraction(60), "L/s": Fraction(3600), "m3/h": Fraction(1000)},
    "W": {"W": Fraction(1), "kW": Fraction(1000), "MW": Fraction(10**6)},
    "V.A": {"V.A": Fraction(1), "kV.A": Fraction(1000)},
    "m": {"m": Fraction(1), "cm": Fraction(1, 100), "km": Fraction(1000)},
    "m/s": {"m/s": Fraction(1), "km/h": Fraction(5, 18)},
    "s": {"s": Fraction(1), "ms": Fraction(1, 1000), "min": Fraction(60), "h": Fraction(3600), "d": Fraction(86400)},
    "By": {"By": Fraction(1), "kBy": Fraction(1000), "MBy": Fraction(10**6), "GBy": Fraction(10**9),
           "KiBy": Fraction(2**10), "MiBy": Fraction(2**20), "GiBy": Fraction(2**30)},
    "g": {"g": Fraction(1), "kg": Fraction(1000)},
    "m2": {"m2": Fraction(1)},
    "%": {"%": Fraction(1), "1": Fraction(100)},
    "deg": {"deg": Fraction(1)},
}  # fmt: skip
"""Kinds of quantity, each with its units in terms of one of them (UCUM)."""

_NAMES = {
    "wh": "W.h", "kwh": "kW.h", "mwh": "MW.h", "va": "V.A", "kva": "kV.A", "kw": "kW", "w": "W", "j": "J", "mj": "MJ",
    "l": "L", "litre": "L", "litres": "L", "liter": "L", "liters": "L", "ml": "mL", "cl": "cL", "m³": "m3", "m^3": "m3",
    "m3": "m3", "km/h": "km/h", "kmh": "km/h", "m²": "m2", "l/h": "L/h", "l/min": "L/min", "m³/h": "m3/h",
    "octet": "By", "octets": "By", "byte": "By", "bytes": "By", "b": "By", "ko": "kBy", "kb": "kBy", "mo": "MBy",
    "mb": "MBy", "go": "GBy", "gb": "GBy", "kio": "KiBy", "mio": "MiBy", "gio": "GiBy",
    "sec": "s", "seconde": "s", "secondes": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min",
    "heure": "h", "heures": "h", "hour": "h", "hours": "h", "°": "deg", "degree": "deg", "degrees": "deg",
    "mètre": "m", "metre": "m", "mètres": "m", "metres": "m", "kilogramme": "kg",
}  # fmt: skip


def named(unit: str) -> str:
    """The UCUM code of a unit as people write it (`kWh`, `m³`, `Mo`); the text itself if it is none of these."""
    plain = unit.strip()
    return plain if any(plain in kind for kind in _KINDS.values()) else _NAMES.get(plain.casefold(), plain)


def factor(unit: str, canonical: str) -> Fraction | None:
    """What one `unit` is in `canonical`, exact; None if one cannot be told from the other."""
    code = named(unit)
    if code == canonical:
        return Fraction(1)
    for kind in _KINDS.values():
        if code in kind and canonical in kind:
            return kind[code] / kind[canonical]
    return None


def units_of(canonical: str) -> tuple[str, ...]:
    """The units that can be told in `canonical`, itself first."""
    others = [u for kind in _KINDS.values() if canonical in kind for u in kind if u != canonical]
    return (canonical, *others, *(("W", "kW") if canonical == "W.h" else ()))
