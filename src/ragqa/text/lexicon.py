"""The words of the field as editable data: diseases, treatments, tests, trials, facets, outcomes and everyday words.

`load_lexicon` reads the YAML files of a folder (by default `data/` beside this module) once; `Lexicon` finds their phrases in texts and
knows how the names relate. Nothing about one field of medicine stands in the code: edit the files to add a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ragqa.errors import LexiconInvalid
from ragqa.text.issuers import either
from ragqa.text.lexicon_details import LexiconDetails
from ragqa.text.lexicon_tables import Weights
from ragqa.text.matching import Match, tokenize
from ragqa.text.sentence_facets import facets_of_sentence
from ragqa.types import Facet

_DATA = Path(__file__).parent / "data"
_FILES = ("populations", "interventions", "facets", "lay", "outcomes", "designs", "recommendation", "trials", "ambiguous")
_ROOT = 6
"""Letters that words of one family share: "infection", "infectious"."""
_DOSE = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?\s?(?:mg|g|µg|μg|mcg|ug|IU|MU|units?)(?:\s?/\s?(?:kg|m2|m²|m\^2|day|d|week|wk|month|dose|h))*(?![\w/]|\s?/\s?(?:dL|l|mL)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A canonical name found in a text at characters [start, end)."""

    name: str
    start: int
    end: int


