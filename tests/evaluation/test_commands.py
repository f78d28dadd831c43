"""The commands of `ragqa eval`, as a user gives them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragqa.cli import app, main
from ragqa.errors import SettingsInvalid
from ragqa.evaluation.gate import accept
from ragqa.evaluation.questions import load_questions
from ragqa.evaluation.records import EvalRun, save_run
from tests.evaluation.conftest import QUESTIONS


def ragqa(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the first questions of the dev half that stand alone."""
    ids = [question.id for question in load_questions(QUESTIONS) if question.split == "dev" and not question.paraphrase_of and not question.conversation][:4]
    lines = [line for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line and json.loads(line)["id"] in ids]
    path = tmp_path_factory.mktemp("few") / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_questions_are_counted(few: Path) -> None:
    """Counts by type and half, with a sum."""
    done = ragqa("questions", "--questions", few)

    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].split() == ["all", "4", "0", "4"]


def test_a_run_is_kept_compared_accepted_and_held(few: Path, built_index: Path, tmp_path: Path) -> None:
    """From run to gate: what was kept compares as equal, and what was accepted passes."""
    run, page, baseline = tmp_path / "run.json", tmp_path / "pages" / "run.html", tmp_path / "baseline.json"
    common = ("--questions", few, "--index", built_index)

    assert "vital nugget recall" in ragqa("run", "--json", run, "--html", page, *common).stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    compared = ragqa("compare", run, run).stdout
    assert "vital nugget recall" in compared
    assert "worse" not in compared
    assert ragqa("accept", "--baseline", baseline, *common).exit_code == 0
    assert ragqa("gate", "--baseline", baseline, *common).exit_code == 0


def test_a_loss_ends_with_one_and_names_questions(few: Path, built_index: Path, dev_run: EvalRun, tmp_path: Path) -> None:
    """A baseline with a citation more than there is fails the gate."""
    chosen = {question.id for question in load_questions(few)}
    records = tuple(record for record in dev_run.records if record.question_id in chosen)
    better = EvalRun("ragqa", "dev", "", "", "", records, {})
    accept(better, tmp_path / "baseline.json", "q", "d")
    text = (tmp_path / "baseline.json").read_text(encoding="utf-8")
    recall = records[0].shares["citation_recall"]
    (tmp_path / "baseline.json").write_text(text.replace(f'"contradiction":[0.0,{recall.of}]', '"contradiction":[-1.0,1]'), encoding="utf-8")

    done = ragqa("gate", "--baseline", tmp_path / "baseline.json", "--questions", few, "--index", built_index)

    assert done.exit_code == 1
    assert "contradictions" in done.stderr


def test_a_sheet_is_written_from_a_kept_run(dev_run: EvalRun, tmp_path: Path) -> None:
    """The command writes sheet and key, and agreement asks for marks."""
    save_run(dev_run, tmp_path / "run.json")

    assert ragqa("sheet", tmp_path / "run.json", "--out", tmp_path / "sheet", "-n", 10).exit_code == 0
    assert {path.name for path in (tmp_path / "sheet").iterdir()} == {"sheet.csv", "sheet.html", "key.json"}


@pytest.mark.parametrize(
    "arguments",
    [["run", "--split", "train"], ["compare", "none.json", "none.json"], ["bioasq", "none.json"], ["beir", "none"], ["pubmedqa", "none"]],
    ids=" ".join,
)
def test_misuse_ends_with_two_and_a_line(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong half or a missing file ends with one clear line and exit code 2."""
    monkeypatch.setattr(sys, "argv", ["ragqa", "eval", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert printed.out == ""
    assert printed.err.startswith("ragqa:")
    assert "Traceback" not in printed.err


def test_a_run_takes_settings_from_a_file(few: Path, built_index: Path, tmp_path: Path) -> None:
    """`--config` changes what is run; a file that names no group of settings is refused with what to do."""
    config, run = tmp_path / "strict.yaml", tmp_path / "run.json"
    config.write_text("compose: {max_statements: 1, max_overview_statements: 1, max_guideline_statements: 1}", encoding="utf-8")

    ragqa("run", "--config", config, "--json", run, "--questions", few, "--index", built_index)

    records = json.loads(run.read_text(encoding="utf-8"))["records"]
    assert records
    # One from the guidelines, one from the research, and up to two in the closed block of indirect evidence, which has a limit of its own.
    assert all(len(record["statements"]) <= 1 + 1 + 2 for record in records)
    config.write_text("composer: {}", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="composer"):
        ragqa("run", "--config", config, "--questions", few, "--index", built_index)
