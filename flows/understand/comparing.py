"""Two episodes beside each other: aligned steps, where they part, calls that only one has, and what each took.

A demonstration has no calls and returns as steps of their own; beside one, a run's are set aside and count as no
difference: which calls are open is compared all the same, where the demonstration is labelled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.aligning import WEIGHTS, Key, Pair, Part, align, keys_of, paths_of
from analysis.frame_facts import FrameFact, gather
from analysis.signals.course import Course, Pages
from flows.understand.stack_facts import shown_calls
from traces.model import Episode
from traces.sentences import at_most, counted, sentence, shortened
from wiring import Parts

Json = dict[str, Any]
DELTAS = ("steps", "acts", "asked", "tokens", "cost")
SAID = 80
"""Letters of a step in one sentence about both."""
OTHERS = 1000
"""Episodes of a task that are offered to compare with."""
LATEST = 10
"""Failed runs for which another attempt is looked for."""
NEWEST = 200
"""Episodes of their task among which it is looked for."""
WORDS: dict[Part, str] = {
    "calls": "the calls open",
    "action": "the action",
    "target": "the target",
    "text": "what was typed or chosen",
    "page": "the page",
}
"""What two steps can differ in, for a person."""


@dataclass(frozen=True)
class Side:
    """One episode with the calls of its labels, and what there is to count of them."""

    course: Course
    label_ref: str | None
    keys: tuple[Key, ...]
    facts: tuple[FrameFact, ...]

    @property
    def flat(self) -> bool:
        """Whether it is a demonstration nobody has labelled: nothing is known of its calls."""
        return self.course.episode.actor == "human" and len(self.course.frames) < 2

    def compared(self, places: Sequence[int]) -> list[Key]:
        """The keys of some steps."""
        return [self.keys[place] for place in places]


def compare(parts: Parts, a: str, b: str) -> Json:
    """Everything that is to be said of two episodes (ids). Raises NotFound or NotAnEpisode.

    `{"a", "b", "pairs": [{"a", "b", "differs", "aside", "counts", "moved"}], "first", "frames", "counts", "same_seed",
    "said"}`: a pair's `a` and `b` are positions among the steps, `first` the place of the first pair that `counts`,
    `moved` the places of the pairs in which B does A's step and A does B's (another order), None for nowhere.
    """
    sides = side(parts, a), side(parts, b)
    pairs = _pairs(*sides)
    moved = _moved(sides, pairs)
    first = next((at for at, (pair, aside) in enumerate(pairs) if _counts(pair) and not aside), None)
    return {
        "a": _header(sides[0]),
        "b": _header(sides[1]),
        "same_seed": _same_seed(*(one.course.episode for one in sides)),
        "pairs": [
            {
                "a": pair.a,
                "b": pair.b,
                "differs": list(pair.differs),
                "aside": aside,
                "counts": _counts(pair) and not aside,
                "moved": moved.get(at, [None, None]),
            }
            for at, (pair, aside) in enumerate(pairs)
        ],
        "first": first,
        "counts": _counted(pairs),
        "frames": _frames(*sides),
        "said": _said(sides, pairs, first),
    }


def side(parts: Parts, episode: str) -> Side:
    """An episode as it is compared. Raises NotFound or NotAnEpisode."""
    with parts.episode(episode) as reader:
        steps, frames, reference = shown_calls(parts, reader)
        course = Course(reader.episode, steps, frames, reader.calls(), Pages(reader.observation))
        facts = gather(steps, frames, course.calls, ())
        return Side(course, reference, tuple(keys_of(course)), facts)


def others(parts: Parts, episode: str) -> list[Json]:
    """Catalogue rows an episode may be compared with: those of its task and seed first, then those of its task."""
    row = parts.episodes.catalogue.get(episode)
    if row is None or not row["task"]:
        return []
    found = parts.episodes.catalogue.search(task=row["task"], limit=OTHERS).rows
    fit = [one for one in found if one["id"] != episode and one["n_steps"]]
    return sorted(fit, key=lambda one: (not same_seed(row, one), one["actor"] != "human"))


def worth_comparing(parts: Parts, most: int = 6) -> list[tuple[Json, Json]]:
    """The newest failed runs, each with another attempt at its task: of its seed and one that went well, if there is.

    Those of one seed come first, then those of one task.
    """
    catalogue = parts.episodes.catalogue
    failed = [row for row in catalogue.search(actor="agent", status="failed", limit=LATEST).rows if row["n_steps"]]
    tasks = {row["task"] for row in failed if row["task"]}
    held = {task: [one for one in catalogue.search(task=task, limit=NEWEST).rows if one["n_steps"]] for task in tasks}
    pairs: dict[tuple[str, int | None], tuple[Json, Json]] = {}
    for row in failed:
        beside = [one for one in held.get(row["task"], ()) if one["id"] != row["id"]]
        if beside and (row["task"], row["seed"]) not in pairs:
            best = min(beside, key=lambda one: (not same_seed(row, one), one["status"] != "success"))
            pairs[row["task"], row["seed"]] = (row, best)
    return sorted(pairs.values(), key=lambda pair: not same_seed(*pair))[:most]


def same_seed(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two episodes began alike; of an unknown seed nothing is known."""
    return one["seed"] is not None and bool(one["seed"] == other["seed"])


