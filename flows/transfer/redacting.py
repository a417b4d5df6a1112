"""What is taken out of a text before it leaves: what was typed or answered in the episode, queries, and the like.

Only what an episode itself says was typed or answered is known to be private; a name that stands on a page and was
never typed stays. docs/formats/episode-exports.md says the same to people.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar
from unicodedata import normalize
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import BaseModel

from labeling.exports.secrets import TOKENS, mapped
from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.model import Episode, Frame, Step

Model = TypeVar("Model", bound=BaseModel)
MARK = "▇▇▇"
SHORTEST = 3
"""Letters or digits of the shortest word that is looked for in other texts; shorter ones would blank ids and counts."""
ANYWHERE = 5
"""Letters from which on a word takes the whole of longer words it stands in along."""
TYPED = {"type": 1, "type_text": 0, "select": 1, "upload": 1, "dialog": 1}
"""Which argument of an action a person or an agent gave: its place."""
KEPT = frozenset(
    {
        "id", "uid", "frame", "parent", "hash", "kind", "policy", "version", "role", "actor", "status", "end",
        "form", "model", "run", "prompt_set", "policy_set", "purpose", "observation_before", "observation_after",
        "changed", "picture_before", "picture_after", "format", "number", "continues", "step", "steps", "episode",
        "detector", "points_to", "by", "blamed", "blamed_policy", "finish_reason", "source",
    }
)  # fmt: skip
"""Fields that name other entries, or come from a closed list; they are never looked through."""
_LOOKS_PERSONAL = {
    "e-mail addresses": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "numbers of six digits or more": re.compile(r"(?<![\w.-])\+?\d(?:[ ().-]?\d){5,}(?![\w-])"),
}
_URL = re.compile(r"https?://[^\s'\"<>\])}]+")
_VALUE = re.compile(r" value='((?:[^'\\]|\\.)+)'")
_LINE = re.compile(r"^( *\[[^\]\s]+\] [a-z][a-z0-9-]*)(.*)$")
_WORD = re.compile(r"[^\W_]+")
_HEAD = re.compile(r"\s*[A-Za-z_]\w*")
_BRACKETED = re.compile(r"\[([^\[\]]*)")


class Redaction:
    """The words of one episode, and how texts look without them. `removed` counts what `counting` met.

    `noted` are looked for elsewhere as a whole and not by their words, which may be any.
    """

    def __init__(self, given: Iterable[str], noted: Iterable[str] = ()) -> None:
        self.removed: Counter[str] = Counter()
        self._given = tuple(dict.fromkeys(text for text in given if text.strip()))
        self._pattern = _pattern(self._given, noted)

    def text(self, text: str) -> str:
        """A text of any kind."""
        text = _URL.sub(lambda match: self.url(match[0]), text)
        for kind, pattern in {**TOKENS, **_LOOKS_PERSONAL}.items():
            text = self._sub(pattern, text, kind)
        return text if self._pattern is None else self._sub(self._pattern, text, "words that were typed or answered")

    def url(self, url: str) -> str:
        """An address without its query, fragment and password, and without the words in its path."""
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2]
        except ValueError:
            self.removed["addresses' queries"] += 1
            return MARK
        if parts.query or parts.fragment or host != parts.netloc:
            self.removed["addresses' queries"] += 1
        if self._pattern is None:
            return urlunsplit((parts.scheme, host, parts.path, "", ""))
        path = "/".join(self._piece(piece, self._pattern) for piece in parts.path.split("/"))
        bare = urlunsplit((parts.scheme, host, path, "", ""))
        return self._sub(self._pattern, bare, "words that were typed or answered")

    def _piece(self, piece: str, pattern: re.Pattern[str]) -> str:
        """A piece of a path; gone whole where a word stands in it in the way addresses write letters."""
        plain = unquote(piece)
        if plain == piece or not pattern.search(plain):
            return piece
        self.removed["words that were typed or answered"] += 1
        return MARK

    def page(self, text: str) -> str:
        """An observation: ids and roles stay, every field's value goes."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def action(self, text: str, *, answer: bool = False) -> str:
        """An action: verb and element stay, what was typed goes; an `answer` goes whole."""
        try:
            action = parse_action(text)
        except ActionError:
            return self.text(text)
        if answer and action.args:
            return str(Action(action.name, (self.answer(action.args[0]) or "",)))
        return str(Action(action.name, tuple(self._argument(action, place) for place in range(len(action.args)))))

    def unread(self, text: str) -> str:
        """What was meant as an action and is none: its first word stays, since nobody knows what of it was typed."""
        head = _HEAD.match(text)
        if head is None or head.end() == len(text):
            return self.text(text)
        self.removed["typed values"] += 1
        return f"{self.text(head[0])} [{MARK}]"

    def answer(self, text: str | None) -> str | None:
        """An answer or what a call returned: gone whole."""
        if not text:
            return text
        self.removed["answers"] += 1
        return MARK

    def model(self, value: Model, **changes: Any) -> Model:
        """A record with all its texts redacted; `changes` are its fields that are said anew."""
        body = value.model_dump(mode="json", exclude=set(changes))
        return type(value).model_validate({**self.json(body), **changes})

    def json(self, value: Any) -> Any:
        """The same for any JSON value."""
        return mapped(value, self.text, KEPT)

    def _argument(self, action: Action, place: int) -> str:
        if TYPED.get(action.name) == place:
            self.removed["typed values"] += 1
            return MARK
        if action.name == "note":
            self.removed["notes"] += 1
            return MARK
        if action.element is not None and place == 0:
            return action.args[0]
        return self.url(action.args[0]) if action.name == "goto" else self.text(action.args[place])

    def _line(self, line: str) -> str:
        match = _LINE.match(line)
        head, rest = match.groups() if match else ("", line)
        return head + self.text(self._sub(_VALUE, rest, "values of fields", f" value='{MARK}'"))

    def _sub(self, pattern: re.Pattern[str], text: str, kind: str, mark: str = MARK) -> str:
        changed, number = pattern.subn(mark, text)
        self.removed[kind] += number
        return changed


