"""Cases 43 and 44: what is withheld, judged by searching everything decoded and by the pixels of stored pictures."""

from __future__ import annotations

from collections.abc import Callable

from browser.recorder.events import Mark
from tests.browser_recorder.cases.model import Case, Does, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story
from tests.browser_recorder.leaks import black_share, leaks
from traces.model import Box

WORD = "h&nt'er \"2x"
CARD = "4111111111111111"
CODE = "7351"
PLAIN = "hunter2"
FISH = "swordfish"
BLACK = 0.97
Judged = Callable[[Story], None]


def _type(text: str, at: str = "#word") -> Does:
    return {"gesture": "type", "at": at, "text": text}


def _click(at: str) -> Does:
    return {"gesture": "click", "at": at}


def unwritten(*secrets: str, beginnings: bool = False) -> Judged:
    """None of the secrets is anywhere in the file, and something was withheld."""

    def judged(story: Story) -> None:
        for secret in secrets:
            assert leaks(story.path, secret, beginnings=beginnings) == []
        assert story.episode.withheld, "nothing was counted as withheld"

    return judged


def blacked(*names: str) -> Judged:
    """In every stored picture, the lines with a secret and one of the names are black, and the rest is not."""

    def judged(story: Story) -> None:
        seen = 0
        for key, picture in _looks(story):
            lines = story.observation(key).text.split("\n")
            boxes = story.observation(key).boxes
            for line in lines:
                box = boxes.get(line.strip().partition("]")[0].removeprefix("["))
                withheld = "{SECRET}" in line or " secret" in line
                if box is not None and withheld and any(name in line for name in names):
                    seen += 1
                    assert black_share(story.picture(picture), _inside(box)) > BLACK, line
        for _, picture in _looks(story):
            whole = black_share(story.picture(picture), Box(x=0, y=0, width=1280, height=720))
            assert whole < 0.5, "the whole picture is black"
        assert seen, f"no picture shows any of {names}"

    return judged


def _looks(story: Story) -> set[tuple[str, str]]:
    """(observation, picture) of every look that was kept."""
    found = set()
    for step in story.steps:
        pairs = ((step.observation_before, step.picture_before), (step.observation_after, step.picture_after))
        found |= {(seen, picture) for seen, picture in pairs if seen and picture}
    return found


def _inside(box: Box) -> Box:
    return Box(x=box.x + 1, y=box.y + 1, width=box.width - 2, height=box.height - 2)


def every(*judges: Judged) -> Judged:
    """All of them."""

    def judged(story: Story) -> None:
        for judge in judges:
            judge(story)

    return judged


FIELD = "type='password'"
WITHHELD = "{SECRET:password}"
SENT = (f"type [textbox 'Password'] [{WITHHELD}] [0]", "click [button 'Send']")


def _echoed(name: str, says: str, how: str, lines: tuple[str, ...], method: str = "get", text: str = WORD) -> Case:
    """Typed in two bursts, with a look between them, so that a beginning is on the page too."""
    return Case(
        id=f"43.{name}",
        says=says,
        page=f"secrets.html?kind=password&echo={how}&method={method}",
        does=(_type(text[:6]), _type(text[6:]), _click("#send")),
        steps=SENT,
        then=every(unwritten(text, beginnings=True), blacked(*lines)),
        options={"limit_ms": 800} if how == "moving" else {},
    )


def _pause(person: Person) -> None:
    person.send("pause")
    person.told("state", state="paused")


def _resume(person: Person) -> None:
    person.send("resume")
    person.told("state", state="recording")
    person.settle()


def _jump(name: str, says: str, on: str) -> Case:
    """A timer jumps when the page comes to it, so the next key waits for that; else it could rightly go to the user."""
    between = _until_jumped if on == "timer" else lambda person: None
    return Case(
        id=f"43.{name}",
        says=says,
        page=f"jump.html?on={on}",
        does=(
            _click("#user"),
            lambda person: (person.keys(*"bob"), between(person), person.keys(*FISH), person.settle()),
        ),
        steps=("type [textbox 'User'] [bob] [0]", SENT[0]),
        then=unwritten(FISH),
    )


def _until_jumped(person: Person) -> None:
    person.until(lambda: person.on_page("document.activeElement.id") == "word")


def _nothing_of_the_pause(story: Story) -> None:
    """Neither what was typed and pressed in it, nor what was seen only then."""
    assert leaks(story.path, FISH) == []
    assert leaks(story.path, "Behind the curtain") == []
    marks = [raw.event.what if isinstance(raw.event, Mark) else "" for raw in story.raw]
    assert marks.index("resumed") == marks.index("paused") + 1, "something was logged in the pause"
    assert "Count 2" not in story.after(story.steps[0])


def _late(story: Story) -> None:
    """The password's step says that the page was not seen right before it."""
    assert story.steps[2].proof is not None
    assert story.steps[2].proof.late


def _blank_after_pause(story: Story) -> None:
    assert leaks(story.path, WORD) == []
    blacked(FIELD, "You typed", "You sent")(story)


