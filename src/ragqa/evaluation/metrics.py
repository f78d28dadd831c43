"""What a good answer is: each metric is one function from a judged case to a share, defined in its docstring.

Here stand the metrics of content and form; citations, refusals and stability have modules of their own, and `figures.py` lists them all.
Definitions follow composition.md section 10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragqa.evaluation.assessor import Case
from ragqa.evaluation.citations import figures_in
from ragqa.evaluation.questions import Expected, Importance, Nugget, QuestionType
from ragqa.evaluation.records import NOT_APPLICABLE, Share
from ragqa.types import Facet, Statement, Tier

REPEATS_COSINE = 0.80
INDIRECT = "indirect"
"""Id of the closed section for evidence from other diseases, whose statements carry a label each."""
_DANGLING = re.compile(
    r"^(?:this|these|those|it|its|they|their|them|he|she|such|the (?:latter|former|same|other|others|study|trial|authors?|drug|review|cohort)(?! of)"
    r"|however|moreover|furthermore|thus|therefore|hence|nevertheless|in contrast[, ]|conversely|also|but|and|or|whereas|similarly|in addition"
    r"|both(?! \w+ and\b)|of (?:these|those|them)|among (?:these|them|those)|in (?:this|these|that|those) (?:study|trial|cohort|review|patients))\b",
    re.IGNORECASE,
)
"""Starts that need the sentence before. This list is the judge's own: the composer has another."""
_TYPE_FACETS: dict[QuestionType, frozenset[Facet]] = {
    QuestionType.TREATMENT: frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.OUTCOME, Facet.SUPPORTIVE_CARE, Facet.RAPIDLY_PROGRESSIVE, Facet.SAFETY}),
    QuestionType.PROGRESSION: frozenset({Facet.PROGRESSION, Facet.PROGNOSIS, Facet.RISK_FACTOR, Facet.OUTCOME}),
    QuestionType.RAPIDLY_PROGRESSIVE: frozenset({Facet.RAPIDLY_PROGRESSIVE, Facet.OUTCOME, Facet.PROGNOSIS}),
    QuestionType.MONITORING: frozenset({Facet.MONITORING}),
    QuestionType.SCREENING: frozenset({Facet.SCREENING, Facet.DIAGNOSIS, Facet.RISK_FACTOR}),
    QuestionType.DOSING: frozenset({Facet.DOSING}),
    QuestionType.SAFETY: frozenset({Facet.SAFETY}),
    QuestionType.OUTCOME: frozenset({Facet.OUTCOME, Facet.PROGNOSIS}),
    QuestionType.DEFINITION: frozenset({Facet.DEFINITION, Facet.DIAGNOSIS}),
    QuestionType.PROGNOSIS: frozenset({Facet.PROGNOSIS, Facet.RISK_FACTOR, Facet.OUTCOME, Facet.PROGRESSION}),
    QuestionType.EPIDEMIOLOGY: frozenset({Facet.EPIDEMIOLOGY}),
}
"""The facets under which an answer to a type of question may stand; types that cut across facets are left out."""


def vital_recall(case: Case) -> Share:
    """Count vital nuggets that one statement says whole, in its text or in one of its quotes.

    Source: the nugget method of Pradeep et al., AutoNuggetizer, TREC 2024 RAG track; matched by patterns instead of a model.
    """
    return _recall(case, [nugget for nugget in case.question.nuggets if nugget.importance is Importance.VITAL])


def nugget_recall(case: Case) -> Share:
    """Count nuggets of any importance that one statement says whole. Source: as for vital recall."""
    return _recall(case, case.question.nuggets)


def useful(case: Case) -> Share:
    """Count statements that say at least one nugget; most of the others are true, but not what was asked for. Source: composition.md section 2."""
    if not case.question.nuggets:
        return NOT_APPLICABLE
    statements = case.answer.statements
    return Share(float(sum(any(says(statement, nugget) for nugget in case.question.nuggets) for statement in statements)), len(statements))


def forbidden(case: Case) -> Share:
    """Count, for a question that forbids something, 1 where any statement says it. Source: eval/README.md."""
    if not case.question.forbidden:
        return NOT_APPLICABLE
    return Share(float(any(case.question.forbidden_in(statement.text) for statement in case.answer.statements)), 1)


def population_precision(case: Case) -> Share:
    """Count statements outside the indirect block about an allowed disease, a kind of one or a group it belongs to (`Assessor.is_about`).

    Source: composition.md section 10.
    """
    if not case.question.allowed_populations:
        return NOT_APPLICABLE
    direct = direct_statements(case)
    return Share(float(sum(is_about_allowed(case, statement) for statement in direct)), len(direct))


def indirect_leak(case: Case) -> Share:
    """Count statements on a sibling disease that stand outside the closed block. Source: composition.md section 10; must be 0."""
    direct = direct_statements(case)
    return Share(float(sum(statement.population_tier in {Tier.SIBLING, Tier.UNRELATED} for statement in direct)), len(direct))


