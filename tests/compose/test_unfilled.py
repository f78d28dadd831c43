"""What a question names and no sentence holds, and the parts it is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragqa.compose.asked import Asked, read_question
from ragqa.compose.candidates import Candidate
from ragqa.compose.parts import parts_of
from ragqa.compose.unfilled import UNCOMMON, holds_rare_word, is_meant, listed_beside, missing_names, missing_words
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus, Facet, Metadata, Tier
from tests.compose.samples import sentence

LEXICON = load_lexicon()


def held(text: str) -> Candidate:
    """Return a sentence as a candidate."""
    document = DocumentRecord("d", "", "d.md", "markdown", Metadata("A title on Danish people", DocumentKind.COHORT), DocumentStatus.OK, "", 1, 1)
    return Candidate(sentence(text), document, Tier.EXACT, 0.5, 0.5, 1.0, 0.5, {}, np.zeros(4, dtype=np.float32))


@pytest.fixture
def ask(small: QAService) -> object:
    """Return what reads a question as slots."""
    reader = small.reader()
    return lambda question: read_question(reader.analyse(question), reader.library, LEXICON)


def asked_by(ask: object, question: str) -> Asked:
    """Return a question as slots."""
    assert callable(ask)
    asked = ask(question)
    assert isinstance(asked, Asked)
    return asked


@pytest.mark.parametrize(
    ("question", "evidence", "missing"),
    [
        ("Does rituximab help cough in SSc?", "FVC improved with rituximab.", ("cough",)),
        ("Does rituximab help cough in SSc?", "Cough improved with rituximab.", ()),
        # An outcome that a source says it does not have is not reported by it.
        ("Does rituximab help cough in SSc?", "Figures on cough were not available for this digest.", ("cough",)),
        # Broad slots are filled by what is about them, unless the effect on just them is asked for.
        ("Is lung function better with rituximab in SSc?", "Rituximab was effective.", ()),
        ("What is the effect of rituximab on lung function in SSc?", "Rituximab was effective.", ("lung function",)),
        # A duration is given by a span of time, not by a word.
        ("When can rituximab be stopped in SSc?", "Rituximab was given for 24 months.", ()),
        ("When can rituximab be stopped in SSc?", "Rituximab was given to many.", ("treatment duration",)),
        # A name within a longer one is named.
        ("What to look for before cyclophosphamide in SSc, tuberculosis?", "Latent tuberculosis is treated first.", ()),
        # A disease of another field beside the asked one must be named too.
        ("How often does lung cancer occur in SSc?", "Deaths in SSc were rare.", ("lung cancer",)),
        ("Is HRCT useful for screening in SSc?", "Spirometry is useful.", ("HRCT",)),
        # How to treat something is not told by what has a risk of it; what a source does not address it does not treat.
        ("What is the treatment of renal crisis in SSc?", "Glucocorticoids carry a risk of renal crisis.", ("kidney",)),
        ("What is the treatment of renal crisis in SSc?", "Renal crisis was treated with captopril.", ()),
        # People must be who a statement is on, not a reason for something else.
        ("Is rituximab safe in pregnancy in SSc?", "Rituximab was stopped for other reasons, which included pregnancy.", ("pregnancy",)),
        ("Is rituximab safe in pregnancy in SSc?", "Of 12 pregnancies on rituximab, 11 ended well.", ()),
        # A group of tests is named by any of its members, and by no other test.
        ("Is there a blood test to screen for ILD in RA?", "Autoantibodies tell the risk of ILD in RA.", ()),
        ("Is there a blood test to screen for ILD in RA?", "HRCT is recommended for ILD in RA.", ("blood tests",)),
        # Liver enzymes are a test by name, and a result.
        ("liver enzymes on rituximab in SSc", "Rituximab was effective.", ("liver",)),
    ],
)
def test_names_must_be_named(ask: object, question: str, evidence: str, missing: tuple[str, ...]) -> None:
    """Outcomes, complications and tests of a question count as missing where no sentence reports them."""
    asked = asked_by(ask, question)

    assert missing_names(asked.query.interpreted, asked, [held(evidence)], LEXICON) == missing


def test_rare_words_must_be_held(ask: object) -> None:
    """A virus that no sentence names; words of asking, names with slots of their own, and words of headings or titles do not count."""
    asked = asked_by(ask, "Is vaccination against chikungunya effective on rituximab in SSc in Denmark?")

    assert missing_words(asked.query.interpreted, asked, [held("Vaccination is effective.")], LEXICON) == ("chikungunya",)
    assert missing_words(asked.query.interpreted, asked, [held("Vaccination against chikungunya is effective.")], LEXICON) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Is pirfenidone useful in RA-ILD?",
        "Is nintedanib helpful in RA-ILD?",
        "What are the risks of cyclophosphamide in SSc-ILD?",
        "What are the advantages and disadvantages of mycophenolate in SSc-ILD?",
        "Does mycophenolate delay SSc-ILD?",
        "Managing SSc-ILD",
        "Treatment algorithm for SSc-ILD?",
        "How do I counsel a patient starting cyclophosphamide for ILD?",
    ],
)
def test_a_word_of_judgement_is_none_that_a_statement_must_hold(corpus_service: QAService, question: str) -> None:
    """Useful, helpful and risky ask what a treatment does; no statement says them."""
    assert corpus_service.ask(question).reason is None


def test_everyday_things_count_when_asked_to(ask: object) -> None:
    """The storage temperature of a drug is named by common words."""
    asked = asked_by(ask, "What is the storage temperature of rituximab?")

    assert missing_words(asked.query.interpreted, asked, [held("Rituximab helps.")], LEXICON) == ()
    assert missing_words(asked.query.interpreted, asked, [held("Rituximab helps.")], LEXICON, UNCOMMON) == ("storage", "temperature")


def test_a_code_must_be_held_itself(ask: object) -> None:
    """Another of its kind fills the slot and does not answer; what a document defines as the same does."""
    asked = asked_by(ask, "Is KL-6 or LIP of use in SSc?")
    long_forms = {"LIP": (("lymphoid interstitial pneumonia", 1),)}
    statements = [held("Ferritin is of use, as is interstitial pneumonia of the lymphoid kind.")]

    assert missing_words(asked.query.interpreted, asked, statements, LEXICON) == ("KL-6", "LIP")
    assert missing_words(asked.query.interpreted, asked, statements, LEXICON, long_forms=long_forms) == ("KL-6",)


def test_what_only_places_or_compares_is_read_through(ask: object) -> None:
    """A prefix places what it stands before, a degree is of its plain form, and a common noun is told from a rare word that is held."""
    asked = asked_by(ask, "Is maintenance post-CYC rarer with parotid shrinkage in SSc?")
    statements = [held("Parotid swelling was seen.")]

    assert missing_words(asked.query.interpreted, asked, statements, LEXICON) == ("shrinkage",)
    assert holds_rare_word(asked.query.interpreted, asked, statements, LEXICON, {})
    assert not holds_rare_word(asked.query.interpreted, asked, [held("Nothing was seen.")], LEXICON, {})


def test_a_name_in_a_list_of_others_is_one_of_several() -> None:
    """What stands behind a name that is held is left out of the answer; what stands behind a disease or alone is asked about."""
    assert listed_beside("Which patterns occur: UIP, NSIP, XYZ?", ["XYZ"], LEXICON)
    assert not listed_beside("Which occur in MCTD and XYZ?", ["XYZ"], LEXICON)
    assert not listed_beside("Does XYZ occur?", ["XYZ"], LEXICON)


def test_a_question_has_the_parts_it_asks(ask: object) -> None:
    """Each part has the facets of the question that its own words name; a tag such as "correct?" asks nothing."""
    two = parts_of(asked_by(ask, "Is rituximab effective in SSc-ILD, and at what dose is it given?"), LEXICON)
    one = parts_of(asked_by(ask, "Rituximab is effective in SSc-ILD, correct?"), LEXICON)

    assert [part.facets for part in two] == [(Facet.OUTCOME,), (Facet.DOSING,)]
    assert len(one) == 1


def test_a_statement_far_before_all_others_that_holds_a_code_is_what_was_meant(ask: object) -> None:
    """Near the next, unlikely in itself, or without the code of the question it is one of several."""
    asked = asked_by(ask, "Technetium QRST clearance in SSc alveolitis?")
    text = asked.query.interpreted
    first, other = held("Clearance of 99mTc-QRST was rapid in SSc."), held("Lung volumes were low in SSc.")

    def judge(sure: float, next_best: float, statement: Candidate = first) -> bool:
        return is_meant(text, asked, [replace(statement, score=sure), replace(other, score=next_best)], LEXICON, {})

    assert judge(0.4, 0.1)
    assert not judge(0.4, 0.3)
    assert not judge(0.2, 0.05)
    assert not judge(0.4, 0.1, statement=held("Clearance was rapid in SSc."))
