"""What the page or the machine did: D8 the environment failed, D9 the page complained, D22 something stood still."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median

from analysis.signals.course import Course, Page
from analysis.signals.model import Detector, Found
from traces.observation_text import Node

LEAST_MS, TIMES = 20_000.0, 10
"""Milliseconds a step takes that stands still, at least; how many times as long as usual."""
WRITABLE = frozenset({"textbox", "searchbox", "combobox", "spinbutton", "slider"})
TOPS = frozenset({"heading", "alert", "alertdialog", "dialog", "text"})
"""Roles that say what a page is that holds little else."""
LITTLE = 12
"""Elements of such a page, at most."""
TOLD = frozenset({"alert", "status", "alertdialog", "log"})
"""Roles of a message of its own kind."""
SHOWN, SHORT = 160, 200
"""Characters of a page's text in a sentence; of a text that may be a message, at most."""
_BROKEN = re.compile(
    r"^\W*(?:error|http(?: status)?)?\W*(?:403|404|410|429|50[0-4]|52\d)\W*$"
    r"|\b(?:error(?: code)?|http status) [45]\d\d\b"
    r"|\b(?:page|site|file) (?:was |could )?not (?:be )?found\b|\b404 not found\b|^\W*not found\W*$"
    r"|\b(?:internal )?server error\b|\bapplication error\b|\bsomething went wrong\b|\bbackend fetch failed\b"
    r"|\bservice unavailable\b|\bbad gateway\b|\b(?:gateway|connection) time[d-]?[ -]?out\b|\btoo many requests\b"
    r"|\baccess denied\b|^\W*(?:403 )?forbidden\W*$|\b(?:under|down for) maintenance\b"
    r"|\bbe (?:right )?back (?:soon|shortly)\b"
    r"|\bsession (?:has )?(?:expired|timed out)\b",
    re.IGNORECASE,
)
THEIRS = re.compile(r"time[d -]*out|net::|crash|closed|connection|refused|could not be loaded|navigat", re.IGNORECASE)
"""An error of the browser or the page; others say that the action asked for what cannot be done."""
_HUMAN = re.compile(
    r"\bcaptcha\b|are you (?:a )?(?:robot|human)|unusual traffic|verify (?:that )?you are", re.IGNORECASE
)
_COMPLAINT = re.compile(
    r"\b(?:errors?|invalid|incorrect|incomplete|wrong|fail(?:ed|ure|s)?|unable|denied|declined|expired|required|missing"
    r"|rejected|mismatch|prohibited|forbidden|unavailable|unauthorized|went wrong)\b"
    r"|\b(?:must|cannot|could not|does not|do not (?:have|match|exist)|did not|has not been)\b"
    r"|\b(?:is|are|was|were|should|may|will) not\b"
    r"|\b(?:ca|could|does|is|are|was|were|did|has|have|wo)n['’]t\b"
    r"|\bnot (?:a )?(?:valid|allowed|available|found|permitted|supported|enough|accepted)\b|\bdon['’]t have\b"
    r"|\balready (?:been )?(?:taken|exists?|in use|used|registered)\b|\bout of (?:range|stock)\b"
    r"|\bplease (?:enter|select|choose|fill|correct|try|check|provide|include|match|specify) \w"
    r"|\btoo (?:long|short|many|large|small|big)\b"
    r"|\bno (?:such|results?|matching)\b|\btry again\b|\bbad (?:credentials|request)\b",
    re.IGNORECASE,
)
_WARNED = re.compile(
    r"\b(?:sorry|oops|problem|need to|needs to|have to|has to|enter a|ensure|only|at (?:least|most)|exceed\w*|wait)\b",
    re.IGNORECASE,
)
"""What complains where a message is of its own kind, and says little elsewhere."""
_FOR_GOOD = re.compile(r"\b(?:undone|irreversible)\b", re.IGNORECASE)
RECORDS = frozenset({"row", "listitem", "article"})
"""What holds entries of a list: their texts are somebody else's."""
_ENDED = re.compile(
    r"\bsession\b.{0,40}\b(?:expired|timed out|ended)\b|\b(?:logged|signed) out\b"
    r"|\b(?:log|sign) ?in (?:again|to continue|to go on)\b|\bneed to (?:log|sign) ?in\b",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(r"\b(?:log|sign)[ -]?(?:in|on|out|off)\b", re.IGNORECASE)
_SIGN_OUT = re.compile(r"^\W*(?:log|sign)[ -]?(?:out|off)\b", re.IGNORECASE)


def environment_failed(course: Course) -> list[Found]:
    """An action that the browser could not do, a page that could not be loaded or says that it is broken.

    Also a field that looked as if it took a text and did not, because something came between.
    Also a sign-in page that came back by itself, a question whether one is human, and an episode that ended with an
    error of its page.
    """
    found = [
        Found((place,), why)
        for place in range(len(course.steps))
        if (why := _error(course, place) or _arrived(course, place))
    ]
    reason = course.episode.end_reason or ""
    if reason.startswith("page") and course.steps and (not found or found[-1].at[-1] != len(course.steps) - 1):
        found.append(Found((len(course.steps) - 1,), f"The page failed: {reason}."))
    return found


def page_complained(course: Course) -> list[Found]:
    """A message that came up after an action and says that something is wrong, or a field that turned invalid.

    A message of its own kind (alert, status) that tells of a success is none. Nor is a text in an entry of a list or
    table, or a dialog that asks whether to go on.
    """
    found = []
    for place in course.acts:
        after = course.after(place)
        news = [said for node in _new(course.before(place), after) if (said := _complaint(after, node))]
        if news:
            found.append(Found((place,), f"The page said: {news[0][:SHOWN]}"))
    return found


def stood_still(course: Course) -> list[Found]:
    """A step or a model's answer that took more than 20 s and ten times as long as usual here, or that had to be asked
    for again. Not a fault of the agent: kept apart from loops.
    """
    took = [max(0.0, step.ended - step.started) for step in course.steps]
    slow = max(LEAST_MS, TIMES * median(took)) if took else LEAST_MS
    found = []
    for place, step in enumerate(course.steps):
        call = course.call_of.get(step.call) if step.call is not None else None
        if took[place] > slow:
            found.append(Found((place,), f"This took {took[place] / 1000:.0f} s."))
        elif call is not None and call.retries:
            found.append(Found((place,), f"The model was asked {call.retries + 1} times."))
    return found


def _error(course: Course, place: int) -> str | None:
    step = course.steps[place]
    failed = (
        step.kind == "act" and step.error is not None and (THEIRS.search(step.error) or came_between(course, place))
    )
    return f"The action failed: {step.error}" if failed else None


def came_between(course: Course, place: int) -> bool:
    """Whether a text was refused by a field that, as the page was shown, would have taken it."""
    target, step = course.target(place), course.steps[place]
    able = target is not None and target.role in WRITABLE and not target.flags & {"disabled", "readonly"}
    return able and step.error is not None and "takes no text" in step.error


def _arrived(course: Course, place: int) -> str | None:
    """What is wrong with the page that a step led to, and was not with the one before."""
    if course.steps[place].kind != "act":
        return None
    before, after = course.before(place), course.after(place)
    if before.key == after.key:
        return None
    if "error" in after.by_id and "error" not in before.by_id:
        return f"The page could not be loaded: {after.by_id['error'].name[:SHOWN]}"
    for pattern, told in ((_BROKEN, "The page says"), (_HUMAN, "The page asks whether one is human")):
        said = _headline(after, pattern)
        if said and not _headline(before, pattern):
            return f"{told}: {said[:SHOWN]}"
    return "The page asks to sign in again." if _thrown_out(course, place, before, after) else None


def _headline(page: Page, pattern: re.Pattern[str]) -> str | None:
    """The title or heading that says it, or a message on a page that holds little else."""
    little = len(page.nodes) <= LITTLE
    tops = [node.name for node in page.nodes if node.role == "heading" or (little and node.role in TOPS)]
    return next((text for text in (page.observation.title, *tops) if pattern.search(text)), None)


def _thrown_out(course: Course, place: int, before: Page, after: Page) -> bool:
    """A password is asked for where none was, nobody pressed anything about signing in or out, and somebody had been
    signed in: the page says so, or a page before did.
    """
    target = course.target(place)
    asked = target is not None and _SIGN_IN.search(target.name)
    if asked or not _asks_password(after):
        return False
    if _ENDED.search(after.words) and not _ENDED.search(before.words):
        return True
    if _asks_password(before):
        return False
    pages = [course.before(turn) for turn in course.acts if turn <= place]
    return before.place != after.place and any(_asks_password(page) or _signed_in(page) for page in pages)


def _signed_in(page: Page) -> bool:
    return any(node.role in ("link", "button", "menuitem") and _SIGN_OUT.match(node.name) for node in page.nodes)


def _asks_password(page: Page) -> bool:
    return any(node.attrs.get("type") == "password" for node in page.nodes)


def _new(before: Page, after: Page) -> list[Node]:
    had = {(node.role, node.name, node.value, "invalid" in node.flags) for node in before.nodes}
    return [node for node in after.nodes if (node.role, node.name, node.value, "invalid" in node.flags) not in had]


def _complaint(page: Page, node: Node) -> str | None:
    if "invalid" in node.flags:
        return f"{node.name or node.role} is not valid"
    said = f"{node.name} {node.value}".strip()
    if node.role in TOLD and (_COMPLAINT.search(said) or _WARNED.search(said)):
        return said
    short = node.role in ("text", "dialog", "listitem", "paragraph") and len(said) <= SHORT
    if not short or not _COMPLAINT.search(said) or _FOR_GOOD.search(said):
        return None
    around = tuple(_around(page, node))
    asks = any(one.role == "dialog" and one.name.rstrip().endswith("?") for one in (node, *around))
    return None if asks or any(one.role in RECORDS for one in around) else said


def _around(page: Page, node: Node) -> Iterator[Node]:
    """The elements it lies in, the nearest first."""
    while node.parent is not None:
        node = page.nodes[node.parent]
        yield node


DETECTORS = (
    Detector("D8", "environment failed", "environment", environment_failed, 3),
    Detector("D9", "page complained", "policy", page_complained, 3),
    Detector("D22", "stood still", "infrastructure", stood_still),
)
