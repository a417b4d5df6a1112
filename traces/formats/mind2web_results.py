"""Online-Mind2Web results (`result.json`): what was done, in words, what was thought, and pictures in `trajectory/`.

Version 1 has lists beside each other, version 2 (`online-mind2web-v2`) one object for each step; the judge's results
are lines of such objects. There are no page texts. Entries are the positions of warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.blobs import content_hash
from traces.draft import MOST_STEPS, Draft
from traces.formats import gym_pages
from traces.formats.bounds import MAX_PICTURES, MB
from traces.formats.foreign import BadRecording, text_of
from traces.formats.mind2web_actions import told
from traces.formats.source import Source, mapping_of, number_of
from traces.sentences import counted

NAME = "online-mind2web"
FOLDER = "trajectory"
_STATUS = {"success": "success", "failure": "failed", "failed": "failed", "fail": "failed"}
_FAILED = frozenset({"failed", "failure", "error"})
_NUMBER = re.compile(r"\d{1,9}")
_PICTURE = re.compile(r".*\.(?:png|jpe?g|webp)", re.IGNORECASE)


def recognise(source: Source) -> bool:
    """Whether a file's JSON is such a result, or a list or lines of them."""
    return any(map(_is_result, _results(source)[:20]))


def read(source: Source) -> list[Draft]:
    """The episode of each result. Raises BadRecording where nothing was done in any."""
    results = _results(source)
    found = [one for one in results if _is_result(one) and one["action_history"]]
    if not found:
        raise BadRecording("Its action_history is empty.")
    drafts = [_draft(one, source, whole=len(results) == 1) for one in found]
    if len(found) < len(results):
        drafts[0].warn("results", f"{len(results) - len(found)} entries are no results and were left out.")
    return drafts


def _results(source: Source) -> Sequence[Any]:
    data = source.json
    if data is None:
        return source.lines
    return data if isinstance(data, list) else [data]


def _is_result(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("action_history"), list) and "task" in data


def _draft(data: Mapping[str, Any], source: Source, *, whole: bool) -> Draft:
    """The episode of a result; the pictures beside it are its own where the file holds only this one (`whole`)."""
    draft = Draft(NAME, objective=text_of(data.get("task")), header=_header(data))
    draft.raw = [{key: value for key, value in data.items() if key not in ("action_history", "thoughts")}]
    entries = data["action_history"][:MOST_STEPS]
    named = any(mapping_of(entry).get("screenshot") for entry in entries)
    gallery = _Gallery(draft, source, len(entries) if whole and not named else 0)
    thoughts = list(_thoughts(draft, data, entries))
    for number, (entry, thought) in enumerate(zip(entries, thoughts, strict=True)):
        draft.raw.append({"action": entry, "thought": thought})
        picture = gallery.of(number, mapping_of(entry).get("screenshot"))
        repeated = number > 0 and thought == thoughts[number - 1]
        _step(draft, number, entry, {"picture_before": picture, "reason": None if repeated else thought or None})
    _ended(draft, gallery)
    if gallery.used:
        draft.key = content_hash(" ".join([source.key, *sorted(gallery.used)]).encode())
        draft.warn("pages", "This format holds pictures and no page texts: which elements were meant is not known.")
    else:
        draft.warn("pages", "This format holds no pages: what was seen and which elements were meant is not known.")
    return draft


def _thoughts(draft: Draft, data: Mapping[str, Any], entries: Sequence[Any]) -> Iterator[str]:
    """What was thought before each entry: within it, or in the list beside."""
    listed = data.get("thoughts")
    beside = listed if isinstance(listed, list) else []
    within = any(isinstance(entry, dict) and "thought" in entry for entry in entries)
    if not within and len(beside) != len(entries):
        said = f"Beside {counted(len(entries), 'action')} stand {counted(len(beside), 'thought')}"
        draft.warn("thoughts", f"{said}; they are paired in order.")
    for number, entry in enumerate(entries):
        own = text_of(mapping_of(entry).get("thought"))
        yield own if within else text_of(beside[number]) if number < len(beside) else ""


