"""What a sentence is about: its own words, the headings above it, and whether it tells of methods rather than findings.

In: a sentence and the titles above it. Out: its facets by weight. Words and forms are data (`data/facets.yaml`):

- a cue or form adds its weight, and several of one facet agree;
- a heading names the facet of what stands under it. "Results" and "Efficacy" only strengthen what a sentence says itself, for patient
  flow, baseline figures and assays stand under them too;
- what stands under methods, states an aim, or tells how something was measured without a result, is about the design of its source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragqa.types import Facet

if TYPE_CHECKING:
    from ragqa.text.lexicon import Lexicon
    from ragqa.text.lexicon_tables import Weights

_HEADING, _OUTER_HEADING, _CEILING = 0.95, 0.6, 0.94
_RUBRICS = {Facet.OUTCOME: 0.35, Facet.SAFETY: 0.7}
"""Facets whose headings stand above more than findings: the weight of such a heading for a sentence without a cue of its own."""
_OF_RESULT = 0.5
"""What the form of a result (a share, a p value, "than") counts as a cue under such a heading, and where no heading names a facet."""
_CONFIRMS = 0.7
"""How much of what is missing to certainty a rubric adds to the cue of a sentence."""
_EXPOSED = re.compile(
    r"^[^,.;]{0,40}\b(?:was|were|is|are) (?:independently |significantly )?associated with (?:an? )?(?:\w+ )?"
    r"(?:lower|higher|reduced|increased|decreased|greater|less|fewer|slower|faster|better|worse|longer|shorter|improved)\b",
    re.IGNORECASE,
)
"""What stands behind a treatment that something followed: it tells what came of the treatment."""
_OF_EXPOSURE = 0.85
_OF_HARM = 0.6
"""Most that "Results" makes an outcome of a sentence that tells of a harm before anything else."""
_OF_METHODS = 0.3
"""Most that any other facet weighs in a sentence on methods."""
_KEPT_OF_METHODS = frozenset({Facet.DESIGN, Facet.DOSING, Facet.DEFINITION, Facet.ONGOING, Facet.EVIDENCE_GAP})
_CHOICE_RESTS_ON = re.compile(r"\b(?:choice|choos\w+|selection|decision|decid\w+)\b[^.;]{0,60}\b(?:up)?on\b", re.IGNORECASE)
_OF_REASON = 0.4
"""Most that a cue weighs behind such words: what a choice rests on ("side effects") is a reason for it, and nothing is told of it."""
_OF_TREATED = 0.5
"""Most that frequency weighs where a treatment is named: "the incidence of X with the drug" tells of the drug."""


def facets_of_sentence(lexicon: Lexicon, text: str, headings: Sequence[str], is_planned: bool) -> Weights:
    """Return the facets of a sentence by descending weight.

    Args:
        lexicon: Cues, forms and headings.
        text: The sentence.
        headings: Titles above it, outermost first. The innermost title that names a facet decides before any word of the sentence.
        is_planned: Whether its document announces a study that has no results yet.
    """
    cues = _own_cues(lexicon, lexicon.sentence_mask.sub("", lexicon.document_topic.sub("", text)))
    above = [lexicon.facets_of_heading(heading) for heading in headings]
    _add_headings(cues, above, _tells_result(lexicon, text))
    if not cues and not any(above) and _tells_plain_result(lexicon, text):
        cues[Facet.OUTCOME] = _OF_RESULT
    on_methods = any(Facet.DESIGN in found and Facet.OUTCOME not in found for found in above)
    announces = is_planned and not any(Facet.BACKGROUND in found for found in above)
    if on_methods or announces or _tells_methods(lexicon, text):
        cues[Facet.DESIGN] = max(cues.get(Facet.DESIGN, 0.0), _HEADING if on_methods or announces else 0.8)
        cues = {facet: weight if facet in _KEPT_OF_METHODS else min(weight, _OF_METHODS) for facet, weight in cues.items()}
    order = list(Facet)
    return tuple(sorted(((facet, round(weight, 3)) for facet, weight in cues.items()), key=lambda pair: (-pair[1], order.index(pair[0]))))


def _own_cues(lexicon: Lexicon, text: str) -> dict[Facet, float]:
    """Return the facets that the words of a sentence speak for; several cues of one facet agree: 1 - Π (1 - weight), below any heading."""
    cues: dict[Facet, float] = {}

    def add(facet: Facet, weight: float) -> None:
        cues[facet] = min(_CEILING, 1 - (1 - cues.get(facet, 0.0)) * (1 - weight))

    choice = _CHOICE_RESTS_ON.search(text)
    for match in lexicon.sentence_table.find(text):
        for facet, weight in match.value:
            add(facet, min(weight, _OF_REASON) if choice and match.start >= choice.end() else weight)
    is_treated = bool(lexicon.interventions_in(text))
    for facet, form, weight in lexicon.sentence_forms:
        # What a feature went with tells of patients only where no treatment is named.
        if form.search(text) and not (facet is Facet.RISK_FACTOR and is_treated):
            add(facet, weight)
    if is_treated and any(_EXPOSED.match(text[mention.end :]) for mention in lexicon.interventions_in(text)):
        add(Facet.OUTCOME, _OF_EXPOSURE)
    if Facet.DOSING in cues and not lexicon.is_unit_dose(text):
        cues[Facet.DOSING] = min(cues[Facet.DOSING], 0.4)
    if Facet.EPIDEMIOLOGY in cues and is_treated:
        cues[Facet.EPIDEMIOLOGY] = min(cues[Facet.EPIDEMIOLOGY], _OF_TREATED)
    return cues


def _add_headings(cues: dict[Facet, float], above: Sequence[Sequence[Facet]], tells_result: bool) -> None:
    """Add the facets of the headings to those of the sentence, the innermost with most weight."""
    own = dict(cues)
    if tells_result and own.get(Facet.DESIGN, 0.0) < _OF_RESULT:
        own[Facet.OUTCOME] = max(own.get(Facet.OUTCOME, 0.0), _OF_RESULT)
    told_harm = own.get(Facet.SAFETY, 0.0) > max(_OF_HARM, own.get(Facet.OUTCOME, 0.0))
    weight = _HEADING
    for found in reversed(above):
        for facet in found:
            given = weight
            if facet in _RUBRICS:
                given = 1 - (1 - own[facet]) * (1 - _CONFIRMS) if facet in own else _RUBRICS[facet]
                if facet is Facet.OUTCOME and told_harm:
                    given = min(given, _OF_HARM)
            cues[facet] = max(cues.get(facet, 0.0), min(weight, given))
        weight = _OUTER_HEADING if found else weight


def _tells_methods(lexicon: Lexicon, text: str) -> bool:
    """Whether a sentence states an aim or a measurement and no result; what it aims at may read like one, and only figures outweigh that."""
    methods, _, aims, figures, _ = lexicon.method_forms
    if any(form.search(text) for form in aims):
        return not any(form.search(text) for form in figures)
    return any(form.search(text) for form in methods) and not _tells_result(lexicon, text)


def _tells_result(lexicon: Lexicon, text: str) -> bool:
    """Whether a sentence holds the form of a result: a share, a p value, a comparison."""
    return any(form.search(text) for form in lexicon.method_forms[1])


def _tells_plain_result(lexicon: Lexicon, text: str) -> bool:
    """Whether a sentence tells a result for sure: figures, or the form of one that is not only weighed ("may reduce")."""
    figures, weighed = lexicon.method_forms[3:5]
    if any(form.search(text) for form in figures):
        return True
    return _tells_result(lexicon, text) and not any(form.search(text) for form in weighed)
