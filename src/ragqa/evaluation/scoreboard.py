"""All systems side by side: the baselines, ragqa, and ragqa without each of its rules; same library, same questions, same judge.

Raw outputs are kept: one saved run a system, from which any two systems can be compared question by question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ragqa.bootstrap import open_reader
from ragqa.errors import SettingsInvalid
from ragqa.evaluation.ablations import ABLATIONS, Ablation, ablated_systems, fixed_service
from ragqa.evaluation.baselines import baselines
from ragqa.evaluation.figures import METRICS
from ragqa.evaluation.plain_model import Endpoint, plain_model
from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import EvalRun, save_run
from ragqa.evaluation.report_terminal import SCOREBOARD_COLUMNS, markdown_table, scoreboard_rows
from ragqa.evaluation.run import Half, Progress, System, assessor_of, evaluate, service_system
from ragqa.settings import Settings

BEGIN, END = "<!-- evaluation:begin -->", "<!-- evaluation:end -->"


def score_systems(
    settings: Settings,
    questions: Sequence[EvalQuestion],
    split: Half,
    folder: Path,
    progress: Callable[[str], Progress],
    ablations: Sequence[Ablation] = ABLATIONS,
    endpoint: Endpoint | None = None,
) -> tuple[EvalRun, ...]:
    """Judge every system and keep each run as JSON in a folder.

    Args:
        settings: Where the index is and how ragqa answers.
        questions: Asked of every system.
        split: Which half they are, for the record.
        folder: Receives one file a system.
        progress: Given the name of a system, returns what is told after each of its answers.
        ablations: Rules without which ragqa is judged too.
        endpoint: If given, a language model with passages in its prompt is judged too.
    """
    # One generation for all systems, whatever is published meanwhile.
    reader = open_reader(settings)
    service = fixed_service(settings, reader)
    assessor = assessor_of(service)

    def systems() -> Iterator[System]:
        yield from baselines(reader, assessor)
        if endpoint:
            yield plain_model(reader, endpoint)
        yield service_system(service)
        yield from ablated_systems(settings, ablations)

    runs: list[EvalRun] = []
    for system in systems():
        run = evaluate(system, questions, split, assessor, reader.library.version, progress=progress(system.name))
        save_run(run, folder / f"{system.name.replace(' ', '-')}.json")
        runs.append(run)
    return tuple(runs)


def scoreboard_markdown(runs: Sequence[EvalRun], date: str) -> str:
    """Return the scoreboard as a table in Markdown, with the day, the library and the questions it holds for, and the command that makes it."""
    titles = {metric.key: metric.title for metric in METRICS}
    header = ("system", *(titles[key] for key in SCOREBOARD_COLUMNS), "statements", "p50 ms")
    first = runs[0]
    about = (
        f"{date}: {len(first.records)} questions of the half `{first.split}` (digest {first.questions_digest}), index {first.index_version}. "
        f"Made by `ragqa eval scoreboard --split {first.split}`."
    )
    return f"{about}\n\n{markdown_table(header, scoreboard_rows(runs))}\n"


def write_between(path: Path, table: str) -> None:
    """Put a table between the evaluation marks of a document; raise `SettingsInvalid` where it has none."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SettingsInvalid(f'"{path}" has no place for the table. Put the lines {BEGIN} and {END} where it shall stand.')
    path.write_text(f"{before}{begin}\n\n{table}\n{end}{after}", encoding="utf-8")
