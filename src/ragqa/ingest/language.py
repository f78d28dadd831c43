"""The language of a text, from its commonest words: enough to keep a French paper from being taken for an English one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_COMMON = {
    "en": "the of and in to with was were for is that by as are on from this at or which not be have patients",
    "fr": "le la les des et en du de une est dans pour par que qui sur au aux avec sont ce il ne pas ou plus",
    "de": "der die das und in den von mit zu ist für auf dem des eine ein nicht bei sind werden auch als wurde",
    "es": "el la los las de y en del que con por una para un es se al como no más fueron pacientes su",
    "it": "il la di e in che del della per con un una le dei è sono nel da al non alla più delle si",
    "pt": "o a os as de e do da em que com para um uma por no na dos foi não mais ao são pacientes",
    "nl": "de het een van en in is dat op te met voor zijn niet aan er om door bij ook als naar",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
}


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the language of a text, "en" where too little speaks for another."""
    sample = text[:20_000]
    letters = [character for character in sample if character.isalpha()]
    scripts = Counter(unicodedata.name(character, "").split(" ", 1)[0] for character in letters[:2000])
    script, n_letters = scripts.most_common(1)[0] if scripts else ("LATIN", 0)
    if script in _SCRIPTS and n_letters > 0.4 * min(len(letters), 2000):
        return "ja" if script == "CJK" and (scripts["HIRAGANA"] or scripts["KATAKANA"]) else _SCRIPTS[script]
    counts = Counter(re.findall(r"[^\W\d_]+", sample.casefold()))
    scores = {language: sum(counts[word] for word in words) for language, words in _WORDS.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 5 and scores[best] > 1.3 * scores["en"] else "en"
