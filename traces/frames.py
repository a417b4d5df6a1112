"""The call tree of an episode, computed from its flat steps, and the inverse.

A push step belongs to the caller; the frame it opens spans the steps after it up to and including its pop.
`build_frames(flatten(frames, acts)) == frames` is tested as a round trip.
"""

from __future__ import annotations

from collections.abc import Sequence

from traces.actions import parse_action
from traces.errors import ActionError, FrameError
from traces.model import Frame, FrameEnd, Step

ROOT = "f0"


def lone_root(objective: str = "", first: int | None = None, last: int | None = None) -> Frame:
    """The one call there always is: the planner over an episode (`seq` values) of which no calls are known."""
    return Frame(id=ROOT, parent=None, depth=1, policy="planner", objective=objective, first_step=first, last_step=last)


def build_frames(steps: Sequence[Step], objective: str, policy: str = "planner") -> tuple[Frame, ...]:
    """Frames in the order they were opened; the first is the root. Raises FrameError on a pop without a push."""
    frames = [Frame(id=ROOT, parent=None, depth=1, policy=policy, objective=objective)]
    stack = [0]
    for step in steps:
        if not stack:
            raise FrameError(f"step {step.seq} comes after the root returned")
        if frames[stack[-1]].first_step is None:
            frames[stack[-1]] = frames[stack[-1]].model_copy(update={"first_step": step.seq})
        if step.kind == "push":
            stack.append(len(frames))
            frames.append(_called(step, frames[stack[-2]], f"f{len(frames)}"))
        elif step.kind == "pop":
            index = stack.pop()
            ended = {"end": "returned", "returned": _returned(step), "last_step": step.seq}
            frames[index] = frames[index].model_copy(update=ended)
    for index in stack:
        if frames[index].first_step is not None:
            frames[index] = frames[index].model_copy(update={"last_step": steps[-1].seq})
    return tuple(frames)


def close_frames(frames: Sequence[Frame], end: FrameEnd) -> tuple[Frame, ...]:
    """The frames with every open one marked as ended by `end`."""
    return tuple(f.model_copy(update={"end": end}) if f.end == "open" else f for f in frames)


def flatten(frames: Sequence[Frame], steps: Sequence[Step]) -> tuple[Step, ...]:
    """The flat push/act/pop sequence of a call tree laid over `steps` (a labelled demonstration), numbered anew.

    `first_step`/`last_step` of the frames are `seq` values of `steps`; frames without steps are left out.
    """
    spans = [f for f in frames if f.parent is not None and f.first_step is not None and f.last_step is not None]
    out: list[Step] = []
    for step in steps:
        for frame in sorted((f for f in spans if f.first_step == step.seq), key=lambda f: f.depth):
            out.append(Step(uid=f"{frame.id}-push", seq=len(out), kind="push", action=frame.objective))
        out.append(step.model_copy(update={"seq": len(out)}))
        for frame in sorted((f for f in spans if f.last_step == step.seq), key=lambda f: -f.depth):
            action = "stop" if frame.returned is None else f"stop [{frame.returned}]"
            out.append(Step(uid=f"{frame.id}-pop", seq=len(out), kind="pop", action=action))
    return tuple(out)


def path_of(frames: Sequence[Frame], frame_id: str) -> tuple[Frame, ...]:
    """The open calls from the root down to the frame: the stack at that moment.

    A tree that bites its tail is left where it does.
    """
    by_id = {frame.id: frame for frame in frames}
    path: dict[str, Frame] = {}
    frame: Frame | None = by_id[frame_id]
    while frame is not None and frame.id not in path:
        path[frame.id] = frame
        frame = by_id.get(frame.parent or "")
    return tuple(reversed(path.values()))


def _called(step: Step, caller: Frame, frame_id: str) -> Frame:
    try:
        call = parse_action(step.action)
    except ActionError as error:
        raise FrameError(f"step {step.seq} is a push but not a call: {error}") from error
    return Frame(
        id=frame_id,
        parent=caller.id,
        depth=caller.depth + 1,
        policy=call.name,
        objective=step.action,
        args=call.args,
    )


def _returned(step: Step) -> str | None:
    try:
        args = parse_action(step.action).args
    except ActionError:
        return None
    return args[0] if args else None
