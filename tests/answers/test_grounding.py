"""Each check fails when its thing is broken; what fails does not leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ragqa.answers.alignment import says_what_its_quotes_say
from ragqa.answers.grounding import keep_grounded, verify_statement
from ragqa.protocols import Library
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Answer, AnswerStatus, Direction, Edit, Statement, Strength
from tests.compose.samples import small_service

LEXICON = load_lexicon()
_QUESTIONS = ("How is ILD in MCTD treated?", "What are the outcomes of rituximab in MCTD-ILD?", "What is the effect of cyclophosphamide in SSc-ILD?")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over the small documents of the composer's tests."""
    return small_service(tmp_path_factory.mktemp("grounding"))


@pytest.fixture(scope="module")
def library(service: QAService) -> Library:
    """Return the library behind it."""
    return service.reader().library


@pytest.fixture(scope="module")
def answers(service: QAService) -> tuple[Answer, ...]:
    """Return answers with cards, results, a negation, citation marks and a repaired statement."""
    return tuple(service.ask(question) for question in _QUESTIONS)


def pick(answers: tuple[Answer, ...], words: str) -> tuple[Statement, Answer]:
    """Return the shortest statement with these words, and its answer."""
    found = [(statement, answer) for answer in answers for statement in answer.statements if words in statement.text]
    return min(found, key=lambda pair: len(pair[0].text))


def failures(statement: Statement, answer: Answer, library: Library) -> set[str]:
    """Return the names of the checks that a statement fails."""
    return {name for name, holds in verify_statement(statement, library, LEXICON, answer.sources).items() if not holds}


def reworded(before: str, after: str) -> Callable[[Statement], Statement]:
    """Return a change of a statement's text that must hit."""

    def change(statement: Statement) -> Statement:
        assert before in statement.text
        return replace(statement, text=statement.text.replace(before, after))

    return change


def with_evidence(**fields: object) -> Callable[[Statement], Statement]:
    """Return a change of a statement's first quote."""
    return lambda statement: replace(statement, evidence=(replace(statement.evidence[0], **fields), *statement.evidence[1:]))  # type: ignore[arg-type]  # the named fields of Evidence


def shifted(statement: Statement) -> Statement:
    """Move the first quote by one character and leave its words."""
    first = statement.evidence[0]
    return replace(statement, evidence=(replace(first, start=first.start + 1, end=first.end + 1), *statement.evidence[1:]))


def cut(statement: Statement) -> Statement:
    """Cut a quote and the text down to what follows "not", both still verbatim."""
    first = next(item for item in statement.evidence if "occur more often" in item.quote)
    start = first.quote.index("occur more often")
    quote = first.quote[start:]
    return replace(statement, text=quote, evidence=(replace(first, start=first.start + start, quote=quote),))


def stepped_over(statement: Statement) -> Statement:
    """Quote what stands before and after "did not" apart, so that each quote is verbatim and the text says the opposite."""
    first = next(item for item in statement.evidence if "did not " in item.quote)
    gap = first.quote.index("did not ")
    before = replace(first, end=first.start + gap, quote=first.quote[:gap])
    after = replace(first, start=first.start + gap + len("did not "), quote=first.quote[gap + len("did not ") :])
    return replace(statement, text=f"{before.quote}{after.quote}", evidence=(before, after))


def test_every_statement_of_an_answer_passes_every_check(answers: tuple[Answer, ...], library: Library) -> None:
    """What the composer makes of honest documents holds, repaired statements and removed citation marks included."""
    statements = [(statement, answer) for answer in answers for statement in answer.statements]

    assert any(len(statement.evidence) > 1 for statement, _ in statements)
    assert any("[4, 12]" in statement.evidence[0].quote and "[4" not in statement.text for statement, _ in statements)
    assert not [name for statement, answer in statements for name in failures(statement, answer, library)]
    assert all(dict(statement.verification.checks) and all(dict(statement.verification.checks).values()) for statement, _ in statements)


def test_a_quote_under_another_section_of_its_own_document_fails(answers: tuple[Answer, ...], library: Library) -> None:
    """A result is not shown under the heading of the paragraph beside it."""
    moved = [
        (with_evidence(section_path=section.path)(statement), answer)
        for answer in answers
        for statement in answer.statements
        for section in library.sections(statement.evidence[0].document_id)
        if section.path != statement.evidence[0].section_path
    ]

    assert moved
    assert all("sentence" in failures(statement, answer, library) for statement, answer in moved)


