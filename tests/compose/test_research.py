"""Research of the asked disease in one section, of its siblings in a closed block."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragqa.bootstrap import open_service
from ragqa.compose.asked import Asked, read_question
from ragqa.compose.candidates import Candidate
from ragqa.compose.research import choose_indirect, choose_research
from ragqa.service import QAService
from ragqa.settings import ComposeSettings
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Answer, DocumentKind, DocumentRecord, DocumentStatus, Facet, Metadata, Origin, SentenceRecord, Tags, Tier
from tests.compose.samples import BETTER, DOCUMENTS, section, sentence, small_service

BETTER_TRIAL = BETTER.replace("cohort", "trial").replace("kind: trial", "kind: randomised-trial")
OUTCOMES = "What are the outcomes of rituximab in MCTD-ILD?"


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over one cohort of the asked disease (two statements) and one series of a sibling."""
    return small_service(tmp_path_factory.mktemp("thin"), {name: text for name, text in DOCUMENTS.items() if "northern" in name or "eastern" in name})


def test_design_size_and_year_stand_beside_each_result(small: QAService) -> None:
    """They are the sentence's own or its document's."""
    (found,) = [each for each in section(small.ask(OUTCOMES), "research") if "8.9%" in each.text]

    assert (found.design, found.n, found.year) == ("cohort", 97, 2019)
    assert {"97", "8.9%", "24 weeks"} <= set(found.numbers)


def test_the_research_section_holds_no_sibling(small: QAService, thin: QAService) -> None:
    """Only the asked disease, a group it belongs to, or one of its kinds."""
    for service in (small, thin):
        assert {each.population_tier for each in section(service.ask(OUTCOMES), "research")} <= {Tier.EXACT, Tier.BROADER, Tier.CHILD}


def test_siblings_are_shown_apart_where_direct_evidence_is_thin(thin: QAService) -> None:
    """At most two statements, in a block of their own, each marked as a sibling's."""
    indirect = section(thin.ask(OUTCOMES), "indirect")

    assert 1 <= len(indirect) <= 2
    assert all(each.population_tier is Tier.SIBLING and each.populations == ("DM",) for each in indirect)


def test_enough_direct_evidence_shows_no_sibling(small: QAService) -> None:
    """With three direct sentences, joined or not, the block is left out."""
    answer = small.ask(OUTCOMES)

    assert sum(len(each.evidence) for each in section(answer, "research")) >= 3
    assert section(answer, "indirect") == ()


def test_no_two_statements_quote_the_same_sentence_alone(small: QAService) -> None:
    """No sentence heads two statements of one answer."""
    for question in (OUTCOMES, "What is the effect of cyclophosphamide in SSc-ILD?", "How is ILD in MCTD treated?"):
        heads = [(each.evidence[-1].document_id, each.evidence[-1].page, each.evidence[-1].start) for each in small.ask(question).statements]
        assert len(set(heads)) == len(heads)


def test_no_statement_is_contained_in_another(small: QAService) -> None:
    """Of overlapping runs of sentences the larger one is shown."""
    texts = [each.text for each in small.ask("What is the effect of cyclophosphamide in SSc-ILD?").statements]

    assert not [(one, other) for one in texts for other in texts if one != other and one in other]


def test_sources_are_numbered_by_first_use_and_shared(small: QAService) -> None:
    """The first statement cites [1], every number has one source, and every source is cited."""
    answer = small.ask("How is ILD in MCTD treated?")

    cited = [number for each in answer.statements for number in each.citations]
    assert list(dict.fromkeys(cited)) == [source.n for source in answer.sources] == list(range(1, len(answer.sources) + 1))
    by_number = {source.n: source.document_id for source in answer.sources}
    assert all(by_number[item.source] == item.document_id for each in answer.statements for item in each.evidence)


