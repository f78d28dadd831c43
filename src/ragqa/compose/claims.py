"""Claim units: a sentence that can stand alone, or the shortest run of sentences that can.

In: one sentence of the library and its neighbours. Out: a `Claim` whose text differs from its quotes by recorded edits only, or None
where no honest stand-alone form exists. A sentence that leans on the one before it ("These data …", or figures whose groups it does not
name) takes that one along; if that does not help, the name of its study is put before it; otherwise it is rejected. A paper that reports
a study means itself by "In this study" and "We found that": such a start leans on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragqa.text.connectives import CONNECTIVE
from ragqa.text.wholeness import SHORTEST
from ragqa.types import FRAGMENT, Block, DocumentKind, Edit, Origin, SentenceRecord, Zone

LONGEST_REPAIRED = 520
MOST_SENTENCES = 3

_LEANS = re.compile(
    r"^(?:this|these|those|that|its|they|their|them|he|she|his|her|such|the latter|the former|the same|another|other|as such"
    r"|it(?! (?:is|was|has been) (?:\w+ )?"
    r"(?:recommended|suggested|advised|important|essential|known|estimated|likely|possible) (?:that|to)\b)(?! (?:must|should|has to|may) be \w+ that\b)"
    r"|both(?! (?!groups|arms|patients|studies|trials|of|the|were|had)[\w-]+(?: \d+ mg)? and )"
    r"|the (?:drug|treatment|therapy)(?! (?:of|for|with|outcomes?|options?|strateg\w+|approach\w*|goals?|choices?|algorithm)\b)"
    r"|the (?:study|trial|authors?|results?|findings?|data|report|cohort|groups?)(?! of (?!this\b|the present\b|our\b))|the differences? (?:was|were)"
    r"|the (?:two|three|former|first|second|third|remaining|rest|majority)(?! of|-| \w+ (?:of|in|to)\b)|neither (?:group|arm)"
    r"|(?:of|in|amongst?) those(?! (?:who|whose|with|without|treated|receiving|given|having|taking|on)\b)"
    r"|of (?:these|them)|all (?:of )?(?:these|of them)|amongst? (?:these|them)|in (?:this|these|that|another|their|his|her|our)"
    r"|(?:at|after) (?:this|that)|during this|because of (?:this|these)|due to (?:this|these)|similar (?:results|findings)|we|our"
    r"|however|moreover|furthermore|thus|therefore|hence|conversely|nevertheless|in contrast|also|but|and|or|then|so)\b",
    re.IGNORECASE,
)
"""Starts that point back to an earlier sentence whatever follows."""
_LEANS_UNNAMED = re.compile(
    r"^(?:the (?:patients|effects?|differences?|improvement|primary|secondary|most common|overall|mean|median)|a total of|all patients"
    r"|most patients|in (?:all|both|one)|at (?:the end|follow-up|baseline|\d+)|after \d+|during (?:the|follow-up)"
    r"|no (?:significant )?(?:differences?|changes?)|results|there (?:was|were)|one|two|three|four|five|six|\d+|as in"
    r"|patients(?! (?:who|whose|with|without|treated|receiving|given|having|taking|on)\b))\b",
    re.IGNORECASE,
)
"""Starts that point back only where the sentence names no population, treatment or study of its own. Patients told apart from others
("Patients who …") are named by that."""
_CONCESSION = re.compile(r"^(?:although|while|whereas) +(?:overall,? +)?", re.IGNORECASE)
"""Starts that point nowhere by themselves: what follows decides."""
_OF_ITSELF = r"(?:stud(?:y|ies)|trials?|analys[ie]s|cohort|registry|series|survey|population|paper|review|digest|guideline|report|article|library|corpus)\b"
_POINTS_WITHIN = re.compile(
    r"^(?:(?! (?:but|that|which|who|and (?:this|these|those|such)) )[^,;:.()]){0,60}?"
    rf"\b(?:this(?! (?:[\w-]+ ){{0,3}}{_OF_ITSELF})|these(?! (?:[\w-]+ ){{0,3}}analyses\b)"
    r"|those(?! (?:who|whose|with|without|of|in|on|from|for|that|at|seen|treated|receiving|given|having|taking|not|aged|reported|observed|achieving)\b)"
    r"|such(?! as\b)|the latter|the former)\b",
    re.IGNORECASE,
)
"""A pointing word in the first phrase: "For this reason, …", "The mechanism behind these changes …"; "this study" means its own paper."""
_POINTING, _FIRST_PHRASE = ("this", "these", "those", "such", "the latter", "the former"), 72
"""The words that it looks for, and the characters in which they stand: most sentences are told by these."""
_OF_THIS = r"(?:this|our|the present|the current)"
_SPEAKER = (
    rf"(?:the |our |these |this |the present |the current )?(?:[\w-]+ ){{0,4}}?(?:data|results|findings|{_OF_ITSELF})"
    rf"(?: (?:of|from) {_OF_THIS} (?:[\w-]+ ){{0,4}}?{_OF_ITSELF})?"
)
_SELF_REPORT = re.compile(
    rf"^(?:in {_OF_THIS} (?:[\w-]+ ){{0,4}}?{_OF_ITSELF},?"
    r"|(?:here,? )?we (?:also |have |further |then |therefore )?"
    r"(?:find|found|observed?|saw|showed?|shown|demonstrated?|identified|detected|confirmed|conclude)(?: that)?"
    rf"|{_SPEAKER} (?:also |further |clearly )?(?:show|suggest|indicate|demonstrate|confirm|support|reveal|provide evidence)(?:s|ed|d|n)? that) +",
    re.IGNORECASE,
)
"""A paper on its own study; what follows must stand by itself."""
_REPORTS_STUDY = frozenset(
    {
        DocumentKind.RANDOMISED_TRIAL,
        DocumentKind.COHORT,
        DocumentKind.CASE_CONTROL,
        DocumentKind.REGISTRY,
        DocumentKind.CASE_SERIES,
        DocumentKind.CASE_REPORT,
    }
)
_COLLECTS_STUDIES = frozenset({DocumentKind.SYSTEMATIC_REVIEW})
_OWN_STUDY = re.compile(
    r"^the (?:study|trial)(?= (?:was|were|is|had|has|did|met|reached|achieved|failed|ended|enrolled|included|showed|demonstrated)\b)"
    r"|^the (?:study|trial)(?= (?:durations?|periods?|population|sample|size|sizes|medication|drugs?|sites?|cent(?:re|er)s|groups|arms|participants|subjects"
    r"|patients|design|quality|characteristics)\b)",
    re.IGNORECASE,
)
"""What a report, or a review of studies, says of its own outside the parts that speak of others."""
_ON_OTHERS = re.compile(r"introduction|background|discussion|rationale|related|previous|literature", re.IGNORECASE)
"""Headings above what may be told of the studies of others."""
_NUMBERED = re.compile(r"(?<!\()(?<!WHO )\b(?:groups?|arms?) \d{1,2}\b(?! (?:pulmonary|PH\b))")
"""A label that only its paper explains; in brackets it stands beside what it means."""
_VALUE = r"[−–<>≤≥±-]?\d+(?:[.,]\d+)?(?:\s?%)?(?: ?[\[(][^\[\]()]*[\])])?"
_VALUES = re.compile(
    rf"(?<![\d.,/])(?<!weeks )(?<!months )(?<!days )(?<!years )(?<!visits )(?<!groups ){_VALUE}(?:, {_VALUE})*,? (?:and|or) {_VALUE}"
    r"(?!\s?(?:mg|weeks|months|years|days)\b)"
)
"""A list of figures, each with what stands in brackets behind it; times and doses are no results."""
_JOINS = re.compile(r"\b(?:and|or|versus|vs|compared (?:with|to)|than)\b|/")
_PRONOUN = re.compile(r"^(?:this|these|those|it|its|they|their|such|both|he|she|the latter|the former|of these|as such|in (?:their|his|her))\b", re.IGNORECASE)
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
    lacks_groups = _lacks_groups(text)
    if not lacks_groups and not _leans(text, record):
        return Claim(text, (record,), edits, leans=False)
    run = [record]
    for neighbour in reversed(before):
        announces = _announces(neighbour, run[0])
        goes_on = neighbour.sentence.paragraph == record.sentence.paragraph or _is_next_item(neighbour, run[0])
        if neighbour.section.ordinal != record.section.ordinal or not (announces or (goes_on and not is_fragment(neighbour))):
            break
        run.insert(0, neighbour)
        joined = " ".join(member.sentence.text for member in run)
        if len(run) > MOST_SENTENCES or len(joined) > LONGEST_REPAIRED:
            break
        head_text, head_edits = _drop_connective(run[0].sentence.text)
        # The item before is passed over on the way to what announces both; by itself it explains nothing.
        may_head = announces or run[0].sentence.paragraph == record.sentence.paragraph
        if may_head and not _leans(head_text, run[0]) and not _lacks_groups(joined):
            rest = [member.sentence.text for member in run[1:]]
            return Claim(" ".join([head_text, *rest]), tuple(run), head_edits, leans=True)
        if announces:
            break
    points = _PRONOUN.match(text) or _points_within(text) or _NUMBERED.search(text)
    if study and not lacks_groups and not points:
        return Claim(f"{study} — {text}", (record,), (*edits, Edit("lead_in", "", f"{study} — ")), leans=True)
    return None


def _announces(neighbour: SentenceRecord, item: SentenceRecord) -> bool:
    """Whether a line ending in a colon announces the list item behind it: it is no sentence, and names what its items speak of."""
    in_text = neighbour.section.zone in _STATEMENT_ZONES and neighbour.sentence.block in _STATEMENT_BLOCKS
    return in_text and item.sentence.block is Block.LIST_ITEM and neighbour.sentence.text.endswith(":")


def _is_next_item(neighbour: SentenceRecord, item: SentenceRecord) -> bool:
    """Whether two list items follow each other, so that what announces the first announces the second."""
    return neighbour.sentence.block is item.sentence.block is Block.LIST_ITEM


def _leans(text: str, record: SentenceRecord) -> bool:
    """Whether a sentence starts by pointing back to one before it."""
    tags = record.sentence.tags
    named = tags.population_origin is Origin.EXPLICIT or bool(tags.drugs) or any(trial in record.sentence.text for trial in tags.trials)
    if tags.design in _REPORTS_STUDY:
        if _NUMBERED.search(text):
            return True
        while own := _SELF_REPORT.match(text):
            # "In this study, we found that …" has two such starts.
            text, named = text[own.end() :], True
    tells_studies = tags.design in _REPORTS_STUDY or tags.design in _COLLECTS_STUDIES
    if tells_studies and _OWN_STUDY.match(text) and not any(_ON_OTHERS.search(title) for title in record.section.path):
        return _points_within(text)
    if concession := _CONCESSION.match(text):
        text = text[concession.end() :]
    return bool(_LEANS.match(text)) or _points_within(text) or (not named and bool(_LEANS_UNNAMED.match(text)))


def _points_within(text: str) -> bool:
    """Whether the first phrase holds a pointing word."""
    start = text[:_FIRST_PHRASE].lower()
    return any(word in start for word in _POINTING) and _POINTS_WITHIN.match(text) is not None


def _lacks_groups(text: str) -> bool:
    """Whether a sentence lists figures and nothing that they could be the figures of: "were 0.13, 0.38 and 0.50, respectively"."""
    if "respectively" not in text and text.count("%") < 3:
        return False
    for values in _VALUES.finditer(text):
        n = len(re.findall(rf"(?:^|, |(?:and|or) ){_VALUE}", values.group()))
        if n < 3 and "respectively" not in text:
            continue
        rest = (text[: values.start()] + text[values.end() :]).replace(", respectively", "")
        if not _JOINS.search(rest) or rest.count(",") + len(_JOINS.findall(rest)) < n - 1:
            return True
    return False


def _drop_connective(text: str) -> tuple[str, tuple[Edit, ...]]:
    """Drop a connective that ends in a comma. "In contrast to X" has no comma and stays, for dropping it would turn the meaning."""
    match = CONNECTIVE.match(text)
    if not match or len(text) - match.end() < SHORTEST:
        return text, ()
    rest = text[match.end() :]
    capital = rest[0].upper() + rest[1:]
    return capital, (Edit("drop_connective", text[: match.end() + 1], capital[0]),)
