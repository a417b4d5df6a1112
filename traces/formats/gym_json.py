"""BrowserGym-style JSON: a list of steps, each with what was seen, the action as Python text, and the reward.

As others write it (lists, objects with `steps`, JSON lines; AgentLab's `steps_info.json`, AgentRewardBench), and as we
export it, where our own action stands beside theirs. Steps are the positions of warnings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from traces.actions import FOREIGN, VERBS, parse_action
from traces.draft import MOST_STEPS, Draft, Part
from traces.errors import ActionError
from traces.foreign_actions import argument
from traces.formats import gym_pages
from traces.formats.foreign import BadRecording, text_of
from traces.formats.gym_actions import ours
from traces.formats.source import Source, count_of, mapping_of, number_of
from traces.model import Actor, Observation, Status, Step, StepKind

NAME = "browsergym"
MARKS = frozenset(
    {"obs", "axtree_txt", "axtree_pruned", "axtree", "axtree_object", "screenshot", "screenshot_path", "agent_info"}
)
REASONS = ("think", "thought", "reasoning", "reason")
_KINDS: tuple[StepKind, ...] = get_args(StepKind)
_ROLES: dict[str, tuple[str, Literal["system", "user", "assistant"]]] = {
    "system": ("system", "system"),
    "assistant": ("reply", "assistant"),
}
_BENCHES = frozenset({"miniwob", "webarena"})
_UNJUDGED = "openended"
"""BrowserGym's task of a page and a goal of one's own, which gives no reward."""
PICTURES = frozenset({"screenshot", "screenshot_som", "image"})


def recognise(source: Source) -> bool:
    """Whether a file's JSON (or its lines) are such steps."""
    return _is_steps(_parts(source)[1])


def read(source: Source) -> list[Draft]:
    """The episode of a file; of JSON lines one for each `demo_id` or `episode`. Raises BadRecording."""
    head, steps = _parts(source)
    groups: dict[str, list[Any]] = {}
    key = ""
    for step in steps:
        if isinstance(step, dict):
            key = str(step.get("demo_id") or step.get("episode_id") or "")
        groups.setdefault(key, []).append(step)
    return [read_steps(head, group, source) for group in groups.values()]


def read_steps(head: Mapping[str, Any], steps: Sequence[Any], source: Source) -> Draft:
    """The episode of a list of steps. Raises BadRecording where there is none."""
    draft = Draft(NAME, objective=_goal(head, steps))
    draft.raw = [dict(head)] if head else []
    reader = _Reader(draft, source)
    for number, step in enumerate(steps[:MOST_STEPS]):
        if isinstance(step, dict):
            reader.take(number, step)
        else:
            draft.warn(number, "It is no object and was left out.")
    if not draft.steps:
        raise BadRecording("None of its steps has an action.")
    reader.close()
    reader.end(head)
    if not draft.objective:
        draft.warn("goal", "It does not say what the task was.")
    return draft


def _parts(source: Source) -> tuple[Mapping[str, Any], list[Any]]:
    """(what is said of the whole, the steps)."""
    data = source.json
    if isinstance(data, list):
        return {}, data
    if isinstance(data, dict):
        key = next((name for name in ("steps", "trajectory", "history") if isinstance(data.get(name), list)), None)
        return {name: value for name, value in data.items() if name != key}, [] if key is None else data[key]
    return {}, source.lines


def _is_steps(steps: Sequence[Any]) -> bool:
    return any(isinstance(one, dict) and "action" in one and MARKS & set(one) for one in steps[:20])


