"""The rules that every digest of the shipped library keeps, because each of its sentences is quoted alone as an answer.

Each rule is a function from a `Digest` to the violations it finds; the first test of a rule holds it against the library, and
`test_a_bad_digest_is_caught` shows that each can fail.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragqa.text.wholeness import is_fragment
from ragqa.types import DocumentKind

CHECKOUT = Path(__file__).resolve().parents[2]
CORPUS = CHECKOUT / "corpus"
DOSSIERS = CHECKOUT.parent / "shared" / "sources"
needs_dossiers = pytest.mark.skipif(not DOSSIERS.is_dir(), reason="the facts dossiers are not part of the checkout")

SECTIONS = (
    "Design",
    "Definition",
    "Epidemiology",
    "Screening",
    "Monitoring",
    "First-line treatment",
    "Progression",
    "Treatment after progression",
    "Rapidly progressive disease",
    "Dosing",
    "Outcomes",
    "Safety",
    "Prognosis",
    "Supportive care",
    "Ongoing research",
    "Limits",
    "Citation",
)
REQUIRED = {"title", "short_title", "year", "kind", "populations", "licence", "digest_of"}
OPTIONAL = {"authors", "organisation", "issuer", "edition", "journal", "doi", "pmid", "related", "supersedes", "superseded_by"}
SHARED_RUN = 12
LONGEST_STATEMENT = 360
SHORTEST_STATEMENT = 50

POPULATION = re.compile(
    r"\b(SSc|RA|IIM|MCTD|SjD|SLE|CTD|SARD|IPAF|PPF|UCTD|ILD|ASyS|MDA5|IPF)\b"
    r"|(?i:systemic sclerosis|scleroderma|rheumatoid|myositis|antisynthetase|myopath|connective tissue|sj[oö]gren)"
    r"|(?i:lupus|rheumatic (?:and musculoskeletal )?disease|pulmonary fibrosis)",
)
DANGLING = re.compile(
    r"(This|These|Those|That|It|Its|They|Their|He|She|His|Her|Such|However|Moreover|Furthermore|Also|Both|Neither group|In contrast|The same)\b"
    r"|The (study|authors?|trial|review|cohort|guideline|drug|group)\b(?! of)"
)
RECOMMENDING = re.compile(r"\b(is|are) (?:conditionally |strongly )?(?:recommended|suggested)(?: against)?\b|no recommendation was reached", re.IGNORECASE)
FIGURE = re.compile(r"\d+(?:[.,·]\d+)*")


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest taken apart: front matter as it stands in YAML, and (section, statement) pairs in order."""

    slug: str
    folder: str
    front_matter: dict[str, Any]
    sections: tuple[str, ...]
    statements: tuple[tuple[str, str], ...]
    stray_lines: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of all statements in order, front matter and citation aside."""
        return tuple(re.findall(r"[\w'%.+-]+", " ".join(statement for _, statement in self.statements).lower()))


def read_digest(text: str, slug: str, folder: str) -> Digest:
    """Take the text of a digest apart."""
    _, front_matter, body = text.split("---\n", 2)
    sections: list[str] = []
    statements: list[tuple[str, str]] = []
    stray: list[str] = []
    for line in body.splitlines():
        if line.startswith("## "):
            sections.append(line[3:].strip())
        elif line.startswith("- ") and sections and sections[-1] != "Citation":
            statements.append((sections[-1], line[2:].strip()))
        elif line.strip() and not line.startswith("# ") and sections[-1:] != ["Citation"]:
            stray.append(line)
    return Digest(slug, folder, yaml.safe_load(front_matter), tuple(sections), tuple(statements), tuple(stray))


DIGESTS = tuple(read_digest(path.read_text(encoding="utf-8"), path.stem, path.parent.name) for path in sorted(CORPUS.glob("*/*.md")))
SLUGS = {digest.slug for digest in DIGESTS}


def front_matter_violations(digest: Digest) -> list[str]:
    """Return what is missing, unknown or of the wrong shape in the front matter."""
    fields = digest.front_matter
    found = [f"lacks {name}" for name in sorted(REQUIRED - fields.keys())] + [f"unknown field {name}" for name in sorted(fields.keys() - REQUIRED - OPTIONAL)]
    is_guideline = fields.get("kind") == DocumentKind.GUIDELINE
    checks = {
        "kind is none of DocumentKind": fields.get("kind") in set(DocumentKind),
        "year is no year": isinstance(fields.get("year"), int) and 1950 < fields["year"] < 2100,
        "doi is no DOI": re.fullmatch(r"10\.\d{4,9}/\S+", str(fields.get("doi", "10.1000/x"))) is not None,
        "pmid is no string of digits": isinstance(fields.get("pmid", "1"), str) and str(fields.get("pmid", "1")).isdigit(),
        "licence is not Apache-2.0": fields.get("licence") == "Apache-2.0",
        "digest_of does not say that it is a digest": str(fields.get("digest_of", "")).startswith("A digest in our own words"),
        "populations need a disease each, and whole numbers": bool(fields.get("populations"))
        and all(set(entry) <= {"disease", "n", "note"} and entry.get("disease") and isinstance(entry.get("n", 0), int) for entry in fields["populations"]),
        "related and superseded_by name digests": set(fields.get("related", [])) | set(fields.get("superseded_by", [])) <= SLUGS - {digest.slug},
        "a guideline needs issuer, organisation and edition": not is_guideline or {"issuer", "organisation", "edition"} <= fields.keys(),
        "folder and kind differ": (digest.folder == "guidelines") == is_guideline,
    }
    return found + [violation for violation, holds in checks.items() if not holds]


def section_violations(digest: Digest) -> list[str]:
    """Return unknown, repeated or misplaced sections, a missing citation, and lines that are no list items."""
    known = [section for section in digest.sections if section in SECTIONS]
    found = [f"unknown section {section}" for section in digest.sections if section not in SECTIONS]
    if known != sorted(set(known), key=SECTIONS.index):
        found.append(f"sections out of order: {', '.join(known)}")
    if digest.sections[-1:] != ("Citation",):
        found.append("does not end with Citation")
    return found + [f"not a list item: {line}" for line in digest.stray_lines]


def statement_violations(digest: Digest) -> list[str]:
    """Return statements that cannot stand alone: a dangling start, no full stop, too short or too long, or read as a scrap and so never said."""
    found = []
    for _, statement in digest.statements:
        if DANGLING.match(statement):
            found.append(f"dangling start: {statement}")
        if not statement.endswith("."):
            found.append(f"no full stop: {statement}")
        if not SHORTEST_STATEMENT <= len(statement) <= LONGEST_STATEMENT:
            found.append(f"{len(statement)} characters: {statement}")
        elif is_fragment(statement, is_row=False):
            found.append(f"a fragment: {statement}")
    return found


def population_violations(digest: Digest) -> list[str]:
    """Return statements that name no population and stand under a heading that names none."""
    return [statement for section, statement in digest.statements if not POPULATION.search(statement) and not POPULATION.search(section)]


def recommendation_violations(digest: Digest) -> list[str]:
    """Return list items of a guideline that hold more than one recommendation."""
    if digest.front_matter.get("kind") != DocumentKind.GUIDELINE:
        return []
    return [statement for _, statement in digest.statements if len(RECOMMENDING.findall(statement)) > 1]


def figure_violations(digest: Digest, dossier: dict[str, Any]) -> list[str]:
    """Return figures that occur neither in a confirmed fact of the dossier nor in its notes or bibliographic data."""
    confirmed = [fact["fact"] for facts in dossier["facts"].values() for fact in facts if fact["status"] == "confirmed"]
    about = [dossier.get(name, "") for name in ("title", "year", "population", "journal", "authors_or_organisation", "seen_on", "evidence_notes")]
    allowed = set(FIGURE.findall(" ".join(map(str, confirmed + about))))
    return [f"{figure} in: {statement}" for _, statement in digest.statements for figure in FIGURE.findall(statement) if figure not in allowed]


def shared_runs(digests: Iterable[Digest]) -> list[str]:
    """Return runs of twelve words that stand in more than one digest."""
    owners: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for digest in digests:
        for start in range(len(digest.words) - SHARED_RUN + 1):
            owners[digest.words[start : start + SHARED_RUN]].add(digest.slug)
    return [f"{', '.join(sorted(slugs))}: {' '.join(run)}" for run, slugs in owners.items() if len(slugs) > 1]


RULES = (front_matter_violations, section_violations, statement_violations, population_violations, recommendation_violations)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_digest_keeps_the_rule(rule: Any) -> None:
    """No digest of the library breaks the rule."""
    assert [f"{digest.slug}: {violation}" for digest in DIGESTS for violation in rule(digest)] == []


def test_no_two_digests_share_a_run_of_twelve_words() -> None:
    """Each digest is written in words of its own, front matter and citation aside."""
    assert shared_runs(DIGESTS) == []


@needs_dossiers
def test_every_dossier_has_its_digest() -> None:
    """One digest for each file of the dossier, under the same name, and no other."""
    assert {path.stem for path in DOSSIERS.glob("*.yaml")} == SLUGS


@needs_dossiers
@pytest.mark.parametrize("digest", DIGESTS, ids=lambda digest: digest.slug)
def test_figures_and_identifiers_come_from_the_dossier(digest: Digest) -> None:
    """Each figure of a digest occurs in its dossier file, and bibliographic data and links are those of the dossier."""
    dossier = yaml.safe_load((DOSSIERS / f"{digest.slug}.yaml").read_text(encoding="utf-8"))

    assert figure_violations(digest, dossier) == []
    assert {name: digest.front_matter.get(name) for name in ("year", "doi", "pmid")} == {name: dossier.get(name) for name in ("year", "doi", "pmid")}
    for name in ("related", "superseded_by"):
        assert digest.front_matter.get(name, []) == as_list(dossier.get(name)), name


def as_list(value: Any) -> list[Any]:
    """Return a YAML value that may be absent, single or a list as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


