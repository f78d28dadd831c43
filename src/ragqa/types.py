"""The words of the field, as values: what flows between the stages.

Read this file first: it is the glossary. Every value is frozen and complete when it is made; sequences are tuples.
Writing side: `Document` (pages, sections, sentences with tags) and `Chunk`. Reading side: `Query`, `Hit`, and the `Answer`
with its `Section`s of `Statement`s, each of which carries `Evidence`: a verbatim quote with document, page and character range.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum

# --------------------------------------------------------------------------- documents


class DocumentKind(StrEnum):
    """What kind of publication a document is; only a guideline feeds "From the Guidelines"."""

    GUIDELINE = "guideline"
    SYSTEMATIC_REVIEW = "systematic-review"
    RANDOMISED_TRIAL = "randomised-trial"
    COHORT = "cohort"
    CASE_CONTROL = "case-control-study"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    NARRATIVE_REVIEW = "narrative-review"
    CONSENSUS = "consensus"
    REGISTRY = "registry"
    OTHER = "other"


class DocumentStatus(StrEnum):
    """How the parsing of one file ended."""

    OK = "ok"
    PARTIAL = "partial"
    NEEDS_OCR = "needs_ocr"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    REJECTED = "rejected"
    RESOURCE_LIMIT = "resource_limit"
    DUPLICATE_OF = "duplicate_of"


class Zone(StrEnum):
    """The part of a document that a section belongs to; only abstract and body make statements by default."""

    FRONT_MATTER = "front-matter"
    ABSTRACT = "abstract"
    BODY = "body"
    CAPTION = "caption"
    TABLE = "table"
    BACK_MATTER = "back-matter"
    REFERENCES = "references"


class Block(StrEnum):
    """The typographic block a sentence was found in."""

    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    TABLE_TEXT = "table-text"
    CAPTION = "caption"


class Facet(StrEnum):
    """What a statement is about, and so what a question may ask for. The cue words of each are lexicon data."""

    DEFINITION = "definition"
    EPIDEMIOLOGY = "epidemiology"
    SCREENING = "screening"
    DIAGNOSIS = "diagnosis"
    MONITORING = "monitoring"
    TREATMENT = "treatment"
    PROGRESSION = "progression"
    RAPIDLY_PROGRESSIVE = "rapidly-progressive"
    DOSING = "dosing"
    OUTCOME = "outcome"
    SAFETY = "safety"
    PROGNOSIS = "prognosis"
    RISK_FACTOR = "risk-factor"
    SUPPORTIVE_CARE = "supportive-care"
    ONGOING = "ongoing"
    EVIDENCE_GAP = "evidence-gap"
    DESIGN = "design"
    BACKGROUND = "background"


class Direction(StrEnum):
    """Which way a recommendation points."""

    FOR = "for"
    AGAINST = "against"
    NONE = "none"
    """The issuer says that it reached no recommendation."""


class Strength(StrEnum):
    """How firmly a recommendation is made, in the issuer's own terms."""

    STRONG = "strong"
    CONDITIONAL = "conditional"
    UNSPECIFIED = "unspecified"


class Origin(StrEnum):
    """Where the population of a sentence was read; the list runs from the surest to the least sure."""

    EXPLICIT = "explicit"
    SECTION = "section"
    PARAGRAPH = "paragraph"
    DOCUMENT = "document"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters [start, end) in the stored text of one page (pages count from 1)."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page exactly as extracted and stored; every quote is a slice of it. Formats without pages have page 1 only."""

    number: int
    text: str
    label: str | None = None
    engine: str = ""
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A heading and what stands under it. `path` holds the titles from the top down to this one, numbers included."""

    ordinal: int
    title: str
    path: tuple[str, ...]
    level: int
    zone: Zone


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a recommending sentence says beside its words. `certainty` is None where the source states none."""

    direction: Direction
    strength: Strength
    certainty: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What one sentence is about, read at ingest from the sentence and its surroundings.

    `drugs` stand in the sentence; `topic_drugs` are carried from the paragraph or heading. `facets` are (facet, weight in (0, 1]) by
    descending weight. `n` is the number of patients the sentence itself states. `outcomes` (slots of the lexicon) and `tests` stand in
    the sentence; `on_manifestation` says whether it speaks of what the diseases of the field have in common.
    """

    populations: tuple[str, ...] = ()
    population_origin: Origin = Origin.UNKNOWN
    excluded_populations: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    topic_drugs: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()
    facets: tuple[tuple[Facet, float], ...] = ()
    outcomes: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    on_manifestation: bool = False
    design: str | None = None
    n: int | None = None
    polarity: int = 0
    """+1 the outcome got better, -1 it got worse or nothing was gained, 0 neither or mixed."""
    recommendation: Recommendation | None = None

    def weight(self, facet: Facet) -> float:
        """Return the weight of a facet, 0 where it is absent."""
        return next((weight for name, weight in self.facets if name is facet), 0.0)


@dataclass(frozen=True, slots=True)
class ReferenceMark:
    """A citation mark that was removed from a sentence's text, with the reference numbers it stood for."""

    mark: str
    numbers: tuple[int, ...]


