"""Words of a question that only describe a treatment it names: "blocking the IL-6 receptor with tocilizumab" asks about the drug."""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon

_WORD = re.compile(r"[^\W_][\w'’-]*")
_LINKS = frozenset({"a", "an", "the", "with", "by", "using", "through", "drug", "agent", "antibody", "inhibitor", "blocker", "antagonist", "receptor"})
"""What may stand between a treatment and the words that describe it."""


def descriptions_in(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return where words of the names of a treatment's classes stand beside it, characters [start, end): sources may name the drug alone."""
    words = [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]
    found: list[tuple[int, int]] = []
    for mention in lexicon.interventions_in(text):
        of_class = {word for name in lexicon.classes_of(mention.name) for each in lexicon.synonyms(name) for word in each.casefold().split()} - _LINKS
        before = [word for word in reversed(words) if word[2] <= mention.start]
        for side in (before, [word for word in words if word[1] >= mention.end]):
            for word, start, end in side:
                if word not in of_class and word not in _LINKS:
                    break
                found += [(start, end)] if word in of_class else []
    return found
