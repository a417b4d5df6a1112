"""`environments`: which tasks there are, and fetching what some of them need."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from browser.fetching import KITS, fetch
from browser.named_sets import expanded, sets
from commands.frame import Json, command, emit, progress
from flows.record.tasks import task_names

environments_app = typer.Typer(
    help="Tasks an agent or a person can be given. Example: environments list", no_args_is_help=True
)


@command(environments_app, "list")
def environments_list(
    of: Annotated[str, typer.Argument(help="A set (miniwob:paper45@timed) or how names begin; all without it.")] = "",
    as_json: Json = False,
) -> None:
    """Names of environments, the sets among them, and what can be fetched.

    Example: python cli.py environments list miniwob:click- --json
    """
    names = [name for name in task_names() if name.startswith(of)] if of.partition("@")[0] not in sets() else []
    told: dict[str, Any] = {
        "environments": names or list(expanded(of)),
        "fetched": {kit.name: kit.here for kit in KITS},
    }
    kits = [f"{kit.name}: {kit.what}, {kit.size}, {'fetched' if kit.here else 'not fetched'}" for kit in KITS]
    emit(told, as_json, lambda: "\n".join([*told["environments"], *([] if of else kits)]))


@command(environments_app, "add")
def environments_add(
    name: Annotated[str, typer.Argument(help="todomvc or browsergym.")],
    as_json: Json = False,
) -> None:
    """Fetch what an environment needs, once; it is kept outside the workspace.

    Example: python cli.py environments add todomvc
    """
    progress(f"Fetching {name}")
    folder = fetch(name)
    emit({"name": name, "folder": str(folder)}, as_json, lambda: f"{name} is in {folder}")
