"""Which way a result points, as its sentence reports it: better, or worse and nothing gained, measure by measure; and what an exposure goes with.

Words of direction come first ("improved", "did not change"), then signed figures ("+6.3", "rose by 24 %"), then two arms beside each other. A
result whose every p value misses significance gained nothing. What held steady has no sign: it contradicts neither a gain nor its absence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ragqa.text.lexicon import Lexicon

SIGNIFICANT = 0.05
_KEPT = 4096
_CLAUSE = re.compile(r"[,;:]\s|\s(?:and|but|while|whereas|although|yet)\s")
_IN_ARMS = re.compile(r"\bin the (?:placebo|control) (?:arm|group)\b|\d ?%[^;]*\band\b[^;]*\d ?%[^;]*\b(?:placebo|controls?)\b", re.IGNORECASE)
"""What became of one arm, or shares of patients in both: neither says by its verb which arm fared better."""
_SIGNED = r"([+−-]\d+(?:\.\d+)?)"
_ARMS = re.compile(
    rf"{_SIGNED}[^,;]{{0,30}}? (?:with|on) [^,;]{{3,60}}? and (?:by |of )?{_SIGNED}[^,;]{{0,30}}? (?:with|on|in) (?:\w+ )?(?:placebo|controls?)\b"
)
_CHANGED = re.compile(rf"\bchange\w*\b[^;]{{0,90}}?(?<![\d.])(?:by|was|of) {_SIGNED}", re.IGNORECASE)
_UP = re.compile(r"\b(?:rose|increased|grew|gains? (?:of|in)|a rise)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:decreased|dropped)\b", re.IGNORECASE)
_LESS_LOSS = re.compile(r"\b(?:declined|fell|decreased|dropped|worsened)(?: \w+)? less\b", re.IGNORECASE)
_GAIN = re.compile(r"\b(?:benefit|favou?red)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|without|nor|neither|lacked)\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:than(?! \d)|(?<![\d%] )(?:versus|vs\.?)|compared with|compared to|placebo|controls?|between|active treatment|effects? of)\b", re.IGNORECASE
)
_P_VALUE = re.compile(r"\bp\s?(=|<|>|≤|<=)\s?(0?\.\d+)", re.IGNORECASE)
_INSIGNIFICANT = re.compile(r"\bnot (?:statistically )?significant\b|\bnon-significant\b", re.IGNORECASE)
_ESTIMATE = re.compile(
    r"\b(?:odds ratio|OR|hazard ratio|HR|risk ratio|relative risk|RR)\b\)?[^\d;]{0,12}(\d+\.\d+) ?\((?:95\s?% CI:? )?(\d+\.\d+)\s?[-–]\s?(\d+\.\d+)\)"
)
_ASSOCIATION = re.compile(r"\bassociat\w*|\b(?:less|more) frequent in\b|\b(?:lower|higher) (?:odds|risk) of\b", re.IGNORECASE)
_UNASSOCIATED = re.compile(r"\bnot (?:\w+ )?associated\b|\bno (?:\w+ )?association\b", re.IGNORECASE)
_INVERSE = re.compile(r"\binverse\w*\b|\bless frequent in\b|\blower (?:odds|risk)\b|\bprotect\w*|\blonger time to\b", re.IGNORECASE)
_DIRECT = re.compile(r"\bmore frequent in\b|\b(?:higher|increased|raised) (?:odds|risk)\b|\brisk factor for\b", re.IGNORECASE)
_PREDICTS = re.compile(r"\b(?:associated with|(?<!% )predict\w*|risk factors? for|prognostic)\b", re.IGNORECASE)
"""A measure at the start that goes with what came later is no result on the measure."""
_LOSS = re.compile(r"\b(?:fell|declined|decreased|dropped|worsened|deteriorated)\b", re.IGNORECASE)
_COURSE = re.compile(r"\b(?:progress\w*|worsen\w*|declin\w*|death|mortality|died|surviv\w*|exacerbation)\b", re.IGNORECASE)


@lru_cache(maxsize=_KEPT)
def signs_of(text: str, lexicon: Lexicon) -> Mapping[str, int]:
    """Return the direction of each measure that a sentence reports: +1 better, -1 worse or nothing gained.

    "FVC improved and DLCO stabilised" says +1 of FVC only: that something held steady contradicts neither a gain that missed significance
    nor one that reached it. Measures listed before one verb share its sign.
    """
    if arms := _ARMS.search(text):
        gained = 1 if _number(arms.group(1)) > _number(arms.group(2)) else -1
        return _unless_missed(text, dict.fromkeys(_scaled(text, lexicon), gained))
    if not _may_point(text, lexicon) or _IN_ARMS.search(text) or _PREDICTS.search(text):
        return {}
    clauses = _CLAUSE.split(text)
    signs_told = [_sign(clause, lexicon) for clause in clauses]
    if not any(signs_told):
        return {}
    signs: dict[str, int] = {}
    waiting: set[str] = set()
    for clause, sign in zip(clauses, signs_told, strict=True):
        measures = lexicon.measures_in(clause)
        if sign:
            signs |= dict.fromkeys({*measures, *waiting}, sign)
        waiting = {*waiting, *measures} if measures and sign is None else set()
    return _unless_missed(text, signs)


def is_compared(text: str) -> bool:
    """Say whether a result is measured against another arm; else it is a change since the start, as a loss always is."""
    return _COMPARED.search(text) is not None and _LOSS.search(text) is None


def _may_point(text: str, lexicon: Lexicon) -> bool:
    """Whether a text holds anything that gives a clause of it a direction: most sentences hold nothing of the kind."""
    return bool(lexicon.polarity_table.find(text)) or any(pattern.search(text) for pattern in (_LESS_LOSS, _CHANGED, _UP, _DOWN, _GAIN))


def _sign(clause: str, lexicon: Lexicon) -> int | None:
    """Return the direction of one clause: 0 where it tells of no gain and no loss, None where it tells nothing."""
    if _LESS_LOSS.search(clause):
        return 1
    found = {match.value for match in lexicon.polarity_table.find(clause)}
    if lexicon.is_steady(clause) or "neutral" in found:
        return 0
    if found:
        return {frozenset({"better"}): 1, frozenset({"worse"}): -1}.get(frozenset(found), 0)
    scaled = _scaled(clause, lexicon)
    if scaled and (changed := _CHANGED.search(clause)):
        return 1 if _number(changed.group(1)) > 0 else -1
    if scaled and (up := bool(_UP.search(clause))) != bool(_DOWN.search(clause)):
        return 1 if up else -1
    if _GAIN.search(clause):
        return -1 if _NOT.search(clause) else 1
    return None


def _unless_missed(text: str, signs: Mapping[str, int]) -> Mapping[str, int]:
    """Return the signs, gains turned to nothing gained where every p value of the sentence misses significance."""
    values = [(match.group(1), float(match.group(2))) for match in _P_VALUE.finditer(text)]
    missed = values and all(value > SIGNIFICANT and relation in "=>" for relation, value in values)
    if missed or (not values and _INSIGNIFICANT.search(text)):
        return dict.fromkeys(signs, -1)
    return signs


def _scaled(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the measures of a text that are better the higher they are."""
    return frozenset(match.value for match in lexicon.measure_table.find(text))


@lru_cache(maxsize=_KEPT)
def association_of(text: str, lexicon: Lexicon) -> tuple[str, int] | None:
    """Return what a sentence relates an exposure to ("course" or "occurrence" of the disease) and how: +1 more of it, -1 less, 0 not related."""
    if not _ASSOCIATION.search(text) or not lexicon.on_manifestation(text):
        return None
    kind = "course" if _COURSE.search(text) else "occurrence"
    if _UNASSOCIATED.search(text):
        return kind, 0
    if estimate := _ESTIMATE.search(text):
        value, low, high = (float(group) for group in estimate.groups())
        return kind, 0 if low <= 1 <= high else 1 if value > 1 else -1
    less, more = bool(_INVERSE.search(text)), bool(_DIRECT.search(text))
    return (kind, -1 if less else 1) if less != more else None


def leaning_of(text: str) -> int:
    """Return which way the estimate of a sentence points, significant or not: +1 above one, -1 below; 0 where it gives none."""
    estimate = _ESTIMATE.search(text)
    value = float(estimate.group(1)) if estimate else 1.0
    return (value > 1) - (value < 1)


def _number(written: str) -> float:
    return float(written.replace("−", "-"))
