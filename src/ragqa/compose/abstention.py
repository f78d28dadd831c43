"""When not to answer, and why: a stable reason code, the reason in words, and what to ask or add instead.

The slots of a question (population, drug, named study, outcome, dose, facet) must be filled together by at least one candidate.
Relevance is not sufficiency: a library full of the right disease may hold nothing on the drug, the dose or the outcome asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.anchors import content_terms, is_by
from ragqa.compose.aside import is_known_treatment
from ragqa.compose.asked import Asked
from ragqa.compose.binding import are_examples
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.details import missing_detail
from ragqa.compose.parts import parts_of
from ragqa.compose.premises import missing_document, unmet_premise
from ragqa.compose.reasons import not_reported, nothing_on
from ragqa.compose.selection import above_cut
from ragqa.compose.together import missing_dose, missing_event, missing_for_organ, missing_from_study, of_named_study
from ragqa.compose.unfilled import asked_beside, asked_directly, missing_names, unheld_tests
from ragqa.compose.words_missing import Salience, missing_everywhere, unknown_word
from ragqa.protocols import Embedder, Library
from ragqa.settings import ComposeSettings
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import asks
from ragqa.text.spelling import is_everyday
from ragqa.types import Facet, Reason, Tier

OFF_TOPIC = Reason(
    "off_topic",
    "The question is outside the field of the documents in this library.",
    'Ask about a subject that the library covers; "ragqa docs list" shows it.',
)
WEAK_EVIDENCE = Reason(
    "weak_evidence", "Nothing in the library answers this closely enough to be quoted.", "Name the disease, the treatment or the outcome you have in mind."
)
_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.SAFETY, Facet.EPIDEMIOLOGY})
_ADVISED = frozenset({Facet.TREATMENT, Facet.SAFETY})
"""What advice on a class answers for a drug of it; what the drug did, it does not."""
_OWN_FACET = 0.7
_SHORTEST = 3
_JOINED = re.compile(r"^[^.;?!]{0,15}\band\b[^.;?!]{0,15}$", re.IGNORECASE)


def reason_to_abstain(
    asked: Asked,
    candidates: Sequence[Candidate],
    best_cosine: float,
    query_vector: NDArray[np.float32],
    embedder: Embedder,
    lexicon: Lexicon,
    settings: ComposeSettings,
    known_drugs: Callable[[str], bool],
    library: Library,
) -> Reason | None:
    """Return why the question cannot be answered from the candidates, or None where it can.

    Args:
        asked: The question as slots.
        candidates: What retrieval and tags found, any tier but unrelated.
        best_cosine: Highest similarity of the question to any sentence or chunk found, before the slots were applied.
        query_vector: Unit vector of the question.
        embedder: Embeds the question without one of its words, to see how much hangs on that word.
        lexicon: Reads doses and outcomes in candidates.
        settings: Thresholds.
        known_drugs: Whether any sentence of the library names a drug.
        library: Knows the abbreviations of its documents, and whether any of them holds a word.
    """
    query = asked.query
    direct = [candidate for candidate in candidates if candidate.tier in DIRECT]
    if _is_off_topic(asked, direct, best_cosine, lexicon, settings):
        return OFF_TOPIC
    likely = above_cut(direct, direct, asked, settings, surely=True)
    weigh = Salience(query_vector, embedder, query.interpreted)
    unmet = (
        unmet_premise(asked, direct, lexicon)
        or _missing_drug(asked, direct, known_drugs, lexicon)
        or unknown_word(asked, direct, likely or direct, weigh, lexicon, library, settings)
        or _missing_population(asked, direct, lexicon)
        or missing_document(asked, direct, lexicon)
        or missing_from_study(asked, direct)
        or missing_dose(asked, candidates, direct, lexicon)
        or missing_event(asked, direct, lexicon)
        or missing_for_organ(asked, direct, lexicon)
        or missing_detail(asked, direct, lexicon)
        or _missing_test(asked, direct, lexicon)
        or _missing_result(asked, direct, of_named_study(likely, asked), lexicon)
        or missing_everywhere(asked, direct, likely, weigh, lexicon, library, settings)
    )
    if unmet:
        return unmet
    if max(each.score for each in direct) >= settings.least_probability or (asked.studies and any(is_by(each.document, asked.studies) for each in direct)):
        return None
    return WEAK_EVIDENCE if not query.populations or any(candidate.tier is not Tier.BROADER for candidate in direct) else nothing_on(asked)


def _is_off_topic(asked: Asked, direct: Sequence[Candidate], best_cosine: float, lexicon: Lexicon, settings: ComposeSettings) -> bool:
    """Whether a question is outside the field: nothing is near it, unless it names a source or one statement holds all its rare words."""
    query, text = asked.query, asked.query.interpreted
    rare = _rare_words(asked)
    names_slot = query.populations or query.drugs or query.anchors or lexicon.tests_in(text) or lexicon.outcomes_in(text)
    least = settings.off_topic_cosine if names_slot or rare else settings.off_topic_cosine_unnamed
    return best_cosine < least and not query.anchors and not (rare and not asked.unknown and _are_held_together(rare, direct))


def _rare_words(asked: Asked) -> list[str]:
    """Return the rare words of a question that the library knows ("Goh staging"): it then speaks of the field without naming a disease."""
    words = (word.strip("?.,;:!()[]\"'") for word in asked.query.interpreted.split())
    return [word for word in words if word.isalpha() and len(word) >= _SHORTEST and word not in asked.unknown and not is_everyday(word.lower())]


def _are_held_together(words: Sequence[str], direct: Sequence[Candidate]) -> bool:
    """Whether one statement, with its heading, holds all the words."""
    terms = {term for word in words for term in analyze(word)}
    return any(terms <= content_terms(f"{each.record.sentence.text} {each.record.section.title}") for each in direct)


def _missing_drug(asked: Asked, direct: Sequence[Candidate], known_drugs: Callable[[str], bool], lexicon: Lexicon) -> Reason | None:
    """Return the reason where no document speaks of a treatment asked for, nor a guideline advises the asked on its class.

    One that only stands beside a known one is left to what is not covered.
    """
    query = asked.query
    unknown = [drug for drug in query.drugs if not is_known_treatment(drug, known_drugs, lexicon)]
    # "XY levels", a label without a word of asking, asks for just that; a question whether to give XY is answered by the advice on its class.
    seeks_advice = bool(_ADVISED.intersection(query.facets)) and Facet.DOSING not in query.facets and (asks(query.interpreted) or not asked.terms)
    advised = seeks_advice and all(_is_advised_by_class(drug, direct, lexicon) for drug in unknown)
    beside = _are_joined(query.interpreted, lexicon) or are_examples(query.interpreted, lexicon)
    if not unknown or advised or (len(unknown) < len(query.drugs) and not query.is_comparison and beside):
        return None
    names = " or ".join(unknown)
    return Reason("missing_drug", f"No document of the library speaks of {names}.", f"Add a document on {names} to the corpus, or ask about another treatment.")


def _is_advised_by_class(drug: str, direct: Sequence[Candidate], lexicon: Lexicon) -> bool:
    """Whether a recommendation for just the asked population is on the nearest class of a treatment."""
    nearest = set(lexicon.classes_of(drug)[:1])
    tags = [each.record.sentence.tags for each in direct if each.tier is Tier.EXACT]
    return any(each.recommendation is not None and nearest & set(each.drugs) for each in tags)


def _are_joined(text: str, lexicon: Lexicon) -> bool:
    """Whether two treatments of a question are joined by "and": the outcomes of each are asked for."""
    mentions = lexicon.interventions_in(text)
    return any(_JOINED.match(text[one.end : other.start]) for one, other in pairwise(mentions))


def _missing_population(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where nothing is on the asked population.

    A disease outside the library's field that is named in passing, as the source of a figure or beside another disease, is not covered:
    a sentence must be about it alone and about what is asked.
    """
    outside = {name for name in asked.query.populations if name != lexicon.manifestation and not lexicon.ancestors(name)}
    if outside and set(asked.query.populations) == outside:
        asks = bool(asked.query.facets)
        direct = [each for each in direct if set(each.record.sentence.tags.populations) <= outside and (not asks or each.facet_fit >= _OWN_FACET)]
    return None if direct else nothing_on(asked)


