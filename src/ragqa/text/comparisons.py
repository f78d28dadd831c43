"""Whether a question sets treatments against each other: "this or that", "between this and that", or both beside "better"."""

from __future__ import annotations

import re
from itertools import pairwise

from ragqa.text.lexicon import Lexicon

_SURE_COMPARISON = re.compile(
    r"\b(?:versus|vs\.?|compare[ds]?|comparison|comparing|differ\w*|better than|worse than|than|superior|inferior|equivalent|comparable"
    r"|as (?!well|soon|long|far|much|many)\w+ as)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:between|choos\w+|choice of|decid\w+)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_AND_ANOTHER = re.compile(r"^\s*,?\s*and\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_BETWEEN_DRUGS = re.compile(r"^[^.;?!]{0,40}\b(?:or|against|instead of|rather than|over|v|beats?|outperform\w*|surpass\w*)\b[^.;?!]{0,25}$", re.IGNORECASE)
_BETTER = re.compile(
    r"\b(?:better|(?<!gets )(?<!get )(?<!getting )(?<!got )(?<!become )(?<!becoming )worse(?! (?:on|under|despite|while|after)\b)"
    r"|prefer\w*|first choice|which (?:one|of))\b",
    re.IGNORECASE,
)
_WEIGHED = re.compile(
    r"\b(?:versus|vs\.?|v|compar\w+|than|which|better|worse|best|safer|safest|superior\w*|inferior\w*|differ\w*|more|less|fewer|lower|higher|equal\w*|equivalent|comparable"
    r"|kinder|gentler|easier|milder|harsher|prefer\w*|instead of|beats?|wins?|won|winner|head[- ]to[- ]head)\b",
    re.IGNORECASE,
)


def weighs(text: str) -> bool:
    """Say whether a question weighs what it names against each other; "is it this or that which helps?" asks about each by itself, "which is better" weighs."""
    return _WEIGHED.search(text) is not None


def says_comparison(text: str) -> bool:
    """Say whether the words of a question compare, whatever they compare."""
    return _SURE_COMPARISON.search(text) is not None


def compares_drugs(text: str, lexicon: Lexicon) -> bool:
    """Say whether two treatments are set against each other: "this or that", or both beside "better"."""
    mentions = lexicon.interventions_in(text)
    pairs = [
        (one, other)
        for one, other in pairwise(mentions)
        if one.name != other.name and one.name not in lexicon.classes_of(other.name) and other.name not in lexicon.classes_of(one.name)
    ]
    return any(
        _BETTER.search(text)
        or _BETWEEN_DRUGS.match(text[one.end : other.start])
        or (_BETWEEN.search(text[: one.start]) and _AND_ANOTHER.match(text[one.end : other.start]))
        for one, other in pairs
    )
