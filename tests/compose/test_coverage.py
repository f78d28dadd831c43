"""What an answer leaves open, and what to ask next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.compose.asked import read_question
from ragqa.compose.candidates import Candidate
from ragqa.compose.coverage import not_covered
from ragqa.compose.filling import fill_parts
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Answer, AnswerStatus, Facet, Origin, Tags
from tests.compose.samples import section
from tests.compose.test_unfilled import held


def test_what_was_asked_and_not_found_is_said(small: QAService) -> None:
    """Of two treatments asked about, the one without a statement is named as not covered, and the answer is partial."""
    answer = small.ask("What are the outcomes of rituximab and of cyclophosphamide in MCTD-ILD?")

    assert section(answer, "research")
    assert any("cyclophosphamide" in gap for gap in answer.not_covered)
    assert not any("rituximab" in gap for gap in answer.not_covered)
    assert answer.status is AnswerStatus.PARTIAL


@pytest.mark.parametrize(
    ("question", "gap"),
    [
        ("Are TNF inhibitors or JAK inhibitors safe in RA-ILD?", "safety of TNF inhibitor and JAK inhibitor in RA"),
        ("TNF inhibitors and JAK inhibitors in RA-ILD: efficacy and safety?", "safety of TNF inhibitor and JAK inhibitor in RA"),
    ],
)
def test_a_gap_names_the_treatments_of_its_part(corpus_service: QAService, question: str, gap: str) -> None:
    """What is not known of one treatment may be known of another."""
    assert gap in corpus_service.ask(question).not_covered


def test_a_complete_answer_leaves_nothing_uncovered(small: QAService) -> None:
    """Where every part has a statement the list is empty and the status says so."""
    answer = small.ask("What are the outcomes of rituximab in MCTD-ILD?")

    assert answer.not_covered == ()
    assert answer.status is AnswerStatus.ANSWERED


def test_a_dose_that_no_statement_gives_is_a_gap(corpus_service: QAService) -> None:
    """A "high dose" tells no dose; how often something is given does."""
    without = corpus_service.ask("What is the dose of steroids in rapidly progressive ILD in dermatomyositis?")
    schedule = corpus_service.ask("How is rituximab dosed in SARD-ILD?")

    assert "dosing of glucocorticoid in DM" in without.not_covered
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


@pytest.mark.parametrize(
    ("question", "words", "gaps"),
    [
        # All criteria of the definition, beside the overview of treatment.
        ("What is progressive pulmonary fibrosis and how is it managed?", ("defines PPF as", "physiological criterion", "FIBRONEER-ILD"), ()),
        ("Define PPF, and how is it managed?", ("defines PPF as", "Worsening respiratory symptoms", "FIBRONEER-ILD"), ()),
        # The library defines neither; what defines all ILD, or myositis, is no definition of them.
        ("What is rapidly progressive ILD and how is it treated?", ("Rituximab is conditionally",), ("definition of rapidly progressive disease in ILD",)),
        ("What is antisynthetase ILD and how is it treated?", ("abatacept",), ("definition in ASyS",)),
    ],
)
def test_what_a_disease_is_stands_beside_how_it_is_treated(corpus_service: QAService, question: str, words: tuple[str, ...], gaps: tuple[str, ...]) -> None:
    """Each part of the question is answered, or named as not covered."""
    assert_told(corpus_service.ask(question), words, gaps)


@pytest.mark.parametrize(
    ("question", "words", "gaps"),
    [
        # Advice for all with rheumatic disease, which never speaks of lungs, beside what is said of oxygen and rehabilitation in ILD.
        (
            "What supportive care belongs to CTD-ILD (oxygen, rehabilitation, vaccination, PJP prophylaxis)?",
            ("oxygen was usually prescribed", "rehabilitation is safe", "indicated vaccinations", "Prophylaxis against Pneumocystis jirovecii"),
            (),
        ),
        ("Supportive measures in SSc-ILD such as oxygen, rehab and vaccines?", ("oxygen was usually prescribed", "indicated vaccinations"), ()),
        # The drug is the occasion of the care, and not asked about.
        ("Do patients with myositis-ILD on rituximab need PJP prophylaxis?", ("Prophylaxis against Pneumocystis jirovecii",), ()),
        # What the library does not hold is still said.
        ("What supportive care belongs to CTD-ILD (oxygen, smoking cessation)?", ("oxygen was usually prescribed",), ("smoking cessation in CTD",)),
    ],
)
def test_care_that_is_named_is_raised(corpus_service: QAService, question: str, words: tuple[str, ...], gaps: tuple[str, ...]) -> None:
    """Each example gets a statement of its own, and advice rather than what a guideline covers."""
    assert_told(corpus_service.ask(question), words, gaps)


@pytest.mark.parametrize(
    ("question", "words", "gaps"),
    [
        ("I have scleroderma and I am short of breath. What tests do I need and how often?", "every 3-6 months", ()),
        # The library tells no interval: what else it knows of following is no answer to "how often".
        # That there is none is an answer.
        ("How often should the CT be repeated in stable SARD-ILD?", "no routine HRCT interval", ()),
        ("Which blood tests on azathioprine and how often?", "azathioprine", ("monitoring with azathioprine",)),
    ],
)
def test_how_often_is_told_by_an_interval(corpus_service: QAService, question: str, words: str, gaps: tuple[str, ...]) -> None:
    """The part that asks for it names no test again."""
    answer = corpus_service.ask(question)

    assert any(words in statement.text for statement in answer.statements)
    assert answer.not_covered == gaps


@pytest.mark.parametrize(
    ("question", "words", "gaps"),
    [
        ("What are the side effects of nintedanib and how are they handled?", "step down to 100 mg twice daily for intolerance", ()),
        ("Which toxicities does cyclophosphamide have, and how can they be prevented?", "Leukopenia", ("management of side effects of cyclophosphamide",)),
        ("What are the side effects of nintedanib?", "Diarrhoea", ()),
    ],
)
def test_how_side_effects_are_dealt_with_is_a_question_of_its_own(corpus_service: QAService, question: str, words: str, gaps: tuple[str, ...]) -> None:
    """How often they come does not answer it."""
    answer = corpus_service.ask(question)

    assert any(words in statement.text for statement in answer.statements)
    assert answer.not_covered == gaps


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who with myositis should be screened for ILD?", ("mechanic's hands", "anti-MDA5, anti-Ku")),
        ("Which patients with MCTD should be screened for ILD?", ("lists dysphagia",)),
    ],
)
def test_who_is_to_be_screened_is_told_by_their_risks(corpus_service: QAService, question: str, words: tuple[str, ...]) -> None:
    """Advice to screen those at risk says little without the list of risks, the markers of kinds of the disease included."""
    texts = [statement.text for statement in corpus_service.ask(question).statements]

    assert [word for word in words if not any(word in text for text in texts)] == []


def test_risks_of_getting_a_disease_are_no_prognosis(small: QAService) -> None:
    """What becomes of those who have it is told by deaths, survival or the course."""
    lexicon, reader = load_lexicon(), small.reader()
    asked = read_question(reader.analyse("What is the prognosis of RA-ILD?"), reader.library, lexicon)

    def told(facet: Facet) -> Candidate:
        found = held("Male sex was associated with RA-ILD.")
        return replace(found, record=replace(found.record, sentence=replace(found.record.sentence, tags=Tags(("RA",), facets=((facet, 0.9),)))))

    assert not_covered(asked, [told(Facet.RISK_FACTOR)], [], lexicon) == ("prognosis in RA",)
    assert not_covered(asked, [told(Facet.PROGNOSIS)], [], lexicon) == ()


def test_when_a_procedure_is_considered_asks_for_advice(corpus_service: QAService) -> None:
    """Advice for all the asked comes first, then advice for a kind of them; who asks what became of people asks for none."""
    texts = [statement.text for statement in corpus_service.ask("When is lung transplantation considered in CTD-ILD?").statements]
    survival = corpus_service.ask("What is the survival after lung transplantation in SSc-ILD?")

    assert any(text.startswith("Early rather than late referral for lung transplantation is conditionally recommended") for text in texts)
    assert any(text.startswith("Referral for lung transplantation is considered in SSc-ILD") for text in texts)
    assert not any("referral" in statement.text.lower() for statement in survival.statements)


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


def assert_told(answer: Answer, words: tuple[str, ...], gaps: tuple[str, ...]) -> None:
    """Each of the words stands in a statement, and just these gaps are named."""
    texts = [statement.text for statement in answer.statements]

    assert [word for word in words if not any(word in text for text in texts)] == []
    assert answer.not_covered == gaps


def test_that_a_source_is_no_guidance_does_not_answer_how_to_treat(corpus_service: QAService) -> None:
    """It is shown, and the treatment is named as not covered."""
    answer = corpus_service.ask("What exactly is IPAF and how do the guidelines say it should be treated?")

    assert any("is not a treatment guideline" in each.text for each in answer.statements)
    assert answer.not_covered == ("treatment in IPAF",)


def test_harms_told_of_a_wider_group_leave_those_of_the_asked_open(corpus_service: QAService) -> None:
    """What a study of all saw tells of the asked by inference only, and the answer says so."""
    wider = corpus_service.ask("What are the side effects of nintedanib in SSc-ILD?")
    own = corpus_service.ask("side effects of cyclophosphamide in SSc-ILD")

    assert section(wider, "research")
    assert "safety of nintedanib in SSc" in wider.not_covered
    assert not own.not_covered
