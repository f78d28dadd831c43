"""The grounding gate: a statement leaves only if everything it shows can be found in the library. It fails closed.

Checked for each statement, by name:

- evidence: it has a quote;
- quote: each quote is byte-equal to its slice of the stored page, under the document's own hash;
- sentence: the quotes are whole consecutive sentences, each under the path of its section, so that no "not" is cut off or stepped over;
- edits: without its recorded edits the text is what its quotes say (`alignment`), and each edit is of an allowed kind;
- number: every figure of the text stands in a quote;
- drug, population: what the text names stands in a quote, in the headings above it or in the name of the study put before it;
- labels: what is shown beside the text (recommendation, populations, treatments, figures, year) is what the library holds;
- source: each quote is numbered as its document is in the answer's source list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from ragqa.answers.alignment import says_what_its_quotes_say
from ragqa.errors import DocumentNotFound
from ragqa.protocols import Library
from ragqa.text.connectives import CONNECTIVE
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.normalize import LIGATURES
from ragqa.text.print_references import DROP_REFERENCE, undo_reference
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Edit,
    Evidence,
    Reason,
    SentenceRecord,
    Source,
    Span,
    Statement,
    StatementGroup,
    Verification,
)

_FIGURE = re.compile(r"\d+(?:[.,·]\d+)*")
_LIGATURES = str.maketrans(LIGATURES)
_LEAD_IN = re.compile(r"(?P<study>[^—]{2,80}) — ")


def keep_grounded(answer: Answer, library: Library, lexicon: Lexicon) -> Answer:
    """Return the answer without the statements that fail; if none is left, an answer that says so."""
    read = _Read(library, lexicon)

    def checked(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        verified = ((statement, _checks_of(statement, read, answer.sources)) for statement in statements)
        return tuple(
            replace(statement, verification=Verification("extractive", tuple(checks.items()), 1.0)) for statement, checks in verified if all(checks.values())
        )

    def filtered(section: AnswerSection) -> AnswerSection:
        groups = (StatementGroup(group.facet, group.title, checked(group.statements)) for group in section.groups)
        return replace(section, groups=tuple(group for group in groups if group.statements))

    sections = tuple(section for section in map(filtered, answer.sections) if section.groups or section.note)
    grounded = replace(answer, sections=sections, nearest=checked(answer.nearest))
    if not answer.abstained and not grounded.statements:
        reason = Reason("not_grounded", "No statement survived the check against its source text.", 'Run "ragqa index verify", then rebuild the index.')
        return replace(grounded, status=AnswerStatus.INSUFFICIENT_EVIDENCE, reason=reason, sections=(), sources=(), conflicts=(), not_covered=(), follow_ups=())
    used = {source for statement in (*grounded.statements, *grounded.nearest) for source in statement.citations}
    known = {statement.statement_id for statement in grounded.statements}
    return replace(
        grounded,
        sources=tuple(source for source in answer.sources if source.n in used),
        conflicts=tuple(conflict for conflict in answer.conflicts if set(conflict.statements) <= known),
    )


def verify_statement(statement: Statement, library: Library, lexicon: Lexicon, sources: Sequence[Source]) -> dict[str, bool]:
    """Return the checks of one statement by name; all true means that it holds.

    Args:
        statement: What is to be shown.
        library: Where its quotes are looked up.
        lexicon: Finds treatments, populations and studies in texts.
        sources: The numbered source list of its answer.
    """
    return _checks_of(statement, _Read(library, lexicon), sources)


class _Read:
    """What one answer's check reads: each page and the names in each text once, since its statements share them."""

    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        self.library = library
        self.lexicon = lexicon
        self.page_text = cache(library.page_text)
        self.drugs = cache(partial(_names, find=lexicon.interventions_in))
        self.populations = cache(partial(_names, find=lexicon.populations_in))


def _checks_of(statement: Statement, read: _Read, sources: Sequence[Source]) -> dict[str, bool]:
    slices = [_page_slice(read, evidence) for evidence in statement.evidence]
    records = _whole_sentences(statement.evidence, read.library)
    quotes = " ".join(slices)
    lead_in = "".join(edit.after for edit in statement.edits if edit.op == "lead_in")
    surroundings = " ".join([_readable(quotes), *(" ".join(evidence.section_path) for evidence in statement.evidence), lead_in])
    original = _without_edits(statement, read)
    references = frozenset(number for evidence in statement.evidence for number in evidence.source_refs)
    numbered = {source.n: (source.document_id, source.document_version) for source in sources}
    return {
        "evidence": bool(statement.evidence),
        "quote": all(evidence.quote and evidence.quote == text for evidence, text in zip(statement.evidence, slices, strict=True)),
        "sentence": bool(records),
        "edits": original is not None and says_what_its_quotes_say(original, slices, references),
        "number": set(_FIGURE.findall(statement.text.removeprefix(lead_in))) <= set(_FIGURE.findall(_squeeze(quotes))),
        # What is a quote word for word names nothing that its quote does not.
        "drug": statement.text == quotes or _stand_in(statement.text, surroundings, read.drugs),
        "population": statement.text == quotes or _stand_in(statement.text, surroundings, read.populations),
        "labels": bool(records) and _labels_hold(statement, records, read.library),
        "source": all(numbered.get(evidence.source) == (evidence.document_id, evidence.document_version) for evidence in statement.evidence),
    }


