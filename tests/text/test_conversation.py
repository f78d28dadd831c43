"""Follow-up questions are made to stand alone; what stands alone is left alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from ragqa.errors import LexiconInvalid
from ragqa.service import QAService
from ragqa.text.conversation import interpret, load_cues
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Interpretation


@pytest.fixture(scope="module")
def read(corpus_service: QAService) -> partial[Interpretation]:
    """Return the reader of follow-up questions over the corpus."""
    return partial(interpret, analyse=corpus_service.reader().analyse, lexicon=load_lexicon())


@pytest.mark.parametrize(
    ("before", "typed", "asked", "rule"),
    [
        ("How is ILD in MCTD treated?", "And if it progresses?", "And if MCTD-ILD progresses?", "subject"),
        ("Does rituximab improve lung function in RA-ILD?", "How is it dosed?", "How is rituximab dosed, in RA-ILD?", "subject"),
        ("What did the SENSCIS trial find?", "Did it help the skin?", "Did SENSCIS help the skin?", "subject"),
        (
            "What harms does mycophenolate have in SSc-ILD?",
            "What are its contraindications?",
            "What are mycophenolate's contraindications, in SSc-ILD?",
            "subject",
        ),
        ("What harms does mycophenolate have in SSc-ILD?", "and azathioprine?", "What harms does azathioprine have in SSc-ILD?", "exchange"),
        ("Who should be screened for ILD in systemic sclerosis?", "What about RA?", "Who should be screened for ILD in RA?", "exchange"),
        ("Does rituximab improve lung function in RA-ILD?", "What about the dose?", "What about the dose, with rituximab in RA-ILD?", "completion"),
        ("Does rituximab improve lung function in RA-ILD?", "Same dose in children?", "Same dose in children, with rituximab in RA-ILD?", "completion"),
        ("What did the SENSCIS trial find?", "What dose was used?", "What dose was used, in SENSCIS?", "completion"),
        ("How is SSc-ILD treated?", "Is rituximab safe?", "Is rituximab safe, in SSc-ILD?", "completion"),
        ("How is SSc-ILD treated?", "Why?", "What is the evidence: How is SSc-ILD treated?", "reason"),
    ],
)
def test_what_leans_on_the_last_question_is_completed_from_it(read: partial[Interpretation], before: str, typed: str, asked: str, rule: str) -> None:
    """Each form of leaning: a pronoun, one thing exchanged, something left out, a bare why."""
    assert read(typed, [before]) == Interpretation(typed, asked, rule)


@pytest.mark.parametrize(
    "typed",
    [
        "How is MCTD diagnosed?",
        "Is it safe to give methotrexate in RA-ILD?",
        "What is known about nintedanib for patients with systemic sclerosis?",
        "Which vaccines do guidelines recommend before rituximab is started in myositis?",
        "What did the SENSCIS trial find?",
        "Who won the World Cup?",
        "Is it going to be sunny?",
        "Thanks, that is all.",
        "Will it rain in Oslo tomorrow?",
        "Is MCTD stable over time or does it differentiate?",
        "Which patterns of RA-ILD can regress, is OP one of them?",
        "I have Sjögren's. How likely is it that my lungs get involved?",
        "For follow-up of a patient with breathlessness, is serial spirometry enough or should CT be combined with it?",
        "What is the first treatment in RA-ILD?",
        "Is rituximab the second option in myositis-ILD?",
        "What did the second study of nintedanib in RA-ILD show?",
    ],
)
def test_what_stands_alone_is_left_alone(read: partial[Interpretation], corpus_service: QAService, typed: str) -> None:
    """A full question keeps its meaning whatever was asked before, and one on no medicine is given no disease."""
    before = "What harms does mycophenolate have in SSc-ILD?"
    said = corpus_service.ask(before).statements
    assert read(typed, [before], said=said) == Interpretation(typed, typed, "standalone")


def test_which_of_these_is_asked_of_the_treatments_that_were_named(read: partial[Interpretation], corpus_service: QAService) -> None:
    """At most five, in the order of the answer; without treatments said the question is only completed."""
    before = "Which treatments are recommended first for SSc-ILD?"
    drugs = list(dict.fromkeys(drug for statement in corpus_service.ask(before).statements for drug in statement.drugs))[:5]
    found = read("Which of these is safest?", [before], said=corpus_service.ask(before).statements)
    assert found.asked_as == f"Which of {', '.join(drugs[:-1])} or {drugs[-1]} is safest, in SSc-ILD?"
    assert found.rule == "statement"
    assert read("Which of these is safest?", [before]).rule != "statement"


def test_the_same_of_another_disease_is_an_exchange(read: partial[Interpretation]) -> None:
    """To ask whether "the same is true of" another disease goes on with the last question."""
    assert read("Is the same true of RA?", ["Who should be screened for ILD in systemic sclerosis?"]).asked_as == "Who should be screened for ILD in RA?"


def test_without_anything_before_nothing_is_added(read: partial[Interpretation]) -> None:
    """The first question of a conversation stands alone, however it begins."""
    assert read("And if it progresses?", []).rule == "standalone"
    assert read("And if it progresses?", ["Who won the World Cup?"]).rule == "standalone"


def test_two_treatments_in_focus_are_both_offered(read: partial[Interpretation]) -> None:
    """It may be either: both are asked, and each is offered by itself."""
    found = read("How is it dosed?", ["Is rituximab or cyclophosphamide better in SSc-ILD?"])
    assert found.asked_as == "How is rituximab or cyclophosphamide dosed, in SSc-ILD?"
    assert found.choices == ("How is rituximab dosed, in SSc-ILD?", "How is cyclophosphamide dosed, in SSc-ILD?")


def test_the_disease_is_kept_over_a_question_that_names_none(read: partial[Interpretation]) -> None:
    """The disease of the question before last still holds."""
    before = ["How is RA-ILD treated?", "What survival has been achieved with triple therapy so far?"]
    assert read("And tofacitinib?", before).asked_as == "What survival has been achieved with tofacitinib so far, in RA-ILD?"


def test_one_thing_that_was_said_is_found_by_its_place(read: partial[Interpretation], corpus_service: QAService) -> None:
    """What "the third one" means is the treatment of the third statement."""
    answer = corpus_service.ask("Which treatments are recommended first for SSc-ILD?")
    third = answer.statements[2]
    assert len(third.drugs) == 1
    found = read("What are the harms of the third one?", ["Which treatments are recommended first for SSc-ILD?"], said=answer.statements)
    assert found == Interpretation("What are the harms of the third one?", f"What are the harms of {third.drugs[0]}, in SSc-ILD?", "statement")


def test_a_broken_file_of_words_is_named(tmp_path: Path) -> None:
    """An edited file that cannot be read says so."""
    path = tmp_path / "conversation.yaml"
    path.write_text("openers: ['(']\n")
    with pytest.raises(LexiconInvalid, match=r"conversation\.yaml"):
        load_cues(path)
