"""Where sentences end in clinical prose.

A stop ends a sentence when what follows can begin one and what stands before it is not an abbreviation, an initial, a list number or a
decimal. The lists below hold the abbreviations of medical writing; statistics ("P < .01"), doses ("2.5 mg/kg/d.") and stops without a
following space ("patients.The") are rules of their own. Measured in tests/text/test_sentences.py on passages labelled by hand.
"""

from __future__ import annotations

import re

_NEVER = frozenset(
    """vs v cf viz i.e ie e.g eg approx ca fig figs figure ref refs no nos eq eqs sect ch vol pp p suppl ver vers cat acc st dr prof mr mrs ms
    drs messrs mt ft dept univ ed eds al.e sp spp var subsp ssp nov gen ser tab tabs app i.t i.a c.f min.e ex exp op incl excl esp dil conc temp
    assoc chap chaps q obs dist nat int natl acad med clin res am br eur can j arch ann rev engl rheum rheumatol respir crit surg immunol""".split()  # noqa: SIM905 - a word list reads best as words
)
"""Short forms after which a sentence does not end, whatever follows."""

_SELDOM = frozenset(
    """etc al resp jr sr inc ltd co corp llc gmbh u.s u.k u.s.a e.u ph.d m.d a.m p.m i.v iv s.c i.m p.o b.i.d t.i.d q.d q.i.d o.d wt wks mos yrs hr hrs min
    sec d wk mo yr""".split()  # noqa: SIM905 - a word list reads best as words
)
"""Short forms that may close a sentence: it ends there when the next word is capitalised and usually begins a sentence."""

_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())  # noqa: SIM905 - a word list reads best as words

_STARTERS = frozenset(
    """a additionally after all although among an and another approximately as at available based because before between both but by compared consequently
    despite differences due during each eight either eleven even every few finally first five following for fourteen four from further furthermore given
    hence how however if in indeed initially interestingly it its last later limited many moreover most nevertheless nine no none nonetheless notably
    of on one only other our out over overall patients per possible previous primary recent recently regarding results secondary seven several
    severe significant similarly since six so some specifically studies subjects such taken ten that the their then there therefore these they thirteen
    thirty this those three thus to treatment twelve twenty two under unlike until using we what when whereas whether which while with within without
    women men mean median data conclusion conclusions methods objective objectives background interpretation findings""".split()  # noqa: SIM905 - a word list reads best as words
)

_CANDIDATE = re.compile(
    r"""(?P<stop>[.!?…]+)(?P<close>["'”’»)\]]*(?:(?:(?<=[^\W\d_][.!?…])|(?<=[%)\]][.!?…]))\d{1,3}(?:[,–-]\d{1,3})*(?=\s+["“(]?[A-Z]))?)
    (?:(?P<space>\s+)(?=["'“‘«(\[¿¡•]*(?:[^\W_]|[<>≥≤≈~−+±%-]\s?\d))|(?=[A-Z][a-z]+\b))""",
    re.VERBOSE,
)
_TOKEN_BEFORE = re.compile(r"[^\s(\[“\"'‘,;:/]+$")
_NEXT_WORD = re.compile(r"""["'“‘«(\[¿¡•]*([^\W_][\w'’-]*|[<>≥≤≈~−+±%-]\s?\d)""")
_MIXED_CASE_START = re.compile(r"[a-z]{1,3}-?[A-Z0-9α-ωΑ-Ω]|[a-zα-ω]-[A-Za-z]")
_STATISTIC_START = re.compile(r"\s*p[\s-][Vv]alues?\b")
_NUMBER_ALONE = re.compile(r"\(?(?:\d{1,3}|[ivxIVX]{1,4}|[A-Za-z])(?:\.\d{1,3})*")
_COUNTED = re.compile(
    r"(?:vitamin|hepatitis|influenza|drug|agent|protein|study|trial|site|centre|center|group|type|class|grade|stage|arm|cohort|panel|factor|phase|step|part)\s+\S{1,4}$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\d\s?[A-Z]$|/[A-Z]$")
