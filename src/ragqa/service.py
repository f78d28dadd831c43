"""The reading side in one place: a question in, a checked answer out.

`QAService` stands behind the command line, HTTP and the tests alike. It holds one `Reader` (an open generation with everything that
reads it) for a whole request and takes up a newer generation between requests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from ragqa.errors import QuestionInvalid
from ragqa.protocols import Composer, Embedder, Library, Retriever
from ragqa.settings import Settings
from ragqa.types import (
    Answer,
    AnswerCheck,
    Audience,
    Chunk,
    Considered,
    DocumentKind,
    DocumentRecord,
    DocumentSection,
    Filters,
    Interpretation,
    Query,
    Ranking,
    SentenceRecord,
    Statement,
)

GUIDELINE_KINDS = (DocumentKind.GUIDELINE,)
RESEARCH_KINDS = tuple(kind for kind in DocumentKind if kind is not DocumentKind.GUIDELINE)

_BESIDE = 4
"""Threads for what goes on beside the ranking of research, over all requests."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One open generation and what reads it."""

    generation: str
    library: Library
    embedder: Embedder
    retriever: Retriever
    composer: Composer
    analyse: Callable[[str], Query]
    check: Callable[[Answer], Answer]
    """The grounding gate: drops every statement that does not hold against the library."""
    interpret: Callable[[str, Sequence[str], Sequence[Statement], Sequence[str]], Interpretation]
    """Reads a question of a conversation: as typed, the standalone questions before it, what the last answer said, and from which sources."""
    verify: Callable[[Answer], AnswerCheck]
    """Checks every statement of a saved answer anew."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A ranked passage with its document."""

    rank: int
    score: float
    lexical: float | None
    dense: float | None
    document: DocumentRecord
    chunk: Chunk


