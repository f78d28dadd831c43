"""The reasons why a question is not answered, in words: what is missing, for what, and what to ask or add instead."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.asked import Asked
from ragqa.text.lexicon import Lexicon
from ragqa.types import Reason


def subject_of(asked: Asked) -> str:
    """Return the slots of a question in a phrase."""
    query = asked.query
    drugs, populations = " and ".join(query.drugs), " or ".join(query.populations)
    return f"{drugs} in {populations}" if drugs and populations else drugs or populations or "this"


def _subject_and_study(asked: Asked) -> str:
    """Return the slots of a question in a phrase, and the study that alone is asked: others may report what it does not."""
    return f"{subject_of(asked)} ({asked.studies[0]})" if len(asked.studies) == 1 else subject_of(asked)


def nothing_on(asked: Asked) -> Reason:
    """Return the reason where no document is on the population."""
    return Reason(
        "missing_population",
        f"The library holds nothing on {subject_of(asked)} that answers this.",
        "Ask about a population that the library covers, or add a document on this one.",
    )


def not_reported(names: Sequence[str], asked: Asked, lexicon: Lexicon) -> Reason:
    """Return the reason where no source reports outcomes, or reports on a kind of people."""
    people = [name for name in names if name in lexicon.kinds_of_people]
    if people:
        return Reason(
            "missing_population",
            f"No source in the library reports on {' or '.join(people)} for {_subject_and_study(asked)}.",
            "Ask about the people that the sources studied, or add a source on these.",
        )
    return Reason(
        "missing_outcome",
        f"No source in the library reports {' or '.join(names)} for {_subject_and_study(asked)}.",
        "Ask about an outcome that the sources report, or add a source that reports this one.",
    )


def not_of_study(names: Sequence[str], asked: Asked) -> Reason:
    """Return the reason where nothing that is known of a named study is what is asked of it."""
    studies = " and ".join(asked.studies)
    return Reason(
        "missing_outcome",
        f"Nothing that the library holds on {studies} tells of {' or '.join(names)}.",
        f"Ask what {studies} reported, or add a source that reports this.",
    )


def missing_term(words: Sequence[str], subject: str, is_held: bool) -> Reason:
    """Return the reason why words are missing: from the library or, where a document holds them, from what fits the question."""
    named = " or ".join(f'"{word}"' for word in words)
    missing = f"No statement on {subject} that fits the question speaks of {named}" if is_held else f"No document of the library speaks of {named}"
    return Reason("missing_term", f"{missing}, on which the question turns.", f"Ask without {named}, or add a document on it to the corpus.")


def not_detailed(kind: str, names: Sequence[str], asked: Asked) -> Reason:
    """Return the reason where sources are on the subject and none holds the detail that the question turns on.

    Args:
        kind: What the detail is (`details.Detail.kind`).
        names: What is missing, in words.
        asked: The question.
    """
    populations = " or ".join(asked.query.populations)
    named, place = " or ".join(names), f" in {populations}" if populations else ""
    if len(asked.studies) == 1 and asked.studies[0] not in named:
        place += f" ({asked.studies[0]})"
    if kind in ("place", "group"):
        return Reason(
            "missing_population",
            f"No source in the library gives {named}{place}.",
            "Ask without that, which shows what the sources give for others, or add a source that reports it.",
        )
    if kind == "amount":
        return Reason(
            "missing_dose",
            f"No source in the library states {named}{place}.",
            "Ask what is recommended instead of how much of it, or add a source that states it.",
        )
    if kind == "phase":
        return Reason(
            "missing_document", f"The library holds nothing on {named}{place}.", "Ask without the phase, or add a report of that trial to the corpus."
        )
    return Reason(
        "missing_outcome",
        f"No source in the library reports {named}{place}.",
        "Ask without that detail, which shows what the sources do report, or add a source that reports it.",
    )
