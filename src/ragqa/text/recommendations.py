"""Read what a recommending sentence says: for or against, how firmly, on what certainty of evidence.

A wrong direction is the worst mistake an answer can make, so negations are followed ("is not currently recommended" is against), longer
phrases win ("conditionally recommended against"), and a sentence that recommends both ways at once is left without a reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ragqa.text.lexicon import Lexicon, load_lexicon
from ragqa.text.matching import Match, Token, tokenize
from ragqa.types import Direction, Recommendation, Strength

_STRENGTH_REACH = 6
"""Words that may stand between a strength word and the recommending phrase; in brackets it may stand anywhere."""

_ONLY_AFTER = re.compile(r"(?: (?:patients|people|adults|disease))? (?:only|alone|exclusively)(?=\s*(?:[.,;:)]|$))", re.IGNORECASE)
_ONLY_BEFORE = re.compile(
    r"(?:(?<!\bnot )\b(?:only|exclusively|solely) (?:for|in|to)|\b(?:confined|restricted|limited) to|\breserved for) "
    r"(?:(?:the|an?|use in|treatment of|patients|people|adults|those|with) )*$",
    re.IGNORECASE,
)


def read_recommendation(text: str, is_guideline: bool, lexicon: Lexicon | None = None) -> Recommendation | None:
    """Return direction, strength and certainty of a recommending sentence, or None where it recommends nothing or both ways.

    Args:
        text: One sentence.
        is_guideline: Whether the document is a guideline: there "should be considered" recommends, elsewhere only "recommended" does.
        lexicon: Phrases; the package's own by default.
    """
    lexicon = lexicon or load_lexicon()
    tokens = tokenize(text)
    # The plural counts recommendations ("makes fifteen recommendations for …") and makes none.
    found = [
        match
        for match in lexicon.recommendation_table.find(text)
        if match.value and (is_guideline or not match.value[1]) and tokens[match.first].raw.lower() != "recommendations"
    ]
    if not found:
        return None
    directions = {_direction(match, tokens, lexicon) for match in found}
    if Direction.NONE in directions:
        return Recommendation(Direction.NONE, Strength.UNSPECIFIED, _certainty(text, lexicon))
    if len(directions) > 1:
        return None
    return Recommendation(directions.pop(), _strength(text, tokens, found, lexicon), _certainty(text, lexicon))


def is_confined(text: str, lexicon: Lexicon) -> bool:
    """Say whether a sentence holds for the diseases that it names and for no other: "for SSc-ILD only", "only in SSc and MCTD"."""
    return any(_ONLY_AFTER.match(text, match.end) or _ONLY_BEFORE.search(text[: match.start]) for match in lexicon.disease_table.find(text))


def _direction(match: Match[tuple[str, bool] | None], tokens: Sequence[Token], lexicon: Lexicon) -> Direction:
    """Return the direction of one phrase; a "not" before or right after it turns "for" into "against"."""
    direction = Direction(match.value[0] if match.value else Direction.NONE)
    if direction is not Direction.FOR:
        return direction
    data = lexicon.data["recommendation"]
    before = match.first - 1
    while before >= 0 and tokens[before].folded in data["negation_fillers"]:
        before -= 1
    negated_before = before >= 0 and tokens[before].folded in data["negations"] and tokens[before + 1].folded != "only"
    negated_after = match.last < len(tokens) and tokens[match.last].folded == "not"
    return Direction.AGAINST if negated_before or negated_after else Direction.FOR


def _strength(text: str, tokens: Sequence[Token], found: list[Match[tuple[str, bool] | None]], lexicon: Lexicon) -> Strength:
    """Return the strength stated nearest to a recommending phrase or in brackets."""
    nearest: tuple[int, str] | None = None
    for match in lexicon.strength_table.find(text):
        distance = min(max(match.first - phrase.last, phrase.first - match.last, 0) for phrase in found)
        in_brackets = text.rfind("(", 0, match.start) > text.rfind(")", 0, match.start)
        if (distance <= _STRENGTH_REACH or in_brackets) and (nearest is None or distance < nearest[0]):
            nearest = (distance, match.value)
    return Strength(nearest[1]) if nearest else Strength.UNSPECIFIED


def _certainty(text: str, lexicon: Lexicon) -> str | None:
    """Return the certainty of the evidence in the issuer's word, or None where the sentence states none."""
    data = lexicon.data["recommendation"]
    pattern = _certainty_pattern(tuple(data["certainty_words"]), tuple(data["certainty_nouns"]))
    match = pattern.search(text)
    return (match.group(1) or match.group(2)).lower() if match else None


@lru_cache(maxsize=4)
def _certainty_pattern(words: tuple[str, ...], nouns: tuple[str, ...]) -> re.Pattern[str]:
    """Match "very low certainty of evidence", "certainty of evidence: low" and "the evidence … is rated very low"."""
    level = "(" + "|".join(word.replace(" ", "[ -]") for word in words) + ")"
    noun = "(?:" + "|".join(nouns) + ")"
    before = rf"\b{level}[ -](?:levels? of )?{noun}\b"
    after = rf"\b(?:{noun}\b(?: of (?:the )?evidence)?|evidence\b[^.;,]{{0,20}}\brated)(?:\s*[:=]\s*|,? (?:was |is |rated |as )*){level}\b"
    return re.compile(f"{before}|{after}", re.IGNORECASE)
