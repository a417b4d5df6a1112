"""Makes an episode to look at: a booking page drawn with Pillow, and an agent that fills it in and then goes astray.

The pages, observations, calls and prompts fit each other; the number of steps is free. Used by bench/replay.py and by
the browser tests of the replay component.
"""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from traces.frames import build_frames, close_frames
from traces.model import Box, Episode, Frame, LlmCall, Observation, PromptPart, Step, StepKind, Target
from traces.writer import EpisodeWriter

WIDTH, HEIGHT = 1280, 720
OBJECTIVE = "Book the cheapest one-way flight from LEB to RDG on 12/26/2016"
URL = "http://127.0.0.1:8600/airline/book?trip=one-way"
SYSTEM = "You fill in one form field at a time.\nAnswer with REASON and ACTION.\n" * 12
PACE = 392.0
"""Milliseconds from one step to the next."""
FILLED = 11
"""Steps until the last call is open."""
FIELDS = {"11": ("From", (60, 130)), "12": ("To", (660, 130)), "13": ("Departure", (60, 220))}


@dataclass(frozen=True)
class Page:
    """What the booking page shows. `month` counts from year 0; None while the calendar is closed."""

    origin: str = ""
    target: str = ""
    focus: str | None = None
    month: int | None = None

    def observation(self) -> Observation:
        """The page as the recorder would write it."""
        boxes = {key: Box(x=x, y=y, width=560, height=40) for key, (_, (x, y)) in FIELDS.items()}
        boxes |= {"17": Box(x=80, y=320, width=70, height=28), "19": Box(x=540, y=320, width=70, height=28)}
        boxes["18"] = Box(x=260, y=320, width=170, height=28)
        return Observation(url=URL, title="Book Your One-Way Flight", text="\n".join(self._lines()), boxes=boxes)

    def _lines(self) -> Iterator[str]:
        yield "[1] heading 'Book Your One-Way Flight' level='1'"
        yield "[10] form 'Flight'"
        for key, value in (("11", self.origin), ("12", self.target), ("13", "")):
            focused = " focused" if self.focus == key else ""
            yield f"  [{key}] textbox '{FIELDS[key][0]}' value='{value}'{focused}"
        if self.month is not None:
            yield "  [16] dialog 'Choose a date'"
            yield "    [17] link 'Prev'"
            yield f"    [18] heading '{self.month_name}'"
            yield "    [19] link 'Next'"
            yield from (f"    [{100 + day}] gridcell '{day}' clickable" for day in range(1, 29))
        yield "  [40] button 'Find flights'"

    @property
    def month_name(self) -> str:
        """The shown month, "November 2016"."""
        shown = self.month or 0
        return f"{calendar.month_name[shown % 12 + 1]} {shown // 12}"

    def picture(self, mark: int) -> bytes:
        """The page as PNG, with a booking number that no other picture has."""
        image = Image.new("RGB", (WIDTH, HEIGHT), "#f4f6f8")
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, WIDTH, 64), fill="#0b3d5c")
        draw.text((40, 20), "Book Your One-Way Flight", font=_font(22), fill="white")
        draw.text((1090, 24), f"Booking {mark:05d}", font=_font(15), fill="#cfe0ec")
        for key, (name, (x, y)) in FIELDS.items():
            value = {"11": self.origin, "12": self.target}.get(key, "")
            edge = "#1c7ed6" if self.focus == key else "#b8c0c8"
            draw.text((x, y - 24), name, font=_font(15), fill="#556270")
            draw.rounded_rectangle((x, y, x + 560, y + 40), 6, fill="white", outline=edge, width=2)
            draw.text((x + 12, y + 9), value, font=_font(18), fill="#222")
        if self.month is not None:
            self._calendar(draw)
        draw.rounded_rectangle((60, 650, 230, 694), 6, fill="#0b7285")
        draw.text((90, 661), "Find flights", font=_font(18), fill="white")
        return _png(image)

    def _calendar(self, draw: ImageDraw.ImageDraw) -> None:
        month = self.month or 0
        draw.rounded_rectangle((60, 300, 640, 620), 8, fill="white", outline="#b8c0c8", width=2)
        draw.text((86, 324), "‹ Prev", font=_font(17), fill="#1c7ed6")
        draw.text((270, 324), self.month_name, font=_font(18), fill="#222")
        draw.text((546, 324), "Next ›", font=_font(17), fill="#1c7ed6")
        for row, week in enumerate(calendar.monthcalendar(month // 12, month % 12 + 1)):
            for column, day in enumerate(week):
                draw.text((100 + column * 74, 376 + row * 40), str(day or ""), font=_font(17), fill="#444")


@dataclass(frozen=True)
class Move:
    """One step to write: what is done on which page, and the page after it."""

    kind: StepKind
    action: str
    reason: str
    before: Page
    after: Page
    target: str | None = None
    error: str | None = None


def moves(n_steps: int) -> Iterator[Move]:
    """A form filled in by calls, then `choose_date` that pages the wrong way until `n_steps` are reached."""
    page, made = Page(), 0
    for move in _filling(page):
        yield move
        page, made = move.after, made + 1
    page = replace(page, month=2016 * 12 + 10, focus="13")
    while made < n_steps:
        shown = replace(page, month=(page.month or 0) - 1)
        reason = f"Calendar month {page.month_name} is not the wanted month; move with Prev."
        if made % 9 == 4:
            yield Move("invalid", "clck [17]", reason, page, page, error="'clck' is neither an action nor a policy.")
        else:
            yield Move("act", "click [17]", reason, page, shown, "17")
            page = shown if (page.month or 0) > 2005 * 12 else replace(page, month=2016 * 12 + 10)
        made += 1


def _filling(page: Page) -> Iterator[Move]:
    form = "fill_form [From LEB, To RDG, Departure 12/26/2016]"
    yield Move("push", form, "The form is empty; fill it in as a whole.", page, page)
    for key, value in (("11", "Lebanon, NH (LEB)"), ("12", "Reading, PA (RDG)")):
        name = FIELDS[key][0]
        yield Move("push", f"fill_text [{name}] [{value[-4:-1]}]", f"{name} is empty.", page, page)
        focused = replace(page, focus=key)
        yield Move("act", f"click [{key}]", f"Put the cursor into {name}.", page, focused, key)
        filled = replace(focused, origin=value) if key == "11" else replace(focused, target=value)
        yield Move("act", f"type [{key}] [{value}]", f"Type the airport for {name}.", focused, filled, key)
        yield Move("pop", f"stop [{value}]", "The field shows the airport.", filled, filled)
        page = filled
    yield Move("push", "choose_date [Departure] [12/26/2016]", "Departure is empty.", page, page)
    opened = replace(page, focus="13", month=2016 * 12 + 10)
    yield Move("act", "click [13]", "Open the calendar.", page, opened, "13")


def write_episode(folder: Path, episode_id: str = "booking", n_steps: int = 25, *, seal: bool = True) -> Path:
    """The episode as a file; unsealed it counts as still running."""
    header = Episode(
        id=episode_id,
        actor="agent",
        objective=OBJECTIVE,
        site="airline",
        task="book_flight",
        seed=5013,
        start_url=URL,
        started=1_479_600_000.0,
        model="demos",
        prompt_set="7c1e0d2b",
        policy_set="crm",
        viewport=(WIDTH, HEIGHT),
    )
    steps: list[Step] = []
    with EpisodeWriter.create(folder, header) as writer:
        for seq, move in enumerate(moves(n_steps)):
            steps.append(write_step(writer, seq, move, steps))
        writer.put_frames(build_frames(steps, OBJECTIVE))
        if not seal:
            writer.update(n_steps=len(steps))
            return writer.path
        writer.put_frames(close_frames(build_frames(steps, OBJECTIVE), "limit"))
        return writer.seal(
            status="failed", end_reason="step_limit", n_steps=len(steps), n_frames=5, max_depth=3, n_calls=len(steps)
        )


def write_step(writer: EpisodeWriter, seq: int, move: Move, earlier: list[Step]) -> Step:
    """Write one move as a step of a running episode, with its model call, pages and picture."""
    frame = _deciding(earlier)
    writer.put_call(_call(writer, seq, move, frame))
    step = Step(
        uid=f"s{seq:05d}",
        seq=seq,
        kind=move.kind,
        action=move.action,
        reason=move.reason,
        frame=frame.id,
        call=seq,
        target=_target(move),
        error=move.error,
        observation_before=writer.put_observation(move.before.observation()),
        observation_after=writer.put_observation(move.after.observation()),
        picture_before=writer.put_picture(move.before.picture(seq)),
        changed=("text", "picture") if move.before != move.after else (),
        started=seq * PACE,
        ended=seq * PACE + 180 + seq % 7,
    )
    writer.append(step)
    return step


def _deciding(earlier: list[Step]) -> Frame:
    """The call on top of the stack after these steps (the last ones only repeat inside the innermost call)."""
    return [frame for frame in build_frames(earlier[:FILLED], OBJECTIVE) if frame.end == "open"][-1]


def _call(writer: EpisodeWriter, number: int, move: Move, frame: Frame) -> LlmCall:
    texts = {
        "system": SYSTEM,
        "example": f"OBJECTIVE: {frame.policy} [x]\nACTION: click [3]\n" * 6,
        "history": f"PREVIOUS: {number} actions",
        "observation": move.before.observation().text,
    }
    parts = tuple(_part(writer, kind, text) for kind, text in texts.items())
    return LlmCall(
        number=number,
        frame=frame.id,
        purpose="decide",
        model="demos",
        parts=parts,
        reply=writer.put_text(f"REASON: {move.reason}\nACTION: {move.action}"),
        tokens_in=sum(part.tokens for part in parts),
        tokens_out=20 + number % 5 * 8,
        started=number * PACE,
        ended=number * PACE + 2.4,
        score=0.99 - number % 10 / 50,
        finish_reason="stop",
    )


def _part(writer: EpisodeWriter, kind: str, text: str) -> PromptPart:
    role: Literal["system", "user"] = "system" if kind == "system" else "user"
    return PromptPart(kind=kind, role=role, hash=writer.put_text(text), tokens=len(text) // 4)


def _target(move: Move) -> Target | None:
    if move.target is None:
        return None
    box = move.before.observation().boxes[move.target]
    role, name = ("link", "Prev") if move.target == "17" else ("textbox", FIELDS[move.target][0])
    return Target(id=move.target, role=role, name=name, box=box, point=box.centre)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