def test_an_overview_shows_the_studies_that_come_near_the_best(small: QAService) -> None:
    """With a share of 1 only the best study is left, with 0 all of them; recommendations do not depend on it."""

    def treated(share: float) -> Answer:
        settings = small.settings
        service = open_service(settings.model_copy(update={"compose": settings.compose.model_copy(update={"overview_cut": share, "overview_results": share})}))
        return service.ask("How is ILD in MCTD treated?")

    best, every = treated(1.0), treated(0.0)

    assert len(section(best, "research")) == 1 < len(section(every, "research"))
    assert section(best, "research")[0].score == max(each.score for each in section(every, "research"))
    assert [each.text for each in section(best, "guidelines")] == [each.text for each in section(every, "guidelines")]


def test_an_overview_tells_the_main_result_of_each_study(small: QAService) -> None:
    """It is the first that the study reports, whichever is worded most like the question; a result far below the best and one on another organ are none."""
    asked = treated_mctd(small)
    given, achieved, other_organ = Facet.TREATMENT, Facet.OUTCOME, {"off_manifestation": 1.0}
    approach, weak_approach = graded(0, 0.5, given), graded(1, 0.1, given)
    main, subgroup = graded(2, 0.07, achieved), graded(3, 0.1, achieved)
    far, on_skin = graded(4, 0.02, achieved, document="far"), graded(5, 0.1, achieved, other_organ, document="skin")

    chosen = choose_research(asked, [approach, weak_approach, main, subgroup, far, on_skin], ComposeSettings())

    assert {each.record.row for each in chosen} == {0, 2}


def test_results_of_an_overview_come_by_the_strength_of_their_study(small: QAService) -> None:
    """Where there are more studies than room, trials come before cohorts and large ones before small ones."""
    trials = [graded(row, 0.05, Facet.OUTCOME, document=f"trial {row}", kind=DocumentKind.RANDOMISED_TRIAL, n=100 + row) for row in range(7)]
    cohort = graded(7, 0.1, Facet.OUTCOME, document="cohort", n=1000)

    chosen = choose_research(treated_mctd(small), [*trials, cohort], ComposeSettings())

    assert {each.record.row for each in chosen} == {1, 2, 3, 4, 5, 6}


def test_no_result_in_an_overview_tells_only_of_the_time_before_treatment(small: QAService) -> None:
    """How the patients were before is no result, even where their study tells it first."""
    before = graded(0, 0.1, Facet.OUTCOME, text="In the year before rituximab, function had fallen by 13% in MCTD.")
    after = graded(1, 0.1, Facet.OUTCOME, text="In the year after rituximab, function rose by 9% in MCTD.")

    assert [each.record.row for each in choose_research(treated_mctd(small), [before, after], ComposeSettings())] == [1]


def test_no_result_in_an_overview_is_of_what_a_case_was_given(small: QAService) -> None:
    """Who gets worse on a drug is not helped by what that drug did."""
    reader = small.reader()
    asked = read_question(reader.analyse("My patient with MCTD-ILD gets worse on rituximab. What next?"), reader.library, load_lexicon())
    assert asked.is_overview

    assert asked.given >= {"rituximab"}
    assert choose_research(asked, [graded(0, 0.1, Facet.OUTCOME)], ComposeSettings()) == []


def test_an_overview_tells_what_the_evidence_on_the_disease_lacks(small: QAService) -> None:
    """That comes first; the limits of a paper count where something of it is shown, and where no study tells anything they are the answer."""
    gap = Facet.EVIDENCE_GAP
    result, of_it, in_review = graded(0, 0.1, Facet.OUTCOME), graded(1, 0.2, gap, trials=("A",)), graded(4, 0.1, Facet.OUTCOME, document="review")
    of_all, of_other, unshown = graded(2, 0.04, gap, document="review"), graded(3, 0.3, gap, document="other", trials=("B",)), graded(5, 0.5, gap, document="c")

    chosen = choose_research(treated_mctd(small), [result, in_review, of_it, of_all, of_other, unshown], ComposeSettings())

    assert {each.record.row for each in chosen} == {0, 1, 2, 4}
    assert [each.record.row for each in choose_research(treated_mctd(small), [unshown], ComposeSettings())] == [5]


