"""Calls made of calls: R7 login and R9 fill_form, proposed over the flat calls that the other rules found.

A parent is proposed only where it says something: inside a form or dialog, ended by sending it, and not over the
whole demonstration, whose root is the planner already.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labeling.model import PROPOSED, Argument, Source
from labeling.rules.corrections import is_undone
from labeling.rules.page import FIELDS, FORMS, TEXT_FIELDS, Page, appeared, came_up, tidy
from labeling.rules.scene import SENDING, Moment, Proposal, Scene, is_scroll
from labeling.rules.steppers import stepped
from traces.observation_text import Node

LOGIN, FORM = "R7", "R9"
LOGIN_SENT, LOGIN_PAGES, FORM_SENT, FORM_NAMED = 0.95, 0.85, 0.9, 0.75
"""Prior confidence: a sign-in that was sent, one over two pages, a form gone when sent, one by its button."""

MOST = 2 / 3
"""Share of a form's fields that are set again when it is the same form once more."""
BARE = Node(id="", role="page", name="", depth=0, index=0)
"""Stands for the form where a page has fields and no form around them."""
ATOMIC = frozenset({"fill_text", "choose_date", "select_option", "click_checkboxes", "upload_file"})
_ACCOUNT = re.compile(r"\b(user|name|e-?mail|phone|login|account|member|number|id)", re.IGNORECASE)
_LEAVE = re.compile(r"\b(cancel|close|back|dismiss|reset|clear)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """Calls in one form (their indexes among all proposals) and the position of the step that ends it."""

    calls: tuple[int, ...]
    last: int
    sent: str
    gone: bool
    nested: tuple[Run, ...] = ()


def with_parents(scene: Scene, flat: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The proposals with those of one sent form put under a parent."""
    out: list[Proposal] = []
    hopeless: set[int] = set()
    index = 0
    while index < len(flat):
        login = _signed_in(scene, flat, index)
        if login is not None and not _is_everything(scene, login.first, login.last):
            out.append(login)
            index += len(login.children)
            continue
        run = None if index in hopeless else _read_run(scene, flat, index, hopeless)
        calls = tuple(flat[i] for i in run.calls) if run else (flat[index],)
        whole = run is None or _is_everything(scene, calls[0].first, run.last) or _is_partly(scene, calls, run)
        children = _inner(scene, calls, flat, run) if run else calls
        parent = None if run is None or whole else _parent(scene, children, run)
        out.extend((parent,) if parent else children)
        index += len(calls)
    return tuple(out)


def _signed_in(scene: Scene, flat: Sequence[Proposal], start: int) -> Proposal | None:
    """R7 over two pages: a name that is sent by itself, then a password on the page that follows, sent too."""
    names = _same_again(flat, start)
    secret = start + len(names)
    if secret >= len(flat) or not all(_is_name(call) for call in names) or not _is_secret(flat[secret]):
        return None
    passwords = _same_again(flat, secret)
    boxes = [call for call in flat[secret + len(passwords) :][:1] if call.policy == "click_checkboxes"]
    calls = (*names, *passwords, *boxes)
    between = [n for one, two in zip(calls, calls[1:], strict=False) for n in range(one.last + 1, two.first)]
    if len(between) > len(calls) or not all(scene.moments[n].is_click for n in between):
        return None
    last = calls[-1].last
    if not scene.moments[last].moved:
        last = scene.skip(last + 1, is_scroll)
        sent = scene.at(last)
        if sent is None or not sent.is_click or not SENDING.search(sent.label):
            return None
    shared = Proposal(
        first=calls[0].first, last=last, policy="", args=(), rule="", evidence="", confidence=0.0,
        anchor=calls[0].anchor, page=calls[0].page, children=_settled(calls),
    )  # fmt: skip
    args = [names[-1].args[1].model_copy(update={"name": "username"})]
    args.append(passwords[-1].args[1].model_copy(update={"name": "password"}))
    said = "a name on one page and a password on the next, both sent"
    return replace(shared, policy="login", args=tuple(args), rule=LOGIN, evidence=said, confidence=LOGIN_PAGES)


def _same_again(flat: Sequence[Proposal], start: int) -> tuple[Proposal, ...]:
    """The call and those after it that fill the same field."""
    first = flat[start]
    end = start + 1
    while end < len(flat) and flat[end].policy == first.policy and flat[end].args[0].value == first.args[0].value:
        end += 1
    return tuple(flat[start:end])


def _is_name(call: Proposal) -> bool:
    secret = call.page is not None and any("secret" in node.flags for node in call.page.nodes)
    return call.policy == "fill_text" and not secret and _ACCOUNT.search(call.args[0].value) is not None


def _is_secret(call: Proposal) -> bool:
    return call.policy == "fill_text" and call.anchor is not None and "secret" in call.anchor.flags


def _is_everything(scene: Scene, first: int, last: int) -> bool:
    """Whether nothing happened before and after but scrolling and what was undone at once."""
    return not (_did_something(scene.moments[:first]) or _did_something(scene.moments[last + 1 :]))


def _did_something(moments: Sequence[Moment]) -> bool:
    left = deque(moment for moment in moments if not is_scroll(moment))
    while len(left) > 1 and is_undone(left[0], left[1]):
        left.popleft()
        left.popleft()
    return bool(left)


def _is_partly(scene: Scene, calls: Sequence[Proposal], run: Run) -> bool:
    """Whether what was sent was one text alone: it was taken out of its field, while a list or box keeps its choice."""
    sent = scene.moments[run.last]
    kept = [call for call in calls if call.anchor is not None and _same_field(sent.after, call.anchor, sent.before)]
    texts = [call.anchor for call in calls if call.policy == "fill_text" and call.anchor is not None]
    emptied = [node for node in sent.after.nodes if not node.value and any(_alike(node, text) for text in texts)]
    return bool(kept and emptied) and all(call.policy != "fill_text" for call in kept)


def _read_run(scene: Scene, flat: Sequence[Proposal], start: int, hopeless: set[int]) -> Run | None:
    """From one call on: more calls in the same form, clicks in it, up to the step that sends it.

    Where none does, the calls it went through are added to `hopeless`: reading on from them ends at the same step.
    """
    form = form_of(flat[start])
    if form is None or not _is_part(flat[start]):
        return None
    if _sends_itself(scene, flat[start]):
        return None
    calls = [start]
    run = _read_on(scene, flat, form, calls, flat[start].last + 1)
    if run is None:
        hopeless.update(calls)
    while run is not None and (shown := _in_vain(scene, flat, run)) is not None:
        again = form_of(flat[run.calls[0]], shown) or form
        after = run.calls[-1] + 1
        back = after < len(flat) and flat[after].policy == "navigate" and flat[after].last == run.last + 1
        before = [*run.calls, after] if back else [*run.calls]
        more = _read_on(scene, flat, again, before, run.last + 1 + back)
        if more is None or (len(more.calls) == len(run.calls) and shown is not scene.moments[run.last].after):
            break  # sent again with nothing changed, as when a wizard is looked through: not the same sending
        run = replace(more, nested=run.nested + more.nested)
    return run


def _over(scene: Scene, flat: Sequence[Proposal], start: int, form: Node) -> Run | None:
    """A dialog that is filled in and sent while the form waits behind it."""
    page, inner = flat[start].page, form_of(flat[start])
    if page is None or inner is None or inner is BARE or not any(_same(node, form) for node in page.nodes):
        return None
    run = _read_on(scene, flat, inner, [start], flat[start].last + 1)
    back = run is not None and any(_same(node, form) for node in scene.moments[run.last].after.nodes)
    return run if back else None


def _inner(scene: Scene, calls: Sequence[Proposal], flat: Sequence[Proposal], run: Run) -> tuple[Proposal, ...]:
    """The calls of a run, those of a dialog over its form under a call of their own."""
    out = list(calls)
    for one in run.nested:
        inside = tuple(flat[key] for key in one.calls)
        parent = _parent(scene, inside, one)
        if parent is not None:
            at = out.index(inside[0])
            out[at : at + len(inside)] = [parent]
    return tuple(out)


def _is_part(call: Proposal) -> bool:
    return call.policy in ATOMIC or call.policy.startswith(PROPOSED)


def _in_vain(scene: Scene, flat: Sequence[Proposal], run: Run) -> Page | None:
    """The page that still shows the form as filled in after it was sent, or shows it again at once; else None."""
    fields = [call.anchor for call in (flat[key] for key in run.calls) if call.anchor is not None]
    sent, later = scene.moments[run.last], scene.at(run.last + 1)
    pages = [sent.after] if later is None else [sent.after, later.after]
    kept = next((page for page in pages if fields and _same_field(page, fields[0], sent.before)), None)
    return kept or (later.after if later is not None and _again_empty(scene, flat, run) else None)


def _again_empty(scene: Scene, flat: Sequence[Proposal], run: Run) -> bool:
    """Whether a link led back to the form, and most of it is filled in as it was."""
    after = run.calls[-1] + 1
    if after >= len(flat) or flat[after].policy != "navigate" or flat[after].last != run.last + 1:
        return False
    told = [(call.policy, call.args[0].value) for call in flat[after + 1 : after + 1 + len(run.calls)] if call.args]
    same = sum((flat[key].policy, flat[key].args[0].value) in told for key in run.calls)
    return same >= max(2, len(run.calls) * MOST)


def _same_field(page: Page, field: Node, before: Page) -> bool:
    """Whether a page shows the field with the value it had."""
    had = next((one for one in before.nodes if _alike(one, field)), None)
    return had is not None and any(_alike(one, field) and one.value == had.value for one in page.nodes)


def _alike(one: Node, other: Node) -> bool:
    return one.role == other.role and (one.name == other.name if other.name else one.id == other.id)


def _read_on(scene: Scene, flat: Sequence[Proposal], form: Node, calls: list[int], position: int) -> Run | None:
    """Adds to the calls those that follow in the form, up to the step that sends it; None if none does."""
    nested: list[Run] = []
    while (moment := scene.at(position)) is not None:
        call = calls[-1] + 1
        if call < len(flat) and flat[call].first == position:
            if not _is_part(flat[call]) or not _same(form_of(flat[call]), form):
                inner = _over(scene, flat, call, form)
                if inner is None:
                    return None
                calls += inner.calls
                nested.append(inner)
                position = inner.last + 1
                continue
            calls.append(call)
            position = flat[call].last + 1
            if _sends_itself(scene, flat[call]):
                return Run(tuple(calls), flat[call].last, "Enter", True, tuple(nested))
            continue
        if not is_scroll(moment):
            if form is BARE and _opens_panel(moment, flat[calls[0]]):
                return None
            sent = _sends(moment, form)
            if sent is not None:
                return Run(tuple(calls), position, f"‘{moment.label}’", sent, tuple(nested))
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


def _opens_panel(moment: Moment, filled: Proposal) -> bool:
    """Whether other fields under a heading of their own came up: what is filled in then is another form."""
    new = {role for role, _ in came_up(moment.before, moment.after)}
    stays = {node.id for node in moment.before.nodes if node.role in FIELDS} <= set(moment.after.by_id)
    if filled.anchor is None or not any(_alike(node, filled.anchor) for node in moment.before.nodes):
        return False
    return moment.is_click and stays and "heading" in new and bool(new & TEXT_FIELDS) and not moment.moved


def _inside(moment: Moment, form: Node) -> bool:
    if moment.target is None or moment.target.id not in moment.before.by_id:
        return False
    if form is BARE:
        return not any(one.role in FORMS for one in moment.before.nodes)
    return any(_same(one, form) for one in moment.before.ancestors(moment.target))


def _sends(moment: Moment, form: Node) -> bool | None:
    """None unless the click sends the form; else whether the form was gone (or the page another) afterwards."""
    if not moment.is_click or not (_inside(moment, form) or _outside(moment, form)) or _LEAVE.search(moment.label):
        return None
    if _covers(moment, form):
        return None
    named = SENDING.search(moment.label) is not None
    gone = moment.moved or not any(_same(node, form) for node in moment.after.nodes if node.role in FORMS)
    if gone and (named or (form is not BARE and moment.role in ("button", "img"))):
        return True
    return False if named and moment.role in ("button", "link") else None


def _covers(moment: Moment, form: Node) -> bool:
    """Whether a dialog came up over the form."""
    new = (moment.after.by_id[key] for key in appeared(moment.before, moment.after))
    stays = any(_same(node, form) for node in moment.after.nodes)
    return stays and not moment.moved and any(node.role in FORMS for node in new)


def _outside(moment: Moment, form: Node) -> bool:
    """A button named like sending that stands in no form, as a bar below the form has it."""
    if form is BARE or moment.role != "button" or moment.target is None or not SENDING.search(moment.label):
        return False
    page = moment.before
    if moment.target.id not in page.by_id or not any(_same(node, form) for node in page.nodes):
        return False
    return page.nearest(moment.target, FORMS) is None and form.role == "form"


def _sends_itself(scene: Scene, call: Proposal) -> bool:
    """Whether the call's last step led to another page or took its field away, as Enter in the last field does."""
    last = scene.moments[call.last]
    if last.moved:
        return True
    entered = last.keys.lower() == "enter" or (last.action.name == "type" and last.action.args[2:] == ("1",))
    return entered and call.anchor is not None and not any(_alike(one, call.anchor) for one in last.after.nodes)


def _settled(calls: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
    """The calls of one form, those that fill a text again later with the text that stands in the end."""
    last = {_field_key(call): call.args for call in calls if call.policy == "fill_text"}
    return tuple(replace(call, args=last[_field_key(call)]) if call.policy == "fill_text" else call for call in calls)


def _field_key(call: Proposal) -> tuple[str, str]:
    """The same for two calls on one field: its name, or its element where it has none."""
    node = call.anchor
    return call.args[0].value, node.id if node is not None and not node.name else ""


def _parent(scene: Scene, calls: tuple[Proposal, ...], run: Run) -> Proposal | None:
    shared = Proposal(
        first=calls[0].first, last=run.last, policy="", args=(), rule="", evidence="", confidence=0.0,
        anchor=calls[0].anchor, page=calls[0].page, children=_settled(calls),
    )  # fmt: skip
    return _login(shared, run) or _fill_form(scene, shared, run)


def _login(shared: Proposal, run: Run) -> Proposal | None:
    """A name and a password, and nothing else that is filled in."""
    texts = {call.args[0].value: call for call in shared.children if call.policy == "fill_text"}.values()
    secret = [call for call in texts if _is_secret(call)]
    names = [call for call in texts if call not in secret]
    others = any(call.policy not in ("fill_text", "click_checkboxes") for call in shared.children)
    if len(secret) != 1 or len(names) != 1 or others:
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


def _fill_form(scene: Scene, shared: Proposal, run: Run) -> Proposal | None:
    if len({call.args[0].value for call in shared.children if call.policy != "navigate"}) < 2:
        return None
    inside = {n for call in shared.children for n in range(call.first, call.last + 1)}
    numbers = stepped(scene, [n for n in range(shared.first, run.last) if n not in inside])
    told = (*_pairs(shared.children), *(f"{field}: {value}" for field, value in numbers.items()))
    guessed = any(argument.source == "inferred" for call in shared.children for argument in call.args[-1:])
    source: Source = "inferred" if guessed else "step_value"
    fields = Argument(name="fields", value="; ".join(told), source=source, step=None)
    return replace(
        shared,
        policy="fill_form",
        args=(fields,),
        rule=FORM,
        evidence=f"{len(shared.children)} fields of one form or dialog, sent by {run.sent}",
        confidence=FORM_SENT if run.gone else FORM_NAMED,
    )


def _pairs(calls: Sequence[Proposal]) -> Iterator[str]:
    """`field: value` of each field, of one set twice what stands in the end, of one set for each thing all of them."""
    values: dict[str, list[str]] = {}
    for call in calls:
        if call.policy == "navigate":
            continue
        if call.policy == "fill_form":
            values.update(dict.fromkeys(call.args[0].value.split("; "), []))
        elif call.policy.startswith(PROPOSED):
            inner = [one for one in call.children if one.policy in ATOMIC]
            values.setdefault(inner[0].args[0].value if inner else "", []).append(call.args[0].value)
        else:
            field, *rest = (argument.value for argument in call.args)
            values[field] = rest
    for field, given in values.items():
        yield ": ".join(part for part in (tidy(field) if given else field, ", ".join(given)) if part)