def _step(draft: Draft, number: int, entry: Any, fields: Mapping[str, Any]) -> None:
    step = mapping_of(entry)
    text, url = text_of(step.get("action")) if step else entry, text_of(step.get("url"))
    if not isinstance(text, str) or (step and not text):
        draft.warn(number, "The action is no text; it is kept as it was written.")
        text = str(entry)
    made = told(text, url)
    page = draft.page(url, "") if url else None
    where = "observation_after" if made.action.name == "goto" else "observation_before"
    failed = made.failed or text_of(step.get("action_status")).lower() in _FAILED
    error = "it says that the action had no effect" if failed else None
    draft.step("act", str(made.action), target=made.target, error=error, **{where: page}, **fields)


def _ended(draft: Draft, gallery: _Gallery) -> None:
    """The last entry may say that the task is done; one that says so earlier is a note."""
    last = len(draft.steps) - 1
    for place, step in enumerate(draft.steps):
        if step.action == "stop" or step.action.startswith("stop "):
            more = {"kind": "pop"} if place == last else {"action": f"note {step.action[4:].strip() or '[done]'}"}
            draft.steps[place] = step.model_copy(update=more)
    after = gallery.after(last)
    if after is not None:
        draft.steps[last] = draft.steps[last].model_copy(update={"picture_after": after})
    if draft.steps[last].kind == "pop":
        draft.header["end_reason"] = "stop"


def _header(data: Mapping[str, Any]) -> dict[str, Any]:
    status = text_of(data.get("result_status")).lower()
    answer = text_of(data.get("agent_final_answer")) or text_of(data.get("final_result_response"))
    task = str(data.get("task_id") or "").removeprefix("tasks/")
    judged = number_of(data.get("predicted_label"))
    return {
        "task": f"{NAME}:{task}" if task else None,
        "status": _STATUS.get(status, "unsure"),
        "site": text_of(data.get("website")),
        "end_reason": "stop" if answer else None,
        "answer": answer or None,
        "rewards": {"judge": judged if judged in (0, 1) else None},
    }


class _Gallery:
    """The pictures of a result: named by its steps, or in the folder beside, by the number in their names.

    Each is of the page right before the action; where there is one more than there are actions, it is of the end.
    """

    def __init__(self, draft: Draft, source: Source, steps: int) -> None:
        self._draft, self._source, self._left = draft, source, MAX_PICTURES
        self._files = _numbered(source, steps) if steps else {}
        self.used: set[str] = set()
        if self._files and not steps <= len(self._files) <= steps + 1:
            self._draft.warn(FOLDER, f"There are {len(self._files)} pictures for {steps} actions; numbers pair them.")

    def of(self, number: int, named: Any) -> str | None:
        """The picture of a step: the one it names, else the one with its number."""
        if isinstance(named, str) and named:
            data = self._source.beside(f"{FOLDER}/{named}")
            why = None
            if data is None:
                data, why = gym_pages.picture({"screenshot": named}, self._source)
            if why is not None:
                self._draft.warn(number, why)
            return self._kept(data, number)
        return self.after(number - 1)

    def after(self, number: int) -> str | None:
        """The picture of the page after a step."""
        name = self._files.get(number + 1)
        return None if name is None else self._kept(self._source.beside(f"{FOLDER}/{name}"), number + 1)

    def _kept(self, data: bytes | None, number: int) -> str | None:
        if data is None:
            return None
        self._left -= len(data)
        if self._left < 0:
            self._draft.warn(number, f"Its pictures are more than {MAX_PICTURES // MB} MB.")
            return None
        key = self._draft.picture(data, number)
        self.used |= {key} if key else set()
        return key


def _numbered(source: Source, steps: int) -> dict[int, str]:
    """The pictures of the folder by step: by the first number of their names, which may begin at 0 or 1."""
    named = [name for name in source.names(FOLDER) if _PICTURE.fullmatch(name) and _NUMBER.search(name)]
    numbers = {name: int(match[0]) for name in named if (match := _NUMBER.search(name))}
    ordered = sorted(named, key=lambda name: (numbers[name], name))
    first = min(numbers.values(), default=0)
    if first > 1 or len(set(numbers.values())) < len(named) or max(numbers.values(), default=0) - first > steps:
        return dict(enumerate(ordered))
    return {numbers[name] - first: name for name in ordered}
