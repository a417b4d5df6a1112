"""Logs of the released SteP agent (asappresearch/webagents-step): flat rows, of which the stack is rebuilt.

A row with `done` was carried out in the browser; one without is a call or a return. A call is known by what follows it:
a later row whose objective is the call's text. Rows are the positions of warnings. Files: `step_files`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from traces.actions import VERBS, Action, parse_action
from traces.axtree import observation_text
from traces.draft import MOST_STEPS, Draft
from traces.errors import ActionError
from traces.foreign_actions import argument, plain_action, stop_text
from traces.formats.foreign import BadRecording, text_of
from traces.formats.gym_json import prompt_of, seed_of
from traces.formats.source import count_of, is_true, number_of
from traces.model import TAKEN_FOR_STOP

NAME = "step"
STOP = "stop"
MINIWOB_LIMIT = 30
"""Actions after which the released configuration ends an episode of MiniWoB++."""
_NAMED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?![^\s\[])")
_HEAD = re.compile(r"[\s\[]")
_TABS = {"page_focus": "tab_focus", "tab_close": "close_tab", "page_close": "close_tab"}
_RENAMED = {**_TABS, "open": "goto", "copy": "note"}


def is_log(data: Any) -> bool:
    """Whether a value of JSON is such a log: an object with its rows, or with none and what the log says of its run."""
    rows = data.get("trajectory") if isinstance(data, dict) else None
    if isinstance(rows, list) and not rows:
        return "task" in data and "model" in data
    return isinstance(rows, list) and any(is_row(row) for row in rows[:20])


def is_row(value: Any) -> bool:
    """Whether a value is a row of such a log."""
    return isinstance(value, Mapping) and "objective" in value and "action" in value


def read(data: Mapping[str, Any]) -> Draft:
    """The episode of a log. Raises BadRecording where no row can be read."""
    listed = data["trajectory"][:MOST_STEPS]
    rows = [_Row(number, row) for number, row in enumerate(listed) if isinstance(row, dict)]
    told = [row for row in rows if not row.is_empty] or rows
    if not told:
        raise BadRecording("Its trajectory has no rows.")
    objective = next((row.objective for row in told if row.objective), "")
    draft = Draft(NAME, objective=objective)
    draft.raw = [{key: value for key, value in data.items() if key != "trajectory"}, *(row.body for row in rows)]
    for number, row in enumerate(listed):
        if not isinstance(row, dict):
            draft.warn(number, "It is no object and was left out.")
    for row in rows:
        if row.is_empty and row not in told[:1]:
            draft.warn(row.number, "Nothing stands in it; it was left out.")
    replay = _Replay(draft, told)
    replay.to_end()
    draft.header = _header(data, told, replay.stop)
    return draft


@dataclass(frozen=True)
class _Row:
    """One row: `env` says that the browser carried it out."""

    number: int
    body: Mapping[str, Any]

    @property
    def objective(self) -> str:
        return text_of(self.body.get("objective")).strip()

    @property
    def caller(self) -> str:
        """The call it was decided in, by its text without what spaces it has."""
        return _spaced(self.objective)

    @property
    def action(self) -> str:
        """What was decided, a verb in small letters: the environments take it in any."""
        text = text_of(self.body.get("action")).strip()
        head = _HEAD.split(text, maxsplit=1)[0]
        return head.lower() + text[len(head) :] if head.lower() in VERBS else text

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.body.values())

    @property
    def env(self) -> bool:
        return self.body.get("done") is not None

    @property
    def done(self) -> bool:
        """Whether the episode was over then."""
        return is_true(self.body.get("done"))

    @property
    def limited(self) -> bool:
        """Whether the row says that a limit ended it."""
        return is_true(self.body.get("action_limit_exceeded"))

    @property
    def verb(self) -> str:
        return _HEAD.split(self.action, maxsplit=1)[0]

    @property
    def url(self) -> str:
        return text_of(self.body.get("url"))

    def doubles(self, other: _Row) -> bool:
        """Whether it is the same decision, logged once more when it was carried out: a stop by the same call."""
        is_same = self.env and not other.env and bool(self.action) and self.action == other.action
        return is_same and (STOP not in self.action or self.objective == other.objective)


@dataclass
class _Replay:
    """Push and pop over the rows.

    `open` are the calls by their text, as `caller` has it, the root's first; `stop` is the root's, once there was one.
    """

    draft: Draft
    rows: Sequence[_Row]
    open: list[str] = field(default_factory=list)
    stop: _Row | None = None

    def __post_init__(self) -> None:
        self.open.append(_spaced(self.draft.objective))
        self._later: dict[str, int] = {row.caller: row.number for row in self.rows}
        self._decided_last: dict[str, int] = {row.caller: row.number for row in self.rows if not row.env}
        self._known = {row.verb for row in self.rows if not row.env and self._is_followed(row)} - VERBS.keys()
        self._urls = _urls_before(self.rows)

    def to_end(self) -> None:
        """Every row in turn; a doubled one is taken with the one before it."""
        taken = -1
        for place, row in enumerate(self.rows):
            if place <= taken:
                continue
            following = self.rows[place + 1] if place + 1 < len(self.rows) else None
            if following is not None and following.doubles(row):
                self._doubled(row, following)
                taken = place + 1
            elif row.env:
                self._carried_out(row)
            else:
                self._decided(row, is_last=place == len(self.rows) - 1)
        self.draft.end = "limit" if _cut_by_limit(self.rows) else "ended" if _over(self.rows) else "abandoned"

    def _doubled(self, row: _Row, carried_out: _Row) -> None:
        """Logged when it was decided and when it was carried out, as the root's stop is: one step."""
        if not self.open:
            self.draft.warn(row.number, "It comes after the end and was left out.")
        elif STOP not in row.action:
            self._return_to_caller(row)
            self._carried_out(carried_out)
        elif row.verb == STOP and carried_out.done:
            self._end(row)
        elif row.verb == STOP:
            self.draft.warn(row.number, "A stop the environment did not take for the end; it is kept as a note.")
            self._step("note", row, text=str(Action("note", (row.action,))))
        else:
            self._return_to(1, row)
            said = "Its text holds the word stop, so the released agent took the root for finished and began it anew."
            self.draft.warn(row.number, said)
            self._step("act", carried_out, error=TAKEN_FOR_STOP)

    def _carried_out(self, row: _Row) -> None:
        if not self.open:
            self.draft.warn(row.number, "It comes after the end and was left out.")
        elif row.verb == STOP and row.done:
            self._end(row)
        elif not row.action:
            self._nothing(row)
        elif _action(row.action).startswith("note "):
            self._step("note", row)
        elif _is_read(_action(row.action)):
            self._step("act", row, error=text_of(row.body.get("error")) or None)
        else:
            self.draft.warn(
                row.number, f"{row.action[:80]!r} is no action, so it did nothing; it is kept as it was written."
            )
            self._step("invalid", row, text=row.action, error=text_of(row.body.get("error")) or _unknown(row))

    def _nothing(self, row: _Row) -> None:
        self.draft.warn(row.number, "It has no action.")
        self._step("invalid", row, text="(no action)", error="there is no action")

    def _decided(self, row: _Row, *, is_last: bool) -> None:
        """A row the browser never saw: a call, a return, or something that is neither."""
        if not self.open:
            self.draft.warn(row.number, "It comes after the end and was left out.")
        elif self._is_call(row):
            self._return_to_caller(row)
            self._step("push", row, text=self._call(row))
            self.open.append(_spaced(row.action))
        elif STOP in row.action:
            self._pop(row, is_last=is_last)
        elif not row.action:
            self._nothing(row)
        else:
            self._step("invalid", row, text=row.action, error=_unknown(row))
            if _is_read(_action(row.action)):
                self.draft.warn(row.number, f"{row.verb!r} was decided and never carried out.")
            else:
                self.draft.warn(row.number, f"{row.verb!r} is no action, and nothing shows that it was a policy.")

    def _is_call(self, row: _Row) -> bool:
        """Whether a later row was decided for this one's text, or it is of a known policy and open to the end.

        A task may be worded as an action; that is no call.
        """
        is_task = row.action == self.draft.objective and row.verb in VERBS
        return not is_task and (self._is_followed(row) or self._stays_open(row))

    def _is_followed(self, row: _Row) -> bool:
        return self._later.get(_spaced(row.action), -1) > row.number and row.verb != STOP and bool(row.action)

    def _stays_open(self, row: _Row) -> bool:
        """Whether it reads as a call that a limit cut off: the log shows its policy, and no open call decides again."""
        if row.verb not in self._known or STOP in row.action:
            return False
        return all(self._decided_last.get(called, -1) <= row.number for called in self.open)

    def _call(self, row: _Row) -> str:
        """The call as it can be read; says so where its name had to be changed."""
        call = _call(row)
        name = call.split(" ", 1)[0]
        if name != row.verb:
            self.draft.warn(row.number, f"{row.verb[:80]!r} can be no policy's name; it is called {name[:80]!r} here.")
        return call

    def _pop(self, row: _Row, *, is_last: bool) -> None:
        self._return_to_caller(row)
        if row.verb != STOP:
            self.draft.warn(row.number, "Its text holds the word stop, so the released agent ended the call with it.")
        if len(self.open) > 1:
            self._step("pop", row)
            self.open.pop()
        elif is_last and row.verb == STOP:
            self._end(row)
        else:
            if row.verb == STOP:
                self.draft.warn(row.number, "A stop of the root after which it went on; it is kept as a note.")
            self._step("note", row, text=str(Action("note", (row.action,))))

    def _end(self, row: _Row) -> None:
        """The root's stop."""
        self._return_to(1, row)
        self._step("pop", row)
        self.open.clear()
        self.stop = row

    def _return_to_caller(self, row: _Row) -> None:
        """A row is decided by the call whose objective it has: those above it are over."""
        if row.caller in self.open and row.caller != self.open[-1]:
            depth = max(place for place, called in enumerate(self.open, 1) if called == row.caller)
            self._return_to(depth, row)

    def _return_to(self, depth: int, row: _Row) -> None:
        """Close what the log never closed, so that call and return stay paired."""
        while len(self.open) > max(1, depth):
            name = self.open.pop()
            self.draft.warn(row.number, f"{name[:80]!r} never returned; it is closed here.")
            self._step("pop", row, text=STOP, error="the log has no return of this call")

    def _step(self, kind: Any, row: _Row, *, text: str | None = None, error: str | None = None) -> None:
        tree, title = observation_text(text_of(row.body.get("observation")))
        action = _action(row.action) if text is None else text
        reason = text_of(row.body.get("reason")) or None
        if kind == "pop" and row.verb == STOP and text is None:
            action = stop_text(row.action)
        page = self.draft.page(self._urls[row.number], tree, title)
        asked = prompt_of(row.body.get("prompt"))
        call = self.draft.call(None, asked) if asked else None
        self.draft.step(kind, action, observation_before=page, reason=reason, error=error, call=call)


