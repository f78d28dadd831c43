"""What an answer leaves open, and what to ask next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.compose.asked import read_question
from ragqa.compose.candidates import Candidate
from ragqa.compose.coverage import fill_parts, not_covered
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import AnswerStatus, Origin, Tags
from tests.compose.samples import section
from tests.compose.test_unfilled import held

QUESTIONS = (
    "What are the treatment options for interstitial lung disease in mixed connective tissue disease?",
    "How common is ILD in rheumatoid arthritis?",
    "What is the effect of tocilizumab in SSc-ILD?",
    "What is the prognosis of dermatomyositis with ILD?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_suggested_question_is_answered(corpus_service: QAService, question: str) -> None:
    """A suggestion is made only where the library has an answer to it, and never repeats the question."""
    suggested = corpus_service.ask(question).follow_ups

    assert len(suggested) <= 5
    assert question not in suggested
    assert not [each for each in suggested if corpus_service.ask(each).abstained]


def test_questions_of_a_rich_field_suggest_something(corpus_service: QAService) -> None:
    """The disease with most documents leaves aspects open in every single answer."""
    assert corpus_service.ask(QUESTIONS[0]).follow_ups


def test_what_was_asked_and_not_found_is_said(small: QAService) -> None:
    """Of two treatments asked about, the one without a statement is named as not covered, and the answer is partial."""
    answer = small.ask("What are the outcomes of rituximab and of cyclophosphamide in MCTD-ILD?")

    assert section(answer, "research")
    assert any("cyclophosphamide" in gap for gap in answer.not_covered)
    assert not any("rituximab" in gap for gap in answer.not_covered)
    assert answer.status is AnswerStatus.PARTIAL


def test_a_complete_answer_leaves_nothing_uncovered(small: QAService) -> None:
    """Where every part has a statement the list is empty and the status says so."""
    answer = small.ask("What are the outcomes of rituximab in MCTD-ILD?")

    assert answer.not_covered == ()
    assert answer.status is AnswerStatus.ANSWERED


def test_a_dose_that_no_statement_gives_is_a_gap(corpus_service: QAService) -> None:
    """A "high dose" tells no dose; how often something is given does."""
    without = corpus_service.ask("What is the dose of steroids in rapidly progressive ILD in dermatomyositis?")
    schedule = corpus_service.ask("How is rituximab dosed in SARD-ILD?")

    assert "dosing in DM" in without.not_covered
    assert without.status is AnswerStatus.PARTIAL
    assert not any("dosing" in gap for gap in schedule.not_covered)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        # A rare word, an outcome and a treatment that the best statements leave out.
        ("Dysphagia in MCTD - any link with lung disease?", "dysphagia"),
        ("Hazard ratios for progression of interstitial lung disease in MCTD: antibodies, sex, arthritis?", "absence of arthritis"),
        ("Is nerandomilast approved for PPF, and may it be taken with nintedanib?", "combined with nintedanib"),
    ],
)
def test_what_a_question_names_is_raised(corpus_service: QAService, question: str, words: str) -> None:
    """The library has a statement on it, less likely than the rest: it is shown, and nothing is called not covered."""
    answer = corpus_service.ask(question)

    assert any(words in statement.text.lower() for statement in answer.statements)
    assert answer.not_covered == ()


def test_common_words_in_their_degrees_are_no_gap(corpus_service: QAService) -> None:
    """The fewest cases are asked about: a source need not use the word."""
    answer = corpus_service.ask("Which set of MCTD criteria misses fewest cases, and which has the fewest false positives?")

    assert not any("fewest" in gap for gap in answer.not_covered)


def test_each_thing_named_is_raised_by_itself(small: QAService) -> None:
    """A rare word and outcomes, in statements of their own that are less likely; a sentence on neither stays out."""
    reader, lexicon = small.reader(), load_lexicon()
    shown = held("SSc was seen.")

    def less_likely(row: int, text: str, *outcomes: str) -> Candidate:
        read = replace(shown.record.sentence, text=text, tags=Tags(("SSc",), Origin.EXPLICIT, outcomes=outcomes))
        return replace(shown, record=replace(shown.record, row=row, sentence=read))

    weighed = [
        less_likely(1, "Skin was seen."),
        less_likely(2, "Calcinosis was seen."),
        less_likely(3, "Cough.", "cough"),
        less_likely(4, "Tiredness.", "fatigue"),
    ]
    for question, rows in (("Are calcinosis and cough seen in SSc?", [3, 2]), ("Are cough and fatigue seen in SSc?", [3, 4])):
        asked = read_question(reader.analyse(question), reader.library, lexicon)
        assert [each.record.row for each in fill_parts(asked, [shown], weighed, lexicon)] == rows


def test_each_of_several_diseases_gets_a_statement(small: QAService) -> None:
    """The best statements may all be on one of them: the likeliest on the other is shown for its sake."""
    lexicon, reader = load_lexicon(), small.reader()
    asked = read_question(reader.analyse("What are the outcomes of ILD in MCTD and in RA?"), reader.library, lexicon)
    tags = {name: Tags(populations=(name,)) for name in ("MCTD", "RA")}

    def weighed(row: int, name: str, score: float, fit: float) -> Candidate:
        found = held(f"Outcome {row}.")
        record = replace(found.record, row=row, sentence=replace(found.record.sentence, tags=tags[name]))
        return replace(found, record=record, score=score, facet_fit=fit)

    mctd, ra, off = weighed(0, "MCTD", 0.9, 1.0), weighed(1, "RA", 0.1, 1.0), weighed(2, "RA", 0.2, 0.1)

    assert ra in fill_parts(asked, [mctd], [mctd, off, ra], lexicon)
    assert fill_parts(asked, [mctd, ra], [mctd, ra, off], lexicon) == []


@pytest.mark.parametrize(
    ("question", "text", "is_open"),
    [
        ("Which regimen was given in MCTD-ILD, and who was followed?", "The regimen consisted of tacrolimus and rituximab.", False),
        ("Which dose was given in MCTD-ILD, and who was followed?", "The regimen consisted of tacrolimus and rituximab.", True),
        ("Which regimen was given in MCTD-ILD, and who was followed?", "High doses were given.", True),
    ],
)
def test_a_regimen_is_told_by_what_it_is_made_up_of(small: QAService, question: str, text: str, is_open: bool) -> None:
    """Its drugs answer what the regimen was, not how much was given."""
    lexicon, reader = load_lexicon(), small.reader()
    asked = read_question(reader.analyse(question), reader.library, lexicon)

    assert any("dosing" in gap for gap in not_covered(asked, [held(text)], [], lexicon)) is is_open


def test_each_part_is_answered_for_its_own_disease_drug_and_issuer(corpus_service: QAService) -> None:
    """What is told of one disease, drug or source answers no part on the other."""
    in_two = corpus_service.ask("Lung transplantation: outcome in myositis compared with IPF, and in scleroderma compared with non-CTD ILD?")
    by_issuer = corpus_service.ask(
        "RA-ILD after methotrexate. Rituximab or a TNF inhibitor: any mortality data, and what does ACR/CHEST say about TNF inhibitors for the lungs?"
    )

    assert any("SSc" in each.populations and "urvival" in each.text for each in in_two.statements)
    assert any("ACR/CHEST" in each.text and "TNF" in each.text for each in by_issuer.statements)
    assert any("mortality" in each.text for each in by_issuer.statements)
