"""Whether a sentence is whole: something that can be said by itself, not a scrap of a table, a heading, or talk about the paper.

Read once, at ingest; a sentence that is not whole is stored with the flag `FRAGMENT` and never becomes a statement.
"""

from __future__ import annotations

import re

SHORTEST = 40
"""Characters below which a sentence cannot carry a claim."""
LONGEST = 700

_SELF_REFERENCE = re.compile(
    r"\b(?:(?:aim|purpose|objective|scope|goal)s? of (?:this|the present|our|the current) (?:review|study|article|paper|work)"
    r"|this (?:review|article|paper|manuscript|section|chapter) (?:aims|summari[sz]es|discusses|reviews|focuses|describes|presents|will)"
    r"|we (?:searched|review|aim|summari[sz]e|discuss|describe here|thank)"
    r"|(?:is|are|was|were) (?:also )?(?:shown|listed|summari[sz]ed|presented|given|displayed|detailed|provided|depicted|illustrated) in"
    r" (?:the )?(?:online |supplement\w* )*(?:tables?|figures?|fig)"
    r"|(?:see|as shown in) (?:table|figure|fig)|(?:tables?|figures?|figs?\.?) [\dSIVX]\w*(?: and \w+)?"
    r" (?:also )?(?:shows?|presents?|lists?|depicts?|illustrates?|provides?|displays?"
    r"|gives?|compares?|details?|reports?|describes?|summari[sz]es?|outlines?|contains?)"
    r"|all rights reserved|creative commons|corresponding author|informed consent|ethics committee"
    r"|(?:we|authors?|they) (?:\w+ ){0,3}(?:declar|report|disclos)\w* (?:\w+ ){0,4}conflicts? of interest)\b",
    re.IGNORECASE,
)
_IRREGULAR_VERBS = (
    "is are was were has have had do does did may might can could should would will must shall am be became become becomes began came drew fell felt"
    " found gave got grew held kept knew led left lost made meant met put ran rose said saw set stood took told went won wrote arose chose"
    " withdrew taught bound thought sought broke caught brought bore dealt sent spent shrank sank underwent overcame varies carries applies relies implies"
)
_VERBS = (
    "remain show lead seem appear need depend list cover count hold name give state rest include exclude use advise note offer find fall rise report"
    " suggest recommend predict require occur differ favour favor improve worsen define describe indicate confirm carry lie stand say speak apply limit"
    " place point reach reflect relate reserve restrict separate vary warn weigh add affect agree associate belong call combine compare come concern"
    " consist contain deal develop exceed extend follow help imply increase decrease decline keep mean meet miss prove provide quote reduce refer respond"
    " result set start stop support survive take treat update address answer apply"
    " achieve activate allow alleviate attack bind block bring cause contribute damage demonstrate deplete detail discuss encode enhance express fail gain"
    " halve induce inhibit interfere lose lower make match measure mediate neutralise neutralize obscure outweigh play present prevent produce progress"
    " raise range regulate release resemble resort restore retain secrete share stimulate suppress target trigger use withdraw yield"
)
_FINITE_VERB = re.compile(
    rf"\b(?:{'|'.join(_IRREGULAR_VERBS.split())}|(?:{'|'.join(_VERBS.split())})s?|addresses|\w{{3,}}ed"
    r"|\w{4,}(?:ates|izes|ises|ifies|ains|ults|ects|ends|ests|orts|ides|ines|ires|ores|uces|ows|urs))\b",
    re.IGNORECASE,
)
_RATIO = re.compile(r"(?<=\d) : (?=\d)")
_BRACKETED = re.compile(r" ?\([^()]{1,60}\)")
"""What stands in brackets behind a word, as figures do in a result, says nothing of how the rest was read."""
_TERMINAL = re.compile(r"[.!?…][\"'”’)\]]*$")


def is_fragment(text: str, is_row: bool) -> bool:
    """Whether a sentence cannot carry a claim: too short or long, no finite verb, no end, talk about the paper itself, mostly figures.

    Args:
        text: The sentence.
        is_row: Whether it is the statement of a table row, which needs no verb.
    """
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


def _is_garbled(text: str) -> bool:
    """Whether a sentence is mostly figures and signs: a table row or a formula that was read as prose."""
    text = _RATIO.sub(":", _BRACKETED.sub("", text))
    words = text.split()
    letters = sum(map(str.isalpha, text)) + len(words) - 1
    single = sum(len(word.strip(".,;()")) <= 1 for word in words)
    return letters < 0.6 * len(text) or single > 0.3 * len(words)