def test_a_limit_concerns_what_is_shown_of_its_study(small: QAService) -> None:
    """Doubt about an outcome that is not told comes after a limit of the whole study; where reports of it come from is none, and a study quoted has none."""
    gap = Facet.EVIDENCE_GAP
    result = graded(0, 0.1, Facet.OUTCOME, trials=("A",), document="a")
    on_another = graded(1, 0.03, gap, trials=("A",), document="a", outcomes=("cough",))
    of_study = graded(2, 0.02, gap, trials=("A",), document="a")
    at_second_hand = graded(3, 0.2, gap, trials=("A",), document="a", text="Results of A in MCTD are given as reported in a 2020 review.")
    quoted = graded(4, 0.1, Facet.OUTCOME, trials=("B",), document="b", text="An earlier series of 8 patients with MCTD improved on rituximab.")
    of_quoting = graded(5, 0.2, gap, trials=("B",), document="b")

    chosen = choose_research(treated_mctd(small), [result, on_another, of_study, at_second_hand, quoted, of_quoting], ComposeSettings())

    assert {each.record.row for each in chosen} == {0, 2, 4}


def test_whether_a_treatment_works_is_told_with_the_limit_of_its_study(small: QAService) -> None:
    """However weak its estimate, of the strongest study whose results are shown; where one figure is asked for, none."""
    gap = Facet.EVIDENCE_GAP
    results = [graded(row, 0.5, Facet.OUTCOME, trials=(f"T{row}",), document=f"d{row}", n=100 - row) for row in range(3)]
    limits = [graded(row + 3, 0.001, gap, trials=(f"T{row}",), document=f"d{row}") for row in range(3)]
    reader = small.reader()
    works, figure = (
        read_question(reader.analyse(text), reader.library, load_lexicon())
        for text in ("Does rituximab work in MCTD-ILD?", "Mortality on rituximab in MCTD-ILD")
    )

    assert {each.record.row for each in choose_research(works, [*results, *limits], ComposeSettings())} == {0, 1, 2, 3}
    assert {each.record.row for each in choose_research(figure, [*results, *limits], ComposeSettings())} == {0, 1, 2}


def test_death_by_a_treatment_asked_about_is_of_no_other_organ(corpus_service: QAService) -> None:
    """Naming the lung loses neither whom transplantation killed nor how many died on either side of its trials."""
    for disease in ("systemic sclerosis", "SSc-ILD"):
        texts = " ".join(
            each.text for each in section(corpus_service.ask(f"Treatment-related mortality of stem cell transplantation in {disease}"), "research")
        )

        assert "died of treatment-related causes" in texts
        assert "increased toxicity" in texts
        assert "Mortality at one year" in texts


def test_a_trial_in_the_asked_disease_is_told_however_it_is_worded(small: QAService) -> None:
    """Nearness to "how is it treated?" decides among series; trials are told all, the strongest first, whatever their estimate."""
    series = graded(0, 0.5, Facet.OUTCOME, document="series")
    far_series = graded(1, 0.01, Facet.OUTCOME, document="far series")
    trial = graded(2, 0.001, Facet.OUTCOME, document="trial", kind=DocumentKind.RANDOMISED_TRIAL)

    chosen = choose_research(treated_mctd(small), [series, far_series, trial], ComposeSettings())

    assert [each.record.row for each in chosen] == [2, 0]


def test_each_treatment_has_a_study_before_any_has_two(small: QAService) -> None:
    """Of seven trials in one drug and one in another six are shown, the other drug's among them."""
    trials = [graded(row, 0.05, Facet.OUTCOME, document=f"trial {row}", kind=DocumentKind.RANDOMISED_TRIAL, n=100 + row) for row in range(7)]
    small_trial = graded(7, 0.05, Facet.OUTCOME, document="small", kind=DocumentKind.RANDOMISED_TRIAL, n=20, drugs=("tocilizumab",))

    chosen = choose_research(treated_mctd(small), [*trials, small_trial], ComposeSettings())

    assert {each.record.row for each in chosen} == {2, 3, 4, 5, 6, 7}