@pytest.mark.parametrize(
    ("words", "break_it", "check"),
    [
        ("8.9%", shifted, "quote"),
        ("8.9%", with_evidence(quote="FVC rose by 9%."), "quote"),
        ("8.9%", with_evidence(page=2), "quote"),
        ("8.9%", with_evidence(document_version="0" * 64), "quote"),
        ("8.9%", with_evidence(section_path=("Rituximab is safe",)), "sentence"),
        ("8.9%", with_evidence(document_id="0123456789abcdef"), "quote"),
        ("8.9%", lambda statement: replace(statement, evidence=()), "evidence"),
        ("Infections did not", cut, "sentence"),
        ("Infections did not", stepped_over, "sentence"),
        ("8.9%", reworded("8.9%", "18.9%"), "number"),
        ("8.9%", reworded("8.9%", "89%"), "number"),
        ("8.9%", reworded("8.9%", "9.8%"), "number"),
        ("12 of 97", reworded("12 of 97", "97 of 12"), "edits"),
        ("12 of 97", reworded("12 of 97", "of 97"), "edits"),
        ("12 of 97", reworded("12 of 97", "97 of 97"), "edits"),
        ("-2.5 points", reworded("-2.5", "2.5"), "edits"),
        ("158 patients", reworded("158 patients", "patients"), "edits"),
        ("8.9%", reworded("8.9%", "8.9 mg"), "edits"),
        ("Infections did not", reworded("did not occur", "did occur"), "edits"),
        ("Infections did not", reworded("did not ", ""), "edits"),
        ("cyclophosphamide did not", reworded("did not", "did"), "edits"),
        ("8.9%", reworded("improved", "worsened"), "edits"),
        ("Forced vital capacity improved", reworded("rituximab", "abatacept"), "drug"),
        ("In contrast to nintedanib", reworded("In contrast to nintedanib, cyclophosphamide", "In contrast to cyclophosphamide, nintedanib"), "edits"),
        ("8.9%", reworded("MCTD-ILD", "SSc-ILD"), "population"),
        ("8.9%", lambda statement: replace(statement, populations=("SSc",)), "labels"),
        ("8.9%", lambda statement: replace(statement, drugs=("abatacept",)), "labels"),
        ("8.9%", lambda statement: replace(statement, n=970), "labels"),
        ("8.9%", lambda statement: replace(statement, year=2024), "labels"),
        ("8.9%", lambda statement: replace(statement, numbers=("98.9%",)), "labels"),
        ("8.9%", lambda statement: replace(statement, text="In summary, " + statement.text), "edits"),
        ("8.9%", lambda statement: replace(statement, text=statement.text[:-1] + " and in children."), "edits"),
        ("8.9%", with_evidence(source=9), "source"),
    ],
)
def test_a_broken_statement_fails_the_check_of_what_was_broken(
    answers: tuple[Answer, ...], library: Library, words: str, break_it: Callable[[Statement], Statement], check: str
) -> None:
    """Figures, signs, negations, names, places, labels and citations: whatever changes the meaning is caught by the check named for it."""
    statement, answer = pick(answers, words)

    assert check in failures(break_it(statement), answer, library)


@pytest.mark.parametrize(
    "changes", [{"direction": Direction.AGAINST}, {"strength": Strength.STRONG}, {"organisation": "Other Society"}, {"year": 1999}, {"certainty": "high"}]
)
def test_a_card_that_says_other_than_its_sentence_fails(answers: tuple[Answer, ...], library: Library, changes: dict[str, object]) -> None:
    """Direction, strength, certainty, issuer and year of a recommendation are shown as badges and must be the source's."""
    statement, answer = pick(answers, "Mycophenolate is conditionally recommended")
    assert statement.recommendation is not None

    turned = replace(statement, recommendation=replace(statement.recommendation, **changes))  # type: ignore[arg-type]  # the named fields of a card

    assert failures(turned, answer, library) == {"labels"}


def test_the_source_of_another_document_fails(answers: tuple[Answer, ...], library: Library) -> None:
    """A quote of one document under the number of another is a wrong citation."""
    statement, answer = pick(answers, "8.9%")
    other = next(source.n for source in answer.sources if source.n not in statement.citations)

    assert failures(with_evidence(source=other)(statement), answer, library) == {"source"}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("drop_connective", "In children, f", "F"),
        Edit("drop_connective", "Contrary to what was hoped, f", "F"),
        Edit("drop_connective", "However, it is false that f", "F"),
        Edit("lead_in", "", "Rituximab cures MCTD — "),
        Edit("lead_in", "Not ", ""),
        Edit("ocr_repair", "F", "F"),
        Edit("drop_reference", "rituximab (in none but one) in", "rituximab in"),
    ],
)
def test_an_edit_that_is_not_harmless_is_refused_although_it_replays(answers: tuple[Answer, ...], library: Library, edit: Edit) -> None:
    """Recording an edit does not allow it: only known connectives are dropped and only names the document holds are put before."""
    statement, answer = pick(answers, "8.9%")
    text = edit.after + statement.text if edit.op == "lead_in" else statement.text

    assert "edits" in failures(replace(statement, text=text, edits=(edit,)), answer, library)


