"""The record of an episode as frozen values: the same for a person's demonstration and an agent's run.

Ids of rows, paths and blobs' bytes belong to `store`; these values name pictures and texts by content hash.
The call tree is not stored inside steps: `traces.frames` computes it. See docs/formats/episode.md.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Actor = Literal["human", "agent"]
Status = Literal["running", "success", "failed", "unsure", "error", "stopped"]
StepKind = Literal["push", "pop", "act", "invalid", "note"]
FrameEnd = Literal["returned", "ended", "limit", "error", "abandoned", "open"]
NEVER_RETURNED: frozenset[FrameEnd] = frozenset({"limit", "error", "abandoned", "open"})
"""Ends of a call that never came back to its caller."""
TAKEN_FOR_STOP = "its text holds the word stop, and was taken for one"
"""The error of an action that released SteP carried out and yet took for the end of the task."""


class Frozen(BaseModel):
    """A value: equal by content, never changed, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(Frozen):
    """A rectangle in CSS pixels of the viewport of the top page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle point (x, y) in CSS pixels."""
        return (self.x + self.width / 2, self.y + self.height / 2)


class Selector(Frozen):
    """One way to find the target again, in Playwright syntax; `unique` says whether it was so at capture."""

    kind: Literal["role", "label", "text", "near", "testid", "shadow", "css", "xpath"]
    value: str
    unique: bool


class Near(Frozen):
    """Words around a target that tell it from others of its name.

    `row`: said in the same table row or list item; `card`: in the same of several parts that are alike; `column`: its
    heading; `before`: right before it; `section`: the name or heading of the part of the page.
    """

    kind: Literal["row", "card", "column", "before", "section"]
    text: str


class Host(Frozen):
    """A shadow root on the way to a target: its host by CSS within the root around. A closed one no selector enters."""

    css: str
    open: bool = True


class FrameLink(Frozen):
    """A frame on the way to a target: its name, its address without the query, its place among `of` frames of the page.

    `selectors` lead to the frame's element in the document around it.
    """

    name: str = ""
    src: str = ""
    index: int = 0
    of: int | None = None
    selectors: tuple[Selector, ...] = ()


class Target(Frozen):
    """The element an action was about, as the observation before the action names it. See docs/formats/targets.md.

    `frames` is a CSS path to each frame around it, the outermost first; `frame_chain` says more of the same frames, and
    `shadow` which shadow roots are around it in the innermost.
    """

    id: str | None
    role: str
    name: str
    box: Box | None = None
    point: tuple[float, float] | None = None
    selectors: tuple[Selector, ...] = ()
    frames: tuple[str, ...] = ()
    frame_chain: tuple[FrameLink, ...] = ()
    shadow: tuple[Host, ...] = ()
    near: tuple[Near, ...] = ()


class Observation(Frozen):
    """A page at one instant. `text` is our compact form (docs/formats/observation.md); boxes are by element id."""

    url: str
    title: str
    text: str
    boxes: dict[str, Box] = {}


class Proof(Frozen):
    """When the parts of a recorded step were taken: milliseconds since the recording began, and mutation counters.

    `exact`: tree, picture and target saw the same mutation counter. `late`: the page did not answer in time, so the
    observation is the last settled one. `stale`: the target differs from what the person's frame showed.
    """

    observed_at: float
    dispatched_at: float
    frame_number: int | None = None
    mutations: tuple[int, ...] = ()
    exact: bool = False
    late: bool = False
    stale: bool = False


class Step(Frozen):
    """One decision or effect, in order. Times are milliseconds since the episode began.

    `action` is the action's text (traces.actions). `observation_*` name stored observations and `picture_*` stored
    pictures by hash; `frame` is the id of the frame that decided (runs; None in a demonstration, whose frames come
    from labels). `call` numbers the model call that decided. `changed` holds any of url, title, text, picture,
    tabs, and pointer where the picture is another one only because of where the mouse is.
    `reward` is what the environment gave for the step, None where it said nothing.
    """

    uid: str
    seq: int
    kind: StepKind
    action: str
    target: Target | None = None
    reason: str | None = None
    frame: str | None = None
    call: int | None = None
    observation_before: str | None = None
    observation_after: str | None = None
    picture_before: str | None = None
    picture_after: str | None = None
    changed: tuple[str, ...] = ()
    error: str | None = None
    reward: float | None = None
    started: float = 0.0
    ended: float = 0.0
    proof: Proof | None = None
    raw: tuple[int, ...] = ()


