"""Understand a question: about whom, about which treatment, asking what, of which source.

In: the question, the lexicon, and what the library knows. Out: a `Query` with canonical names, the question as read (spelling, everyday
words and ambiguous abbreviations resolved), and what was changed, so that the answer can show it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from ragqa.text.analyzer import analyze
from ragqa.text.anchors import find_anchors, labels_of
from ragqa.text.comparisons import compares_drugs, says_comparison
from ragqa.text.given import follows_course, treatments_given, treatments_planned
from ragqa.text.intent import facets_asked, outcomes_asked, restate
from ragqa.text.lexicon import Lexicon
from ragqa.text.matching import fold, tokenize
from ragqa.text.populations import read_populations
from ragqa.text.spelling import corrections_of
from ragqa.text.told import with_wish
from ragqa.text.vocabulary import Vocabulary, senses_of
from ragqa.types import Clarification, Facet, Query

_BESIDE = re.compile(r"(?<!\bthan )(?<!\bvs )(?<!\bversus )\b(?:with|on|plus|alongside|combined with|added to|together with)\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What stands before a treatment that both sides of a comparison have in common; "than on that drug" names the other side."""
_OTHERS = re.compile(r"\b(?:others?(?: kinds of)?|(?:the )?rest of(?: the)?|remaining)\s+$", re.IGNORECASE)
"""What stands before a group whose other kinds are meant."""
_ITS_KINDS = re.compile(r"\bor\b", re.IGNORECASE)
"""What joins the kinds of one procedure."""
_GLOSS = re.compile(r"\s*\(([^()]*)\)")
_IN_COMPOUND = re.compile(r"\w[-–‐‑]$")
_COMPOUND_AFTER = re.compile(r"[-–‐‑]\w")
_YEAR = re.compile(r"(?<![\w.,/-])((?:19[5-9]|20[0-4])\d)(?![\w%]|[.,/-]\d|\s?(?:mg|mL|g|patients|people|adults)\b)")
_ABOUT_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
_ABOUT_DRUG = frozenset({Facet.DOSING, Facet.SAFETY, Facet.MONITORING})
"""Facets for which a treatment that a case is on may be the one asked about."""
_SIDES = 2
_SHORT_WORD = 4
_MAX_EXPANSIONS = 16
_SYNONYMS_EACH = 3
_UNREADABLE = 0.75
"""Share of the longer words that may look misspelt (from four on) before the question is taken to be in another language and left alone."""