def test_a_group_is_told_by_the_strongest_trial_in_each_of_its_kinds(small: QAService) -> None:
    """Before series in the group itself, however near those come to the question, and with its harm; one patient stands for nobody."""
    reader = small.reader()
    asked = read_question(reader.analyse("How is CTD-ILD treated?"), reader.library, load_lexicon())
    trial = DocumentKind.RANDOMISED_TRIAL

    def of_kind(row: int, document: str, kind: DocumentKind, n: int, populations: tuple[str, ...], facet: Facet = Facet.OUTCOME) -> Candidate:
        return replace(graded(row, 0.001 if kind is trial else 0.5, facet, document=document, kind=kind, n=n, populations=populations), tier=Tier.CHILD)

    series = [graded(row, 0.5, Facet.OUTCOME, document=f"series {row}", populations=("CTD",), drugs=(f"drug {row}",)) for row in range(5)]
    large, small_trial = of_kind(5, "large", trial, 500, ("SSc",)), of_kind(6, "small", trial, 50, ("SSc",))
    other, case = of_kind(7, "other", trial, 20, ("RA",)), of_kind(8, "case", DocumentKind.CASE_SERIES, 1, ("MCTD",))
    harm = of_kind(9, "large", trial, 500, ("SSc",), Facet.SAFETY)

    chosen = {each.record.row for each in choose_research(asked, [*series, large, small_trial, other, case, harm], ComposeSettings())}

    assert {5, 7, 9} <= chosen
    assert chosen.isdisjoint({6, 8})
    # Without a trial one patient is better than nothing.
    assert [each.record.row for each in choose_research(asked, [case], ComposeSettings())] == [8]


def test_trials_in_the_kinds_of_a_group_are_read_however_they_are_worded(tmp_path: Path) -> None:
    """Their words never name the group, and 400 sentences that do are likelier."""
    others = "".join(f"- Treatment {number} of connective tissue disease with ILD is described in the Review 2015.\n" for number in range(400))
    review = f"---\ntitle: Treatment of connective tissue disease\nyear: 2015\nkind: narrative-review\n---\n\n# Review 2015\n\n## Treatment\n\n{others}"
    trial = BETTER_TRIAL.replace("MCTD", "SSc").replace("mixed connective tissue disease", "systemic sclerosis")
    answer = small_service(tmp_path, {"research/review.md": review, "research/trial.md": trial}).ask("How is CTD-ILD treated?")

    assert any("Northern trial 2019" in each.text for each in section(answer, "research"))


def test_who_gets_the_disease_on_a_drug_is_no_result_of_its_treatment(small: QAService) -> None:
    """An association with the onset, or with how often it is found, tells nothing of those who have it."""
    onset = graded(0, 0.1, Facet.OUTCOME, also=Facet.RISK_FACTOR)
    frequency = graded(1, 0.1, Facet.OUTCOME, also=Facet.EPIDEMIOLOGY, document="other")

    assert choose_research(treated_mctd(small), [onset, frequency], ComposeSettings()) == []


def test_in_a_rapid_course_no_result_of_another_is_told(small: QAService) -> None:
    """A disease that goes on may be helped by what helps at any stage; a rapid course is another. Who gets worse is told in neither."""
    reader = small.reader()
    goes_on, rapid = (
        read_question(reader.analyse(text), reader.library, load_lexicon())
        for text in ("How is progressive MCTD-ILD treated?", "How is rapidly progressive MCTD-ILD treated?")
    )
    elsewhere = graded(0, 0.1, Facet.OUTCOME)
    within = replace(graded(1, 0.1, Facet.OUTCOME, document="b"), document=replace(elsewhere.document, situations=("progression", "rapidly-progressive")))
    who = graded(2, 0.3, Facet.PROGRESSION, also=Facet.RISK_FACTOR, drugs=())

    for asked, alone in ((goes_on, {0}), (rapid, set[int]())):
        assert {each.record.row for each in choose_research(asked, [elsewhere, who], ComposeSettings())} == alone
        assert {each.record.row for each in choose_research(asked, [elsewhere, within, who], ComposeSettings())} == {1}


