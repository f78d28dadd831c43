"""What the whole must do, on the shipped corpus and on real papers: the questions it answers, the quotes it shows, and when it declines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragqa.answers.json import dump_answer
from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.cli import app
from ragqa.index.hashing import HashingEmbedder
from ragqa.service import QAService
from ragqa.settings import load_settings
from ragqa.types import Answer, Direction, Statement, Strength
from tests.compose.samples import OPEN, section

CACHE = Path(__file__).resolve().parents[1] / ".cache"
MCTD = "What are the treatment options for interstitial lung disease in mixed connective tissue disease?"
QUESTIONS = (
    MCTD,
    "How is SSc-ILD treated?",
    "What did the SENSCIS trial show?",
    "Is rituximab better than cyclophosphamide in CTD-ILD?",
    "What dose of nintedanib is used in SSc-ILD?",
    "How common is ILD in rheumatoid arthritis?",
    "Who should be screened for ILD?",
    "How is rapidly progressive ILD in anti-MDA5 dermatomyositis treated?",
    "What is the survival in MCTD?",
    "What are the side effects of mycophenolate?",
    "Does pulmonary rehabilitation help in ILD?",
    "Which vaccinations are recommended under immunosuppression?",
    "How is MCTD diagnosed?",
    "Is azathioprine safe in children with MCTD-ILD?",
)
FRESH = """
import sys
from ragqa.cli import main
sys.argv = ["ragqa", "ask", sys.argv[1], "--json", "--index", sys.argv[2]]
try:
    main()
except SystemExit:
    print([name for name in ("torch", "sentence_transformers", "transformers") if name in sys.modules], file=sys.stderr)
"""
SERVES = """
import sys
from pathlib import Path
from ragqa.answers.json import dump_answer
from ragqa.bootstrap import open_service
from ragqa.settings import RecordsSettings, load_settings
from ragqa.web.app import create_app
from ragqa.web.context import make_context
settings = load_settings(index=Path(sys.argv[1]))
service = open_service(settings)
create_app(make_context(service, settings.model_copy(update={"records": RecordsSettings(url="sqlite://")})))
service.ask("How is SSc-ILD treated?")
print([name for name in ("torch", "sentence_transformers", "transformers") if name in sys.modules])
"""


@pytest.fixture(scope="module")
def treatment(corpus_service: QAService) -> Answer:
    """Return the answer to the question that the project started from."""
    return corpus_service.ask(MCTD)


def cards(answer: Answer, heading: str) -> dict[str, Statement]:
    """Return the recommendations under a guideline heading by the treatments they name."""
    found = (each for group in answer.sections[0].groups if group.facet == heading for each in group.statements if each.recommendation)
    return {drug: each for each in found for drug in each.drugs}


@pytest.mark.parametrize("drug", ["mycophenolate", "azathioprine", "rituximab", "cyclophosphamide", "tocilizumab"])
def test_the_first_line_options_are_conditional_recommendations_of_the_guideline(treatment: Answer, drug: str) -> None:
    """Each is a card of ACR/CHEST 2023: for, conditional, at first line, in MCTD by name."""
    card = cards(treatment, "first-line")[drug]

    assert card.recommendation is not None
    assert (card.recommendation.direction, card.recommendation.strength) == (Direction.FOR, Strength.CONDITIONAL)
    assert (card.recommendation.organisation, card.recommendation.year) == ("ACR/CHEST", 2023)
    assert "MCTD" in card.text
    assert "first-line" in card.text


def test_glucocorticoids_are_shown_with_their_condition(treatment: Answer) -> None:
    """They are an option, and the exception that concerns MCTD (an SSc phenotype) stands in the answer."""
    assert "glucocorticoid" in cards(treatment, "first-line")
    said = [each.text for each in treatment.statements if "glucocorticoid" in each.drugs]
    assert any("SSc phenotype" in text or "renal crisis" in text for text in said)


def test_what_is_recommended_against_is_shown_apart(treatment: Answer) -> None:
    """Nothing under that heading is recommended for, and nothing recommended against stands among the options."""
    against = cards(treatment, "first-line-against")

    assert {"leflunomide", "methotrexate", "pirfenidone"} <= set(against)
    assert {each.recommendation.direction for each in against.values() if each.recommendation} == {Direction.AGAINST}
    assert {each.recommendation.direction for each in cards(treatment, "first-line").values() if each.recommendation} == {Direction.FOR}


def test_the_options_on_progression_and_the_monitoring_are_shown(treatment: Answer) -> None:
    """Five treatments after progression; lung function and HRCT for monitoring."""
    assert {"mycophenolate", "rituximab", "cyclophosphamide", "nintedanib", "tocilizumab"} <= set(cards(treatment, "progression"))
    monitoring = [each.text for group in treatment.sections[0].groups if group.facet == "monitoring" for each in group.statements]
    assert any("PFT" in text or "lung function" in text for text in monitoring)
    assert any("HRCT" in text for text in monitoring)


def test_research_on_the_disease_itself_is_shown_with_numbers(treatment: Answer) -> None:
    """At least two results of MCTD, not of its siblings, that state figures."""
    research = section(treatment, "research")

    assert len([each for each in research if "MCTD" in each.populations and each.numbers]) >= 2
    assert all(each.population_tier.value != "sibling" for each in research)


@pytest.fixture(scope="module")
def asked(corpus_service: QAService, built_index: Path) -> dict[str, dict[str, Any]]:
    """Return the JSON of the answer to every question: of a few as `ragqa ask --json` prints it, of the others as the service gives it."""
    printed = {question: CliRunner().invoke(app, ["ask", question, "--json", "--index", str(built_index)]) for question in QUESTIONS[:: len(QUESTIONS) - 1]}
    assert [result.exit_code for result in printed.values()] == [0, 3]
    return {question: json.loads(printed[question].stdout if question in printed else dump_answer(corpus_service.ask(question))) for question in QUESTIONS}


def statements_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every statement of an answer's JSON, the nearest of an abstention included."""
    shown = (each for part in answer["sections"] for group in part["groups"] for each in group["statements"])
    return [*shown, *answer["nearest"]]


