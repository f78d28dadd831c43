"""The default composer: verbatim statements, chosen and ordered by rules. No language model, the same bytes every time.

question ─► asked ─► candidates ─► reason to abstain? ─► guidelines ┐
                                                     └─► research   ┴─► claims ─► statements ─► Answer
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.abstention import WEAK_EVIDENCE, reason_to_abstain
from ragqa.compose.anchors import speaks_of
from ragqa.compose.aside import Aside, leave_out, set_aside, tells_only
from ragqa.compose.asked import Asked, meaning_of, read_question
from ragqa.compose.candidates import Candidate, gather_candidates, is_pointed
from ragqa.compose.claims import Claim, make_claim
from ragqa.compose.conflicts import find_conflicts, opposing_statements, told_apart
from ragqa.compose.considered import left_out
from ragqa.compose.coverage import FACET_NAMES, not_covered
from ragqa.compose.editions import mark_superseded, successors_of
from ragqa.compose.filling import fill_parts
from ragqa.compose.follow_ups import follow_ups
from ragqa.compose.foretold import of_asked_event
from ragqa.compose.guidelines import choose_guidelines
from ragqa.compose.headings import GUIDELINE_HEADINGS, RESEARCH_HEADINGS, Heading, as_reported, in_order
from ragqa.compose.joining import come_along, join_neighbours
from ragqa.compose.parts import parts_of
from ragqa.compose.reasons import not_of_study
from ragqa.compose.research import choose_indirect, choose_research
from ragqa.compose.served import open_facets
from ragqa.compose.stances import nothing_direct, on_harms
from ragqa.compose.statements import SourceList, make_statement
from ragqa.protocols import Embedder, Library
from ragqa.settings import ComposeSettings
from ragqa.text.lexicon import Lexicon
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Considered,
    Facet,
    Filters,
    Query,
    Ranking,
    Reason,
    StatementGroup,
    Tier,
    answer_id_of,
)

COMPOSER = "extractive/1"
DISCLAIMER = (
    "For healthcare professionals. Every statement is a verbatim quote from a document of this library; where that is a digest, which the source list says,"
    " the wording is the digest's and not the publication's. It supports clinical judgement and does not replace it: check the source and current local"
    " guidance before acting on it."
)
NO_RESEARCH = "No study in this library answers the question directly."
_NO_FILTERS = Filters()
NEIGHBOURS = 3
"""Sentences before one that are looked at to make it stand alone."""
_DEFINES = 0.5
"""Weight of its facet from which on a statement gives a definition."""
_TOLD_APART = re.compile(
    r"\b(?:but not|unlike|as opposed to|in contrast (?:to|with)|rather than|differ\w*|versus|vs\.?|compar\w+|than|yet not|though not)\b", re.IGNORECASE
)
"""What sets a definition of a study against one of no study."""


class ExtractiveComposer:
    """Implements `Composer` over one generation."""

    def __init__(self, library: Library, embedder: Embedder, lexicon: Lexicon, settings: ComposeSettings, settings_hash: str) -> None:
        self._library = library
        self._embedder = embedder
        self._lexicon = lexicon
        self._settings = settings
        self._settings_hash = settings_hash
        self._drugs = library.tag_names("drug")
        self._successors = successors_of(library.documents())

    def compose(self, query: Query, guidelines: Ranking, research: Ranking, filters: Filters = _NO_FILTERS) -> Answer:
        """Compose an answer from two rankings, or abstain with a reason.

        Args:
            query: The question as understood.
            guidelines: Ranked chunks of guidelines.
            research: Ranked chunks of everything else.
            filters: What the rankings were made with; sentences found by their tags obey it too.
        """
        library, settings = self._library, self._settings
        answer_id = self._answer_id(query, filters)
        asked, aside, vector, candidates = self._weighed(query, guidelines, research, filters)
        best_cosine = max([*(hit.dense or 0.0 for hit in (*guidelines, *research)), *(candidate.cosine for candidate in candidates)], default=0.0)
        reason = reason_to_abstain(asked, candidates, best_cosine, vector, self._embedder, self._lexicon, settings, self._drugs.__contains__, library)
        if reason and "abstention" not in settings.without:
            # Advice for others is not even the nearest to a question about children or pregnancy.
            tells_nothing = reason.code == "off_topic" or bool(set(asked.outcomes) & self._lexicon.special_populations)
            return self._abstain(answer_id, query, reason, [] if tells_nothing else candidates)
        everything, candidates, unheard = candidates, self._of_named(asked, candidates), tuple[str, ...]()
        claims, pool, from_guidelines, from_research = self._choose(asked, candidates)
        if not (from_guidelines or from_research or asked.studies) and len(candidates) < len(everything):
            # The issuer named says nothing near enough to be quoted: the others answer, and the answer tells that it is not that issuer's.
            candidates, unheard = everything, tuple(f"statements of {issuer}" for issuer in query.anchors)
            claims, pool, from_guidelines, from_research = self._choose(asked, candidates)
        best, short_forms = [*from_guidelines, *from_research], library.abbreviations()
        filling = fill_parts(asked, best, pool, self._lexicon, short_forms) if best else []
        added = [*filling, *opposing_statements(asked, [*best, *filling], pool, self._lexicon)]
        from_guidelines += [candidate for candidate in added if candidate.is_guideline]
        from_research += [candidate for candidate in added if not candidate.is_guideline]
        # A statement that was repaired by its neighbours holds them: none is shown beside it.
        held = {record.row for candidate in (*from_guidelines, *from_research) for record in claims[candidate.record.row].records[:-1]}
        from_guidelines = [candidate for candidate in from_guidelines if candidate.record.row not in held]
        from_research = [candidate for candidate in from_research if candidate.record.row not in held]
        if not from_guidelines and not from_research:
            return self._abstain(answer_id, query, WEAK_EVIDENCE, candidates)
        parts: dict[int, list[Candidate]] = {}
        direct = from_research
        if "joining" not in settings.without:
            compared = query.drugs if query.is_comparison else ()
            direct = [*from_research, *come_along(from_research, [each for each in pool if each.record.row not in held], claims, compared, settings)]
            joined = join_neighbours(direct, claims, told_apart(direct, self._lexicon))
            from_research, parts = joined.statements, joined.parts
            claims |= joined.claims
        from_research = as_reported(from_research)
        sources = SourceList()
        numbered: list[tuple[str, Candidate]] = []

        def section(section_id: str, title: str, chosen: Sequence[Candidate], headings: Sequence[Heading], note: str | None) -> AnswerSection:
            groups = []
            for heading, under in in_order(chosen, headings, asked):
                first = len({name for name, _ in numbered}) + 1
                numbered.extend((f"s{number}", part) for number, each in enumerate(under, start=first) for part in parts.get(each.record.row, [each]))
                statements = [make_statement(number, each, claims[each.record.row], sources, library) for number, each in enumerate(under, start=first)]
                groups.append(StatementGroup(heading.key, heading.title, tuple(statements)))
            return AnswerSection(section_id, title, tuple(groups), None if groups else note)

        sections = [
            section("guidelines", "From the Guidelines", from_guidelines, GUIDELINE_HEADINGS, nothing_direct(pool, asked)),
            section("research", "From the Research", from_research, RESEARCH_HEADINGS, NO_RESEARCH),
        ]
        conflicts = find_conflicts(numbered, asked, self._lexicon)
        indirect = choose_indirect(asked, pool, direct, settings)
        if indirect:
            sections.append(section("indirect", "Indirect Evidence from Other Diseases", indirect, RESEARCH_HEADINGS, None))
        chosen = [*from_guidelines, *direct]
        gaps = (*not_covered(asked, chosen, pool, self._lexicon, short_forms), *unheard, *aside.names)
        if asked.studies and (unserved := open_facets(asked, chosen, self._lexicon)) and "abstention" not in settings.without:
            # What else is known of a study is no answer, not even in part.
            return self._abstain(answer_id, query, not_of_study([FACET_NAMES[facet] for facet in unserved], asked), candidates)
        status = AnswerStatus.ANSWERED_WITH_CLARIFICATION if query.clarifications else AnswerStatus.PARTIAL if gaps else AnswerStatus.ANSWERED
        return self._answer(
            answer_id,
            query,
            status,
            tuple(sections),
            sources,
            not_covered=gaps,
            conflicts=conflicts,
            follow_ups=follow_ups(asked, library, self._lexicon, chosen),
        )

    def left_out(self, answer: Answer, query: Query, guidelines: Ranking, research: Ranking, filters: Filters = _NO_FILTERS) -> tuple[Considered, ...]:
        """Return the nearest sentences that an answer does not show: made anew, so that an answer asked for without it pays nothing."""
        asked, _, _, candidates = self._weighed(query, guidelines, research, filters)
        places = {(quote.document_id, quote.page, quote.start) for statement in (*answer.statements, *answer.nearest) for quote in statement.evidence}
        shown = {
            candidate.record.row
            for candidate in candidates
            if any((candidate.record.document_id, span.page, span.start) in places for span in candidate.record.sentence.spans)
        }
        return left_out(asked, candidates, shown, lambda candidate: bool(self._claims([candidate])), self._settings)

    def _weighed(self, query: Query, guidelines: Ranking, research: Ranking, filters: Filters) -> tuple[Asked, Aside, NDArray[np.float32], list[Candidate]]:
        """Return the question as slots, what was set aside of it, its vector, and the candidates by descending score."""
        kept, excepted = leave_out(query, self._lexicon)
        asked = read_question(kept, self._library, self._lexicon)
        aside = set_aside(asked, self._library, self._lexicon, self._drugs.__contains__)
        if aside.names:
            asked = read_question(aside.query, self._library, self._lexicon)
        vector = self._embedder.embed_queries([asked.query.interpreted])[0]
        meaning = meaning_of(asked, vector, self._embedder)
        candidates = gather_candidates(asked, (guidelines, research), meaning, self._library, self._lexicon, self._settings, filters)
        # What tells of nothing but what the question excepts is no answer to it.
        candidates = [each for each in candidates if not tells_only(each.record.sentence, excepted, self._lexicon)]
        candidates = mark_superseded(candidates, self._successors)
        return replace(asked, is_pointed=is_pointed(asked, candidates)), aside, vector, candidates

    def _choose(self, asked: Asked, candidates: Sequence[Candidate]) -> tuple[dict[int, Claim], list[Candidate], list[Candidate], list[Candidate]]:
        """Return the claims of candidates by row, those that can stand alone, and of these the best of guidelines and of research."""
        claims = self._claims(candidates)
        pool = of_asked_event(asked, [candidate for candidate in candidates if candidate.record.row in claims])
        asked_for = on_harms(pool, asked)
        return claims, pool, choose_guidelines(asked, asked_for, self._settings), choose_research(asked, asked_for, self._settings)

    def _of_named(self, asked: Asked, candidates: list[Candidate]) -> list[Candidate]:
        """Return the candidates of the sources that a question names, with what else it asks for; all where it names none, or none of theirs is there."""
        query = asked.query
        if not query.anchors:
            return candidates
        named = [candidate for candidate in candidates if speaks_of(candidate.record, candidate.document, query.anchors)]
        if named and not asked.studies and (len(parts_of(asked, self._lexicon)) > 1 or Facet.OUTCOME in query.facets):
            # "What did the study find, and does this guideline agree?": the issuer is asked about in one part only, and reports no results.
            rows = {candidate.record.row for candidate in named}
            named = [candidate for candidate in candidates if candidate.record.row in rows or not candidate.is_guideline]
        if named and asked.studies == query.anchors and self._lexicon.document_form.search(query.interpreted):
            # "Guidelines against what the registry found": the study is one side, and the guidelines, none of them by name, the other.
            rows = {candidate.record.row for candidate in named}
            named = [candidate for candidate in candidates if candidate.record.row in rows or candidate.is_guideline]
        elif named and asked.studies == query.anchors and _TOLD_APART.search(query.interpreted) and Facet.DEFINITION in query.facets:
            # "Progressive in that study but not by the criteria": the criteria, which are no study's, are the other side.
            rows = {candidate.record.row for candidate in named}
            named = [each for each in candidates if each.record.row in rows or each.record.sentence.tags.weight(Facet.DEFINITION) >= _DEFINES]
        return named or candidates

    def _claims(self, candidates: Sequence[Candidate]) -> dict[int, Claim]:
        """Return by row the claims of the candidates that can stand alone; of those that lean, the neighbours are read, all at once."""
        records = [candidate.record for candidate in candidates]
        if "repair" in self._settings.without:
            return {record.row: Claim(record.sentence.text, (record,), (), leans=False) for record in records}
        claims = {record.row: claim for record in records if (claim := make_claim(record, (), study=None))}
        leaning = [record for record in records if record.row not in claims]
        before = {record.row: range(record.row - min(NEIGHBOURS, record.sentence.ordinal), record.row) for record in leaning}
        read = {record.row: record for record in self._library.sentences(sorted({row for rows in before.values() for row in rows}))}
        for record in leaning:
            study = next(iter(record.sentence.tags.trials), None)
            if claim := make_claim(record, [read[row] for row in before[record.row]], study):
                claims[record.row] = claim
        return claims

    def _abstain(self, answer_id: str, query: Query, reason: Reason, candidates: Sequence[Candidate]) -> Answer:
        """Return an abstention with the nearest the library has: at most two statements, never offered as the answer."""
        sources = SourceList()
        claims = self._claims([candidate for candidate in candidates[:6] if candidate.tier is not Tier.SIBLING])
        near = [candidate for candidate in candidates[:6] if candidate.record.row in claims][:2]
        nearest = tuple(make_statement(number, each, claims[each.record.row], sources, self._library) for number, each in enumerate(near, start=1))
        return self._answer(answer_id, query, AnswerStatus.INSUFFICIENT_EVIDENCE, (), sources, reason=reason, nearest=nearest)

    def _answer_id(self, query: Query, filters: Filters) -> str:
        return answer_id_of(self._library.version, COMPOSER, self._settings_hash, query.question, filters)

    def _answer(self, answer_id: str, query: Query, status: AnswerStatus, sections: tuple[AnswerSection, ...], sources: SourceList, **rest: object) -> Answer:
        return Answer(
            answer_id=answer_id,
            question=query.question,
            interpreted_question=query.interpreted,
            status=status,
            index_version=self._library.version,
            composer=COMPOSER,
            settings_hash=self._settings_hash,
            sections=sections,
            sources=sources.all(),
            disclaimer=DISCLAIMER,
            clarifications=query.clarifications,
            corrections=query.corrections,
            **rest,  # type: ignore[arg-type]  # the named fields of Answer, passed on as given
        )
