"""What every sentence of a document is about, and where that was read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ragqa.ingest import parse_file
from ragqa.ingest.tags import read_polarity, read_trials, tag_document
from ragqa.settings import IngestSettings
from ragqa.text.lexicon import load_lexicon
from ragqa.types import (
    FRAGMENT,
    Block,
    Direction,
    Document,
    DocumentKind,
    DocumentSection,
    Facet,
    Metadata,
    Origin,
    Page,
    Sentence,
    Span,
    StudyPopulation,
    Tags,
    Zone,
)

LEXICON = load_lexicon()
CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def document(
    paragraphs: list[tuple[str, list[str]]], metadata: Metadata, abbreviations: tuple[tuple[str, str], ...] = (), block: Block = Block.PARAGRAPH
) -> Document:
    """Build a document of (heading, sentences) paragraphs; paragraphs with the same heading share a section."""
    headings = list(dict.fromkeys(heading for heading, _ in paragraphs))
    sections = tuple(DocumentSection(index, heading, (heading,), 1, Zone.BODY) for index, heading in enumerate(headings))
    sentences = [
        Sentence(0, text, (Span(1, 0, len(text)),), headings.index(heading), number, block)
        for number, (heading, texts) in enumerate(paragraphs)
        for text in texts
    ]
    numbered = tuple(replace(sentence, ordinal=ordinal) for ordinal, sentence in enumerate(sentences))
    text = " ".join(sentence.text for sentence in numbered)
    return Document("0" * 16, "0" * 64, "research/x.md", "markdown", metadata, (Page(1, text),), sections, numbered, abbreviations=abbreviations)


def tags_of(paragraphs: list[tuple[str, list[str]]], metadata: Metadata | None = None, **options: object) -> list[Tags]:
    """Return the tags of a small document, a review by default."""
    made = document(paragraphs, metadata or Metadata("A review", DocumentKind.NARRATIVE_REVIEW), **options)  # type: ignore[arg-type]  # options are those of document
    return [sentence.tags for sentence in tag_document(made).sentences]


def test_populations_come_from_the_surest_place() -> None:
    """Explicit beats heading beats paragraph beats document."""
    metadata = Metadata("Treatment of CTD-ILD", DocumentKind.NARRATIVE_REVIEW)
    tags = tags_of(
        [
            ("6. Mixed connective tissue disease", ["In SSc, FVC fell.", "ILD is often slow."]),
            ("7. Outlook", ["RA needs trials.", "They are rare.", "Nothing else is known."]),
            ("8. End", ["Money is short."]),
        ],
        metadata,
    )

    assert [(tag.populations, tag.population_origin) for tag in tags] == [
        (("SSc",), Origin.EXPLICIT),
        (("MCTD",), Origin.SECTION),
        (("RA",), Origin.EXPLICIT),
        (("RA",), Origin.PARAGRAPH),
        (("RA",), Origin.PARAGRAPH),
        (("CTD",), Origin.DOCUMENT),
    ]


def test_a_group_is_joined_with_the_disease_of_the_heading() -> None:
    """Under the MCTD heading, a sentence on CTD is about MCTD too."""
    (tag,) = tags_of([("Mixed connective tissue disease", ["CTD often affects the lung."])])

    assert (tag.populations, tag.population_origin) == (("MCTD", "CTD"), Origin.SECTION)


def test_exclusions_are_stored() -> None:
    """The words "other than SSc" take SSc out, and the tag says so."""
    (tag,) = tags_of([("Treatment", ["Glucocorticoids are used in CTD-ILD other than SSc-ILD."])])

    assert (tag.populations, tag.excluded_populations) == (("CTD",), ("SSc",))


def test_advice_for_one_disease_only_excludes_the_others_of_its_document() -> None:
    """Those that the guideline states, with their kinds; the same words on what was found exclude nobody."""
    stated = (StudyPopulation("SSc"), StudyPopulation("IIM"), StudyPopulation("RA"))
    said = "Nintedanib is conditionally recommended as a first-line option for SSc-ILD only."
    guideline = Metadata("Guideline", DocumentKind.GUIDELINE, populations=stated)

    (advice,) = tags_of([("First line", [said])], guideline)
    (wider,) = tags_of([("First line", [said.replace(" only", "")])], guideline)
    (found,) = tags_of([("Results", ["Nintedanib slowed the loss of lung function in SSc only."])], Metadata("A review", populations=stated))

    assert {"IIM", "RA", "DM"} <= set(advice.excluded_populations)
    assert "SSc" not in advice.excluded_populations
    assert wider.excluded_populations == found.excluded_populations == ()


def test_a_study_that_excludes_some_of_its_disease_keeps_it() -> None:
    """A sentence "excluded patients with SSc who …" in a study of SSc leaves nobody out."""
    metadata = Metadata("A trial", DocumentKind.RANDOMISED_TRIAL, populations=(StudyPopulation("SSc"),))
    (tag,) = tags_of([("Design", ["The trial excluded patients with SSc who had poor reserve."])], metadata)

    assert (tag.populations, tag.excluded_populations) == (("SSc",), ())


def test_without_metadata_most_sentences_decide() -> None:
    """A text on several diseases of one group is about the group."""
    sentences = ["SSc was seen.", "RA was seen.", "MCTD was seen.", "The drug is safe."]
    tags = tags_of([("Text", [sentence]) for sentence in sentences], Metadata("003"))

    assert (tags[-1].populations, tags[-1].population_origin) == (("CTD",), Origin.DOCUMENT)


def test_a_known_trial_tells_its_population() -> None:
    """RAVE studied ANCA vasculitis, whatever the document is about."""
    (tag,) = tags_of([("Safety", ["In RAVE, infections were similar."])], Metadata("CTD-ILD review", DocumentKind.NARRATIVE_REVIEW))

    assert tag.populations == ("ANCA vasculitis",)


def test_drugs_are_carried_as_topic_but_not_between_list_items() -> None:
    """A drugless sentence has the drug of its paragraph, or of the paragraph before it; a list item stands alone."""
    paragraphs = [("Text", ["Rituximab was given.", "Infections were frequent."]), ("Text", ["Most were mild."])]

    assert [(tag.drugs, tag.topic_drugs) for tag in tags_of(paragraphs)] == [(("rituximab",), ()), ((), ("rituximab",)), ((), ("rituximab",))]
    assert tags_of([("Text", ["Rituximab was given."]), ("Text", ["Smoking was frequent."])], block=Block.LIST_ITEM)[1].topic_drugs == ()


def test_a_drug_in_the_name_of_a_cited_review_is_no_topic_of_how_common_a_disease_is() -> None:
    """What the review says of the drug is about the drug."""
    tags = tags_of(
        [
            ("Epidemiology", ["ILD was put at 30-70% in myositis by a 2016 narrative review of rituximab."]),
            ("Safety", ["Infections were put at 30-70% in myositis by a 2016 narrative review of rituximab."]),
            ("Epidemiology", ["The prevalence of ILD in SSc treated with rituximab was 60%."]),
        ]
    )

    assert [each.drugs for each in tags] == [(), ("rituximab",), ("rituximab",)]


def test_trials_are_carried_in_the_paragraph_until_another_study_speaks() -> None:
    """A named trial holds for its paragraph; "Meyer et al. found" is another study, and a comparison names none."""
    tags = tags_of([("Text", ["SLS I was a trial.", "FVC rose.", "Meyer et al. found no gain.", "FVC fell."])])

    assert [tag.trials for tag in tags] == [("SLS I",), ("SLS I",), (), ()]
    assert read_trials("Unlike SLS I, FAST was small.", LEXICON) == ("FAST",)


def test_a_study_is_its_own_trial() -> None:
    """Every sentence of a primary study that names no other trial reports that study."""
    metadata = Metadata("A cohort", DocumentKind.COHORT, short_title="Oslo cohort 2015", authors=("Andersson H",))
    tags = tags_of(
        [("Results", ["FVC rose."]), ("Results", ["Keir et al. saw the same."]), ("Results", ["Andersson and colleagues followed 24 patients."])], metadata
    )

    assert [tag.trials for tag in tags] == [("Oslo cohort 2015",), (), ("Oslo cohort 2015",)]
    assert {tag.design for tag in tags} == {"cohort"}


def test_design_comes_from_the_document_and_in_a_review_from_the_sentence() -> None:
    """A study keeps its design; a review's sentence may report another."""
    assert tags_of([("Text", ["A randomised trial of 30 patients was done."])])[0].design == "randomised-trial"
    assert tags_of([("Text", ["Nothing is known."])])[0].design == "narrative-review"