FRAGMENT = "fragment"
"""Flag of a sentence that cannot stand as a statement; see `text/wholeness.py`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `text` is what is shown (cleaned, words verbatim); `spans` slice the stored pages (two where it crosses a page)."""

    ordinal: int
    text: str
    spans: tuple[Span, ...]
    section: int
    """Ordinal of the `DocumentSection` it stands in."""
    paragraph: int
    """Number of its paragraph or list item in the document, from 0."""
    block: Block = Block.PARAGRAPH
    marks: tuple[ReferenceMark, ...] = ()
    flags: tuple[str, ...] = ()
    tags: Tags = Tags()


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a document's own reference list."""

    number: int
    text: str
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, slots=True)
class StudyPopulation:
    """A disease that a document studied or makes recommendations for, with the number of patients where known."""

    disease: str
    n: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """What the parser noticed about a file; shown to the user, never hidden."""

    garbled_share: float = 0.0
    dropped_lines: tuple[str, ...] = ()
    suspect_operators: int = 0
    hidden_text: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def states_scope(tags: Tags) -> bool:
    """Whether a sentence says whom its whole document leaves out: among its limits or its design, and of no treatment."""
    of_itself = bool(tags.facets) and tags.facets[0][0] in (Facet.EVIDENCE_GAP, Facet.DESIGN)
    return of_itself and bool(tags.excluded_populations) and not tags.drugs and tags.recommendation is None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a publication beside its text. Absent means not known, never guessed."""

    title: str
    kind: DocumentKind = DocumentKind.OTHER
    kind_origin: str = "default"
    """How the kind was learned: front matter, sidecar, article type, detected or default."""
    short_title: str | None = None
    authors: tuple[str, ...] = ()
    organisation: str | None = None
    issuer: str | None = None
    edition: int | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    language: str = "en"
    licence: str | None = None
    digest_of: str | None = None
    populations: tuple[StudyPopulation, ...] = ()
    related: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return how an answer names the source in a breath."""
        return self.short_title or self.title


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file of the corpus: what the index is built from and what every quote opens in."""

    document_id: str
    """The first 16 hexadecimal digits of `sha256`."""
    sha256: str
    source: str
    """Path below the corpus folder, with forward slashes."""
    source_format: str
    metadata: Metadata
    pages: tuple[Page, ...]
    sections: tuple[DocumentSection, ...]
    sentences: tuple[Sentence, ...]
    references: tuple[Reference, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    """(short form, long form) pairs that this document defines."""
    quality: Quality = Quality()
    status: DocumentStatus = DocumentStatus.OK
    status_reason: str = ""

    @property
    def slug(self) -> str:
        """Return the file name without its ending: the name by which documents refer to each other. Records have "file#record"."""
        return _slug(self.source, self.source_format)


_RECORD = re.compile(r"(?P<file>.+?\.\w+)#(?P<record>.+)", re.DOTALL)
_FORMATS_OF_RECORDS = frozenset({"medline", "jsonl"})


def split_record(source: str, source_format: str) -> tuple[str, str]:
    """Return the path of a document's file and the name of its record in it, "" where the file holds one document."""
    match = _RECORD.fullmatch(source) if source_format in _FORMATS_OF_RECORDS else None
    return (match.group("file"), match.group("record")) if match else (source, "")


