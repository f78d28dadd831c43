"""Words that join a sentence to the one before it and say nothing of their own: they alone may be dropped from its start."""

from __future__ import annotations

import re

CONNECTIVE = re.compile(
    r"^(?:however|moreover|furthermore|in addition|additionally|also|nevertheless|nonetheless|thus|therefore|hence|conversely|in contrast|by contrast"
    r"|on the other hand|similarly|likewise|finally|lastly|firstly|secondly|thirdly|first|second|third|fourth|indeed|in fact|notably|interestingly"
    r"|importantly|consequently|accordingly|specifically|surprisingly|not surprisingly|unexpectedly|remarkably|as expected|again|as a result"
    r"|in particular|on the contrary|overall|taken together|in summary|in conclusion|of note|besides), +",
    re.IGNORECASE,
)
"""The comma belongs to it: "In contrast to X, Y …" would turn its meaning without its first words."""
