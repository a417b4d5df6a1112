"""The forms of the operations on a policy, each in a dialog: what is to be different, then preview and button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st
from pydantic import ValidationError

from flows.label.policies import calls_of, read_import
from flows.problems import OURS
from policies.library import problems
from policies.model import ParameterType, Policy
from policies.moves import Chosen, Where
from policies.operations import Create, Edit, Given, Merge, Operation, Rename, Restore, Retire, Split, Texts
from policies.state import Entry
from traces.actions import VERBS
from ui.plain import code, plain, problem_text
from ui.policies.confirming import offer, offer_undo
from ui.resources import resources

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "— nothing, it stays empty —"


def _about(entry: Entry) -> None:
    st.markdown(code(entry.policy.signature, 400))


def _asked(make: Callable[[], Operation]) -> Operation | None:
    """The operation as the form says it; what is wrong with it is told."""
    try:
        return make()
    except ValidationError as error:
        st.warning(plain(problems(error)), icon=":material/info:")
        return None


@st.dialog("Rename", width="medium")
def rename(entry: Entry) -> None:
    """Another name."""
    _about(entry)
    name = st.text_input("New name", entry.policy.name, key=f"rename_{entry.id}")
    st.caption(f"{entry.policy.name} stays an alias, so whatever names it goes on working.")
    offer(_asked(lambda: Rename(about=entry.id, name=name.strip())), f"rename_{entry.id}")


@st.dialog("Edit", width="large")
def edit(entry: Entry, policy_set: str) -> None:
    """A new version."""
    _about(entry)
    texts = _texts(entry.policy, policy_set, f"edit_{entry.id}")
    parameters = _parameters(entry.policy, f"edit_{entry.id}", known=True)
    asked = _asked(lambda: Edit(about=entry.id, texts=Texts.model_validate(texts), parameters=_given(parameters)))
    offer(asked, f"edit_{entry.id}")


@st.dialog("Merge into another policy", width="medium")
def merge(entry: Entry, policy_set: str) -> None:
    """Its calls become another policy's."""
    _about(entry)
    now = resources().library.now
    others = {
        e.id: e.policy
        for e in now.seen(policy_set).values()
        if e.status == "active" and e.policy.kind != "planner" and e.id != entry.id
    }
    into = st.selectbox("Into", others, format_func=lambda key: others[key].signature, key=f"into_{entry.id}")
    old = [parameter.name for parameter in entry.policy.parameters]
    sources: dict[str, str] = {}
    for parameter in others[into].parameters:
        choices = [NOTHING, *old]
        usual = choices.index(parameter.name) if parameter.name in old else 0
        label = f"{parameter.name} takes the value of"
        chosen = st.selectbox(label, choices, index=usual, key=f"takes_{entry.id}_{into}_{parameter.name}")
        if chosen != NOTHING:
            sources[parameter.name] = chosen
    st.caption(f"{entry.policy.name} and its other names become aliases of {others[into].name}.")
    offer(_asked(lambda: Merge(about=entry.id, into=into, sources=sources)), f"merge_{entry.id}")


@st.dialog("Split", width="large")
def split(entry: Entry, policy_set: str) -> None:
    """Some of its calls become a new policy's."""
    _about(entry)
    name = st.text_input("Name of the new policy", f"{entry.policy.name}_2", key=f"split_{entry.id}")
    limits = _which(entry)
    with st.expander("What the new policy is for"):
        texts = _texts(entry.policy, policy_set, f"split_{entry.id}")
        parameters = _parameters(entry.policy, f"split_{entry.id}", known=True)
    if not limits:
        st.caption("Choose the calls that go over.")
        return
    body = {"about": entry.id, "name": name.strip(), "texts": texts, **limits}
    offer(_asked(lambda: Split.model_validate({**body, "parameters": _given(parameters)})), f"split_{entry.id}")


@st.dialog("Retire", width="medium")
def retire(entry: Entry) -> None:
    """Nobody may call it any more."""
    _about(entry)
    st.write("Agents and labellers are not offered it any more. Labels that have it keep it. It can be restored.")
    offer(Retire(about=entry.id), f"retire_{entry.id}")


@st.dialog("Restore", width="medium")
def restore(entry: Entry) -> None:
    """It may be called again."""
    _about(entry)
    st.write("The planners of the sets that have it may call it again.")
    offer(Restore(about=entry.id), f"restore_{entry.id}")


@st.dialog("New policy", width="large")
def create(policy_set: str) -> None:
    """A policy nobody had yet."""
    blank = Policy.model_construct(name="", kind="atomic", description="", when_to_use="", stop_rule="")
    name = st.text_input("Name", key="create_name", placeholder="lower case, e.g. close_ticket")
    st.caption(f"It belongs to the set {policy_set}; its planner may call it.")
    texts = _texts(blank, policy_set, "create")
    parameters = _parameters(blank, "create", known=False)
    offer(_asked_if(bool(name.strip()), lambda: created(policy_set, name.strip(), texts, parameters)), "create")


