"""Texts for people, in both languages, and the cleaning of foreign text."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

# Cc control, Cf format (zero-width, bidirectional), Co private use, Cs surrogate, Cn unassigned,
# Zl and Zp line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_NO_BREAK = "\u00a0\u202f"  # wanted in French before : ; ! ? and between thousands


def clean(text: str) -> str:
    """Foreign text made safe to show: NFC, one line, no control, bidirectional or invisible characters.

    Line breaks and runs of white space become one space. `clean(clean(t)) == clean(t)`.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    seen = (" " if c.isspace() and c not in _NO_BREAK else c for c in text)
    kept = "".join(c for c in seen if unicodedata.category(c) not in _HIDDEN)
    return unicodedata.normalize("NFC", " ".join(part for part in kept.split(" ") if part))


def is_clean(text: str) -> bool:
    """True if `text` shows as it is written (see `clean`)."""
    return clean(text) == text


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters in `text`, as the first word of their Unicode names (LATIN, GREEK …)."""
    return frozenset(
        unicodedata.name(c, "UNKNOWN").split(" ", 1)[0] for c in text if unicodedata.category(c)[0] == "L"
    )


def _one_script(text: str) -> str:
    if len(found := scripts(text)) > 1:
        raise ValueError(f"mixes letters of several scripts ({', '.join(sorted(found))}), which can deceive")
    return text


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_cleaned), StringConstraints(strict=True, min_length=1, max_length=2000)]
Name = Annotated[Line, AfterValidator(_one_script), StringConstraints(max_length=80)]


class Text(BaseModel):
    """One text in English and French, both required, each one clean line of at most 2 000 characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Line
    fr: Line

    def __str__(self) -> str:
        return self.en

    def say(self, language: str) -> str:
        """The text in `language`; English for any language that is not French."""
        return self.fr if language.startswith("fr") else self.en

    def fill(self, **values: Any) -> Text:
        """The text with each `{name}` replaced by its value, written as each language writes it.

        Numbers, `Measure`, `Money`, dates, datetimes and other `Text` are formatted by `selfdata_sdk.model.wording`.
        """
        from .wording import wording

        return Text(
            en=self.en.format_map({k: wording(v, "en") for k, v in values.items()}),
            fr=self.fr.format_map({k: wording(v, "fr") for k, v in values.items()}),
        )


def _refuse_unclean(text: str) -> str:
    if not is_clean(text):
        raise ValueError("holds line breaks, double spaces or characters that do not show: clean it first")
    return text


Label = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=500), AfterValidator(_refuse_unclean)]
"""A text in a record: already clean, refused otherwise (importers clean with `clean`)."""
