"""`ragqa eval …`: run the questions, compare runs, hold the current state against the accepted one, and run other people's benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragqa.errors import SettingsInvalid
from ragqa.settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from ragqa.evaluation.records import EvalRun
    from ragqa.evaluation.run import Half
    from ragqa.protocols import Embedder

eval_app = typer.Typer(help="Measure how good the answers are.", no_args_is_help=True)

QUESTIONS = Path("eval/questions.jsonl")
TUNING = "tuning.jsonl"  # beside the file of questions: more of them, all for tuning
BASELINE = Path("eval/baseline.json")
QuestionsOption = Annotated[Path, typer.Option("--questions", help="File of questions.")]
SplitOption = Annotated[str, typer.Option("--split", help="Which half: dev (for tuning), test (only ever reported) or all.", metavar="dev|test|all")]
IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of generations (RAGQA_INDEX).", show_default=False)]
WORK = Path("build/benchmarks")
WorkOption = Annotated[Path, typer.Option("--work", help="Folder that keeps what is indexed of the data set.")]
LimitOption = Annotated[int | None, typer.Option("--limit", help="Only the first questions.", min=1, show_default=False)]
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder with corpus.jsonl, queries.jsonl and qrels.tsv.")]
BaselineOption = Annotated[Path, typer.Option("--baseline", help="File of the accepted state.")]


@eval_app.command("run")
def eval_run(
    split: SplitOption = "dev",
    json_file: Annotated[Path | None, typer.Option("--json", help="Keep the run in this file.", show_default=False)] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write a page with plots and every question.", show_default=False)] = None,
    config: Annotated[Path | None, typer.Option("--config", help="YAML file of settings to run with, by group.", show_default=False)] = None,
    questions: QuestionsOption = QUESTIONS,
    index: IndexOption = None,
) -> None:
    """Ask every question, judge every answer, and print the figures."""
    from ragqa.evaluation.records import save_run
    from ragqa.evaluation.report_html import run_page
    from ragqa.evaluation.report_terminal import run_tables

    given = _read_config(config) if config else {}
    run = _run(load_settings(**(given | ({"index": index} if index else {}))), questions, split)
    for table in run_tables(run):
        _results().print(table, "")
    if json_file:
        save_run(run, json_file)
    if html_file:
        html_file.parent.mkdir(parents=True, exist_ok=True)
        html_file.write_text(run_page(run), encoding="utf-8")


@eval_app.command("compare")
def eval_compare(
    before: Annotated[Path, typer.Argument(metavar="A", help='A run kept by "ragqa eval run --json".')],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
) -> None:
    """Compare two runs by paired bootstrap intervals, with the questions won and lost."""
    from ragqa.evaluation.compare import compare_runs
    from ragqa.evaluation.records import load_run
    from ragqa.evaluation.report_terminal import changed_questions_table, comparison_table

    differences = compare_runs(load_run(before), load_run(after))
    _results().print(comparison_table(differences), "", changed_questions_table(differences))


@eval_app.command("scoreboard")
def eval_scoreboard(
    split: SplitOption = "dev",
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the raw outputs and the table.")] = Path("build/scoreboard"),
    ablations: Annotated[bool, typer.Option(help="Also judge ragqa without each of its rules.")] = True,
    endpoint: Annotated[str | None, typer.Option(help="Also judge a language model at this address (…/v1).", show_default=False)] = None,
    model: Annotated[str, typer.Option(help="Its name there.")] = "default",
    key: Annotated[str, typer.Option(envvar="RAGQA_EVAL_KEY", help="Its key, if it wants one.", show_default=False)] = "",
    into: Annotated[list[Path] | None, typer.Option("--into", help="Also put the table between the evaluation marks of this file.", show_default=False)] = None,
    questions: QuestionsOption = QUESTIONS,
    index: IndexOption = None,
) -> None:
    """Judge baselines, ragqa, ragqa without each of its rules, and a language model where one is given, on the same questions."""
    from datetime import date

    from ragqa.evaluation.ablations import ABLATIONS
    from ragqa.evaluation.plain_model import Endpoint
    from ragqa.evaluation.report_terminal import scoreboard_table
    from ragqa.evaluation.run import questions_of
    from ragqa.evaluation.scoreboard import score_systems, scoreboard_markdown, write_between

    half = _half(split)
    asked = questions_of(questions, half)
    with _Progress() as progress:
        runs = score_systems(
            load_settings(index=index), asked, half, out, progress.of, ABLATIONS if ablations else (), Endpoint(endpoint, model, key) if endpoint else None
        )
    table = scoreboard_markdown(runs, date.today().isoformat())
    (out / "scoreboard.md").write_text(table, encoding="utf-8")
    for path in into or ():
        write_between(path, table)
    _results().print(scoreboard_table(runs))
    _messages().print(f"raw outputs and scoreboard.md are in {out}", highlight=False)


@eval_app.command("gate")
def eval_gate(questions: QuestionsOption = QUESTIONS, baseline: BaselineOption = BASELINE, index: IndexOption = None) -> None:
    """Hold the current state against the accepted one; exit 1 on a significant loss and name the questions that caused it."""
    from ragqa.evaluation.gate import baseline_split, hold_against

    run = _run(load_settings(index=index), questions, baseline_split(baseline))
    failures = hold_against(run, baseline)
    for failure in failures:
        _messages().print(f"[bold red]worse:[/] {failure.message}", highlight=False, soft_wrap=True)
    if not failures:
        _messages().print("no figure is worse than in the accepted state")
    raise typer.Exit(1 if failures else 0)


@eval_app.command("accept")
def eval_accept(split: SplitOption = "dev", questions: QuestionsOption = QUESTIONS, baseline: BaselineOption = BASELINE, index: IndexOption = None) -> None:
    """Make the current state the accepted one."""
    from datetime import date

    from ragqa.evaluation.gate import accept

    run = _run(load_settings(index=index), questions, split)
    accept(run, baseline, questions.as_posix(), date.today().isoformat())
    _messages().print(f"{baseline} holds {len(run.records)} questions of {run.split}", highlight=False)


@eval_app.command("questions")
def eval_questions(questions: QuestionsOption = QUESTIONS) -> None:
    """Check the file of questions and print how many there are of each type and half."""
    from rich.table import Table

    from ragqa.evaluation.questions import count_by_type, load_questions

    loaded = load_questions(questions)
    halves = {split: count_by_type(question for question in loaded if question.split == split) for split in ("dev", "test")}
    table = Table("type", "dev", "test", "all", box=None, header_style="bold", pad_edge=False)
    for name in halves["dev"]:
        counts = (halves["dev"][name], halves["test"][name])
        table.add_row(name.value, *(str(count) for count in (*counts, sum(counts))))
    sums = [sum(counts.values()) for counts in halves.values()]
    table.add_row("[bold]all[/]", *(str(count) for count in (*sums, sum(sums))))
    _results().print(table)


@eval_app.command("fit")
def eval_fit(questions: QuestionsOption = QUESTIONS, index: IndexOption = None) -> None:
    """Fit the relevance weights of the composer on the dev questions and those for tuning, and print them."""
    from ragqa.bootstrap import open_service
    from ragqa.evaluation.fit import fit_relevance
    from ragqa.evaluation.questions import load_questions

    dev, tuning = [question for question in load_questions(questions) if question.split == "dev"], questions.with_name(TUNING)
    dev += load_questions(tuning) if tuning.exists() else []
    fit = fit_relevance(open_service(load_settings(index=index)), dev)
    _print_figures(("feature", "weight"), [("bias", fit.bias), *fit.weights.items()])
    _messages().print(
        f"{fit.n_candidates} candidates of {fit.n_questions} questions; average precision {fit.average_precision:.3f}"
        f" on questions not fitted on, {fit.cosine_average_precision:.3f} by similarity alone",
        highlight=False,
    )


@eval_app.command("beir")
def eval_beir(folder: FolderArgument, index: IndexOption = None, work: WorkOption = WORK) -> None:
    """Measure ranking on a folder in BEIR layout: the naive baseline, each part alone, and the fused ranking."""
    from ragqa.evaluation.beir import load_dataset, measure_rankers

    settings, dataset = load_settings(index=index), load_dataset(folder)
    with _Progress() as progress:
        qualities = measure_rankers(dataset, _encoder(settings), settings, work, progress)
    _print_figures(("ranker", "nDCG@10", "recall@100", "MRR"), [(row.ranker, row.ndcg_at_10, row.recall_at_100, row.mrr) for row in qualities])


@eval_app.command("bioasq")
def eval_bioasq(file: Annotated[Path, typer.Argument(help="JSON file of a BioASQ task b set.")], limit: LimitOption = None, work: WorkOption = WORK) -> None:
    """Answer BioASQ questions from the snippets of all of them: snippet F, ROUGE-2 and ROUGE-SU4."""
    from dataclasses import asdict

    from ragqa.evaluation.bioasq import load_bioasq, measure_bioasq

    asked = load_bioasq(file)[:limit]
    with _Progress() as progress:
        quality = measure_bioasq(asked, load_settings(), work / "bioasq", progress)
    _print_figures(("figure", "value"), list(asdict(quality).items()))


@eval_app.command("pubmedqa")
def eval_pubmedqa(folder: FolderArgument, limit: LimitOption = None, work: WorkOption = WORK) -> None:
    """Withhold the abstract of every second question and see which are refused."""
    from dataclasses import asdict

    from ragqa.evaluation.beir import load_dataset
    from ragqa.evaluation.pubmedqa import measure_withheld

    dataset = load_dataset(folder)
    with _Progress() as progress:
        quality = measure_withheld(dataset, load_settings(), work / "pubmedqa", progress, limit)
    _print_figures(("figure", "value"), list(asdict(quality).items()))


@eval_app.command("sheet")
def eval_sheet(
    run: Annotated[Path, typer.Argument(help='A run kept by "ragqa eval run --json".')],
    out: Annotated[Path, typer.Option("--out", help="Folder that receives sheet.csv, sheet.html and key.json.")] = Path("build/sheet"),
    n: Annotated[int, typer.Option("-n", help="Statements on the sheet.", min=2)] = 60,
) -> None:
    """Write a blind sheet for a specialist."""
    from ragqa.evaluation.records import load_run
    from ragqa.evaluation.sheet import write_sheet

    written = write_sheet(load_run(run), out, n)
    _messages().print(f"{written} statements in {out / 'sheet.csv'}; keep {out / 'key.json'} from whoever fills it in", highlight=False, soft_wrap=True)


@eval_app.command("agreement")
def eval_agreement(
    sheet: Annotated[Path, typer.Argument(help="The filled sheet.csv.")],
    key: Annotated[Path | None, typer.Option("--key", help="The key written with it (default: key.json beside it).", show_default=False)] = None,
) -> None:
    """Hold a filled sheet against the automatic verdicts: share of equal marks and Cohen's kappa."""
    from ragqa.evaluation.agreement import score_sheet

    rows = score_sheet(sheet, key or sheet.with_name("key.json"))
    _print_figures(("column", "n", "equal", "kappa", "low", "high"), [(row.column, row.n, row.agree, row.kappa, row.low, row.high) for row in rows])


