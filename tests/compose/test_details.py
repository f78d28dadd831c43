"""What is asked more finely than a slot: a near miss is refused, its neighbour answered, and what is asked beside an answer is named."""

from __future__ import annotations

import pytest

from ragqa.service import QAService
from ragqa.types import AnswerStatus


@pytest.mark.parametrize(
    ("question", "code", "missing"),
    [
        # Another measure of the same slot, or only a limit of entry on it.
        ("Effect of nintedanib on DLCO in SENSCIS?", "missing_outcome", "DLCO with nintedanib"),
        ("Did total lung capacity improve with mycophenolate in SLS II?", "missing_outcome", "TLC"),
        ("How did the six-minute walk distance change with nintedanib in INBUILD?", "missing_outcome", "6-minute walk test"),
        # Another time, or that time in another place.
        ("What percentage of the Hungarian MCTD patients were alive 25 years after diagnosis?", "missing_outcome", "25 years"),
        ("10-year survival of MCTD-ILD in the Danish registry?", "missing_outcome", "10 years"),
        ("Effect of nintedanib on FVC at 3 years in SSc-ILD?", "missing_outcome", "FVC at 3 years"),
        # The survival of a wider group.
        ("What share of patients with anti-MDA5 dermatomyositis is alive at five years?", "missing_outcome", "five years"),
        # Another agency.
        ("In which year did the EMA approve tocilizumab for scleroderma lung disease?", "missing_outcome", "EMA"),
        ("Is MMF approved by the FDA for SSc-ILD?", "missing_outcome", "FDA"),
        ("Has Europe's drug agency approved tocilizumab for SSc-ILD?", "missing_outcome", "EMA"),
        # Another place.
        ("My mother lives in Sweden. How common is MCTD there?", "missing_population", "Swedish figures"),
        ("How common is mixed connective tissue disease in Japan?", "missing_population", "Japanese figures"),
        ("Prevalence of ILD in systemic sclerosis in Germany?", "missing_population", "German figures"),
        ("Was the SENSCIS effect on FVC the same in Japanese patients?", "missing_population", "Japanese figures"),
        # A group of patients.
        ("Did men benefit from tocilizumab as much as women in focuSSced?", "missing_population", "men and women"),
        ("Was pirfenidone in TRAIL1 as effective in patients over 65 as in younger ones?", "missing_population", "by age"),
        ("Prevalence of ILD in men with MCTD?", "missing_population", "men or women alone"),
        # Each treatment has results of its own, and no statement sets one against the other, or tells of both together.
        ("Tacrolimus versus mycophenolate for FVC in PM/DM-ILD?", "missing_outcome", "comparison of tacrolimus and mycophenolate"),
        ("Serious infections with mycophenolate compared with rituximab in SSc-ILD?", "missing_outcome", "comparison of mycophenolate and rituximab"),
        ("Adding rituximab to nintedanib in CTD-ILD: effect on FVC?", "missing_outcome", "rituximab together with nintedanib"),
        ("Nintedanib 100 mg versus 150 mg in SSc-ILD: FVC decline?", "missing_outcome", "100 mg and 150 mg"),
        ("Rituximab or mycophenolate in SSc-ILD: which has fewer serious infections?", "missing_outcome", "comparison of rituximab and mycophenolate"),
        ("In SSc-ILD, is it nintedanib or tocilizumab that helps breathlessness?", "missing_outcome", "dyspnoea for nintedanib and tocilizumab"),
        # Another phase, an amount of care, a threshold.
        ("What did the phase 3 trial of pirfenidone in RA-ILD find?", "missing_document", "phase 3"),
        ("How many weeks and sessions of pulmonary rehabilitation are advised for CTD-ILD?", "missing_dose", "weeks and sessions"),
        ("How many hours a day should home oxygen be used in CTD-ILD?", "missing_dose", "hours"),
        ("Below which FVC should patients with SSc-ILD be referred for lung transplantation?", "missing_outcome", "threshold of FVC"),
        # A place with a study's noun is the study that a treatment names among several there: others' results are not its own.
        ("How many patients in the Oslo cohort on rituximab had infusion reactions?", "missing_outcome", "Oslo antisynthetase"),
        # The use of a treatment beside its effect: results of the drug, or advice to give it, tell nothing of it.
        ("How soon does rituximab work in SSc-ILD?", "missing_outcome", "the time until an effect for rituximab"),
        ("How long does nintedanib take to work in SSc-ILD?", "missing_outcome", "the time until an effect for nintedanib"),
        ("For how long should nintedanib be given in SSc-ILD?", "missing_outcome", "the duration of treatment for nintedanib"),
        ("At what time of day should nintedanib be taken in SSc-ILD?", "missing_outcome", "the time of day"),
        ("How long does a rituximab infusion take in MCTD-ILD?", "missing_outcome", "the length of an infusion"),
        ("How do I taper prednisolone week by week in myositis-ILD?", "missing_outcome", "the steps of a taper"),
        ("How long do SSc-ILD patients wait for a transplant?", "missing_outcome", "the time of waiting"),
        ("Where can I find a transplant centre for SSc-ILD?", "missing_outcome", "where it is to be had"),
        ("What should I do if a dose of nintedanib is missed in SSc-ILD?", "missing_outcome", "what a missed dose means"),
        ("Which doctor should prescribe nintedanib in SSc-ILD?", "missing_outcome", "who prescribes it"),
        ("Do patients with SSc-ILD prefer tablets or infusions?", "missing_outcome", "what patients prefer"),
        ("For MCTD-ILD, CellCept or Myfortic?", "missing_outcome", "a comparison of CellCept and Myfortic"),
        ("How often do patients with SSc-ILD miss work?", "missing_outcome", "driving and work"),
        # What comes back is asked for by other words than a relapse.
        ("If mycophenolate is stopped in SSc-ILD, how often does the lung disease come back?", "missing_outcome", "relapse"),
    ],
)
def test_a_near_miss_is_refused_in_words(corpus_service: QAService, question: str, code: str, missing: str) -> None:
    """The library is on the subject and does not hold the detail, which the reason names."""
    answer = corpus_service.ask(question)

    assert answer.reason is not None, [statement.text for statement in answer.statements]
    assert (answer.reason.code, missing in answer.reason.message) == (code, True), answer.reason


