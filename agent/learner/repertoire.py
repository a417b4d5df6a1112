"""What a policy's examples show it doing: verbs, and where the texts of their arguments come from.

A text is explained by the first source that can give it: a value, an element's name, a pattern of several values, and
only then itself, as a text that is always the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.learner.patterns import Pattern, learn_pattern, united
from agent.learner.scene import Scene
from agent.learner.told import Told, is_secret, same_text
from agent.learner.values import entries
from agent.learner.words import fold
from labeling.clocks import in_24_hours
from labeling.days import Day
from labeling.rules.page import FIELDS
from policies.model import Policy
from traces.actions import TARGETED, VERBS, Action

_FIGURE = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w)")
Key = tuple[str, str]
"""A verb or policy, and the name of its argument."""

FORMS = ("{y}-{m}-{d}", "{m}/{d}/{y}", "{d}/{m}/{y}", "{M}/{D}/{y}", "{d}.{m}.{y}")
"""How days are written in fields."""

CASES: Mapping[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "24 hours": in_24_hours,
}
"""Forms of a text in other letters, or of a time by another clock."""

OFTEN = 3
"""How often an action has to be followed by another for the policy not to return right after it."""

FRAME = "{}"
"""Where a value stands in a form that is always the same around it."""

FIGURE = "figure"
"""A form of an element's name: the one figure in it, as 164 of $164."""

PREFIX = "first "
"""A form of a text: its first so many letters, as one types to be offered suggestions."""


@dataclass(frozen=True)
class Shown:
    """An example read: the scene, what was done, and what its demonstration said in the clear."""

    scene: Scene
    action: Action
    told: Told
    episode: str = ""


@dataclass(frozen=True)
class Repertoire:
    """`fixed` are arguments of verbs that name no element (press, scroll); `ends` third arguments of `type`.

    `constants` and `patterns` are texts of an argument, `names` the arguments that were an element's name, `picked`
    those that were boxes of the page in other words than the objective's, `roles` what elements an argument named,
    `forms` the ways texts were made of values. A constant (template, text) of a planner
    belongs to the template (-1: none) of the objective it was shown with. `soonest` is after how many lines of its own
    past (`Scene.turns`) the policy returned at the earliest, `soonest_bare` the same without an answer. `onward` are
    the actions after which it was shown to go on at least `OFTEN` times and to return never.
    """

    verbs: frozenset[str] = frozenset()
    fixed: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    constants: Mapping[Key, frozenset[tuple[int, str]]] = field(default_factory=dict)
    patterns: Mapping[Key, frozenset[Pattern]] = field(default_factory=dict)
    names: frozenset[Key] = frozenset()
    picked: frozenset[Key] = frozenset()
    roles: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    forms: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    soonest: int = 0
    soonest_bare: int = 0
    onward: frozenset[str] = frozenset()

    def constants_for(self, key: Key, template: int | None) -> list[str]:
        """The constants of an argument under an objective of that template, sorted."""
        return sorted({text for at, text in self.constants.get(key, ()) if at == _numbered(template)})


class _Found:
    """A repertoire while it is being learned."""

    def __init__(self) -> None:
        self.verbs: set[str] = {"stop"}
        self.fixed: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self.ends: set[str] = set()
        self.constants: dict[Key, set[tuple[int, str]]] = defaultdict(set)
        self.patterns: dict[Key, list[Pattern]] = defaultdict(list)
        self.names: set[Key] = set()
        self.picked: set[Key] = set()
        self.roles: dict[Key, set[str]] = defaultdict(set)
        self.forms: dict[Key, set[str]] = defaultdict(set)
        self.returned: dict[bool, int] = {}
        self.went_on: Counter[str] = Counter()
        self.ended_with: set[str] = set()
        self.unexplained: dict[Key, list[tuple[Scene, str]]] = defaultdict(list)

    def add(self, shown: Shown, library: Mapping[str, Policy]) -> None:
        action = shown.action
        self.verbs.add(action.name)
        self._followed(shown)
        if action.name == "type":
            self._typed(shown)
        elif action.name == "stop":
            lines, answered = shown.scene.turns, bool(action.args)
            self.returned[answered] = min(self.returned.get(answered, lines), lines)
            self._explain(shown, ("stop", "answer"), "text", action.args[:1])
        elif action.name in library:
            for parameter, text in zip(library[action.name].parameters, action.args, strict=False):
                self._argument(shown, (action.name, parameter.name), parameter.type, text)
        elif action.name in VERBS and action.name not in TARGETED:
            self.fixed[action.name].add(action.args)

    def _followed(self, shown: Shown) -> None:
        for last in shown.scene.past[-1:]:
            self.went_on[last.action.name] += 1
            if shown.action.name == "stop":
                self.ended_with.add(last.action.name)

    def _typed(self, shown: Shown) -> None:
        text = shown.action.args[1]
        self.ends.add(shown.action.args[2] if len(shown.action.args) > 2 else "")
        self._explain(shown, ("type", "text"), "text", (text,))

    def _argument(self, shown: Shown, key: Key, kind: str, text: str) -> None:
        if kind == "element":
            roles = _roles(shown.scene, text)
            self.roles[key] |= roles
            if not roles:
                self.unexplained[key].append((shown.scene, text))
        else:
            self._explain(shown, key, kind, (text,))

    def _explain(self, shown: Shown, key: Key, kind: str, texts: Sequence[str]) -> None:
        scene = shown.scene
        for text in texts:
            if _copied(scene, kind, text) or (kind == "list" and same_text(kind, ", ".join(scene.mentioned), text)):
                continue
            pattern = learn_pattern(text, scene.values) if kind == "list" else None
            form = _form(scene, text) if kind == "text" and not _named(scene, text) else None
            if pattern is not None:
                self.patterns[key].append(pattern)
            elif form is not None:
                self.forms[key].add(form)
            elif kind == "list" and _all_boxes(scene, text):
                self.picked.add(key)
            elif _named(scene, text):
                self.names.add(key)
            elif any(figure_of(node.name) == text for node in scene.nodes):
                self.forms[key].add(FIGURE)
            else:
                self.unexplained[key].append((scene, text))

    def _settle(self) -> None:
        """Texts that nothing explains: a value between the same texts as in others, else always the same."""
        for key, found in self.unexplained.items():
            forms = framed(found)
            self.forms[key] |= forms
            loose = [one for one in found if not any(_frame(value.text, one[1]) in forms for value in one[0].values)]
            self.constants[key] |= {(_numbered(scene.template), text) for scene, text in loose}

    def done(self) -> Repertoire:
        self._settle()
        return Repertoire(
            frozenset(self.verbs),
            {verb: frozenset(args) for verb, args in self.fixed.items()},
            frozenset(self.ends),
            {key: frozenset(texts) for key, texts in self.constants.items()},
            {key: united(patterns) for key, patterns in self.patterns.items()},
            frozenset(self.names),
            frozenset(self.picked),
            {key: frozenset(roles) for key, roles in self.roles.items()},
            {key: frozenset(forms) for key, forms in self.forms.items()},
            min(self.returned.values(), default=0),
            self.returned.get(False, min(self.returned.values(), default=0)),
            frozenset(name for name, times in self.went_on.items() if times >= OFTEN) - self.ended_with,
        )


