"""Ten ways to break the system on purpose; each must be seen by the figure that is there to see it, and fail the gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from ragqa.evaluation.ablations import Ablation, open_without
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.figures import METRICS, figure
from ragqa.evaluation.gate import accept, hold_against
from ragqa.evaluation.questions import EvalQuestion, Expected
from ragqa.evaluation.records import EvalRun
from ragqa.evaluation.retrieval_metrics import retrieval_shares
from ragqa.protocols import Retriever
from ragqa.service import QAService
from ragqa.types import Answer, Direction, Facet, Filters, Query, Ranking, Statement

Change = Callable[[Answer], Answer]
Seen = Callable[[Change, str], None]
_NO_FILTERS = Filters()
_OPPOSITE = {Direction.FOR: Direction.AGAINST, Direction.AGAINST: Direction.FOR, Direction.NONE: Direction.FOR}


@pytest.fixture
def assert_seen(dev_run: EvalRun, dev_questions: tuple[EvalQuestion, ...], dev_answers: dict[str, Answer], assessor: Assessor, tmp_path: Path) -> Seen:
    """Return what asserts that a change of every dev answer makes a figure worse and that the gate names it."""

    def check(change: Change, key: str) -> None:
        judge = next(metric.measure for metric in METRICS if metric.key == key)
        assert judge is not None
        cases = (Case(question, change(dev_answers[question.id]), assessor) for question in dev_questions)
        records = (replace(record, shares=record.shares | {key: judge(case)}) for record, case in zip(dev_run.records, cases, strict=True))
        assert_worse(dev_run, replace(dev_run, records=tuple(records)), key, tmp_path)

    return check


def assert_worse(before: EvalRun, after: EvalRun, key: str, folder: Path) -> None:
    """Assert that a figure got worse and that the gate names it."""
    metric = next(metric for metric in METRICS if metric.key == key)
    old, new = (figure(run.records, metric) for run in (before, after))
    assert old is not None
    assert new is not None
    assert new < old if metric.higher_is_better else new > old, f"{key} went from {old} to {new}"
    accept(before, folder / "baseline.json", "questions", "today")
    assert key in {failure.key for failure in hold_against(after, folder / "baseline.json")}


def each_statement(change: Callable[[Statement], Statement]) -> Change:
    """Return a change of answers that changes each of their statements."""

    def changed(answer: Answer) -> Answer:
        sections = tuple(
            replace(section, groups=tuple(replace(group, statements=tuple(map(change, group.statements))) for group in section.groups))
            for section in answer.sections
        )
        return replace(answer, sections=sections)

    return changed


def test_a_wrong_page_lowers_citation_precision(assert_seen: Seen) -> None:
    """Every quote is laid to the next page."""

    def turn_page(statement: Statement) -> Statement:
        return replace(statement, evidence=tuple(replace(evidence, page=evidence.page + 1) for evidence in statement.evidence))

    assert_seen(each_statement(turn_page), "citation_precision")


def test_a_swapped_population_lowers_population_precision(assert_seen: Seen, dev_answers: dict[str, Answer]) -> None:
    """Each statement gets the diseases of another one of the whole library."""
    populations = sorted({statement.populations for answer in dev_answers.values() for statement in answer.statements})
    after = dict(zip(populations, [*populations[1:], populations[0]], strict=True))

    assert_seen(each_statement(lambda statement: replace(statement, populations=after[statement.populations])), "population_precision")


def test_a_dropped_negation_is_a_contradiction(assert_seen: Seen) -> None:
    """The first negation of each statement is dropped."""
    negation = re.compile(r"\b(?:not|against|without|no|never)\s", re.IGNORECASE)

    assert_seen(each_statement(lambda statement: replace(statement, text=negation.sub("", statement.text, count=1))), "contradiction")


class Reversed:
    """A retriever that gives the worst of what another finds first."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    def search(self, queries: Sequence[Query], k: int, filters: Filters = _NO_FILTERS) -> list[Ranking]:
        """Return rankings turned round."""
        return [ranking[::-1] for ranking in self._retriever.search(queries, k, filters)]


def test_reversed_fusion_lowers_ndcg(dev_run: EvalRun, dev_questions: tuple[EvalQuestion, ...], corpus_service: QAService, tmp_path: Path) -> None:
    """The fused ranking is turned round."""
    reader = corpus_service.reader()
    shares = retrieval_shares(replace(reader, retriever=Reversed(reader.retriever)), dev_questions, corpus_service.settings.retrieval.pool)
    after = replace(dev_run, records=tuple(replace(record, shares=record.shares | shares.get(record.question_id, {})) for record in dev_run.records))

    for key in ("ndcg10_guideline", "mrr_research", "passage_ndcg10_research"):
        assert_worse(dev_run, after, key, tmp_path)


def test_missing_abstention_lowers_refusal_recall(assert_seen: Seen, dev_questions: tuple[EvalQuestion, ...], corpus_service: QAService) -> None:
    """The rules of abstention are switched off in the composer itself."""
    service = open_without(corpus_service.settings, Ablation("abstention", compose=(("without", ("abstention",)),)))
    answered = {question.text: service.ask(question.text) for question in dev_questions if question.expected is Expected.ABSTAIN}

    assert_seen(lambda answer: answered.get(answer.question, answer), "refusal_recall")


def test_a_wrong_direction_badge_lowers_badge_precision(assert_seen: Seen) -> None:
    """Every badge is turned round."""

    def turn(statement: Statement) -> Statement:
        card = statement.recommendation
        return statement if card is None else replace(statement, recommendation=replace(card, direction=_OPPOSITE[card.direction]))

    assert_seen(each_statement(turn), "badge_precision")


def test_a_swapped_figure_lowers_citation_recall(assert_seen: Seen) -> None:
    """The first figure of each statement becomes another one."""
    assert_seen(each_statement(lambda statement: replace(statement, text=re.sub(r"\d+", "8765", statement.text, count=1))), "citation_recall")


def test_a_citation_of_another_document_lowers_citation_recall(assert_seen: Seen) -> None:
    """In answers with several sources each quote is laid to the next one in the list."""

    def lay_elsewhere(answer: Answer) -> Answer:
        following = {source.n: answer.sources[place % len(answer.sources)] for place, source in enumerate(answer.sources, start=1)}

        def change(statement: Statement) -> Statement:
            others = [following[evidence.source] for evidence in statement.evidence]
            evidence = tuple(
                replace(each, source=other.n, document_id=other.document_id, document_version=other.document_version)
                for each, other in zip(statement.evidence, others, strict=True)
            )
            return replace(statement, evidence=evidence)

        return each_statement(change)(answer)

    assert_seen(lay_elsewhere, "citation_recall")


def test_shuffled_facets_lower_facet_agreement(assert_seen: Seen) -> None:
    """Statements are put under facets in turn, whatever they are about."""
    facets = list(Facet)
    turn = count()

    assert_seen(each_statement(lambda statement: replace(statement, facet=facets[next(turn) % len(facets)])), "facet_agreement")


def test_a_dropped_guidelines_section_lowers_vital_recall(assert_seen: Seen) -> None:
    """The guidelines section is left out of every answer."""

    def drop(answer: Answer) -> Answer:
        return replace(answer, sections=tuple(section for section in answer.sections if section.section_id != "guidelines"))

    assert_seen(drop, "vital_recall")
