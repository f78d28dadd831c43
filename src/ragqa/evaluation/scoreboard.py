"""All systems side by side: the baselines, ragqa, and ragqa without each of its rules; same library, same questions, same judge.

Raw outputs are kept: one saved run a system, from which the table can be made again and two systems compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ragqa.bootstrap import open_reader
from ragqa.evaluation.ablations import ablated_systems, fixed_service
from ragqa.evaluation.baselines import baselines
from ragqa.evaluation.figures import METRICS
from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import EvalRun, save_run
from ragqa.evaluation.report_terminal import SCOREBOARD_COLUMNS, markdown_table, scoreboard_rows
from ragqa.evaluation.run import Half, Progress, System, assessor_of, evaluate, service_system
from ragqa.settings import Settings


def score_systems(
    settings: Settings, questions: Sequence[EvalQuestion], split: Half, folder: Path, progress: Callable[[str], Progress], with_ablations: bool = True
) -> tuple[EvalRun, ...]:
    """Judge every system and keep each run as JSON in a folder, with the table beside them.

    Args:
        settings: Where the index is and how ragqa answers.
        questions: Asked of every system.
        split: Which half they are, for the record.
        folder: Receives one file a system and `scoreboard.md`.
        progress: Given the name of a system, returns what is told after each of its answers.
        with_ablations: Whether ragqa is also judged without each of its rules.
    """
    # One generation for all systems, whatever is published meanwhile.
    reader = open_reader(settings)
    service = fixed_service(settings, reader)
    assessor = assessor_of(service)

    def systems() -> Iterator[System]:
        yield from baselines(reader, assessor)
        yield service_system(service)
        if with_ablations:
            yield from ablated_systems(settings)

    runs: list[EvalRun] = []
    for system in systems():
        run = evaluate(system, questions, split, assessor, reader.library.version, progress=progress(system.name))
        save_run(run, folder / f"{system.name.replace(' ', '-')}.json")
        runs.append(run)
    (folder / "scoreboard.md").write_text(scoreboard_markdown(runs), encoding="utf-8")
    return tuple(runs)


def scoreboard_markdown(runs: Sequence[EvalRun]) -> str:
    """Return the scoreboard as a table in Markdown with the library and the questions it holds for."""
    titles = {metric.key: metric.title for metric in METRICS}
    header = ("system", *(titles[key] for key in SCOREBOARD_COLUMNS), "statements", "p50 ms")
    first = runs[0]
    about = f"{len(first.records)} questions ({first.split}, {first.questions_digest}), index {first.index_version}."
    return f"{about}\n\n{markdown_table(header, scoreboard_rows(runs))}\n"
