"""The commands as a user runs them: what comes out where, and how they end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from ragqa import __version__
from ragqa.answers.json import answer_from_json
from ragqa.cli import main
from tests.compose.samples import DOCUMENTS, small_service

QUESTION = "What are the outcomes of rituximab in MCTD-ILD?"


@dataclass(frozen=True)
class Run:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


class Ragqa(Protocol):
    """Runs one command."""

    def __call__(self, *arguments: str) -> Run:
        """Return how it ended."""


@pytest.fixture
def ragqa(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ragqa:
    """Return a function that runs a command in this process, as the installed script does."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["ragqa", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return Run(code if isinstance(code, int) else 0 if code is None else 1, out, err)

    return run


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of an index over the small documents."""
    folder = tmp_path_factory.mktemp("cli")
    small_service(folder)
    return str(folder / "index")


@pytest.fixture
def index_copy(index: str, tmp_path: Path) -> Path:
    """Return a copy of the index that may be damaged."""
    return shutil.copytree(index, tmp_path / "index")


def is_one_clear_line(run: Run) -> bool:
    """Whether nothing but one line went to standard error, and no traceback anywhere."""
    return run.out == "" and run.err.startswith("ragqa: ") and len(run.err.strip().splitlines()) == 1 and "Traceback" not in run.err


def test_an_answer_goes_to_standard_output_with_its_sources(ragqa: Ragqa, index: str) -> None:
    """Exit 0, sections, citations, source list and disclaimer; nothing on standard error."""
    run = ragqa("ask", QUESTION, "--index", index)

    assert (run.code, run.err) == (0, "")
    for part in (QUESTION, "From the Guidelines", "From the Research", "8.9%", "[1]", "Sources", "For healthcare professionals"):
        assert part in run.out


def test_quotes_are_printed_on_request(ragqa: Ragqa, index: str) -> None:
    """With --quotes each statement is followed by its verbatim quote and its place."""
    plain, quoted = ragqa("ask", QUESTION, "--index", index), ragqa("ask", QUESTION, "--quotes", "--index", index)

    assert "“" not in plain.out
    assert "“Forced vital capacity improved" in quoted.out
    assert "characters" in quoted.out


def test_json_is_one_whole_answer_and_nothing_else(ragqa: Ragqa, index: str) -> None:
    """Standard output parses, and reads back as the same answer."""
    run = ragqa("ask", QUESTION, "--json", "--index", index)

    answer = answer_from_json(json.loads(run.out))
    assert (run.code, run.err) == (0, "")
    assert answer.question == QUESTION
    assert answer.statements


@pytest.mark.parametrize("audience", ["clinician", "researcher", "student", "patient"])
def test_the_audience_is_recorded(ragqa: Ragqa, index: str, audience: str) -> None:
    """All four are taken."""
    assert json.loads(ragqa("ask", QUESTION, "--audience", audience, "--json", "--index", index).out)["audience"] == audience


def test_an_abstention_ends_with_three_and_says_why(ragqa: Ragqa, index: str) -> None:
    """Data stays on standard output in both forms, so that a script may read the reason."""
    question = "Is baricitinib effective in SSc-ILD?"
    run, as_json = ragqa("ask", question, "--index", index), ragqa("ask", question, "--json", "--index", index)

    assert (run.code, run.err, as_json.code, as_json.err) == (3, "", 3, "")
    assert "No document of the library speaks of baricitinib" in run.out
    assert json.loads(as_json.out)["reason"]["code"] == "missing_drug"


@pytest.mark.parametrize(
    ("arguments", "slugs"),
    [
        (["--kind", "cohort"], {"northern-2019", "southern-2020"}),
        (["--kind", "cohort", "--kind", "case-series"], {"northern-2019", "southern-2020", "eastern-2015"}),
        (["--document", "eastern-2015"], {"eastern-2015"}),
        (["--from", "2020"], {"southern-2020", "example-2023"}),
        (["--to", "2015"], {"eastern-2015", "example-2012"}),
    ],
)
def test_search_prints_ranked_passages_of_the_allowed_documents(ragqa: Ragqa, index: str, arguments: list[str], slugs: set[str]) -> None:
    """Rank, scores, document and text of each; filters bind."""
    hits = json.loads(ragqa("search", "rituximab", "-k", "20", *arguments, "--json", "--index", index).out)

    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert {hit["slug"] for hit in hits} <= slugs
    assert {"score", "lexical", "dense", "chunk_id", "document_id", "kind", "heading", "text"} <= set(hits[0])


def test_search_prints_no_more_than_k(ragqa: Ragqa, index: str) -> None:
    """-k 2 prints two passages, for people and for programs."""
    assert len(json.loads(ragqa("search", "rituximab", "-k", "2", "--json", "--index", index).out)) == 2
    shown = ragqa("search", "rituximab", "-k", "2", "--index", index).out
    assert "2. " in shown
    assert "3. " not in shown


def test_documents_are_listed_and_shown(ragqa: Ragqa, index: str) -> None:
    """The list names every document once; each opens by name with its metadata, sections and pages."""
    listed = json.loads(ragqa("docs", "list", "--json", "--index", index).out)
    shown = json.loads(ragqa("docs", "show", "northern-2019", "--json", "--index", index).out)

    assert {each["slug"] for each in listed} == {Path(source).stem for source in DOCUMENTS}
    assert shown["metadata"]["year"] == 2019
    assert {"path": ["Outcomes"], "zone": "body"} in shown["sections"]
    assert "by 8.9% at 24 weeks" in shown["pages"][0]["text"]
    table = ragqa("docs", "list", "--index", index)
    assert "northern-2019" in table.out
    assert f"{len(DOCUMENTS)} documents" in table.err
    assert "by 8.9% at 24 weeks" in ragqa("docs", "show", "northern-2019", "--index", index).out


def test_the_index_reports_and_verifies_itself(ragqa: Ragqa, index: str) -> None:
    """Status is data, the verdict of verify is its exit code and its words."""
    status = json.loads(ragqa("index", "status", "--json", "--index", index).out)
    verified = ragqa("index", "verify", "--index", index)

    assert status["generation"] == "gen-000001"
    assert status["counts"]["documents"] == len(DOCUMENTS)
    assert "gen-000001" in ragqa("index", "status", "--index", index).out
    assert (verified.code, verified.out) == (0, "")
    assert "whole" in verified.err
    assert json.loads(ragqa("index", "verify", "--json", "--index", index).out) == {"faults": []}


def test_a_damaged_generation_fails_verification_by_name(ragqa: Ragqa, index_copy: Path) -> None:
    """Exit 1, and the fault names the file."""
    damaged = index_copy / "gen-000001" / "dense.faiss"
    damaged = damaged if damaged.exists() else next((index_copy / "gen-000001").rglob("*.npy"))
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)

    run = ragqa("index", "verify", "--index", str(index_copy))

    assert run.code == 1
    assert damaged.name in run.err
    assert json.loads(ragqa("index", "verify", "--json", "--index", str(index_copy)).out)["faults"]


def test_settings_are_listed_with_what_the_environment_says(ragqa: Ragqa, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, value, default, unit and meaning of each."""
    monkeypatch.setenv("RAGQA_COMPOSE__CANDIDATES", "7")

    rows = {row["name"]: row for row in json.loads(ragqa("settings", "--json").out)}

    assert rows["RAGQA_COMPOSE__CANDIDATES"]["value"] == "7"
    assert set(rows["RAGQA_INDEX"]) == {"name", "value", "default", "unit", "meaning"}
    assert "RAGQA_COMPOSE__CANDIDATES" in ragqa("settings").out


