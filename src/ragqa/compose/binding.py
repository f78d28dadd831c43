"""Whether every statement of an answer must speak of the treatments that a question names."""

from __future__ import annotations

import re

from ragqa.text.given import refers_to_treatment
from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import pieces_of
from ragqa.types import Facet

_CARE_ALONE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
_OF_NAMED = re.compile(r"\b(?:which (?:one|of (?:them|these|those|the two))|(?:the|this|that) (?:choice|decision))\b", re.IGNORECASE)
"""What stands for treatments named before."""
_EXAMPLES = re.compile(r"\([^()]*\)|(?:,\s*)?\b(?:such as|including|like|e\.\s?g\.?|for example|for instance)\b[^?;:]*|:\s[^?;]*", re.IGNORECASE)
"""What names examples of something: brackets, "such as …", a list behind a colon."""


def binds(text: str, drugs: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Say whether the treatments that a question names bind every statement; not where a part of it asks for treatment and names none.

    Nor do examples of supportive care: "Which care helps (oxygen, vaccines)?" asks for any.

    Args:
        text: The question as read.
        drugs: The treatments asked about.
        lexicon: The field's words.
    """
    if lexicon.screened_under(text) and Facet.SCREENING in lexicon.facets_of_question(text):
        # Which infections to look for before a treatment is told of all that suppress the immune system.
        return False
    return bool(drugs) and not are_examples(text, lexicon) and not any(_asks_for_treatment(piece, lexicon) for piece in pieces_of(text))


def are_examples(text: str, lexicon: Lexicon) -> bool:
    """Whether a question asks for supportive care in general, of which all that it names are examples."""
    rest = _EXAMPLES.sub(" ", text)
    return rest != text and not lexicon.interventions_in(rest) and Facet.SUPPORTIVE_CARE in lexicon.facets_of_question(rest)


def _asks_for_treatment(piece: str, lexicon: Lexicon) -> bool:
    """Whether a part of a question asks how to treat and names no treatment, nor refers to one ("start one drug or two, and should I add that one?")."""
    facets = set(lexicon.facets_of_question(piece))
    drugs = [mention for mention in lexicon.interventions_in(piece) if lexicon.kind_of(mention.name) != "strategy"]
    return Facet.TREATMENT in facets and facets <= _CARE_ALONE and not drugs and not (refers_to_treatment(piece) or _OF_NAMED.search(piece))
