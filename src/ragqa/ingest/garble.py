"""How well a page was read: the share of what cannot be text."""

from __future__ import annotations

import re

from ragqa.ingest.hyphens import out_of_dictionary_share
from ragqa.ingest.language import detect_language

SUSPECT = 0.18
"""From this score on a page is read a second time; clean pages of journals score 0.02 to 0.12."""

_ODD = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]|\(cid:\d+\)")
_LYING_LIGATURE = re.compile(r"(?<![\w+])(?:\+e|\+is|\+us|\+ere|Te|Tis|Tese|Tere|Tus)\s(?=[a-z])")
"""What a font makes of "The", "This", "These" when it maps its ligature to something else."""
_LONG_RUN = re.compile(r"[^\W\d_]{25,}")


def garble_score(text: str) -> float:
    """Return a score from 0 (clean) upwards: words no dictionary knows, characters that are none, ligatures read as something else.

    A text of fewer than 200 letters scores by its odd characters alone; words are only judged in English.
    """
    letters = sum(character.isalpha() for character in text)
    if not text.strip():
        return 0.0
    score = 5 * len(_ODD.findall(text)) / len(text)
    if letters >= 200 and detect_language(text) == "en":
        sentences = max(1, len(re.findall(r"[.!?]\s", text)))
        score += out_of_dictionary_share(text) + 2 * len(_LYING_LIGATURE.findall(text)) / sentences + len(_LONG_RUN.findall(text)) / 50
    return score
