"""ragqa with one rule switched off at a time: what each is worth.

A rule is switched off where it takes effect: in the settings, in the question as understood, or in the ranking. Everything else stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragqa.bootstrap import open_reader
from ragqa.evaluation.run import System, service_system
from ragqa.service import QAService, Reader
from ragqa.settings import Settings
from ragqa.types import Query


@dataclass(frozen=True, slots=True)
class Ablation:
    """One rule, and how to do without it."""

    name: str
    compose: tuple[tuple[str, Any], ...] = ()
    retrieval: tuple[tuple[str, Any], ...] = ()
    forget: tuple[tuple[str, Any], ...] = ()
    """Fields of the understood question, with the value that says nothing."""


ABLATIONS = (
    Ablation("population", forget=(("populations", ()), ("excluded_populations", ()))),
    Ablation("facets", forget=(("facets", ()),)),
    Ablation("expansions", forget=(("expansions", ()),)),
    Ablation("anchors", forget=(("anchors", ()),)),
    Ablation("drugs", forget=(("drugs", ()),)),
    Ablation("slots", compose=(("slot_candidates", 0),)),
    Ablation("repair", compose=(("without", ("repair",)),)),
    Ablation("repetition", compose=(("without", ("repetition",)),)),
    Ablation("score-cut", compose=(("score_cut", 0.0), ("score_floor", 0.0))),
    Ablation("abstention", compose=(("without", ("abstention",)),)),
    Ablation("lexical", retrieval=(("dense_weight", 1.0),)),
    Ablation("dense", retrieval=(("dense_weight", 0.0),)),
    Ablation("nearest-sentence", retrieval=(("sentence_weight", 0.0),)),
)


def ablated_systems(settings: Settings, ablations: Sequence[Ablation]) -> Iterator[System]:
    """Yield one system for each rule, named "without …"; each opens the current generation anew."""
    for ablation in ablations:
        yield service_system(open_without(settings, ablation), f"without {ablation.name}")


def open_without(settings: Settings, ablation: Ablation) -> QAService:
    """Return a service that does without one rule. It serves the generation that is current now."""
    changed = settings.model_copy(
        update={
            "compose": settings.compose.model_copy(update=dict(ablation.compose)),
            "retrieval": settings.retrieval.model_copy(update=dict(ablation.retrieval)),
        }
    )
    reader = open_reader(changed)
    return fixed_service(changed, replace(reader, analyse=_forgetful(reader.analyse, dict(ablation.forget))))


def fixed_service(settings: Settings, reader: Reader) -> QAService:
    """Return a service that keeps to one reader, whatever is published meanwhile."""
    return QAService(settings, lambda: reader, lambda: reader.generation)


def _forgetful(analyse: Callable[[str], Query], forget: dict[str, Any]) -> Callable[[str], Query]:
    return lambda question: replace(analyse(question), **forget)
