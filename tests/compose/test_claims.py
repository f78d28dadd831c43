"""Claim units: what stands alone stays, what leans is repaired or refused, and every edit is recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.compose.claims import is_fragment, make_claim
from ragqa.text.connectives import CONNECTIVE
from ragqa.types import FRAGMENT, Block, Edit, Origin, SentenceRecord, Tags, Zone
from tests.compose.samples import sentence

UNNAMED = Tags(population_origin=Origin.DOCUMENT)


@pytest.mark.parametrize("connective", ["However", "In addition", "In contrast", "On the other hand", "Nevertheless", "Taken together"])
def test_a_connective_with_its_comma_is_dropped_and_recorded(connective: str) -> None:
    """The rest starts with a capital, and putting the recorded words back gives the quote."""
    text = f"{connective}, rituximab improved lung function in systemic sclerosis."

    claim = make_claim(sentence(text), (), None)

    assert claim is not None
    assert claim.text == "Rituximab improved lung function in systemic sclerosis."
    assert claim.edits == (Edit("drop_connective", f"{connective}, r", "R"),)
    assert not claim.leans
    assert CONNECTIVE.match(text), "the grounding gate allows the same words"


@pytest.mark.parametrize(
    "text",
    [
        "In contrast to RTX-treated patients, patients in the control group lost lung function in SSc.",
        "In addition to rituximab, patients with SSc received mycophenolate for one year.",
        "Similarly to SSc, lung function declines slowly in mixed connective tissue disease.",
        "As a result of the trial, nintedanib was licensed for the treatment of SSc-ILD.",
    ],
)
def test_a_connective_that_goes_on_keeps_its_words(text: str) -> None:
    """Without a comma the words carry meaning: "To RTX-treated patients, …" would turn it."""
    before = sentence("Lung function was measured every three months in both groups of the study.")

    claim = make_claim(sentence(text, ordinal=1), (before,), None)

    assert claim is None or text in claim.text


def test_however_as_in_keeps_its_subject() -> None:
    """The sentence "However, as in the other CTDs, ILD is …" leans on its chapter: it is shown with the one before it or not at all."""
    text = "However, as in the other CTDs, ILD is a leading cause of death here."
    before = sentence("Mixed connective tissue disease often affects the lung in the first years.", tags=UNNAMED)

    assert make_claim(sentence(text, tags=UNNAMED), (), None) is None
    repaired = make_claim(sentence(text, ordinal=1, tags=UNNAMED), (before,), None)
    assert repaired is not None
    assert repaired.text == f"{before.sentence.text} {text}"


@pytest.mark.parametrize(
    "start",
    ["These data", "It", "Such patients", "The authors", "Of these, 12 patients", "Both groups", "The study", "Among those, most patients", "This drug"],
)
def test_a_sentence_that_points_back_never_stands_alone(start: str) -> None:
    """A start that leans on an earlier sentence is refused where there is none."""
    assert make_claim(sentence(f"{start} showed a slower decline of lung function in systemic sclerosis."), (), None) is None


OF_TRIAL = Tags(population_origin=Origin.DOCUMENT, design="randomised-trial")
OF_REVIEW = Tags(population_origin=Origin.DOCUMENT, design="narrative-review")


def in_section(record: SentenceRecord, title: str) -> SentenceRecord:
    """Return the sentence below another heading."""
    return replace(record, section=replace(record.section, title=title, path=(title,)))


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("The study was prematurely terminated because of serious adverse events in the other arm.", "randomised-trial"),
        ("The trial met its primary endpoint of lung function at one year.", "cohort"),
        ("The study durations ranged from 2 to 13 weeks and the doses from 300 mg to 3000 mg.", "systematic-review"),
    ],
)
def test_a_report_means_its_own_by_the_study(text: str, design: str) -> None:
    """Not where it speaks of others, nor where it reports none, nor where the study was told of before."""
    record = sentence(text, tags=Tags(population_origin=Origin.DOCUMENT, design=design))

    assert make_claim(record, (), None) is not None
    assert make_claim(in_section(record, "4. Discussion"), (), None) is None
    assert make_claim(replace(record, sentence=replace(record.sentence, tags=OF_REVIEW)), (), None) is None


def test_what_announces_a_list_names_what_its_items_speak_of() -> None:
    """The line with the colon is put before the first item, or before two; an item explains no other."""
    lead = sentence("Rituximab has the following properties:", tags=UNNAMED)
    lead = replace(lead, sentence=replace(lead.sentence, flags=(FRAGMENT,)))
    items = [
        sentence(text, ordinal=number, paragraph=number, tags=UNNAMED, block=Block.LIST_ITEM)
        for number, text in enumerate(
            ("Its half-life is about three weeks in most adults.", "Its clearance depends on the number of cells that it binds."), start=1
        )
    ]

    first, second = make_claim(items[0], (lead,), None), make_claim(items[1], (lead, items[0]), None)

    assert first is not None
    assert first.text == f"{lead.sentence.text} {items[0].sentence.text}"
    assert second is not None
    assert second.records == (lead, *items)
    named = sentence("Rituximab binds cells of one kind in the blood and in the lung.", block=Block.LIST_ITEM)
    assert make_claim(items[0], (named,), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "In this study, rituximab slowed the loss of lung function more than placebo.",
        "In our double-blind phase II trial, skin scores fell faster with rituximab.",
        "We found that rituximab slowed the loss of lung function.",
        "In this study, we also observed a slower loss of lung function with rituximab.",
        "Our results suggest that early rituximab is better than late rituximab.",
        "The data of the present study indicate that rituximab is safe in the old.",
        "These findings confirm that rituximab slows the loss of lung function.",
    ],
)
def test_a_report_of_a_study_means_itself(text: str) -> None:
    """Shown beside its source, "in this study" needs no sentence before it; in a review it means the study told of before."""
    claim = make_claim(sentence(text, tags=OF_TRIAL), (), None)

    assert claim is not None
    assert (claim.text, claim.edits) == (text, ())
    assert make_claim(sentence(text, tags=OF_REVIEW), (), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "We found that it slowed the loss of lung function in the second year.",
        "In this study, these patients lost less of their lung function.",
        "Our results suggest that both groups lost lung function in the second year.",
        "The loss of lung function was greatest in group 3 of the trial.",
    ],
)
def test_what_follows_a_report_must_stand_by_itself(text: str) -> None:
    """A pronoun, an unnamed group or a numbered one leans as it does anywhere."""
    assert make_claim(sentence(text, tags=OF_TRIAL), (), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "For this reason, rituximab should be given early in systemic sclerosis.",
        "Regarding the latter, rituximab was the better choice in systemic sclerosis.",
        "At these points, lung function was better with rituximab in systemic sclerosis.",
        "To overcome this limitation, lung volumes were read twice in systemic sclerosis.",
        "Based on these findings, rituximab may be tried in systemic sclerosis.",
        "Amongst those patients, rituximab was stopped in one of ten with systemic sclerosis.",
        "The mechanism behind these changes in systemic sclerosis is unknown at present.",
        "In their cohort, rituximab was stopped in one of ten with systemic sclerosis.",
        "Based on these two studies, rituximab may be tried in systemic sclerosis.",
        "Tests in animals and people suggest a part for these cells in systemic sclerosis.",
        "As such, rituximab is tried before transplantation in systemic sclerosis.",
    ],
)
def test_a_pointing_word_in_the_first_phrase_leans(text: str) -> None:
    """What it points at stands in an earlier sentence, whatever word comes first."""
    assert make_claim(sentence(text), (), None) is None
    assert make_claim(sentence(text), (), "SLS II") is None, "the name of the study tells nothing of it"


@pytest.mark.parametrize(
    "text",
    [
        "Among those with early disease, lung function was better with rituximab.",
        "Drugs such as rituximab deplete B cells in systemic sclerosis.",
        "No guideline of those in this library includes rituximab for systemic sclerosis.",
        "Limits of this study are its size and its want of a control group in SSc.",
        "Patients treated with rituximab had fewer flares than those on placebo.",
        "There was no evidence of a response of the lung to rituximab.",
        "Although rituximab is given early, most lungs lose volume in systemic sclerosis.",
        "The first-line treatment with rituximab slowed the loss of lung function.",
        "The treatment options after rituximab are few, and none was compared.",
        "It should be noted that rituximab did not slow the loss of lung function.",
        "Both rituximab and tocilizumab slowed the loss of lung function.",
    ],
)
def test_what_a_sentence_names_itself_points_nowhere(text: str) -> None:
    """A treatment named, or people told apart by what they have, make a subject."""
    tags = Tags(population_origin=Origin.DOCUMENT, drugs=("rituximab",), design="cohort")

    claim = make_claim(sentence(text, tags=tags), (), None)

    assert claim is not None
    assert claim.records == (claim.head,)


def test_a_count_of_points_is_dropped() -> None:
    """After "Second, …" the sentence says all that it says."""
    claim = make_claim(sentence("Second, rituximab slowed the loss of lung function in SSc."), (), None)

    assert claim is not None
    assert claim.text == "Rituximab slowed the loss of lung function in SSc."


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("At week 24 in SSc the scores had changed by 0.1, 0.2 (p = 0.2) and 0.5, respectively.", False),
        ("Remission of SSc was seen in 36% and 32%, respectively.", False),
        ("Infections in SSc occurred in 2%, 4%, 6% and 9% of patients.", False),
        ("Remission of SSc was seen in 36% with tablets and in 32% with infusions, respectively.", True),
        ("Cough, sores and fever were seen in 50%, 30% and 16% of patients with SSc.", True),
        ("Scores changed by 12%, 20% and 40% with 25, 50 and 100 mg in SSc, respectively.", True),
        ("In SSc the score was read at weeks 4, 8 and 12.", True),
    ],
)
def test_figures_without_their_groups_lean(text: str, is_whole: bool) -> None:
    """A list of results needs a list of what they are the results of, in the sentence or in the one before it."""
    claim = make_claim(sentence(text), (), "SLS II")

    assert (claim is not None) == is_whole
    before = sentence("People with SSc were given the tablets, the infusions, both or placebo for a year.")
    repaired = make_claim(sentence(text, ordinal=1), (before,), None)
    assert repaired is not None
    assert repaired.leans == (not is_whole)


def test_the_sentence_before_repairs_a_leaning_one() -> None:
    """The claim quotes both, in order, and says that it had to be repaired."""
    before = sentence("Rituximab was given to 50 patients with systemic sclerosis in this cohort.")
    leaning = sentence("These patients kept their lung function for two years.", ordinal=1)

    claim = make_claim(leaning, (before,), None)

    assert claim is not None
    assert claim.text == f"{before.sentence.text} {leaning.sentence.text}"
    assert claim.records == (before, leaning)
    assert claim.head is leaning
    assert claim.leans
    assert claim.edits == ()


def test_a_chain_of_leaning_sentences_is_followed_to_its_start() -> None:
    """Three sentences at most: the first that stands alone opens the claim."""
    records = [
        sentence("Rituximab was given to 50 patients with systemic sclerosis in this cohort.", 0),
        sentence("They received two infusions of the drug two weeks apart.", 1),
        sentence("This was followed by a rise of forced vital capacity.", 2),
        sentence("It lasted for two years in most of the patients.", 3),
    ]

    claim = make_claim(records[2], records[:2], None)

    assert claim is not None
    assert claim.records == tuple(records[:3])
    assert make_claim(records[3], records[:3], None) is None, "a fourth sentence would be needed"


def test_a_neighbour_of_another_paragraph_repairs_nothing() -> None:
    """What "these" means does not stand in the paragraph above."""
    before = sentence("Rituximab was given to 50 patients with systemic sclerosis in this cohort.", paragraph=0)
    leaning = sentence("These patients kept their lung function for two years.", 1, paragraph=1)

    assert make_claim(leaning, (before,), None) is None


def test_a_study_is_put_before_its_result_where_no_neighbour_helps() -> None:
    """The name of the trial stands in for the missing subject, recorded; a pronoun cannot be helped so."""
    result = make_claim(sentence("The primary endpoint was met in 71 of 142 patients at 24 months.", tags=UNNAMED), (), "SLS II")

    assert result is not None
    assert result.text == "SLS II — The primary endpoint was met in 71 of 142 patients at 24 months."
    assert result.edits == (Edit("lead_in", "", "SLS II — "),)
    assert make_claim(sentence("They met the primary endpoint in 71 of 142 patients at 24 months."), (), "SLS II") is None


@pytest.mark.parametrize(
    "text",
    [
        "A total of 12 patients improved during the year of the study.",
        "After 12 months lung function was stable in most patients.",
    ],
)
def test_a_weak_start_stands_alone_only_where_the_sentence_names_whom_it_is_about(text: str) -> None:
    """With "A total of 12 patients" a sentence makes a claim where it names its population itself, and leans elsewhere."""
    named = make_claim(sentence(text, tags=Tags(populations=("SSc",), population_origin=Origin.EXPLICIT)), (), None)

    assert named is not None
    assert not named.leans
    assert make_claim(sentence(text, tags=UNNAMED), (), None) is None


def test_what_ingest_called_a_fragment_makes_no_claim() -> None:
    """Which sentences these are, `text/wholeness.py` says."""
    whole = sentence("Rituximab improved lung function in 12 of 20 patients with systemic sclerosis.")

    assert not is_fragment(whole)
    assert is_fragment(replace(whole, sentence=replace(whole.sentence, flags=(FRAGMENT,))))


@pytest.mark.parametrize(
    ("zone", "block"), [(Zone.REFERENCES, Block.PARAGRAPH), (Zone.CAPTION, Block.PARAGRAPH), (Zone.BODY, Block.CAPTION), (Zone.BODY, Block.TABLE_TEXT)]
)
def test_only_abstract_and_body_make_claims(zone: Zone, block: Block) -> None:
    """References, captions and table text are never quoted as statements."""
    text = "Rituximab improved lung function in 12 of 20 patients with systemic sclerosis."

    assert is_fragment(sentence(text, zone=zone, block=block))