class Frame(Frozen):
    """One call of a policy. `depth` of the root is 1; `first_step`/`last_step` are `seq` values, None while empty.

    `objective` is the whole call text, `returned` what its caller was given, `end` how it ended: by itself (returned),
    with the task that was over (ended), or badly (limit, error, abandoned).
    """

    id: str
    parent: str | None
    depth: int
    policy: str
    version: str | None = None
    objective: str
    args: tuple[str, ...] = ()
    first_step: int | None = None
    last_step: int | None = None
    returned: str | None = None
    end: FrameEnd = "open"


class PromptPart(Frozen):
    """A piece of a prompt by hash: `kind` says what it is (system, example, history, observation, reply ...).

    `source` is the id of the prompt set's piece that an example is, None for all else.
    """

    kind: str
    role: Literal["system", "user", "assistant"]
    hash: str
    tokens: int
    source: str | None = None


class LlmCall(Frozen):
    """One request to a model: prompt parts, reply, tokens and times; `cost` in US dollars, None when unknown.

    `form` is the one the reply was asked for in (json_schema, json_object, text), `notes` what it took to get it.
    """

    number: int
    frame: str | None
    purpose: str
    model: str
    parts: tuple[PromptPart, ...]
    reply: str | None
    tokens_in: int
    tokens_out: int
    cost: float | None = None
    started: float = 0.0
    ended: float = 0.0
    retries: int = 0
    finish_reason: str | None = None
    error: str | None = None
    score: float | None = None
    form: str | None = None
    notes: tuple[str, ...] = ()


class Rewards(Frozen):
    """Rewards by who gave them, kept apart; None where nobody did."""

    rule: float | None = None
    judge: float | None = None
    human: float | None = None


class Annotation(Frozen):
    """Something said of an episode (or one step or frame of it) afterwards. `at` in seconds since the epoch.

    `text` is the tag or the note, or of `remove_note` the id of a note; `value` a person's reward (0 to 1). `replay` is
    what a replay check found of a step: `text` as JSON. `mistake` says of a step that it was one (`value` 1) or was
    not after all (0), `reason` why a step was taken. `signal` confirms (`value` 1) or denies (0) what a detector says
    from a step on: `text` is the signal's key. `blame` corrects whose fault a failure is (`text`) and where it begins
    (`step`); `judge` is a model's opinion.
    A note on a stretch is on the steps from `step` to `until`.
    """

    id: str
    episode: str
    kind: Literal[
        "tag",
        "remove_tag",
        "note",
        "remove_note",
        "reward",
        "replay",
        "mistake",
        "reason",
        "signal",
        "blame",
        "judge",
        "teaches",
    ]
    author: str
    at: float
    text: str = ""
    value: float | None = None
    step: str | None = None
    frame: str | None = None
    until: str | None = None


class Derivation(Frozen):
    """One reading of a recording's raw events as steps; normalising again makes another, never a changed one."""

    number: int
    normaliser: str
    settings: dict[str, object] = {}
    created: float = 0.0


class Episode(Frozen):
    """One attempt at one task. Times are seconds since the epoch; what a source does not have is None.

    `verdict` is why the evaluator gave its reward, in its words. `continues` is the interrupted recording whose last
    page this one began at.
    """

    id: str
    actor: Actor
    objective: str
    site: str = ""
    task: str | None = None
    seed: int | None = None
    start_url: str = ""
    started: float = 0.0
    ended: float | None = None
    status: Status = "running"
    end_reason: str | None = None
    answer: str | None = None
    rewards: Rewards = Rewards()
    verdict: str | None = None
    n_steps: int = 0
    n_frames: int = 0
    max_depth: int = 1
    n_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    run: str | None = None
    model: str | None = None
    prompt_set: str | None = None
    policy_set: str | None = None
    author: str | None = None
    viewport: tuple[int, int] = (1280, 720)
    withheld: dict[str, int] = {}
    not_recorded: tuple[str, ...] = ()
    continues: str | None = None
    tags: tuple[str, ...] = ()
