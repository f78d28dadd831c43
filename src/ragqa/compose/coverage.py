"""What an answer leaves open: facets, outcomes, treatments and words asked for without evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.details import missing_details
from ragqa.compose.facets import TOLD_BY_STUDIES, leading_facet
from ragqa.compose.held import LongForms
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.served import COURSES, is_on_treatment, open_facet, treatments_asked
from ragqa.compose.unfilled import missing_names, missing_words
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet, Tier

FACET_NAMES = {
    Facet.DEFINITION: "definition",
    Facet.EPIDEMIOLOGY: "frequency",
    Facet.SCREENING: "screening",
    Facet.DIAGNOSIS: "diagnosis",
    Facet.MONITORING: "monitoring",
    Facet.TREATMENT: "treatment",
    Facet.PROGRESSION: "progression",
    Facet.RAPIDLY_PROGRESSIVE: "rapidly progressive disease",
    Facet.DOSING: "dosing",
    Facet.OUTCOME: "treatment outcomes",
    Facet.SAFETY: "safety",
    Facet.PROGNOSIS: "prognosis",
    Facet.RISK_FACTOR: "risk factors",
    Facet.SUPPORTIVE_CARE: "supportive care",
    Facet.ONGOING: "ongoing research",
    Facet.EVIDENCE_GAP: "gaps of the evidence",
    Facet.DESIGN: "study design",
    Facet.BACKGROUND: "background",
}
_OF_DRUG = frozenset({Facet.SAFETY, Facet.OUTCOME, Facet.DOSING})
_LIKENED = re.compile(r"\b(?:as|like|unlike|than)(?: in| with)?\s$", re.IGNORECASE)
"""A disease that another is likened to is not asked about."""


def not_covered(
    asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon, long_forms: LongForms = MappingProxyType({})
) -> tuple[str, ...]:
    """Return what was asked for and has no statement: parts of the question, treatments, outcomes, complications, tests and issuers.

    A part that may be read as asking several things ("which antibodies count": a definition, a risk) is covered when one of them is. Outcomes so
    broad that evidence answers without naming them are left to the facets.
    """
    subject = " or ".join(asked.query.populations)
    place = f" in {subject}" if subject else ""
    missing: list[str] = []
    parts = parts_of(asked, lexicon)
    names = [_name_of_gap(facet, part, asked, lexicon) for part in parts if (facet := open_facet(part, asked, chosen, lexicon))]
    missing += [f"{name}{place}" for name in names if not any(other.startswith(f"{name} ") for other in names)]
    if _harms_of_others_only(asked, chosen):
        missing.append(f"{FACET_NAMES[Facet.SAFETY]} of {' and '.join(asked.query.drugs)}{place}")
    if _reports_nothing(asked, chosen, lexicon):
        missing.append(f"{FACET_NAMES[Facet.OUTCOME]} of {' and '.join(asked.studies)}{place}")
    missing += [f"{drug}{place}" for drug in treatments_asked(asked) if not any(is_on_treatment(candidate, drug, lexicon) for candidate in chosen)]
    missing += [f"{name}{place}" for part in parts for name in missing_names(part.text, asked, chosen, lexicon)]
    missing += [f"{detail.name}{place}" for part in parts for detail in missing_details(part, asked, chosen, lexicon)]
    shown = [*chosen, *(candidate for candidate in weighed if candidate.tier in DIRECT)]
    words = [word for part in parts for word in missing_words(part.text, asked, shown, lexicon, long_forms=long_forms, look_at=None)]
    words = [word for word in words if not any(word in name for name in missing)]
    missing += [f'"{word}"{place}' for word in words if len(parts) > 1 or any(character.isupper() for character in word[1:])]
    if len(parts) > 1:
        missing += [name for part in parts for name in _unspoken_of(part, chosen, lexicon)]
    if len(asked.query.anchors) > 1:
        silent = [anchor for anchor in asked.query.anchors if not any(speaks_of(each.record, each.document, [anchor]) for each in (*chosen, *weighed))]
        missing += [f"documents of {anchor}{place}" for anchor in silent]
    return tuple(dict.fromkeys(missing))


def _name_of_gap(facet: Facet, part: Part, asked: Asked, lexicon: Lexicon) -> str:
    """Return in words what a part asks for and nothing serves, with the course of disease or the treatments that it names."""
    courses = COURSES.intersection(lexicon.facets_of_question(part.text)) if facet is Facet.DEFINITION else ()
    named = {mention.name for mention in lexicon.interventions_in(part.text)}.intersection(asked.query.drugs)
    # "…, and is it safe?" is asked of the treatment named before.
    drugs = " and ".join(drug for drug in asked.query.drugs if drug in named or (facet in _OF_DRUG and not named))
    name = " of ".join(FACET_NAMES[each] for each in (facet, *courses))
    return f"{name} {'of' if facet in _OF_DRUG else 'with'} {drugs}" if drugs else name


def _harms_of_others_only(asked: Asked, chosen: Sequence[Candidate]) -> bool:
    """Whether nothing but the harms of a treatment is asked for, and what is shown of them is told by studies of a wider group than the asked."""
    if set(asked.query.facets) != {Facet.SAFETY} or not (asked.query.drugs and asked.query.populations):
        return False
    telling = [each for each in chosen if leading_facet(each.record.sentence.tags) is Facet.SAFETY]
    return bool(telling) and all(each.tier is Tier.BROADER and not each.is_guideline for each in telling)


def _unspoken_of(part: Part, chosen: Sequence[Candidate], lexicon: Lexicon) -> list[str]:
    """Return the diseases of a part that no statement is on, nor a group or a kind of them."""
    mentions = [mention for mention in lexicon.populations_in(part.text) if not _LIKENED.search(part.text[: mention.start])]
    names = {mention.name for mention in mentions} - {lexicon.manifestation}
    found = [candidate.record.sentence.tags.populations for candidate in chosen]
    return sorted(name for name in names if not any(lexicon.relation([name], populations) in DIRECT for populations in found))


def _reports_nothing(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> bool:
    """Whether results of a named study are asked for and no statement is about any."""
    facets = lexicon.facets_of_question(asked.query.interpreted)
    if not asked.studies or Facet.OUTCOME not in facets or Facet.ONGOING in facets or Facet.DESIGN in asked.query.facets:
        # Which endpoint a study had is its design.
        return False
    own = [candidate.record.sentence.tags for candidate in chosen if speaks_of(candidate.record, candidate.document, asked.studies)]
    return not any(tags.polarity or (tags.facets and tags.facets[0][0] in TOLD_BY_STUDIES) for tags in own)
