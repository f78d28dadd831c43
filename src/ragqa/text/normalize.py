"""Characters that mean the same, for reading and for comparing.

`fold` makes the search form of a string; `clean_characters` lists the repairs of display text that are safe everywhere. Superscripts,
minus signs and operators stay as printed: `m²` is not `m2`, and U+2212 is not a hyphen.
"""

from __future__ import annotations

import re
import unicodedata

LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
"""Only the Latin ligatures are taken apart: NFKC would also flatten superscripts."""

SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\x0b\x0c\r\n ]+")
HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
"""The typographic hyphens, which search and readers take for the plain one."""

INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]")
"""Zero-width marks, soft hyphens and control characters."""

_DASHES = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u00b7": ".", "\u2019": "'", "\u2018": "'"})


_SUPERSCRIPTS = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")


def superscript(text: str) -> str:
    """Return a number with its sign in superscript characters ("10" with "−3" is 10⁻³, not 10−3); other text as it is."""
    return text.translate(_SUPERSCRIPTS) if re.fullmatch(r"[+−–-]?\d+[+−–-]?", text) else text


def fold(text: str) -> str:
    """Return the form in which texts are compared: NFKC, case folded, dashes and decimal dots made alike, spaces squeezed."""
    folded = unicodedata.normalize("NFKC", text.translate(_DASHES)).casefold()
    return SPACES.sub(" ", INVISIBLE.sub("", folded)).strip()


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, folded and without accents: equal for two printings of one sentence."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())