def test_the_version_is_printed(ragqa: Ragqa) -> None:
    """One line on standard output."""
    assert ragqa("version") == Run(0, f"ragqa {__version__}\n", "")


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["ask"],
        ["search"],
        ["docs"],
        ["docs", "list"],
        ["docs", "show"],
        ["index"],
        ["index", "build"],
        ["index", "rollback"],
        ["serve"],
        ["settings"],
        ["eval"],
    ],
)
def test_every_command_explains_itself(ragqa: Ragqa, command: list[str]) -> None:
    """--help ends with 0 and prints to standard output."""
    run = ragqa(*command, "--help")

    assert run.code == 0
    assert "Usage: ragqa" in run.out


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("x" * 2001, "2001 characters"),
        ("What is\x07 MCTD?", "control characters"),
        ("What is \udcff MCTD?", "broken Unicode"),
    ],
)
def test_what_is_no_question_is_misuse(ragqa: Ragqa, index: str, question: str, says: str) -> None:
    """Exit 2 and one line, in ask and in search."""
    for command in ("ask", "search"):
        run = ragqa(command, question, "--index", index)
        assert run.code == 2
        assert says in run.err
        assert is_one_clear_line(run)


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "What is MCTD?"],
        ["search", "MCTD"],
        ["docs", "list"],
        ["docs", "show", "x"],
        ["index", "status"],
        ["index", "verify"],
        ["index", "rollback"],
        ["serve"],
    ],
)
def test_a_missing_index_is_a_failure_that_names_the_folder_and_the_command(ragqa: Ragqa, tmp_path: Path, command: list[str]) -> None:
    """Exit 1: the next step is to build one."""
    run = ragqa(*command, "--index", str(tmp_path / "none"))

    assert run.code == 1
    assert is_one_clear_line(run)
    assert str(tmp_path / "none") in run.err
    assert "ragqa index build" in run.err


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"format": 99}', b"null"])
@pytest.mark.parametrize("command", [["ask", "What is MCTD?"], ["index", "status"]])
def test_a_corrupt_manifest_is_a_failure_that_names_the_generation_and_the_way_out(ragqa: Ragqa, index_copy: Path, command: list[str], content: bytes) -> None:
    """Exit 1 and one line, whatever stands in the file."""
    (index_copy / "gen-000001" / "MANIFEST.json").write_bytes(content)

    run = ragqa(*command, "--index", str(index_copy))

    assert run.code == 1
    assert is_one_clear_line(run)
    assert "gen-000001" in run.err
    assert "ragqa index" in run.err