@pytest.mark.parametrize(
    "text",
    [
        "Randomised controlled trials are needed.",
        "There are no randomised trials of it.",
        "A future cohort study should tell.",
        "Evidence from a registry is awaited.",
    ],
)
def test_a_design_that_is_called_for_was_not_used(text: str) -> None:
    """A review that misses trials is no trial."""
    assert tags_of([("Text", [text])])[0].design == "narrative-review"


def test_short_forms_of_the_document_hold_in_it() -> None:
    """Where the paper defines SS as systemic sclerosis, SS is that."""
    (tag,) = tags_of([("Text", ["SS was active."])], abbreviations=(("SS", "systemic sclerosis"),))

    assert tag.populations == ("SSc",)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("FVC improved by 8.9%.", 1),
        ("Nintedanib slowed the decline in FVC.", 1),
        ("Leukopenia was less frequent.", 1),
        ("There was no improvement in FVC.", -1),
        ("FVC did not differ between the groups.", -1),
        ("Lung function worsened.", -1),
        ("Skin improved, without a difference between the two.", 0),
        ("FVC was 72%.", 0),
    ],
)
def test_polarity(text: str, polarity: int) -> None:
    """Better, worse or nothing gained, and neither or both."""
    assert read_polarity(text, LEXICON) == polarity


