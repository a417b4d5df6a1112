"""Makes long episodes to open and to move through: 10,000 or 100,000 steps in nested calls, a few pages over and over.

Rows are written as the recorder writes them, but in one commit: what is measured is reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.replay_episode import HEIGHT, OBJECTIVE, WIDTH, Page
from store.episode_file import EpisodeFile
from traces.frames import build_frames, close_frames
from traces.model import Episode, LlmCall, Step, StepKind
from traces.skeleton import build_skeleton
from traces.wire import boxes_text, observation_row, skeleton_bytes
from traces.writer import content_hash

PAGES = 24
CALL = 10
"""Steps of one call, its push and pop included."""


def write_long(folder: Path, episode_id: str, n_steps: int) -> Path:
    """A failed run of that many steps, a call for every ten of them, up to five deep."""
    folder.mkdir(parents=True, exist_ok=True)
    header = Episode(
        id=episode_id,
        actor="agent",
        objective=OBJECTIVE,
        status="failed",
        end_reason="step_limit",
        started=1_479_600_000.0,
        ended=1_479_600_000.0 + n_steps,
        model="demos",
        viewport=(WIDTH, HEIGHT),
        n_steps=n_steps,
    )
    file = EpisodeFile.create(folder / f"{episode_id}.episode")
    seen = [_page(file, number) for number in range(PAGES)]
    steps = list(_steps(n_steps, seen))
    frames = close_frames(build_frames(steps, OBJECTIVE), "limit")
    calls = [_call(step) for step in steps]
    for step in steps:
        file.put_step(1, step.seq, step.uid, step.model_dump(mode="json", exclude_defaults=True))
    for number, frame in enumerate(frames):
        file.put_row("frame", number, frame.model_dump(mode="json", exclude_defaults=True))
    for call in calls:
        file.put_row("call", call.number, call.model_dump(mode="json", exclude_defaults=True))
    file.put_meta("episode", header.model_dump_json().encode())
    file.put_meta("skeleton", skeleton_bytes(build_skeleton(header, steps, frames, calls, file.addresses())))
    file.seal()
    file.close()
    return folder / f"{episode_id}.episode"


def _page(file: EpisodeFile, number: int) -> tuple[str, str]:
    """(observation, picture) of a page, by hash."""
    page = Page(origin=f"Airport {number}", month=2016 * 12 + number % 12, focus="13")
    seen = page.observation().model_copy(update={"url": f"http://127.0.0.1:8600/airline/{number // 4}"})
    text, boxes = content_hash(seen.text.encode()), content_hash(boxes_text(seen.boxes).encode())
    file.put_text(text, seen.text, "observation")
    file.put_text(boxes, boxes_text(seen.boxes), "boxes")
    key, row = observation_row(seen, text, boxes, None)
    file.put_observation(key, row)
    data = page.picture(number)
    file.put_picture(content_hash(data), data)
    return key, content_hash(data)


def _steps(n_steps: int, seen: list[tuple[str, str]]) -> Iterator[Step]:
    depth = 0
    for seq in range(n_steps):
        kind, action = _what(seq, depth)
        depth += (kind == "push") - (kind == "pop")
        observation, picture = seen[seq // 7 % len(seen)]
        yield Step(
            uid=f"s{seq:06d}",
            seq=seq,
            kind=kind,
            action=action,
            reason=f"Step {seq} of a long way.",
            call=seq,
            observation_before=observation,
            picture_before=picture,
            started=seq * 400.0,
            ended=seq * 400.0 + 220 + seq % 90,
        )


def _what(seq: int, depth: int) -> tuple[StepKind, str]:
    """Calls open one in another four times, then close again."""
    turn = seq % (CALL * 4)
    if turn % CALL == 0 and depth < 4:
        return "push", f"policy_{seq // CALL % 12} [{seq}]"
    if turn >= CALL * 4 - 4 and depth:
        return "pop", "stop [done]"
    return ("invalid", "clck [17]") if seq % 997 == 5 else ("act", f"click [{11 + seq % 9}]")


def _call(step: Step) -> LlmCall:
    return LlmCall(
        number=step.seq,
        frame=None,
        purpose="decide",
        model="demos",
        parts=(),
        reply="ACTION",
        tokens_in=900 + step.seq % 300,
        tokens_out=30,
    )
