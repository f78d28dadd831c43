"""How an answer reads, for every face alike: badges, locators, headings, explanations and what a reader level folds away.

`present(answer)` turns an `Answer` into an `AnswerView`, which the terminal, Markdown and HTML renderers walk without deciding anything
themselves. A reader level changes only this presentation: statements, their wording and their citations are the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragqa.answers.glossary import load_glossary
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Audience,
    Conflict,
    Direction,
    DocumentKind,
    Evidence,
    Facet,
    Origin,
    RecommendationCard,
    Source,
    Statement,
    Strength,
    Tier,
)


@dataclass(frozen=True, slots=True)
class Badge:
    """A short label beside a statement. `kind` is stable and chooses its look; `hint` says the same in a sentence, where that helps."""

    kind: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement with what stands beside it. `folded` says why the reader must open it, and is empty where it stands open."""

    statement: Statement
    badges: tuple[Badge, ...]
    explained: tuple[tuple[str, str], ...] = ()
    """(term as written, meaning) pairs."""
    folded: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """Statements under one sub-heading."""

    title: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """One part of the answer. `is_closed` parts (indirect evidence) wait for the reader to open them."""

    section_id: str
    title: str
    note: str | None
    groups: tuple[GroupView, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Statements that disagree, to stand side by side."""

    kind: str
    title: str
    note: str
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A numbered source with every quote that the answer takes from it, in order of first use."""

    source: Source
    badges: tuple[Badge, ...]
    quotes: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Everything a face shows, in order."""

    answer: Answer
    status_title: str
    """Empty for a plain answer; otherwise what kind of answer this is."""
    notices: tuple[str, ...]
    sections: tuple[SectionView, ...]
    conflicts: tuple[ConflictView, ...]
    nearest: tuple[StatementView, ...]
    sources: tuple[SourceView, ...]
    labels: dict[int, str]
    """Short name of each source by its number."""
    digest_notes: tuple[str, ...]
    """What a source is that is a digest of the publication it names; each wording once."""


AUDIENCE_TITLES = {Audience.CLINICIAN: "Clinician", Audience.RESEARCHER: "Researcher", Audience.STUDENT: "Student", Audience.PATIENT: "Patient or carer"}

_STATUS_TITLES = {
    AnswerStatus.ANSWERED: "",
    AnswerStatus.ANSWERED_WITH_CLARIFICATION: "One term of the question has more than one reading",
    AnswerStatus.PARTIAL: "The library answers part of this question",
    AnswerStatus.INSUFFICIENT_EVIDENCE: "The library does not answer this question",
}
_PATIENT_NOTICE = (
    "This page quotes texts written for professionals; plain words stand beside them. It cannot know your situation: talk it over "
    "with your care team, and do not start, stop or change a medicine because of it. "
    "If you feel very unwell or are suddenly getting worse, seek urgent medical help."
)
_PATIENT_TITLES = {"guidelines": "What expert guidelines say", "research": "What studies found", "indirect": "What was found in other illnesses"}
_PATIENT_PER_SECTION, _PATIENT_PER_GROUP = 4, 2
"""How many statements a patient sees open; the others wait behind a click."""


def present(answer: Answer) -> AnswerView:
    """Return everything that a face shows for an answer at its reader level."""
    sections = tuple(_SectionBuilder(answer.audience).build(section) for section in answer.sections if section.groups or section.note)
    by_id = {statement.statement_id: statement for statement in answer.statements}
    return AnswerView(
        answer=answer,
        status_title=_STATUS_TITLES[answer.status],
        notices=_notices(answer),
        sections=sections,
        conflicts=tuple(_conflict(conflict, by_id, answer.audience) for conflict in answer.conflicts),
        nearest=tuple(StatementView(statement, badges(statement, answer.audience)) for statement in answer.nearest),
        sources=tuple(_source(source, [*answer.statements, *answer.nearest]) for source in answer.sources),
        labels={source.n: source.label for source in answer.sources},
        digest_notes=tuple(dict.fromkeys(source.digest_of for source in answer.sources if source.digest_of)),
    )


def badges(statement: Statement, audience: Audience) -> tuple[Badge, ...]:
    """Return the badges of a statement: recommendation, issuer, design, size, year, population.

    An exact population carries no badge. A researcher also sees where each quote stands.
    """
    card = statement.recommendation
    found: list[Badge] = [] if card is None else list(_recommendation_badges(card))
    if statement.design and card is None:
        found.append(Badge("design", words(statement.design)))
    if statement.n is not None and audience is not Audience.PATIENT:
        found.append(Badge("n", f"n = {statement.n:,}".replace(",", " "), f"{statement.n} patients"))
    if statement.year is not None and (card is None or card.year is None):
        found.append(Badge("year", str(statement.year)))
    population = _population_badge(statement)
    found += [population] if population else []
    if audience is Audience.RESEARCHER:
        found += [Badge("locator", locator(evidence)) for evidence in statement.evidence]
    return tuple(found)


def locator(evidence: Evidence) -> str:
    """Return where a quote stands: heading path, page and characters."""
    place = f"page {evidence.page}, characters {evidence.start}–{evidence.end}"
    return f"{' › '.join(evidence.section_path)}, {place}" if evidence.section_path else place


def reference(source: Source) -> str:
    """Return a source as one bibliographic line without its links."""
    authors = ", ".join(source.authors) or source.organisation or ""
    journal = source.journal or ""
    year = str(source.year) if source.year and str(source.year) not in journal else ""
    parts = (authors, source.title, journal, year)
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def links(source: Source) -> tuple[tuple[str, str], ...]:
    """Return (name, address) of where the publication itself is found: DOI and PubMed."""
    from urllib.parse import quote

    doi = (f"doi:{source.doi}", f"https://doi.org/{quote(source.doi, safe='/:;().-_')}") if source.doi else None
    pubmed = (f"PMID {source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{quote(source.pmid, safe='')}/") if source.pmid else None
    return tuple(link for link in (doi, pubmed) if link)


def words(name: str) -> str:
    """Return a coded name ("randomised-trial") as words ("Randomised trial")."""
    text = name.replace("-", " ").replace("_", " ").strip()
    return text[:1].upper() + text[1:]


class _SectionBuilder:
    """Builds one section; remembers what it has explained and how many statements stand open."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._explained: set[str] = set()
        self._n_open = 0

    def build(self, section: AnswerSection) -> SectionView:
        groups = tuple(
            GroupView(group.title, tuple(self._statement(statement, row) for row, statement in enumerate(group.statements))) for group in section.groups
        )
        title = _PATIENT_TITLES.get(section.section_id, section.title) if self._audience is Audience.PATIENT else section.title
        return SectionView(section.section_id, title, section.note, groups, is_closed=section.section_id == "indirect")

    def _statement(self, statement: Statement, row: int) -> StatementView:
        shown = badges(statement, self._audience)
        words_shown = " . ".join([statement.text, *(badge.text for badge in shown)])
        return StatementView(statement, shown, self._explain(words_shown), self._fold(statement, row))

    def _explain(self, text: str) -> tuple[tuple[str, str], ...]:
        """Explain each term where the section first uses it."""
        if self._audience not in (Audience.STUDENT, Audience.PATIENT):
            return ()
        pairs: list[tuple[str, str]] = []
        for name, term in load_glossary().find(text):
            if term.plain not in self._explained:
                self._explained.add(term.plain)
                expands = self._audience is Audience.STUDENT and term.long is not None and term.long.lower() != name.lower()
                pairs.append((name, f"{term.long}: {term.plain}" if expands else term.plain))
        return tuple(pairs)

    def _fold(self, statement: Statement, row: int) -> str:
        """Return why a patient must open a statement; `row` counts within its group."""
        if self._audience is not Audience.PATIENT:
            return ""
        if statement.facet is Facet.DOSING:
            return "About doses: ask your care team"
        if row >= _PATIENT_PER_GROUP or self._n_open >= _PATIENT_PER_SECTION:
            return "Show more"
        self._n_open += 1
        return ""


def _recommendation_badges(card: RecommendationCard) -> Iterable[Badge]:
    if card.direction is Direction.NONE:
        yield Badge("none", "No recommendation reached", "The issuer says that it reached no recommendation.")
    else:
        strength = "" if card.strength is Strength.UNSPECIFIED else f"{card.strength.value} "
        text = f"{strength}recommendation {card.direction.value}"
        yield Badge(f"{card.direction.value}-{card.strength.value}", text[:1].upper() + text[1:])
    if card.certainty:
        yield Badge("certainty", f"{words(card.certainty)} certainty")
    if card.organisation or card.year:
        yield Badge("issuer", " ".join(str(part) for part in (card.organisation, card.year) if part))
    if card.superseded_by:
        yield Badge("superseded", f"Superseded by {card.superseded_by}", "A newer edition of this guideline exists.")


def _population_badge(statement: Statement) -> Badge | None:
    names = ", ".join(statement.populations)
    origin = (
        "" if statement.population_origin in (Origin.EXPLICIT, Origin.UNKNOWN) else f" Read from the {statement.population_origin.value}, not the sentence."
    )
    match statement.population_tier:
        case Tier.BROADER:
            text, hint = (
                f"{names} in general" if 0 < len(statement.populations) <= 2 else "wider group",
                "Found in a broader group of patients than the one asked about.",
            )
        case Tier.CHILD:
            text, hint = f"{names} only" if names else "Subgroup", "Found in a part of the patients asked about."
        case Tier.SIBLING | Tier.UNRELATED:
            text, hint = f"Other disease: {names}" if names else "Other disease", "Found in another disease than the one asked about."
        case Tier.EXACT:
            return None
    return Badge(f"population-{statement.population_tier.value}", text, hint + origin)


def _notices(answer: Answer) -> tuple[str, ...]:
    found = [f'"{typed}" was read as "{read}".' for typed, read in answer.corrections]
    if answer.interpreted_question.casefold() not in ("", answer.question.casefold()) and not answer.corrections:
        found.append(f"Interpreted as: {answer.interpreted_question}")
    return (*found, *([_PATIENT_NOTICE] if answer.audience is Audience.PATIENT else []))


def _conflict(conflict: Conflict, by_id: dict[str, Statement], audience: Audience) -> ConflictView:
    pair = tuple(StatementView(by_id[name], badges(by_id[name], audience)) for name in conflict.statements if name in by_id)
    title = "Later evidence may supersede earlier" if conflict.kind == "date" else "Sources disagree"
    return ConflictView(conflict.kind, title, conflict.note, pair)


def _source(source: Source, statements: list[Statement]) -> SourceView:
    quotes: dict[tuple[int, int, int], Evidence] = {}
    for statement in statements:
        for evidence in statement.evidence:
            if evidence.source == source.n:
                quotes.setdefault((evidence.page, evidence.start, evidence.end), evidence)
    shown = (
        [Badge("guideline" if source.kind is DocumentKind.GUIDELINE else "design", words(source.kind.value))] if source.kind is not DocumentKind.OTHER else []
    )
    if source.digest_of:
        shown.append(Badge("digest", "Digest", source.digest_of))
    if source.superseded_by:
        shown.append(Badge("superseded", f"Superseded by {', '.join(source.superseded_by)}", "A newer edition exists."))
    return SourceView(source, tuple(shown), tuple(quotes.values()))