def test_a_broad_question_is_not_emptied_by_its_best_answer(small: QAService) -> None:
    """Three statements in just the asked, on the point, stand however near the best comes to its words; a question on one figure is left with that."""
    reader = small.reader()
    broad, one_figure = (
        read_question(reader.analyse(text), reader.library, load_lexicon())
        for text in ("What is the prognosis of MCTD-ILD?", "Five-year mortality of MCTD-ILD?")
    )
    found = [graded(row, score, Facet.PROGNOSIS, document=f"d{row}") for row, score in enumerate((0.9, 0.1, 0.08, 0.07, 0.05))]

    assert {each.record.row for each in choose_research(broad, found, ComposeSettings())} == {0, 1, 2}
    assert {each.record.row for each in choose_research(one_figure, found, ComposeSettings())} == {0}


def test_an_overview_tells_a_harm_and_a_limit_beside_the_gain(small: QAService) -> None:
    """Both of the study whose result is shown, and none of a study that is not; a harm in other people is none."""
    result = graded(0, 0.1, Facet.OUTCOME)
    harm, harm_in_others = graded(1, 0.001, Facet.SAFETY), graded(2, 0.01, Facet.SAFETY, populations=("MCTD", "SSc"))
    limit, other_harm = graded(3, 0.001, Facet.EVIDENCE_GAP), graded(4, 0.02, Facet.SAFETY, document="other")

    chosen = choose_research(treated_mctd(small), [result, harm, harm_in_others, limit, other_harm], ComposeSettings())

    assert {each.record.row for each in chosen} == {0, 1, 3}


def test_a_choice_of_treatment_weighs_its_harm(corpus_service: QAService) -> None:
    """What transplantation achieved is not told without whom it killed; a question on the result alone brings in no harm."""
    shown = section(corpus_service.ask("Is there a role for stem cell transplantation in SSc-ILD?"), "research")

    assert any("treatment-related" in each.text for each in shown)
    result = section(corpus_service.ask("Does stem cell transplantation improve FVC in SSc-ILD?"), "research")
    assert not any("treatment-related" in each.text for each in result)


def test_a_comparison_holds_no_figure_of_another_one(corpus_service: QAService) -> None:
    """How many died on one of the treatments and on placebo would be read as the other side of this comparison."""
    shown = section(corpus_service.ask("HSCT versus cyclophosphamide in SSc: treatment-related mortality"), "research")

    assert any("cyclophosphamide" in each.text for each in shown)
    assert not any("placebo" in each.text for each in shown)


def test_deaths_with_the_organ_asked_about_are_told_and_not_those_of_all_with_the_disease(corpus_service: QAService) -> None:
    """Enough is known of those with ILD; where it is not, what is known of all stands."""
    assert all("ILD" in each.text for each in section(corpus_service.ask("Mortality of MCTD-ILD"), "research"))
    assert section(corpus_service.ask("Mortality of MCTD"), "research")


def test_subgroups_are_not_told_without_the_whole(corpus_service: QAService) -> None:
    """Where severe disease is told apart, the result in all of the trial stands before it."""
    text = " ".join(
        each.text for each in section(corpus_service.ask("What did the phase 3 tocilizumab trial in early diffuse scleroderma show for the lungs?"), "research")
    )

    assert 0 <= text.find("Among 136 patients") < text.find("In severe SSc-ILD")