class QAService:
    """Answers questions from the current generation of an index folder."""

    def __init__(self, settings: Settings, open_reader: Callable[[], Reader], current: Callable[[], str | None]) -> None:
        self.settings = settings
        self._open_reader = open_reader
        self._current = current
        self._reader: Reader | None = None
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(_BESIDE, thread_name_prefix="rank")

    def reader(self) -> Reader:
        """Return the reader of the current generation, opening it when it is new; hold it for the whole request."""
        reader = self._reader
        current = self._current()
        if reader is not None and current == reader.generation:
            return reader
        with self._lock:
            if self._reader is None or self._reader.generation != current:
                self._reader = self._open_reader()
            return self._reader

    def ask(self, question: str, audience: Audience = Audience.CLINICIAN, filters: Filters | None = None, timings: dict[str, float] | None = None) -> Answer:
        """Answer a question, or abstain with a reason.

        Args:
            question: Free text, at most `compose.question_max_characters` long.
            audience: For whom the answer is presented; statements and citations do not change.
            filters: Restrict the documents that may be cited.
            timings: If given, receives milliseconds by stage; the answer itself holds no clock reading.

        Raises:
            QuestionInvalid: The question is empty, too long or not text.
            IndexMissing: No generation has been built.
        """
        question = clean_question(question, self.settings.compose.question_max_characters)
        reader = self.reader()
        clock = _Stages(timings)
        query = reader.analyse(question)
        clock.lap("analyse")
        guidelines, research = self.rank(reader, query, filters)
        clock.lap("retrieve")
        draft = reader.composer.compose(query, guidelines, research, filters or Filters())
        clock.lap("compose")
        answer = replace(reader.check(draft), audience=audience, filters=filters or Filters())
        clock.lap("check")
        return answer

    def explain(
        self, question: str, audience: Audience = Audience.CLINICIAN, filters: Filters | None = None, timings: dict[str, float] | None = None
    ) -> tuple[Answer, tuple[Considered, ...]]:
        """Answer a question, and return with it the nearest sentences that the answer left out. Why it holds what it holds stands in `Statement.why`."""
        answer = self.ask(question, audience, filters, timings)
        reader = self.reader()
        query = reader.analyse(answer.question)
        guidelines, research = self.rank(reader, query, filters)
        return answer, reader.composer.left_out(answer, query, guidelines, research, filters or Filters())

    def interpret(self, question: str, earlier: Sequence[str], last: Answer | None = None) -> Interpretation:
        """Return the standalone question that a question of a conversation means; see `text/conversation.py`.

        Args:
            question: What was typed.
            earlier: The standalone questions before it, in order.
            last: The answer before it, for questions on one thing that it said.
        """
        question = clean_question(question, self.settings.compose.question_max_characters)
        said = last.statements if last else ()
        labels = {source.n: source.label for source in last.sources} if last else {}
        return self.reader().interpret(question, earlier, said, [labels.get(statement.citations[0], "") for statement in said])

    def verify(self, answer: Answer, problems: Sequence[str] = ()) -> AnswerCheck:
        """Check a saved answer against the current generation: every statement anew, and the whole by asking again where that generation gave it.

        Args:
            answer: The answer as it was read.
            problems: What was found wrong while it was read.
        """
        reader = self.reader()
        found = reader.verify(answer)
        found = replace(found, problems=(*problems, *found.problems))
        if answer.index_version != reader.library.version or answer.settings_hash != self.settings.answer_hash:
            return found
        again = self.ask(answer.question, answer.audience, answer.filters)
        return replace(found, replayed=again == answer)

    def rank(self, reader: Reader, query: Query, filters: Filters | None = None) -> tuple[Ranking, Ranking]:
        """Rank guidelines and research apart, so that papers cannot crowd guidelines out; side by side, since the engines leave Python to itself."""
        k, filters = self.settings.compose.candidates, filters or Filters()

        def rank_kinds(kinds: tuple[DocumentKind, ...]) -> Ranking:
            allowed = tuple(kind for kind in kinds if not filters.kinds or kind in filters.kinds)
            return reader.retriever.search([query], k, replace(filters, kinds=allowed))[0] if allowed else ()

        # Kept by the embedder, so that the two rankings do not both embed them.
        reader.embedder.embed_queries([query.interpreted, query.restated] if query.restated else [query.interpreted])
        guidelines = self._beside.submit(rank_kinds, GUIDELINE_KINDS)
        research = rank_kinds(RESEARCH_KINDS)
        return guidelines.result(), research

    def search(self, text: str, k: int = 10, filters: Filters | None = None) -> list[SearchHit]:
        """Rank passages for a text without composing an answer."""
        text = clean_question(text, self.settings.compose.question_max_characters)
        reader = self.reader()
        ranking = reader.retriever.search([reader.analyse(text)], k, filters or Filters())[0]
        chunks = reader.library.chunks([hit.row for hit in ranking])
        return [
            SearchHit(rank, hit.score, hit.lexical, hit.dense, reader.library.document(chunk.document_id), chunk)
            for rank, (hit, chunk) in enumerate(zip(ranking, chunks, strict=True), start=1)
        ]

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return every document of the generation."""
        return self.reader().library.documents()

    def document(self, document_id: str) -> DocumentRecord:
        """Return one document by id, unique prefix of an id, or file name without ending."""
        return self.reader().library.document(document_id)

    def document_sections(self, document_id: str) -> tuple[DocumentSection, ...]:
        """Return the sections of a document."""
        library = self.reader().library
        return library.sections(library.document(document_id).document_id)

    def document_pages(self, document_id: str) -> list[tuple[int, str]]:
        """Return (page number, stored text) of every page of a document."""
        library = self.reader().library
        record = library.document(document_id)
        return [(page, library.page_text(record.document_id, page)) for page in range(1, record.n_pages + 1)]

    def document_sentences(self, document_id: str) -> list[SentenceRecord]:
        """Return the sentences of a document in order."""
        library = self.reader().library
        return library.document_sentences(library.document(document_id).document_id)

    def index_status(self) -> dict[str, object]:
        """Return name, counts, digest and encoder of the current generation."""
        reader = self.reader()
        library = reader.library
        counts = {"documents": library.n_documents, "chunks": library.n_chunks, "sentences": library.n_sentences}
        return {"generation": reader.generation, "version": library.version, "counts": counts, "encoder": reader.embedder.model_id}

    def ready(self) -> bool:
        """Whether a generation is open; raises what prevents it."""
        return bool(self.reader().generation)


def clean_question(question: object, longest: int) -> str:
    """Return the question with white space squeezed, or raise `QuestionInvalid` saying what is wrong with it."""
    if not isinstance(question, str):
        raise QuestionInvalid(f"the question is {type(question).__name__}, not text. Send a string.")
    text = " ".join(question.split())
    if any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise QuestionInvalid("the question holds characters that are not text (control characters or broken Unicode). Send plain Unicode text.")
    if not any(character.isalnum() for character in text):
        raise QuestionInvalid("the question is empty. Ask in a sentence or a few words.")
    if len(text) > longest:
        raise QuestionInvalid(f"the question has {len(text)} characters; at most {longest} are read. Shorten it to the question itself.")
    return text


class _Stages:
    """Writes the milliseconds of each stage into a dict, where one is given."""

    def __init__(self, timings: dict[str, float] | None) -> None:
        self._timings = timings
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        if self._timings is not None:
            self._timings[stage] = (now - self._last) * 1000
        self._last = now
