"""What a question names and no evidence holds: outcomes, complications, tests and rare words that carry the question.

Relevance is not sufficiency: sentences on the right disease and the right drug do not answer a question on its blood level, a gene or a
virus that none of them names. Only what names a thing counts; the words of asking ("how effective is …") need not stand in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from types import MappingProxyType

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.facets import leading_facet
from ragqa.compose.held import Held, LongForms, narrow_names
from ragqa.text.described import descriptions_in
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.negated import told_absent
from ragqa.text.places import places_in
from ragqa.text.spelling import commonness
from ragqa.types import Facet

RARE = 3.3
"""Zipf scale: two in a million words. A rarer word is likely the name of a thing."""
UNCOMMON = 4.8
"""Zipf scale: about sixty in a million words. Names of everyday things are below ("storage", "temperature"), words of asking above."""
COMMON_BASE = 4.0
"""Zipf scale: what a degree is made of ("rarer") must be so common, since the end of a word may be no degree."""
_ABOUT_TESTS = frozenset({Facet.SCREENING, Facet.MONITORING, Facet.DIAGNOSIS})
_AFFECTED = re.compile(r"\b(?:effects?|impact|influence)\b[^.;?!]{0,60}\bon\s+(?:the\s+)?$", re.IGNORECASE)
_OBJECT_BEFORE = re.compile(
    r"\b(?:improv\w*|help\w*|reliev\w*|affects?|makes?|caus(?:es?|ing)|induces?|triggers?|(?:treat|manag|prevent)\w*|therapy|prophylaxis)"
    r"\b(?:\s+(?:of|for|against|the|with))?(?:\s+[\w-]+)?\s*$",
    re.IGNORECASE,
)
_OBJECT_AFTER = re.compile(r"^\s+(?:be\s+)?(?:treated|managed|prevented|treatment|management|prophylaxis|screening|monitoring)\b", re.IGNORECASE)
_TREATED_BEFORE = re.compile(r"\b(?:treat(?:ing|ment)?|manag(?:e|ing|ement)|therapy)\b(?:\s+(?:of|for|the|an?|acute))*(?:\s+[\w-]+)?\s*$", re.IGNORECASE)
_TREATED_AFTER = re.compile(r"^\s+(?:(?:be|best)\s+)*(?:treated|managed|treatment|management)\b", re.IGNORECASE)
_FOR_WHOM = re.compile(r"\b(?:in|for)\s+(?:(?:the|very|frail|an?)\s+)*$", re.IGNORECASE)
_IS_RISK = re.compile(
    r"\b(?:risks?|fear|danger|cause[ds]?|because|associated|adverse events?|not address(?:ed)?)\b(?:\s+(?:of|for|with|by))?(?:\s+[\w-]+){0,2}\s*$",
    re.IGNORECASE,
)
_IS_REASON = re.compile(r"\b(?:reasons?|because of|due to|owing to)\b[^.;]{0,80}$", re.IGNORECASE)
_ABOUT_SOURCE = frozenset({Facet.DESIGN, Facet.BACKGROUND})
_BESIDE = re.compile(r"(?:^|\s|,)(?:and|or)\s+(?:(?:on|of|in|for|its|the|their|\w+[- ]?blood|blood|target)\s+){0,2}$|,\s+$", re.IGNORECASE)
_ACCOMPANIES = re.compile(r"\b(?:with|and|in)\s+(?:\w+\s+)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")
_LISTED = re.compile(r"([^\W_][\w-]*)(?:,\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?=([^\W_][\w-]*))")
"""Two neighbours of a list."""
_DEGREES = ("est", "er")
_PREFIX = re.compile(r"(?:post|pre|non|re|peri|mid|sub|co)-", re.IGNORECASE)
_LEAST_LETTERS = 3
SURELY = 0.3
FAR_AHEAD = 2.0
"""A statement of at least this estimate, and by this factor likelier than the next, is what was meant."""
LOOKED_AT = 30
"""Candidates looked at for a word, the likeliest first."""


def missing_names(text: str, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> tuple[str, ...]:
    """Return what a text of the question names and no candidate does: outcomes, complications and tests by their lexicon name.

    Outcomes so broad that evidence answers for them without naming them are left out, unless the effect on just them is asked for.
    """
    about_tests = not asked.query.facets or bool(_ABOUT_TESTS & set(asked.query.facets))
    named_tests = lexicon.tests_in(text) if about_tests or not asked.query.drugs else []
    wanted = [
        mention.name
        for mention in lexicon.outcomes_in(text)
        if _AFFECTED.search(text[: mention.start])
        # The walk of a walk test is the test.
        or (mention.name not in lexicon.soft_outcomes and not any(_is_read_as_test(mention, test, lexicon) for test in named_tests))
    ]
    field = set(asked.query.populations).union(*(lexicon.ancestors(name) for name in asked.query.populations))
    complications = [mention.name for mention in lexicon.populations_in(text) if mention.name not in field and _is_outside(mention.name, lexicon)]
    tests = [mention.name for mention in named_tests if mention.name in asked.tests] if about_tests and not asked.query.drugs else []
    if not (wanted or complications or tests):
        return ()
    texts = [_text(candidate) for candidate in candidates]
    outcomes = frozenset[str]().union(*(_reported(each, lexicon) for each in texts)) if wanted else frozenset[str]()
    people = lexicon.special_populations.intersection(wanted)
    treated = _asked_to_treat(text, lexicon).intersection(wanted)
    outcomes -= {name for name in people if not any(_speaks_of_people(name, each, asked, lexicon) for each in candidates)}
    outcomes -= {name for name in treated if not any(_is_more_than_a_risk(name, each, lexicon) for each in candidates)}
    named = {mention.name for each in texts for mention in lexicon.populations_in(each)} if complications else set()
    tested = {mention.name for each in texts for mention in lexicon.tests_in(each)} if tests else set()
    tested |= {group for group, members in lexicon.groups_of_tests.items() if not tested.isdisjoint(members)}
    # A name is held within a longer one, too: "latent tuberculosis".
    named |= {name for name in complications if any(re.search(rf"\b{re.escape(name)}\b", each, re.IGNORECASE) for each in texts)}
    missing = [name for name in wanted if name not in outcomes] + [name for name in complications if name not in named]
    return tuple(dict.fromkeys(missing + [name for name in tests if name not in tested]))


def unheld_tests(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the tests of a question where no candidate names any of them, whatever it asks of them: "may a device at home replace lung function?".

    A group of tests is left out, for evidence names its members, and so is a test that only measures the outcome asked for.
    """
    named = asked.tests - lexicon.groups_of_tests.keys() - set(asked.outcomes)
    if asked.query.drugs or not named or named != asked.tests:
        return ()
    return () if any(not named.isdisjoint(each.record.sentence.tags.tests) for each in direct) else tuple(sorted(named))