def test_a_wider_group_gives_way_to_enough_on_just_the_asked(small: QAService) -> None:
    """Three statements are enough; what is nearly as likely as the best of them stays."""
    reader = small.reader()
    asked = read_question(reader.analyse("Does rituximab improve lung function in MCTD?"), reader.library, load_lexicon())
    exact = [graded(row, 0.5, Facet.OUTCOME, document=f"study {row}") for row in range(3)]
    wider = [replace(graded(row, score, Facet.OUTCOME, document=f"wider {row}"), tier=Tier.BROADER) for row, score in ((3, 0.4), (4, 0.25))]

    assert {each.record.row for each in choose_research(asked, [*exact, *wider], ComposeSettings())} == {0, 1, 2, 3}
    assert {each.record.row for each in choose_research(asked, [*exact[1:], *wider], ComposeSettings())} == {1, 2, 3, 4}


def test_the_wider_group_speaks_where_the_asked_have_no_result(small: QAService) -> None:
    """However likely the advice that names the disease itself: results are measured against results. One in just the asked makes it unneeded."""
    reader = small.reader()
    asked = read_question(reader.analyse("Does rituximab improve lung function in MCTD?"), reader.library, load_lexicon())
    advice = graded(0, 0.7, Facet.TREATMENT, document="guideline", kind=DocumentKind.GUIDELINE)
    wider, far_wider = (replace(graded(row, score, Facet.OUTCOME, document="wider"), tier=Tier.BROADER) for row, score in ((1, 0.1), (2, 0.031)))
    exact = graded(3, 0.04, Facet.OUTCOME)

    assert {each.record.row for each in choose_research(asked, [advice, wider, far_wider], ComposeSettings())} == {1}
    assert choose_research(asked, [advice, wider, far_wider, exact], ComposeSettings()) == []


def test_the_wider_group_speaks_of_a_marker_that_is_named(small: QAService) -> None:
    """What a group's studies tell of it is shown where those of the disease tell nothing, and no more of another marker of its kind."""
    reader = small.reader()
    asked = read_question(reader.analyse("What does anti-Ro52 mean in MCTD?"), reader.library, load_lexicon())
    named, other = (f"{marker} predicted a rapid course in CTD." for marker in ("Anti-Ro52", "Anti-XY1"))
    advice = graded(0, 0.9, Facet.SCREENING, document="guideline", kind=DocumentKind.GUIDELINE)
    wider, on_other = (
        replace(graded(row, 0.1, Facet.RISK_FACTOR, text=text, drugs=(), populations=("CTD",), tests=("autoantibodies",)), tier=Tier.BROADER)
        for row, text in ((1, named), (2, other))
    )
    exact = replace(wider, record=replace(wider.record, row=3), tier=Tier.EXACT)

    assert [each.record.row for each in choose_research(asked, [advice, wider, on_other], ComposeSettings())] == [1]
    assert choose_research(asked, [advice, wider, on_other, exact], ComposeSettings()) == []


def test_of_another_disease_the_main_result_is_told(small: QAService) -> None:
    """Not that of its study whose words come nearest."""
    reader = small.reader()
    asked = read_question(reader.analyse("Does rituximab work in MCTD?"), reader.library, load_lexicon())
    main, side = (replace(graded(row, score, Facet.OUTCOME), tier=Tier.SIBLING) for row, score in ((0, 0.005), (1, 0.02)))

    assert [each.record.row for each in choose_indirect(asked, [side, main], [], ComposeSettings())] == [0, 1]


def test_a_list_of_criteria_has_no_hole(small: QAService) -> None:
    """What stands between two that are shown is shown, however weak; what stands behind them, or in another document, is not."""
    reader = small.reader()
    asked = read_question(reader.analyse("What is MCTD?"), reader.library, load_lexicon())
    shown, weak = (0, 2), 0.01
    listed = [graded(row, 0.5 if row in shown else weak, Facet.DEFINITION) for row in range(4)]

    chosen = choose_research(asked, [*listed, graded(5, weak, Facet.DEFINITION, document="other")], ComposeSettings())

    assert {each.record.row for each in chosen} == {0, 1, 2}


