"""Turn text into search terms: the one analysis that questions and passages share.

In: any text. Out: terms in reading order, repetitions kept, since a ranker counts them. The index stores these terms, so a change
here changes `ANALYZER_VERSION`, and an index made with another version is refused.

What is kept whole: biomedical names (`FEV1`, `CD20`), decimal numbers (`0.04`) and units (`mg/m2`). A compound gives its parts and
the joined form, so `IL-6`, `IL 6` and `il6` meet. Folding (case, compatibility forms, accents, Greek letters) is for search only;
what a reader sees is never folded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

ANALYZER_VERSION = "1"

_STOP_WORDS_BY_CLASS = """
    a an the this that these those
    i me my we us our ours you your yours he him his she her hers it its they them their theirs itself themselves
    who whom whose which what when where why how whether
    am is are was were be been being do does did doing done have has had having
    can could may might must shall should will would
    and or but nor if then else than so as because while although though however
    of in on at by for from to into onto with without within about against between among through during before after above below
    under over up down out off per via
    there here also only just very too such same other some any each every both all most more few own again once
    not no yes
    s t d ll m re ve don
"""
STOP_WORDS = frozenset(_STOP_WORDS_BY_CLASS.split())
"""Function words, and what apostrophes leave behind."""

# Unicode spells the eleventh letter "lamda".
_GREEK = {letter: unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda") for letter in "αβγδεζηθικλμνξοπρςστυφχψω"}
_FOLDS = str.maketrans(
    dict.fromkeys("‐‑‒–−﹣", "-")
    | dict.fromkeys("’ʼ", "'")
    | {"·": ".", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i"}
    # A soft hyphen marks where a line might break; it is not part of the word.
    | {"\u00ad": ""}
)
_TOKEN = re.compile(
    r"""
      \d+(?:,\d{3})+(?:\.\d+)?(?!\w)        # 1,200 and 12,345.6
    | \d+\.\d+                              # 0.04
    | [^\W_]+(?:[-/+'][^\W_]+)*             # words, compounds, units
    """,
    re.VERBOSE,
)
_POSSESSIVE = re.compile(r"'s?$")
_JOINT = re.compile(r"[-/+']|(?<=^\d)(?=[a-z]{2,}$)|(?<=\d\d)(?=[a-z]{2,}$)")
"""Between the parts of a compound; a number and the unit written against it ("750mg") count as parts."""
_LONGEST_COMPOUND = 4
"""A longer chain ("patient-reported-outcome-measure-based") is a phrase: nobody types it joined."""


def analyze(text: str) -> list[str]:
    """Return the search terms of a text in reading order.

    A function word in capitals ("AS" for a disease) is a name and is kept, unless the whole text is in capitals.
    """
    folded = _fold(text)
    lowered = folded.lower()
    has_lower_case = not folded.isupper()
    terms: list[str] = []
    for match in _TOKEN.finditer(lowered):
        token = match.group()
        if token not in STOP_WORDS:
            terms.extend(_terms_of_token(token))
        elif has_lower_case and len(token) > 1 and folded[match.start() : match.end()].isupper():
            terms.append(token)
    return terms


def terms_of_word(word: str) -> list[str]:
    """Return the search terms of one word of a text that is not all in capitals: what `analyze` gives there, without the search for words."""
    lowered = word.lower()
    if word.isascii() and word.isalpha() and lowered not in STOP_WORDS:
        return [_stem(lowered)]
    # Beside a word in lower case a name in capitals ("AS") is told from a function word.
    return analyze(f"the {word}")


@lru_cache(maxsize=200_000)
def _terms_of_token(token: str) -> tuple[str, ...]:
    """Return the terms that one token gives. Cached, because words repeat and stemming costs 0.1 ms."""
    if "," in token or "." in token:
        return (token.replace(",", ""),)
    token = _POSSESSIVE.sub("", token)
    parts = _JOINT.split(token)
    if len(parts) == 1:
        return (_stem(token),)
    kept = tuple(_stem(part) for part in parts if part not in STOP_WORDS)
    if len(parts) > _LONGEST_COMPOUND or len(kept) < len(parts) or all(part.isdigit() for part in parts):
        return kept
    return (*kept, token if "/" in token else _stem("".join(parts)))


def _stem(word: str) -> str:
    """Return the English Snowball stem; a word that holds a digit or a mark is a name and stays."""
    return str(_stemmer().stemWord(word)) if word.isalpha() and word.isascii() else word


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer

    # Its own cache of stems is left out: words are kept above, and a miss costs a third without it.
    return Stemmer("english", 0)


def _fold(text: str) -> str:
    """Return the text with compatibility forms, accents, Greek letters and typographic marks replaced by plain ones."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDS))
    return "".join(_GREEK.get(character.lower(), character) for character in decomposed if not unicodedata.combining(character))
