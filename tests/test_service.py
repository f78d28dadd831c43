"""The reading side: a question in, a checked answer out, from one generation at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.answers.json import dump_answer
from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.errors import DocumentNotFound, IndexMissing, QuestionInvalid
from ragqa.index.hashing import HashingEmbedder
from ragqa.service import QAService, clean_question
from ragqa.settings import load_settings
from ragqa.types import Audience, DocumentKind, Filters
from tests.compose.samples import BETTER, DOCUMENTS, small_service

QUESTION = "What are the outcomes of rituximab in MCTD-ILD?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over the small documents of the composer's tests."""
    return small_service(tmp_path_factory.mktemp("service"))


@pytest.mark.parametrize(("typed", "read"), [("  What   is\n\tMCTD? ", "What is MCTD?"), ("x" * 2000, "x" * 2000), ("¿Qué es la EMTC?", "¿Qué es la EMTC?")])
def test_a_question_is_taken_with_its_white_space_squeezed(typed: str, read: str) -> None:
    """Line ends and tabs are no control characters; exactly 2,000 characters are still read."""
    assert clean_question(typed, 2000) == read


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("?!…", "empty"),
        ("x" * 2001, "2001 characters"),
        ("What is\x00 MCTD?", "control characters"),
        ("What is\x1b[31m MCTD?", "control characters"),
        ("What is \ud800 MCTD?", "control characters"),
        (None, "not text"),
        (12, "not text"),
        (b"What is MCTD?", "not text"),
    ],
)
def test_what_is_no_question_is_refused_in_words(question: object, says: str) -> None:
    """The message says what is wrong and what to send instead."""
    with pytest.raises(QuestionInvalid, match=says):
        clean_question(question, 2000)


def test_the_limit_of_length_is_a_setting(service: QAService) -> None:
    """A service refuses what is longer than its own limit, in search as in questions."""
    short = QAService(load_settings(compose={"question_max_characters": 10}), service.reader, lambda: None)

    with pytest.raises(QuestionInvalid, match="at most 10"):
        short.ask("What is MCTD?")
    with pytest.raises(QuestionInvalid, match="at most 10"):
        short.search("What is MCTD?")


def test_an_answer_holds_no_clock_and_repeats_byte_by_byte(service: QAService) -> None:
    """Timings go where they are asked for, one figure a stage, and change nothing."""
    timings: dict[str, float] = {}

    first, second = service.ask(QUESTION), service.ask(QUESTION, timings=timings)

    assert dump_answer(first) == dump_answer(second)
    assert list(timings) == ["analyse", "retrieve", "compose", "check"]
    assert all(lap >= 0 for lap in timings.values())


def test_an_audience_changes_presentation_only(service: QAService) -> None:
    """Statements, citations and identity of the answer are the same for every reader."""
    answers = [service.ask(QUESTION, audience) for audience in Audience]

    assert [answer.audience for answer in answers] == list(Audience)
    assert len({(answer.answer_id, answer.statements, answer.sources) for answer in answers}) == 1


FILTERS = [
    (Filters(kinds=(DocumentKind.COHORT,)), {"northern-2019", "southern-2020"}),
    (Filters(year_from=2020), {"southern-2020", "example-2023"}),
    (Filters(year_to=2019), {"northern-2019", "eastern-2015", "review-2018", "example-2012"}),
]


@pytest.mark.parametrize(("filters", "allowed"), FILTERS)
def test_filters_bind_search(service: QAService, filters: Filters, allowed: set[str]) -> None:
    """No passage comes from a document that was filtered out."""
    hits = service.search("rituximab", 20, filters)

    assert hits
    assert {hit.document.slug for hit in hits} <= allowed


@pytest.mark.parametrize(("filters", "allowed"), FILTERS)
def test_filters_bind_answers(service: QAService, filters: Filters, allowed: set[str]) -> None:
    """No statement comes from a document that was filtered out."""
    answer = service.ask(QUESTION, filters=filters)

    assert {service.document(source.document_id).slug for source in answer.sources} <= allowed


def test_a_filter_by_document_leaves_one_source(service: QAService) -> None:
    """Naming a document restricts statements to it."""
    document = service.document("northern-2019")

    answer = service.ask(QUESTION, filters=Filters(document_ids=(document.document_id,)))

    assert {source.document_id for source in answer.sources} == {document.document_id}


def test_search_ranks_from_one_by_descending_score(service: QAService) -> None:
    """At most k passages, each with its document."""
    hits = service.search("rituximab in mixed connective tissue disease", 3)

    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.chunk.document_id == hit.document.document_id for hit in hits)


def test_a_document_is_found_by_id_prefix_and_name(service: QAService) -> None:
    """Pages, sections and sentences belong to the document that any of its names opens."""
    record = service.document("northern-2019")

    assert service.document(record.document_id) == service.document(record.document_id[:8]) == record
    (page,) = service.document_pages(record.document_id[:8])
    assert page == (1, BETTER) or page[1] in BETTER
    assert [each.document_id for each in service.document_sentences("northern-2019")] == [record.document_id] * 2
    assert any(part.title == "Outcomes" for part in service.document_sections("northern-2019"))
    with pytest.raises(DocumentNotFound, match='"nothing-2000"'):
        service.document("nothing-2000")


def test_without_an_index_every_reading_says_what_to_run(tmp_path: Path) -> None:
    """Opening a service costs nothing; its first use names the folder and the command."""
    service = open_service(load_settings(index=tmp_path / "none"))

    for read in (lambda: service.ask("What is MCTD?"), service.documents, service.index_status, service.ready):
        with pytest.raises(IndexMissing, match="ragqa index build"):
            read()


def test_a_newer_generation_is_taken_up_between_requests(tmp_path: Path) -> None:
    """A reader that is held keeps its generation; the next request sees the new one."""
    service = small_service(tmp_path, {"research/northern-2019.md": BETTER})
    held = service.reader()
    (tmp_path / "corpus" / "research" / "southern-2020.md").write_text(DOCUMENTS["research/southern-2020.md"], encoding="utf-8")
    build_index(service.settings, encoder=HashingEmbedder(256))

    assert [each.slug for each in held.library.documents()] == ["northern-2019"]
    assert [each.slug for each in service.documents()] == ["northern-2019", "southern-2020"]
    assert held.generation != service.reader().generation
