"""Claim units: a sentence that can stand alone, or the shortest run of sentences that can.

In: one sentence of the library and its neighbours. Out: a `Claim` whose text differs from its quotes by recorded edits only, or None
where no honest stand-alone form exists. A sentence that leans on the one before it ("These data …") takes that one along; if that does
not help, the name of its study is put before it; otherwise it is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragqa.text.connectives import CONNECTIVE
from ragqa.text.wholeness import SHORTEST
from ragqa.types import FRAGMENT, Block, Edit, Origin, SentenceRecord, Zone

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
    """Whether a sentence cannot carry a claim: it is none (`text/wholeness.py`, told at ingest), or it stands in a table or reference."""
    block = record.sentence.block
    return FRAGMENT in record.sentence.flags or block not in _STATEMENT_BLOCKS or record.section.zone not in _STATEMENT_ZONES


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