def test_a_table_is_told_whole(small: QAService) -> None:
    """Where two lines of it are shown the others stand beside them, however many statements there are; one of another study does not."""
    reader = small.reader()
    asked = read_question(reader.analyse("How common is ILD in connective tissue disease?"), reader.library, load_lexicon())
    names = ("MCTD", "SSc", "RA", "SLE")
    table = [
        replace(line, tier=Tier.CHILD, record=tagged(line.record, (name,)))
        for row, name in enumerate(names)
        for line in [graded(row, 0.5 - row / 10, Facet.EPIDEMIOLOGY, text=f"Pooled prevalence of ILD in {name} was {10 + row}% in the meta-analysis.")]
    ]
    elsewhere = graded(5, 0.2, Facet.EPIDEMIOLOGY, text="Pooled prevalence of ILD in SjD was 9% in the meta-analysis.", document="other")

    chosen = choose_research(asked, [*table, replace(elsewhere, tier=Tier.CHILD)], ComposeSettings(max_statements=2))

    assert [each.record.sentence.tags.populations for each in chosen] == [(name,) for name in names]


def test_a_disease_beside_its_group_brings_the_table_of_the_others(corpus_service: QAService) -> None:
    """One line on the disease is enough for those on the other kinds, in each document, whatever the question compares in which words."""
    for question in (
        "How common is ILD in MCTD compared with other connective tissue diseases?",
        "Prevalence of ILD in MCTD and other connective tissue diseases",
    ):
        texts = [each.text for each in section(corpus_service.ask(question), "research")]

        assert len([text for text in texts if text.startswith("Pooled ILD prevalence")]) == 6
    assert len([each for each in section(corpus_service.ask("How common is ILD in MCTD?"), "research") if "Pooled ILD prevalence" in each.text]) == 1


def tagged(record: SentenceRecord, populations: tuple[str, ...]) -> SentenceRecord:
    """Return a sentence on other populations."""
    return replace(record, sentence=replace(record.sentence, tags=replace(record.sentence.tags, populations=populations)))


def treated_mctd(service: QAService) -> Asked:
    """Return a question on the treatment of a disease in general, as read."""
    reader = service.reader()
    return read_question(reader.analyse("How is ILD in MCTD treated?"), reader.library, load_lexicon())


def graded(
    row: int,
    score: float,
    facet: Facet,
    features: dict[str, float] | None = None,
    document: str = "d",
    kind: DocumentKind = DocumentKind.COHORT,
    n: int | None = None,
    text: str = "",
    trials: tuple[str, ...] = (),
    drugs: tuple[str, ...] = ("rituximab",),
    also: Facet | None = None,
    outcomes: tuple[str, ...] = (),
    populations: tuple[str, ...] = ("MCTD",),
    tests: tuple[str, ...] = (),
) -> Candidate:
    """Return a candidate of a study with an estimate and a facet, unlike all others in meaning."""
    record = DocumentRecord(document, "d" * 64, f"{document}.md", "markdown", Metadata("Title", kind), DocumentStatus.OK, "", 1, 9)
    facets = ((facet, 0.9),) if also is None else ((facet, 0.9), (also, 0.6))
    tags = Tags(populations=populations, population_origin=Origin.EXPLICIT, drugs=drugs, facets=facets, n=n, trials=trials, outcomes=outcomes, tests=tests)
    found = replace(sentence(text or f"Finding {row} in MCTD.", row, tags=tags), document_id=document)
    return Candidate(
        found,
        record,
        Tier.EXACT,
        0.5,
        0.5,
        0.9,
        score,
        {"off_manifestation": 0.0, "other_populations": 0.0} | (features or {}),
        np.eye(10, dtype=np.float32)[row],
    )


COMPARISON = """---
title: Rituximab versus cyclophosphamide in mixed connective tissue disease
short_title: Compared 2021
year: 2021
kind: randomised-trial
populations: [{disease: MCTD, n: 60}]
---

# Compared 2021

## Outcomes

- Forced vital capacity rose alike with rituximab and with cyclophosphamide in the 60 patients with MCTD-ILD of Compared 2021.
- Survival at one year was 92% with rituximab against 89% in the control group of MCTD-ILD in Compared 2021.
- Cough fell with rituximab in 12 patients with MCTD-ILD of Compared 2021.
"""


