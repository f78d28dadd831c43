"""Headings: which lines are one, how deep, and which part of a document they open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ragqa.ingest.lines import Line
from ragqa.types import Zone

_NUMBER = re.compile(r"^\s*(?P<path>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=\S)|^\s*(?P<roman>[IVX]{1,5})\.\s+(?=\S)")

_ZONES: tuple[tuple[Zone, re.Pattern[str]], ...] = (
    (Zone.ABSTRACT, re.compile(r"(?:structured |graphical )?abstract|summary|synopsis|r[ée]sum[ée]|zusammenfassung|resumen", re.IGNORECASE)),
    (
        Zone.REFERENCES,
        re.compile(
            r"references?(?: and notes| cited)?|bibliography|literature(?: cited)?|works cited|citations?|r[ée]f[ée]rences(?: bibliographiques)?", re.IGNORECASE
        ),
    ),
    (Zone.FRONT_MATTER, re.compile(r"key ?words?|article info(?:rmation)?|correspondence|author information", re.IGNORECASE)),
    (
        Zone.BACK_MATTER,
        re.compile(
            r"acknowledge?ments?|(?:sources? of )?(?:funding|support)(?: (?:sources?|statement|information))?|financial (?:support|disclosures?)"
            r"|role of (?:the )?funding source"
            r"|(?:declarations? of |potential )?(?:(?:conflicts?|declarations?) of (?:interests?)|competing interests?)(?: statement"
            r"| disclosures?)?|disclosures?(?: statement)?"
            r"|(?:(?:authors?|authors’|authors'|author’s|author's) )?(?:contributions?|information|details|statement|disclosures?)|authors?(?:’"
            r"|')? (?:contributions?|information|details)"
            r"|(?:list of )?abbreviations?(?: used)?|ethic(?:s|al)(?: (?:approval|statement|considerations?))?(?: and consent to participate)?"
            r"|consent (?:for publication|to participate)"
            r"|(?:data )?availability(?: of (?:data|supporting data)(?: and materials?)?)?(?: statement)?|data (?:availability"
            r"|sharing)(?: statement)?|supplement(?:ary|al) (?:materials?|data|information|files?|tables?|figures?)"
            r"|supporting information|additional (?:files?(?: \d{1,2})?|information|materials?)|publisher[’']?s? note|appendix(?: [a-z\d])?|orcid(?: ids?)?"
            r"|provenance and peer review|footnotes?|copyright|licen[cs]e"
            r"|about the authors?|author affiliations?|pre-?publication history|endnote|declarations?|transparency statement|notes?",
            re.IGNORECASE,
        ),
    ),
)

KNOWN = re.compile(
    r"(?:introduction|background|objectives?|aims?|purpose|(?:materials?|patients?|subjects?|participants?)(?: and|,| &) methods?"
    r"|methods?(?: and (?:materials?|analysis|design))?"
    r"|study (?:design|population|selection)|design|setting|participants?|patients|interventions?|(?:main )?outcomes?(?: measures?)?"
    r"|statistical analys[ei]s|results?(?: and discussion)?"
    r"|findings|interpretation|discussion|limitations?|(?:strengths and limitations)|conclusions?(?: and (?:perspectives|recommendations"
    r"|future (?:work|directions)))?|concluding remarks"
    r"|(?:key )?highlights|key (?:points|messages)|recommendations?|case (?:report|presentation|description)s?|experimental(?: section)?"
    r"|future (?:directions|perspectives)|trial registration"
    r"|what is already known(?: about this subject)?|summary)",
    re.IGNORECASE,
)
"""Titles that are headings wherever they stand alone on a line."""


def heading_zone(title: str) -> Zone:
    """Return the zone that a heading opens; most open the body."""
    name = strip_number(title).strip(" .:").casefold()
    return next((zone for zone, pattern in _ZONES if pattern.fullmatch(name)), Zone.BODY)


def run_in_title(text: str, unfinished: bool) -> re.Match[str] | None:
    """Return the match of a title, group "name", that its text follows on the same line: "Abstract: We …", "Funding: None." after the body.

    `unfinished` says that the sentence before the line has not ended.
    """
    if match := _RUN_IN.match(text):
        return match
    match = _RUN_IN_BACK.match(text)
    return match if match and not unfinished and heading_zone(match.group("name")) is Zone.BACK_MATTER else None


def strip_number(title: str) -> str:
    """Return a heading without its number path."""
    return _NUMBER.sub("", title, count=1).strip()


def number_path(title: str) -> tuple[int, ...]:
    """Return the numbers before a heading, "2.3. Title" as (2, 3); empty where it has none."""
    match = _NUMBER.match(title)
    if match is None or match.group("path") is None:
        return ()
    return tuple(int(part) for part in match.group("path").split("."))


_PARTS = re.compile(
    r"(?:background|introduction|context|objectives?|aims?|purpose|design|setting|(?:materials? and |patients and )?methods?"
    r"|participants|interventions?|(?:main )?outcomes?(?: measures?)?"
    r"|results?|findings|interpretation|conclusions?|limitations|trial registration|funding|significance|rationale)",
    re.IGNORECASE,
)
"""Headings that divide a structured abstract."""
_STUDY = (
    re.compile(r"(?:(?:materials?|patients|subjects|participants)(?: and|,| &) methods?|methods?(?: and materials?)?)", re.IGNORECASE),
    re.compile(r"results?(?: and discussion)?|findings", re.IGNORECASE),
)
_MAIN = re.compile(
    r"introduction|background|(?:(?:materials?|patients|subjects|participants)(?: and|,| &) )?methods?(?: and materials?)?"
    r"|results?(?: and discussion)?|discussion"
    r"|conclusions?(?: and \w+)?|limitations|recommendations",
    re.IGNORECASE,
)
"""The headings of the main parts of a paper, whatever type they are set in."""
_LATE = re.compile(r"(?:results?|discussion|results? and discussion|conclusions?.*|findings)")
_RUN_IN_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+[A-Z][^.]{2,90}\.(?=\s+[A-Z])")
_RUN_IN = re.compile(r"^(?P<name>abstract|summary|key ?words?(?: and phrases)?)\s*(?:[:.—–]|-\s)\s*(?=\S)", re.IGNORECASE)
_RUN_IN_BACK = re.compile(r"^(?P<name>[A-Z][A-Za-z’' ]{3,40}):\s+(?=\S)")
_STARTS = re.compile(r"[A-Z0-9“\"(α-ω]|[ivx]{1,4}[.)]\s+[A-Z]|[a-z][.)]\s+[A-Z]")
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|may|can|should|will|we)\b")
_SMALL_PRINT = 0.6
_LONGEST = 130
_SMALLER_BOLD = 1.6
"""Bold type is a heading down to so many points below the running text, or below the main headings where these are smaller."""
_BIGGER = 0.4
"""Type larger than the running text by more than this, in points, may be a heading."""


class HeadingReader:
    """Tells headings from other lines of one document, by number, name or type, and gives their level and zone.

    `body_size` is the type size of the running text; without it (0) only numbers and known names make headings. `lines` are all lines of
    the document: what stands in it more than twice is the label of a figure, and a study has methods and results as its main sections.
    """

    def __init__(self, body_size: float, lines: Sequence[Line] = ()) -> None:
        self.body_size = body_size
        fonts = Counter(line.font for line in lines if abs(line.size - body_size) <= 0.35)
        self.body_font = fonts.most_common(1)[0][0] if fonts else ""
        mains = [line.size for line in lines if line.is_bold and 0 < line.size < body_size and _MAIN.fullmatch(strip_number(line.text).strip(" .:"))]
        self.least_bold = min([body_size, *mains]) - _SMALLER_BOLD
        self.repeated = frozenset(text for text, count in Counter(line.text for line in lines).items() if count > 2)
        self.is_study = {
            _STUDY.index(pattern) for pattern in _STUDY for line in lines if len(line.text) < 60 and pattern.fullmatch(strip_number(line.text).strip(" .:"))
        } == {0, 1}
        self.past_methods = False
        self.path: tuple[int, ...] = ()
        self.last: Line | None = None
        self.styles: list[tuple[float, bool]] = []
        self.parts: set[str] | None = None

    def is_heading(self, line: Line, following: Line | None, unfinished: bool, zone: Zone) -> bool:
        """Return whether a line is a heading. `unfinished` says that the sentence before it has not ended."""
        text = line.text
        name = strip_number(text).strip(" .:")
        if len(text) > _LONGEST or not name or (text[-1] in ".,;" and not KNOWN.fullmatch(name)):
            return False
        displayed = self._is_displayed(line)
        if path := number_path(text):
            if not displayed and self.body_size and zone in (Zone.FRONT_MATTER, Zone.REFERENCES, Zone.BACK_MATTER) and not KNOWN.fullmatch(name):
                return False
            if re.search(r"[a-z]\.\s+[A-Z]", name) or (not displayed and self._is_item(line, following)):
                return False
            return (
                self._follows(path)
                and bool(re.match(r"[A-Z“\"(]", name))
                and (displayed or not self.body_size or line.after_blank or not unfinished)
                and not (unfinished and not line.after_blank and not displayed)
            )
        if (KNOWN.fullmatch(name) or heading_zone(name) is not Zone.BODY) and (text[0].isupper() or text.isupper()):
            return displayed or not unfinished or line.after_blank
        if zone in (Zone.FRONT_MATTER, Zone.REFERENCES) or text in self.repeated or not _STARTS.match(text) or not re.search(r"[^\W\d_]{3}", text):
            return False
        if displayed and unfinished and line.size < self.body_size - _SMALL_PRINT:
            # The title of a box of small print that stands in the way of a sentence.
            return False
        if displayed:
            if line.after_blank and line.is_bold and line.size > self.body_size + _BIGGER:
                return True
            return following is None or following.page != line.page or not (unfinished and following.size == line.size and following.is_bold == line.is_bold)
        return not unfinished and (self._stands_out(line, following) or self._stands_alone(line, following))

    def _is_item(self, line: Line, following: Line | None) -> bool:
        """Whether a numbered line in the type of the text begins a sentence that goes on: an item of a list, such as a recommendation."""
        if following is None or following.page != line.page or following.after_blank or not following.text[0].islower():
            return False
        return not line.size or (abs(following.size - line.size) < 0.2 and following.is_bold == line.is_bold)

    def continues(self, line: Line) -> bool:
        """Return whether a heading line goes on from the heading line just before it, in the same type and without a number of its own."""
        last = self.last
        if (
            last is None
            or not line.size
            or last.page != line.page
            or last.box is None
            or line.box is None
            or number_path(line.text)
            or KNOWN.fullmatch(line.text.strip(" .:"))
            or _MAIN.fullmatch(last.text.strip(" .:"))
        ):
            return False
        same_type = abs(line.size - last.size) < 0.2 and (line.is_bold == last.is_bold or line.text[0] == "(")
        return same_type and (self._is_displayed(line) or line.font == last.font != self.body_font) and 0 < last.box[1] - line.box[1] < 2 * line.size

    def run_in_length(self, line: Line) -> int:
        """Return the length of a numbered heading that the text follows on the same line ("3.1. Design. We searched …"), 0 for none."""
        match = _RUN_IN_NUMBERED.match(line.text)
        return match.end() if match and self._follows(number_path(line.text)) else 0

    def open(self, line: Line, zone: Zone, follows_text: bool) -> tuple[Zone, int]:
        """Return zone and level of the section that a heading opens, and remember it.

        `zone` is that of the section before, `follows_text` whether that section holds text already.
        """
        self.last = line
        name = strip_number(line.text).strip(" .:").casefold()
        path = number_path(line.text)
        opened = heading_zone(line.text)
        self.past_methods |= bool(_LATE.fullmatch(name))
        if opened is Zone.BACK_MATTER and line.size and not self.past_methods and self.styles:
            # "Ethical approval" before the results is a part of the methods.
            opened = Zone.BODY
        if opened is Zone.ABSTRACT:
            self.parts = set()
        elif (
            zone is Zone.ABSTRACT
            and self.parts is not None
            and not path
            and _PARTS.fullmatch(name)
            and name not in self.parts
            and (name != "introduction" if self.parts else not follows_text)
        ):
            self.parts.add(name)
            return Zone.ABSTRACT, 2
        else:
            self.parts = None
        if path:
            self.path = path
            return opened, len(path)
        return opened, self._level(line) if opened is Zone.BODY else 1

    def _is_displayed(self, line: Line) -> bool:
        return self.body_size > 0 and (line.size > self.body_size + _BIGGER or (line.is_bold and line.size > self.least_bold))

    def _stands_out(self, line: Line, following: Line | None) -> bool:
        """Whether a line is short, set in another type than the running text, and followed by running text."""
        if (
            not self.body_size
            or following is None
            or following.box is None
            or line.box is None
            or not (line.closes and (line.after_blank or self._is_below_last(line) or line.indent <= 2 < following.indent))
        ):
            return False
        other_type = line.font != self.body_font or abs(line.size - self.body_size) > 0.35
        runs_on = abs(following.size - self.body_size) <= 0.35 and following.font == self.body_font and abs(following.box[0] - line.box[0]) < 40
        return other_type and runs_on and line.size > 0.6 * self.body_size and len(line.text) < 100

    def _stands_alone(self, line: Line, following: Line | None) -> bool:
        """Whether a short line in the type of the text stands between two gaps, at the edge of the column, before an indented line."""
        if not line.size or following is None or following.box is None or line.box is None or not (line.after_blank and line.closes):
            return False
        is_title = line.text[-1].isalnum() and len(line.text.split()) >= 3 and not _VERB.search(line.text)
        return is_title and line.indent <= 2 < following.indent < 40 and following.box[1] < line.box[1] and following.text[0].isupper()

    def _is_below_last(self, line: Line) -> bool:
        last = self.last
        return last is not None and last.page == line.page and last.box is not None and line.box is not None and 0 < last.box[1] - line.box[1] < 2 * line.size

    def _level(self, line: Line) -> int:
        """Return the level of a heading without a number: the rank of its type among those used so far, larger first."""
        style = (line.size, line.is_bold)
        if not line.size:
            return 1
        is_main = bool(_MAIN.fullmatch(line.text.strip(" .:")))
        if not self.styles or style > self.styles[0] or (style == self.styles[0] and (is_main or not self.is_study)):
            self.styles = [style]
        elif style == self.styles[0]:
            return 2
        if style not in self.styles:
            self.styles = [*(known for known in self.styles if known > style), style]
        else:
            self.styles = self.styles[: self.styles.index(style) + 1]
        return len(self.styles)

    def _follows(self, path: tuple[int, ...]) -> bool:
        """Whether a number path can come after the last one: 2.3 after 2.2 or 2.2.4, 2.1 after 2, 3 after 2.9."""
        if path == self.path or path[0] == 0:
            return False
        depth = next((index for index, (new, old) in enumerate(zip(path, self.path, strict=False)) if new != old), min(len(path), len(self.path)))
        if depth >= len(path):
            return False
        previous = self.path[depth] if depth < len(self.path) else 0
        return previous < path[depth] <= previous + 2 and all(part == 1 for part in path[depth + 1 :])