def learn_repertoire(shown: Sequence[Shown], library: Mapping[str, Policy]) -> Repertoire:
    """The repertoire of one policy's examples."""
    found = _Found()
    for one in shown:
        found.add(one, library)
    return found.done()


def written(day: Day, form: str) -> str | None:
    """A day in one of the usual forms; None without a year.

    >>> written(Day(2026, 3, 9), "{M}/{D}/{y}")
    '3/9/2026'
    """
    if day.year is None or form not in FORMS:
        return None
    return form.format(y=f"{day.year:04}", m=f"{day.month:02}", d=f"{day.day:02}", M=day.month, D=day.day)


def figure_of(text: str) -> str | None:
    """The only number of a text that is more than the number, None for any other text.

    >>> figure_of("$1,164.50")
    '1164.50'
    """
    found = _FIGURE.findall(text)
    return found[0].replace(",", "") if len(found) == 1 and found[0] != text else None


def framed(found: Sequence[tuple[Scene, str]]) -> frozenset[str]:
    """The forms `before{}after` that put a value of each scene into two different texts or more."""
    texts: dict[str, set[str]] = defaultdict(set)
    for scene, text in found:
        for value in scene.values:
            if frame := _frame(value.text, text):
                texts[frame].add(text)
    return frozenset(frame for frame, of in texts.items() if len(of) > 1)


def _frame(value: str, text: str) -> str | None:
    """The text with a gap where the value stands in it once as a word, None if it does not."""
    parts = re.split(rf"(?<!\w){re.escape(value)}(?!\w)", text)
    return FRAME.join(parts) if len(parts) == 2 and any(parts) and FRAME not in text else None


def _form(scene: Scene, text: str) -> str | None:
    """How a text was made of a value: a way to write its day, other letters, or its first letters."""
    for form in FORMS:
        if text in _written(scene, form):
            return form
    for form, change in CASES.items():
        if any(change(value.text) == text for value in scene.values):
            return form
    starts = [v for v in scene.values if len(text) > 1 and fold(v.text).startswith(fold(text))]
    if not starts:
        return None
    length = next(n for n in range(len(text), len(starts[0].text) + 1) if fold(starts[0].text[:n]) == fold(text))
    longer = starts[0].text[length : length + 1] == " "
    return f"{PREFIX}{length + longer}"


def _written(scene: Scene, form: str) -> set[str | None]:
    return {written(day, form) for value in scene.values for day in value.days}


def _copied(scene: Scene, kind: str, text: str) -> bool:
    if is_secret(text):
        return bool(scene.values)
    if kind == "text":
        return any(value.text == text for value in scene.values)
    return any(same_text(kind, value.listed if kind == "list" else value.text, text) for value in scene.values)


def _numbered(template: int | None) -> int:
    return -1 if template is None else template


def _roles(scene: Scene, label: str) -> set[str]:
    """The roles of the elements called so: of fields if there are any, for a field's own text is called the same."""
    found = [node for node in scene.nodes if fold(scene.labels[node.id]) == fold(label)]
    fields = {node.role for node in found if node.role in FIELDS}
    return fields or {node.role for node in found}


def _all_boxes(scene: Scene, text: str) -> bool:
    """Whether a list names boxes of the page and nothing else."""
    boxes = {fold(node.name) for node in scene.boxes}
    return all(fold(entry) in boxes for entry in entries(text))


def _named(scene: Scene, text: str) -> bool:
    wanted = fold(text)
    return any(wanted in (fold(node.name), fold(node.value), fold(scene.labels[node.id])) for node in scene.nodes)