def tagged(source: str) -> Document:
    """Parse and tag one shipped digest."""
    return tag_document(parse_file(CORPUS / source, CORPUS, IngestSettings()))


def statement(made: Document, start: str) -> Tags:
    """Return the tags of the first sentence that holds some words."""
    return next(sentence.tags for sentence in made.sentences if start in sentence.text)


def test_recommendations_of_the_treatment_guideline() -> None:
    """Who is meant, for or against, and how firmly, for sentences that differ in one of them only."""
    made = tagged("guidelines/acr-chest-2023-treatment.md")
    tocilizumab = statement(made, "Tocilizumab is conditionally recommended by ACR/CHEST 2023 as a first-line")
    steroids = statement(made, "Glucocorticoids are strongly recommended against")
    nintedanib = statement(made, "Nintedanib is conditionally recommended against")

    assert (tocilizumab.populations, tocilizumab.drugs) == (("SSc", "MCTD"), ("tocilizumab",))
    assert tocilizumab.recommendation is not None
    assert tocilizumab.recommendation.direction is Direction.FOR
    assert steroids.populations == ("SSc",)
    assert steroids.recommendation is not None
    assert (steroids.recommendation.direction.value, steroids.recommendation.strength.value) == ("against", "strong")
    assert "SSc" not in nintedanib.populations
    assert nintedanib.recommendation is not None
    assert nintedanib.recommendation.direction is Direction.AGAINST
    assert tocilizumab.facets[0][0] is Facet.TREATMENT


def test_every_digest_statement_names_its_own_population() -> None:
    """In the shipped MCTD studies no statement is tagged with other diseases only, and none has no population."""
    for path in sorted((CORPUS / "research").glob("mctd-*.md")):
        made = tagged(f"research/{path.name}")
        body = {section.ordinal for section in made.sections if section.zone is not Zone.REFERENCES}
        for sentence in made.sentences:
            if sentence.section in body and re.search(r"\bMCTD\b", sentence.text):
                assert "MCTD" in sentence.tags.populations, sentence.text
            if sentence.section in body:
                assert sentence.tags.population_origin is not Origin.UNKNOWN, sentence.text


def test_a_sentence_knows_its_outcomes_tests_and_organ() -> None:
    """Read once, at ingest, so that no question has to read them again."""
    (result, other) = tags_of(
        [("Results", ["HRCT showed that ILD had progressed in 12 of 40 patients who died.", "Skin scores improved in most patients with SSc."])]
    )

    assert ("HRCT" in " ".join(result.tests), result.on_manifestation) == (True, True)
    assert result.outcomes == ("mortality",)
    assert (other.tests, other.on_manifestation) == ((), False)


def test_a_scrap_is_flagged_as_a_fragment() -> None:
    """It stays in the document, to be shown in its place, and never becomes a statement."""
    made = document(
        [("Results", ["Rituximab in SSc.", "Rituximab improved FVC in 12 of 20 patients with SSc."])], Metadata("A review", DocumentKind.NARRATIVE_REVIEW)
    )

    assert [sentence.flags for sentence in tag_document(made).sentences] == [(FRAGMENT,), ()]
