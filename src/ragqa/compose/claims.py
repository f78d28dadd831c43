"""Claim units: a sentence that can stand alone, or the shortest run of sentences that can.

In: one sentence of the library and its neighbours. Out: a `Claim` whose text differs from its quotes by recorded edits only, or None
where no honest stand-alone form exists. A sentence that leans on the one before it ("These data …") takes that one along; if that does
not help, the name of its study is put before it; otherwise it is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragqa.text.connectives import CONNECTIVE
from ragqa.types import Block, Edit, Origin, SentenceRecord, Zone

SHORTEST = 40
"""Characters below which a sentence cannot carry a claim."""
LONGEST = 700
LONGEST_REPAIRED = 520
MOST_SENTENCES = 3

_LEANS = re.compile(
    r"^(?:this|these|those|that|it|its|they|their|them|he|she|his|her|such|both|the latter|the former|the same|another|other"
    r"|the (?:study|trial|authors?|results?|findings?|data|drug|treatment|therapy|report|cohort|groups?)(?! of)"
    r"|the (?:two|three|former|first|second|third|remaining|rest|majority)(?! of)"
    r"|of (?:these|those|them)|all (?:of )?(?:these|of them)|among (?:these|them|those)|in (?:this|these|that|those|another)"
    r"|(?:at|after) (?:this|that)|during this|because of (?:this|these)|due to (?:this|these)|similar (?:results|findings)|we|our"
    r"|however|moreover|furthermore|thus|therefore|hence|conversely|nevertheless|in contrast|also|although|but|and|or|while|whereas|then|so)\b",
    re.IGNORECASE,
)
"""Starts that point back to an earlier sentence whatever follows."""
_LEANS_UNNAMED = re.compile(
    r"^(?:the (?:patients|effects?|differences?|improvement|primary|secondary|most common|overall|mean|median)|a total of|all patients"
    r"|most patients|in (?:all|both|one)|at (?:the end|follow-up|baseline|\d+)|after \d+|during (?:the|follow-up)"
    r"|no (?:significant )?(?:differences?|changes?)|results|patients|there (?:was|were)|one|two|three|four|five|six|\d+|as in)\b",
    re.IGNORECASE,
)
"""Starts that point back only where the sentence names neither a population nor a study of its own."""
_PRONOUN = re.compile(r"^(?:this|these|those|it|its|they|their|such|both|he|she|the latter|the former|of these)\b", re.IGNORECASE)
_SELF_REFERENCE = re.compile(
    r"\b(?:(?:aim|purpose|objective|scope|goal)s? of (?:this|the present|our|the current) (?:review|study|article|paper|work)"
    r"|this (?:review|article|paper|manuscript|section|chapter) (?:aims|summari[sz]es|discusses|reviews|focuses|describes|presents|will)"
    r"|we (?:searched|review|aim|summari[sz]e|discuss|describe here|thank)"
    r"|(?:is|are) (?:shown|listed|summari[sz]ed|presented|given) in (?:table|figure|fig)|(?:see|as shown in) (?:table|figure|fig)"
    r"|all rights reserved|creative commons|corresponding author|informed consent|ethics committee|conflicts? of interest)\b",
    re.IGNORECASE,
)
_IRREGULAR_VERBS = (
    "is are was were has have had do does did may might can could should would will must shall am be became become becomes began came drew fell felt"
    " found gave got grew held kept knew led left lost made meant met put ran rose said saw set stood took told went won wrote arose chose"
)
_VERBS = (
    "remain show lead seem appear need depend list cover count hold name give state rest include exclude use advise note offer find fall rise report"
    " suggest recommend predict require occur differ favour favor improve worsen define describe indicate confirm carry lie stand say speak apply limit"
    " place point reach reflect relate reserve restrict separate vary warn weigh add affect agree associate belong call combine compare come concern"
    " consist contain deal develop exceed extend follow help imply increase decrease decline keep mean meet miss prove provide quote reduce refer respond"
    " result set start stop support survive take treat update address answer apply"
)
_FINITE_VERB = re.compile(
    rf"\b(?:{'|'.join(_IRREGULAR_VERBS.split())}|(?:{'|'.join(_VERBS.split())})s?|\w{{3,}}ed"
    r"|\w{4,}(?:ates|izes|ises|ifies|ains|ults|ects|ends|ests|orts|ides|ines|ires|ores|uces|ows|urs))\b",
    re.IGNORECASE,
)
_TERMINAL = re.compile(r"[.!?…][\"'”’)\]]*$")
_STATEMENT_ZONES = frozenset({Zone.ABSTRACT, Zone.BODY})
_STATEMENT_BLOCKS = frozenset({Block.PARAGRAPH, Block.LIST_ITEM, Block.TABLE_ROW})


@dataclass(frozen=True, slots=True)
class Claim:
    """A stand-alone statement: its text, the consecutive sentences it quotes, and the edits between quote and text."""

    text: str
    records: tuple[SentenceRecord, ...]
    edits: tuple[Edit, ...]
    leans: bool
    """Whether it had to be repaired with context; such a claim ranks a little lower."""

    @property
    def head(self) -> SentenceRecord:
        """Return the sentence the claim was made for: the last one."""
        return self.records[-1]


def is_fragment(record: SentenceRecord) -> bool:
    """Whether a sentence cannot carry a claim: too short or long, no finite verb, no end, talk about the paper itself, a table or reference."""
    block = record.sentence.block
    return record.section.zone not in _STATEMENT_ZONES or block not in _STATEMENT_BLOCKS or _is_fragment(record.sentence.text, block is Block.TABLE_ROW)


@lru_cache(maxsize=32_768)
def _is_fragment(text: str, is_row: bool) -> bool:
    if is_row or not SHORTEST <= len(text) <= LONGEST:
        return not SHORTEST <= len(text) <= LONGEST
    if not _TERMINAL.search(text) or text.endswith("?"):
        return True
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'“(["):
        first = text.split(" ", 1)[0]
        # A lower-case start is a broken sentence, unless the word itself carries a capital or a digit (anti-MDA5, iNSIP, mRSS).
        if first.islower() and not any(character.isdigit() for character in first):
            return True
    return not _FINITE_VERB.search(text) or bool(_SELF_REFERENCE.search(text)) or _is_garbled(text)


def make_claim(record: SentenceRecord, before: Sequence[SentenceRecord], study: str | None) -> Claim | None:
    """Make a sentence stand alone, or return None where that cannot be done honestly.

    Args:
        record: The sentence.
        before: The sentences before it in the same document, nearest last.
        study: Name of the study or trial the sentence speaks of, used as a lead-in where no neighbour helps.
    """
    text, edits = _drop_connective(record.sentence.text)
    if not _leans(text, record):
        return Claim(text, (record,), edits, leans=False)
    run = [record]
    for neighbour in reversed(before):
        if neighbour.sentence.paragraph != record.sentence.paragraph or neighbour.section.ordinal != record.section.ordinal or is_fragment(neighbour):
            break
        run.insert(0, neighbour)
        joined = " ".join(member.sentence.text for member in run)
        if len(run) > MOST_SENTENCES or len(joined) > LONGEST_REPAIRED:
            break
        head_text, head_edits = _drop_connective(run[0].sentence.text)
        if not _leans(head_text, run[0]):
            rest = [member.sentence.text for member in run[1:]]
            return Claim(" ".join([head_text, *rest]), tuple(run), head_edits, leans=True)
    if study and not _PRONOUN.match(text):
        return Claim(f"{study} — {text}", (record,), (*edits, Edit("lead_in", "", f"{study} — ")), leans=True)
    return None


def _leans(text: str, record: SentenceRecord) -> bool:
    """Whether a sentence starts by pointing back to one before it."""
    tags = record.sentence.tags
    named = tags.population_origin is Origin.EXPLICIT or bool(tags.trials)
    return bool(_LEANS.match(text)) or (not named and bool(_LEANS_UNNAMED.match(text)))


def _drop_connective(text: str) -> tuple[str, tuple[Edit, ...]]:
    """Drop a connective that ends in a comma. "In contrast to X" has no comma and stays, for dropping it would turn the meaning."""
    match = CONNECTIVE.match(text)
    if not match or len(text) - match.end() < SHORTEST:
        return text, ()
    rest = text[match.end() :]
    capital = rest[0].upper() + rest[1:]
    return capital, (Edit("drop_connective", text[: match.end() + 1], capital[0]),)


def _is_garbled(text: str) -> bool:
    """Whether a sentence is mostly figures and signs: a table row or a formula that was read as prose."""
    words = text.split()
    letters = sum(map(str.isalpha, text)) + len(words) - 1
    single = sum(len(word.strip(".,;()")) <= 1 for word in words)
    return letters < 0.6 * len(text) or single > 0.3 * len(words)
