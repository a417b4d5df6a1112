"""A run in which private words stand wherever a person's words can stand, and markup wherever a page's words can."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from traces.frames import build_frames, close_frames
from traces.model import Box, Episode, LlmCall, Observation, PromptPart, Rewards, Step, Target
from traces.writer import EpisodeWriter

TYPED, ANSWER, TOKEN, MAIL = "Quixotella", "Zanzibarish", "tok3nabcdef", "mona@private.test"
SECRETS = (TYPED, ANSWER, TOKEN, MAIL, "Mona Private")
"""What must not be found in anything that was redacted."""
MARKUP = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
URL = f"http://shop.test/find/{TYPED}?session={TOKEN}#top"
ACTIONS = (
    ("push", f"search [{TYPED}]"),
    ("act", f"type [3] [{TYPED}] [1]"),
    ("pop", f"stop [{ANSWER}]"),
    ("invalid", f"clck on {MARKUP}"),
    ("push", f"search [{MARKUP.replace('[', '')}]"),
    ("act", f"goto [{URL}]"),
)


def write_private_run(folder: Path, episode_id: str = "run-private") -> Path:
    """A failed run of six steps, two calls deep; the second call is still open at the end."""
    objective = f"Find {TYPED.lower()} and mail {MAIL} {MARKUP}"
    header = Episode(
        id=episode_id, actor="agent", objective=objective, site="shop", task="shop:find", seed=7, start_url=URL,
        started=1_700_000_000.0, model="scripted", run="run-1", policy_set="web", author="Mona Private",
        tags=(f"for {TYPED}",),
    )  # fmt: skip
    steps: list[Step] = []
    with EpisodeWriter.create(folder, header) as writer:
        for seq, (kind, action) in enumerate(ACTIONS):
            frame = build_frames(steps, objective)
            open_ = [one for one in frame if one.end == "open"][-1]
            writer.put_call(_call(writer, seq, open_.id, action))
            steps.append(_step(writer, seq, kind, action, open_.id))
            writer.append(steps[-1])
        frames = close_frames(build_frames(steps, objective), "limit")
        writer.put_frames(frames)
        writer.raw("key", 1.0, {"key": TYPED})
        return writer.seal(
            status="failed", end_reason="steps", answer=ANSWER, rewards=Rewards(rule=0.0), n_steps=len(steps),
            n_frames=len(frames), max_depth=2, n_calls=len(steps), ended=1_700_000_009.0,
        )  # fmt: skip


def _step(writer: EpisodeWriter, seq: int, kind: str, action: str, frame: str) -> Step:
    page = Observation(
        url=URL,
        title=f"{TYPED} – shop {MARKUP}",
        text=f"[1] heading 'Results for {TYPED}s {seq}'\n[2] text '{MARKUP.replace(chr(39), '')}'\n"
        f"[3] textbox 'Search' value='{TYPED}'\n[4] text 'Sold by {MAIL}, {ANSWER.upper()}'",
        boxes={"3": Box(x=10, y=10, width=80, height=20)},
    )
    return Step(
        uid=f"s{seq}", seq=seq, kind=kind, action=action, frame=frame, call=seq,
        reason=f"{TYPED} must be typed. {MARKUP}",
        error=f"no verb in {TYPED}" if kind == "invalid" else None,
        target=Target(id="3", role="textbox", name=f"Search {TYPED}", point=(20, 20)) if kind == "act" else None,
        observation_before=writer.put_observation(page, html=f"<p>{TYPED}</p>"),
        picture_before=writer.put_picture(_picture(seq)), changed=("text",),
        started=seq * 100.0, ended=seq * 100.0 + 60,
    )  # fmt: skip


def _call(writer: EpisodeWriter, number: int, frame: str, action: str) -> LlmCall:
    texts = {"system": "You search.", "observation": f"The page says {TYPED} {number} {MARKUP}"}
    parts = tuple(
        PromptPart(kind=kind, role="system" if kind == "system" else "user", hash=writer.put_text(text), tokens=9)
        for kind, text in texts.items()
    )
    return LlmCall(
        number=number, frame=frame, purpose="decide", model="scripted", parts=parts, tokens_in=18, tokens_out=5,
        reply=writer.put_text(f"REASON: {TYPED} {MARKUP}\nACTION: {action}"), started=number * 100.0,
        ended=number * 100.0 + 40,
    )  # fmt: skip


def _picture(seq: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), (40 * seq, 90, 160)).save(out, "PNG")
    return out.getvalue()