GOOD = """---
title: A trial
short_title: TRIAL
journal: A journal
year: 2020
kind: guideline
organisation: A society
issuer: AS
edition: 2020
populations:
  - disease: SSc-ILD
    n: 12
licence: Apache-2.0
digest_of: A digest in our own words of facts reported for this publication; it is not the publication's text.
---

# TRIAL

## Dosing

- In TRIAL (12 patients with SSc-ILD), the drug was given at 5 mg a day for 3 months.

## Citation

A trial. 2020.
"""


def test_a_good_digest_breaks_no_rule() -> None:
    """The smallest complete digest passes, so that a violation below comes from the change alone."""
    digest = read_digest(GOOD, "trial", "guidelines")

    assert [violation for rule in RULES for violation in rule(digest)] == []
    assert figure_violations(digest, {"facts": {"dosing": [{"fact": "5 mg a day / 3 months / n 12", "status": "confirmed"}]}}) == []


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (front_matter_violations, "licence: Apache-2.0\n", ""),
        (front_matter_violations, "kind: guideline", "kind: leaflet"),
        (front_matter_violations, "issuer: AS\n", ""),
        (front_matter_violations, "n: 12", "n: twelve"),
        (front_matter_violations, "year: 2020\nkind", "year: 2020\ndoi: unknown\nkind"),
        (front_matter_violations, "year: 2020\nkind", "year: 2020\nrelated: [nowhere]\nkind"),
        (section_violations, "## Dosing", "## Doses"),
        (section_violations, "## Citation\n", "## Design\n"),
        (section_violations, "- In TRIAL", "In TRIAL"),
        (statement_violations, "In TRIAL (12", "They (12"),
        (statement_violations, "3 months.", "3 months"),
        (statement_violations, " (12 patients with SSc-ILD), the drug was given at 5 mg a day for 3 months", " it helped in SSc"),
        (statement_violations, "the drug was given at", "the drug of"),
        (population_violations, " with SSc-ILD", ""),
        (recommendation_violations, "the drug was given", "A is recommended against, B is recommended and C was given"),
    ],
)
def test_a_bad_digest_is_caught(rule: Any, before: str, after: str) -> None:
    """Each rule reports the one thing that was made wrong."""
    assert rule(read_digest(GOOD.replace(before, after), "trial", "guidelines")) != []


def test_a_figure_that_no_confirmed_fact_holds_is_caught() -> None:
    """A fact that is only recalled does not cover a figure."""
    dossier = {"facts": {"dosing": [{"fact": "5 mg a day / n 12", "status": "confirmed"}, {"fact": "3 months", "status": "recalled"}]}}

    assert [violation[:5] for violation in figure_violations(read_digest(GOOD, "trial", "guidelines"), dossier)] == ["3 in:"]


def test_a_shared_run_is_caught() -> None:
    """Twelve words in two digests are found, whatever the case and the end mark."""
    first, second = read_digest(GOOD, "first", "guidelines"), read_digest(GOOD.replace("drug was", "Drug was"), "second", "guidelines")

    assert shared_runs([first, second]) != []
