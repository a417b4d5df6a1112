"""Calls made of calls: R7 login and R9 fill_form, proposed over the flat calls that the other rules found.

A parent is proposed only where it says something: inside a form or dialog, ended by sending it, and not over the
whole demonstration, whose root is the planner already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from labeling.model import PROPOSED, Argument
from labeling.rules.page import FORMS, Page, tidy
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll
from traces.observation_text import Node

LOGIN, FORM = "R7", "R9"
LOGIN_SENT, FORM_SENT, FORM_NAMED = 0.95, 0.9, 0.75
"""Prior confidence: a sign-in that was sent, a form gone when sent, one whose button is named like sending."""

BARE = Node(id="", role="page", name="", depth=0, index=0)
"""Stands for the form where a page has fields and no form around them."""
ATOMIC = frozenset({"fill_text", "choose_date", "select_option", "click_checkboxes", "upload_file"})
_SUBMIT = re.compile(
    r"\b(submit|search|find|save|continue|next|book|confirm|apply|sign (in|up)|log ?in|register|send|ok|done|update"
    r"|add|create|pay|place|finish|request|review)\b",
    re.IGNORECASE,
)
_LEAVE = re.compile(r"\b(cancel|close|back|dismiss|reset|clear)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """Calls in one form (their indexes among all proposals) and the position of the step that ends it."""

    calls: tuple[int, ...]
    last: int
    sent: str
    gone: bool


def with_parents(scene: Scene, flat: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The proposals with those of one sent form put under a parent."""
    out: list[Proposal] = []
    index = 0
    while index < len(flat):
        run = _read_run(scene, flat, index)
        calls = tuple(flat[i] for i in run.calls) if run else (flat[index],)
        parent = None if run is None or _is_everything(scene, calls[0].first, run.last) else _parent(calls, run)
        out.extend((parent,) if parent else calls)
        index += len(calls)
    return tuple(out)


def _is_everything(scene: Scene, first: int, last: int) -> bool:
    """Whether nothing but scrolling happened before and after."""
    return all(is_scroll(moment) for moment in (*scene.moments[:first], *scene.moments[last + 1 :]))


def _read_run(scene: Scene, flat: Sequence[Proposal], start: int) -> Run | None:
    """From one call on: more calls in the same form, clicks in it, up to the step that sends it."""
    form = form_of(flat[start])
    if form is None or not _is_part(flat[start]):
        return None
    if _sends_itself(scene, flat[start]):
        return None
    run = _read_on(scene, flat, form, (start,), flat[start].last + 1)
    while run is not None and _in_vain(scene, flat, run):
        more = _read_on(
            scene, flat, form_of(flat[run.calls[0]], scene.moments[run.last].after) or form, run.calls, run.last + 1
        )
        if more is None:
            break
        run = more
    return run


def _is_part(call: Proposal) -> bool:
    return call.policy in ATOMIC or call.policy.startswith(PROPOSED)


def _in_vain(scene: Scene, flat: Sequence[Proposal], run: Run) -> bool:
    """Whether the form is still there with what was put into it, or comes back at once, after it was sent."""
    fields = [call.anchor for call in (flat[key] for key in run.calls) if call.anchor is not None]
    sent, later = scene.moments[run.last], scene.at(run.last + 1)
    pages = [sent.after] if later is None else [sent.after, later.after]
    return any(_same_field(page, fields[0], sent.before) for page in pages) if fields else False


def _same_field(page: Page, field: Node, before: Page) -> bool:
    """Whether a page shows the field with the value it had."""
    had = next((one for one in before.nodes if _alike(one, field)), None)
    return had is not None and any(_alike(one, field) and one.value == had.value for one in page.nodes)


def _alike(one: Node, other: Node) -> bool:
    return one.role == other.role and (one.name == other.name if other.name else one.id == other.id)


def _read_on(scene: Scene, flat: Sequence[Proposal], form: Node, before: tuple[int, ...], position: int) -> Run | None:
    """The calls so far with those that follow in the form, up to the step that sends it; None if none does."""
    calls = list(before)
    while (moment := scene.at(position)) is not None:
        call = calls[-1] + 1
        if call < len(flat) and flat[call].first == position:
            if not _is_part(flat[call]) or not _same(form_of(flat[call]), form):
                return None
            calls.append(call)
            position = flat[call].last + 1
            if _sends_itself(scene, flat[call]):
                return Run(tuple(calls), flat[call].last, "Enter", True)
            continue
        if not is_scroll(moment):
            sent = _sends(moment, form)
            if sent is not None:
                return Run(tuple(calls), position, f"‘{moment.label}’", sent)
            if not _inside(moment, form):
                return None
        position += 1
    return None


