"""Synthetic libraries of any size, for measuring speed: nothing in them is true, and their shape is that of a library of papers.

Every sentence is a head that names a disease, a treatment and what is said of them, in words of the lexicon, and a tail of made-up words
drawn by the Zipf-Mandelbrot law, a third of them from the topic of the paper. Heads are few, tagged by the code that tags papers and
embedded by the real encoder; a sentence's vector is its head's, moved towards its topic and by noise. So real questions meet vectors that
lie in clusters, and an answer takes the whole way: ranking, composition, check.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ragqa.ingest.tags import tag_document
from ragqa.protocols import Embedder
from ragqa.text.lexicon import Lexicon
from ragqa.types import Document, DocumentKind, DocumentSection, Metadata, Page, Sentence, Span, Tags, Zone

SENTENCES_PER_CHUNK = 4
CHUNKS_PER_DOCUMENT = 20
_N_HEADS, _N_TOPICS, _N_WORDS, _TOPIC_WORDS = 3000, 2000, 200_000, 400
_MANDELBROT = 2.7
"""The offset q of the Zipf-Mandelbrot law p(rank) ~ 1 / (rank + q)."""
_TAIL_WORDS = (7, 14)
_GUIDELINE_EVERY = 33
"""One document in so many is a guideline."""
_SENTENCES_PER_PAGE = 25
_HEAD_WEIGHT, _TOPIC_WEIGHT, _NOISE_WEIGHT = 0.75, 0.35, 0.55
_NOISE = 1 << 20
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_RESULTS = (
    "Of {n} patients with {population} who received {drug}, {m} had a response in terms of {cue};",
    "{drug} was followed by {cue} in {m}% of {n} patients with {population};",
    "Among {n} patients with {population}, {cue} was reported in {m}%;",
    "In patients with {population}, the authors describe {cue} after a median of {m} months;",
    "The report gives {cue} for {n} participants;",
)
_ADVICE = (
    "We recommend {drug} for patients with {population} who have {cue};",
    "In patients with {population}, we conditionally recommend against {drug} where there is {cue};",
    "For {population}, {cue} should be assessed every {m} months;",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The telling part of a sentence, with the tags that a paper or a guideline would get for it."""

    text: str
    tags: Tags
    is_advice: bool


