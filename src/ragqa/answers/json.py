"""Answers as JSON values, and back: the one contract that the interface, saved files and exports share.

`answer_from_json(answer_to_json(answer)) == answer` for every answer. Keys keep one order, so equal answers give equal bytes. `review`
says that nobody has reviewed the answer yet and names what a review would approve; `timings_ms` stays empty, because an answer holds no
clock reading (the service reports times in a header). Both are derived and ignored on the way back.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from ragqa.errors import AnswerInvalid
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Audience,
    Clarification,
    Conflict,
    Direction,
    DocumentKind,
    DocumentRecord,
    Edit,
    Evidence,
    Facet,
    Filters,
    Origin,
    Reason,
    RecommendationCard,
    Source,
    Statement,
    StatementGroup,
    Strength,
    Tier,
    Verification,
)

JsonObject = dict[str, Any]


def answer_to_json(answer: Answer) -> JsonObject:
    """Return the answer as JSON values, keys in a fixed order."""
    name, _, version = answer.composer.partition("/")
    return {
        "answer_id": answer.answer_id,
        "question": answer.question,
        "interpreted_question": answer.interpreted_question,
        "status": answer.status.value,
        "reason": None if answer.reason is None else {"code": answer.reason.code, "message": answer.reason.message, "suggestion": answer.reason.suggestion},
        "clarifications": [{"term": item.term, "used": item.used, "others": list(item.others)} for item in answer.clarifications],
        "corrections": [{"typed": typed, "read": read} for typed, read in answer.corrections],
        "index_version": answer.index_version,
        "composer": {"name": name, "version": version, "settings_hash": answer.settings_hash},
        "audience": answer.audience.value,
        "filters": {
            "kinds": [kind.value for kind in answer.filters.kinds],
            "document_ids": list(answer.filters.document_ids),
            "year_from": answer.filters.year_from,
            "year_to": answer.filters.year_to,
        },
        "sections": [_section(section) for section in answer.sections],
        "nearest": [_statement(statement) for statement in answer.nearest],
        "conflicts": [{"statements": list(conflict.statements), "kind": conflict.kind, "note": conflict.note} for conflict in answer.conflicts],
        "not_covered": list(answer.not_covered),
        "sources": [_source(source) for source in answer.sources],
        "follow_ups": list(answer.follow_ups),
        "disclaimer": answer.disclaimer,
        "review": {"state": "submitted", "last_updated": None, "evidence_hash": evidence_hash(answer)},
        "timings_ms": {},
    }


def document_to_json(record: DocumentRecord) -> JsonObject:
    """Return everything that is known of a document but its text, as JSON values."""
    value = asdict(record)
    return {"document_id": value.pop("document_id"), "slug": record.slug, "label": record.metadata.label} | value


def answer_from_json(value: object) -> Answer:
    """Read back an answer; raise `AnswerInvalid` naming what is missing or of the wrong kind."""
    try:
        return _read_answer(value)
    except KeyError as exc:
        raise AnswerInvalid(f"the saved answer lacks {exc}; give the JSON of a whole answer, as 'ragqa ask --json' prints it.") from exc
    except (AttributeError, TypeError, ValueError) as exc:
        raise AnswerInvalid(f"the saved answer cannot be read: {exc}. Give the JSON of a whole answer, as 'ragqa ask --json' prints it.") from exc


def dump_answer(answer: Answer) -> str:
    """Return the answer as JSON text, two spaces of indentation, without ASCII escapes."""
    return json.dumps(answer_to_json(answer), ensure_ascii=False, indent=2)


def evidence_hash(answer: Answer) -> str:
    """Return the sha256 over what the answer rests on: each quote's document version and place, the composer and its settings.

    A review approves this hash: it changes with any quote and stays when only the presentation does.
    """
    quotes = sorted(
        (evidence.document_version, evidence.page, evidence.start, evidence.end, hashlib.sha256(evidence.quote.encode()).hexdigest())
        for statement in answer.statements
        for evidence in statement.evidence
    )
    return hashlib.sha256(json.dumps([quotes, answer.composer, answer.settings_hash]).encode()).hexdigest()


def _section(section: AnswerSection) -> JsonObject:
    groups = [{"facet": group.facet, "title": group.title, "statements": [_statement(statement) for statement in group.statements]} for group in section.groups]
    return {"id": section.section_id, "title": section.title, "note": section.note, "groups": groups}


def _statement(statement: Statement) -> JsonObject:
    return {
        "id": statement.statement_id,
        "text": statement.text,
        "populations": list(statement.populations),
        "population_tier": statement.population_tier.value,
        "population_origin": statement.population_origin.value,
        "facet": statement.facet.value,
        "recommendation": None if statement.recommendation is None else _recommendation(statement.recommendation),
        "design": statement.design,
        "n": statement.n,
        "year": statement.year,
        "numbers": list(statement.numbers),
        "drugs": list(statement.drugs),
        "citations": list(statement.citations),
        "evidence": [_evidence(evidence) for evidence in statement.evidence],
        "edits": [{"op": edit.op, "before": edit.before, "after": edit.after} for edit in statement.edits],
        "verification": {
            "method": statement.verification.method,
            "checks": dict(statement.verification.checks),
            "coverage": statement.verification.coverage,
        },
        "score": statement.score,
        "why": dict(statement.why),
    }


def _recommendation(card: RecommendationCard) -> JsonObject:
    return {
        "direction": card.direction.value,
        "strength": card.strength.value,
        "certainty": card.certainty,
        "organisation": card.organisation,
        "year": card.year,
        "superseded_by": card.superseded_by,
    }


def _evidence(evidence: Evidence) -> JsonObject:
    return {
        "source": evidence.source,
        "document_id": evidence.document_id,
        "document_version": evidence.document_version,
        "section_path": list(evidence.section_path),
        "page": evidence.page,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
        "source_refs": list(evidence.source_refs),
        "relation": evidence.relation,
    }


def _source(source: Source) -> JsonObject:
    return {
        "n": source.n,
        "document_id": source.document_id,
        "document_version": source.document_version,
        "title": source.title,
        "label": source.label,
        "type": source.kind.value,
        "authors": list(source.authors),
        "organisation": source.organisation,
        "journal": source.journal,
        "year": source.year,
        "doi": source.doi,
        "pmid": source.pmid,
        "digest_of": source.digest_of,
        "superseded_by": list(source.superseded_by),
    }


def _read_answer(value: Any) -> Answer:
    composer, reason = value["composer"], value["reason"]
    return Answer(
        answer_id=value["answer_id"],
        question=value["question"],
        interpreted_question=value["interpreted_question"],
        status=AnswerStatus(value["status"]),
        index_version=value["index_version"],
        composer=f"{composer['name']}/{composer['version']}" if composer["version"] else composer["name"],
        settings_hash=composer["settings_hash"],
        sections=tuple(_read_section(section) for section in value["sections"]),
        sources=tuple(_read_source(source) for source in value["sources"]),
        disclaimer=value["disclaimer"],
        audience=Audience(value["audience"]),
        reason=None if reason is None else Reason(reason["code"], reason["message"], reason["suggestion"]),
        nearest=tuple(_read_statement(statement) for statement in value["nearest"]),
        clarifications=tuple(Clarification(item["term"], item["used"], tuple(item["others"])) for item in value["clarifications"]),
        corrections=tuple((item["typed"], item["read"]) for item in value["corrections"]),
        conflicts=tuple(Conflict((item["statements"][0], item["statements"][1]), item["kind"], item["note"]) for item in value["conflicts"]),
        not_covered=tuple(value["not_covered"]),
        follow_ups=tuple(value["follow_ups"]),
        filters=_read_filters(value["filters"]),
    )


def _read_filters(value: Any) -> Filters:
    for name in ("year_from", "year_to"):
        if not isinstance(value[name], int | None):
            raise TypeError(f'"{name}" is {value[name]!r}, not a year')
    return Filters(tuple(DocumentKind(kind) for kind in value["kinds"]), tuple(value["document_ids"]), value["year_from"], value["year_to"])


def _read_section(value: Any) -> AnswerSection:
    groups = tuple(
        StatementGroup(group["facet"], group["title"], tuple(_read_statement(statement) for statement in group["statements"])) for group in value["groups"]
    )
    return AnswerSection(value["id"], value["title"], groups, value["note"])


def _read_statement(value: Any) -> Statement:
    card, verification = value["recommendation"], value["verification"]
    return Statement(
        statement_id=value["id"],
        text=value["text"],
        populations=tuple(value["populations"]),
        population_tier=Tier(value["population_tier"]),
        population_origin=Origin(value["population_origin"]),
        facet=Facet(value["facet"]),
        evidence=tuple(_read_evidence(evidence) for evidence in value["evidence"]),
        recommendation=None
        if card is None
        else RecommendationCard(
            Direction(card["direction"]), Strength(card["strength"]), card["certainty"], card["organisation"], card["year"], card["superseded_by"]
        ),
        design=value["design"],
        n=value["n"],
        year=value["year"],
        numbers=tuple(value["numbers"]),
        drugs=tuple(value["drugs"]),
        edits=tuple(Edit(edit["op"], edit["before"], edit["after"]) for edit in value["edits"]),
        verification=Verification(verification["method"], tuple(verification["checks"].items()), verification["coverage"]),
        score=value["score"],
        why=tuple(value["why"].items()),
    )


def _read_evidence(value: Any) -> Evidence:
    for name, kind in {"source": int, "page": int, "start": int, "end": int, "quote": str, "document_id": str}.items():
        if not isinstance(value[name], kind):
            raise TypeError(f'"{name}" of a quote is {value[name]!r}, not {"a whole number" if kind is int else "text"}')
    return Evidence(
        source=value["source"],
        document_id=value["document_id"],
        document_version=value["document_version"],
        section_path=tuple(value["section_path"]),
        page=value["page"],
        start=value["start"],
        end=value["end"],
        quote=value["quote"],
        source_refs=tuple(value["source_refs"]),
        relation=value["relation"],
    )


def _read_source(value: Any) -> Source:
    return Source(
        n=value["n"],
        document_id=value["document_id"],
        document_version=value["document_version"],
        title=value["title"],
        label=value["label"],
        kind=DocumentKind(value["type"]),
        authors=tuple(value["authors"]),
        organisation=value["organisation"],
        journal=value["journal"],
        year=value["year"],
        doi=value["doi"],
        pmid=value["pmid"],
        digest_of=value["digest_of"],
        superseded_by=tuple(value["superseded_by"]),
    )