class Lexicon(LexiconDetails):
    """The parsed lexicon files. Build it with `load_lexicon`; its tables compile on first use."""

    def with_abbreviations(self, definitions: Iterable[tuple[str, str]]) -> Lexicon:
        """Return the lexicon as one document uses it: its own short forms win, so "RA (right atrium)" is no disease there."""
        local: dict[str, str | None] = {}
        for short, long_form in definitions:
            tokens = tokenize(long_form)
            matches = [*self.disease_table.find(long_form), *self.intervention_table.find(long_form)]
            whole = [match.value for match in matches if match.last - match.first == len(tokens)]
            known = [match.value for table in (self.disease_table, self.intervention_table) for match in table.find(short)]
            if whole and whole[0] not in known:
                local.setdefault(short, whole[0])
            elif known and not matches:
                local.setdefault(short, None)
        return Lexicon(self.data, tuple(local.items())) if local else self

    # ------------------------------------------------------------------ mentions

    def populations_in(self, text: str) -> list[Mention]:
        """Return every disease mention, whatever its role in the sentence (roles: `populations.read_populations`)."""
        return _mentions(self.disease_table.find(text))

    def interventions_in(self, text: str) -> list[Mention]:
        """Return drugs, drug classes, procedures and supportive measures; tests and placebo are left out."""
        return [mention for mention in _mentions(self.intervention_table.find(text)) if self.kind_of(mention.name) not in ("test", "comparator")]

    def tests_in(self, text: str) -> list[Mention]:
        """Return diagnostic tests."""
        return [mention for mention in _mentions(self.intervention_table.find(text)) if self.kind_of(mention.name) == "test"]

    def outcomes_in(self, text: str) -> list[Mention]:
        """Return the outcome slots that a text names; "arthritis" within "rheumatoid arthritis" names none."""
        # "Scleroderma renal crisis" names no disease, so it does not hide the kidney.
        names = [match for table in (self.disease_table, self.intervention_table) for match in table.find(text) if match.value is not None]
        found = self.outcome_table.find(text)
        return _mentions(match for match in found if not any(_is_part_of(match, name) for name in names))

    def outcomes_reported(self, text: str) -> frozenset[str]:
        """Return the outcome slots that a sentence fills: by their words, or by what it holds (a span of time for a duration)."""
        if self.is_unreported(text):
            return frozenset()
        return frozenset(mention.name for mention in self.outcomes_in(text)) | {name for name, pattern in self.given_by if pattern.search(text)}

    @cached_property
    def special_populations(self) -> frozenset[str]:
        """Return the outcome slots that are kinds of people (children, pregnancy): evidence on others does not answer for them."""
        return frozenset(self.data["outcomes"].get("people", ()))

    @cached_property
    def outcomes_of_manifestation(self) -> frozenset[str]:
        """Return the outcome slots that only tell how the shared manifestation is."""
        return frozenset(self.data["outcomes"].get("of_manifestation", ()))

    @cached_property
    def outcomes_of_other_organs(self) -> frozenset[str]:
        """Return the outcome slots of other organs that are treated for themselves."""
        return frozenset(self.data["outcomes"].get("of_other_organs", ()))

    def measures_in(self, text: str) -> frozenset[str]:
        """Return what a text reports on, as finely as results compare: measures by name (FVC), other outcomes by their slot."""
        slots = {mention.name for mention in self.outcomes_in(text)} - self.slots_of_measures
        return frozenset(slots) | {match.value for match in self.measure_table.find(text)}

    @cached_property
    def measures(self) -> frozenset[str]:
        """Return the names of all measures that a slot holds several of."""
        return frozenset(self.data["outcomes"].get("measures", {}))

    @cached_property
    def slots_of_measures(self) -> frozenset[str]:
        """Return the outcome slots that hold several measures."""
        return frozenset(self.data["outcomes"].get("slots_of_measures", ()))

    def scope_of(self, text: str) -> str | None:
        """Return for whom advice is meant, "all" or "at risk"; None where the text says neither or both."""
        scopes = {match.value for match in self.scope_table.find(text)}
        return scopes.pop() if len(scopes) == 1 else None

    def is_steady(self, text: str) -> bool:
        """Say whether a text tells that something held steady."""
        return any(match.value == "steady" for match in self.sign_table.find(text))

    def tells_difference(self, text: str) -> bool:
        """Say whether a text tells that sources differ."""
        return any(match.value == "difference" for match in self.sign_table.find(text))

    def combines(self, text: str) -> bool:
        """Say whether a text speaks of treatments given together."""
        return any(match.value == "combination" for match in self.sign_table.find(text))

    def asks_alone(self, text: str) -> bool:
        """Say whether a text asks for a treatment without another: whether to combine is then asked too."""
        return any(match.value == "single" for match in self.sign_table.find(text))

    @property
    def kinds_of_people(self) -> frozenset[str]:
        """Return the outcome slots that name people rather than anything that happens to them."""
        return frozenset(self.data["outcomes"].get("kinds_of_people", ()))

    @property
    def measured_by(self) -> Mapping[str, str]:
        """Return the tests that measure an outcome slot, by slot."""
        return dict(self.data["outcomes"].get("measured_by", {}))

    def named_of_kinds(self, text: str) -> tuple[str, ...]:
        """Return the first words by which a text names single things that an outcome slot holds all kinds of; none where it names a kind, too.

        "Hepatitis" is one infection of many; "hepatitis and other infections" asks for all.
        """
        kinds = self.data["outcomes"].get("kinds_of_things", ())
        mentions = [mention for mention in self.outcomes_in(text) if mention.name in kinds]
        names = [text[mention.start : mention.end].lower() for mention in mentions]
        if any(name.startswith(mention.name[:_ROOT]) for name, mention in zip(names, mentions, strict=True)):
            return ()
        return tuple(dict.fromkeys(word for name in names for word in (name.split()[0], *self.aliases_of(name))))

    def screened_under(self, text: str) -> tuple[Facet, ...]:
        """Return the facets under which sources tell how what a text names is looked for and prevented."""
        under = self.data["outcomes"].get("screened_under", {})
        return tuple(dict.fromkeys(Facet(under[mention.name]) for mention in self.outcomes_in(text) if mention.name in under))

    @property
    def slots_of_facets(self) -> Mapping[str, Facet]:
        """Return the outcome slots that are asked for exactly where a facet is, with that facet."""
        return {name: Facet(facet) for name, facet in self.data["outcomes"].get("of_facet", {}).items()}

    @property
    def needed_outcomes(self) -> frozenset[str]:
        """Return the outcome slots that are never the mere occasion of a question (cost, travel): evidence must name them."""
        return frozenset(self.data["outcomes"].get("needed", ()))

    def is_unreported(self, text: str) -> bool:
        """Say whether a source tells that it has no figures: it names an outcome and reports none."""
        return bool(self.unreported_table.find(text))

    def agencies_in(self, text: str) -> frozenset[str]:
        """Return the agencies that approve drugs, by their short name, in a text on an approval: "in Europe" stands for one there."""
        return frozenset(match.value for table in (self.agency_table, self.approving_table) for match in table.find(text))

    @cached_property
    def document_form(self) -> re.Pattern[str]:
        """Return what stands for a guideline in a question: an issuer, which reads "§", with what it is on, or the kind of document."""
        topics, documents = (either(self.data["trials"].get(key, ())) for key in ("document_topics", "issuer_documents"))
        topic = rf"{topics}(?:(?:\s+and|,|/)\s*{topics})*"
        return re.compile(
            rf"§+(?:['’]s)?(?:\s+(?:19|20)\d\d)?(?:\s+~+[\w-]*)*(?:\s+{topic})?(?:\s+{documents})?\b|§+|\b(?:{topic}\s+)?{documents}\b", re.IGNORECASE
        )

    @cached_property
    def document_topic(self) -> re.Pattern[str]:
        """Return the topic in the name of a document: "guideline for the screening and monitoring" does not screen or monitor."""
        topics, documents = (either(self.data["trials"].get(key, ())) for key in ("document_topics", "issuer_documents"))
        return re.compile(rf"\b{documents} (?:for|on) (?:the )?{topics}(?:(?: and |, |/){topics})*\b", re.IGNORECASE)

    @cached_property
    def sentence_mask(self) -> re.Pattern[str]:
        """Return what holds a cue of a facet and tells nothing of it: "62% predicted" predicts nothing."""
        return re.compile("|".join(self.data["facets"].get("sentence_masks", ())) or r"(?!)", re.IGNORECASE)

    @cached_property
    def kinds_of_tests(self) -> frozenset[str]:
        """Return plurals that stand for many tests and name none: "which scans are worthwhile?"."""
        return frozenset(self.data["interventions"].get("kinds_of_tests", ()))

    @property
    def soft_outcomes(self) -> frozenset[str]:
        """Return the outcome slots so broad that evidence may answer for them without naming them."""
        return frozenset(self.data["outcomes"].get("soft", ()))

    def on_manifestation(self, text: str) -> bool:
        """Say whether a text speaks of what the diseases of the field have in common, and not of another organ ("pulmonary hypertension")."""
        return any(match.value for match in self.manifestation_table.find(text))

    def on_other_organ(self, text: str) -> bool:
        """Say whether a text names something of another organ by a word of the shared manifestation: "pulmonary hypertension"."""
        return any(not match.value for match in self.manifestation_table.find(text))

    def trials_in(self, text: str) -> list[Mention]:
        """Return known trials."""
        return _mentions(self.trial_table.find(text))

    def arms_in(self, text: str) -> list[Mention]:
        """Return what may be set against each other: treatments, and placebo."""
        return [mention for mention in _mentions(self.intervention_table.find(text)) if self.kind_of(mention.name) != "test"]

    def organisations_in(self, text: str) -> list[Mention]:
        """Return issuers of guidelines: the known ones by their short name, others as they are named ("Dutch national guideline")."""
        known = _mentions(self.organisation_table.find(text))
        names = (self.disease_table, self.intervention_table, self.trial_table, self.outcome_table)
        taken = [(match.start, match.end) for table in names for match in table.find(text)]
        others = [
            Mention(issuer.name, issuer.start, issuer.end)
            for issuer in self.issuer_patterns.find(text, taken)
            if not any(issuer.start < one.end and one.start < issuer.end for one in known)
        ]
        return sorted((*known, *others), key=lambda mention: mention.start)

    def designs_in(self, text: str) -> list[Mention]:
        """Return study designs as values of `DocumentKind`."""
        return _mentions(self.design_table.find(text))

    def is_unit_dose(self, text: str) -> bool:
        """Say whether a text states a dose: a number with a unit of mass, and not a concentration."""
        return _DOSE.search(text) is not None

    def doses_in(self, text: str) -> list[tuple[int, int]]:
        """Return the places [start, end) of the doses of a text."""
        return [match.span() for match in _DOSE.finditer(text)]

    # ------------------------------------------------------------------ facets

    def facets_of_question(self, text: str) -> tuple[Facet, ...]:
        """Return what a question asks for by its cues and forms, the strongest first, at most four; empty where there are none.

        Args:
            text: The question, in which a treatment may be blanked by "_" and a disease by "~", so that their names ask nothing.
        """
        weights = self.question_weights(text)
        ranked = sorted(weights, key=lambda facet: (-weights[facet][0], weights[facet][1], facet))
        sure = [facet for facet in ranked if weights[facet][0] >= max(0.6, weights[ranked[0]][0] - 0.35)]
        return tuple(sure[:4] or [facet for facet in ranked[:1] if weights[facet][0] >= 0.4])

    def facets_of_sentence(self, text: str, headings: Sequence[str] = (), is_planned: bool = False) -> Weights:
        """Return the facets of a sentence by descending weight; see `sentence_facets.py`."""
        return facets_of_sentence(self, text, headings, is_planned)

    @cached_property
    def method_forms(self) -> tuple[tuple[re.Pattern[str], ...], ...]:
        """Forms by which a sentence states a measurement, of a result that outweighs them, of an aim, of figures that outweigh it, and of a guess."""
        forms = self.data["facets"].get("method_forms", {})
        return tuple(
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in forms.get(kind, ())) for kind in ("methods", "results", "aims", "figures", "weighed")
        )

    def facets_of_heading(self, heading: str) -> tuple[Facet, ...]:
        """Return the facets that a section title names, in its order."""
        return tuple(dict.fromkeys(facet for match in self.heading_table.find(heading) for facet, _ in match.value))


@lru_cache(maxsize=4)
def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read the lexicon files of a folder, each once per process; raise `LexiconInvalid` naming the file and what is wrong."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = {}
    for name in _FILES:
        path = (folder or _DATA) / f"{name}.yaml"
        try:
            data[name] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader, the quick one where built
        except (OSError, yaml.YAMLError) as exc:
            raise LexiconInvalid(f"lexicon file {path} cannot be read: {exc}. Restore it from the package or mend the line named above.") from exc
        if not isinstance(data[name], dict):
            raise LexiconInvalid(f"lexicon file {path} holds no mapping. Restore it from the package.")
    return Lexicon(data)


def _is_part_of(match: Match[str | None], name: Match[str | None]) -> bool:
    return name.first <= match.first and match.last <= name.last and name.last - name.first > match.last - match.first


def _mentions(matches: Iterable[Match[str | None]]) -> list[Mention]:
    return [Mention(match.value, match.start, match.end) for match in matches if match.value is not None]