def redundancy(case: Case) -> Share:
    """Count statements with a cosine above .80 to an earlier one of the same answer that names the same treatments.

    Source: composition.md section 10; the second condition, because two recommendations in one form of words on two drugs are two facts.
    """
    return Share(float(sum(repeated(case, same_drugs=True))), len(case.answer.statements))


def redundancy_by_cosine(case: Case) -> Share:
    """Count statements with a cosine above .80 to an earlier one of the same answer. Source: composition.md section 10."""
    return Share(float(sum(repeated(case, same_drugs=False))), len(case.answer.statements))


def repetition(case: Case) -> Share:
    """Count redundant statements that also hold the figures of the earlier one and no nugget that those before them lack.

    Redundancy as above takes two lines of therapy of one drug for one fact, since their words are alike; the gold tells them apart.
    """
    statements = case.answer.statements
    alike = repeated(case, same_drugs=True)
    said = [frozenset(nuggets_said(case, statement)) for statement in statements]
    figures_of = [frozenset(figures_in(statement.text)) for statement in statements]
    return Share(
        float(
            sum(
                alike[place] and said[place] <= frozenset().union(*said[:place]) and any(figures_of[place] <= figures_of[before] for before in range(place))
                for place in range(len(statements))
            )
        ),
        len(statements),
    )


def dangling(case: Case) -> Share:
    """Count statements that start with a reference to something not shown, or with a connective. Source: composition.md sections 2 and 10."""
    statements = case.answer.statements
    return Share(float(sum(map(is_dangling, statements))), len(statements))


def facet_agreement(case: Case) -> Share:
    """Count useful statements that stand under a facet fitting the type of the question. Source: composition.md section 10, soft."""
    fitting = _TYPE_FACETS.get(case.question.type)
    if fitting is None:
        return NOT_APPLICABLE
    found = [statement for statement in case.answer.statements if any(says(statement, nugget) for nugget in case.question.nuggets)]
    return Share(float(sum(statement.facet in fitting for statement in found)), len(found))


def facet_coverage(case: Case) -> Share:
    """Count, for an answerable question of one facet, 1 where any statement stands under a fitting facet. Source: issue 4."""
    fitting = _TYPE_FACETS.get(case.question.type)
    if fitting is None or case.question.expected is Expected.ABSTAIN:
        return NOT_APPLICABLE
    return Share(float(any(statement.facet in fitting for statement in case.answer.statements)), 1)


def conflict_recall(case: Case) -> Share:
    """Count, for a question on which sources disagree, 1 where the answer marks two statements of different nuggets as a conflict.

    Source: composition.md section 10.
    """
    if case.question.type is not QuestionType.CONFLICT or len(case.question.nuggets) < 2:
        return NOT_APPLICABLE
    said = {statement.statement_id: frozenset(nuggets_said(case, statement)) for statement in case.answer.statements}
    pairs = [tuple(said.get(name, frozenset()) for name in conflict.statements) for conflict in case.answer.conflicts]
    return Share(float(any(one and other and one != other for one, other in pairs)), 1)


def says(statement: Statement, nugget: Nugget) -> bool:
    """Whether one statement says a nugget, in its shown text or in a quote it rests on."""
    return nugget.is_in(statement.text) or any(nugget.is_in(" ".join(evidence.quote.split())) for evidence in statement.evidence)


def nuggets_said(case: Case, statement: Statement) -> tuple[int, ...]:
    """Return the places of the nuggets that a statement says."""
    return tuple(place for place, nugget in enumerate(case.question.nuggets) if says(statement, nugget))


def direct_statements(case: Case) -> tuple[Statement, ...]:
    """Return the statements outside the closed block for other diseases."""
    return tuple(statement for section in case.answer.sections if section.section_id != INDIRECT for statement in section.statements)


def is_about_allowed(case: Case, statement: Statement) -> bool:
    """Whether a statement is about a disease that the question allows."""
    allowed = case.question.allowed_populations
    return not allowed or case.assessor.is_about(statement, allowed)


def is_dangling(statement: Statement) -> bool:
    """Whether a statement starts with something that only the sentence before it explains."""
    return bool(_DANGLING.match(statement.text))


def repeated(case: Case, same_drugs: bool) -> list[bool]:
    """Return for each statement of the answer whether an earlier one says much the same."""
    statements = case.answer.statements
    if not statements:
        return []
    vectors = case.assessor.vectors([statement.text for statement in statements])
    drugs = [case.assessor.drugs_in(statement.text) for statement in statements]
    near = vectors @ vectors.T > REPEATS_COSINE
    return [any(near[place, before] and (not same_drugs or drugs[place] == drugs[before]) for before in range(place)) for place in range(len(statements))]


def _recall(case: Case, nuggets: Sequence[Nugget]) -> Share:
    statements = case.answer.statements
    return Share(float(sum(any(says(statement, nugget) for statement in statements) for nugget in nuggets)), len(nuggets))
