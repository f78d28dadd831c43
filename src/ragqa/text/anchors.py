"""Known items: the trials, studies, authors, issuers and identifiers that a question names, and the documents they stand for.

In: a question as read and what the library knows. Out: names that an answer must be about. An author with a year, a DOI or a PubMed number
gives the label of the document too, so that "Tashkin 2016" finds the trial although no sentence names its author.
"""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon
from ragqa.text.matching import Match
from ragqa.text.places import described_studies
from ragqa.text.spelling import is_everyday
from ragqa.text.vocabulary import Vocabulary, capital_names
from ragqa.types import Tier

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s?\"'<>]+[^\s?\"'<>.,;:)]")
_PMID = re.compile(r"\bPMID:?\s*(\d{5,9})\b", re.IGNORECASE)
_UNKNOWN_TRIAL = re.compile(r"\b([A-Z][A-Za-z]*-?[A-Z0-9][A-Za-z0-9-]{2,})\s+(?:trial|study)\b")
_AUTHOR_FOLLOWS = re.compile(r"^(?:['’]s?)?\s+(?:et al|and colleagues|study|trial|series|cohort|paper|group|analysis|\(?(?:19|20)\d\d)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]\w*(?:[-'’][^\W\d_]\w*)*")
_OPENS_SENTENCE = re.compile(r"(?:^|[.?!:;]|\s[-–—])[\s\"'“‘(\[]*$")
_YEARS = re.compile(r"(?<![\w.,/-])((?:19[5-9]|20[0-4])\d)(?![\w%]|[.,/-]\d)")


def find_anchors(text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the trials, issuers, authors and identifiers that a question names, in the order of the text, each with the labels of its documents."""
    found: list[tuple[int, str]] = [(mention.start, mention.name) for mention in (*lexicon.trials_in(text), *lexicon.organisations_in(text))]
    taken = [(mention.start, mention.end) for mention in (*lexicon.trials_in(text), *lexicon.organisations_in(text))]
    for table in (vocabulary.study_table, vocabulary.organisation_table):
        study: Match[tuple[str, ...]] | Match[str]
        for study in table.find(text):
            if not any(start <= study.start and study.end <= end for start, end in taken):
                names = (study.value,) if isinstance(study.value, str) else _on_asked(_of_years(study.value, text), study, text, lexicon)
                if not names:
                    continue
                found += [(study.start, name) for name in names]
                taken.append((study.start, study.end))
    for name in capital_names(text):
        if name in vocabulary.title_names and not any(start <= text.find(name) < end for start, end in taken):
            found.append((text.find(name), name))
            taken.append((text.find(name), text.find(name) + len(name)))
    # Their names follow that of the place: the document called just so comes first.
    found += [(start, label) for start, label in described_studies(text, lexicon, vocabulary.places) if label not in {name for _, name in found}]
    named = {position for start, end in taken for position in range(start, end)}
    for match in _NAME.finditer(text):
        surname = match.group().removesuffix("'s").removesuffix("’s")
        if surname.lower() not in vocabulary.authors or match.start() in named or surname.isupper():
            continue
        follows = _AUTHOR_FOLLOWS.match(text[match.start() + len(surname) :])
        # The first word of a sentence has a capital whatever it is; a rare word that is an author's name is the name.
        is_capitalised = surname[0].isupper() and not (_OPENS_SENTENCE.search(text[: match.start()]) and is_everyday(surname.lower()))
        if follows or (is_capitalised and not _is_named(surname, lexicon)):
            found.append((match.start(), surname[0].upper() + surname[1:]))
    for trial in _UNKNOWN_TRIAL.finditer(text):
        if trial.start() not in named and not text.isupper() and _is_unknown_name(trial.group(1), lexicon, vocabulary):
            found.append((trial.start(), trial.group(1)))
    found += [(match.start(), match.group()) for match in _DOI.finditer(text)]
    found += [(match.start(), f"PMID {match.group(1)}") for match in _PMID.finditer(text)]
    names = tuple(dict.fromkeys(name for _, name in sorted(found)))
    return tuple(dict.fromkeys((*names, *labels_of(names, text, vocabulary))))


def labels_of(names: tuple[str, ...], text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the labels of the documents that authors and identifiers stand for; of an author's several those of a year in the text, if there are any."""
    years = {int(match.group(1)) for match in _YEARS.finditer(text)}
    labels: list[str] = []
    for name in names:
        known = vocabulary.documents_of.get(name.lower(), ())
        labels += [label for label, year in known if year in years] or [label for label, _ in known if not years]
    return tuple(dict.fromkeys(labels))


def _of_years(names: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return of several studies those of a year in the text, all where there are none."""
    years = tuple(match.group(1) for match in _YEARS.finditer(text))
    return tuple(name for name in names if name.endswith(years)) or names


def _on_asked(names: tuple[str, ...], study: Match[tuple[str, ...]], text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return of the studies that a shortened name may stand for those on a disease of the question: in one on SSc, no cohort of MCTD."""
    asked = [mention.name for mention in lexicon.populations_in(text) if mention.name != lexicon.manifestation]
    if not asked or text[study.start : study.end] in names:
        return names
    diseases = {name: [mention.name for mention in lexicon.populations_in(name) if mention.name != lexicon.manifestation] for name in names}
    return tuple(name for name in names if not diseases[name] or lexicon.relation(asked, diseases[name]) not in (Tier.SIBLING, Tier.UNRELATED))


def _is_named(text: str, lexicon: Lexicon) -> bool:
    return bool(lexicon.populations_in(text) or lexicon.interventions_in(text))


def _is_unknown_name(name: str, lexicon: Lexicon, vocabulary: Vocabulary) -> bool:
    """Say whether capitals before "trial" name a trial that nobody here knows: an answer must not be put together without it."""
    parts = [part for part in name.split("-") if sum(character.isupper() for character in part) > 3]
    return any(not _is_named(part, lexicon) and not lexicon.outcomes_in(part) and part not in vocabulary.abbreviations for part in parts)
