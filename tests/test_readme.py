"""The README tells the truth: its commands exist, its tables are complete, its example answer is what ragqa says."""

import re
from pathlib import Path

from typer.testing import CliRunner

from ragqa.cli import app
from ragqa.service import QAService
from ragqa.settings import load_settings, settings_table

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
QUESTION = "How should MCTD-ILD be monitored?"


def block(name: str) -> str:
    """Return what stands between the markers of a generated part."""
    found = re.search(rf"<!-- {name}:begin -->\n(.*?)<!-- {name}:end -->", README, re.DOTALL)
    assert found, name
    return found.group(1)


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    """The settings table lists every setting, its default and its meaning."""
    rows = block("settings").splitlines()
    for row in settings_table(load_settings()):
        assert any(f"`{row['name']}`" in line and row["meaning"] in line and (row["default"] or "(empty)") in line for line in rows), row["name"]


def test_every_command_line_in_the_readme_is_understood() -> None:
    """Each `ragqa …` line names a command and options that exist."""
    consoles = "\n".join(re.findall(r"```console\n(.*?)```", README, re.DOTALL))
    commands = {match.group(1) for match in re.finditer(r"^ragqa ((?:index |docs |eval )?[a-z]+)", consoles, re.MULTILINE)}
    assert len(commands) >= 12
    for command in commands:
        result = CliRunner().invoke(app, [*command.split(), "--help"])
        assert result.exit_code == 0, command


def test_the_example_answer_is_what_ragqa_says(corpus_service: QAService) -> None:
    """Each statement of the example stands in today's answer to the same question, and none is missing."""
    shown = re.findall(r"^- (.+?\.) \[\d", block("answer"), re.MULTILINE)
    assert shown == [statement.text for statement in corpus_service.ask(QUESTION).statements]