ROWS: tuple[Row, ...] = (
    Case(
        id="43.password",
        says="a password field",
        page="secrets.html?kind=password&method=post&to=/login",
        does=(_type("moss", "#user"), _type(f"{WORD}\n")),
        steps=("type [textbox 'User'] [moss] [0]", f"type [textbox 'Password'] [{WITHHELD}] [1]"),
        then=every(unwritten(WORD), blacked(FIELD)),
    ),
    Case(
        id="43.corrected",
        says="a password typed wrong, taken back and typed again",
        page="secrets.html?kind=password&echo=list",
        does=(_type("hunterZZ"), {"gesture": "press", "keys": "Backspace"}, _type("9x"), _click("#send")),
        steps=SENT,
        then=every(unwritten("hunterZZ", "hunterZ9x", beginnings=True), blacked(FIELD)),
    ),
    Case(
        id="43.shown",
        says="a password shown by its toggle",
        page="secrets.html?kind=password",
        does=(_type(PLAIN), _click("#toggle"), _type("more"), _click("#toggle")),
        steps=(SENT[0], "click [button 'Show']", SENT[0], "click [button 'Show']"),
        heard=("toggled", "toggled"),
        then=every(unwritten(PLAIN, f"{PLAIN}more", "more"), blacked("'Password'")),
    ),
    Case(
        id="43.shown-anew",
        says="a password shown by a field that takes its place",
        page="secrets.html?kind=replaced",
        does=(_click("#toggle"), _type(PLAIN), _click("#toggle"), _click("#toggle"), _type("more")),
        steps=("click [button 'Show']", SENT[0], "click [button 'Show']", "click [button 'Show']", SENT[0]),
        then=every(unwritten(PLAIN, f"{PLAIN}more"), blacked("'Password'")),
    ),
    Case(
        id="43.card",
        says="a card number",
        page="secrets.html?kind=card",
        does=(_type(CARD), _type("737", "#csc"), _click("#send")),
        steps=(
            "type [textbox 'Card'] [{SECRET:card}] [0]",
            "type [textbox 'Code'] [{SECRET:code}] [0]",
            "click [button 'Send']",
        ),
        then=every(unwritten(CARD), blacked("'Card'")),
    ),
    Case(
        id="43.one-time-code",
        says="a one-time code",
        page="secrets.html?kind=code&echo=text,title",
        does=(_type(CODE),),
        steps=("type [textbox 'Code'] [{SECRET:code}] [0]",),
        then=every(unwritten(CODE), blacked("'Code'", "You typed")),
    ),
    Case(
        id="43.declared",
        says="a field declared secret by its selector",
        page="secrets.html?kind=declared&echo=text",
        does=(_type(WORD), _click("#send")),
        steps=("type [textbox 'Answer'] [{SECRET:answer}] [0]", "click [button 'Send']"),
        options={"secrets": (".answer",)},
        then=every(unwritten(WORD), blacked("'Answer'", "You typed")),
    ),
    _echoed(
        "echoed",
        "a secret echoed in text, title, address and on the next page",
        "text,title,address,attribute,other",
        (FIELD, "'User'", "You typed", "You sent"),
    ),
    _echoed("echoed-list", "each beginning of a secret is kept by its page", "list", (FIELD,), "post"),
    _echoed("echoed-base64", "a secret echoed in base64", "base64", (FIELD,), "post"),
    _echoed("echoed-moving", "a secret echoed where it never stands still", "moving", (FIELD,), "post"),
    Case(
        id="43.dialog",
        says="a dialog that says the secret while it is typed",
        page="secrets.html?kind=password&echo=alert",
        does=(_type(PLAIN), {"gesture": "dialog", "answer": True}),
        steps=(SENT[0], "dialog [accept]"),
        then=unwritten(PLAIN),
    ),
    _jump("jump", "a burst whose focus jumps into a password field", "input"),
    _jump("jump-on-key", "a key that brings the focus into a password field, and is typed there", "keydown"),
    _jump("jump-later", "a focus that jumps between two keys", "timer"),
    Case(
        id="43.busy",
        says="a page too busy to say that the keys go into a password field",
        page="jump.html?on=busy",
        does=(
            _click("#user"),
            lambda person: (person.keys(*"bob"), person.settle()),
            lambda person: (person.keys("Tab", *FISH), person.settle()),
        ),
        steps=("type [textbox 'User'] [bob] [0]", "press [Tab]", SENT[0]),
        then=every(unwritten(FISH), _late),
        options={"gate_ms": 150},
    ),
    Case(
        id="44.pause",
        says="what is done in a pause is nowhere",
        page="paused.html",
        does=(
            _click("#b"),
            _pause,
            _type(FISH, "#word"),
            _click("#b"),
            _click("#clear"),
            _resume,
            _click("#b"),
        ),
        steps=("click [button 'Count 0']", "click [button 'Count 2']"),
        after="Count 3",
        then=_nothing_of_the_pause,
    ),
    Case(
        id="44.secret",
        says="a secret typed in a pause is blanked where it shows afterwards",
        page="secrets.html?kind=password&echo=text",
        does=(_type("moss", "#user"), _pause, _type(WORD), _resume, _click("#send")),
        steps=("type [textbox 'User'] [moss] [0]", "click [button 'Send']"),
        then=_blank_after_pause,
    ),
)