def test_a_cut_file_and_a_strange_pointer_are_failures_in_words(ragqa: Ragqa, index_copy: Path) -> None:
    """Lengths are checked on opening, and CURRENT must name a generation."""
    store = next((index_copy / "gen-000001").rglob("store.sqlite"))
    store.write_bytes(store.read_bytes()[:-100])
    cut = ragqa("ask", "What is MCTD?", "--index", str(index_copy))
    (index_copy / "CURRENT").write_text("../../etc\n")
    strange = ragqa("ask", "What is MCTD?", "--index", str(index_copy))

    assert (cut.code, strange.code) == (1, 1)
    assert is_one_clear_line(cut)
    assert "store.sqlite" in cut.err
    assert is_one_clear_line(strange)
    assert "CURRENT" in strange.err


@pytest.mark.parametrize(
    "command", [["docs", "show", "nothing-1999"], ["ask", "What is MCTD?", "--document", "nothing-1999"], ["search", "MCTD", "--document", "nothing-1999"]]
)
def test_an_unknown_document_is_misuse(ragqa: Ragqa, index: str, command: list[str]) -> None:
    """Exit 2, naming the id and the command that lists them."""
    run = ragqa(*command, "--index", index)

    assert run.code == 2
    assert is_one_clear_line(run)
    assert '"nothing-1999"' in run.err
    assert "ragqa docs list" in run.err


