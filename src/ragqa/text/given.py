"""Which treatments of a question were given already, so that it asks about what follows them.

"ILD progresses despite this drug", "after that one failed", "worse on this and a short course of that": only what comes next is asked.
Where a case is told ("She takes this drug. What now?"), so are the treatments that the case is on.
"""

from __future__ import annotations

import re

from ragqa.text.asking import BARE, asking_part, asks_at, asks_by_form
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Facet

LOST_ON = r"(?:fell|fallen|dropped|down|lost|losing|loses)\b[^.;?!]{0,25}(?:\d\S*|\b(?:weeks?|months?|years?)) (?:on|under)"
"""A loss told of a treatment with how much or how long, "lost 11% over a year on"; "losing weight on it" is told of its harms."""
_PRIOR = re.compile(
    r"\b(?:despite|refractory to|fail(?:ed|ing|s|ure)?(?: of| on| with| to)?|not respon\w+ to|intoleran\w+ (?:to|of)|cannot tolerate"
    r"|(?:progress|worsen|declin|worse|deteriorat|falling|dropping|slipping|going down)\w* (?:on|under|through)"
    rf"|{LOST_ON}"
    r"|(?:already|still|currently|while) (?:on|taking|receiving)|before(?: starting| giving| beginning| using| a| an)?"
    r"|before (?:(?:i|we|you|one) )?(?:start|put|plac|commenc|begin|initiat)\w* (?:[\w-]+ ){1,5}?(?:on|onto|with))\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a treatment that was given already or is only the occasion of the question."""
_PRIOR_AFTER = re.compile(r"^[- ](?:failure|refractory|resistant|intolerant|intolerance|experienced|non-?responders?|exposed|na[iï]ve)\b", re.IGNORECASE)
"""The same behind it: "after rituximab failure"."""
_CLAUSE = re.compile(r"\b(?:after|once|when|if|as|since|now that|because|where|although|though)\b[^.;?!]*$", re.IGNORECASE)
_FAILS = re.compile(
    r"^(?:(?:\s*(?:[,/+&]|\b(?:and|or|plus|with|then)\b))+\s*(?:\w+\s+)?_+)*\s+(?:(?:\w+ly|all|both|together|alone)\s+)?"
    r"(?:(?:(?:did|does|do|has|have|had|could|would|is|are|was|were)(?: not|n['’]t)|no longer|never)\s+(?:\w+\s+)?"
    r"(?:work|help|respond|hold|control|suffic|enough|sufficient|tolerated)\w*"
    r"|(?:(?:has|have|had)\s+)?(?:failed|fails?|stopped (?:working|helping)|stops working))\b",
    re.IGNORECASE,
)
"""What tells behind a list of treatments, each "_", that all of it has failed, in a clause that only gives the occasion."""
_AFTER = re.compile(r"\b(?:after|following|since|completed|finished)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_COURSE = re.compile(r"\b(?:(?:pulse|course|cycle|infusion)s?|(?:remission )?induction)\b", re.IGNORECASE)
"""What stands behind a treatment that came before, or in its name: "after cyclophosphamide pulses"."""
_CURRENT = re.compile(
    r"\b(?:(?:is|was|am|been|patient|pt|she|he|who|now|stable|established) on|takes|took|had|receive[sd]|tolerat(?:es|ed|ing)"
    r"|(?<!can )(?<!could )(?<!should )(?<!may )(?:i|they|who) take"
    r"|(?:\w+ (?:is|am|are|was|were|been)|patients?|someone|people|who|she|he|while) (?:taking|receiving)"
    r"|(?:was|were|been|already|previously|patients?|who) (?:treated with|given|(?:started|put) on)"
    r"|(?:after|following|since|completed) (?:\w+ ){0,4}(?:weeks?|months?|years?|courses?|doses?|cycles?) of)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a treatment that a case is on."""
_WEIGHED = re.compile(
    r"\b(?:consider(?:ing|ed|s)?|thinking (?:of|about)|think(?:s)? (?:of|about)|contemplat\w+|propos\w+"
    r"|suggest\w*|want(?:s|ed|ing)?|tempted|plan(?:s|ned|ning)?"
    r"|would like|inclined|debating|weighing|wondering|asks? (?:for|about)|hoping|leaning|(?:may|might|could|should|shall|will|would))\b"
    r"[^.;?!,]{0,30}$",
    re.IGNORECASE,
)
"""What stands before a treatment that is weighed and not given: "considering it. Thoughts?"."""
_ON = re.compile(r"\s+on\s+(?:\w+\s+)?$", re.IGNORECASE)
_OF_TOLD = re.compile(
    r"\b(?:which|either|both|one) of (?:the two|these|those|them)\b|\bwhich (?:one|gave|did|was|is|has|had|does|worked|works|helped|of the two)\b"
    r"|\bthe two (?:drugs|treatments)?"
    r"|\bhead[- ]to[- ]head\b|\bdirect comparison\b|\bin (?:the|that|this) (?:\w+ )?(?:trial|study)\b(?! of\b)",
    re.IGNORECASE,
)
"""Words of asking that stand for treatments told of before: those of a comparison, and those of a trial."""
_OVER = re.compile(r"\b(?:post[- ]?|(?:once|when|now that|as soon as)\s+(?:(?:the|my|his|her|a)\s+)?(?:\w+\s+)?)$", re.IGNORECASE)
_OVER_AFTER = re.compile(r"^[^.;?!]{0,60}?\b(?:is|are|was|were|has been|have been)\s+(?:over|done|finished|completed?|ended)\b", re.IGNORECASE)
"""What tells that a treatment has come to its end: "once the infusions are over"."""
_DONE = re.compile(r"^\s+(?:(?:is|was|has been|now|just|already)\s+)*(?:done|finished|completed)\b", re.IGNORECASE)
_WHAT_NEXT = re.compile(r"^(?:\s+in\s+[\w-]+)?,\s*(?:what|which)\b", re.IGNORECASE)
_JOINED = re.compile(
    r"^(?:\s+\d[\w./]*(?:\s?[a-zA-Z/]+)?)?\s*(?:,?\s*(?:and|or|plus|with|alongside)\b|\+|/|&)\s*"
    r"(?:(?!should|can|could|would|will|may|might|must|is|are|does|do|what|which|how|whether|now|then|next"
    r"|add|adding|switch\w*|start\w*|giv\w+|try\w*|consider\w*)\w+[\s-]+){0,3}$",
    re.IGNORECASE,
)
"""What stands between two treatments given together: "on mycophenolate 2 g and a short prednisone course"; no word that asks may."""
_ADDS = re.compile(r"\b(?:add(?:ing|ed|s)?|addition of|combin(?:e|ing|ation of))\s+(?:(?!to\b|with\b|on\b|or\b|onto\b)\w+\s+){0,3}$", re.IGNORECASE)
"""What stands before a treatment that is to be given beside another: "would adding X help?"."""
_ADDED_AFTER = re.compile(r"^\s*(?:\w+\s+){0,2}(?:added|add-on|combined with|on top of|in addition to)\b", re.IGNORECASE)
_ADDED_TO = re.compile(
    r"(?<!switch )(?<!switching )(?<!change )(?<!changing )(?<!compared )\b(?:to|with|on top of|on|onto|in addition to)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
"""What stands before the treatment that the other is added to."""
_RISING = re.compile(r"\b(?:rising|increasing|worsening|escalating|growing)\s+$", re.IGNORECASE)
_NEED = re.compile(r"\s+(?:needs?|requirements?|demands?)\b", re.IGNORECASE)
_PLANNED_BEFORE = re.compile(
    r"\b(?:about to (?:get|have|receive|start|begin|be given|be started on)|due to (?:get|have|receive|start|begin)|due for"
    r"|plan(?:s|ned|ning)?(?: to (?:start|give|use))?|scheduled for"
    r"|(?:will|to) (?:start|get|receive|be given|be started on)"
    r"|going (?:to (?:start|get|have|receive)|on|onto)|starting|before|prior to|ahead of|before (?:we|i|she|he|they) (?:start|give|begin|use))\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_PLANNED_AFTER = re.compile(
    r"^\s+(?:(?:is|was|being|has been|to be|now|next|therapy|treatment)\s+)*"
    r"(?:planned|scheduled|intended|due|to (?:be )?start(?:ed)?)\b",
    re.IGNORECASE,
)
"""What tells that a treatment is still to come."""
_OF_DRUG = frozenset({Facet.DOSING, Facet.SAFETY, Facet.OUTCOME})
_REFERS = re.compile(
    r"(?<!about )(?<!for )(?<!against )\b(?:it|them|(?:this|that|the) (?:drug|medicine|medication|agent|treatment|therapy|combination))\b", re.IGNORECASE
)
"""A word of asking that stands for a treatment told of before."""


def treatments_given(text: str, lexicon: Lexicon, in_a_case: bool = False) -> list[Mention]:
    """Return the treatments of a question that were given already, in the order of the text.

    Args:
        text: The question as read.
        lexicon: The field's words.
        in_a_case: Count those too that a case is on, or that stand in a sentence that asks nothing. Right where care is asked about;
            of a drug's dose or harms one asks while taking it.
    """
    given: list[Mention] = []
    planned = treatments_planned(text, lexicon)
    before: Mention | None = None
    mentions = lexicon.interventions_in(text)
    blanked = _blanked(text, mentions)
    for mention in mentions:
        joins = before is not None and before in given and _JOINED.match(text[before.end : mention.start])
        prior = _PRIOR.search(text[: mention.start])
        if prior and prior.group().lower().startswith("before") and _asks_harms_alone(text, mentions, lexicon):
            # "Counselling before this drug: which adverse effects?" asks about those of the drug.
            prior = None
        is_prior = prior or _PRIOR_AFTER.match(text[mention.end :])
        is_prior = is_prior or (_CLAUSE.search(text[: mention.start]) and _FAILS.match(blanked[mention.end :]))
        # A need for it that rises is the state of a case.
        is_prior = is_prior or (_RISING.search(text[: mention.start]) and _NEED.match(text[mention.end :]))
        is_course = _COURSE.search(text[mention.start : mention.end]) or _COURSE.match(text[mention.end :].lstrip())
        is_prior = is_prior or (is_course and _AFTER.search(text[: mention.start]))
        if is_prior or joins or mention in planned or (in_a_case and _is_told(mention, text, lexicon)):
            given.append(mention)
        before = mention
    return given


def _asks_harms_alone(text: str, mentions: list[Mention], lexicon: Lexicon) -> bool:
    """Say whether a question asks for harms, names one treatment that can do them, and nothing to be looked for before it."""
    is_one = len({mention.name for mention in mentions}) == 1
    return is_one and not lexicon.screened_under(text) and Facet.SAFETY in lexicon.facets_of_question(asking_part(text))


def _blanked(text: str, mentions: list[Mention]) -> str:
    """Return a text, as long, in which treatments read "_"."""
    letters = list(text)
    for mention in mentions:
        letters[mention.start : mention.end] = "_" * (mention.end - mention.start)
    return "".join(letters)


def tells_case(text: str, lexicon: Lexicon) -> bool:
    """Say whether a text tells a case: its sentences that ask say nothing, or there are none, and every treatment that it names was given already."""
    given = treatments_given(text, lexicon, in_a_case=True)
    is_bare = not asks_by_form(text) or len(asking_part(text).split()) <= BARE
    return is_bare and all(mention in given for mention in lexicon.interventions_in(text))


def treatments_added(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the treatments that a question would give beside one that the patient is on; empty where it asks for no such step.

    "On X: would adding Y help?" and "Y added to X" ask about Y: what X did, alone or beside a third, does not answer.
    """
    mentions = lexicon.interventions_in(text)
    added: list[Mention] = []
    for before, mention in zip([None, *mentions], mentions, strict=False):
        joins = before is not None and before in added and _JOINED.match(text[before.end : mention.start])
        if joins or _ADDS.search(text[: mention.start]) or _ADDED_AFTER.match(text[mention.end :]):
            added.append(mention)
    others = [mention for mention in mentions if mention not in added and lexicon.kind_of(mention.name) != "strategy"]
    names = frozenset(mention.name for mention in added) - {mention.name for mention in others}
    is_on = [mention for mention in others if _ADDED_TO.search(text[: mention.start]) or _CURRENT.search(text[: mention.start])]
    # Set against a third treatment, each of them is asked about.
    return names if is_on and len({mention.name for mention in is_on}) == len({mention.name for mention in others}) else frozenset()


def treatments_planned(text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the treatments before which something is to be looked for or prevented: "past hepatitis, rituximab planned: what first?".

    None where nothing of that kind is named, or where the dose, the harms or the results of the treatment are asked.
    """
    if not lexicon.screened_under(text) or not _OF_DRUG.isdisjoint(lexicon.facets_of_question(asking_part(text))):
        return []
    return [each for each in lexicon.interventions_in(text) if _PLANNED_BEFORE.search(text[: each.start]) or _PLANNED_AFTER.match(text[each.end :])]


def follows_course(text: str, lexicon: Lexicon) -> bool:
    """Say whether a question asks what follows a treatment that has come to its end: "after a course of it, what maintenance?"."""
    return any(_is_over(mention, text) for mention in lexicon.interventions_in(text))


def _is_over(mention: Mention, text: str) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    is_course = _COURSE.search(text[mention.start : mention.end]) or _COURSE.match(after.lstrip())
    if is_course and _AFTER.search(before):
        return True
    if _DONE.match(after) or (_AFTER.search(before) and _WHAT_NEXT.match(after)):
        return True
    return _OVER.search(before) is not None and (before.rstrip("- ").lower().endswith("post") or _OVER_AFTER.match(after) is not None)


def refers_to_treatment(text: str) -> bool:
    """Say whether a text stands for a treatment told of before by "it" or "the drug"."""
    return _REFERS.search(text) is not None


def _is_told(mention: Mention, text: str, lexicon: Lexicon) -> bool:
    """Say whether a treatment is only told of. One that the question comes back to, or asks to combine, is not."""
    asking = asking_part(text)
    if refers_to_treatment(asking) or lexicon.combines(asking):
        return False
    if _OF_TOLD.search(asking) and not lexicon.interventions_in(asking) and not _CURRENT.search(text[: mention.start]):
        # "I may give this or that. Which one helped more in the trial?"
        return False
    before = text[: mention.start]
    if _WEIGHED.search(before):
        return False
    # "The disease on this drug" is a case on it.
    on = _ON.search(before)
    is_on = on is not None and any(name.end == on.start() for name in lexicon.populations_in(before))
    return is_on or _is_over(mention, text) or _CURRENT.search(before) is not None or not any(start <= mention.start < end for start, end in asks_at(text))