def _whole_sentences(evidence: Sequence[Evidence], library: Library) -> list[SentenceRecord]:
    """Return the consecutive sentences of one document whose places and sections the quotes give, in order; empty where they are not exactly that."""
    if not evidence or len({item.document_id for item in evidence}) > 1:
        return []
    try:
        # A sentence has one place or more, so there are no more sentences than places.
        sentences = library.sentences_at(evidence[0].document_id, evidence[0].page, evidence[0].start, len(evidence))
    except DocumentNotFound:
        return []
    places = [(Span(item.page, item.start, item.end), item.section_path) for item in evidence]
    first = next((place for place, record in enumerate(sentences) if record.sentence.spans[:1] == (places[0][0],)), len(sentences))
    records: list[SentenceRecord] = []
    for record in sentences[first:]:
        if not places:
            break
        n = len(record.sentence.spans)
        if places[:n] != [(span, record.section.path) for span in record.sentence.spans]:
            return []
        del places[:n]
        records.append(record)
    return [] if places else records


def _without_edits(statement: Statement, read: _Read) -> str | None:
    """Return the text with its recorded edits undone, or None where one does not fit or is not of an allowed kind."""
    text = statement.text
    for edit in reversed(statement.edits):
        if edit.op == DROP_REFERENCE:
            if (longer := undo_reference(text, edit)) is None:
                return None
            text = longer
            continue
        if not text.startswith(edit.after) or not _is_allowed(edit, statement.evidence, read):
            return None
        text = edit.before + text[len(edit.after) :]
    return text


def _is_allowed(edit: Edit, evidence: Sequence[Evidence], read: _Read) -> bool:
    """Whether an edit of the start leaves the meaning alone: a connective dropped, or the name of a study that its own document names put before."""
    if edit.op == "drop_connective":
        connective, letter = edit.before[:-1], edit.before[-1:]
        return bool(CONNECTIVE.fullmatch(connective)) and letter.upper() == edit.after
    lead_in = _LEAD_IN.fullmatch(edit.after)
    if edit.op != "lead_in" or edit.before or not lead_in or not evidence:
        return False
    try:
        metadata = read.library.document(evidence[0].document_id).metadata
        pages = {item.page: read.page_text(item.document_id, item.page) for item in evidence}
    except DocumentNotFound:
        return False
    study, text = lead_in["study"], " ".join([metadata.title, metadata.label, *pages.values()])
    return study in text or study in _names(text, read.lexicon.trials_in)


def _labels_hold(statement: Statement, records: Sequence[SentenceRecord], library: Library) -> bool:
    """Whether what is shown beside a statement is what the library holds of its last sentence and its document."""
    tags, metadata = records[-1].sentence.tags, library.document(records[-1].document_id).metadata
    card, recommendation = statement.recommendation, tags.recommendation
    card_holds = card is None or (
        recommendation is not None
        and (card.direction, card.strength, card.certainty) == (recommendation.direction, recommendation.strength, recommendation.certainty)
        and card.organisation in (metadata.issuer, metadata.organisation)
        and card.year in (metadata.edition, metadata.year)
    )
    sizes = {tags.n, *(population.n for population in metadata.populations)}
    return (
        card_holds
        and (statement.populations, statement.population_origin) == (tags.populations, tags.population_origin)
        and statement.drugs == tags.drugs
        and (statement.n is None or statement.n in sizes)
        and statement.year in (metadata.edition, metadata.year)
        and all(number in statement.text for number in statement.numbers)
    )


def _page_slice(read: _Read, evidence: Evidence) -> str:
    """Return what stands at the place of a quote, "" where document, version or page is not the library's."""
    try:
        if read.library.document(evidence.document_id).sha256 != evidence.document_version:
            return ""
        return read.page_text(evidence.document_id, evidence.page)[evidence.start : evidence.end]
    except DocumentNotFound:
        return ""


def _squeeze(text: str) -> str:
    """Join figures that a line break split."""
    return re.sub(r"(?<=\d)[.,]?\s*\n\s*(?=\d)", "", text) + " " + text


def _readable(text: str) -> str:
    """Return a quote as words: ligatures opened, line-end hyphens joined, line breaks as spaces; the raw text is kept beside it."""
    opened = text.translate(_LIGATURES)
    if "\n" not in opened:
        return opened
    joined = re.sub(r"[-‐\u0002]\s*\n\s*", "", opened)
    kept = re.sub(r"([-‐])\s*\n\s*", r"\1", opened)
    return " ".join(f"{joined} {kept} {opened}".split())


def _stand_in(text: str, surroundings: str, names_in: Callable[[str], frozenset[str]]) -> bool:
    """Whether all that a text names is named in what stands around it."""
    named = names_in(text)
    return not named or named <= names_in(surroundings)


def _names(text: str, find: Callable[[str], list[Mention]]) -> frozenset[str]:
    return frozenset(mention.name for mention in find(text))