def form_of(proposal: Proposal, page: Page | None = None) -> Node | None:
    """The form or dialog the call's field is in, as the page showed it (or shows it now)."""
    anchor, page = proposal.anchor, page or proposal.page
    node = page.by_id.get(anchor.id) if page is not None and anchor is not None else None
    if page is None or node is None:
        return None
    return page.nearest(node, FORMS) or (None if any(one.role in FORMS for one in page.nodes) else BARE)


def _same(one: Node | None, other: Node) -> bool:
    """Whether both are one form: the same element, or one of the same name after the page drew it anew."""
    return one is not None and (
        one.id == other.id or (one.role == other.role and bool(one.name) and one.name == other.name)
    )


def _inside(moment: Moment, form: Node) -> bool:
    if moment.target is None or moment.target.id not in moment.before.by_id:
        return False
    if form is BARE:
        return not any(one.role in FORMS for one in moment.before.nodes)
    return any(_same(one, form) for one in moment.before.ancestors(moment.target))


def _sends(moment: Moment, form: Node) -> bool | None:
    """None unless the click sends the form; else whether the form was gone (or the page another) afterwards."""
    if not moment.is_click or not _inside(moment, form) or _LEAVE.search(moment.label):
        return None
    named = _SUBMIT.search(moment.label) is not None
    gone = moment.moved or not any(_same(node, form) for node in moment.after.nodes if node.role in FORMS)
    if gone and (named or (form is not BARE and moment.role in ("button", "img"))):
        return True
    return False if named and moment.role in ("button", "link") else None


def _sends_itself(scene: Scene, call: Proposal) -> bool:
    """Whether the call's last step led to another page or took its field away, as Enter in the last field does."""
    last = scene.moments[call.last]
    if last.moved:
        return True
    entered = last.keys.lower() == "enter" or (last.action.name == "type" and last.action.args[2:] == ("1",))
    return entered and call.anchor is not None and not any(_alike(one, call.anchor) for one in last.after.nodes)


def _parent(calls: tuple[Proposal, ...], run: Run) -> Proposal | None:
    shared = Proposal(
        first=calls[0].first, last=run.last, policy="", args=(), rule="", evidence="", confidence=0.0,
        anchor=calls[0].anchor, page=calls[0].page, children=calls,
    )  # fmt: skip
    return _login(shared, run) or _fill_form(shared, run)


def _login(shared: Proposal, run: Run) -> Proposal | None:
    """A name and a password, and nothing else that is filled in."""
    texts = [call for call in shared.children if call.policy == "fill_text"]
    secret = [call for call in texts if call.anchor is not None and "secret" in call.anchor.flags]
    names = [call for call in texts if call not in secret]
    if (
        len(secret) != 1
        or len(names) != 1
        or any(c.policy not in ("fill_text", "click_checkboxes") for c in shared.children)
    ):
        return None
    username, password = (call.args[1] for call in (names[0], secret[0]))
    return replace(
        shared,
        policy="login",
        args=(username.model_copy(update={"name": "username"}), password.model_copy(update={"name": "password"})),
        rule=LOGIN,
        evidence=f"a name and a password in one form, sent by {run.sent}",
        confidence=LOGIN_SENT,
    )


def _fill_form(shared: Proposal, run: Run) -> Proposal | None:
    if len(shared.children) < 2:
        return None
    last = {call.args[0].value: _pair(call) for call in shared.children}  # of a field set twice, what stands in the end
    fields = Argument(name="fields", value="; ".join(last.values()), source="inferred", step=None)
    return replace(
        shared,
        policy="fill_form",
        args=(fields,),
        rule=FORM,
        evidence=f"{len(shared.children)} fields of one form or dialog, sent by {run.sent}",
        confidence=FORM_SENT if run.gone else FORM_NAMED,
    )


def _pair(call: Proposal) -> str:
    """`field: value` of one child; boxes have only labels."""
    field, *values = (argument.value for argument in call.args)
    return ": ".join((tidy(field), *values)) if values else field
