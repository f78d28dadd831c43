"""Follow-up questions: what a question means after those before it.

A question that stands alone is left alone. One that leans on the last question ("and in children?", "how is it dosed?") is made to stand
alone with the words of the last one, and the reader is shown how it was read. What a conversation is about needs no store of its own: the
last standalone question is analysed again. Source: the rules of Elgohary et al., EMNLP 2019, tell ellipsis and coreference apart likewise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

import yaml

from ragqa.errors import LexiconInvalid
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Interpretation, Query, Statement

_FEW_WORDS = 6
_MOST_WORDS_BEFORE = 8
_MOST_NAMED = 5
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class _Cues:
    openers: re.Pattern[str]
    links: re.Pattern[str]
    subject: re.Pattern[str]
    patients: re.Pattern[str]
    reasons: re.Pattern[str]
    statement: re.Pattern[str]
    asks: re.Pattern[str]
    several: re.Pattern[str]
    evidence_question: str


@dataclass(frozen=True)
class _Named:
    """A question with the names that stand in it."""

    text: str
    query: Query
    lexicon: Lexicon

    @cached_property
    def populations(self) -> list[Mention]:
        """Return its diseases, groups such as children among them."""
        return [mention for mention in self.lexicon.populations_in(self.text) if mention.name != self.lexicon.manifestation]

    @cached_property
    def drugs(self) -> list[Mention]:
        """Return its treatments."""
        return self.lexicon.interventions_in(self.text)

    def holds_noun_of(self, position: int) -> bool:
        """Whether a pronoun at a position has its noun in the question itself: a disease is named before it, or so much is said that something is."""
        named = self.lexicon.populations_in(self.text)
        disease = any(mention.start < position and mention.name not in self.lexicon.special_populations for mention in named)
        return disease or len(self.text[:position].split()) > _MOST_WORDS_BEFORE

    @cached_property
    def place(self) -> str:
        """Return "in" with what it is about: its studies, else its disease; "" where it names neither."""
        if self.query.anchors:
            return f"in {' and '.join(self.query.anchors)}"
        names = [name for name in self.query.populations if name != self.lexicon.manifestation]
        if not names:
            return f"in {self.lexicon.manifestation}" if self.query.populations else ""
        tail = f"-{self.lexicon.manifestation}" if self.lexicon.on_manifestation(self.text) else ""
        return "in " + " and ".join(f"{name}{tail}" if " " not in name else name for name in names)

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Return what "it" may stand for: the treatments, else the studies, else the disease."""
        drugs = tuple(dict.fromkeys(self.text[mention.start : mention.end] for mention in self.drugs))
        return drugs or self.query.anchors or ((self.place.removeprefix("in "),) if self.place else ())


def interpret(
    question: str, earlier: Sequence[str], analyse: Callable[[str], Query], lexicon: Lexicon, said: Sequence[Statement] = (), labels: Sequence[str] = ()
) -> Interpretation:
    """Return the standalone question that a question of a conversation means.

    Args:
        question: What was typed.
        earlier: The standalone questions before it, in order.
        analyse: Reads a question; see `text/question.py`.
        lexicon: The names of the field.
        said: The statements of the last answer, in order.
        labels: The name of the source of each of them.

    Returns:
        The question as typed with rule "standalone" where it stands alone or nothing before it has a name that it could lean on.
    """
    new = _Named(question, analyse(question), lexicon)
    before = [named for text in reversed(earlier) if (named := _Named(text, analyse(text), lexicon)).subjects]
    if not before:
        return Interpretation(question, question, "standalone")
    last = before[0]
    # A question in between may have named a treatment alone: the disease is still that of the question before it.
    place = next((named.place for named in before if named.place), "")
    cues = load_cues()
    bare = question.strip().rstrip("?!. ")
    if cues.reasons.fullmatch(bare):
        return Interpretation(question, cues.evidence_question.format(last.text.rstrip("?!. ")), "reason")
    # A question with names of its own may speak of "the second study" of its own: it is left alone.
    names_nothing = not new.query.anchors and not new.drugs and not _names_disease(new)
    if names_nothing and (match := cues.statement.search(question)) and (name := _name_of(match["place"].lower(), said, labels)):
        return _filled(_Named(_replaced(question, match.start(), match.end(), name), new.query, lexicon), new, last, place, "statement", needs_drug=False)
    if names_nothing and (match := cues.several.search(question)) and len(drugs := tuple(dict.fromkeys(drug for item in said for drug in item.drugs))) > 1:
        text = _replaced(question, match.start("all"), match.end("all"), _listed(drugs[:_MOST_NAMED]))
        return _filled(_Named(text, new.query, lexicon), new, last, place, "statement", needs_drug=False)
    opener = cues.openers.match(question.strip())
    refers = not new.query.anchors and not new.drugs and not (new.populations and not last.drugs) and (opener is not None or _asks(new, cues))
    if refers and (match := cues.subject.search(question)) and (opener or not new.holds_noun_of(match.start())):
        asked = [_replaced(question, match.start(), match.end(), _possessive(name, match.group())) for name in last.subjects]
        both = _replaced(question, match.start(), match.end(), _possessive(" or ".join(last.subjects), match.group()))
        choices = tuple(_with_place(text, new, place) for text in asked) if len(asked) > 1 else ()
        return Interpretation(question, _with_place(both, new, place), "subject", choices)
    leans = bool(opener or cues.links.search(question) or cues.patients.search(question))
    is_short = len(question.split()) <= _FEW_WORDS and _asks(new, cues) and not new.query.anchors and not _names_disease(new)
    if not leans and not is_short:
        return Interpretation(question, question, "standalone")
    if opener and not new.query.anchors and (swapped := _swapped(new, last, question.strip()[opener.end() :])):
        return Interpretation(question, swapped if last.place else _with_place(swapped, new, place), "exchange")
    return _filled(new, new, last, place, "completion", needs_drug=not new.drugs)


