"""Step records in BrowserGym's style: goal, page as text, last action, and the action in its Python-like syntax.

Element ids are those of the recorded observation, which the text carries too: like bids, but not BrowserGym's own. The
text is our compact form, not its accessibility tree. So: a style to learn from, not a drop-in trace.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from labeling.exports.material import Labelled, Source
from labeling.exports.out import Out
from labeling.prompts.model import LeftOut
from labeling.splits import Split
from labeling.tree import path_at
from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.model import Frozen, Step

WHEEL = {"down": "scroll(0, 500)", "up": "scroll(0, -500)", "right": "scroll(500, 0)", "left": "scroll(-500, 0)"}
"""One burst of the wheel, in pixels."""


class BrowserGymRow(Frozen):
    """One step. `stack` are the open calls, outermost first; `terminated` the episode's end."""

    demo_id: str
    step: int
    uid: str
    goal: str
    url: str
    axtree_txt: str
    last_action: str
    last_action_error: str
    action: str
    stack: tuple[str, ...]
    policy: str
    reward: float
    terminated: bool
    split: Split


def write_browsergym(source: Source, out: Out) -> None:
    """`train.jsonl`, `dev.jsonl`, `test.jsonl`: one step a line, and the message that ends the episode."""
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        for found in _rows(one, source.policies.planner.name):
            if isinstance(found, LeftOut):
                out.leave_out(found)
            else:
                out.counts["steps"] += 1
                out.row(f"{one.split}.jsonl", found)
    out.note("The page is our compact text and its ids, not BrowserGym's accessibility tree and bids.")


def translated(action: Action) -> str | None:
    r"""The action in BrowserGym's syntax; None where it has none.

    >>> translated(Action("type", ("5", "bus stop", "1")))
    'fill("5", "bus stop")\npress("5", "Enter")'
    """
    make = _ACTIONS.get(action.name)
    return make(action.args) if make else None


def _rows(one: Labelled, planner: str) -> Iterator[BrowserGymRow | LeftOut]:
    demo = one.demonstration
    last_action, last_error, previous = "", "", None
    for number, step in enumerate(_in_order(one)):
        policy = (path_at(one.tree, step.uid) or (None,))[-1]
        made, reason = _action(step)
        if step.uid in demo.mistakes:
            reason = "it was marked as a mistake"
        if step.observation_before is None:
            reason = "no observation was recorded at this point"
        if reason is not None or made is None or step.observation_before is None:
            yield LeftOut(
                episode=one.id, step=step.uid, policy=policy.policy if policy else planner, reason=reason or ""
            )
            continue
        yield _row(one, number, step, made, (last_action, last_error), planner)
        last_action, last_error, previous = made, step.error or "", step
    if previous is not None and previous.observation_after is not None:
        answer = demo.episode.answer or ""
        end = previous.model_copy(update={"observation_before": previous.observation_after})
        said = f"send_msg_to_user({_text(answer)})"
        row = _row(one, len(one.tree.uids), end, said, (last_action, last_error), planner)
        yield row.model_copy(update={"terminated": True, "reward": one.outcome, "stack": (), "policy": planner})


def _row(one: Labelled, number: int, step: Step, action: str, last: tuple[str, str], planner: str) -> BrowserGymRow:
    seen = one.demonstration.observation(step.observation_before or "")
    path = path_at(one.tree, step.uid)
    return BrowserGymRow(
        demo_id=one.id,
        step=number,
        uid=step.uid,
        goal=one.demonstration.episode.objective,
        url=seen.url,
        axtree_txt=seen.text,
        last_action=last[0],
        last_action_error=last[1],
        action=action,
        stack=tuple(segment.call for segment in path),
        policy=path[-1].policy if path else planner,
        reward=0.0,
        terminated=False,
        split=one.split,
    )


def _in_order(one: Labelled) -> list[Step]:
    by_uid = {step.uid: step for step in one.demonstration.steps}
    return [by_uid[uid] for uid in one.tree.uids]


def _action(step: Step) -> tuple[str | None, str | None]:
    """(the action translated, None) or (None, why not)."""
    if step.kind != "act":
        return None, f"the step is {step.kind}, not an action"
    try:
        action = parse_action(step.action)
    except ActionError as error:
        return None, f"it cannot be read: {error}"
    made = translated(action)
    return made, None if made else f"BrowserGym has no action for {action.name}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _on(name: str) -> Callable[[tuple[str, ...]], str]:
    """An action on one element, or on none."""
    return lambda args: f"{name}({', '.join(map(_text, args))})"


def _click(args: tuple[str, ...]) -> str | None:
    if len(args) == 1:
        return f"click({_text(args[0])})"
    if args[1] in ("left", "middle", "right"):
        return f"click({_text(args[0])}, button={_text(args[1])})"
    held = [key.strip() for key in args[1].split("+")]
    known = all(key in ("Alt", "Control", "ControlOrMeta", "Meta", "Shift") for key in held)
    return f"click({_text(args[0])}, modifiers={json.dumps(held)})" if known else None


def _type(args: tuple[str, ...]) -> str:
    filled = f"fill({_text(args[0])}, {_text(args[1])})"
    return f'{filled}\npress({_text(args[0])}, "Enter")' if args[2:] == ("1",) else filled


def _press(args: tuple[str, ...]) -> str:
    return f"press({_text(args[1])}, {_text(args[0])})" if len(args) == 2 else f"keyboard_press({_text(args[0])})"


def _tab(args: tuple[str, ...]) -> str | None:
    return f"tab_focus({args[0]})" if args[0].isdecimal() else None


def _new_tab(args: tuple[str, ...]) -> str:
    return f"new_tab()\ngoto({_text(args[0])})" if args else "new_tab()"


def _upload(args: tuple[str, ...]) -> str:
    files = args[1].split("\n")
    named = _text(files[0]) if len(files) == 1 else json.dumps(files, ensure_ascii=False)
    return f"upload_file({_text(args[0])}, {named})"


_ACTIONS: dict[str, Callable[[tuple[str, ...]], str | None]] = {
    "click": _click,
    "dblclick": _on("dblclick"),
    "rightclick": lambda args: f'click({_text(args[0])}, button="right")',
    "type": _type,
    "hover": _on("hover"),
    "scroll": lambda args: WHEEL.get(args[0]) if len(args) == 1 else None,
    "goto": _on("goto"),
    "go_back": _on("go_back"),
    "go_forward": _on("go_forward"),
    "press": _press,
    "select": _on("select_option"),
    "drag": _on("drag_and_drop"),
    "upload": _upload,
    "new_tab": _new_tab,
    "tab_focus": _tab,
    "close_tab": lambda args: None if args else "tab_close()",
    "note": lambda args: "noop()",
    "stop": lambda args: f"send_msg_to_user({_text(args[0] if args else '')})",
}
"""How each page action is written there; what is not listed, or comes out as None, it does not have."""