@st.dialog("Import YAML", width="large")
def import_file(policy_set: str) -> None:
    """Policies from a file."""
    st.caption(f"A file that names no set is for {policy_set}. It is taken whole or not at all.")
    file = st.file_uploader("Policies as YAML", type=["yaml", "yml"], key="import_policies")
    if file is None:
        return
    try:
        asked = read_import(resources(), file.getvalue(), policy_set)
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
        return
    offer(asked, "import")


@st.dialog("Take back", width="large")
def undo(number: int) -> None:
    """A change of the library goes, in the labels too."""
    offer_undo(number)


def created(home: str, name: str, texts: dict[str, Any], parameters: pd.DataFrame) -> Create:
    """A new policy as a form says it. Raises ValidationError."""
    kind = "composite" if texts["sub_policies"] else "atomic"
    plain = [{key: value for key, value in row.items() if key != "was"} for row in _rows(parameters)]
    return Create.model_validate({"home": home, "policy": {"name": name, "kind": kind, **texts, "parameters": plain}})


def policy_form(policy: Policy, policy_set: str, key: str) -> tuple[dict[str, Any], pd.DataFrame]:
    """Texts and parameters of a new policy, prefilled."""
    return _texts(policy, policy_set, key), _parameters(policy, key, known=False)


def _asked_if(complete: bool, make: Callable[[], Operation]) -> Operation | None:
    return _asked(make) if complete else None


def _which(entry: Entry) -> dict[str, Any]:
    """Which calls go over: by the values of an argument, or by hand; empty until some are chosen."""
    calls = [(track, segment) for track, segment in calls_of(resources(), entry) if not track.hidden]
    names = [parameter.name for parameter in entry.policy.parameters]
    ways = ["by an argument's value", "by hand"] if names else ["by hand"]
    way = st.radio("Calls that go over", ways, horizontal=True, key=f"way_{entry.id}")
    if way == "by hand":
        rows = [{"call": s.call, "labels of": t.name, "demonstration": t.episode} for t, s in calls]
        shown = st.dataframe(
            rows,
            hide_index=True,
            height="content" if len(rows) < 8 else 300,
            on_select="rerun",
            selection_mode="multi-row",
            key=f"hand_{entry.id}",
        )
        chosen = [calls[place] for place in shown.selection.rows if place < len(calls)]
        marks = tuple(Chosen(episode=t.episode, track=t.name, segment=s.id) for t, s in chosen)
        return {"chosen": marks} if marks else {}
    parameter = st.selectbox("Argument", names, key=f"parameter_{entry.id}")
    counts = Counter(a.value for _, s in calls for a in s.args if a.name == parameter)
    values = st.multiselect(
        "Values",
        [value for value, _ in counts.most_common(500)],
        format_func=lambda value: f"{value} ({counts[value]})" if value in counts else value,
        accept_new_options=True,
        key=f"values_{entry.id}_{parameter}",
        placeholder="Choose or type values",
    )
    return {"where": Where(parameter=parameter, values=tuple(values))} if values else {}


def _texts(policy: Policy, policy_set: str, key: str) -> dict[str, Any]:
    callable_ = sorted(p.name for p in resources().policies(policy_set) if p.kind != "planner")
    known = [name for name in policy.sub_policies if name in callable_]
    return {
        "description": st.text_input("What it does", policy.description, key=f"{key}_description"),
        "when_to_use": st.text_area("Use when", policy.when_to_use, key=f"{key}_when", height=70),
        "when_not": st.text_area("Not when", policy.when_not, key=f"{key}_not", height=70),
        "stop_rule": st.text_input("Ends", policy.stop_rule, key=f"{key}_stop"),
        "actions": tuple(
            st.multiselect("May do", list(VERBS), default=[a for a in policy.actions if a in VERBS], key=f"{key}_does")
        ),
        "sub_policies": tuple(st.multiselect("May call", callable_, default=known, key=f"{key}_calls")),
    }


def _parameters(policy: Policy, key: str, *, known: bool) -> pd.DataFrame:
    """The parameters as a table one can edit: rows renamed, added and taken away."""
    import pandas as pd  # loaded with a form, not with the page

    rows = [{**p.model_dump(), "was": p.name if known else ""} for p in policy.parameters]
    table = pd.DataFrame(rows, columns=["name", "type", "required", "description", "was"])
    st.caption(
        "Parameters" + (": rename one in its row, add one below, select and delete one to drop it" if known else "")
    )
    return st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key=f"{key}_parameters",
        column_config={
            "name": st.column_config.TextColumn("name", required=True),
            "type": st.column_config.SelectboxColumn("type", options=list(get_args(ParameterType)), default="text"),
            "required": st.column_config.CheckboxColumn("required", default=True),
            "description": st.column_config.TextColumn("what it is", width="large"),
            "was": st.column_config.TextColumn("was", disabled=True) if known else None,
        },
    )


def _given(table: pd.DataFrame) -> tuple[Given, ...]:
    return tuple(Given.model_validate(row) for row in _rows(table))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The table's rows; a cell nobody filled in is what a new parameter has."""
    rows = []
    for row in table.to_dict("records"):
        filled = {str(name): value for name, value in row.items() if value == value and value not in (None, "")}
        if filled.get("name"):
            rows.append({"type": "text", "required": True, **filled, "name": str(filled["name"]).strip()})
    return rows