def text(told: Json) -> str:
    """The comparison for a terminal."""
    lines = [told["said"], "", f"{'':<34}{'A':>12}{'B':>12}{'B - A':>10}"]
    for one in told["frames"]:
        mark = {"both": " ", "a": "-", "b": "+"}[one["in"]]
        lines.append(f"{mark} {'  ' * (one['depth'] - 1)}{one['objective']}"[:34].ljust(34) + _acts(one))
    steps = (told["a"]["sentences"], told["b"]["sentences"])
    differing = [
        _line(pair, steps, told["pairs"])
        for pair in told["pairs"]
        if not pair["aside"] and (pair["differs"] or pair["counts"])
    ]
    return "\n".join([*lines, *(["", "Steps that differ:", *differing] if differing else [])])


def _pairs(a: Side, b: Side) -> list[tuple[Pair, bool]]:
    """The aligned pairs in order, each with whether it is set aside."""
    human = "human" in (a.course.episode.actor, b.course.episode.actor)
    flat = a.flat or b.flat
    kept, left = [], []
    for one in (a, b):
        calls = {at for at, step in enumerate(one.course.steps) if human and step.kind in ("push", "pop")}
        kept.append([at for at in range(len(one.course.steps)) if at not in calls])
        left.append(deque(sorted(calls)))
    out: list[tuple[Pair, bool]] = []
    for pair in align(a.compared(kept[0]), b.compared(kept[1]), {**WEIGHTS, "calls": 0} if flat else WEIGHTS):
        here = None if pair.a is None else kept[0][pair.a]
        there = None if pair.b is None else kept[1][pair.b]
        out += _before(left, here, there)
        out.append((Pair(here, there, tuple(part for part in pair.differs if part != "calls" or not flat)), False))
    return out + _before(left, len(a.course.steps), len(b.course.steps))


def _before(left: Sequence[deque[int]], one: int | None, other: int | None) -> list[tuple[Pair, bool]]:
    """Steps set aside that come before these, taken from what is left."""
    out = []
    for which, at in enumerate((one, other)):
        while at is not None and left[which] and left[which][0] < at:
            place = left[which].popleft()
            out.append((Pair(None, place) if which else Pair(place, None), True))
    return out


def _counts(pair: Pair) -> bool:
    """Whether something else was done; the same on a page that differs is no difference yet."""
    return pair.alone or any(part != "page" for part in pair.differs)


def _moved(sides: tuple[Side, Side], pairs: Sequence[tuple[Pair, bool]]) -> dict[int, list[int | None]]:
    """Acts of one side that the other does in another pair: by place, where B does A's and where A does B's."""
    done: dict[Hashable, tuple[list[int], list[int]]] = {}
    for at, (pair, aside) in enumerate(pairs):
        for which, step in enumerate((pair.a, pair.b)):
            if step is None or aside or not _counts(pair):
                continue
            key = sides[which].keys[step]
            if key.kind == "act":
                done.setdefault((key.action, key.target, key.text), ([], []))[which].append(at)
    moved: dict[int, list[int | None]] = {}
    for ours, theirs in done.values():
        for one, other in zip(ours, theirs, strict=False):
            if one != other:
                moved.setdefault(one, [None, None])[0] = other
                moved.setdefault(other, [None, None])[1] = one
    return moved


def _same_seed(a: Episode, b: Episode) -> bool:
    return a.task is not None and (a.task, a.seed) == (b.task, b.seed) and a.seed is not None