def analyse_question(question: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Query:
    """Read one question that stands alone. Quick: nothing is embedded or searched.

    Args:
        question: As typed.
        lexicon: The field's words.
        vocabulary: What the library knows; `read_vocabulary` collects it once per generation.
    """
    text = " ".join(unicodedata.normalize("NFC", question).split())
    text, corrections = _correct_spelling(text, lexicon, vocabulary)
    text, clarifications = _resolve_abbreviations(text, lexicon, vocabulary)
    text, lay_terms = _replace_lay_words(text, lexicon)
    text = with_wish(text)
    read = read_populations(text, lexicon)
    compares = says_comparison(text)
    populations = (read.named + read.secondary if compares else lexicon.joined(read.named)) or read.secondary
    if not read.named and lexicon.interventions_in(text):
        # "Which cancer risk with this drug?": what the drug may do is no population.
        outcomes = {mention.name for mention in lexicon.outcomes_in(text)}
        populations = tuple(name for name in populations if name not in outcomes)
    if not read.named and treatments_planned(text, lexicon):
        # "Before cyclophosphamide, hepatitis B or tuberculosis?": nor is what is to be looked for.
        populations = tuple(name for name in populations if name == lexicon.manifestation or lexicon.ancestors(name))
    # "Which dose risks scleroderma renal crisis?" names SSc by its complication.
    populations = populations or tuple(match.value for match in lexicon.complication_table.find(text))
    populations += _other_kinds(text, populations, lexicon)
    plain = _without_glosses(text, lexicon)
    anchors = find_anchors(text, lexicon, vocabulary)
    drugs = _drugs(plain, lexicon)
    facets = facets_asked(plain, lexicon, drugs, populations, anchors)
    is_choice = len(drugs) > _SIDES and compares_drugs(plain, lexicon)
    if (_asks_what_follows(facets, plain, lexicon) or is_choice) and (asked := _drugs(plain, lexicon, in_a_case=True)) != drugs:
        # "She takes this and gets worse. What now?" asks about what follows, not about what she takes; nor does the choice of one of two to add.
        following = facets_asked(plain, lexicon, asked, populations, anchors)
        if following and (len(asked) >= _SIDES or not is_choice):
            drugs, facets = asked, following
    query = Query(
        question=question,
        interpreted=text,
        populations=tuple(dict.fromkeys(populations)),
        excluded_populations=tuple(name for name in read.excluded if name not in populations),
        drugs=drugs,
        facets=facets,
        anchors=anchors,
        years=tuple(dict.fromkeys(int(match.group(1)) for match in _YEAR.finditer(text))),
        is_comparison=(compares and (len(drugs) > 1 or len(populations) > 1)) or (bool(drugs) and compares_drugs(plain, lexicon)),
        expansions=_expansions(text, lexicon, vocabulary, (*labels_of(anchors, text, vocabulary), *lay_terms)),
        corrections=corrections,
        clarifications=clarifications,
    )
    # "Will steroids alone do?" is asked of giving them with others, too.
    said = replace(query, drugs=(*drugs, *sorted(lexicon.strategies))) if drugs and lexicon.asks_alone(text) else query
    restated = restate(said, outcomes_asked(text, query.facets, lexicon))
    return replace(query, restated=restated, expansions=(*query.expansions, restated)) if restated else query


def _asks_what_follows(facets: tuple[Facet, ...], text: str, lexicon: Lexicon) -> bool:
    """Say whether a question is about care beyond what was given, and neither about what that did nor about what its end does."""
    about_care = bool(_ABOUT_CARE.intersection(facets)) and _ABOUT_DRUG.isdisjoint(facets)
    return about_care and (Facet.TREATMENT in facets or not follows_course(text, lexicon))


def _correct_spelling(text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Replace misspelt words; names of diseases, drugs, studies and authors are never touched."""

    def is_known(word: str) -> bool:
        return word in lexicon.words() or word in vocabulary.words or word in vocabulary.authors or fold(word) in lexicon.folded_words

    pieces: list[str] = []
    corrections: list[tuple[str, str]] = []
    end = n_long = 0
    for token in tokenize(text):
        n_long += len(token.raw) > 4
        # A capital inside a word marks a short form or a trial, a digit a code: neither is a misspelt word.
        is_name = any(character.isupper() for character in token.raw[1:]) and not text.isupper()
        variant = vocabulary.spelling_variants.get(token.folded)
        if variant and not is_name and not vocabulary.known(token.raw.lower()) and variant != token.raw.lower():
            # "Esophageal" where the library writes "oesophageal": the same word, so nothing is corrected.
            pieces += [text[end : token.start], variant.capitalize() if token.raw[0].isupper() else variant]
            end = token.end
            continue
        is_short = len(token.raw) == _SHORT_WORD
        options = () if is_name or "'" in token.raw or "’" in token.raw else corrections_of(token.raw, vocabulary.spelling, is_known, _SHORT_WORD)
        if options and vocabulary.known(token.raw.lower()):
            # The library is searched by stems, and "transplantion" has the stem of a word it holds: only that word may replace it.
            options = tuple(option for option in options if analyze(option) == analyze(token.raw))
        # A short word is corrected only where that makes a name: "mixd connective tissue disease".
        before = "".join(pieces) + text[end : token.start]
        fixed = options[0] if len(options) == 1 and not is_short else _option_in_phrase(options, before, text[token.end :], lexicon)
        if fixed is None or (token.raw[0].isupper() and token.start > 0 and fixed[:3] != token.raw[:3].lower()):
            continue
        fixed = lexicon.written_forms.get(fixed, fixed.capitalize() if token.raw[0].isupper() and not text.isupper() else fixed)
        pieces += [text[end : token.start], fixed]
        corrections.append((token.raw, fixed))
        end = token.end
    if len(corrections) > max(3, _UNREADABLE * n_long):
        return text, ()
    corrected = "".join(pieces) + text[end:]
    # With its neighbours corrected a short word may make a name.
    again, more = _correct_spelling(corrected, lexicon, vocabulary) if corrections else (corrected, ())
    return again, (*corrections, *more)


def _option_in_phrase(options: tuple[str, ...], before: str, after: str, lexicon: Lexicon) -> str | None:
    """Return the correction that makes a name with its neighbours: "artheritis" after "rheumatoid" is arthritis, not arteritis."""
    for option in options:
        changed = before + option + after
        for match in [*lexicon.disease_table.find(changed), *lexicon.intervention_table.find(changed)]:
            if match.start <= len(before) < match.end and match.last - match.first > 1:
                return option
    return None


def _other_kinds(text: str, populations: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the groups whose other kinds are asked about beside one: in "MCTD and other connective tissue diseases" the group counts, too."""
    groups = {group for name in populations for group in lexicon.ancestors(name)}
    return tuple(each.name for each in lexicon.populations_in(text) if each.name in groups and _OTHERS.search(text[: each.start]))


def _resolve_abbreviations(text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[str, tuple[Clarification, ...]]:
    """Replace ambiguous short forms by the reading that fits; offer the others where the question does not decide."""
    clarifications: list[Clarification] = []
    compounds = {
        (token, match.last - match.first)
        for match in [*lexicon.disease_table.find(text), *lexicon.intervention_table.find(text)]
        for token in range(match.first, match.last)
    }
    for index, token in reversed(list(enumerate(tokenize(text)))):
        term = token.raw.removesuffix("s")
        if not (term.isupper() and term.isalpha()) or any((index, length) in compounds for length in range(2, 9)):
            continue
        readings = _readings(term, text, lexicon, vocabulary)
        if not readings:
            continue
        used, others = readings
        rest = text[token.end :]
        text = text[: token.start] + used + (" " + rest[1:] if rest.startswith("-") else rest)
        if others:
            clarifications.append(Clarification(term, used, others))
    return text, tuple(reversed(clarifications))


def _readings(term: str, text: str, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[str, tuple[str, ...]] | None:
    """Return the reading of a short form and those left open, or None where it has only one."""
    senses = lexicon.senses.get(term)
    if senses is None:
        found = senses_of(term, vocabulary)
        if len(found) < 2 or any(reading.lower() in text.lower() for reading in found):
            return None
        known = {name for reading in found for name in _names_in(reading, lexicon)}
        return None if len(known) == 1 or lexicon.populations_in(term) or lexicon.interventions_in(term) else (found[0], found[1:])
    if any(sense.reading.lower() in text.lower() for sense in senses):
        return None
    # A named treatment speaks for the sense that has "drug" among its context words.
    context = f"{text} drug" if lexicon.interventions_in(text) else text
    votes = {sense.reading: len(sense.context.find(context)) for sense in senses}
    ranked = sorted(senses, key=lambda sense: -votes[sense.reading])
    if len(ranked) < 2 or votes[ranked[0].reading] > votes[ranked[1].reading]:
        return ranked[0].reading, ()
    return ranked[0].reading, tuple(sense.reading for sense in ranked[1:])


def _names_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(mention.name for mention in (*lexicon.populations_in(text), *lexicon.interventions_in(text)))


def _replace_lay_words(text: str, lexicon: Lexicon) -> tuple[str, tuple[str, ...]]:
    """Read everyday words as the field's words, unless they are part of a field word already ("lupus" in "systemic lupus erythematosus")."""
    names = [*lexicon.disease_table.find(text), *lexicon.intervention_table.find(text)]
    hints = tuple(match.value for match in lexicon.lay_hint_table.find(text))
    replaced: list[str] = []
    for match in reversed(lexicon.lay_table.find(text)):
        inside = any(name.first <= match.first and match.last <= name.last and name.last - name.first > match.last - match.first for name in names)
        if inside or match.value.lower() in text.lower():
            continue
        if _IN_COMPOUND.search(text[: match.start]) or _COMPOUND_AFTER.match(text[match.end :]):
            # Read inside "steroid-resistant" or "non-steroid" it would break the compound.
            continue
        replaced.append(text[match.start : match.end])
        value = lexicon.data["lay"]["words"].get(text[match.start : match.end].lower(), match.value)
        value = value.capitalize() if match.start == 0 and text[0].isupper() else value
        text = text[: match.start] + value + text[match.end :]
    return text, (*reversed(replaced), *hints)


def _without_glosses(text: str, lexicon: Lexicon) -> str:
    """Return the text without brackets behind the name of a study: what they say of it is not asked ("TRIAL (this drug vs that)")."""
    for mention in reversed(lexicon.trials_in(text)):
        if gloss := _GLOSS.match(text, mention.end):
            text = text[: mention.end] + text[gloss.end() :]
    return text


def _drugs(text: str, lexicon: Lexicon, in_a_case: bool = False) -> tuple[str, ...]:
    """Return treatments asked about, without the class of one that is named.

    Args:
        text: The question as read.
        lexicon: The field's words.
        in_a_case: Leave out those that a case is on, too.
    """
    mentions = lexicon.interventions_in(text)
    given = treatments_given(text, lexicon, in_a_case)
    asked = [mention for mention in mentions if mention not in given and lexicon.kind_of(mention.name) != "strategy"]
    # "This or that with a third" sets the first two against each other.
    sides = [mention for mention in asked if not _BESIDE.search(text[: mention.start])]
    of_sides = {mention.name for mention in sides}
    asked = sides if len(of_sides.difference(*map(lexicon.classes_of, of_sides))) > 1 and compares_drugs(text, lexicon) else asked
    # "… despite X, what next?" asks about what follows X.
    names = tuple(dict.fromkeys(mention.name for mention in asked))
    classes = {drug_class for name in names for drug_class in lexicon.classes_of(name)}
    # "Transplant: lungs or stem cells?" asks of either, though one alone has its name.
    named = tuple(name for name in names if name not in classes or (_ITS_KINDS.search(text) and lexicon.kind_of(name) == "procedure"))
    # Sources advise on glucocorticoids where people ask about prednisone.
    return tuple(dict.fromkeys((*named, *(spoken for name in named if (spoken := lexicon.spoken_of_as(name))))))


def _expansions(text: str, lexicon: Lexicon, vocabulary: Vocabulary, lay_terms: tuple[str, ...]) -> tuple[str, ...]:
    """Return further search terms: synonyms of every name, long forms of short forms and the reverse, and lay words."""
    mentions = sorted(
        (*lexicon.populations_in(text), *lexicon.interventions_in(text), *lexicon.tests_in(text), *lexicon.trials_in(text)), key=lambda mention: mention.start
    )
    terms: list[str] = list(lay_terms)
    for mention in mentions:
        terms += [term for term in lexicon.synonyms(mention.name) if term.lower() != text[mention.start : mention.end].lower()][:_SYNONYMS_EACH]
    covered = {position for mention in mentions for position in range(mention.start, mention.end)}
    for token in tokenize(text):
        if token.start not in covered and sum(character.isupper() for character in token.raw) > 1:
            terms += [long_form for long_form, _ in vocabulary.abbreviations.get(token.raw, ())[:1]]
    terms += [match.value for match in vocabulary.long_forms.find(text) if match.start not in covered]
    return tuple(dict.fromkeys(term for term in terms if term.lower() not in text.lower()))[:_MAX_EXPANSIONS]