@pytest.mark.parametrize(
    "command", [["ask", "What is MCTD?"], ["search", "MCTD"], ["docs", "list"], ["index", "status"], ["index", "build"], ["settings"], ["serve"]]
)
def test_a_bad_setting_in_the_environment_is_misuse(ragqa: Ragqa, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Every command that reads settings says which variable holds what it cannot use."""
    monkeypatch.setenv("RAGQA_RETRIEVAL__DENSE_WEIGHT", "heavy")

    run = ragqa(*command)

    assert run.code == 2
    assert is_one_clear_line(run)
    assert 'RAGQA_RETRIEVAL__DENSE_WEIGHT = "heavy"' in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "a", "b"],
        ["nonsense"],
        ["ask", "a", "--audience", "nobody"],
        ["ask", "a", "--kind", "poem"],
        ["search", "a", "-k", "0"],
        ["ask", "a", "--from", "then"],
        ["serve", "--port", "99999"],
    ],
)
def test_wrong_arguments_are_misuse(ragqa: Ragqa, arguments: list[str]) -> None:
    """Exit 2 with the usage on standard error."""
    run = ragqa(*arguments)

    assert (run.code, run.out) == (2, "")
    assert "Usage: ragqa" in run.err
    assert "Traceback" not in run.err


def test_a_corpus_that_is_not_there_is_misuse_and_an_index_that_cannot_be_written_a_failure(ragqa: Ragqa, tmp_path: Path) -> None:
    """Both name the folder."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("# A\n\nA sentence stands here on its own.\n")
    (tmp_path / "file").write_text("")

    missing = ragqa("index", "build", "--corpus", str(tmp_path / "none"), "--index", str(tmp_path / "index"))
    unwritable = ragqa("index", "build", "--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "file"))
    below = ragqa("index", "build", "--corpus", str(tmp_path / "corpus"), "--index", "/proc/none")

    assert missing.code == 2
    assert "none" in missing.err.splitlines()[-1]
    assert (unwritable.code, below.code) == (1, 1)
    assert str(tmp_path / "file") in unwritable.err
    assert "/proc/none" in below.err
    assert not [run for run in (missing, unwritable, below) if "Traceback" in run.err or run.out]


def test_text_of_a_document_cannot_speak_to_the_terminal(ragqa: Ragqa, tmp_path: Path) -> None:
    """Markup in a title is printed as it is written, and escape sequences of the text are left out; JSON holds the exact text."""
    text = "# A\n\n- Rituximab improved \x1b[31mlung function\x1b[0m in 12 patients with mixed connective tissue disease.\n"
    small_service(tmp_path, {"a.md": f"---\ntitle: '[bold red]A[/] title'\nkind: cohort\n---\n\n{text}"})

    shown = ragqa("docs", "show", "a", "--index", str(tmp_path / "index"))
    exact = json.loads(ragqa("docs", "show", "a", "--json", "--index", str(tmp_path / "index")).out)["pages"][0]["text"]

    assert "[bold red]A[/] title" in shown.out
    assert "\x1b" not in shown.out
    assert "Rituximab improved" in shown.out
    assert "\x1b[31m" in exact


def test_build_rollback_and_ask_work_as_commands_of_their_own(built_index: Path, tmp_path: Path) -> None:
    """Real processes with the real encoder: build, build again, change, roll back. Progress goes to standard error, reports to standard output."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    index.mkdir()
    (corpus / "northern-2019.md").write_text(DOCUMENTS["research/northern-2019.md"])
    (index / "models").symlink_to(built_index / "models")
    environment = os.environ | {"RAGQA_INDEX": str(index), "RAGQA_CORPUS": str(corpus)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "ragqa.cli", *arguments], env=environment, capture_output=True, text=True, check=False)

    first = run("index", "build", "--json")
    report = json.loads(first.stdout)
    assert (first.returncode, report["published"], report["n_documents"]) == (0, True, 1)
    assert "embed" in first.stderr
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (corpus / "southern-2020.md").write_text(DOCUMENTS["research/southern-2020.md"])
    second = run("index", "build")
    assert (second.returncode, second.stdout) == (0, "")
    assert "broken.pdf" in second.stderr
    assert "published gen-000002" in second.stderr
    rolled_back = run("index", "rollback")
    assert (rolled_back.returncode, rolled_back.stdout) == (0, "")
    assert "gen-000001" in rolled_back.stderr
    assert json.loads(run("index", "status", "--json").stdout)["counts"]["documents"] == 1
