"""What a question takes for granted: that a drug is approved, that an issuer has said something, that there is an edition of a year.

A question built on something that no source says ("since X was approved for Y …") is not answered as if it were so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.text.lexicon import Lexicon
from ragqa.types import Reason

APPROVAL = "approval"
"""The outcome slot whose words say that a drug is approved (`outcomes.yaml`)."""
_BECAUSE = r"(?:since|now(?: that)?|given(?: that)?|because|seeing that|considering that|following)"
_TAKEN_FOR_GRANTED = re.compile(
    rf"^\W*(?:as|after)\b|\b{_BECAUSE}\b|\bthe (?:\w+[- ])?(?:approved|licensed|authorised|labell?ed)\s|\bwhich\b.*\bis (?:approved|licensed|authorised)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"^[\s,('’s]*(?:[A-Za-z-]+\s+){0,3}\(?$")


def unmet_premise(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where a question takes an approval for granted that no source reports for the treatment and the population."""
    query, text = asked.query, asked.query.interpreted
    if APPROVAL not in asked.outcomes or not query.drugs or not _TAKEN_FOR_GRANTED.search(text):
        return None
    agencies = lexicon.agencies_in(text)
    for candidate in direct:
        said, tags = candidate.record.sentence.text, candidate.record.sentence.tags
        approves = any(mention.name == APPROVAL for mention in lexicon.outcomes_in(said)) and bool(set(query.drugs) & set(tags.drugs))
        if approves and agencies <= lexicon.agencies_in(said):
            return None
    drugs, populations = " and ".join(query.drugs), " or ".join(query.populations)
    place = f" for {populations}" if populations else ""
    by = f" by the {' or '.join(sorted(agencies))}" if agencies else ""
    return Reason(
        "false_premise",
        f"The question takes for granted that {drugs} is approved{place}{by}; no document of the library says so.",
        f"Ask what is recommended or reported on {drugs}{place.replace(' for ', ' in ')} instead.",
    )


def missing_document(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where a named study, issuer or author, or the edition of a year, is not in the library or says nothing on this."""
    query = asked.query
    if not query.anchors:
        return None
    if not any(speaks_of(candidate.record, candidate.document, query.anchors) for candidate in direct):
        return Reason("missing_document", f"The library holds nothing from {' or '.join(query.anchors)} on this.", "Add that document to the corpus.")
    for issuer, year in _editions(query.interpreted, lexicon):
        own = [candidate for candidate in direct if speaks_of(candidate.record, candidate.document, (issuer,))]
        if own and not any(_is_of(candidate, year) for candidate in own):
            years = sorted({each.document.metadata.edition or each.document.metadata.year or 0 for each in own if each.is_guideline} - {0})
            held = f" It has {issuer} of {', '.join(map(str, years))}." if years else ""
            return Reason(
                "missing_document",
                f"The library holds no document of {issuer} from {year} on this.{held}",
                f"Ask about {issuer} without the year, or add the edition of {year} to the corpus.",
            )
    return None


def _editions(text: str, lexicon: Lexicon) -> list[tuple[str, int]]:
    """Return the issuers that a question names with a year beside them: "EULAR 2017", "the 2017 EULAR recommendations"."""
    years = [(int(match.group()), match.start(), match.end()) for match in re.finditer(r"(?<![\w.])(?:19[5-9]|20[0-4])\d(?![\w%])", text)]
    return [
        (mention.name, year)
        for mention in lexicon.organisations_in(text)
        for year, start, end in years
        if _BETWEEN.match(text[mention.end : start] if start >= mention.end else text[end : mention.start] if end <= mention.start else "?")
    ]


def _is_of(candidate: Candidate, year: int) -> bool:
    metadata = candidate.document.metadata
    return year in (metadata.edition, metadata.year) or str(year) in candidate.record.sentence.text
