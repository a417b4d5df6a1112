"""Stepscope on the command line: the same functions as the screens, without a browser window.

Results go to stdout, progress to stderr; with --json stdout holds nothing but JSON and an error is one JSON object on
stderr. Exit codes and examples of every command are in docs/commands.md.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from browser.recorder.normalise import KeepHover, Rules
from commands import episodes, experiment, stacks, teach
from commands.agreement import agreement_app
from commands.environments import environments_app
from commands.export import export_app
from commands.frame import (
    Author,
    Commands,
    EpisodeId,
    Json,
    Reporter,
    agreed,
    command,
    emit,
    named_path,
    progress,
    report,
    stoppable,
    workspace,
)
from commands.policies import policies_app
from commands.practice import practice_app
from commands.prompts import prompts_app
from commands.run import run_app
from commands.signals import signals_app
from flows import catching_up, deletion, shown, tour
from flows.label import labelling_llm, labelling_said, labels
from flows.problems import PARTLY, STOPPED
from flows.record import checking, interrupted, normalising, recording, window
from flows.record.tasks import is_task
from flows.transfer import import_paths, importing
from labeling.llm.model import LabelSettings

app = typer.Typer(
    cls=Commands,
    help="Record people doing web tasks, label what they did as policy calls, build prompts, run a stacked-policy "
    "agent, replay every episode. Example: cli.py tour --json",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
workspace_app = typer.Typer(help="The workspace folder. Example: workspace info", no_args_is_help=True)
episode_app = typer.Typer(help="One episode. Example: episode show ID --json", no_args_is_help=True)
app.add_typer(workspace_app, name="workspace")
app.add_typer(episode_app, name="episode")
app.add_typer(prompts_app, name="prompts")
app.add_typer(export_app, name="export")
app.add_typer(policies_app, name="policies")
app.add_typer(agreement_app, name="agreement")
app.add_typer(environments_app, name="environments")
app.add_typer(run_app, name="run")
app.add_typer(practice_app, name="practice")
app.add_typer(signals_app, name="signals")
experiment.register(app)
episodes.register(app)
stacks.register(app)
teach.register(app)


@command(app, "tour")
def tour_command(
    workers: Annotated[int, typer.Option(help="Browsers at a time.", min=1, max=16)] = 2,
    as_json: Json = False,
) -> int:
    """The whole loop in minutes: record scripted people, label, accept, build prompts, run unseen seeds.

    Example: STEPSCOPE_HOME=tour-workspace python cli.py tour --json
    """
    with workspace() as parts, stoppable() as stop:
        result = tour.take(parts, workers=workers, report=report, stop=stop)
    emit(result, as_json, lambda: tour.said(result))
    return 0


@command(workspace_app, "info")
def workspace_info(as_json: Json = False) -> None:
    """Where the workspace is and how much is in it.

    Example: python cli.py workspace info
    """
    with workspace() as parts:
        facts = shown.workspace_facts(parts)
    emit(facts, as_json, lambda: "\n".join(f"{name:<14} {value}" for name, value in facts.items()))


@command(workspace_app, "rebuild")
def workspace_rebuild(as_json: Json = False) -> int:
    """Make the catalogue of episodes again from files and labels.

    Example: python cli.py workspace rebuild
    """
    with workspace(caught_up=False) as parts, stoppable() as stop:
        facts = catching_up.catch_up(parts, Reporter(), stop, again=True)
    emit(
        facts,
        as_json,
        lambda: "\n".join([f"{facts['episodes']} episodes", *(one["reason"] for one in facts["left_out"])]),
    )
    return PARTLY if facts["left_out"] else 0


@command(episode_app, "show")
def episode_show(
    episode: EpisodeId,
    label_ref: Annotated[str | None, typer.Option(help="Labels to show: run:ID, track:NAME or set:ID.")] = None,
    as_json: Json = False,
) -> None:
    """An episode's header, steps and frames.

    Example: python cli.py episode show 3f2a9c --json
    """
    with workspace() as parts:
        facts = shown.episode_facts(parts, episode, label_ref)
    emit(facts, as_json, lambda: shown.episode_text(facts))


@command(episode_app, "dump")
def episode_dump(episode: EpisodeId, as_json: Json = True) -> None:
    """Every stored text of an episode decoded: blobs unpacked, deltas applied (always JSON).

    Example: python cli.py episode dump 3f2a9c --json
    """
    with workspace() as parts, parts.episode(episode) as reader:
        emit(reader.dump(), True, str)


@command(episode_app, "delete")
def episode_delete(
    episode: EpisodeId,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    as_json: Json = False,
) -> int:
    """Delete an episode after saying what refers to it; frozen prompt sets stay as they are.

    Example: python cli.py episode delete 3f2a9c --yes
    """
    with workspace() as parts:
        plan = deletion.plan(parts, episode)
        progress(deletion.said(plan))
        if not yes and not agreed("Delete it?"):
            emit({"deleted": False, **plan}, as_json, lambda: "Nothing was deleted.")
            return STOPPED
        deletion.delete(parts, episode)
    emit({"deleted": True, **plan}, as_json, lambda: f"Deleted {episode}.")
    return 0


@command(episode_app, "seal")
def episode_seal(episode: EpisodeId, as_json: Json = False) -> None:
    """Seal a recording whose process died, with the steps it has (`episodes list --status interrupted`).

    Example: python cli.py episode seal 3f2a9c --json
    """
    with workspace() as parts:
        sealed = interrupted.seal(parts, episode)
    facts = {"id": sealed.id, "status": sealed.status, "end_reason": sealed.end_reason, "n_steps": sealed.n_steps}
    emit(facts, as_json, lambda: f"Sealed {sealed.id} with {sealed.n_steps} steps ({sealed.status}).")


@command(app, "record")
def record_command(
    url: Annotated[str, typer.Argument(help="Where to begin: an http(s) address, or a task (miniwob:login-user).")],
    objective: Annotated[str, typer.Option(help="What is to be done; a task brings its own.")] = "",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    outcome: Annotated[
        Literal["done", "not-done"] | None, typer.Option(help="Whether the objective was reached (done).")
    ] = None,
    secret: Annotated[list[str] | None, typer.Option(help="Selector of a field whose value is never written.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="In a window: yours to work in, or the script's.")] = False,
    script: Annotated[Path | None, typer.Option(help="Gestures to play (docs/formats/script.md).")] = None,
    seed: Annotated[int, typer.Option(help="Seed of a practice or MiniWoB++ task.")] = 0,
    as_json: Json = False,
) -> int:
    """Record a demonstration: your own in a window (--headed), or a script of gestures played by the recorder.

    Example: python cli.py record http://127.0.0.1:8801/ --objective "Find booking NX4Q2" --script gestures.json
    """
    if script is None and not headed:
        todo = "name a file of gestures, or give --headed to work in a window yourself."
        raise typer.BadParameter(todo, param_hint="'--script'")
    if not objective.strip() and not is_task(url):
        raise typer.BadParameter("say what is to be done at that address.", param_hint="'--objective'")
    request = recording.Request(url, objective, answer, outcome or "done", tuple(secret or ()), headed, script, seed)
    with workspace() as parts, stoppable() if script is None else nullcontext(lambda: False) as stop:
        if script is None:
            result = window.record_window(parts, request, progress, stop, window.asking(outcome, answer, progress))
        else:
            result = recording.record(parts, request, progress)
    emit(result, as_json, lambda: recording.said(result))
    return PARTLY if result["not_recorded"] else 0


@command(app, "normalise")
def normalise_command(
    episode: EpisodeId,
    merge_focus: Annotated[
        bool, typer.Option(help="A click or Tab that only moved the focus belongs to the typing after it.")
    ] = True,
    keep_hover: Annotated[KeepHover, typer.Option(help="Which hovers are steps.")] = "revealed",
    as_json: Json = False,
) -> int:
    """Read a demonstration's raw log again with other settings: a new derivation; labels are carried over.

    Example: python cli.py normalise 3f2a9c --no-merge-focus --json
    """
    with workspace() as parts:
        result = normalising.again(parts, episode, Rules(merge_focus=merge_focus, keep_hover=keep_hover))
    emit(result, as_json, lambda: normalising.said(result))
    return PARTLY if any(labels["review"] for labels in result["labels"]) else 0


@command(app, "check")
def check_command(episode: EpisodeId, as_json: Json = False) -> int:
    """Replay a demonstration's steps on a fresh page, and store which can be done again and by which selector.

    Example: python cli.py check 3f2a9c --json
    """
    with workspace() as parts:
        result = checking.check(parts, episode)
    emit(result, as_json, lambda: checking.said(result))
    return PARTLY if result["replayable"] < len(result["steps"]) else 0


@command(app, "label")
def label_command(
    episode: Annotated[str | None, typer.Argument(help="The demonstration; with --all every unlabelled one.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every demonstration without labels.")] = False,
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set to name calls from.")] = "web",
    accept: Annotated[bool, typer.Option("--accept", help="Accept every proposal as it is.")] = False,
    author: Author = "me",
    labeller: Annotated[Literal["rules", "llm"], typer.Option(help="Who proposes.")] = "rules",
    model: Annotated[str, typer.Option(help="With llm: the model's name at your endpoint.")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="With llm: say calls, tokens and cost; ask nothing.")] = False,
    budget: Annotated[str, typer.Option(help="With llm: 400000 (tokens), 2.5usd or 30calls, for all.")] = "",
    budget_each: Annotated[str, typer.Option(help="With llm: the same, for each demonstration.")] = "",
    concurrency: Annotated[int, typer.Option(help="With llm: requests at a time.", min=1, max=64)] = 4,
    examples: Annotated[str, typer.Option(help="With llm: a label set whose demonstrations the model is shown.")] = "",
    as_json: Json = False,
) -> int:
    """Propose policy calls for demonstrations by rules or a model; with --accept take them as they are.

    Example: python cli.py label --all --labeller llm --model qwen3 --plan
    """
    if (episode is None) != every:
        raise typer.BadParameter("name one episode, or give --all for every demonstration without labels.")
    if labeller == "llm":
        how = LabelSettings(concurrency=concurrency)
        by = author if accept else None
        asked = labelling_llm.Asked(model, episode, policy_set, budget, budget_each, by, how, examples)
        return _label_by_model(asked, plan=plan, as_json=as_json)
    if model or plan or budget or budget_each or examples:
        raise typer.BadParameter("--model, --plan, --budget and --examples need --labeller llm.")
    with workspace() as parts:
        made = labels.propose_and_accept(
            parts, episode, every=every, policy_set=policy_set, accept=accept, author=author
        )
    emit(made, as_json, lambda: labels.said(made))
    return PARTLY if made["left_out"] else 0


def _label_by_model(asked: labelling_llm.Asked, *, plan: bool, as_json: bool) -> int:
    if not asked.model:
        raise typer.BadParameter("--labeller llm needs the model's name.", param_hint="'--model'")
    with workspace() as parts, stoppable() as stop:
        if plan:
            planned = labelling_llm.plan(parts, asked)
            emit(planned, as_json, lambda: labelling_said.planned(planned))
            return 0
        made = labelling_llm.label(parts, asked, report, stop)
    emit(made, as_json, lambda: labelling_said.said(made))
    return STOPPED if made["stopped"] else PARTLY if made["left_out"] else 0


@command(app, "import")
def import_command(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files and folders; they are told by content.", parser=named_path),
    ],
    url: Annotated[str | None, typer.Option(help="Where a recording is replayed, or a task; else as it says.")] = None,
    objective: Annotated[str, typer.Option(help="What a recording made elsewhere was to do.")] = "",
    answer: Annotated[str | None, typer.Option(help="The answer, where the task asks a question.")] = None,
    outcome: Annotated[Literal["done", "not-done"], typer.Option(help="Whether the objective was reached.")] = "done",
    secret: Annotated[list[str] | None, typer.Option(help="Selector of a field whose value is never written.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of a practice or MiniWoB++ task.")] = 0,
    as_json: Json = False,
) -> int:
    """Bring episodes in: runs of other programs, episode files, bundles, recordings to be replayed; whole folders too.

    Example: python cli.py import logs/ examples/episodes/*.episode --json
    """
    asked = importing.Elsewhere(url, objective, answer, outcome, tuple(secret or ()), seed)
    with workspace() as parts, stoppable() as stop:
        result = import_paths.import_paths(parts, paths, asked, report, stop)
    emit(result.told(), as_json, lambda: import_paths.text(result))
    return STOPPED if result.stopped else PARTLY if result.partly else 0


if __name__ == "__main__":
    sys.exit(app())
