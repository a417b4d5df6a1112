"""An experiment's figure, for the screen and as a page of its own that any browser opens without a network."""

from __future__ import annotations

from html import escape
from typing import Any

from flows.experiment.experiments import matrix, overall
from ui.figures import shares as figures

FEW = 12
"""Things a figure shows; the table has all."""


def figure_of(told: dict[str, Any], *, dark: bool) -> Any:
    """A result as a Plotly figure: a matrix where the result has one, else shares with their intervals."""
    cells = matrix(told["rows"])
    if cells:
        return figures.matrix(cells, dark=dark)
    rows = overall(told["rows"])
    things = list(dict.fromkeys(row["of"] for row in rows))[:FEW]
    return figures.shares([row for row in rows if row["of"] in things], x_title=told["counts"], dark=dark)


def page_of(told: dict[str, Any]) -> str:
    """The figure as an HTML page that holds all it needs, with the question and the answer above it."""
    asked = told["asked"]
    made = [f"n = {told['n']}", asked["model"], f"{asked['shown']} demonstrations of a task", f"seeds {asked['seeds']}"]
    made += [f"policy set {asked['policy_set']}", *told["terms"], "95 % intervals"]
    said = [f"<h1>{escape(told['question'])}</h1>", f"<p><b>{escape(told['answer'])}</b></p>"]
    said += [
        f"<p>{escape(line)}</p>" for line in (" · ".join(made), *(f"Left out: {one}." for one in told["left_out"]))
    ]
    return figures.as_page(figure_of(told, dark=False), told["name"], "\n".join(said))
