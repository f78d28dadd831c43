"""The words around the words of a web page: menus, calls to action, review states. They belong to no sentence of the page's text."""

from __future__ import annotations

import re

from ragqa.types import Zone

_CHROME = re.compile(
    r"personali[sz]e|help us .*|which best describes you\b.*|.*\bview editorial policy|(?:article )?review status|submitted|under review"
    r"|approved|draft|educational purposes? only.*"
    r"|.*\barticles are reviewed\b.*|(?:medical )?(?:advisory|editorial) board.*|menu|search|home|contact(?: us)?|about(?: us)?|log ?in"
    r"|sign ?(?:in|up|out)|register|subscribe.*|newsletter.*"
    r"|share(?: (?:this|on) .*)?|print|e-?mail|download(?: pdf)?|save|cite(?: this.*)?|follow us.*|read more.*|see more|show more"
    r"|load more|skip to .*|back to top|related (?:articles?|content|topics?)"
    r"|accept(?: all)?(?: cookies)?|(?:we|this (?:web)?site) uses? cookies.*|cookie (?:policy|settings)|privacy(?: policy)?"
    r"|terms (?:of (?:use|service)|and conditions)|advertisement|sponsored"
    r"|was this (?:article|page) helpful.*|leave a comment|comments?(?: \(\d+\))?|©.*|all rights reserved.*|tweet|facebook|twitter"
    r"|linkedin|copy link|table of contents|on this page",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"(?:last |page )?(?:updated|reviewed|modified|published)(?: on)?:?\s*(?P<date>[^\n]*?\b(?:19|20)\d\d)", re.IGNORECASE)
_BACK = re.compile(
    r"(?:professional |medical |legal )*disclaimers?|have a (?:follow-?up )?question\??|(?:get|ask) (?:help|us)\b.*|about (?:the )?authors?|sources?",
    re.IGNORECASE,
)


def is_chrome(line: str) -> bool:
    """Return whether a line is page furniture."""
    return bool(_CHROME.fullmatch(line.strip())) or bool(_UPDATED.match(line.strip()) and len(line) < 80)


def update_of(line: str) -> tuple[str, int] | None:
    """Return the statement of a page's last change and its year, None where the line makes none."""
    match = _UPDATED.match(line.strip())
    if match is None or len(line) >= 80:
        return None
    return match.group().strip(), int(match.group("date")[-4:])


def web_zone(title: str, zone: Zone) -> Zone:
    """Return the zone of a section of a web page: disclaimers and calls to action are back matter."""
    return Zone.BACK_MATTER if _BACK.fullmatch(title.strip()) else zone
