"""One card a recommendation, never another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.bootstrap import open_service
from ragqa.service import QAService
from ragqa.types import AnswerStatus, Direction, Statement, Strength
from tests.compose.samples import section, small_service

OVERVIEW = "How is ILD in MCTD treated?"


@pytest.fixture(scope="module")
def cards(small: QAService) -> tuple[Statement, ...]:
    """Return the guideline statements of an overview."""
    return section(small.ask(OVERVIEW), "guidelines")


def test_every_recommendation_of_the_population_is_a_card(cards: tuple[Statement, ...]) -> None:
    """Treatment, direction, strength, issuer and edition are those of its sentence and document."""
    found = {
        (each.drugs, each.recommendation.direction, each.recommendation.strength, each.recommendation.organisation, each.recommendation.year)
        for each in cards
        if each.recommendation and each.drugs
    }

    assert found == {
        (("mycophenolate",), Direction.FOR, Strength.CONDITIONAL, "Example", 2023),
        (("methotrexate",), Direction.AGAINST, Strength.CONDITIONAL, "Example", 2023),
        (("methotrexate",), Direction.FOR, Strength.CONDITIONAL, "Example", 2023),
        (("methotrexate",), Direction.FOR, Strength.UNSPECIFIED, "Example", 2012),
        (("azathioprine",), Direction.FOR, Strength.UNSPECIFIED, "Example", 2012),
    }


def test_one_card_holds_one_recommendation(cards: tuple[Statement, ...]) -> None:
    """Two directions on one treatment, at first line and on progression, stay two cards with one quote each."""
    methotrexate = [each for each in cards if each.drugs == ("methotrexate",) and each.year == 2023]

    assert len(methotrexate) == 2
    assert all(len(each.evidence) == 1 and len(each.citations) == 1 for each in cards)


def test_a_recommendation_for_a_sibling_disease_is_never_shown(cards: tuple[Statement, ...]) -> None:
    """What is recommended in RA or SSc is not recommended in MCTD."""
    assert all(each.populations == ("MCTD",) for each in cards)
    assert not any("tofacitinib" in each.drugs for each in cards)


def test_a_superseded_edition_is_named_and_comes_last(small: QAService) -> None:
    """Under each heading the current guideline comes first; a card of the older one names its successor."""
    for group in small.ask(OVERVIEW).sections[0].groups:
        superseded = [each.recommendation is not None and each.recommendation.superseded_by is not None for each in group.statements]
        assert superseded == sorted(superseded)
    old = [each for each in section(small.ask(OVERVIEW), "guidelines") if each.year == 2012]
    assert old
    assert all(each.recommendation and each.recommendation.superseded_by == "Example 2023" for each in old)


def test_a_guideline_that_a_review_reports_stays_with_the_research(small: QAService) -> None:
    """Second-hand guidance has no card and does not stand among the guidelines."""
    answer = small.ask("Is mycophenolate recommended for ILD in SSc?")

    assert [each.text for each in section(answer, "guidelines")] == [
        "Mycophenolate is strongly recommended by Example 2023 as a first-line treatment of ILD in SSc."
    ]
    reported = [each for each in section(answer, "research") if "The guideline Example 2023 recommends" in each.text]
    assert reported
    assert reported[0].recommendation is None


def test_recommendations_for_two_asked_populations_are_not_merged(small: QAService) -> None:
    """Conditional in MCTD and strong in SSc are two cards."""
    answer = small.ask("Is mycophenolate recommended in SSc-ILD or MCTD-ILD?")

    found = {(each.populations, each.recommendation.strength) for each in section(answer, "guidelines") if each.recommendation}
    assert found == {(("MCTD",), Strength.CONDITIONAL), (("SSc",), Strength.STRONG)}


def test_an_overview_of_two_populations_keeps_the_card_of_each(small: QAService) -> None:
    """An overview that names two diseases shows what is recommended in each."""
    answer = small.ask("How is ILD in MCTD and SSc treated?")

    mycophenolate = {each.populations for each in section(answer, "guidelines") if each.drugs == ("mycophenolate",)}
    assert mycophenolate == {("MCTD",), ("SSc",)}


def test_an_answer_without_guidance_says_where_guidelines_advise_all_the_same(corpus_service: QAService) -> None:
    """No card answers what a drug did to a measure; that must not read as if guidelines were silent on the drug."""
    guidelines = corpus_service.ask("Does nintedanib slow FVC decline in SSc-ILD?").sections[0]

    assert not guidelines.groups
    assert guidelines.note is not None
    assert guidelines.note.startswith("No guideline statement in this library answers the question directly; on nintedanib there is advice of the ")
    assert "ATS 2023 SSc-ILD guideline" in guidelines.note


def test_where_no_treatment_is_named_advice_on_any_is_not_denied(corpus_service: QAService) -> None:
    """What treatment does to a measure is told by studies; guidelines that advise on treatment are not silent."""
    guidelines = corpus_service.ask("Does lung function improve in scleroderma lung disease?").sections[0]

    assert not guidelines.groups
    assert guidelines.note is not None
    assert "on treatment there is advice of the ATS 2023 SSc-ILD guideline" in guidelines.note


def test_whether_a_treatment_works_is_told_with_the_advice_against_it(corpus_service: QAService) -> None:
    """A drug that guidelines advise against must not read as a choice, nor that advice as all that they say; advice on others adds nothing."""
    against = section(corpus_service.ask("Is abatacept effective for myositis ILD?"), "guidelines")
    both = section(corpus_service.ask("Pirfenidone in RA-ILD: does it only work with a UIP pattern?"), "guidelines")

    assert [(each.drugs, each.recommendation and each.recommendation.direction) for each in against] == [(("abatacept",), Direction.AGAINST)]
    assert {each.recommendation and each.recommendation.direction for each in both} == {Direction.AGAINST, Direction.FOR}


def test_advice_on_what_to_add_to_a_treatment_is_no_advice_against_it(corpus_service: QAService) -> None:
    """Not to add a second drug tells nothing of whether the first works."""
    question = "What happened to FVC over one to three years on mycophenolate across different connective tissue diseases with ILD?"

    assert not section(corpus_service.ask(question), "guidelines")


@pytest.mark.parametrize(
    "question",
    [
        "What are the side effects of nintedanib in SSc-ILD and how often do patients stop it?",
        "side effects of cyclophosphamide in SSc-ILD",
        "mycophenolate side effects in CTD-ILD",
    ],
)
def test_a_question_on_harms_is_not_answered_by_advice_to_treat(corpus_service: QAService, question: str) -> None:
    """Nor by what the treatment achieved, nor is a dispute told of what nobody asked for."""
    answer = corpus_service.ask(question)

    assert not [each for each in section(answer, "guidelines") if each.recommendation]
    assert "outcome" not in {group.facet for part in answer.sections for group in part.groups}
    assert not answer.conflicts


def test_what_else_guidelines_say_of_a_harm_stands_beside_the_likeliest(corpus_service: QAService) -> None:
    """A reason told with the question makes one caution much the likeliest; the dose that another issuer names is no less of use."""
    answer = corpus_service.ask("Should glucocorticoids be used in SSc-ILD? risk of renal crisis")

    cautions = [each.text for each in section(answer, "guidelines") if each.recommendation is None]
    assert any("ACR/CHEST 2023" in text and "renal crisis" in text for text in cautions)
    assert any("ATS 2023" in text and "15 mg prednisone" in text for text in cautions)


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("HSCT versus cyclophosphamide in SSc: treatment-related mortality", {"HSCT", "cyclophosphamide"}),
        ("Mycophenolate or cyclophosphamide in SSc-ILD: which has fewer harms?", {"mycophenolate", "cyclophosphamide"}),
    ],
)
def test_advice_on_one_of_two_compared_treatments_brings_that_on_the_other(corpus_service: QAService, question: str, sides: set[str]) -> None:
    """What guidelines say of one side alone reads as a verdict."""
    advised = {drug for each in section(corpus_service.ask(question), "guidelines") for drug in each.drugs}

    assert advised >= sides or advised.isdisjoint(sides)


def test_a_question_without_guidance_says_so(small: QAService) -> None:
    """The section stays, with a sentence in place of statements."""
    part = small.ask("What are the outcomes of rituximab in MCTD-ILD?").sections[0]

    assert part.section_id == "guidelines"
    assert part.groups == ()
    assert part.note


SEVERAL_ORGANS = """---
title: 2023 Organ Society guideline on systemic sclerosis
short_title: Organ 2023
organisation: Organ Society
issuer: Organ
edition: 2023
year: 2023
kind: guideline
---

