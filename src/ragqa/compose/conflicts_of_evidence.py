"""Two reports of evidence that disagree: on the direction of a result, on what goes with an exposure, on how often, or on how many.

Each reader below compares what two sentences say of one thing in one population; what they do not name in the same terms is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.figures_given import Figure, at_one_time, differ, figures_in
from ragqa.compose.headings import main_facet
from ragqa.compose.result_signs import association_of, is_compared, leaning_of, signs_of
from ragqa.compose.sides import Dispute, Side, name_of, names_of, share_people
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, DocumentKind, Facet

LEAST_COSINE = 0.45
_KEPT = 4096
_NOT_RESULTS = frozenset({Facet.ONGOING, Facet.EVIDENCE_GAP, Facet.DESIGN})
_ON_THE_SOURCE = frozenset({Facet.EVIDENCE_GAP, Facet.DESIGN})
_ABOVE = re.compile(r"(?:\b(?:above|over|exceed(?:s|ing)?|more than|greater than)|[>≥]=?)\s?(\d+(?:\.\d+)?)\s?(mg(?:/kg)?(?:/day)?)", re.IGNORECASE)
_EACH = re.compile(r"\b(?:either|each)\b|\bwith [^,;]+ and with\b", re.IGNORECASE)
_COUNT = re.compile(r"(?<![\d.,/–-])\d{2,6}(?![\d%]|[.,/]\d|\s?[-–]\s?\d)")
_TELLS_WHERE = re.compile(r"\bthe (text|table|abstract|figure|registry|supplement|letter)\b", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![\d.])\d+(?![\d%]|\.\d)")


def conflict_of_results(one: Side, other: Side, asked: Asked, lexicon: Lexicon) -> Dispute | None:
    """Return the disagreement of two results on one measure of one treatment."""
    (first_id, first), (second_id, second) = one, other
    if first.document.document_id == second.document.document_id or not (_is_result(first) and _is_result(second)):
        return None
    if set(first.record.sentence.tags.trials) & set(second.record.sentence.tags.trials):
        # Two readings of one study are one piece of evidence.
        return None
    mine, theirs = _read(first, lexicon), _read(second, lexicon)
    measures = sorted(measure for measure in mine.keys() & theirs.keys() if mine[measure] * theirs[measure] < 0)
    if not measures or not share_people(first, second, asked, lexicon) or float(first.vector @ second.vector) < LEAST_COSINE:
        return None
    subjects = _subjects(first, asked, lexicon) & _subjects(second, asked, lexicon)
    if not subjects or is_compared(first.record.sentence.text) != is_compared(second.record.sentence.text):
        # A gain since the start and no gain over another arm may both be so.
        return None
    subject = f"{_name(subjects)} and {measures[0]}"
    return Dispute(subject, measures[0], Conflict((first_id, second_id), "direction", f"{names_of(first, second)} disagree on {subject}."))


def conflict_of_associations(one: Side, other: Side, asked: Asked, lexicon: Lexicon) -> Dispute | None:
    """Return the disagreement of two studies on whether a treatment goes with more or less of a disease.

    Where one of them missed significance and both estimates point the same way, that is said with it: the two do not oppose each other.
    """
    (first_id, first), (second_id, second) = one, other
    mine, theirs = association_of(first.record.sentence.text, lexicon), association_of(second.record.sentence.text, lexicon)
    if mine is None or theirs is None or mine[0] != theirs[0] or mine[1] == theirs[1] or first.document.document_id == second.document.document_id:
        return None
    subjects = _subjects(first, asked, lexicon) & _subjects(second, asked, lexicon)
    if not subjects or not share_people(first, second, asked, lexicon):
        return None
    subject = f"how {_name(subjects)} goes with the {mine[0]} of {lexicon.manifestation}"
    leanings = {leaning_of(first.record.sentence.text), leaning_of(second.record.sentence.text)}
    lean_alike = 0 in (mine[1], theirs[1]) and leanings in ({1}, {-1})
    alike = f"differ on {subject}: one finds no significant association, and both estimates point the same way"
    note = f"{names_of(first, second)} {alike if lean_alike else f'disagree on {subject}'}."
    return Dispute(subject, lexicon.manifestation, Conflict((first_id, second_id), "direction", note))


def conflict_of_counts(one: Side, other: Side, lexicon: Lexicon) -> Dispute | None:
    """Return a conflict where a statement says that sources count a study differently and the other gives one of the counts."""
    if not (one[1].record.sentence.tags.trials and other[1].record.sentence.tags.trials):
        return None
    for (teller_id, teller), (giver_id, giver) in ((one, other), (other, one)):
        text, tags = teller.record.sentence.text, giver.record.sentence.tags
        trials = set(teller.record.sentence.tags.trials) & set(tags.trials)
        if not trials or tags.n is None or main_facet(teller) not in _ON_THE_SOURCE or lexicon.tells_difference(giver.record.sentence.text):
            continue
        counted = {int(match.group()) for match in _COUNT.finditer(text)}
        if tags.n in counted and len(counted) > 1 and lexicon.tells_difference(text):
            ids = (teller_id, giver_id) if (teller_id, teller) == one else (giver_id, teller_id)
            subject = " and ".join(sorted(trials))
            return Dispute(subject, None, Conflict(ids, "number", f"Sources give different numbers for {subject}."))
    return None


def conflict_of_thresholds(one: Side, other: Side, asked: Asked) -> Dispute | None:
    """Return the disagreement of two documents on the dose above which an outcome asked about is to be feared."""
    (first_id, first), (second_id, second) = one, other
    if first.document.document_id == second.document.document_id or not asked.drug_names:
        return None
    mine, theirs = first.record.sentence.tags, second.record.sentence.tags
    outcomes = sorted(set(asked.outcomes).intersection(mine.outcomes, theirs.outcomes))
    if not outcomes or asked.drug_names.isdisjoint(mine.drugs) or asked.drug_names.isdisjoint(theirs.drugs):
        return None
    doses = [{(unit.lower(), float(dose)) for dose, unit in _ABOVE.findall(each.record.sentence.text)} for each in (first, second)]
    if not doses[0] or not doses[1] or doses[0] & doses[1] or {unit for unit, _ in doses[0]} != {unit for unit, _ in doses[1]}:
        return None
    subject = f"{asked.query.drugs[0]} (outcome: {outcomes[0]})"
    return Dispute(subject, None, Conflict((first_id, second_id), "number", f"{names_of(first, second)} give different threshold doses of {subject}."))


def conflict_of_reports(one: Side, other: Side, lexicon: Lexicon) -> Dispute | None:
    """Return a conflict where two parts of one report, its text and its table, give a result differently."""
    (first_id, first), (second_id, second) = one, other
    if first.document.document_id != second.document.document_id or set(first.record.sentence.tags.drugs) != set(second.record.sentence.tags.drugs):
        return None
    texts = [candidate.record.sentence.text for candidate in (first, second)]
    places = [_TELLS_WHERE.search(text) for text in texts]
    if places[0] is None or places[1] is None or places[0].group(1).lower() == places[1].group(1).lower():
        return None
    told = [set(_WHOLE.findall(text[place.end() :])) for text, place in zip(texts, places, strict=True) if place]
    shared = sorted(lexicon.measures_in(texts[0]) & lexicon.measures_in(texts[1]))
    opening = texts[0][: places[0].start()] == texts[1][: places[1].start()]
    if not shared or not opening or not told[0] or not told[1] or told[0] == told[1]:
        return None
    note = f"{name_of(first)}: the {places[0].group(1).lower()} and the {places[1].group(1).lower()} of the report give {shared[0]} differently."
    return Dispute(shared[0], shared[0], Conflict((first_id, second_id), "number", note))


def conflicts_of_figures(sides: Sequence[Side], lexicon: Lexicon) -> list[Dispute]:
    """Return one conflict for each thing whose figures differ between documents: the least and the greatest of them that may be of one time."""
    given: dict[tuple[str, str, str], list[tuple[Side, Figure]]] = {}
    for side in sides:
        for figure in figures_of(side[1], lexicon):
            given.setdefault(figure.key, []).append((side, figure))
    order = [id_ for id_, _ in sides]
    found: list[Dispute] = []
    for (thing, among, _), figures in given.items():
        ranked = sorted(figures, key=lambda pair: pair[1].value)
        pairs = [(low, high) for low, high in combinations(ranked, 2) if at_one_time(low[1], high[1])]
        if not pairs:
            continue
        ((low_id, low), least), ((high_id, high), most) = max(pairs, key=lambda pair: pair[1][1].value - pair[0][1].value)
        if low_id != high_id and low.document.document_id != high.document.document_id and differ(least, most):
            ids = (low_id, high_id) if order.index(low_id) < order.index(high_id) else (high_id, low_id)
            note = f"Sources give different figures for {thing} in {among}: {least.written} in {name_of(low)}, {most.written} in {name_of(high)}."
            found.append(Dispute(f"{thing} in {among}", thing, Conflict(ids, "number", note)))
    return found


def figures_of(candidate: Candidate, lexicon: Lexicon) -> tuple[Figure, ...]:
    """Return the figures of a statement; those of a trial or a few cases, whose patients were chosen, tell nothing on how common a thing is."""
    chosen = candidate.document.metadata.kind in (DocumentKind.RANDOMISED_TRIAL, DocumentKind.CASE_SERIES, DocumentKind.CASE_REPORT)
    return () if chosen or candidate.record.sentence.tags.recommendation else figures_in(candidate.record.sentence.text, lexicon)


def reports(candidate: Candidate, lexicon: Lexicon, treatments: Collection[str] | None = None) -> bool:
    """Whether a statement holds anything that another could contradict; its results count only where they are on one of the treatments, if given."""
    text = candidate.record.sentence.text
    if _counts(candidate) or figures_of(candidate, lexicon) or association_of(text, lexicon):
        return True
    return (treatments is None or not treated(candidate).isdisjoint(treatments)) and _is_result(candidate) and bool(_read(candidate, lexicon))


def treated(candidate: Candidate) -> frozenset[str]:
    """Return the treatments that a statement names or stands under."""
    tags = candidate.record.sentence.tags
    return frozenset((*tags.drugs, *tags.topic_drugs))


def _name(subjects: frozenset[frozenset[str]]) -> str:
    fewest = min(len(names) for names in subjects)
    return " and ".join(min(sorted(names) for names in subjects if len(names) == fewest))


def _counts(candidate: Candidate) -> bool:
    tags = candidate.record.sentence.tags
    return bool(tags.trials) and tags.n is not None


def _is_result(candidate: Candidate) -> bool:
    return candidate.record.sentence.tags.recommendation is None and main_facet(candidate) not in _NOT_RESULTS


def _read(candidate: Candidate, lexicon: Lexicon) -> Mapping[str, int]:
    return signs_of(candidate.record.sentence.text, lexicon)


def _subjects(candidate: Candidate, asked: Asked, lexicon: Lexicon) -> frozenset[frozenset[str]]:
    """Return the treatments that a result is about: all together, or each by itself where it says so.

    A treatment given beside another is another question than the treatment itself. A sentence that names none is about the arm of its study:
    it counts for what the question asks on where that belongs to the arm.
    """
    tags = candidate.record.sentence.tags
    if not tags.drugs:
        return frozenset(frozenset({drug}) for drug in asked.query.drugs if drug in tags.topic_drugs)
    return _treated(candidate.record.sentence.text, tags.drugs, lexicon)


@lru_cache(maxsize=_KEPT)
def _treated(text: str, drugs: tuple[str, ...], lexicon: Lexicon) -> frozenset[frozenset[str]]:
    classes = {group for drug in drugs for group in lexicon.classes_of(drug)}
    own = frozenset(drugs) - classes
    return frozenset(frozenset({drug}) for drug in own) if _EACH.search(text) else frozenset({own})
