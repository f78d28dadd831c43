"""Answers, conversations, feedback and jobs are kept, found again and survive a new start."""

import sqlite3
import threading
from pathlib import Path

import pytest

from ragqa.errors import RecordsIncompatible, RecordsUnavailable
from ragqa.records import Records, open_records
from ragqa.records.conversations import SavedTurn
from ragqa.records.feedback import Verdict
from tests.records.conftest import Clock

TURN = SavedTurn("and in children?", "How is it treated in children?", "slot", "clinician", "a2")


def test_an_answer_is_saved_once_and_stays_as_it_was(records: Records) -> None:
    """The same answer given twice is one record, with the body and the time of the first."""
    records.answers.save("a1", "gen-000001", "Why?", "clinician", '{"x": 1}', "ada")
    records.answers.save("a1", "gen-000002", "Why?", "clinician", '{"x": 2}', "bob")
    saved = records.answers.get("a1")
    assert saved is not None
    assert (saved.generation, saved.body, saved.principal) == ("gen-000001", '{"x": 1}', "ada")
    assert records.answers.get("a2") is None


def test_recent_answers_are_those_of_the_principal_latest_first(records: Records) -> None:
    """Nobody sees the history of another."""
    for answer_id, principal in (("a1", "ada"), ("b1", "bob"), ("a2", "ada")):
        records.answers.save(answer_id, "gen-000001", "Why?", "clinician", "{}", principal)
    assert [answer.answer_id for answer in records.answers.recent("ada")] == ["a2", "a1"]


def test_turns_are_numbered_in_order(records: Records) -> None:
    """A conversation gives its turns back in the order in which they were added."""
    conversation_id = records.conversations.create("ada")
    first = SavedTurn("How is it treated?", "How is it treated?", "standalone", "clinician", "a1")
    assert [records.conversations.add_turn(conversation_id, turn) for turn in (first, TURN)] == [1, 2]
    saved = records.conversations.get(conversation_id)
    assert saved is not None
    assert [(turn.number, turn.question, turn.asked_as) for turn in saved.turns] == [
        (1, "How is it treated?", "How is it treated?"),
        (2, "and in children?", "How is it treated in children?"),
    ]


def test_the_list_of_conversations_shows_the_first_turn_of_those_of_the_principal(records: Records) -> None:
    """Conversations without a turn, and those of others, are not listed; the one last written to comes first."""
    older, newer, empty, other = (records.conversations.create(name) for name in ("ada", "ada", "ada", "bob"))
    for conversation_id in (older, newer, other, older):
        records.conversations.add_turn(conversation_id, TURN)
    listed = records.conversations.list("ada")
    assert [item.conversation_id for item in listed] == [older, newer]
    assert [len(item.turns) for item in listed] == [1, 1]
    assert empty not in {item.conversation_id for item in listed}


def test_a_deleted_conversation_is_gone_with_its_turns(records: Records, url: str) -> None:
    """Deleting leaves nothing of it in the database."""
    conversation_id = records.conversations.create("ada")
    records.conversations.add_turn(conversation_id, TURN)
    assert records.conversations.delete(conversation_id)
    assert not records.conversations.delete(conversation_id)
    assert records.conversations.get(conversation_id) is None
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    connection.close()


def test_a_turn_of_no_conversation_is_refused(records: Records) -> None:
    """A turn is never stored without its conversation."""
    with pytest.raises(KeyError):
        records.conversations.add_turn("0" * 32, TURN)


def test_feedback_comes_back_latest_first_in_pages(records: Records) -> None:
    """A reviewer pages through the remarks."""
    for number in range(3):
        records.feedback.add("a1", f"s{number}", Verdict.PARTLY, "", "ada")
    assert [item.statement_id for item in records.feedback.list(limit=2)] == ["s2", "s1"]
    assert [item.statement_id for item in records.feedback.list(limit=2, offset=2)] == ["s0"]


def test_a_job_keeps_what_an_update_does_not_name(records: Records) -> None:
    """An update changes what it names and the time, nothing else."""
    job_id = records.jobs.create("rebuild", "ada")
    records.jobs.update(job_id, state="running", stage="parse", done=1, total=4)
    records.jobs.update(job_id, done=2)
    records.jobs.update(job_id, result={"n": 1})
    job = records.jobs.get(job_id)
    assert job is not None
    assert (job.state, job.stage, job.done, job.total, job.result) == ("running", "parse", 2, 4, {"n": 1})
    assert job.updated > job.created
    assert records.jobs.get("none") is None


def test_everything_survives_a_new_start(records: Records, url: str, clock: Clock) -> None:
    """A second process over the same database sees what the first wrote."""
    job_id = records.jobs.create("rebuild", "ada")
    again = open_records(url, clock)
    assert again.jobs.get(job_id) == records.jobs.get(job_id)
    again.close()


def test_many_writers_at_once_lose_nothing(url: str, clock: Clock) -> None:
    """Eight writers with connections of their own, twenty entries each: 160 entries, no error."""
    shared = [open_records(url, clock) for _ in range(8)]
    failures: list[Exception] = []

    def write(records: Records) -> None:
        try:
            for _ in range(20):
                records.feedback.add("a1", None, Verdict.OTHER, "", "ada")
        except Exception as exc:
            failures.append(exc)

    threads = [threading.Thread(target=write, args=(records,)) for records in shared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(shared[0].feedback.list(limit=1000)) == 8 * 20
    for records in shared:
        records.close()


def test_records_of_another_version_are_refused(records: Records, url: str, clock: Clock) -> None:
    """A database of another format is not written to."""
    records.close()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(RecordsIncompatible, match="format 99"):
        open_records(url, clock)


@pytest.mark.parametrize("bad", ["no address", "nosuchdb://host/x"])
def test_an_address_that_is_none_is_refused_with_the_setting_to_change(bad: str, clock: Clock) -> None:
    """The message names the setting."""
    with pytest.raises(RecordsUnavailable, match="RAGQA_RECORDS__URL"):
        open_records(bad, clock)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, clock: Clock) -> None:
    """A file of another kind is told, and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and long enough to be read as the head of one " * 20)
    with pytest.raises(RecordsUnavailable, match=r"notes\.txt"):
        open_records(f"sqlite:///{path}", clock)
    assert path.read_text().startswith("not a database")
