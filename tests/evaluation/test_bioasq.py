"""BioASQ: a tiny file of the same form, answered from its own snippets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragqa.errors import DatasetInvalid
from ragqa.evaluation.bioasq import BioasqQuestion, answer_rouge, gather_documents, load_bioasq, measure_bioasq, snippet_quality
from ragqa.evaluation.foreign import open_over
from ragqa.index.hashing import HashingEmbedder
from ragqa.service import QAService
from ragqa.settings import Settings
from ragqa.types import Evidence
from tests.evaluation.samples import answer, plain

ADDRESS = "http://www.ncbi.nlm.nih.gov/pubmed/"
HELPS = "Drugamab slowed the decline of kidney function in 120 patients with lupus nephritis."
HARMS = "Drugamab was stopped for nausea in 12 of 120 patients with lupus nephritis."
QUESTIONS = {
    "questions": [
        {
            "id": "1",
            "body": "Does drugamab help in lupus nephritis?",
            "type": "yesno",
            "ideal_answer": ["Yes, drugamab slowed the decline of kidney function."],
            "snippets": [{"document": ADDRESS + "11", "text": HELPS}, {"document": ADDRESS + "11", "text": "Drugamab slowed the decline"}],
        },
        {
            "id": "2",
            "body": "What are the harms of drugamab?",
            "type": "summary",
            "ideal_answer": "Nausea.",
            "snippets": [{"document": ADDRESS + "22", "text": HARMS}],
        },
        {"id": "3", "body": "A question of a test set, without an answer.", "type": "list"},
    ]
}


@pytest.fixture
def questions(tmp_path: Path) -> tuple[BioasqQuestion, ...]:
    """Return the usable questions of the file."""
    path = tmp_path / "bioasq.json"
    path.write_text(json.dumps(QUESTIONS), encoding="utf-8")
    return load_bioasq(path)


@pytest.fixture
def service(questions: tuple[BioasqQuestion, ...], tmp_path: Path) -> QAService:
    """Return a service over the snippets."""
    return open_over(gather_documents(questions).values(), Settings(index=tmp_path / "none"), tmp_path / "work", encoder=HashingEmbedder(64))


def test_a_file_gives_questions_with_ideal_answers_and_snippets(questions: tuple[BioasqQuestion, ...]) -> None:
    """One ideal answer may be a string or a list; a question without one is left out; a document is the last part of its address."""
    assert [(question.question_id, question.ideal, question.snippets[0].document) for question in questions] == [
        ("1", ("Yes, drugamab slowed the decline of kidney function.",), "11"),
        ("2", ("Nausea.",), "22"),
    ]


def test_documents_hold_each_passage_once(questions: tuple[BioasqQuestion, ...]) -> None:
    """A snippet within another one of the same document adds nothing to its text."""
    assert {name: text.paragraphs for name, text in gather_documents(questions).items()} == {"11": (HELPS,), "22": (HARMS,)}


def test_snippet_quality_counts_characters(questions: tuple[BioasqQuestion, ...], service: QAService) -> None:
    """Quoting half of the marked snippet and nothing else is precision 1, recall 1/2; a quote from elsewhere halves the precision."""
    document = service.document("11")
    text = dict(service.document_pages("11"))[1]
    start, half = text.index(HELPS), len(HELPS) // 2
    evidence = Evidence(1, document.document_id, document.sha256, (), 1, start, start + half, text[start : start + half])
    other = service.document("22")
    elsewhere = Evidence(2, other.document_id, other.sha256, (), 1, 0, half, "x")

    assert snippet_quality(service, questions[0], answer(plain("a", evidence=(evidence,)))) == (1.0, half / len(HELPS))
    assert snippet_quality(service, questions[0], answer(plain("a", evidence=(evidence, elsewhere)))) == (0.5, half / len(HELPS))
    assert snippet_quality(service, questions[0], answer()) == (0.0, 0.0)


def test_only_two_hundred_words_of_an_answer_are_judged(questions: tuple[BioasqQuestion, ...]) -> None:
    """The statement that would pass the limit of the task, and what follows it, is left out."""
    right, long = plain("Yes, drugamab slowed the decline of kidney function."), plain("word " * 195)

    assert answer_rouge(questions[0], answer(right)).rouge_2 == pytest.approx(1.0)
    assert answer_rouge(questions[0], answer(long, right)).rouge_2 == 0.0


def test_the_whole_way_gives_figures(questions: tuple[BioasqQuestion, ...], tmp_path: Path) -> None:
    """Every question is asked over the snippets of all; figures lie between 0 and 1 and F between precision and recall."""
    quality = measure_bioasq(questions, Settings(index=tmp_path / "none"), tmp_path / "work", lambda stage, done, total: None, HashingEmbedder(64))

    assert (quality.n, quality.refused <= 2) == (2, True)
    assert all(0 <= value <= 1 for value in (quality.snippet_precision, quality.snippet_recall, quality.rouge_2, quality.rouge_su4))
    assert quality.snippet_f1 <= max(quality.snippet_precision, quality.snippet_recall)


@pytest.mark.parametrize("content", ["", "[]", '{"questions": [{"body": "no id"}]}', '{"questions": []}'], ids=["empty", "list", "field", "none"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    """The message names the file and says what it should be."""
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(DatasetInvalid, match="task b"):
        load_bioasq(path)
