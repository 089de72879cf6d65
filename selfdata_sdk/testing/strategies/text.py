"""Texts as holders and people write them, clean and not."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from ...model.text import clean

Strategy = st.SearchStrategy


def labels(least: int = 1, most: int = 12) -> Strategy[str]:
    """Clean texts of so many characters: ASCII, accents, French spacing, other scripts."""
    letters = st.sampled_from("abzAZ09 -'éèÇœ\u00a0:;€²Ωж日😀")
    return st.text(letters, min_size=least, max_size=most).map(clean).filter(lambda text: len(text) >= least)


def unclean_texts() -> Strategy[str]:
    """Texts that `clean` would change: control, bidirectional, invisible, unnormalised, blanks."""
    bad = st.sampled_from(
        ["\n", "\t", "\x00", "\u200b", "\u202e", "\ufeff", "e\u0301", "  ", "\u2028", "\u3164", "\x7f"]
    )
    return st.builds("{}{}{}".format, labels(), bad, labels())


def matching(pattern: str) -> Strategy[str]:
    """ASCII texts that a record type's pattern, `^…$`, accepts as a whole."""
    return st.from_regex(re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII), fullmatch=True)
