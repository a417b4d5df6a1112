"""`policies`: the workspace's library: what is in it, import and export, operations with a preview, and proposals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from commands.frame import Json, command, emit, workspace
from flows.label import policies as library
from flows.label import policy_checks as checks
from flows.label import policy_facts as facts
from flows.label import proposals as proposed
from flows.problems import FAILED, PARTLY
from flows.transfer import transfer
from labeling.proposals import card
from policies.exchange import MOST_BYTES, exported
from policies.library import problems
from policies.moves import Where
from policies.operations import Edit, Given, Merge, Operation, Rename, Restore, Retire, Split, Texts
from wiring import POLICY_SET, Parts

policies_app = typer.Typer(help="The library of policies. Example: policies list", no_args_is_help=True)

InSet = Annotated[str, typer.Option("--policies", help="The policy set the names are of.")]
Name = Annotated[str, typer.Argument(help="A policy's name or alias.")]
DryRun = Annotated[bool, typer.Option("--preview", help="Say what would change; change nothing.")]
Author = Annotated[str, typer.Option(help="Who does it.")]


@command(policies_app, "list")
def policies_list(policy_set: InSet = POLICY_SET, as_json: Json = False) -> None:
    """The policies of a set with versions and how many calls, label sets and prompt sets use them.

    Example: python cli.py policies list --policies web
    """
    with workspace() as parts:
        rows = facts.table(parts, policy_set)
    emit(rows, as_json, lambda: facts.table_said(rows))


@command(policies_app, "show")
def policies_show(name: Name, policy_set: InSet = POLICY_SET, as_json: Json = False) -> None:
    """One policy with its aliases and every version it had.

    Example: python cli.py policies show fill_text
    """
    with workspace() as parts:
        found = facts.card(parts, parts.library.now.find(policy_set, name))
    emit(found, as_json, lambda: facts.card_said(found))


@command(policies_app, "check")
def policies_check(
    policy_set: Annotated[str, typer.Argument(help="Only this set; else all.")] = "",
    prompt_set: Annotated[str, typer.Option("--prompts", help="Its examples too: a prompt set's id, or latest.")] = "",
    as_json: Json = False,
) -> int:
    """Say what is wrong with policies: calls that lead nowhere, policies nobody reaches, contradicting examples.

    Example: python cli.py policies check web --prompts latest
    """
    with workspace() as parts:
        rows = checks.check(parts, policy_set, prompt_set)
    emit({"findings": rows}, as_json, lambda: checks.said(rows))
    return FAILED if rows else 0


@command(policies_app, "history")
def policies_history(as_json: Json = False) -> None:
    """Every change of the library: number, who, when, what, and whether it was taken back.

    Example: python cli.py policies history
    """
    with workspace() as parts:
        rows = facts.history(parts)
    emit(rows, as_json, lambda: facts.history_said(rows))


@command(policies_app, "export")
def policies_export(
    out: Annotated[Path, typer.Option(help="A new YAML file; - for stdout.")],
    policy_set: InSet = POLICY_SET,
    as_json: Json = False,
) -> None:
    """Write a set with its own policies as YAML; what it inherits is in the set it extends.

    Example: python cli.py policies export --policies web --out web.yaml
    """
    with workspace() as parts:
        text = exported(parts.library.now, policy_set)
    if str(out) == "-":
        emit({"policies": policy_set, "yaml": text}, as_json, text.rstrip)
        return
    transfer.write_new(out, text.encode())
    emit({"policies": policy_set, "file": str(out)}, as_json, lambda: f"Wrote {out}.")


@command(policies_app, "import")
def policies_import(
    file: Annotated[Path, typer.Argument(help="A YAML file of policies (docs/formats/policies.md).")],
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Take over policies from a file, all of them or none; --policies is the set where the file names none.

    Example: python cli.py policies import web.yaml --preview
    """
    with workspace() as parts:
        with file.open("rb") as opened:
            asked = library.read_import(parts, opened.read(MOST_BYTES + 1), policy_set)
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "edit")
def policies_edit(
    name: Name,
    parameter: Annotated[
        list[str] | None,
        typer.Option(help="OLD=NEW renames a parameter, =NEW adds an optional one, OLD= drops one."),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it does.")] = None,
    when_to_use: Annotated[str | None, typer.Option(help="When it is the right one.")] = None,
    when_not: Annotated[str | None, typer.Option(help="When it is not.")] = None,
    stop_rule: Annotated[str | None, typer.Option(help="When it ends.")] = None,
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Make a new version with other texts or parameters; labels follow.

    Example: python cli.py policies edit fill_text --parameter text=value --when-to-use "..." --preview
    """
    texts = {
        "description": description, "when_to_use": when_to_use, "when_not": when_not, "stop_rule": stop_rule,
    }  # fmt: skip
    with workspace() as parts, understood():
        entry = parts.library.now.find(policy_set, name)
        now = {field: getattr(entry.policy, field) for field in Texts.model_fields}
        given = {field: text for field, text in texts.items() if text is not None}
        parameters = _parameters(entry.policy.parameters, parameter or [])
        asked = Edit(about=entry.id, texts=Texts(**{**now, **given}), parameters=parameters)
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "rename")
def policies_rename(
    name: Name,
    to: Annotated[str, typer.Argument(help="The new name.")],
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Give a policy another name; the old one stays an alias and labels follow.

    Example: python cli.py policies rename navigate go_to_page --preview
    """
    with workspace() as parts, understood():
        asked = Rename(about=parts.library.now.find(policy_set, name).id, name=to)
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "merge")
def policies_merge(
    name: Name,
    into: Annotated[str, typer.Argument(help="The policy it becomes part of.")],
    argument: Annotated[
        list[str] | None, typer.Option(help="OLD=NEW: where an argument goes; those of the same name go by themselves.")
    ] = None,
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Make all calls of one policy calls of another.

    Example: python cli.py policies merge choose_date fill_text --argument date=text --preview
    """
    with workspace() as parts, understood():
        now = parts.library.now
        one, other = now.find(policy_set, name), now.find(policy_set, into)
        ours = {p.name for p in one.policy.parameters}
        sources = {p.name: p.name for p in other.policy.parameters if p.name in ours}
        for old, new in _pairs(argument or []):
            sources[new] = old
        asked = Merge(about=one.id, into=other.id, sources=sources)
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "split")
def policies_split(
    name: Name,
    new: Annotated[str, typer.Argument(help="The new policy's name.")],
    where: Annotated[str, typer.Option(help="PARAMETER=VALUE: the calls that go over; several values by |.")],
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Make some calls of a policy calls of a new one with the same texts and parameters, to be edited after.

    Example: python cli.py policies split navigate go_back --where "place=back|forward" --preview
    """
    ((parameter, values),) = _pairs([where])
    with workspace() as parts, understood():
        entry = parts.library.now.find(policy_set, name)
        asked = Split(
            about=entry.id,
            name=new,
            texts=Texts(**{field: getattr(entry.policy, field) for field in Texts.model_fields}),
            parameters=_parameters(entry.policy.parameters, []),
            where=Where(parameter=parameter, values=tuple(values.split("|"))),
        )
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "retire")
def policies_retire(
    name: Name,
    back: Annotated[bool, typer.Option("--restore", help="The other way round: it may be called again.")] = False,
    policy_set: InSet = POLICY_SET,
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Let nobody call a policy any more; labels that do keep it.

    Example: python cli.py policies retire upload_file --preview
    """
    with workspace() as parts:
        about = parts.library.now.find(policy_set, name).id
        asked = Restore(about=about) if back else Retire(about=about)
        return _do(parts, asked, preview=preview, author=author, as_json=as_json)


@command(policies_app, "undo")
def policies_undo(
    number: Annotated[int, typer.Argument(help="The change's number, as `policies history` shows it.")],
    preview: DryRun = False,
    author: Author = "me",
    as_json: Json = False,
) -> int:
    """Take a change of the library back, in the labels too.

    Example: python cli.py policies undo 2
    """
    with workspace() as parts:
        if preview:
            seen = facts.preview(library.preview_undo(parts, number))
            emit(seen, as_json, lambda: facts.preview_said(seen))
            return 0
        return _said(library.undo(parts, number, author), as_json)


@command(policies_app, "proposals")
def policies_proposals(
    name: Annotated[str | None, typer.Argument(help="The proposal to decide on: its name or key.")] = None,
    map_to: Annotated[str | None, typer.Option("--map-to", help="It is this policy.")] = None,
    create: Annotated[str | None, typer.Option(help="Make a new policy of this name from it.")] = None,
    reject: Annotated[bool, typer.Option("--reject", help="It is no policy.")] = False,
    policy_set: InSet = POLICY_SET,
    author: Annotated[str, typer.Option(help="Whose labels.")] = "me",
    as_json: Json = False,
) -> int:
    """List the policies that labellers proposed with every occurrence, or decide on one for all of them.

    Example: python cli.py policies proposals close_ticket --create close_ticket
    """
    ways = sum((map_to is not None, create is not None, reject))
    if ways > 1 or bool(ways) != (name is not None):
        raise typer.BadParameter("name one proposal with one of --map-to, --create and --reject, or neither.")
    with workspace() as parts, understood():
        if name is None:
            rows = facts.proposals(parts, author)
            emit(rows, as_json, lambda: facts.proposals_said(rows))
            return 0
        done = _decided(parts, name, map_to, create, policy_set, author)
    emit(facts.decided(done), as_json, lambda: facts.decided_said(done))
    return PARTLY if done.left_out else 0


@contextmanager
def understood() -> Iterator[None]:
    """What was typed that cannot be a name or a value, said as a wrong use of the command."""
    try:
        yield
    except ValidationError as error:
        raise typer.BadParameter(problems(error)) from error


def _decided(
    parts: Parts, name: str, map_to: str | None, create: str | None, policy_set: str, author: str
) -> proposed.Decided:
    found = proposed.find(parts, author, name)
    if map_to is not None:
        return proposed.map_to(parts, found, map_to, author)
    if create is not None:
        return proposed.create(parts, found, policy_set, card(found, parts.policies(policy_set), create), author)
    return proposed.reject(parts, found, author)


def _do(parts: Parts, asked: Operation, *, preview: bool, author: str, as_json: bool) -> int:
    seen = facts.preview(library.preview(parts, asked))
    if preview:
        emit(seen, as_json, lambda: facts.preview_said(seen))
        return 0
    return _said(library.make(parts, asked, author, seen["base"]), as_json)


def _said(made: library.Made, as_json: bool) -> int:
    result: dict[str, Any] = facts.made(made)
    emit(result, as_json, lambda: facts.made_said(result))
    return PARTLY if made.waiting else 0


def _pairs(given: list[str]) -> list[tuple[str, str]]:
    """`OLD=NEW` as pairs. Raises BadParameter."""
    if wrong := [text for text in given if "=" not in text]:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form NAME=VALUE.")
    return [(text.partition("=")[0].strip(), text.partition("=")[2].strip()) for text in given]


def _parameters(now: Any, wanted: list[str]) -> tuple[Given, ...]:
    """The parameters as they are, renamed, dropped and added as `OLD=NEW` says."""
    pairs = _pairs(wanted)
    changed = {old: new for old, new in pairs if old}
    if unknown := sorted(set(changed) - {p.name for p in now}):
        raise typer.BadParameter(f"there is no parameter {', '.join(unknown)}.", param_hint="'--parameter'")
    kept = [
        Given(**{**p.model_dump(), "name": changed.get(p.name, p.name)}, was=p.name)
        for p in now
        if changed.get(p.name, p.name)
    ]
    return (*kept, *(Given(name=new, type="text", required=False) for old, new in pairs if not old))
