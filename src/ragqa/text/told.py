"""Which outcome slots a case tells are asked about: "She has SSc and now PAH. What should I start?" asks how to treat the PAH.

A sign of the manifestation itself ("new ground glass") only tells how the disease is; what another organ has is what is to be treated,
where nothing speaks of the manifestation.
"""

from __future__ import annotations

import re

from ragqa.text.counted import counts_told
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.pieces import pieces_of
from ragqa.types import Facet

_IT = re.compile(r"\b(?:heals?|treat|help|prevent|reliev\w+|manage|against|for|stop|about) (?:it|them|these|those|this)\b(?! as\b)", re.IGNORECASE)
"""What stands for something told of before, as that which is to be treated."""
_NEW_AFTER = re.compile(r"^,?\s+(?:(?:was|is|has been|just|now|newly|recently)\s+)+(?:confirmed|diagnosed|found|proven|detected)\b", re.IGNORECASE)
_NEW_BEFORE = re.compile(
    r"\b(?:(?:new(?:ly)?|just|recently)(?:\s+(?:confirmed|diagnosed|found|developed))?|developed|found to have|and now(?: has| have)?)\s+(?:an?\s+)?$",
    re.IGNORECASE,
)
"""What tells that something was just found, so that it is to be treated."""

_WISH = re.compile(
    r"\b(?:wants?|wishes|wish|plans?|planning|hopes?|hoping|intends?|(?:would|['’]d) (?:like|love)) to (?P<wish>(?:(?!(?:and|but|or)\b)[\w'’-]+ ?){1,6})"
    r"[^?]*[.;!] (?P<asks>(?:can|may|could|should) (?:he|she|they|i|we))(?: do (?:it|that|this|so))?(?=\s*[?,])",
    re.IGNORECASE,
)
"""What somebody means to do, and the question whether to, which says no more of it."""


def outcomes_told(text: str, asking: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> list[Mention]:
    """Return the mentions of outcome slots in a case told that the question is about, although its asking sentences name none.

    Args:
        text: The question as read.
        asking: Its sentences that ask.
        facets: What it asks; how to treat is asked about what is told, and how often a harm comes about.
        lexicon: The field's words.
    """
    told = lexicon.outcomes_in(text)
    own = lexicon.outcomes_of_manifestation
    if Facet.SAFETY in facets and counts_told(asking):
        return [mention for mention in told if mention.name not in own]
    if Facet.TREATMENT not in facets:
        return []
    is_elsewhere = not (
        lexicon.on_manifestation(text)
        or own.intersection(mention.name for mention in told)
        or Facet.RAPIDLY_PROGRESSIVE in facets
        or all(lexicon.interventions_in(piece) for piece in pieces_of(asking))
    )
    return [
        mention
        for mention in told
        if _IT.search(asking)
        or (mention.name not in own and (_NEW_AFTER.match(text[mention.end :]) or _NEW_BEFORE.search(text[: mention.start])))
        or (is_elsewhere and mention.name in lexicon.outcomes_of_other_organs)
    ]


def with_wish(text: str) -> str:
    """Return a question in which what is asked in short is said: "She wants to fly. Can she?" asks "Can she fly?"."""
    found = _WISH.search(text)
    return f"{text[: found.end('asks')]} {found['wish'].strip()}{text[found.end() :]}" if found else text