def test_a_comparison_is_told_by_what_names_both_or_calls_the_other_an_arm(tmp_path: Path) -> None:
    """The result of one treatment alone compares nothing; "the control group" of a study that compares both is the other."""
    service = small_service(tmp_path, {"research/compared.md": COMPARISON})
    texts = " ".join(each.text for each in section(service.ask("Rituximab versus cyclophosphamide in MCTD-ILD: which gives better outcomes?"), "research"))

    assert "rose alike" in texts
    assert "the control group" in texts
    assert "Cough" not in texts


ABATACEPT = """---
title: Abatacept in mixed connective tissue disease, a pilot trial
short_title: Pilot 2022
year: 2022
kind: randomised-trial
populations: [{disease: MCTD, n: 20}]
---

# Pilot 2022

## Design

- Background mycophenolate was allowed in MCTD-ILD in Pilot 2022.

## Outcomes

- Forced vital capacity rose with abatacept in 12 of 20 patients with MCTD-ILD in Pilot 2022.
- Forced vital capacity was stable with mycophenolate alone in MCTD-ILD in Pilot 2022.
"""


def test_the_design_of_a_study_need_not_repeat_the_treatment_of_its_title(tmp_path: Path) -> None:
    """What was allowed beside it belongs to it; the result of another treatment does not."""
    service = small_service(tmp_path, {"research/pilot.md": ABATACEPT})
    texts = " ".join(each.text for each in section(service.ask("What was the design of the trial of abatacept in MCTD-ILD?"), "research"))

    assert "Background mycophenolate was allowed" in texts
    assert "mycophenolate alone" not in texts


def test_of_two_named_studies_neither_crowds_out_the_other(tmp_path: Path) -> None:
    """The one has twelve results, the other one: with room for ten it is shown."""
    results = "\n".join(
        f"- Measure {place} improved by {place}% with rituximab in the 97 patients with MCTD-ILD of the Northern cohort 2019." for place in range(1, 13)
    )
    many = DOCUMENTS["research/northern-2019.md"].split("- Forced")[0] + results
    service = small_service(tmp_path, {"research/north.md": many, "research/south.md": DOCUMENTS["research/southern-2020.md"]})
    answer = service.ask("Compare the outcomes of the Northern cohort 2019 and the Southern cohort 2020 in MCTD-ILD")

    assert any("Southern cohort 2020" in each.text for each in section(answer, "research"))


def test_this_or_that_is_told_by_what_each_did(corpus_service: QAService) -> None:
    """Whether this or that helps asks about each: a result of one alone is shown; where one is weighed against the other it is not."""
    each, weighed = (
        [statement.text for statement in corpus_service.ask(question).statements]
        for question in (
            "Does mycophenolate or cyclophosphamide improve dyspnoea in SSc-ILD?",
            "Which improves dyspnoea more in SSc-ILD, mycophenolate or cyclophosphamide?",
        )
    )
    alone = "with oral cyclophosphamide than with placebo in SLS I"

    assert any(alone in text for text in each)
    assert not any(alone in text for text in weighed)


def test_the_harms_of_a_drug_are_told_from_each_study(small: QAService) -> None:
    """The list of one study is not what is known of a drug; of other diseases of the group, or with less than a fair estimate, none is added."""
    reader = small.reader()
    asked = read_question(reader.analyse("What are the side effects of rituximab in MCTD-ILD?"), reader.library, load_lexicon())
    likely = graded(0, 0.6, Facet.SAFETY, document="a")
    other, again, weak = graded(1, 0.1, Facet.SAFETY, document="b"), graded(2, 0.09, Facet.SAFETY, document="b"), graded(3, 0.04, Facet.SAFETY, document="c")
    of_group = replace(graded(4, 0.1, Facet.SAFETY, document="d"), tier=Tier.BROADER)

    assert {each.record.row for each in choose_research(asked, [likely, other, again, weak, of_group], ComposeSettings())} == {0, 1}
