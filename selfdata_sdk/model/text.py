"""Texts for people, in both languages, and the cleaning of foreign text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

# Cc control, Cf format (zero-width, bidirectional), Co private use, Cs surrogate, Cn unassigned,
# Zl and Zp line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_NO_BREAK = "\u00a0\u202f"  # wanted in French before : ; ! ? and between thousands
_BLANKS = re.compile(f"[ {_NO_BREAK}]{{2,}}")
# Letters, symbols and marks that show nothing: joiners, fillers, blank braille, variation selectors.
_BLANK_SIGNS = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# First words of the names of letters that every script uses, like the r of 1ʳᵉ, the º of Nº or the µ of µg.
_COMMON = frozenset({"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "SUPERSCRIPT", "SUBSCRIPT"})
_WRITTEN_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Foreign text made safe to show: NFC, one line, no control, bidirectional or invisible characters.

    Line breaks and runs of white space become one space, none at the ends. `clean(clean(t)) == clean(t)`.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    seen = (" " if c.isspace() and c not in _NO_BREAK else c for c in text)
    kept = "".join(c for c in seen if unicodedata.category(c) not in _HIDDEN and c not in _BLANK_SIGNS)
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", kept).strip(f" {_NO_BREAK}"))


def is_clean(text: str) -> bool:
    """True if `text` shows as it is written (see `clean`)."""
    return clean(text) == text


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters in `text`, as the first word of their Unicode names (LATIN, GREEK …)."""
    return frozenset(unicodedata.name(c, "UNKNOWN").split(" ", 1)[0] for c in text if unicodedata.category(c)[0] == "L")


def _one_script(text: str) -> str:
    found = scripts(text) - _COMMON
    if len(found) > 1 and not any(found <= together for together in _WRITTEN_TOGETHER):
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


def refuse_unclean(text: str) -> str:
    """`text` itself; ValueError unless it is clean."""
    if not is_clean(text):
        raise ValueError("holds line breaks, double spaces or characters that do not show: clean it first")
    return text


Label = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=500),
    AfterValidator(refuse_unclean),
    Field(json_schema_extra={"x-clean": True}),
]
"""A text in a record: already clean, refused otherwise (importers clean with `clean`)."""