# Organ 2023

## Treatment

- Methotrexate is recommended by Organ 2023 for skin fibrosis in SSc.
- Nintedanib is recommended by Organ 2023 for the treatment of SSc-ILD.

## Supportive care

- A calcium channel blocker is recommended first by Organ 2023 for Raynaud phenomenon in SSc.
"""


@pytest.mark.parametrize(
    ("question", "drugs"),
    [
        ("Raynaud's in scleroderma: which drug first?", {"calcium channel blocker"}),
        ("How is skin fibrosis in SSc treated?", {"methotrexate"}),
        # No advice on just that: what there is is shown.
        ("How is SSc-ILD treated?", {"nintedanib"}),
    ],
)
def test_advice_on_another_organ_is_no_answer_where_there_is_advice_on_the_asked(tmp_path: Path, question: str, drugs: set[str]) -> None:
    """What is to be treated is what is asked, under whatever heading the guideline has it."""
    service = small_service(tmp_path, {"guidelines/organ.md": SEVERAL_ORGANS})
    cards = section(service.ask(question), "guidelines")

    assert {drug for card in cards if card.recommendation for drug in card.drugs} == drugs


SIDES = """---
title: 2024 Sides Society guideline on interstitial lung disease
short_title: Sides 2024
organisation: Sides Society
issuer: Sides
edition: 2024
year: 2024
kind: guideline
---

