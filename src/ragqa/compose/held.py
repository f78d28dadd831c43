"""Whether statements hold a word or a name of the question as it was typed: by its stem, its kin, its short or its long form.

The slots of the lexicon are coarser than names: a statement on one biomarker fills the slot of another. Where the question gives a name
of its own kind, a code, the name itself must stand in a statement.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragqa.compose.anchors import content_terms
from ragqa.compose.candidates import Candidate
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon

LongForms = Mapping[str, Sequence[tuple[str, int]]]
"""For each short form its long forms with the number of documents that define it so (`Library.abbreviations`)."""
_KIN_LETTERS = 6
_KIN_SHARE = 0.75
"""Words that begin alike over so many letters, and this share of the longer stem, are of one family ("oesophagus", "oesophageal")."""
_ROOT_LETTERS = 8
"""So long a word at the start of another is its root ("cryoglobulin", "cryoglobulinaemia")."""
_LEAST_SHORT = 2


_PHRASE = re.compile(r"[^.,;:()/]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_LEAST_OF_INITIALS = 3


class Held:
    """The words that some statements hold, headings and names of their documents included."""

    def __init__(self, candidates: Iterable[Candidate], long_forms: LongForms, expansions: Sequence[str] = ()) -> None:
        """Read the statements once; `holds` is asked of each word.

        Args:
            candidates: The statements.
            long_forms: Short forms that documents of the library define.
            expansions: Further search terms of the question, the short forms of what it spells out among them.
        """
        candidates = tuple(candidates)
        self._said = [candidate.record.sentence.text for candidate in candidates]
        self._texts = [_words_of(candidate) for candidate in candidates]
        self._all = frozenset[str]().union(*self._texts)
        self._long_forms, self._expansions = long_forms, expansions

    def holds(self, *names: str) -> bool:
        """Whether a statement holds a word or a name by one of its spellings; one without content words is always held."""
        read = [(name, analyze(name)) for name in names]
        return any(not terms or self._holds_terms(name, terms) or self._holds_other_form(name, terms) for name, terms in read)

    def _holds_terms(self, name: str, terms: Sequence[str]) -> bool:
        if len(terms) == 1:
            return terms[0] in self._all or any(_are_kin(terms[0], other) for other in self._all)
        if not is_code(name):
            return not self._all.isdisjoint(terms)
        # "IL 6" holds the parts of "IL-6", "anti-XY12" the name "XY-12"; a part alone, the figure, is no name.
        if " " in name:
            return any(text.issuperset(terms) for text in self._texts)
        joined, parts = terms[-1], terms[:-1]
        return any(other.endswith(joined) for other in self._all) or any(text.issuperset(parts) for text in self._texts)

    def _holds_other_form(self, name: str, terms: Sequence[str]) -> bool:
        """Whether a long form of a name is held, or a short form whose long form holds the word."""
        if name not in self._long_forms and any(spells_out(said, name) for said in self._said):
            return True
        for long_form, _ in self._long_forms.get(name, ()):
            words = content_terms(long_form)
            if any(words <= text for text in self._texts):
                return True
        spelt_out = [short for short in self._expansions for long_form, _ in self._long_forms.get(short, ()) if set(terms) <= content_terms(long_form)]
        return any(not self._all.isdisjoint(analyze(short)[-1:]) for short in spelt_out)


def spells_out(text: str, name: str) -> bool:
    """Whether neighbouring long words of a text begin with the letters of a short form: "neighbouring initials" spells out "NI"."""
    letters = name.removesuffix("s")
    if not (letters.isalpha() and letters.isupper() and len(letters) >= _LEAST_OF_INITIALS):
        return False
    return any(letters in initials for initials in _initials_of(text))


@lru_cache(maxsize=8192)
def _initials_of(text: str) -> tuple[str, ...]:
    """Return the initials of the long words of each phrase of a text."""
    phrases = [_LONG_WORD.findall(phrase) for phrase in _PHRASE.findall(text)]
    return tuple("".join(word[0].upper() for word in words) for words in phrases if len(words) >= _LEAST_OF_INITIALS)


def is_code(name: str) -> bool:
    """Whether a name holds a figure or ends with a lone letter: "KL-6", "SP-D", "hepatitis B"."""
    parts = name.replace("-", " ").split()
    return any(character.isdigit() for character in name) or (len(parts) > 1 and len(parts[-1]) == 1)


@dataclass(frozen=True, slots=True)
class NarrowName:
    """A name of a question, where it begins, and what says the same."""

    name: str
    start: int
    others: tuple[str, ...]


def narrow_names(text: str, lexicon: Lexicon) -> tuple[NarrowName, ...]:
    """Return the names in a text that a slot of the lexicon only counts as one of a kind.

    A slot is a kind where one of its phrases is its own name ("biomarkers"), and a code names one of the kind unless it is a short form of that.
    """
    if text.isupper():
        return ()
    found: dict[str, NarrowName] = {}
    slots = lexicon.data["outcomes"]["slots"]
    for mention in (*lexicon.outcomes_in(text), *lexicon.tests_in(text)):
        name = text[mention.start : mention.end]
        phrases = [str(phrase) for phrase in (*slots.get(mention.name, ()), *lexicon.synonyms(mention.name))]
        others = [phrase.rstrip("*") for phrase in phrases if phrase.lower() != name.lower()]
        own = [phrase for phrase in others if _are_kin(phrase.lower(), mention.name.lower())]
        near = [phrase for phrase in others if _says_the_same(name, phrase)]
        aliases = lexicon.aliases_of(name)
        same = tuple(phrase for phrase in others if any(_says_the_same(each, phrase) for each in (name, *near)))
        if own and is_code(name) and not set(own) & set(same):
            found.setdefault(name, NarrowName(name, mention.start, (*same, *aliases)))
    return tuple(found.values())


def _words_of(candidate: Candidate) -> frozenset[str]:
    metadata = candidate.document.metadata
    heading = f"{candidate.record.section.title} {metadata.label} {metadata.title} {' '.join(metadata.authors)}"
    return frozenset(content_terms(candidate.record.sentence.text) | content_terms(heading))


def _are_kin(one: str, other: str) -> bool:
    """Whether two words are of one family: alike from their first letter over most of the longer one."""
    if one == other or (min(len(one), len(other)) >= _ROOT_LETTERS and (one.startswith(other) or other.startswith(one))):
        return True
    least = max(_KIN_LETTERS, math.ceil(_KIN_SHARE * max(len(one), len(other))))
    return one[:least] == other[:least] and min(len(one), len(other)) >= least


def _says_the_same(name: str, phrase: str) -> bool:
    """Whether a name is a short form of a phrase ("6MWD"), stands in it ("XY1" in "anti-XY1"), ends with it, or is it with more inside ("anti-U1-XY")."""
    letters, squeezed = _letters(name), _letters(phrase)
    if letters in squeezed or letters.endswith(squeezed):
        return True
    if len(squeezed) >= _KIN_LETTERS and letters[-2:] == squeezed[-2:] and letters[0] == squeezed[0] and _is_within(squeezed, letters):
        return True
    initials = "".join(word[0] for word in phrase.lower().replace("-", " ").split() if len(word) > 2 or word.isdigit())
    if len(initials) < _LEAST_SHORT:
        return False
    return letters.startswith(initials) or (letters[0] == squeezed[0] and _is_within(initials, letters) and _is_within(letters, squeezed))


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _is_within(short: str, text: str) -> bool:
    """Whether the letters of one text occur in another in their order."""
    rest = iter(text)
    return all(letter in rest for letter in short)