def _header(one: Side) -> Json:
    episode, root = one.course.episode, one.facts[0]
    names = ("id", "actor", "objective", "status", "end_reason", "task", "seed", "run", "model", "prompt_set", "author")
    return {
        **{name: at_most(getattr(episode, name)) for name in names},
        "label_ref": one.label_ref,
        "max_depth": max(fact.depth for fact in one.facts),
        **{name: getattr(root, name) for name in DELTAS},
        "steps": len(one.course.steps),
        "uids": [step.uid for step in one.course.steps],
        "sentences": [at_most(sentence(step)) for step in one.course.steps],
    }


def _counted(pairs: Sequence[tuple[Pair, bool]]) -> Json:
    held = [pair for pair, aside in pairs if not aside]
    return {
        "same": sum(not _counts(pair) for pair in held),
        "done_alike": sum(not pair.alone and not {"action", "target", "text"} & set(pair.differs) for pair in held),
        "differ": sum(_counts(pair) and not pair.alone for pair in held),
        "only_a": sum(pair.b is None for pair in held),
        "only_b": sum(pair.a is None for pair in held),
        "aside": len(pairs) - len(held),
    }


def _frames(a: Side, b: Side) -> list[Json]:
    """The calls of both in order: aligned by the policies around them and their arguments."""
    out: list[Json] = []
    for pair in align(_call_keys(a), _call_keys(b)):
        if not pair.alone and "calls" in pair.differs:
            out += [_call(a, b, pair.a, None), _call(a, b, None, pair.b)]
        else:
            out.append(_call(a, b, pair.a, pair.b))
    return out


def _call_keys(one: Side) -> list[Key]:
    paths = paths_of(one.course.frames)
    return [Key(paths[frame.id], frame.policy, frame.args[:1], frame.args[1:]) for frame in one.course.frames]


def _call(a: Side, b: Side, one: int | None, other: int | None) -> Json:
    ends = [None if at is None else _told(side, at) for side, at in ((a, one), (b, other))]
    told = ends[0] or ends[1] or {}
    both = ends[0] is not None and ends[1] is not None
    return {
        "in": "both" if both else "a" if ends[0] else "b",
        **{name: told[name] for name in ("policy", "depth", "objective")},
        "a": ends[0],
        "b": ends[1],
        "apart": {name: _apart(ends[0][name], ends[1][name]) for name in DELTAS} if ends[0] and ends[1] else None,
    }


def _told(side: Side, at: int) -> Json:
    frame, fact = side.course.frames[at], side.facts[at]
    span = range(0) if fact.first is None or fact.last is None else side.course.between(fact.first, fact.last)
    counts = {name: getattr(fact, name) for name in DELTAS} | {"steps": len(span)}
    return {
        "policy": frame.policy,
        "depth": frame.depth,
        "objective": at_most(frame.objective),
        "end": frame.end,
        "returned": at_most(frame.returned),
        "step": fact.uid,
        **counts,
    }


def _apart(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(other - one, 6)


def _said(sides: tuple[Side, Side], pairs: Sequence[tuple[Pair, bool]], first: int | None) -> str:
    if first is None:
        return "Both did the same, step by step."
    pair = pairs[first][0]
    said = [
        None if at is None else f"step {at + 1}, {shortened(sentence(side.course.steps[at]), SAID)}"
        for side, at in zip(sides, (pair.a, pair.b), strict=True)
    ]
    same = sum(not aside for _, aside in pairs[:first])
    before = f"The same for {counted(same, 'step')}, then" if same else "From the first step on"
    if said[0] and said[1]:
        return f"{before} they differ in {' and '.join(_words(pair))}: {said[0]} in A, {said[1]} in B."
    return f"{before} only {'B' if said[0] is None else 'A'} has {said[0] or said[1]}."


def _words(pair: Pair) -> list[str]:
    return [WORDS[part] for part in pair.differs]


def _acts(one: Json) -> str:
    ends = [f"{side['acts']} acts" if (side := one[which]) else "" for which in ("a", "b")]
    apart = f"{one['apart']['acts']:+d}" if one["apart"] else ""
    return f"{ends[0]:>12}{ends[1]:>12}{apart:>10}"


def _line(pair: Json, steps: tuple[list[str], list[str]], pairs: Sequence[Json]) -> str:
    one, other = (
        "" if pair[which] is None else f"{pair[which] + 1} {said[pair[which]]}"
        for which, said in zip(("a", "b"), steps, strict=True)
    )
    what = [WORDS[part] for part in pair["differs"]]
    for mine, theirs, place in zip("AB", "ba", pair["moved"], strict=True):
        if place is not None:
            what.append(f"{mine}'s is step {pairs[place][theirs] + 1} of {theirs.upper()}")
    return f"  {one[:50]:<50} | {other[:50]:<50} {', '.join(what)}"