# Sides 2024

## First-line treatment

- Azathioprine is conditionally recommended by Sides 2024 as a first-line treatment of ILD in MCTD.
- Adding nintedanib to mycophenolate is conditionally recommended against by Sides 2024 in ILD of MCTD.
- Live vaccination is recommended against by Sides 2024 in patients with MCTD on immunosuppressants.

## Screening

- Testing for hepatitis B before immunosuppressive treatment is recommended by Sides 2024 in patients with MCTD.
- Vaccination against herpes zoster infection is recommended by Sides 2024 in patients with MCTD.
"""


@pytest.mark.parametrize(
    "question",
    ["Azathioprine or mycophenolate in MCTD-ILD: which is tolerated better?", "Azathioprine versus mycophenolate in MCTD-ILD: which is safer?"],
)
def test_advice_on_something_else_is_no_stance_on_a_compared_treatment(tmp_path: Path, question: str) -> None:
    """What is added to one of two, or not given to people on either, tells nothing of their harms."""
    shown = [each.text for each in section(small_service(tmp_path, {"sides-2024.md": SIDES}).ask(question), "guidelines")]

    assert any(text.startswith("Azathioprine is") for text in shown)
    assert not any("Adding nintedanib" in text or "Live vaccination" in text for text in shown)


def test_one_infection_is_answered_by_advice_on_it(tmp_path: Path) -> None:
    """Advice on another infection, or on the organ that the treatment is for, is left out."""
    shown = section(small_service(tmp_path, {"sides-2024.md": SIDES}).ask("Before I start a drug for MCTD-ILD, do I need hepatitis serology?"), "guidelines")

    assert any("hepatitis B" in each.text for each in shown)
    assert not any("as a first-line treatment" in each.text for each in shown)


def test_guidelines_set_beside_a_named_study_are_shown_with_it(corpus_service: QAService) -> None:
    """A study by name takes the answer, unless guidelines, none of them named, are asked about beside it."""
    asked = "Does every scleroderma patient need a baseline CT, or only those at risk?"
    both = corpus_service.ask(f"{asked} Guidelines vs the Norwegian cohort")
    alone = corpus_service.ask("What did the Norwegian scleroderma cohort say on a baseline CT?")

    assert any("HRCT" in each.text for each in section(both, "guidelines"))
    assert any("Norwegian" in each.text for each in section(both, "research"))
    assert section(alone, "guidelines") == ()


def test_criteria_set_against_a_named_study_are_shown_with_it(corpus_service: QAService) -> None:
    """Where a case counts "in that study but not under the criteria", the study is one side and the criteria, which are of no study, the other."""
    both, alone = (
        [each.text for each in corpus_service.ask(question).statements]
        for question in ("Why would a patient count as progressive in INBUILD but not under the 2022 PPF criteria?", "How did INBUILD define progression?")
    )

    assert any("absolute fall" in text for text in both)
    assert any("INBUILD defined progression" in text for text in both)
    assert not any("absolute fall" in text for text in alone)


def test_any_treatment_for_an_outcome_is_told_by_what_names_it(corpus_service: QAService) -> None:
    """Advice to give a drug says nothing of breathlessness; where a result does, it is shown alone."""
    statements = corpus_service.ask("Do any drugs help breathlessness in SSc-ILD?").statements

    assert any("Dyspnoea" in each.text for each in statements)
    assert not any("is conditionally recommended" in each.text for each in statements)


def test_a_choice_among_named_treatments_brings_in_no_other(corpus_service: QAService) -> None:
    """The choice that a later part speaks of is among the treatments named before: the one that failed is none of them."""
    question = "RA-ILD, FVC down 11% despite rituximab. Antifibrotic now: which one is supported, and does UIP matter for the choice?"
    texts = [each.text for each in corpus_service.ask(question).statements]

    assert any("Nintedanib" in text for text in texts)
    assert not any(text.startswith(("Rituximab is", "Mycophenolate")) for text in texts)


def test_advice_for_others_only_displaces_no_advice_for_the_asked(corpus_service: QAService) -> None:
    """Nintedanib first is for SSc only: in MCTD what is advised against it, and for it later, is shown, and says it all."""
    texts = [each.text for each in section(corpus_service.ask("Is nintedanib recommended first line in MCTD-ILD?"), "guidelines")]

    assert not any(text.endswith("SSc-ILD only.") for text in texts)
    assert any("against" in text and "MCTD" in text for text in texts)
    assert any("progresses despite first-line treatment" in text for text in texts)


def test_how_often_the_lung_is_involved_is_not_told_by_how_common_the_disease_is(corpus_service: QAService) -> None:
    """A guideline's figures on the disease are left out where there are figures on the lung, however likely they look."""
    answer = corpus_service.ask("frequency of interstitial lung disease in dermatomyositis and polymyositis, different sources")
    texts = [each.text for each in answer.statements]

    assert section(answer, "guidelines") == ()
    assert any("30-70% in polymyositis" in text for text in texts)
    assert any("coded in 6.0%" in text for text in texts)