class SyntheticCorpus:
    """Documents by number; the same seed gives the same ones, in any order.

    Args:
        lexicon: Where the names come from.
        seed: Chooses heads, words and everything else.
    """

    def __init__(self, lexicon: Lexicon, seed: int = 0) -> None:
        self._seed = seed
        random = np.random.default_rng(seed)
        self.heads = _make_heads(lexicon, random)
        self._advice = [number for number, head in enumerate(self.heads) if head.is_advice]
        self._results = [number for number, head in enumerate(self.heads) if not head.is_advice]
        self._words = np.array(list(dict.fromkeys("".join(parts) for parts in _syllables(random, int(_N_WORDS * 1.6))))[:_N_WORDS], dtype=object)
        self._shares = np.cumsum(1 / (np.arange(len(self._words)) + _MANDELBROT))
        self._shares /= self._shares[-1]

    def documents(self, n_chunks: int, start: int = 0) -> Iterator[Document]:
        """Yield the documents from number `start` on that make so many chunks, by ascending source path."""
        for number in range(start, start + -(-n_chunks // CHUNKS_PER_DOCUMENT)):
            yield self.document(number)

    def document(self, number: int) -> Document:
        """Return one document: sections of four sentences, each of which makes a chunk."""
        random = np.random.default_rng((self._seed, number))
        is_guideline = number % _GUIDELINE_EVERY == 0
        heads = [self.heads[place] for place in random.choice(self._advice if is_guideline else self._results, SENTENCES_PER_CHUNK * CHUNKS_PER_DOCUMENT)]
        topic = int(random.integers(_N_TOPICS))
        tails = self._tails(random, topic, len(heads))
        pages: list[Page] = []
        sentences: list[Sentence] = []
        for first in range(0, len(heads), _SENTENCES_PER_PAGE):
            text = ""
            for ordinal in range(first, min(first + _SENTENCES_PER_PAGE, len(heads))):
                said, section = f"{heads[ordinal].text} {tails[ordinal]}.", ordinal // SENTENCES_PER_CHUNK
                span = Span(len(pages) + 1, len(text), len(text) + len(said))
                sentences.append(Sentence(ordinal, said, (span,), section, paragraph=section, tags=heads[ordinal].tags))
                text += said + "\n"
            pages.append(Page(len(pages) + 1, text))
        title = f"{str(self._words[topic + 1000]).capitalize()} in {self._words[number % 50_000 + 5000]} {number}: topic {topic}"
        kind = DocumentKind.GUIDELINE if is_guideline else (DocumentKind.COHORT, DocumentKind.RANDOMISED_TRIAL, DocumentKind.NARRATIVE_REVIEW)[number % 3]
        sha256 = hashlib.sha256("".join(page.text for page in pages).encode()).hexdigest()
        return Document(
            document_id=sha256[:16],
            sha256=sha256,
            source=f"{number // 1000:03d}/{number:07d}.txt",
            source_format="text",
            metadata=Metadata(title, kind, year=1990 + number % 36, authors=(f"{str(self._words[number % 9000]).capitalize()} A",)),
            pages=tuple(pages),
            sections=tuple(DocumentSection(place, f"Part {place}", (f"Part {place}",), 1, Zone.BODY) for place in range(CHUNKS_PER_DOCUMENT)),
            sentences=tuple(sentences),
        )

    def _tails(self, random: np.random.Generator, topic: int, n: int) -> list[str]:
        lengths = random.integers(*_TAIL_WORDS, size=n)
        total = int(lengths.sum())
        places = np.searchsorted(self._shares, random.random(total))
        # The words of a topic are scattered over all ranks but the most frequent ones, so that a third of a paper is about something.
        of_topic = (topic * 7919 + random.integers(_TOPIC_WORDS, size=total) * 481) % (_N_WORDS - 500) + 500
        words = self._words[np.where(random.random(total) < 1 / 3, of_topic, np.minimum(places, len(self._words) - 1))].tolist()
        ends = np.cumsum(lengths).tolist()
        return [" ".join(words[end - length : end]) for end, length in zip(ends, lengths.tolist(), strict=True)]


class SyntheticEncoder:
    """Implements `Embedder`: passages of a `SyntheticCorpus` get made vectors, questions those of the real encoder.

    Its id is the real encoder's, so that an index made with it answers questions as any other.
    """

    def __init__(self, corpus: SyntheticCorpus, encoder: Embedder) -> None:
        self._encoder = encoder
        self._place = {head.text.removesuffix(";"): number for number, head in enumerate(corpus.heads)}
        self._texts = list(self._place)
        self.model_id, self.dimension = encoder.model_id, encoder.dimension

    @cached_property
    def _heads(self) -> NDArray[np.float32]:
        return self._encoder.embed_passages(self._texts)

    @cached_property
    def _topics(self) -> NDArray[np.float32]:
        return _unit(np.random.default_rng(1).standard_normal((_N_TOPICS, self.dimension), np.float32))

    @cached_property
    def _noise(self) -> NDArray[np.float32]:
        noise: NDArray[np.float32] = np.random.default_rng(2).standard_normal(_NOISE, np.float32) * np.float32(self.dimension**-0.5)
        return noise

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length, each a function of its text alone."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            title, *_, body = text.split("\n")
            places = [place for piece in body.split(". ") if (place := self._place.get(piece.partition("; ")[0])) is not None]
            if places:
                vector += _HEAD_WEIGHT * self._heads[places].mean(axis=0)
            if (topic := title.rpartition(" ")[2]).isdigit():
                vector += _TOPIC_WEIGHT * self._topics[int(topic) % _N_TOPICS]
            offset = zlib.crc32(text.encode()) % (_NOISE - self.dimension)
            vector += _NOISE_WEIGHT * self._noise[offset : offset + self.dimension]
        return _unit(vectors)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what the real encoder makes of questions."""
        return self._encoder.embed_queries(texts)


def _make_heads(lexicon: Lexicon, random: np.random.Generator) -> list[Head]:
    """Return heads with names of the lexicon, frequent ones more often, tagged as single sentences of a paper or guideline."""
    populations = [name for entry in lexicon.data["populations"]["diseases"].values() for name in entry.get("names", ())[:1]]
    drugs = [entry["names"][0] for name, entry in lexicon.data["interventions"]["interventions"].items() if lexicon.kind_of(name) == "drug"]
    cues = [cue for entry in lexicon.data["facets"].values() if isinstance(entry, dict) for cue in entry.get("sentence", {}) if cue.replace(" ", "").isalpha()]
    heads: dict[str, Head] = {}
    while len(heads) < _N_HEADS:
        is_advice = random.random() < 0.2
        templates = _ADVICE if is_advice else _RESULTS
        text = templates[random.integers(len(templates))].format(
            n=random.integers(8, 900),
            m=random.integers(2, 95),
            population=_frequent(populations, random),
            drug=_frequent(drugs, random),
            cue=cues[random.integers(len(cues))],
        )
        text = text[0].upper() + text[1:]
        # A head is found again by its words before the first "; " and must hold no end of a sentence.
        if text not in heads and ". " not in text:
            heads[text] = Head(text, _tags_of(text.removesuffix(";") + ".", is_advice, lexicon), is_advice)
    return list(heads.values())


def _frequent(names: Sequence[str], random: np.random.Generator) -> str:
    """Return a name; the chance falls with its place in the list, 1 / (place + 3)."""
    shares = 1 / (np.arange(len(names)) + 3)
    return names[random.choice(len(names), p=shares / shares.sum())]


def _tags_of(text: str, is_advice: bool, lexicon: Lexicon) -> Tags:
    kind = DocumentKind.GUIDELINE if is_advice else DocumentKind.COHORT
    sentence = Sentence(0, text, (Span(1, 0, len(text)),), 0, 0)
    section = DocumentSection(0, "Part 0", ("Part 0",), 1, Zone.BODY)
    single = Document("", "", "", "text", Metadata("", kind), (Page(1, text),), (section,), (sentence,))
    tags = tag_document(single, lexicon).sentences[0].tags
    return replace(tags, design=None)


def _syllables(random: np.random.Generator, n: int) -> Iterator[list[str]]:
    for length, places in zip(random.integers(2, 6, size=n).tolist(), random.integers(len(_SYLLABLES), size=(n, 5)).tolist(), strict=True):
        yield [_SYLLABLES[place] for place in places[:length]]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit: NDArray[np.float32] = rows / lengths
    return unit