def _slug(source: str, source_format: str) -> str:
    file, record = split_record(source, source_format)
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return f"{stem}#{record}" if record else stem


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be taken in whole, in words for the user."""

    source: str
    status: DocumentStatus
    message: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of consecutive sentences of one section: the unit that is indexed and ranked."""

    chunk_id: str
    document_id: str
    section: int
    first_sentence: int
    last_sentence: int
    """Ordinals of its first and last sentence in the document, both included."""
    title: str
    heading: str
    """The heading path below the title, joined by " › "."""
    text: str


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the index lists it: everything but its text."""

    document_id: str
    sha256: str
    source: str
    source_format: str
    metadata: Metadata
    status: DocumentStatus
    status_reason: str
    n_pages: int
    n_sentences: int
    quality: Quality = Quality()
    out_of_scope: tuple[str, ...] = ()
    """Populations that a guideline says it does not cover: its advice for a wider group is not for them."""
    situations: tuple[str, ...] = ()
    """Situations of treatment, as values of `Facet`, that its design says its patients were in: progression, a rapid course."""

    @property
    def slug(self) -> str:
        """Return the file name without its ending; for one of many records of a file "file#record"."""
        return _slug(self.source, self.source_format)

    @property
    def file(self) -> str:
        """Return the path of its file below the corpus folder: that of many documents where the file holds records."""
        return split_record(self.source, self.source_format)[0]


@dataclass(frozen=True, slots=True)
class SentenceRecord:
    """A sentence as the index returns it: its row in the generation, the sentence, and where it stands."""

    row: int
    document_id: str
    section: DocumentSection
    sentence: Sentence


# --------------------------------------------------------------------------- retrieval


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched; an empty field filters nothing."""

    kinds: tuple[DocumentKind, ...] = ()
    document_ids: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None

    def allows(self, document: DocumentRecord) -> bool:
        """Whether a document may be searched; one without a year passes no filter by year."""
        metadata = document.metadata
        if (self.kinds and metadata.kind not in self.kinds) or (self.document_ids and document.document_id not in self.document_ids):
            return False
        if self.year_from is None and self.year_to is None:
            return True
        return metadata.year is not None and (self.year_from or 0) <= metadata.year <= (self.year_to or 9999)


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked chunk of a generation. `lexical` and `dense` are the raw scores of both parts, None where one was not looked up."""

    row: int
    score: float
    lexical: float | None = None
    dense: float | None = None


Ranking = tuple[Hit, ...]
"""Hits by descending score; equal scores by ascending row."""


@dataclass(frozen=True, slots=True)
class Clarification:
    """A term with more than one reading: the one that was used, and the others on offer."""

    term: str
    used: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. Populations, drugs and trials are canonical lexicon names."""

    question: str
    interpreted: str
    """The question after spelling and lay words were mapped; what retrieval sees."""
    populations: tuple[str, ...] = ()
    excluded_populations: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    anchors: tuple[str, ...] = ()
    """Names of trials, authors or organisations that the answer must be about."""
    years: tuple[int, ...] = ()
    is_comparison: bool = False
    expansions: tuple[str, ...] = ()
    """Further search terms: long and short forms, synonyms, lay words mapped, and the question said by its slots."""
    restated: str = ""
    """The question said by its slots alone, the same for every wording of it; "" where it names too few."""
    corrections: tuple[tuple[str, str], ...] = ()
    """(as typed, as read) pairs."""
    clarifications: tuple[Clarification, ...] = ()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a question of a conversation was read: as typed, as it is asked, by which rule, and other readings where there are several."""

    question: str
    asked_as: str
    rule: str
    """"standalone", or what was done: "subject", "exchange", "completion", "statement" or "reason"."""
    choices: tuple[str, ...] = ()


# --------------------------------------------------------------------------- answers


class AnswerStatus(StrEnum):
    """How far the library could answer."""

    ANSWERED = "answered"
    ANSWERED_WITH_CLARIFICATION = "answered_with_clarification"
    PARTIAL = "partial"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class Tier(StrEnum):
    """How the population of a statement relates to the one asked about."""

    EXACT = "exact"
    BROADER = "broader"
    CHILD = "child"
    SIBLING = "sibling"
    UNRELATED = "unrelated"


class Role(StrEnum):
    """What someone is to the library: who may ask, change the library, read what readers remark, or all of it."""

    READER = "reader"
    CURATOR = "curator"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Audience(StrEnum):
    """For whom the answer is presented; statements and citations are the same for all."""

    CLINICIAN = "clinician"
    RESEARCHER = "researcher"
    STUDENT = "student"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote: `quote == page_text[start:end]` of that page of that document."""

    source: int
    """Number of the source in the answer's list, from 1."""
    document_id: str
    document_version: str
    """Full sha256 of the document's bytes."""
    section_path: tuple[str, ...]
    page: int
    start: int
    end: int
    quote: str
    source_refs: tuple[int, ...] = ()
    relation: str = "supports"


