from __future__ import annotations

import json

import pytest

from ragqa.codec import dump, from_json, load, to_json
from ragqa.types import Direction, Document, DocumentKind, Metadata, Problem, Recommendation, Sentence, Span, Strength, StudyPopulation, Tags
from tests.index.samples import sample_documents


@pytest.mark.parametrize("document", sample_documents(), ids=lambda document: document.source)
def test_a_document_survives_the_round_trip(document: Document) -> None:
    """What is loaded equals what was dumped, nested values, enumerations and tuples of pairs included."""
    assert load(Document, dump(document)) == document


def test_optional_and_nested_values_survive_the_round_trip() -> None:
    """None, a value and a tuple of values each come back as what they were."""
    tags = Tags(n=12, polarity=-1, recommendation=Recommendation(Direction.AGAINST, Strength.STRONG, "low"))
    sentence = Sentence(0, "text", (Span(1, 0, 4), Span(2, 0, 3)), 0, 0, tags=tags)
    metadata = Metadata("title", DocumentKind.REGISTRY, populations=(StudyPopulation("disease", None), StudyPopulation("other", 3, "note")))

    assert load(Sentence, dump(sentence)) == sentence
    assert load(Metadata, dump(metadata)) == metadata


def test_defaults_are_left_out() -> None:
    """A field that equals its default takes no room in the store."""
    assert to_json(Tags(n=3)) == {"n": 3}
    assert to_json(Metadata("t", DocumentKind.GUIDELINE)) == {"title": "t", "kind": "guideline"}


def test_equal_values_give_equal_text() -> None:
    """The digest of a generation rests on this."""
    first, again = sample_documents()[0], sample_documents()[0]

    assert first is not again
    assert dump(first) == dump(again)


@pytest.mark.parametrize("data", [{"source": "a", "status": "no-such-status", "message": ""}, {"source": "a", "unknown": 1}, {"source": "a"}, []])
def test_data_that_do_not_fit_are_refused(data: object) -> None:
    """A wrong enumeration value, an unknown key, a missing key and a wrong shape are errors, not values."""
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        from_json(Problem, json.loads(json.dumps(data)))