def _is_read_as_test(mention: Mention, test: Mention, lexicon: Lexicon) -> bool:
    """Whether an outcome named within the name of a test is only a part of that name: "liver enzymes" are a result too."""
    is_result = mention.name in lexicon.data["outcomes"].get("results_of_tests", ()) and (mention.start, mention.end) == (test.start, test.end)
    return test.start <= mention.start and mention.end <= test.end and not is_result


def _speaks_of_people(name: str, candidate: Candidate, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a statement is on a kind of people: not where a source says whom it covers, nor where they are only a reason for something else."""
    is_scope = candidate.is_guideline or not (asked.query.drugs or asked.studies)
    if is_scope and Facet.DESIGN not in asked.query.facets and _is_about_source(candidate):
        return False
    said = candidate.record.sentence.text
    return any(mention.name == name and not _IS_REASON.search(said[: mention.start]) for mention in lexicon.outcomes_in(said))


def _is_more_than_a_risk(name: str, candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether a statement says more on an outcome than that there is a risk of it: how to treat it is not answered by what may cause it."""
    if _is_about_source(candidate):
        return False
    text = _text(candidate)
    return any(mention.name == name and not _IS_RISK.search(text[: mention.start]) for mention in lexicon.outcomes_in(text))


def _is_about_source(candidate: Candidate) -> bool:
    tags = candidate.record.sentence.tags
    return bool(tags.facets) and leading_facet(tags) in _ABOUT_SOURCE


def _asked_to_treat(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the outcomes that a text asks how to treat."""
    found = lexicon.outcomes_in(text)
    return frozenset(each.name for each in found if _TREATED_BEFORE.search(text[: each.start]) or _TREATED_AFTER.match(text[each.end :]))


def asked_directly(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the outcomes and complications that a text asks to treat or to change, "management of pulmonary embolism": never a mere occasion."""
    # "Treatment of lupus nephritis": whose nephritis it is does not matter here.
    for each in reversed(lexicon.populations_in(text)):
        if not _is_outside(each.name, lexicon):
            text = f"{text[: each.start].rstrip()} {text[each.end :].lstrip()}"
    mentions = [*lexicon.outcomes_in(text), *lexicon.populations_in(text)]
    people = {mention.name for mention in mentions if mention.name in lexicon.kinds_of_people and _FOR_WHOM.search(text[: mention.start])}
    return frozenset(mention.name for mention in mentions if _is_object(text[: mention.start], text[mention.end :])) | people


def asked_beside(text: str, lacking: Collection[str], lexicon: Lexicon) -> bool:
    """Whether all that a text lacks is asked beside an outcome that is there: "the effect on vital capacity, and on cough"; or beside the dose."""
    mentions = lexicon.outcomes_in(text)
    held = [mention for mention in mentions if mention.name not in lacking]
    missing_at = {position for mention in mentions for position in range(mention.start, mention.end)}
    dosed = [match for match in lexicon.question_table.find(text) if match.start not in missing_at and any(facet is Facet.DOSING for facet, _ in match.value)]
    held = sorted([*held, *(Mention("", match.start, match.end) for match in dosed)], key=lambda mention: mention.start)
    missing = [mention for mention in mentions if mention.name in lacking]
    if not held or not missing or {mention.name for mention in missing} != set(lacking):
        return False
    return all(mention.start > held[0].end and _BESIDE.search(text[held[0].end : mention.start]) for mention in missing)


def _is_object(before: str, after: str) -> bool:
    return bool(_AFFECTED.search(before) or _OBJECT_BEFORE.search(before) or (_OBJECT_AFTER.match(after) and not _ACCOMPANIES.search(before)))


def missing_words(
    text: str,
    asked: Asked,
    candidates: Sequence[Candidate],
    lexicon: Lexicon,
    rarer_than: float = RARE,
    long_forms: LongForms = MappingProxyType({}),
    look_at: int | None = LOOKED_AT,
) -> tuple[str, ...]:
    """Return the words of a text of the question, as typed, that no likely candidate, its headings or its document's name hold.

    Only words rarer than a mark on the Zipf scale count, and those with capitals inside.

    Names of diseases, treatments, tests, outcomes and studies have slots of their own and are left out, as are the words by which a facet
    is asked for; a name that its slot only counts as one of a kind (`held.narrow_names`) must be held itself. Whether a word carries the
    question is for the caller to weigh.

    Args:
        text: The question or a part of it.
        asked: The whole question.
        candidates: What was found, the likeliest first.
        lexicon: Its tables are the slots.
        rarer_than: The mark.
        long_forms: Short forms that documents of the library define.
        look_at: How many candidates are looked at; None for all.
    """
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    covered = understood(text, asked, lexicon)
    rare = [(start, word) for word, start in words if not is_read(word, start, covered) and len(word) >= _LEAST_LETTERS and _is_rare(word, rarer_than)]
    narrow = {each.name: each for each in narrow_names(text, lexicon)}
    rare += [(each.start, each.name) for each in narrow.values()]
    if not rare:
        return ()
    held = Held(candidates[:look_at], long_forms, asked.query.expansions)
    return tuple(dict.fromkeys(word for _, word in sorted(rare) if not held.holds(word, *(narrow[word].others if word in narrow else ()))))


def listed_beside(text: str, words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether all of some missing words stand in a list behind a name that is not missing: "UIP, NSIP, XYZ" is answered in part.

    A disease or a treatment is what the question is on, not the first of a list.
    """
    subjects = {position for table in (lexicon.disease_table, lexicon.intervention_table) for match in table.find(text) for position in (match.start,)}
    known = set[str]()
    for match in _LISTED.finditer(text):
        first, second = match.group(1), match.group(2)
        is_rare = any(character.isupper() for character in first[1:]) or commonness(first.lower()) < RARE
        is_name = first not in words and match.start() not in subjects and is_rare
        if first in known or is_name:
            known |= {first, second}
    return bool(words) and known.issuperset(words)


def understood(text: str, asked: Asked, lexicon: Lexicon) -> set[int]:
    """Return the positions of a text that a lexicon table reads, a named study or issuer included."""
    tables = (
        lexicon.disease_table,
        lexicon.intervention_table,
        lexicon.outcome_table,
        lexicon.trial_table,
        lexicon.question_table,
        lexicon.sentence_table,
        lexicon.polarity_table,
        lexicon.manifestation_table,
        lexicon.lay_table,
        lexicon.lay_hint_table,
        lexicon.neutral_table,
        lexicon.agency_table,
        lexicon.design_table,
    )
    spans = [(match.start, match.end) for table in tables for match in table.find(text)]
    spans += [(mention.start, mention.end) for mention in lexicon.organisations_in(text)]
    spans += descriptions_in(text, lexicon)
    if asked.studies:
        # The place by which a study is named says no more than its name.
        spans += [(place.start, place.end) for place in places_in(text, lexicon)]
    spans += [(position, position + 1) for position in told_absent(text, asked.query.facets, lexicon)]
    lowered = text.lower()
    for anchor in asked.query.anchors:
        start = lowered.find(anchor.lower())
        spans += [(start, start + len(anchor))] if start >= 0 else []
    return {position for start, end in spans for position in range(start, end)}


def is_read(word: str, start: int, read: Collection[int]) -> bool:
    """Whether a word at a place is understood: from its first letter, or behind a prefix that only places it ("post-XYZ")."""
    prefix = _PREFIX.match(word)
    return start in read or (prefix is not None and start + prefix.end() in read)


def plain_forms(word: str) -> tuple[str, ...]:
    """Return a word and what it may be a degree of: "fewest" of "few", "rarer" of "rare"."""
    stems = [word[: -len(end)] for end in _DEGREES if word.endswith(end) and len(word) > len(end) + 2]
    return (word, *(form for stem in stems for form in (stem, f"{stem}e")))


def holds_rare_word(text: str, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon, long_forms: LongForms) -> bool:
    """Whether a likely candidate holds a rare word of a text that no slot reads: it is then on what is asked, whatever common words it lacks."""
    covered = understood(text, asked, lexicon)
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    rare = [word for word, start in words if not is_read(word, start, covered) and len(word) >= _LEAST_LETTERS and commonness(word.lower()) < RARE]
    if not rare:
        return False
    held = Held(candidates[:LOOKED_AT], long_forms, asked.query.expansions)
    return any(held.holds(word) for word in rare)


def is_meant(text: str, asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon, long_forms: LongForms) -> bool:
    """Whether the likeliest statement stands well before all others and holds a code of a text that no slot reads: what it lacks is said otherwise."""
    first, *others = direct
    return (
        first.score >= SURELY
        and first.score >= FAR_AHEAD * max((each.score for each in others), default=0.0)
        and holds_rare_word(text, asked, [first], lexicon, long_forms)
    )


def _is_rare(word: str, mark: float) -> bool:
    """Whether a word is likely the name of a thing: a rare word, or one with capitals inside; "fewest" is as common as "few"."""
    if any(character.isupper() for character in word[1:]):
        return True
    return max(commonness(word.lower()), *(seen for form in plain_forms(word.lower())[1:] if (seen := commonness(form)) >= COMMON_BASE), 0.0) < mark


def _is_outside(name: str, lexicon: Lexicon) -> bool:
    return name != lexicon.manifestation and not lexicon.ancestors(name)


@lru_cache(maxsize=32_768)
def _reported(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the outcomes that a sentence reports; kept for the sentences that questions meet again and again."""
    return lexicon.outcomes_reported(text)


def _text(candidate: Candidate) -> str:
    return f"{candidate.record.sentence.text} {candidate.record.section.title} {candidate.document.metadata.label}"
