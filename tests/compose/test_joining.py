"""Neighbouring results of one study are one statement; nothing is stepped over, and what differs stays apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragqa.compose.candidates import Candidate
from ragqa.compose.claims import Claim
from ragqa.compose.headings import as_reported
from ragqa.compose.joining import come_along, join_neighbours
from ragqa.settings import ComposeSettings
from ragqa.types import Direction, DocumentKind, DocumentRecord, DocumentStatus, Facet, Metadata, Origin, Recommendation, Strength, Tags, Tier
from tests.compose.samples import sentence

TAGS = Tags(populations=("SSc",), population_origin=Origin.EXPLICIT, drugs=("rituximab",), facets=((Facet.OUTCOME, 0.9),))
DOCUMENT = DocumentRecord("d", "0" * 64, "research/d.md", "markdown", Metadata("A cohort", DocumentKind.COHORT), DocumentStatus.OK, "", 1, 4)
TEXTS = (
    "Forced vital capacity improved with rituximab in 12 of 20 patients with SSc.",
    "However, diffusing capacity did not change with rituximab in patients with SSc.",
    "Skin scores fell with rituximab in most patients with SSc at two years.",
    "Infections occurred in 3 of 20 patients with SSc given rituximab.",
)


def candidates(tags: dict[int, Tags] | None = None, texts: tuple[str, ...] = TEXTS) -> list[Candidate]:
    """Return one candidate a text, consecutive sentences of one section, the best one last."""
    made = [sentence(text, ordinal=row, tags=(tags or {}).get(row, TAGS)) for row, text in enumerate(texts)]
    return [Candidate(record, DOCUMENT, Tier.EXACT, 0.5, 0.5, 1.0, 0.5 + record.row / 10, {}, np.zeros(2, np.float32)) for record in made]


def joined_texts(chosen: list[Candidate]) -> list[str]:
    """Return the texts of the statements after joining."""
    claims = {each.record.row: Claim(each.record.sentence.text, (each.record,), (), leans=False) for each in chosen}
    made = join_neighbours(chosen, claims)
    return [(claims | made.claims)[each.record.row].text for each in made.statements]


def test_neighbours_are_told_together_with_what_stands_between_them() -> None:
    """A connective keeps its place, the order is that of the source, and the statement ranks as its best part."""
    chosen = candidates()[:2]

    made = join_neighbours(list(reversed(chosen)), {each.record.row: Claim(each.record.sentence.text, (each.record,), (), leans=False) for each in chosen})

    (statement,) = made.statements
    assert made.claims[1].text == f"{TEXTS[0]} {TEXTS[1]}"
    assert made.claims[1].records == tuple(each.record for each in chosen)
    assert made.parts[1] == chosen
    assert (statement.record.row, statement.score) == (1, chosen[1].score)


def test_nothing_is_stepped_over_and_three_sentences_are_the_most() -> None:
    """A sentence that was not chosen parts its neighbours."""
    first, second, third, fourth = candidates()

    assert joined_texts([first, third, fourth]) == [TEXTS[0], f"{TEXTS[2]} {TEXTS[3]}"]
    assert joined_texts([first, second, third, fourth]) == [" ".join(TEXTS[:3]), TEXTS[3]]


@pytest.mark.parametrize(
    "other",
    [
        replace(TAGS, populations=("RA",)),
        replace(TAGS, population_origin=Origin.DOCUMENT),
        replace(TAGS, drugs=("mycophenolate",)),
        replace(TAGS, trials=("SLS II",)),
        replace(TAGS, facets=((Facet.SAFETY, 0.9),)),
        replace(TAGS, recommendation=Recommendation(Direction.FOR, Strength.STRONG)),
    ],
)
def test_what_differs_stays_apart(other: Tags) -> None:
    """Other people, treatments, studies or headings are other statements, and a recommendation is always one of its own."""
    assert joined_texts(candidates({1: other})[:2]) == list(TEXTS[:2])


def test_a_document_is_told_as_it_reports_itself() -> None:
    """The main result comes before its subgroups, whatever their scores; documents by their best statement."""
    chosen = sorted(candidates(), key=lambda each: -each.score)
    other = replace(chosen[0], record=replace(chosen[0].record, row=9, document_id="e"), score=0.1)

    assert [each.record.row for each in as_reported([*chosen, other])] == [0, 1, 2, 3, 9]


def test_what_contradicts_its_neighbour_stays_apart() -> None:
    """The second of three contradicts the first: it starts a statement of its own, which the third goes on with."""
    chosen = candidates(texts=TEXTS[:3])
    claims = {each.record.row: Claim(each.record.sentence.text, (each.record,), (), leans=False) for each in chosen}
    made = join_neighbours(chosen, claims, apart={chosen[1].record.row})

    assert [(claims | made.claims)[each.record.row].text for each in made.statements] == [TEXTS[0], f"{TEXTS[1]} {TEXTS[2]}"]


def rows_along(chosen: list[Candidate], pool: list[Candidate], compared: tuple[str, ...] = ()) -> list[int]:
    """Return the rows that come along with chosen statements."""
    claims = {each.record.row: Claim(each.record.sentence.text, (each.record,), (), leans=False) for each in pool}
    return [each.record.row for each in come_along(chosen, pool, claims, compared, ComposeSettings())]


def test_a_passage_is_told_whole_whichever_of_its_sentences_is_chosen() -> None:
    """The result and what stands beside it come together: the fourth sentence is of the next passage, three being the most."""
    pool = candidates()

    assert rows_along([pool[0]], pool) == [1, 2]
    assert rows_along([pool[1]], pool) == [0, 2]
    assert rows_along([pool[3]], pool) == []


@pytest.mark.parametrize(
    "change",
    [
        {"tier": Tier.SIBLING},
        {"features": {"off_manifestation": 1.0}},
    ],
)
def test_what_would_not_be_shown_by_itself_does_not_come_along(change: dict[str, object]) -> None:
    """Another disease, or another organ than the one asked about, stays out."""
    first, second, *_ = candidates()

    assert rows_along([first], [first, replace(second, **change)]) == []  # type: ignore[arg-type]  # fields of Candidate


def test_of_a_comparison_only_what_is_on_all_that_is_compared_comes_along() -> None:
    """The result of one arm compares nothing."""
    first, second, *_ = candidates()

    assert rows_along([first], [first, second], ("rituximab",)) == [1]
    assert rows_along([first], [first, second], ("rituximab", "cyclophosphamide")) == []


def test_what_a_study_was_does_not_come_along() -> None:
    """Its centres and years are no result; chosen, they are shown."""
    first, second, *_ = candidates(dict.fromkeys(range(4), replace(TAGS, facets=((Facet.BACKGROUND, 0.9),))))

    assert rows_along([first], [first, second]) == []


def test_what_is_said_already_does_not_come_along() -> None:
    """A study that gives a result in its abstract and again in its text gives it once."""
    first, second, third, _ = candidates(texts=(TEXTS[0], TEXTS[1], TEXTS[1], TEXTS[3]))
    again = replace(third, vector=np.ones(2, np.float32))

    assert rows_along([first, again], [first, replace(second, vector=np.ones(2, np.float32)), again]) == []