@pytest.mark.parametrize(
    "question",
    [
        "Effect of rituximab on DLCO in RA-ILD?",
        "Does low DLCO predict worsening on rituximab in CTD-ILD?",
        "Entry limits on DLCO in SENSCIS?",
        "Patient with SSc-ILD, DLCO 28%, FVC 60%: is mycophenolate or cyclophosphamide better?",
        "FVC at 156 weeks on mycophenolate in CTD-ILD?",
        "Mortality in SLS I at 8 years?",
        "When did the FDA approve tocilizumab for SSc-ILD?",
        "How common is ILD in systemic sclerosis in Norway?",
        "Does male sex predict progression of ILD in MCTD?",
        "Female to male ratio of MCTD in Norway?",
        "Tacrolimus versus ciclosporin in PM/DM-ILD: progression-free survival?",
        "Rituximab or anti-TNF in RA-ILD: which has the lower mortality?",
        "Abatacept, leflunomide or a TNF blocker as first ILD treatment in Sjögren disease?",
        "Adding rituximab to mycophenolate in CTD-ILD: effect on progression-free survival?",
        "9 mg versus 18 mg nerandomilast: effect on FVC?",
        "IV or oral cyclophosphamide: which is better tolerated in SSc-ILD?",
        "What did the phase 3 trial of nintedanib in SSc-ILD show?",
        "How many weeks of prednisolone before Pneumocystis prophylaxis is advised?",
        "How did rituximab compare with mycophenolate and azathioprine for lung function in RA-ILD?",
        "Did gas transfer improve with mycophenolate in CTD-ILD?",
        "How quickly does FVC decline in SSc-ILD?",
        "How fast does ILD progress in MCTD?",
        "IV or oral cyclophosphamide for SSc-ILD?",
        "Does mycophenolate or cyclophosphamide improve dyspnoea in SSc-ILD?",
        "Is mycophenolate or cyclophosphamide gentler on blood counts in SSc-ILD?",
        "Where can I find the criteria for PPF?",
        "How soon do infections occur on rituximab in CTD-ILD?",
        "For how long was oral cyclophosphamide given in SLS I?",
        "How long should mycophenolate be continued in SSc-ILD?",
        "How long does the effect of treatment with cyclophosphamide last in SSc-ILD?",
        "How long should glucocorticoids be continued in RA-ILD?",
        # A span with a sign is a span: "for > 2-4 weeks".
        "PJP prophylaxis in rheumatic disease: from which prednisone dose, how long?",
        "Does the extent of ILD on CT change how well tocilizumab works in systemic sclerosis?",
    ],
)
def test_its_neighbour_is_answered(corpus_service: QAService, question: str) -> None:
    """The detail is held, or is none: a case told, a limit, the state of a disease."""
    answer = corpus_service.ask(question)

    assert (answer.status, answer.not_covered) == (AnswerStatus.ANSWERED, ()), answer.reason


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What rituximab regimen was used in DESIRES, and by how many mL did FVC change?", "FVC with rituximab"),
        ("What is the incidence of MCTD in Norway, and in Sweden?", "Swedish figures in MCTD"),
        ("What is the five-year and ten-year survival of MCTD-ILD in the Danish registry?", "survival at ten years in MCTD"),
        ("Is tocilizumab approved by the FDA and the EMA for SSc-ILD?", "approval by the EMA of tocilizumab in SSc"),
        ("FVC and FEV1 change with rituximab in RA-ILD?", "FEV1 with rituximab in RA"),
        ("What is the dose of nintedanib in SSc-ILD, and for how long is it given?", "the duration of treatment for nintedanib in SSc"),
        ("What is the median survival of SSc-ILD in years?", "the median survival in SSc"),
        ("Which is better for RA-ILD: rituximab or abatacept?", "comparison of rituximab and abatacept in RA"),
        # A harm by name is no harm in general; a drug or a word that no document knows stands in a later part alone.
        ("Oslo antisynthetase cohort on rituximab: how many died, and how many developed hypogammaglobulinaemia?", "low immunoglobulins in ASyS"),
        ("One-year mortality on tofacitinib in anti-MDA5 ILD, and on upadacitinib?", "upadacitinib"),
        ("Five-year survival in SSc-ILD, and with eosinophilic granulomatosis?", '"eosinophilic" in SSc'),
    ],
)
def test_what_is_missing_beside_an_answer_is_named(corpus_service: QAService, question: str, missing: str) -> None:
    """One thing asked for is held and another is not."""
    answer = corpus_service.ask(question)

    assert answer.status is AnswerStatus.PARTIAL
    assert missing in answer.not_covered


def test_a_wish_told_is_refused_where_nothing_is_held_on_it(corpus_service: QAService) -> None:
    """Advice on oxygen does not tell whether to fly: "Can he?" asks about the flight."""
    answer = corpus_service.ask("My husband has ILD from rheumatoid arthritis and wants to fly on holiday. Can he, and does he have to take oxygen on board?")

    assert (answer.reason is not None and "travel" in answer.reason.message) or "travel" in " ".join(answer.not_covered)