def given(episode: Episode, steps: Iterable[Step], frames: Iterable[Frame]) -> list[str]:
    """What was typed and answered in an episode, as it stands in its actions and header."""
    found = [episode.answer or "", episode.author or "", *(frame.returned or "" for frame in frames)]
    for step in steps:
        try:
            action = parse_action(step.action)
        except ActionError:
            continue
        place = TYPED.get(action.name)
        if step.kind == "pop":
            found += action.args
        elif place is not None and place < len(action.args):
            found.append(action.args[place])
    return found


def noted(steps: Iterable[Step]) -> list[str]:
    """What an agent noted or told the user on its way, and what it gave to actions that are none."""
    found: list[str] = []
    for step in steps:
        if step.kind == "invalid":
            found += _BRACKETED.findall(step.action)
            continue
        try:
            action = parse_action(step.action)
        except ActionError:
            continue
        found += action.args if action.name == "note" else ()
    return found


def _pattern(texts: Iterable[str], whole: Iterable[str]) -> re.Pattern[str] | None:
    """Whole texts and the words of the first, the longest first."""
    texts = list(texts)
    words = {text for text in (*texts, *whole) if len(text.strip()) >= SHORTEST}
    words |= {word for text in texts for word in _WORD.findall(text) if len(word) >= SHORTEST}
    words |= {normalize(form, word) for word in words for form in ("NFC", "NFD")}
    if not words:
        return None
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(_searched(word) for word in ordered), re.IGNORECASE)


def _searched(word: str) -> str:
    """The word with the longer ones it stands in; a short one alone, also after a line's end as JSON writes it."""
    found = re.escape(word)
    return rf"\w*{found}\w*" if len(word) >= ANYWHERE else rf"(?:(?<![^\W_])|(?<=\\[nrt])){found}(?![^\W_])"