def test_every_quote_is_the_slice_of_its_page(asked: dict[str, dict[str, Any]], corpus_service: QAService) -> None:
    """For all evidence of all answers quote == page_text[start:end], in the document's own version."""
    evidence = [item for answer in asked.values() for each in statements_of(answer) for item in each["evidence"]]
    pages = {name: dict(corpus_service.document_pages(name)) for name in {item["document_id"] for item in evidence}}

    assert len(evidence) > 100
    for item in evidence:
        assert item["quote"]
        assert item["quote"] == pages[item["document_id"]][item["page"]][item["start"] : item["end"]]
        assert item["document_version"] == corpus_service.document(item["document_id"]).sha256


def test_quotes_can_be_checked_with_the_commands_alone(asked: dict[str, dict[str, Any]], built_index: Path) -> None:
    """What `ask --json` quotes is found at the same place in what `docs show --json` prints."""
    evidence = [item for each in statements_of(asked[MCTD])[:8] for item in each["evidence"]]
    for name in {item["document_id"] for item in evidence}:
        shown = json.loads(CliRunner().invoke(app, ["docs", "show", name, "--json", "--index", str(built_index)]).stdout)
        pages = {page["number"]: page["text"] for page in shown["pages"]}
        assert all(item["quote"] == pages[item["page"]][item["start"] : item["end"]] for item in evidence if item["document_id"] == name)


def test_every_statement_is_cited_from_the_source_list_and_was_checked(asked: dict[str, dict[str, Any]]) -> None:
    """No statement without evidence; numbers agree with the list; every check of the gate is true; its figures stand in its quotes."""
    for answer in asked.values():
        sources = {source["n"]: source["document_id"] for source in answer["sources"]}
        for each in statements_of(answer):
            assert each["evidence"]
            assert each["citations"] == sorted({item["source"] for item in each["evidence"]})
            assert all(sources[item["source"]] == item["document_id"] for item in each["evidence"])
            assert each["verification"]["checks"]
            assert all(each["verification"]["checks"].values())
            quotes = " ".join(" ".join(item["quote"].split()) for item in each["evidence"])
            assert all(" ".join(number.split()) in quotes for number in each["numbers"])


def test_all_questions_but_the_one_on_children_are_answered(asked: dict[str, dict[str, Any]]) -> None:
    """Thirteen varied questions have statements; for the last the library has no evidence."""
    found = {question: answer["status"] for question, answer in asked.items()}

    assert found.pop(QUESTIONS[-1]) == "insufficient_evidence"
    assert "insufficient_evidence" not in found.values()


def test_a_question_on_football_is_declined(built_index: Path) -> None:
    """Exit 3, and the reader is told why."""
    result = CliRunner().invoke(app, ["ask", "Who won the 1998 football World Cup?", "--index", str(built_index)])

    assert result.exit_code == 3
    assert "outside the field" in " ".join(result.stdout.split())