_NUMBERED_NAME = re.compile(r"\b[A-Z][A-Z-]+\s[IVX]$")
_ENUMERATED = re.compile(r"\s*\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)\s+[A-Z]")
_LABEL = re.compile(r"(?:supplementary )?(?:table|figure|fig\.?|box|scheme|panel|algorithm) \S{1,5}", re.IGNORECASE)
_LONGEST_BRACKET = 400


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) ranges of the sentences of one paragraph, in order, without white space at their ends."""
    ranges: list[tuple[int, int]] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        if match.start() >= start and _ends_here(text, start, match):
            end = match.end("close")
            _append(ranges, text, start, end)
            start = end
    _append(ranges, text, start, len(text))
    return ranges


def _append(ranges: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    part = text[start:end]
    if ranges and len(part) < 40 and (not any(character.isalpha() for character in part) or re.fullmatch(r"\[[^\[\]]+\]|\([A-Za-z]\)\.?", part)):
        # A lone citation mark, closing bracket or note such as "[2014, amended 2020]" belongs to the sentence before it.
        ranges[-1] = (ranges[-1][0], end)
        return
    ranges.append((start, end))


def _ends_here(text: str, start: int, match: re.Match[str]) -> bool:
    before = text[start : match.start()]
    following = _NEXT_WORD.match(text, match.end())
    if following is None or not before.strip():
        return False
    word = following.group(1)
    if not match.group("space"):
        return _ends_without_space(before, word)
    if _inside_bracket(text, start, match):
        return False
    if _ENUMERATED.match(text, match.end()) or _STATISTIC_START.match(text, match.end()):
        return True
    if match.group("stop")[0] in "!?…" and len(match.group("stop")) == 1:
        return not word[0].islower()
    token_match = _TOKEN_BEFORE.search(before)
    token = token_match.group(0) if token_match else ""
    name = token.casefold().strip(".")
    begins = word.casefold() in _STARTERS and word[0].isupper()
    if word[0].islower() and not _MIXED_CASE_START.match(word):
        return False
    if match.group("close") and not match.group("close")[-1].isdigit():
        return True
    if _NUMBER_ALONE.fullmatch(before.strip()) or _LABEL.fullmatch(before.strip()):
        return False
    if name in _NEVER or (name in _MONTHS and word[0].isdigit()):
        return False
    capitalised = word[0].isupper() and word[1:2].islower()
    is_letter = len(token) == 1 and token.isalpha() and token.isupper()
    if (name in _SELDOM and not is_letter) or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", token):
        year_follows = re.match(r"\w+\.?\s+\d{4}\b", text[match.end() :].lstrip())
        return begins or (capitalised and not year_follows and (name in ("al", "etc") or token[0].islower()))
    if is_letter:
        if _UNIT.search(before) or (capitalised and _NUMBERED_NAME.search(before)):
            # "4.1 × 10⁹/L." and "SLS I." are no initials.
            return True
        if len(word) == 1 and text[following.end() : following.end() + 1] == ".":
            return False
        return (capitalised and bool(_COUNTED.search(before))) or begins
    return True


def _ends_without_space(before: str, word: str) -> bool:
    """Whether a stop glued to a capital ends a sentence: "patients.The", but not "www.Site" or "J.Clin"."""
    token = _TOKEN_BEFORE.search(before)
    if token is None or not re.fullmatch(r"[^\W\d_]*[a-z]{3,}|.*[\d%)\]]", token.group(0)):
        return False
    if re.search(r"www|http|@|\.", token.group(0)) and not token.group(0).endswith((")", "]")):
        return False
    return word.casefold() in _STARTERS or (token.group(0)[-1].islower() and token.group(0).casefold() not in _NEVER)


def _inside_bracket(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the stop stands inside a bracket that was opened in this sentence and is soon closed."""
    before = text[start : match.start()] + match.group("close")
    for opening, closing in (("(", ")"), ("[", "]")):
        if before.count(opening) > before.count(closing):
            opened = start + before.rfind(opening)
            closed = text.find(closing, match.end())
            if closed != -1 and closed - opened < _LONGEST_BRACKET:
                return True
    return False