def test_no_rule_makes_an_overview_of_what_is_far_from_the_question(corpus_service: QAService) -> None:
    """Of an overlap no guideline speaks: its advice on each disease alone is not listed, and in a true overview it is."""
    assert section(corpus_service.ask("MCTD with microscopic polyangiitis overlap, treatment?"), "guidelines") == ()
    assert len(section(corpus_service.ask("How is ILD in MCTD treated?"), "guidelines")) > 10
    assert section(corpus_service.ask("rapidly progressive disease MCTD-ILD"), "guidelines")


@pytest.mark.parametrize("question", ["Treatment of antisynthetase syndrome ILD", "How is anti-MDA5 dermatomyositis ILD treated?"])
def test_a_kind_of_a_disease_gets_the_advice_for_its_group(corpus_service: QAService, question: str) -> None:
    """Guidelines advise on the group and never name its kinds, so none of its first-line advice is too far from a question on one of them."""
    answer = corpus_service.ask(question)
    cards = [each for each in section(answer, "guidelines") if each.recommendation and "first-line" in each.text]

    advised = {drug for each in cards if each.recommendation and each.recommendation.direction is Direction.FOR for drug in each.drugs}
    against = {drug for each in cards if each.recommendation and each.recommendation.direction is Direction.AGAINST for drug in each.drugs}
    assert {"mycophenolate", "rituximab", "azathioprine", "cyclophosphamide", "calcineurin inhibitor"} <= advised
    assert {"abatacept", "pirfenidone", "TNF inhibitor"} <= against