def _urls_before(rows: Sequence[_Row]) -> dict[int, str]:
    """The address that each row was decided on, by its number.

    Some logs give the one after the action: there a call and the next action, decided on one page, have different ones.
    """
    pairs = list(zip(rows, rows[1:], strict=False))
    after = any(
        not one.env
        and other.env
        and one.url != other.url
        and one.body.get("observation") == other.body.get("observation")
        for one, other in pairs
    )
    before = {row.number: row.url for row in rows}
    if after:
        before.update({other.number: one.url for one, other in pairs if other.env})
    return before


def _action(text: str) -> str:
    """The action in our words."""
    head, blank, rest = text.partition(" ")
    return plain_action(f"{_RENAMED.get(head, head)}{blank}{rest}")


def _spaced(text: str) -> str:
    """The text with one space wherever it has some."""
    return " ".join(text.split())


def _unknown(row: _Row) -> str:
    if _is_read(_action(row.action)):
        return f"the agent did not take {row.verb!r} for an action, so nothing was done"
    if row.verb in VERBS:
        return f"{row.verb!r} is not written as an action is"
    return f"there is no action or policy {row.verb[:80]!r}"


def _is_read(text: str) -> bool:
    try:
        return parse_action(text).is_page
    except ActionError:
        return False


def _call(row: _Row) -> str:
    """The call as it can be read: where its brackets do not balance, all of it after the name is the argument."""
    action = plain_action(row.action)
    if _NAMED.match(action) and row.verb not in VERBS:
        try:
            parse_action(action)
            return action
        except ActionError:
            pass
    rest = row.action[len(row.verb) :].strip().removeprefix("[").removesuffix("]")
    return str(Action(policy_name(row.verb), (rest,) if rest else ()))