@dataclass
class _Reader:
    """Steps one after the other. `clock` is when the episode began, in seconds since the epoch."""

    draft: Draft
    source: Source
    clock: float | None = None
    reward: float | None = None
    rewards: list[tuple[int, float]] = field(default_factory=list)
    last: Mapping[str, Any] | None = None
    ended: bool = False
    depth: int = 1

    def take(self, number: int, step: Mapping[str, Any]) -> None:
        """One step: the page, and what was done on it."""
        seen = {**step, **mapping_of(step.get("obs"))}
        self._error_of_the_one_before(seen)
        self._end_of_the_one_before(mapping_of(step.get("profiling")))
        self.draft.raw.append(_without_pictures(step))
        self.last = step
        given = number_of(step.get("reward"))
        self.reward = self.reward if given is None else given
        if given is not None:
            self.rewards.append((len(self.draft.steps), given))
        fields = self._seen(number, seen)
        own = self._own(number, step, fields)
        if own or self.ended:
            if not own:
                self.draft.warn(number, "It comes after the end and was left out.")
            return
        action = step.get("action")
        if action is not None and not isinstance(action, str):
            self.draft.warn(number, "Its action is no text.")
            self.draft.step("invalid", str(action)[:500], error="it could not be read as an action", **fields)
            return
        if action is None or not action.strip():
            self._nothing_done(number, fields)
            return
        self._act(number, action, {**fields, **self._said(step)})

    def close(self) -> None:
        """The last message to the user is the answer the episode ended with; earlier ones are notes."""
        steps = self.draft.steps
        for place, step in enumerate(steps):
            if step.kind == "act" and step.action.startswith("stop"):
                last = place == len(steps) - 1 and not self.ended
                steps[place] = step.model_copy(update={"kind": "pop"}) if last else _noted(step)
                self.ended = self.ended or last
        if self.ended:
            self.draft.header["answer"] = argument(steps[-1].action)
        self._give_rewards()

    def _give_rewards(self) -> None:
        """A last row without an action tells what the action before led to: then every reward is of the row before.

        A row of several actions has its reward at the last of them.
        """
        steps, last = self.draft.steps, self.last or {}
        later = "stepscope" not in last and not text_of(last.get("action")).strip()
        begins = [at for at, _ in self.rewards] + [len(steps)]
        for row, (at, reward) in enumerate(self.rewards):
            place = at - 1 if later else begins[row + 1] - 1
            if reward and 0 <= place < len(steps) and (later or place >= at):
                steps[place] = steps[place].model_copy(update={"reward": reward})

    def end(self, head: Mapping[str, Any]) -> None:
        """How it ended, and what is said of the whole."""
        last, draft = self.last or {}, self.draft
        summary = {**mapping_of(head.get("summary_info")), **head}
        task = task_of(text_of(summary.get("task_name") or summary.get("task") or summary.get("task_id")))
        total = number_of(summary.get("cum_reward"))
        reward = total if total is not None else self.reward
        reward = None if task.startswith(_UNJUDGED) and not reward else reward
        done = bool(last.get("terminated") or summary.get("terminated"))
        cut = bool(last.get("truncated") or summary.get("truncated"))
        failed = text_of(summary.get("err_msg"))
        draft.end = "error" if failed else "ended" if done else "limit" if cut else "abandoned"
        draft.header |= {
            "task": task or None,
            "seed": seed_of(summary),
            "model": text_of(summary.get("model_name") or summary.get("model") or summary.get("agent")) or None,
            "site": text_of(summary.get("benchmark")),
            "status": _status(reward, done or cut or self.ended, failed),
            "end_reason": "error" if failed else "stop" if self.ended else "steps" if cut and not done else None,
            "rewards": {"rule": reward},
            "started": self.clock or 0.0,
            "ended": None if self.clock is None else self.clock + max(step.ended for step in draft.steps) / 1000,
            **_as_exported(mapping_of(head.get("stepscope")), draft.steps),
        }
        if failed:
            draft.warn("err_msg", failed[:500])

    def _seen(self, number: int, seen: Mapping[str, Any]) -> dict[str, Any]:
        """The page and the picture it was decided on; none where the step has none."""
        text, title = gym_pages.page_text(seen)
        url = gym_pages.page_url(seen)
        data, why = gym_pages.picture(seen, self.source)
        if why is not None:
            self.draft.warn(number, why)
        page = None
        if text or url:
            page = self.draft.observed(Observation(url=url, title=title, text=text, boxes=gym_pages.boxes(seen)))
        return {
            "observation_before": page,
            "picture_before": None if data is None else self.draft.picture(data, number),
            **self._times(mapping_of(seen.get("profiling"))),
        }

    def _times(self, profiling: Mapping[str, Any]) -> dict[str, float]:
        began, ended = number_of(profiling.get("agent_start")), number_of(profiling.get("agent_stop"))
        if not began or not ended or ended < began:
            return {}
        if self.clock is None:
            self.clock = began
        first = max(0.0, (began - self.clock) * 1000)
        return {"started": first, "ended": max(first, (ended - self.clock) * 1000)}

    def _own(self, number: int, step: Mapping[str, Any], fields: dict[str, Any]) -> bool:
        """Whether it is a step of ours, which says itself what it was; those that cannot be are read like theirs."""
        own = mapping_of(step.get("stepscope"))
        kind = next((one for one in _KINDS if one == own.get("kind")), None)
        action = own.get("action")
        if kind is None or not isinstance(action, str):
            return False
        if kind == "push":
            try:
                parse_action(action)
            except ActionError:
                self.draft.warn(number, f"{action[:80]!r} is no call.")
                return False
        if self.ended:
            return False
        self.depth += (kind == "push") - (kind == "pop")
        self.ended = self.depth == 0
        error = text_of(own.get("error")) or None
        self.draft.step(kind, action, error=error, **{**fields, **self._said(step)})
        return True

    def _act(self, number: int, code: str, fields: dict[str, Any]) -> None:
        told = ours(code)
        for place, one in enumerate(told):
            last = place == len(told) - 1
            if not one.known:
                self.draft.warn(number, f"{one.action[:80]!r} is no action that can be read.")
                self.draft.step("invalid", one.action, error="it could not be read as an action", **fields)
            else:
                if parse_action(one.action).name not in VERBS.keys() | FOREIGN:
                    self.draft.warn(number, f"{one.action[:80]!r} is no action of ours; it is kept as it was written.")
                self.draft.step("note" if one.action.startswith("note ") else "act", one.action, **fields)
            if not last:
                fields = {**fields, "reason": None, "call": None}

    def _nothing_done(self, number: int, fields: Mapping[str, Any]) -> None:
        """A step without an action shows what the last action led to."""
        if not self.draft.steps:
            self.draft.warn(number, "It has no action.")
            return
        after = {"observation_after": fields["observation_before"], "picture_after": fields["picture_before"]}
        self.draft.steps[-1] = self.draft.steps[-1].model_copy(update=after)

    def _said(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Why, and what the model was asked and replied, where it is there."""
        info = {**step, **mapping_of(step.get("agent_info"))}
        reason = next((info[name] for name in REASONS if isinstance(info.get(name), str) and info[name].strip()), None)
        stats = {**mapping_of(info.get("stats")), **mapping_of(step.get("stats"))}
        messages = info.get("chat_messages")
        asked = prompt_of(messages)
        reply = asked.pop().text if asked and asked[-1].role == "assistant" else None
        if not asked and reply is None:
            return {"reason": reason}
        tokens = {"tokens_in": count_of(stats.get("input_tokens")), "tokens_out": count_of(stats.get("output_tokens"))}
        return {"reason": reason, "call": self.draft.call(reply, asked, cost=number_of(stats.get("cost")), **tokens)}

    def _end_of_the_one_before(self, profiling: Mapping[str, Any]) -> None:
        """When an action was over is told with the page that follows it."""
        over, steps = number_of(profiling.get("env_stop")), self.draft.steps
        if over and self.clock is not None and steps and (over - self.clock) * 1000 > steps[-1].ended:
            steps[-1] = steps[-1].model_copy(update={"ended": (over - self.clock) * 1000})

    def _error_of_the_one_before(self, seen: Mapping[str, Any]) -> None:
        """An error is told with the page that follows the action."""
        error = text_of(seen.get("last_action_error")).strip()
        if error and self.draft.steps and self.draft.steps[-1].kind == "act" and not self.draft.steps[-1].error:
            self.draft.steps[-1] = self.draft.steps[-1].model_copy(update={"error": error[:2000]})


def task_of(name: str) -> str:
    """A task as it is named here: `miniwob.click-test` is `miniwob:click-test`, as in other readers."""
    bench, dot, task = name.partition(".")
    return f"{bench}:{task}" if dot and bench in _BENCHES else name


def _noted(step: Step) -> Step:
    return step.model_copy(
        update={"kind": "note", "action": f"note {step.action.removeprefix('stop').strip() or '[stop]'}"}
    )


def _goal(head: Mapping[str, Any], steps: Sequence[Any]) -> str:
    first = mapping_of(next((one for one in steps if isinstance(one, dict)), {}))
    for where in (head, mapping_of(first.get("obs")), first):
        for name in ("goal", "objective", "intent", "instruction"):
            if text_of(where.get(name)).strip():
                return text_of(where[name]).strip()
        listed = where.get("goal_object")
        if isinstance(listed, list):
            told = "\n".join(text_of(mapping_of(one).get("text")) for one in listed).strip()
            if told:
                return told
    return ""


def prompt_of(messages: Any) -> list[Part]:
    """What a model was asked, of a list of messages; nothing of anything else.

    Older agents kept the texts alone: the system's first, then the user's and the model's in turn.
    """
    listed = messages if isinstance(messages, list) else []
    if listed and all(isinstance(one, str) for one in listed):
        turns = ("system", *("user", "assistant") * len(listed))
        listed = [{"role": role, "content": text} for role, text in zip(turns, listed, strict=False)]
    return [_part(one) for one in listed if isinstance(one, dict)]


def _part(message: Mapping[str, Any]) -> Part:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(text_of(mapping_of(one).get("text")) for one in content)
    kind, role = _ROLES.get(text_of(message.get("role")), ("history", "user"))
    return Part(kind, role, text_of(content))


def _without_pictures(step: Mapping[str, Any]) -> dict[str, Any]:
    """The source's entry; pictures are kept as pictures."""
    out = {name: value for name, value in step.items() if name not in PICTURES}
    if isinstance(out.get("obs"), dict):
        out["obs"] = {name: value for name, value in out["obs"].items() if name not in PICTURES}
    return out


def seed_of(summary: Mapping[str, Any]) -> int | None:
    """The task's seed, None where it has none that can be one."""
    seed = summary.get("task_seed", summary.get("seed"))
    return seed if isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) < 2**62 else None


def _as_exported(own: Mapping[str, Any], steps: Sequence[Step]) -> dict[str, str]:
    """Who did it and how it ended, where we exported it. One with the calls of its labels is read as an agent's."""
    has_calls = any(step.kind == "push" for step in steps)
    actor = next((one for one in get_args(Actor) if one == own.get("actor") and not has_calls), None)
    status = next((one for one in get_args(Status) if one == own.get("status") and one != "running"), None)
    told = {"actor": actor, "status": status, "answer": text_of(own.get("answer")) or None}
    return {name: value for name, value in told.items() if value is not None}


def _status(reward: float | None, ended: bool, failed: str) -> str:
    if reward is not None and reward >= 1:
        return "success"
    if failed:
        return "error"
    return "failed" if reward is not None and ended else "unsure"
