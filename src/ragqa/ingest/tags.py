"""Say of every sentence what it is about: diseases with where that was read, treatments, trials, facets, outcomes, tests, design, size.

In: a parsed `Document`. Out: the same document with `Sentence.tags` filled. A sentence that names no disease gets it from the heading,
else from its paragraph, else from the document; the tag says which (`Origin`), so that a later stage can trust it less. Nothing is
guessed beyond that order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from ragqa.ingest.kinds import PROTOCOL
from ragqa.ingest.sizes import read_n
from ragqa.ingest.study_names import with_study_name
from ragqa.text.lexicon import Lexicon, Mention, load_lexicon
from ragqa.text.populations import Populations, read_populations
from ragqa.text.recommendations import is_confined, read_recommendation
from ragqa.text.wholeness import is_fragment
from ragqa.types import FRAGMENT, Block, Direction, Document, DocumentKind, Facet, Origin, Sentence, Tags, Tier, Zone

_PRIMARY_STUDIES = frozenset(
    {
        DocumentKind.RANDOMISED_TRIAL,
        DocumentKind.COHORT,
        DocumentKind.CASE_CONTROL,
        DocumentKind.CASE_SERIES,
        DocumentKind.CASE_REPORT,
        DocumentKind.REGISTRY,
        DocumentKind.SYSTEMATIC_REVIEW,
    }
)
_ABOUT_TREATMENT = frozenset({Facet.TREATMENT, Facet.OUTCOME, Facet.SAFETY, Facet.DOSING, Facet.DESIGN, Facet.ONGOING, Facet.RAPIDLY_PROGRESSIVE})
_WITHOUT_RESULT = frozenset({Facet.DESIGN, Facet.EVIDENCE_GAP, Facet.DEFINITION, Facet.BACKGROUND, Facet.ONGOING, Facet.DIAGNOSIS, Facet.SCREENING})
_FREQUENCY = "frequency"
"""The outcome slot of how common something is."""
_REVIEW_OF = re.compile(r"\b(?:reviews?|overviews?) (?:of|on) (?:the )?(?:use of )?$", re.IGNORECASE)
_OTHERS = frozenset({Tier.SIBLING, Tier.UNRELATED})
_CALLS_FOR = re.compile(
    r"\b(?:is|are|was|were|be|been|still|urgently) (?:\w+ )?(?:needed|required|warranted|awaited|lacking|missing)\b|\bneed(?:s|ed)? for\b|\bawait\w*"
    r"|\b(?:future|further|should|would)\b|\b(?:no|few|without|lack of|absence of|want of) (?:[\w-]+ ){0,3}?(?:trials?|stud(?:y|ies)|data|evidence)\b",
    re.IGNORECASE,
)
"""A design that is called for or missed is none that a sentence reports."""
_OTHER_STUDY = re.compile(r"\bet al\b|\band (?:colleagues|co-?workers)\b")
_MAJORITY = 0.5
"""Share of the sentences naming a disease that must fall under one disease or group before the document counts as being about it."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What a document says of itself, for sentences that do not say it."""

    lexicon: Lexicon
    document: Document
    populations: tuple[str, ...]
    title_drugs: tuple[str, ...]
    own_trial: str | None
    first_author: str | None
    headings: tuple[tuple[str, ...], ...]
    """Section titles without the document's own, by section ordinal order of `Document.sections`."""


def tag_document(document: Document, lexicon: Lexicon | None = None) -> Document:
    """Return the document with the tags of every sentence, and which of them are fragments, and the name of its study; pages and texts stay."""
    lexicon = lexicon or load_lexicon()
    document = with_study_name(document, lexicon)
    lexicon = lexicon.with_abbreviations(document.abbreviations)
    context = _read_context(document, lexicon)
    position = {section.ordinal: index for index, section in enumerate(document.sections)}
    tagged: list[Sentence] = []
    paragraph = _Paragraph(-1, -1)
    for sentence in document.sentences:
        index = position.get(sentence.section, -1)
        headings = context.headings[index] if index >= 0 else ()
        paragraph = paragraph.at(sentence)
        tags, paragraph = _tag(sentence, headings, paragraph, context)
        is_whole = not is_fragment(sentence.text, sentence.block is Block.TABLE_ROW)
        tagged.append(replace(sentence, tags=tags, flags=sentence.flags if is_whole else (*sentence.flags, FRAGMENT)))
    return replace(document, sentences=tuple(tagged))