def policy_name(said: str) -> str:
    """A name of another program as ours can be: ASCII letters, digits and `_`, no verb; the rest by its code.

    >>> policy_name("sub-task.v2"), policy_name("été"), policy_name("搜索"), policy_name("note")
    ('sub_task_v2', 'ete', 'call_u641c_u7d22', 'call_note')
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", said) if not unicodedata.combining(char))
    told = "".join(char if char.isascii() else f"_u{ord(char):x}" for char in plain)
    name = re.sub(r"\W+", "_", told).strip("_")
    return f"call_{name}" if not name[:1].isalpha() or name in VERBS or not plain[:1].isascii() else name


def _last(rows: Sequence[_Row]) -> _Row | None:
    """The row that ended the episode; where none did, the last that was carried out."""
    carried_out = [row for row in rows if row.env]
    return next((row for row in carried_out if row.done), carried_out[-1] if carried_out else None)


def _cut_by_limit(rows: Sequence[_Row]) -> bool:
    """Whether a limit ended it: the log says so, or what ended it was neither a stop nor the page."""
    last = _last(rows)
    if last is None:
        return False
    return bool(last.limited or (last.done and last.verb != STOP)) and not _over(rows)


def _over(rows: Sequence[_Row]) -> bool:
    """Whether the page itself ended it, as MiniWoB++'s do, which have no address: well, or before the limit."""
    last = _last(rows)
    if last is None or not last.done or last.verb == STOP:
        return False
    early = not last.url and 0 < count_of(last.body.get("num_actions")) <= MINIWOB_LIMIT
    return number_of(last.body.get("success")) == 1 or early


def _task(data: Mapping[str, Any]) -> str | None:
    """As other readers of WebArena's and MiniWoB++'s tasks name them; only the latter's logs have a seed."""
    task = text_of(data.get("task"))
    number = re.search(r"webarena/(\d{1,6})\.json$", task)
    if task and seed_of(data) is not None and ":" not in task:
        return f"miniwob:{task}"
    return f"webarena:{number[1]}" if number else task or None


def _header(data: Mapping[str, Any], rows: Sequence[_Row], stop: _Row | None) -> dict[str, Any]:
    """The header; `stop` is the root's."""
    last = _last(rows)
    said = last.body if last is not None else {}
    success, reward = number_of(said.get("success")), number_of(said.get("reward"))
    if stop is not None and last is not None and not last.done and success != 1:
        success = None  # what the stop was worth was never written
    ended = "steps" if _cut_by_limit(rows) else "stop" if stop is not None else None
    return {
        "task": _task(data),
        "seed": seed_of(data),
        "model": text_of(data.get("model")) or None,
        "status": "unsure" if success is None else ("success" if success == 1 else "failed"),
        "end_reason": ended,
        "answer": argument(stop_text(stop.action)) if stop is not None and ended == "stop" else None,
        "rewards": {"rule": reward},
    }