def _swapped(new: _Named, last: _Named, rest: str) -> str | None:
    """Return the last question with its disease or treatment exchanged for the only thing that the new one names; None where that does not fit."""
    for mentions, others, earlier in ((new.populations, new.drugs, last.populations), (new.drugs, new.populations, last.drugs)):
        if len(mentions) != 1 or others or len({mention.name for mention in earlier}) != 1:
            continue
        name = new.text[mentions[0].start : mentions[0].end]
        outside = re.sub(
            r"\W+|\b(?:in|for|with|the|a|an|on|of|patients|people|those|having|who|have|has)\b", "", rest.replace(name, "", 1), flags=re.IGNORECASE
        )
        if outside:
            return None
        text = last.text
        for mention in reversed(earlier):
            text = _replaced(text, mention.start, mention.end, name)
        return text
    return None


def _filled(question: _Named, new: _Named, last: _Named, place: str, rule: str, *, needs_drug: bool) -> Interpretation:
    """Return a question completed with what it does not name: the treatment where it asks about one, and the disease or study."""
    drugs = list(dict.fromkeys(last.text[mention.start : mention.end] for mention in last.drugs)) if needs_drug and not new.query.anchors else []
    parts = [f"with {' or '.join(drugs)}"] if drugs else []
    parts += [] if new.query.anchors or _names_disease(new) or not place else [place]
    if not parts:
        return Interpretation(new.text, question.text, rule if question.text != new.text else "standalone")
    return Interpretation(new.text, f"{question.text.strip().rstrip('?!. ')}, {' '.join(parts)}?", rule)


def _with_place(text: str, new: _Named, place: str) -> str:
    """Return a question with the disease or study of the last one, unless it names one, or its subject is that already."""
    if not place or new.query.anchors or _names_disease(new) or place.removeprefix("in ") in text:
        return text
    return f"{text.strip().rstrip('?!. ')}, {place}?"


def _names_disease(named: _Named) -> bool:
    return any(mention.name not in named.lexicon.special_populations for mention in named.populations)


def _asks(named: _Named, cues: _Cues) -> bool:
    """Say whether a question asks something of medicine at all; one that does not is not given a disease to be about."""
    by_name = named.query.facets or named.drugs or named.lexicon.outcomes_in(named.text) or named.lexicon.tests_in(named.text)
    return bool(by_name or cues.asks.search(named.text))


def _name_of(place: str, said: Sequence[Statement], labels: Sequence[str]) -> str | None:
    index = len(said) - 1 if place == "last" else _PLACES.index(place)
    if not 0 <= index < len(said):
        return None
    return _listed(said[index].drugs) if 1 <= len(said[index].drugs) <= _MOST_NAMED else labels[index] if index < len(labels) else None


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1])] * (len(names) > 1) + [names[-1]])


def _possessive(name: str, word: str) -> str:
    return f"{name}'s" if word.lower() == "its" else name


def _replaced(text: str, start: int, end: int, by: str) -> str:
    return text[:start] + by + text[end:]


@lru_cache(maxsize=4)
def load_cues(path: Path | None = None) -> _Cues:
    """Read the words by which questions lean on each other; raise `LexiconInvalid` where the file cannot be used."""
    source = path or files("ragqa.text").joinpath("data/conversation.yaml")
    try:
        table = yaml.safe_load(source.read_text(encoding="utf-8"))
        compiled = {name: re.compile("|".join(f"(?:{item})" for item in table[name]), re.IGNORECASE) for name in _CUES}
        return _Cues(**compiled, evidence_question=table["evidence_question"])
    except (OSError, yaml.YAMLError, re.error, KeyError, TypeError) as exc:
        raise LexiconInvalid(f'the words of follow-up questions in "{Path(str(source)).name}" cannot be read: {exc}.') from exc


_CUES = ("openers", "links", "subject", "patients", "reasons", "statement", "several", "asks")
