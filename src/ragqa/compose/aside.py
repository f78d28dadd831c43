"""A part of a question that names what the library does not know is set aside, so that the rest is answered.

"How is it treated, and what is the role of a drug nobody wrote about?" has an answer to its first part. Were the drug kept as a slot that every
statement must fill, nothing would be left. What the first part names is what the whole question is on, and is never set aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from ragqa.compose.asked import Asked
from ragqa.compose.parts import parts_of
from ragqa.protocols import Library
from ragqa.text.intent import outcomes_asked, restate
from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import asks
from ragqa.types import Facet, Query, Sentence

_LEFT_OUT = re.compile(
    r",?\s*\b(?:apart from|aside from|other than|except(?: for)?|besides|excluding|not counting|leaving (?:out|aside))\s+(?:the\s+)?(?:[\w-]+\s+){0,1}$",
    re.IGNORECASE,
)
_ALSO = re.compile(r"^(?:,|,?\s+(?:and|or))\s+(?:the\s+)?$", re.IGNORECASE)
_MORE_THAN = re.compile(r"\b(?:non-?|not |other than |including |apart from )(?:\w+ )?$", re.IGNORECASE)
"""Before an outcome that is not all a statement tells of: "non-infectious", "harms including infections"."""
_ASKED_WITHOUT_VERB = frozenset({Facet.OUTCOME, Facet.SAFETY, Facet.PROGNOSIS, Facet.DOSING, Facet.EPIDEMIOLOGY})
"""What a part asks by its name alone: "One-year mortality on that drug, and …"."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is left of a question, and the names that were set aside with their parts."""

    query: Query
    names: tuple[str, ...]


def leave_out(query: Query, lexicon: Lexicon) -> tuple[Query, frozenset[str]]:
    """Return a question without the outcomes that it excepts, and these: "harms apart from infections" asks for all harms but infections."""
    text = query.interpreted
    names: set[str] = set()
    start = end = -1
    for mention in sorted(lexicon.outcomes_in(text), key=lambda each: each.start):
        if names and mention.start >= end and _ALSO.match(text[end : mention.start]):
            end = mention.end
        elif (phrase := _LEFT_OUT.search(text[: mention.start])) and not names:
            start, end = phrase.start(), mention.end
        else:
            continue
        names.add(mention.name)
    rest = f"{text[:start]} {text[end:].lstrip(' ,')}".replace(" ?", "?").strip() if names else text
    # Where nothing else tells what is asked, nothing is left to ask.
    if not names or not lexicon.facets_of_question(rest) or names & {mention.name for mention in lexicon.outcomes_in(rest)}:
        return query, frozenset()
    kept = replace(query, interpreted=rest)
    return replace(kept, restated=restate(kept, outcomes_asked(rest, kept.facets, lexicon))), frozenset(names)


def tells_only(sentence: Sentence, names: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a sentence tells of some outcomes and of no other."""
    outcomes = set(sentence.tags.outcomes)
    if not outcomes or not outcomes.issubset(names):
        return False
    return any(mention.name in names and not _MORE_THAN.search(sentence.text[: mention.start]) for mention in lexicon.outcomes_in(sentence.text))


def set_aside(asked: Asked, library: Library, lexicon: Lexicon, known_drugs: Callable[[str], bool]) -> Aside:
    """Return the question without its later parts that name only a treatment or a disease that no sentence of the library speaks of.

    Args:
        asked: The whole question.
        library: Tells which diseases have sentences.
        lexicon: Reads the parts.
        known_drugs: Whether any sentence of the library names a drug.
    """
    query = asked.query
    parts = parts_of(asked, lexicon)
    first = parts[0].text
    if not (asks(first) or parts[0].outcomes or not _ASKED_WITHOUT_VERB.isdisjoint(parts[0].facets)):
        return Aside(query, ())
    names: list[str] = []
    kept = query.interpreted
    for part in parts[1:]:
        unknown = [mention.name for mention in lexicon.interventions_in(part.text) if not is_known_treatment(mention.name, known_drugs, lexicon)]
        unknown += [mention.name for mention in lexicon.populations_in(part.text) if _is_unheard_of(mention.name, library, lexicon)]
        if unknown and not any(mention.name in unknown for mention in (*lexicon.interventions_in(first), *lexicon.populations_in(first))):
            names += unknown
            kept = kept.replace(part.text, "")
    if not names:
        return Aside(query, ())
    kept = f"{kept.strip().rstrip(',;? ').removesuffix(' and').removesuffix(' or').removesuffix(' but').rstrip(',; ')}?"
    left = {mention.name for mention in (*lexicon.interventions_in(kept), *lexicon.populations_in(kept))}
    gone = {mention.name for mention in (*lexicon.interventions_in(query.interpreted), *lexicon.populations_in(query.interpreted))} - left
    own = set(lexicon.facets_of_question(kept))
    rest = replace(
        query,
        interpreted=kept,
        drugs=tuple(drug for drug in query.drugs if drug not in gone),
        populations=tuple(name for name in query.populations if name not in gone),
        facets=tuple(facet for facet in query.facets if facet in own) or query.facets,
        is_comparison=False,
        restated="",
    )
    return Aside(rest, tuple(dict.fromkeys(names)))


def is_known_treatment(name: str, known_drugs: Callable[[str], bool], lexicon: Lexicon) -> bool:
    """Whether any sentence of the library names a treatment, the class it is spoken of as, or where it is a class a member of it."""
    return known_drugs(name) or known_drugs(lexicon.spoken_of_as(name) or name) or any(map(known_drugs, lexicon.members_of(name)))


def _is_unheard_of(name: str, library: Library, lexicon: Lexicon) -> bool:
    """Whether a disease outside the library's field has no sentence of its own."""
    outside = name != lexicon.manifestation and not lexicon.ancestors(name)
    return outside and not library.tagged(populations=[name], limit=1)
