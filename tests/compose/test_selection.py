"""Repetition is strict: near in meaning is not the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragqa.compose.asked import read_question
from ragqa.compose.candidates import Candidate
from ragqa.compose.selection import SHARE_OF_OTHERS, above_cut, repeats, select_diverse
from ragqa.service import QAService
from ragqa.settings import ComposeSettings
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Direction, DocumentKind, DocumentRecord, DocumentStatus, Facet, Metadata, Origin, Recommendation, Strength, Tags, Tier, Zone
from tests.compose.samples import sentence

SETTINGS = ComposeSettings()
TAGS = Tags(populations=("SSc",), population_origin=Origin.EXPLICIT, drugs=("rituximab",), polarity=1)
TEXT = "Forced vital capacity improved by 5% with rituximab in systemic sclerosis."


def candidate(text: str = TEXT, row: int = 0, tags: Tags = TAGS, score: float = 0.5, angle: float = 0.0, tier: Tier = Tier.EXACT) -> Candidate:
    """Return a candidate whose vector stands at an angle (in radians) to that of the others."""
    document = DocumentRecord("d", "d" * 64, "d.md", "markdown", Metadata("Title", DocumentKind.COHORT), DocumentStatus.OK, "", 1, 9)
    vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
    return Candidate(sentence(text, row, tags=tags), document, tier, 0.5, 0.5, 0.5, score, {}, vector)


def test_the_same_finding_in_other_words_repeats() -> None:
    """Close in meaning, the same treatment, direction, population and nested figures."""
    other = candidate("Rituximab improved forced vital capacity by 5% in systemic sclerosis at one year.", row=1)

    assert repeats(candidate(), other, SETTINGS)


@pytest.mark.parametrize(
    "other",
    [
        candidate("Forced vital capacity improved by 9% with rituximab in systemic sclerosis.", 1),
        candidate(TEXT, 1, replace(TAGS, polarity=-1)),
        candidate(TEXT, 1, replace(TAGS, populations=("MCTD",))),
        candidate(TEXT, 1, replace(TAGS, drugs=("abatacept",))),
        candidate(TEXT, 1, replace(TAGS, recommendation=Recommendation(Direction.FOR, Strength.STRONG))),
        candidate(TEXT, 1, angle=1.2),
        candidate("Cough and dyspnoea became rarer in 5% after infusions in early disease.", 1),
    ],
    ids=["figure", "direction", "population", "treatment", "recommendation", "meaning", "words"],
)
def test_a_difference_that_matters_is_no_repetition(other: Candidate) -> None:
    """Another figure, direction, population, treatment or subject is another finding."""
    assert not repeats(candidate(), other, SETTINGS)


@pytest.mark.parametrize(
    "tags",
    [
        replace(TAGS, outcomes=("survival",)),
        replace(TAGS, tests=("HRCT",)),
        replace(TAGS, excluded_populations=("MCTD",)),
        replace(TAGS, facets=((Facet.SAFETY, 0.9),)),
    ],
    ids=["outcome", "test", "exception", "heading"],
)
def test_what_was_measured_is_part_of_what_is_said(tags: Tags) -> None:
    """A finding on another outcome, test or side of a treatment is no repetition, however alike the words."""
    assert not repeats(candidate(row=1, tags=tags), candidate(), SETTINGS)


def test_an_exception_is_no_repetition() -> None:
    """One rule for biologic agents and one for those other than biologic agents are two, however alike."""
    before = candidate("Screening is advised before immunosuppressants with rituximab.", 0)
    other_than = candidate("Screening is advised before immunosuppressants other than rituximab.", 1)

    assert not repeats(other_than, before, SETTINGS)
    assert not repeats(before, other_than, SETTINGS)


@pytest.mark.parametrize(
    ("told_again", "zones", "is_repeat"),
    [
        ("By week 52 the vital capacity had risen by 5% in 31 of those on rituximab.", (Zone.ABSTRACT, Zone.BODY), True),
        ("By week 52 the vital capacity had risen by 5% in 31 of those on rituximab.", (Zone.BODY, Zone.BODY), False),
        ("By week 52 the vital capacity had risen by 5% in 31 on rituximab, by 2% in 30 others.", (Zone.ABSTRACT, Zone.BODY), False),
        ("By week 52 the vital capacity had risen on rituximab.", (Zone.ABSTRACT, Zone.BODY), False),
    ],
    ids=["in abstract and text", "both in the text", "with a figure of its own", "one figure"],
)
def test_a_result_that_a_paper_tells_in_its_abstract_and_its_text_is_told_once(told_again: str, zones: tuple[Zone, Zone], is_repeat: bool) -> None:
    """Other words, another heading, but the same treatment and at least two figures of one paper."""
    one, other = candidate("After 52 weeks 31 patients on rituximab had gained 5% of capacity.", 0), candidate(told_again, 1, angle=0.7)
    first, second = (
        replace(each, record=replace(each.record, section=replace(each.record.section, zone=zone))) for each, zone in zip((one, other), zones, strict=True)
    )

    assert repeats(second, first, SETTINGS) is is_repeat


@pytest.mark.parametrize(
    ("in_abstract", "in_text", "is_repeat"),
    [
        # References, rounding and numbers in words are no difference.
        ("FVC rose by 41% in seven of 97 patients on rituximab.", "Rituximab raised FVC by 40.9% in 7 of 97 patients (Figure 2).", True),
        ("FVC rose by 5% in 97 patients on rituximab.", "Rituximab raised FVC by 5% in 97 patients, as in 12 others (p = 0.01).", False),
        ("FVC rose by 5% in 97 patients on rituximab.", "Rituximab raised FVC by 5% at week 24 in 97 patients.", True),
        ("FVC rose by 5% and fell by 3% in 97 patients on rituximab.", "Rituximab raised FVC by 5% at week 24 in 97 patients.", False),
    ],
)
def test_a_result_told_again_with_one_figure_more_repeats(in_abstract: str, in_text: str, is_repeat: bool) -> None:
    """Whichever is shown first; where each has a figure of its own, or one has two more, both are."""
    abstract, text = candidate(in_abstract, angle=0.7), candidate(in_text, 1)
    abstract = replace(abstract, record=sentence(in_abstract, tags=TAGS, zone=Zone.ABSTRACT))

    assert repeats(text, abstract, SETTINGS) is is_repeat


def test_recommendations_of_different_strength_do_not_repeat() -> None:
    """Strength and direction are part of what is said."""
    weak, strong, against = (
        candidate(TEXT, row, replace(TAGS, recommendation=Recommendation(direction, strength)))
        for row, (direction, strength) in enumerate(
            [(Direction.FOR, Strength.CONDITIONAL), (Direction.FOR, Strength.STRONG), (Direction.AGAINST, Strength.CONDITIONAL)]
        )
    )

    assert not repeats(weak, strong, SETTINGS)
    assert not repeats(weak, against, SETTINGS)


def test_a_repeat_is_left_out_and_the_better_one_kept() -> None:
    """Of two sayings of one finding the better scored is shown; other findings stay."""
    worse, better, other = candidate(row=0, score=0.4), candidate(row=1, score=0.6), candidate("Cough fell in 12 patients.", 2, score=0.2, angle=1.2)

    assert select_diverse([worse, better, other], 5, SETTINGS) == [better, other]


def test_a_repeat_of_what_another_section_shows_is_left_out() -> None:
    """What was chosen before counts as said."""
    assert select_diverse([candidate(row=1)], 5, SETTINGS, [candidate(row=0)]) == []


def test_no_more_than_the_limit_is_chosen() -> None:
    """The caps of headings hold."""
    pool = [candidate(f"Finding {row} was {row}% with rituximab.", row, angle=row / 2) for row in range(6)]

    assert len(select_diverse(pool, 4, SETTINGS)) == 4


def test_a_statement_far_below_the_best_is_cut_and_siblings_do_not_set_the_mark(small: QAService) -> None:
    """The cut is a share of the best direct candidate; a high score on another disease raises no bar."""
    reader = small.reader()
    asked = read_question(reader.analyse("What are the outcomes of rituximab in MCTD-ILD?"), reader.library, load_lexicon())
    best, near, far = (candidate(row=row, score=0.8 * share) for row, share in enumerate((1, SETTINGS.score_cut, SETTINGS.score_cut / 2)))
    sibling = candidate(row=3, score=0.99, tier=Tier.SIBLING)

    assert above_cut([best, near, far], [best, near, far, sibling], asked, SETTINGS) == [best, near]


def test_the_cut_is_lower_where_nothing_is_surely_right(small: QAService) -> None:
    """Beside a sure answer a statement of a quarter of its estimate is left out; beside an unsure one it may be the answer, but founds none."""
    reader = small.reader()
    asked = read_question(reader.analyse("What are the outcomes of rituximab in SSc?"), reader.library, load_lexicon())

    def kept(top: float) -> int:
        pool = [candidate(score=top), candidate(row=1, score=0.26 * top)]
        return len(above_cut(pool, pool, asked, SETTINGS))

    assert (kept(0.9), kept(0.2)) == (1, 2)
    pool = [candidate(score=0.2), candidate(row=1, score=0.26 * 0.2)]
    assert len(above_cut(pool, pool, asked, SETTINGS, surely=True)) == 1


def test_a_statement_that_gives_the_asked_dose_is_not_cut(small: QAService) -> None:
    """Doses are stated once or twice, often for a wider group and so with a low score; one for another disease is cut as any other."""
    reader = small.reader()
    asked = read_question(reader.analyse("What dose of rituximab is used in MCTD-ILD?"), reader.library, load_lexicon())
    dose = replace(TAGS, facets=((Facet.DOSING, 0.9),))
    best, near = candidate(score=0.8), candidate(row=1, score=0.8 * SETTINGS.score_cut / 2, tags=dose, tier=Tier.BROADER)
    elsewhere, no_dose = replace(near, tier=Tier.CHILD), candidate(row=3, score=near.score)

    assert above_cut([best, near, elsewhere, no_dose], [best, near], asked, SETTINGS) == [best, near]


def test_of_a_named_study_other_results_than_those_asked_for_must_come_nearer_the_best(small: QAService) -> None:
    """What the study was and how far it is to be trusted goes with any question on it; another result does only where it is likely, too."""
    reader = small.reader()
    asked = read_question(reader.analyse("What was the change in lung function in SLS II?"), reader.library, load_lexicon())
    assert (asked.studies, asked.query.facets) == (("SLS II",), (Facet.OUTCOME,))
    best = candidate(score=0.8, tags=replace(TAGS, facets=((Facet.OUTCOME, 0.9),)))

    def about(facet: Facet, outcomes: tuple[str, ...], share: float, kind: DocumentKind = DocumentKind.COHORT) -> Candidate:
        made = candidate(row=1, score=0.8 * share, tags=replace(TAGS, facets=((facet, 0.9),), outcomes=outcomes))
        return replace(made, document=replace(made.document, metadata=replace(made.document.metadata, kind=kind)))

    def is_kept(each: Candidate) -> bool:
        return above_cut([best, each], [best, each], asked, SETTINGS) == [best, each]

    assert is_kept(about(Facet.OUTCOME, (), SETTINGS.whole_cut))
    assert is_kept(about(Facet.DESIGN, (), SETTINGS.whole_cut))
    assert is_kept(about(Facet.EVIDENCE_GAP, (), SETTINGS.whole_cut))
    assert not is_kept(about(Facet.SAFETY, ("lung function",), SHARE_OF_OTHERS - 0.01))
    assert is_kept(about(Facet.SAFETY, ("lung function",), SHARE_OF_OTHERS))
    assert not is_kept(about(Facet.SAFETY, ("infection",), SETTINGS.score_cut - 0.01))
    assert not is_kept(about(Facet.EVIDENCE_GAP, (), SETTINGS.score_cut - 0.01, DocumentKind.GUIDELINE))


def test_without_a_facet_only_what_is_nearly_as_good_as_the_best_is_kept(small: QAService) -> None:
    """Where only words tell what is asked, everything is about as likely: the likely half of it is no answer."""
    reader = small.reader()
    asked = read_question(reader.analyse("Anything on MCTD and the moon?"), reader.library, load_lexicon())
    assert not asked.query.facets
    best, near, far = candidate(score=0.3), candidate(row=1, score=0.24), candidate(row=2, score=0.18)
    wordy = replace(far, coverage=0.6)

    assert above_cut([best, near, far], [best, near, replace(far, coverage=0.1)], asked, SETTINGS) == [best, near, far]
    assert above_cut([best, near, replace(far, coverage=0.1)], [best, near], asked, SETTINGS) == [best, near]
    assert above_cut([best, wordy], [best], asked, SETTINGS) == [best, wordy]


def test_what_a_guideline_says_of_itself_comes_near_the_best_or_is_left_out(small: QAService) -> None:
    """That its evidence is poor is no answer to which harms there are, unless the evidence is asked about."""
    reader = small.reader()
    itself = replace(TAGS, facets=((Facet.EVIDENCE_GAP, 0.9),))

    def kept(question: str, kind: DocumentKind) -> int:
        asked = read_question(reader.analyse(question), reader.library, load_lexicon())
        second = candidate(row=1, tags=itself, score=0.45)
        pool = [candidate(score=0.9), replace(second, document=replace(second.document, metadata=Metadata("Title", kind)))]
        return len(above_cut(pool, pool, asked, SETTINGS))

    assert kept("Which harms does rituximab have in SSc?", DocumentKind.GUIDELINE) == 1
    assert kept("Which harms does rituximab have in SSc?", DocumentKind.COHORT) == 2
    assert kept("How strong is the evidence for rituximab in SSc?", DocumentKind.GUIDELINE) == 2