def test_advice_for_a_group_makes_no_overview_where_the_asked_have_their_own(corpus_service: QAService) -> None:
    """How far a question is from the advice for just its people is told by that advice, and not by a remark on all of their group."""
    shown = section(corpus_service.ask("How was MCTD lung disease conventionally treated before the guidelines, and were there trials?"), "guidelines")

    assert len(shown) < 3


def under(service: QAService, question: str, facet: str) -> list[Statement]:
    """Return the guideline cards of an answer under one heading."""
    return [each for group in service.ask(question).sections[0].groups if group.facet == facet for each in group.statements]


def test_an_overview_tells_how_a_rapid_course_is_treated(corpus_service: QAService) -> None:
    """The regimen, for whom another and what to weigh, not the many single options; first of all where the disease takes that course."""
    of_group, of_ssc, of_rapid = (
        under(corpus_service, f"What is the treatment of {disease}?", "rapidly-progressive")
        for disease in ("CTD-ILD", "SSc-ILD", "anti-MDA5 dermatomyositis ILD")
    )

    assert [next(word for word in ("over monotherapy", "without anti-MDA5", "In SSc", "triple therapy") if word in each.text) for each in of_group] == [
        "over monotherapy",
        "without anti-MDA5",
        "In SSc",
        "triple therapy",
    ]
    assert "individual weighing" in of_ssc[0].text
    assert "triple therapy" in of_rapid[0].text
    assert not any("without" in each.text for each in of_rapid)
    assert corpus_service.ask("What is the treatment of anti-MDA5 dermatomyositis ILD?").sections[0].groups[0].facet == "rapidly-progressive"
    assert corpus_service.ask("What is the treatment of CTD-ILD?").sections[0].groups[0].facet == "first-line"


def test_what_a_guideline_advises_some_of_a_group_is_shown_to_the_group(corpus_service: QAService) -> None:
    """A treatment that no card names for those people has a place, and who reads of the group must not miss it; other issuers' advice for them is left out."""
    overview = {
        (drug, each.populations, each.recommendation.direction)
        for facet in ("first-line", "progression")
        for each in under(corpus_service, "What is the treatment of CTD-ILD?", facet)
        if each.recommendation
        for drug in each.drugs
    }
    next_line = under(corpus_service, "CTD-ILD progressing despite first-line therapy: what next?", "progression")

    assert {("calcineurin inhibitor", ("IIM",), Direction.FOR), ("pirfenidone", ("RA",), Direction.FOR)} <= overview
    assert ("tocilizumab", ("SSc", "MCTD"), Direction.FOR) in overview
    assert not any(each.recommendation and each.recommendation.organisation == "BSR" for each in next_line)
    assert {"calcineurin inhibitor", "JAK inhibitor", "pirfenidone"} <= {drug for each in next_line if each.recommendation for drug in each.drugs}
    assert any("AHSCT" in each.text and each.recommendation for each in next_line)


def test_strong_advice_of_others_comes_before_what_is_not_to_be_begun_with(corpus_service: QAService) -> None:
    """A guideline that names no line of treatment stands beside one that does, not behind what this one advises against."""
    facets = [group.facet for group in corpus_service.ask("How is SSc-ILD treated?").sections[0].groups]

    assert facets[:4] == ["first-line", "treatment", "first-line-against", "treatment-against"]


