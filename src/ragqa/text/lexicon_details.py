"""What a question may ask more finely than by a slot, by the words of the lexicon: groups of patients, statistics, ways of giving, amounts of care."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ragqa.text.issuers import either
from ragqa.text.matching import PhraseTable
from ragqa.text.relations import LexiconRelations


@dataclass(frozen=True, slots=True)
class FineForm:
    """What a question may ask for and no slot tells: how it asks, and what a statement on it holds."""

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]


class LexiconDetails(LexiconRelations):
    """The details of the lexicon files (`outcomes.yaml`)."""

    @cached_property
    def patient_groups(self) -> tuple[FineForm, ...]:
        """Return the groups of patients whose results may be asked for apart."""
        return self._fine_forms("patient_groups")

    @cached_property
    def statistics(self) -> tuple[FineForm, ...]:
        """Return the statistics by which a result may be asked for."""
        return self._fine_forms("statistics")

    @cached_property
    def practicalities(self) -> tuple[FineForm, ...]:
        """Return what may be asked of the use of a treatment beside its effect: how soon it works, where to get it."""
        return self._fine_forms("practicalities")

    @cached_property
    def handling(self) -> FineForm | None:
        """Return how a question on side effects asks how to deal with them, and what tells it; None where the lexicon has no such forms."""
        form = self.data["outcomes"].get("handling")
        return form and FineForm("management of side effects", re.compile(form["asked"], re.IGNORECASE), re.compile(form["given"], re.IGNORECASE))

    @cached_property
    def ways_of_giving(self) -> tuple[Mapping[str, re.Pattern[str]], ...]:
        """Return the schedules and the routes by which a drug may be given, by name with the form of their words."""
        groups = [self.data["outcomes"].get(key, {}) for key in ("schedules", "routes")]
        return tuple({name: re.compile(rf"(?<![\w-]){either(words)}(?![\w-])", re.IGNORECASE) for name, words in group.items()} for group in groups)

    @cached_property
    def unreported_table(self) -> PhraseTable[bool]:
        """Words by which a source says that it has no figures."""
        return PhraseTable([(phrase, True) for phrase in self.data["outcomes"].get("unreported", ())])

    def _fine_forms(self, key: str) -> tuple[FineForm, ...]:
        forms = self.data["outcomes"].get(key, {})
        return tuple(FineForm(name, re.compile(form["asked"], re.IGNORECASE), re.compile(form["given"], re.IGNORECASE)) for name, form in forms.items())

    @cached_property
    def amounts(self) -> Mapping[str, Sequence[str]]:
        """Return units in which care is given that are no dose, by their singular, with the words by which a statement gives the amount."""
        return dict(self.data["outcomes"].get("amounts", {}))

    @property
    def groups_of_tests(self) -> Mapping[str, Sequence[str]]:
        """Return the tests that stand for many, with their members that have a name: evidence names one of them."""
        return dict(self.data["interventions"].get("groups_of_tests", {}))

    def tests_with_members(self, tests: frozenset[str]) -> frozenset[str]:
        """Return tests with the members of each group of them that is named without any: "the lab reports this antibody" is on that antibody alone."""
        members = {test: frozenset(self.groups_of_tests.get(test, ())) for test in tests}
        return frozenset(name for test, own in members.items() if own.isdisjoint(tests) for name in (test, *own))