def _missing_test(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    unheld = unheld_tests(asked, direct, lexicon)
    return not_reported(unheld, asked, lexicon) if unheld else None


def _missing_result(asked: Asked, direct: Sequence[Candidate], likely: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where an outcome or a kind of people is asked for and no likely sentence reports it.

    In a question on treatment an outcome may be its occasion ("with pulmonary hypertension"): only slots that are always asked for count
    there. Where one part of several has its outcome, the answer is given in part.
    """
    query = asked.query
    parts = parts_of(asked, lexicon)
    missing = list(dict.fromkeys(name for part in parts for name in missing_names(part.text, asked, likely, lexicon)))
    for part in parts:
        lacking = set(missing_names(part.text, asked, likely, lexicon))
        named = {*(mention.name for mention in lexicon.outcomes_in(part.text))} - lexicon.soft_outcomes
        # Whether it progresses or comes back is a result where nothing is to be given for it.
        facets = {Facet.OUTCOME if facet is Facet.PROGRESSION and Facet.TREATMENT not in part.facets else facet for facet in part.facets}
        seeks_result = not facets or bool(_RESULTS & facets)
        tests = {mention.name for mention in lexicon.tests_in(part.text)}
        always_asked = lexicon.special_populations | lexicon.needed_outcomes | asked_directly(part.text, lexicon)
        never_answered = lacking & always_asked or (tests and tests <= lacking)
        if not (never_answered or (lacking and seeks_result and named <= lacking)) or asked_beside(part.text, lacking, lexicon):
            break
    else:
        if missing:
            return not_reported(missing, asked, lexicon)
    # "…, and can it be used in pregnancy?" leaves the part before it to be answered; what the first part is on, the whole question is on.
    whole = query.interpreted
    for part in parts[1:]:
        whole = whole.replace(part.text, "")
    special = set(missing_names(whole, asked, likely, lexicon)) & lexicon.special_populations
    if special:
        return not_reported(sorted(special), asked, lexicon)
    return None