SPLIT = """---
title: 2025 Example Society guideline on steroids in interstitial lung disease
short_title: Example 2025
organisation: Example Society
year: 2025
kind: guideline
---

# Example 2025

## Treatment

- Glucocorticoids are conditionally recommended by Example 2025 for ILD in MCTD, RA, IIM and SjD.
- Glucocorticoids are strongly recommended against by Example 2025 for SSc-ILD.
- Mycophenolate is conditionally recommended by Example 2025 as a first-line treatment of ILD in connective tissue disease.
- Rituximab is conditionally recommended by Example 2025 as a first-line treatment of ILD in MCTD.

## Monitoring

- Lung function is recommended by Example 2025 for monitoring MCTD-ILD.
- Ambulatory desaturation testing is recommended by Example 2025 for monitoring MCTD-ILD.
- HRCT is recommended by Example 2025 for monitoring MCTD-ILD.
- Lung function every 3-6 months is suggested by Example 2025 for monitoring MCTD-ILD.
- Bronchoscopy is recommended against by Example 2025 for monitoring MCTD-ILD.
- The 6-minute walk distance is recommended against by Example 2025 for monitoring MCTD-ILD.
"""


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over a guideline that advises four diseases one thing and the fifth the opposite."""
    return small_service(tmp_path_factory.mktemp("split"), {"example-2025.md": SPLIT})


def test_advice_for_some_of_a_group_is_shown_with_that_for_the_others(split: QAService) -> None:
    """What is advised for four diseases answers for the group, so the strong advice against it in the fifth stands beside it."""
    shown = section(split.ask("Should glucocorticoids be given for ILD in connective tissue disease?"), "guidelines")

    found = {(each.recommendation.direction, each.recommendation.strength) for each in shown if each.recommendation and "glucocorticoid" in each.drugs}
    assert found == {(Direction.FOR, Strength.CONDITIONAL), (Direction.AGAINST, Strength.STRONG)}


def test_strong_advice_against_for_one_disease_stands_beside_mild_advice_for_the_others(corpus_service: QAService) -> None:
    """However far its wording is from the question: who reads the one must not miss the other."""
    shown = section(corpus_service.ask("Give me an overview of first-line treatment of connective tissue disease ILD."), "guidelines")

    strong = [each for each in shown if each.recommendation and each.recommendation.strength is Strength.STRONG and "glucocorticoid" in each.drugs]
    assert strong
    assert all(each.recommendation and each.recommendation.direction is Direction.AGAINST and each.populations == ("SSc",) for each in strong)


def test_advice_for_the_wider_group_stands_beside_that_for_the_asked(split: QAService) -> None:
    """What a guideline says of all is not displaced by what it says of one disease on another treatment."""
    drugs = {drug for each in section(split.ask(OVERVIEW), "guidelines") for drug in each.drugs}

    assert {"mycophenolate", "rituximab", "glucocorticoid"} <= drugs


def test_advice_that_names_no_line_stands_under_no_heading_of_a_line(split: QAService) -> None:
    """First-line advice is what says so itself."""
    groups = {group.title: {drug for each in group.statements for drug in each.drugs} for group in split.ask(OVERVIEW).sections[0].groups}

    assert groups["Treatment"] == {"glucocorticoid"}
    assert groups["First-Line Treatment"] == {"mycophenolate", "rituximab"}


def test_how_often_to_measure_is_told_in_an_overview(split: QAService) -> None:
    """Of more cards on monitoring than an overview has room for, the interval is among those shown."""
    (monitoring,) = [group for group in split.ask(OVERVIEW).sections[0].groups if group.facet == "monitoring"]

    assert len(monitoring.statements) == 3
    assert any("every 3-6 months" in each.text for each in monitoring.statements)


def test_what_to_measure_and_how_often_comes_before_what_is_of_no_use(split: QAService) -> None:
    """Intervals first, then the tests, then those advised against, whichever is worded most like the question."""
    (monitoring,) = [group for group in split.ask("How should MCTD-ILD be monitored?").sections[0].groups if group.facet == "monitoring"]

    assert "every 3-6 months" in monitoring.statements[0].text
    directions = [each.recommendation.direction is Direction.AGAINST for each in monitoring.statements if each.recommendation]
    assert True in directions
    assert directions == sorted(directions)


def test_an_overview_tells_the_limits_of_its_guidance(corpus_service: QAService) -> None:
    """That strong advice rests on evidence of very low certainty is told where the advice is; it is no card of advice itself."""
    limits = [group for group in corpus_service.ask("How is SSc-ILD treated?").sections[0].groups if group.facet == "evidence-gap"]

    assert [("very low in certainty" in each.text, each.recommendation) for group in limits for each in group.statements] == [(True, None)]


def test_what_a_case_failed_on_is_not_advised_again(corpus_service: QAService) -> None:
    """Progression on a drug asks for what comes next: what can be given with it, and never the drug itself, "if not already used"."""
    question = "A woman with SSc-ILD has lost FVC over a year on mycophenolate. What next?"
    answer = corpus_service.ask(question)
    (progression,) = [group for group in answer.sections[0].groups if group.facet == "progression"]
    shown = section(answer, "guidelines")

    assert progression.statements
    assert not [each for each in progression.statements if each.drugs == ("mycophenolate",)]
    assert any({"nintedanib", "mycophenolate"} <= set(each.drugs) for each in shown)


@pytest.mark.parametrize(
    ("question", "is_shown"),
    [
        ("CTD-ILD progressing despite mycophenolate - what next?", False),
        ("MCTD-ILD worsened on mycophenolate. Would adding pirfenidone be reasonable?", False),
        ("Should nintedanib be added to mycophenolate in CTD-ILD that is progressing?", False),
        ("Should nintedanib be added to mycophenolate in CTD-ILD that is not progressing?", True),
        ("Should nintedanib be added to mycophenolate in CTD-ILD, before or after it has progressed?", True),
        ("Combination of nintedanib and mycophenolate in CTD-ILD: upfront or only after progression?", True),
        ("Does nintedanib plus mycophenolate slow progression of CTD-ILD?", True),
        ("How is SSc-ILD treated?", True),
    ],
)
def test_advice_for_disease_that_has_not_progressed_is_none_for_one_that_has(corpus_service: QAService, question: str, is_shown: bool) -> None:
    """Its own condition, "without progression", tells for whom it is: where the question tells of progression it is not shown, and disputes nothing."""
    answer = corpus_service.ask(question)

    assert any("without ILD progression" in each.text for each in section(answer, "guidelines")) is is_shown
    assert any("disagree" in each.note for each in answer.conflicts) is is_shown


def test_an_overview_in_small_loses_no_heading(corpus_service: QAService) -> None:
    """With fewer cards than there are, the fullest heading gives way, so that the harms at the end stay."""
    settings = corpus_service.settings
    few = settings.model_copy(update={"compose": settings.compose.model_copy(update={"max_guideline_statements": 12})})

    whole, short = (open_service(each).ask("How is MCTD-ILD treated?").sections[0].groups for each in (settings, few))

    assert [group.facet for group in short] == [group.facet for group in whole]
    assert sum(len(group.statements) for group in short) == 12


def test_an_issuer_named_in_one_clause_leaves_the_others_to_the_rest(corpus_service: QAService) -> None:
    """What a trial showed is told beside what the issuer advises, though both stand in one clause."""
    answer = corpus_service.ask("Tacrolimus for myositis ILD: trial evidence against ciclosporin and position in ACR/CHEST?")

    assert any("ACR/CHEST" in each.text for each in section(answer, "guidelines"))
    assert any("progression-free survival" in each.text for each in section(answer, "research"))


def test_where_an_issuer_says_nothing_near_enough_the_others_answer_in_part(corpus_service: QAService) -> None:
    """An issuer with documents on the disease and none on what is asked is told as not covered, and is no reason to withhold what others say."""
    answer = corpus_service.ask("Which drug does EULAR prefer for RA-ILD that progresses?")

    assert answer.status is AnswerStatus.PARTIAL
    assert "statements of EULAR" in answer.not_covered
    assert any("ACR/CHEST" in each.text for each in section(answer, "guidelines"))


def test_a_harm_asked_by_name_brings_no_advice_on_the_drug(corpus_service: QAService) -> None:
    """Advice against a treatment tells of its harms where these are asked in general; how common one of them is, it does not tell."""
    answer = corpus_service.ask("How common is diarrhoea on nintedanib in autoimmune ILD?")

    assert answer.statements
    assert not [statement.text for statement in answer.statements if "recommended" in statement.text]


def test_tuberculosis_is_looked_for_beside_hepatitis(corpus_service: QAService) -> None:
    """Both are infections to be excluded before a treatment; the one that is treated for itself is a disease."""
    texts = [statement.text for statement in corpus_service.ask("Before starting rituximab: hep B, TB checks?").statements]

    assert any("hepatitis B" in text for text in texts)
    assert any("tuberculosis" in text for text in texts)
    assert corpus_service.ask("How is pulmonary tuberculosis treated?").abstained