def test_the_name_of_the_study_may_be_put_before_its_result(answers: tuple[Answer, ...], library: Library) -> None:
    """A lead-in that the document's own title holds is allowed, recorded; the same words unrecorded are not."""
    statement, answer = pick(answers, "8.9%")
    named = replace(statement, text="Northern cohort 2019 — " + statement.text)

    assert failures(replace(named, edits=(Edit("lead_in", "", "Northern cohort 2019 — "),)), answer, library) == set()
    assert "edits" in failures(named, answer, library)


def test_a_statement_that_fails_is_dropped_with_its_source_and_conflict(answers: tuple[Answer, ...], library: Library) -> None:
    """The rest of the answer stays; no source and no conflict remains that nothing refers to."""
    answer = answers[0]
    bad, _ = pick(answers, "8.9%")
    sections = tuple(
        replace(
            section,
            groups=tuple(
                replace(
                    group, statements=tuple(replace(each, text="FVC rose by 99%.") if bad.citations[0] in each.citations else each for each in group.statements)
                )
                for group in section.groups
            ),
        )
        for section in answer.sections
    )
    assert any(bad.statement_id in conflict.statements for conflict in answer.conflicts)

    kept = keep_grounded(replace(answer, sections=sections), library, LEXICON)

    assert kept.statements == tuple(each for each in answer.statements if bad.citations[0] not in each.citations)
    assert bad.citations[0] not in {source.n for source in kept.sources}
    assert not any(bad.statement_id in conflict.statements for conflict in kept.conflicts)
    assert kept.status is answer.status


def test_an_answer_without_a_grounded_statement_abstains(answers: tuple[Answer, ...], library: Library) -> None:
    """Nothing unverified is shown: the answer says that no statement survived, and cites nothing."""
    answer = answers[0]
    sections = tuple(
        replace(section, groups=tuple(replace(group, statements=tuple(shifted(each) for each in group.statements)) for group in section.groups))
        for section in answer.sections
    )

    kept = keep_grounded(replace(answer, sections=sections), library, LEXICON)

    assert kept.status is AnswerStatus.INSUFFICIENT_EVIDENCE
    assert kept.reason is not None
    assert kept.reason.code == "not_grounded"
    assert (kept.statements, kept.sources, kept.conflicts, kept.follow_ups) == ((), (), (), ())


@pytest.mark.parametrize(
    ("text", "quotes", "references"),
    [
        ("Lung function was stable.", ["Lung  function\nwas stable."], ()),
        ("The treatment of CTD-ILD is first-line.", ["The treat-\nment of CTD-\nILD is ﬁrst-line."], ()),
        ("FVC rose (p = 0.01) in ILD.", ["FVC rose (p = 0.01)7 in ILD [10, 12–14]."], (7, 10, 12, 13, 14)),
        ("This was seen in disease and care.", ["This was seen in disease10,11 and care 12."], (10, 11, 12)),
        ("A *starred* word stays.", ["A *starred* word stays."], ()),
        ("An emphasised word loses its signs.", ["An **emphasised** word loses its _signs_."], ()),
        ("A treatment over two pages.", ["A treat-", "ment over two pages."], ()),
        ("Values below 5 & above 3.", ["Values below 5 &amp; above 3."], ()),
    ],
)
def test_cleaning_of_print_is_allowed(text: str, quotes: list[str], references: tuple[int, ...]) -> None:
    """Line ends, divided words, ligatures, citation marks and Markdown signs may go."""
    assert says_what_its_quotes_say(text, quotes, references)


@pytest.mark.parametrize(
    ("text", "quotes", "references"),
    [
        ("FVC changed by 2.1%.", ["FVC changed by -2.1%."], ()),
        ("FVC changed by 2.1%.", ["FVC changed by −2.1%."], ()),
        ("FVC changed by 2.1%.", ["FVC changed by -\n2.1%."], ()),
        ("The change was notable.", ["The change was not able."], ()),
        ("The dose rose from 10 to 10 mg.", ["The dose rose from 10 to 100 mg."], (100,)),
        ("It was given for weeks.", ["It was given for 12 weeks [12]."], (12,)),
        ("The rate was high.", ["The rate was high [40]."], ()),
        ("The p value was 005.", ["The p value was 0.05."], ()),
        ("Rates were p < 0.05.", ["Rates were p > 0.05."], ()),
        ("Doses of 35 mg.", ["Doses of 3-5 mg."], ()),
        ("It rose.", ["It never rose."], ()),
        ("It rose in IL receptors.", ["It rose in IL-6 receptors."], (6,)),
    ],
)
def test_a_change_of_meaning_is_no_cleaning(text: str, quotes: list[str], references: tuple[int, ...]) -> None:
    """Signs, figures, spaces between words and words themselves may not go; digits only where they are the sentence's own marks."""
    assert not says_what_its_quotes_say(text, quotes, references)
