"""`prompts build|show|diff|check`: prompt sets on the command line, with the abilities of the Prompts screen."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from commands.frame import Json, command, emit, report, stoppable, workspace
from flows.prompt import prompt_checks, prompt_views, prompts
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS

prompts_app = typer.Typer(help="Prompt sets: build, show, compare, check. Example: prompts build", no_args_is_help=True)
SetId = Annotated[str, typer.Argument(help="The prompt set's id, or latest.")]


@command(prompts_app, "build")
def prompts_build(
    policy_set: Annotated[str, typer.Option("--policies", help="The policy set the prompts are for.")] = "web",
    label_set: Annotated[str, typer.Option(help="A frozen label set, or latest; else what is accepted now.")] = "",
    task: Annotated[list[str] | None, typer.Option(help="Only demonstrations of these tasks.")] = None,
    hold_out: Annotated[
        Literal["tasks", "none"], typer.Option(help="Whether tasks of the dev and test splits are held out.")
    ] = "tasks",
    hold_out_task: Annotated[list[str] | None, typer.Option(help="Hold this task out as well.")] = None,
    hold_out_site: Annotated[list[str] | None, typer.Option(help="Hold this site out as well.")] = None,
    gold: Annotated[bool, typer.Option("--gold", help="Only labels that a second person settled.")] = False,
    auto: Annotated[
        bool, typer.Option("--auto-accepted", help="Also labels that were accepted automatically.")
    ] = False,
    mode: Annotated[Literal["step", "heap"], typer.Option(help="One call at a time, or a list for a page.")] = "step",
    budget: Annotated[int, typer.Option(help="Tokens of examples in the prompt of one policy.", min=0)] = 8000,
    context: Annotated[
        int,
        typer.Option(help="Tokens of the model's context; what the reserves leave is the budget (0: --budget).", min=0),
    ] = 0,
    reserve_instruction: Annotated[int, typer.Option(help="With --context: for the instruction.", min=0)] = 1500,
    reserve_observation: Annotated[int, typer.Option(help="With --context: for page and history.", min=0)] = 4000,
    reserve_output: Annotated[int, typer.Option(help="With --context: for the answer.", min=0)] = 500,
    most: Annotated[int, typer.Option(help="Examples in the prompt of one policy.", min=0)] = 12,
    retrieve: Annotated[int, typer.Option(help="At run time show so many likest ones instead (0: no).", min=0)] = 0,
    keep_recovery: Annotated[
        bool, typer.Option("--keep-recovery", help="Steps remarked as mis-clicks or detours are examples too.")
    ] = False,
    pin: Annotated[list[str] | None, typer.Option(help="An example that is always shown.")] = None,
    ban: Annotated[list[str] | None, typer.Option(help="An example that must not enter.")] = None,
    as_json: Json = False,
) -> None:
    """Freeze accepted labels into a prompt set: planner and per-policy examples, chosen within a budget.

    Example: python cli.py prompts build --mode step --budget 6000 --json
    """
    config = PromptConfig(
        splits=("train",) if hold_out == "tasks" else SPLITS,
        exclude_tasks=tuple(sorted(hold_out_task or ())),
        exclude_sites=tuple(sorted(hold_out_site or ())),
        labels="gold" if gold else "auto_accepted" if auto else "reviewed",
        mode=mode,
        budget=budget,
        context=context,
        reserve_instruction=reserve_instruction,
        reserve_observation=reserve_observation,
        reserve_output=reserve_output,
        most=most,
        retrieve=retrieve,
        keep_recovery=keep_recovery,
        pins=tuple(sorted(pin or ())),
        bans=tuple(sorted(ban or ())),
    )
    with workspace() as parts:
        built = prompts.build(parts, policy_set=policy_set, label_set=label_set, tasks=task, config=config)
        facts = prompts.facts(built)
    emit(facts, as_json, lambda: prompts.said(facts))


@command(prompts_app, "show")
def prompts_show(
    prompt_set: SetId = "latest",
    policy: Annotated[str, typer.Option(help="Only this policy.")] = "",
    text: Annotated[bool, typer.Option("--text", help="The examples as a prompt shows them.")] = False,
    as_json: Json = False,
) -> None:
    """What prompts show of a prompt set, where each example comes from and why it is there, and which runs used it.

    Example: python cli.py prompts show latest --policy planner
    """
    with workspace() as parts:
        facts = prompt_views.shown(parts, prompt_set, policy)
    emit(facts, as_json, lambda: prompt_views.said(facts, text=text))


@command(prompts_app, "diff")
def prompts_diff(
    before: Annotated[str, typer.Argument(help="The older prompt set.")],
    after: SetId = "latest",
    as_json: Json = False,
) -> None:
    """What changed from one prompt set to another: examples, tokens by policy, settings.

    Example: python cli.py prompts diff ps-0a1b latest
    """
    with workspace() as parts:
        facts = prompt_views.difference(parts, before, after)
    emit(facts, as_json, lambda: prompt_views.said_difference(facts))


@command(prompts_app, "check")
def prompts_check(
    prompt_set: SetId = "latest",
    model: Annotated[str, typer.Option(help="Ask this model at your endpoint; else the nearest examples vote.")] = "",
    budget: Annotated[str, typer.Option(help="With --model: 400k (tokens) or 30calls.")] = "",
    as_json: Json = False,
) -> None:
    """Leave each example out in turn: is it predicted without itself, does it help the others or harm them?

    Example: python cli.py prompts check latest --json
    """
    if budget and not model:
        raise typer.BadParameter("--budget needs --model.", param_hint="'--budget'")
    with workspace() as parts, stoppable() as stop:
        found = prompt_checks.check(parts, prompt_set, model, budget, report, stop)
    emit(prompt_checks.facts(found), as_json, lambda: prompt_checks.said(found))