@dataclass(frozen=True, slots=True)
class Edit:
    """A recorded difference between a statement's text and its quote: `before` stands in the quote, `after` in the text."""

    op: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RecommendationCard:
    """A recommendation as shown: who recommends what, how firmly, when."""

    direction: Direction
    strength: Strength
    certainty: str | None
    organisation: str | None
    year: int | None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What the grounding gate checked for one statement; all checks true, or the statement does not leave."""

    method: str = "extractive"
    checks: tuple[tuple[str, bool], ...] = ()
    coverage: float = 1.0


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says, with the quote or quotes it rests on."""

    statement_id: str
    text: str
    populations: tuple[str, ...]
    population_tier: Tier
    population_origin: Origin
    facet: Facet
    evidence: tuple[Evidence, ...]
    recommendation: RecommendationCard | None = None
    design: str | None = None
    n: int | None = None
    year: int | None = None
    numbers: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    verification: Verification = Verification()
    score: float = 0.0
    why: tuple[tuple[str, float], ...] = ()
    """The parts of the score, for `--explain`."""

    @property
    def citations(self) -> tuple[int, ...]:
        """Return the source numbers, each once, ascending."""
        return tuple(sorted({evidence.source for evidence in self.evidence}))


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements under one sub-heading."""

    facet: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """One part of an answer: guidelines, research or indirect evidence. `note` speaks where the part is empty or needs a word."""

    section_id: str
    title: str
    groups: tuple[StatementGroup, ...]
    note: str | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return the statements of all groups, in order."""
        return tuple(statement for group in self.groups for statement in group.statements)


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the answer's numbered source list."""

    n: int
    document_id: str
    document_version: str
    title: str
    label: str
    kind: DocumentKind
    authors: tuple[str, ...] = ()
    organisation: str | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None
    digest_of: str | None = None
    superseded_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements that disagree; both are shown, nobody votes."""

    statements: tuple[str, str]
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is missing or partial: a stable code, and the same in words."""

    code: str
    message: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. Same generation, question and settings give the same bytes: it holds no clock reading and no timing."""

    answer_id: str
    question: str
    interpreted_question: str
    status: AnswerStatus
    index_version: str
    composer: str
    settings_hash: str
    sections: tuple[AnswerSection, ...]
    sources: tuple[Source, ...]
    disclaimer: str
    audience: Audience = Audience.CLINICIAN
    reason: Reason | None = None
    nearest: tuple[Statement, ...] = ()
    """When abstaining: the closest the library has, at most two, never offered as the answer."""
    clarifications: tuple[Clarification, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    not_covered: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    filters: Filters = Filters()
    """Which documents were searched."""

    @property
    def abstained(self) -> bool:
        """Whether the library held no answer."""
        return self.status is AnswerStatus.INSUFFICIENT_EVIDENCE

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return every statement of every section, in order."""
        return tuple(statement for section in self.sections for statement in section.statements)


@dataclass(frozen=True, slots=True)
class Considered:
    """A sentence that was looked at for an answer and left out: from which source, how likely it seemed, and why it is not shown."""

    text: str
    label: str
    tier: Tier
    score: float
    reason: str
    why: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class StatementCheck:
    """What a check of one statement found: the names of the checks that it fails, none where it holds."""

    statement_id: str
    text: str
    failed: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every check is passed."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """What a check of a saved answer found, statement by statement and as a whole."""

    answer_id: str
    given_by: str
    """The generation that gave the answer."""
    checked_against: str
    statements: tuple[StatementCheck, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with the answer beside its statements, in words."""
    replayed: bool | None = None
    """Whether the question gives the same answer again; None where another generation or other settings gave it."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return all(statement.holds for statement in self.statements) and not self.problems and self.replayed is not False


def answer_id_of(index_version: str, composer: str, settings_hash: str, question: str, filters: Filters) -> str:
    """Return what identifies an answer, 16 hexadecimal digits: library, composer, settings, question and filters; the same five give the same answer."""
    parts = [index_version, composer, settings_hash, question, *([repr(filters)] if filters != Filters() else [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What one index build did."""

    generation: str
    n_documents: int
    n_chunks: int
    n_sentences: int
    n_parsed: int
    n_embedded: int
    published: bool
    """False where nothing had changed and the current generation stays."""
    problems: tuple[Problem, ...] = field(default=())