def test_a_fresh_process_answers_byte_for_byte_the_same_without_torch(built_index: Path) -> None:
    """Two processes with other hash seeds write the same bytes, and neither loads what only building needs."""
    runs = [
        subprocess.run([sys.executable, "-c", FRESH, MCTD, str(built_index)], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]

    assert runs[0].stdout == runs[1].stdout
    assert json.loads(runs[0].stdout)["status"] == "answered"
    assert [run.stderr.decode().strip() for run in runs] == ["[]", "[]"]


def test_serving_loads_no_torch(built_index: Path) -> None:
    """The application with an answer given, in a fresh process."""
    done = subprocess.run([sys.executable, "-c", SERVES, str(built_index)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def seeds(shared: Path, built_index: Path) -> QAService:
    """Return a service over three long texts from the web, with the real encoder; the index is kept between runs."""
    settings = load_settings(corpus=shared / "seeds", index=CACHE / "test-seeds")
    settings.index.mkdir(parents=True, exist_ok=True)
    if not (settings.index / "models").exists():
        # The exported model is the same for every index; exporting it again takes half a minute.
        (settings.index / "models").symlink_to(built_index / "models")
    build_index(settings)
    return open_service(settings)


@pytest.fixture(scope="module")
def papers(shared: Path) -> QAService:
    """Return a service over eight papers, each as publisher's PDF and as XML, with the encoder that needs no model."""
    settings = load_settings(corpus=shared / "docs" / "pairs", index=CACHE / "test-pairs", compose=OPEN)
    build_index(settings, encoder=HashingEmbedder(256))
    return open_service(settings)


def is_sliced(service: QAService, answer: Answer) -> bool:
    """Whether every quote of an answer is the slice of its page."""
    pages = {source.document_id: dict(service.document_pages(source.document_id)) for source in answer.sources}
    evidence = [item for each in answer.statements for item in each.evidence]
    return bool(evidence) and all(item.quote == pages[item.document_id][item.page][item.start : item.end] for item in evidence)


def test_a_review_is_cited_for_its_figure(seeds: QAService) -> None:
    """The improvement of FVC under rituximab in severe ILD is 8.9%, as the review reports it."""
    answer = seeds.ask("What improvement in FVC was seen with rituximab in severe ILD?")

    said = [each for each in answer.statements if "8.9%" in each.text]
    assert said
    assert {seeds.document(item.document_id).slug[:3] for each in said for item in each.evidence} == {"003"}
    assert is_sliced(seeds, answer)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did SLS II show?", "SLS II"),
        ("Is cyclophosphamide effective in SSc-ILD?", "CYC"),
        ("How is interstitial lung disease in MCTD treated?", "MCTD"),
    ],
)
def test_long_texts_from_the_web_answer_what_they_say(seeds: QAService, question: str, words: str) -> None:
    """Reviews in running text, with their citation marks removed from the statements."""
    answer = seeds.ask(question)

    assert any(words in each.text for each in answer.statements)
    assert is_sliced(seeds, answer)


def test_a_guideline_that_reviews_quote_makes_no_guideline_section(seeds: QAService) -> None:
    """No document of the seeds is a guideline, so none is claimed."""
    assert section(seeds.ask("How is interstitial lung disease in MCTD treated?"), "guidelines") == ()


@pytest.mark.parametrize(
    ("question", "words", "paper"),
    [
        ("What does the systematic review of tulsi in humans report on safety?", "adverse events", "PMC5376420"),
        ("What was the MIC of the essential oil against Fusarium graminearum?", "1250", "PMC4558530"),
        ("Which concentration of Ocimum sanctum essential oil inhibited zearalenone production?", "1500", "PMC4558530"),
        ("Did pheophytin-a inhibit HIV?", "HIV", "PMC6150305"),
    ],
)
def test_real_papers_answer_what_they_say(papers: QAService, question: str, words: str, paper: str) -> None:
    """A paper on another field than the corpus, from its PDF or its XML, each quote a slice of its page."""
    answer = papers.ask(question)

    said = [each for each in answer.statements if words in each.text]
    assert paper in {papers.document(item.document_id).slug for each in said for item in each.evidence}
    assert is_sliced(papers, answer)


@pytest.mark.parametrize("told", ["anti-MDA5 negative", "MDA5 neg", "without anti-MDA5 antibodies"])
def test_advice_for_a_disease_left_out_is_not_shown(corpus_service: QAService, told: str) -> None:
    """What is advised with a marker is not shown for people told to lack it; what is advised without it is."""
    shown = [each.text for each in corpus_service.ask(f"Rapidly progressive ILD in dermatomyositis, {told}: which drugs?").statements]

    assert shown
    assert not [text for text in shown if "ith confirmed or suspected anti-MDA5" in text]
    assert [text for text in shown if "without anti-MDA5" in text or "Without confirmed anti-MDA5" in text]
