"""How the names of the field relate: groups of diseases, classes of treatments.

In: the files of a lexicon. Out: the tier of one population to another, what a disease or a treatment belongs to, and what goes by another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

from ragqa.text.lexicon_tables import LexiconTables
from ragqa.types import Facet, Tier

_TIER_ORDER = (Tier.EXACT, Tier.BROADER, Tier.CHILD, Tier.SIBLING, Tier.UNRELATED)


class LexiconRelations(LexiconTables):
    """The hierarchies of a lexicon."""

    def relation(self, asked: Sequence[str], found: Sequence[str]) -> Tier:
        """Say how the populations of a statement relate to those asked about; the closest pair decides.

        A population that includes the one asked about is broader, one of its kinds a child, one under a common group a sibling. Nothing
        asked is exact; a statement without population is unrelated to any.
        """
        return _relation(self, tuple(asked), tuple(found)) if asked else Tier.EXACT

    def relation_of_two(self, asked: str, found: str) -> Tier:
        """Return the relation of one population to another; see `relation`."""
        if asked == found or frozenset((asked, found)) in self._same_groups:
            return Tier.EXACT
        above_asked, above_found = self.ancestors(asked), self.ancestors(found)
        if found in above_asked or self._includes.get(found, frozenset()) & {asked, *above_asked}:
            return Tier.BROADER
        if asked in above_found:
            return Tier.CHILD
        return Tier.SIBLING if above_asked & above_found else Tier.UNRELATED

    def ancestors(self, name: str) -> frozenset[str]:
        """Return every group that a disease belongs to, itself left out."""
        return self._ancestors.get(name, frozenset())

    def kinds_of(self, name: str) -> frozenset[str]:
        """Return every disease that belongs to a group; none of one that is no group."""
        return frozenset(disease for disease, groups in self._ancestors.items() if name in groups)

    def without_ancestors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names without those that are groups of another one: the specific disease is what a sentence is about."""
        unique = list(dict.fromkeys(names))
        return tuple(name for name in unique if not any(name in self.ancestors(other) for other in unique))

    @property
    def manifestation(self) -> str:
        """Return the name of what the diseases of the field have in common ("MCTD-ILD" is read as MCTD)."""
        return str(self.data["populations"]["manifestation"])

    def joined(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return diseases with those that together make a group named by it: dermatomyositis and polymyositis are the inflammatory myopathies."""
        kept = list(names)
        for group, members in self.data["populations"].get("together", {}).items():
            if set(members) <= set(kept):
                kept = [group if name == members[0] else name for name in kept if name not in members[1:]]
        return tuple(dict.fromkeys(kept))

    def kin_of(self, intervention: str) -> frozenset[str]:
        """Return the classes that advice uses for a class of treatments, though neither is a kind of the other."""
        own = set(self._interventions.get(intervention, {}).get("kin", ()))
        return frozenset(own | {name for name, entry in self._interventions.items() if intervention in entry.get("kin", ())})

    def aliases_of(self, name: str) -> tuple[str, ...]:
        """Return other names of a single thing that a slot only counts as one of a kind: one antibody by its antigen."""
        folded = name.lower()
        groups = [
            group for group in self.data["interventions"].get("aliases", ()) if any(str(one).lower() in (folded, folded.removeprefix("anti-")) for one in group)
        ]
        return tuple(str(one) for group in groups for one in group if str(one).lower() != folded)

    def kind_of(self, intervention: str) -> str:
        """Return drug, class, procedure, care, strategy, test or comparator."""
        return str(self._interventions.get(intervention, {}).get("kind", "drug"))

    def suggested_by(self, test: str) -> tuple[Facet, ...]:
        """Return what a test asks for by its name alone, empty where it is one to screen with and to follow."""
        return tuple(Facet(name) for name in self._interventions.get(test, {}).get("suggests", ()))

    def classes_of(self, intervention: str) -> tuple[str, ...]:
        """Return the classes of a treatment, nearest first: anti-CD20 before biologic for rituximab."""
        return self._classes.get(intervention, ())

    def spoken_of_as(self, intervention: str) -> str | None:
        """Return the class by whose name a treatment is usually spoken of (a glucocorticoid for prednisone), None where it goes by its own."""
        name = self._interventions.get(intervention, {}).get("spoken_of_as")
        return str(name) if name else None

    @cached_property
    def strategies(self) -> frozenset[str]:
        """Return the ways of giving treatments that have names of their own (combination therapy)."""
        return frozenset(name for name in self._interventions if self.kind_of(name) == "strategy")

    def members_of(self, drug_class: str) -> tuple[str, ...]:
        """Return the treatments of a class."""
        return tuple(name for name, classes in self._classes.items() if drug_class in classes)

    @cached_property
    def _classes(self) -> dict[str, tuple[str, ...]]:
        above = {name: tuple(entry.get("classes", ())) for name, entry in self._interventions.items()}
        every = dict(above)
        for name in above:
            # Grows while it is read, so that the classes of classes come behind all that are nearer.
            found = list(above[name])
            for each in found:
                found += [further for further in above.get(each, ()) if further not in found]
            every[name] = tuple(dict.fromkeys(found))
        return every

    @property
    def behaviours(self) -> frozenset[str]:
        """Return the populations that patients with other diseases belong to by the course of these."""
        return frozenset(name for name, included in self._includes.items() if included)

    @cached_property
    def _includes(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(entry.get("includes", ())) for name, entry in self.data["populations"]["diseases"].items()}

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        parents = {name: tuple(entry.get("parents", ())) for name, entry in self.data["populations"]["diseases"].items()}

        def above(name: str) -> frozenset[str]:
            return frozenset(parents[name]).union(*(above(parent) for parent in parents[name]))

        return {name: above(name) for name in parents}

    @cached_property
    def _same_groups(self) -> frozenset[frozenset[str]]:
        """Pairs of groups that sources use for one another."""
        groups = self.data["populations"].get("same_group", ())
        return frozenset(frozenset((one, other)) for group in groups for one in group for other in group if one != other)


@lru_cache(maxsize=16_384)
def _relation(lexicon: LexiconRelations, asked: tuple[str, ...], found: tuple[str, ...]) -> Tier:
    """Return the closest relation of any two: the same few groups meet in every sentence of an answer."""
    return min((lexicon.relation_of_two(one, other) for one in asked for other in found), key=_TIER_ORDER.index, default=Tier.UNRELATED)