def _drugs(text: str, facets: tuple[tuple[Facet, float], ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the treatments of a sentence; where it tells how common a disease is, that which a review cited for it is called after is none."""
    mentions = lexicon.interventions_in(text)
    if mentions and facets and facets[0][0] is Facet.EPIDEMIOLOGY and not {mention.name for mention in lexicon.outcomes_in(text)} - {_FREQUENCY}:
        mentions = [mention for mention in mentions if not _REVIEW_OF.search(text[: mention.start])]
    return _names(mentions)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What the paragraph so far has named, and what the paragraph before it in the section left as its topic."""

    number: int
    section: int
    populations: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()
    previous_drugs: tuple[str, ...] = ()

    def at(self, sentence: Sentence) -> _Paragraph:
        """Return the state in which a sentence is read: kept in its paragraph, handed on within its section, empty elsewhere."""
        if (sentence.paragraph, sentence.section) == (self.number, self.section):
            return self
        # Items of a list stand alone: the drug of one is not the topic of the next.
        carries = sentence.section == self.section and sentence.block is Block.PARAGRAPH
        return _Paragraph(sentence.paragraph, sentence.section, previous_drugs=(self.drugs or self.previous_drugs) if carries else ())


def _tag(sentence: Sentence, headings: tuple[str, ...], paragraph: _Paragraph, context: _Context) -> tuple[Tags, _Paragraph]:
    lexicon, document, text = context.lexicon, context.document, sentence.text
    kind = document.metadata.kind
    facets = lexicon.facets_of_sentence(text, headings, is_planned=document.metadata.kind_origin == PROTOCOL)
    drugs = _drugs(text, facets, lexicon)
    if drugs and not any(facet is Facet.TREATMENT for facet, _ in facets):
        facets = tuple(sorted((*facets, (Facet.TREATMENT, 0.5)), key=lambda pair: -pair[1]))
    named_trials = read_trials(text, lexicon)
    read = read_populations(text, lexicon)
    populations, origin = _populations(read, named_trials, headings, paragraph, context)
    # "Meyer et al. found …" reports another study than the trial of the paragraph, unless the document is by these authors.
    is_other_study = _OTHER_STUDY.search(text) is not None and not (context.first_author and context.first_author in text)
    carried = paragraph.trials or ((context.own_trial,) if context.own_trial else ())
    trials = named_trials or (() if is_other_study else carried)
    heading_drugs = tuple(drug for heading in reversed(headings) for drug in _names(lexicon.interventions_in(heading)))
    topic = heading_drugs or paragraph.drugs or paragraph.previous_drugs
    if not topic and facets and facets[0][0] in _ABOUT_TREATMENT:
        topic = context.title_drugs
    advice = read_recommendation(text, kind is DocumentKind.GUIDELINE, lexicon)
    confines = advice is not None and advice.direction is Direction.FOR and origin is Origin.EXPLICIT and is_confined(text, lexicon)
    tags = Tags(
        populations=populations,
        population_origin=origin,
        excluded_populations=_excluded(read, populations, context, confines),
        drugs=drugs,
        topic_drugs=tuple(drug for drug in dict.fromkeys(topic) if drug not in drugs) if not drugs else (),
        trials=trials,
        facets=facets,
        outcomes=_names(lexicon.outcomes_in(text)),
        tests=_names(lexicon.tests_in(text)),
        on_manifestation=lexicon.on_manifestation(text),
        design=_design(text, kind, lexicon),
        n=read_n(text, lexicon),
        polarity=read_polarity(text, lexicon) if kind is not DocumentKind.GUIDELINE and facets and facets[0][0] not in _WITHOUT_RESULT else 0,
        recommendation=advice,
    )
    named = tuple(name for name in read.named if name != lexicon.manifestation)
    after = replace(
        paragraph,
        populations=named or paragraph.populations,
        drugs=drugs or paragraph.drugs,
        trials=named_trials or (() if is_other_study else paragraph.trials),
    )
    return tags, after


def _populations(
    read: Populations, trials: tuple[str, ...], headings: tuple[str, ...], paragraph: _Paragraph, context: _Context
) -> tuple[tuple[str, ...], Origin]:
    """Return whom a sentence is about and where that was read.

    Explicit beats heading beats paragraph beats document. A group named under the heading of one of its diseases ("as in the other
    CTDs, ILD is …" under MCTD) is joined with that disease; the manifestation alone names nobody.
    """
    lexicon = context.lexicon
    explicit = tuple(name for name in read.named if name != lexicon.manifestation)
    section: tuple[str, ...] = ()
    for heading in reversed(headings):
        section = tuple(name for name in read_populations(heading, lexicon).named if name != lexicon.manifestation)
        if section:
            break
    if explicit:
        if section and all(any(name in lexicon.ancestors(other) for other in section) for name in explicit):
            return (*section, *explicit), Origin.SECTION
        return explicit, Origin.EXPLICIT
    studied = tuple(dict.fromkeys(name for trial in trials for name in lexicon.trial_populations(trial)))
    if studied:
        # The trial's name stands in the sentence and tells whom it studied.
        return studied, Origin.EXPLICIT
    for names, origin in ((section, Origin.SECTION), (paragraph.populations, Origin.PARAGRAPH), (context.populations, Origin.DOCUMENT)):
        kept = tuple(name for name in names if name not in read.excluded)
        if kept:
            return kept, origin
    known = tuple(name for name in read.named or read.secondary if lexicon.ancestors(name) or name == lexicon.manifestation)
    if known:
        return known, Origin.EXPLICIT
    return (context.populations, Origin.DOCUMENT) if context.populations else ((), Origin.UNKNOWN)


def _excluded(read: Populations, populations: tuple[str, ...], context: _Context, confines: bool) -> tuple[str, ...]:
    """Return what a sentence does not hold for; "excluded patients with SSc who had …" in a study of SSc leaves nobody out.

    Advice "for SSc only" does not hold for the other diseases of its document.
    """
    only, lexicon = set(context.populations), context.lexicon
    named = tuple(name for name in read.excluded if name not in populations and {name} != only)
    if not confines:
        return named
    within = sorted(only.union(*map(lexicon.kinds_of, only)) - {lexicon.manifestation})
    return tuple(dict.fromkeys((*named, *(name for name in within if lexicon.relation(populations, (name,)) in _OTHERS))))


def read_trials(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the trials that a sentence reports, those left out that it only compares with ("unlike SLS I, …")."""
    compared = [role.end for role in lexicon.role_table.find(text) if "secondary_before" in role.value]
    mentions = lexicon.trials_in(text)
    kept = [mention for mention in mentions if not any(text[end : mention.start].strip() in ("", "the", "in") for end in compared if end <= mention.start)]
    return _names(kept)


def read_polarity(text: str, lexicon: Lexicon) -> int:
    """Return +1 where a result got better, -1 where it got worse or nothing was gained, 0 for neither or both."""
    signs = {match.value for match in lexicon.polarity_table.find(text)} - {"neutral"}
    return {frozenset({"better"}): 1, frozenset({"worse"}): -1}.get(frozenset(signs), 0)


def _design(text: str, kind: DocumentKind, lexicon: Lexicon) -> str | None:
    """Return the document's design where it is a study, else the one a sentence of a review names, else the document's kind."""
    if kind in _PRIMARY_STUDIES:
        return kind.value
    named = _names(lexicon.designs_in(text))
    if named and kind is not DocumentKind.GUIDELINE and not _CALLS_FOR.search(text):
        return named[0]
    return None if kind is DocumentKind.OTHER else kind.value


def _read_context(document: Document, lexicon: Lexicon) -> _Context:
    metadata = document.metadata
    own_titles = {title.casefold() for title in (metadata.title, metadata.short_title) if title}
    headings = tuple(tuple(title for title in section.path if title.casefold() not in own_titles) for section in document.sections)
    kind = metadata.kind
    about_one_treatment = kind is not DocumentKind.GUIDELINE
    return _Context(
        lexicon=lexicon,
        document=document,
        populations=_document_populations(document, lexicon),
        title_drugs=tuple(dict.fromkeys(_names(lexicon.interventions_in(f"{metadata.title}. {metadata.short_title or ''}")))) if about_one_treatment else (),
        own_trial=(_names(lexicon.trials_in(metadata.short_title)) or (metadata.short_title,))[0]
        if metadata.short_title and kind in _PRIMARY_STUDIES
        else None,
        first_author=metadata.authors[0].split()[0].rstrip(",") if metadata.authors and metadata.authors[0] else None,
        headings=headings,
    )


def _document_populations(document: Document, lexicon: Lexicon) -> tuple[str, ...]:
    """Return whom a document is about: its metadata, else its title, else the closest disease or group that most of its sentences name."""
    stated = [name for population in document.metadata.populations for name in read_populations(population.disease, lexicon).named]
    if stated:
        return tuple(dict.fromkeys(stated))
    title = read_populations(document.metadata.title, lexicon)
    specific = tuple(name for name in title.named if name != lexicon.manifestation)
    if specific:
        return specific
    body = {section.ordinal for section in document.sections if section.zone in (Zone.ABSTRACT, Zone.BODY)}
    naming = [names for sentence in document.sentences if sentence.section in body and (names := read_populations(sentence.text, lexicon).named)]
    counts: Counter[str] = Counter()
    for names in naming:
        counts.update({above for name in names for above in (name, *lexicon.ancestors(name))} - {lexicon.manifestation})
    common = [name for name, count in counts.items() if count > _MAJORITY * len(naming)]
    return lexicon.without_ancestors(sorted(common)) or title.named


def _names(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.name for mention in mentions))