def _read_config(path: Path) -> dict[str, Any]:
    """Return the settings of a YAML file such as "compose: {score_cut: 0.4}"; raise `SettingsInvalid` where it holds none."""
    import yaml

    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as exc:
        raise SettingsInvalid(f"the settings file {path} cannot be read: {exc}. It is YAML by group, such as: compose: {{score_cut: 0.4}}") from exc
    unknown = sorted(set(given) - set(Settings.model_fields)) if isinstance(given, dict) else ["no mapping"]
    if unknown:
        raise SettingsInvalid(f'the settings file {path} holds {", ".join(unknown)}, which is no group of settings. "ragqa settings" lists them.')
    return dict(given)


def _run(settings: Settings, questions: Path, split: str) -> EvalRun:
    from ragqa.bootstrap import open_service
    from ragqa.evaluation.run import evaluate_service, questions_of

    half = _half(split)
    chosen = questions_of(questions, half)
    with _Progress() as progress:
        return evaluate_service(open_service(settings), chosen, half, progress.of("questions"))


def _encoder(settings: Settings) -> Embedder:
    from ragqa.bootstrap import open_reader

    return open_reader(settings).embedder


def _print_figures(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich.table import Table

    table = Table(*header, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else "–" if cell is None else str(cell) for cell in row))
    _results().print(table)


def _half(split: str) -> Half:
    from ragqa.errors import SettingsInvalid
    from ragqa.evaluation.run import HALVES

    if split not in HALVES:
        raise SettingsInvalid(f'--split "{split}" is no half of the questions. Give dev, test or all.')
    return HALVES[split]


def _results() -> Console:
    import sys

    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=200, soft_wrap=False)


def _messages() -> Console:
    from rich.console import Console

    return Console(stderr=True)


class _Progress:
    """A progress bar on standard error, one task a name."""

    def __enter__(self) -> _Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=_messages())
        self._tasks: dict[str, Any] = {}
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def of(self, name: str) -> Callable[[int, int], None]:
        """Return what shows how many of a total are done under a name."""
        return lambda done, total: self(name, done, total)

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that `done` of `total` are finished under a name."""
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total)
        self._bar.update(self._tasks[name], completed=done, total=total)
