"""Judges a task: what is asked against what the desk holds, and whether anything else was changed.

The rule that makes a verdict of checks is in `practice.judging`. Pure.
"""

from __future__ import annotations

from practice.dates import long_date
from practice.desk.records import AGENTS, CLOSED, Message, Ticket
from practice.desk.richtext import RichText, read_rich, single_spaced
from practice.desk.state import Report, State
from practice.desk.tasks import (
    BulkClose,
    ChangeTicket,
    CreateTicket,
    LoginAndReply,
    ReorderProducts,
    ReportRange,
    Task,
    UpdateProduct,
    answer_matches,
)
from practice.judging import Check, differences, verdict
from practice.records import Evaluation

Judged = tuple[list[Check], set[str]]
"""The checks, and the paths of `State.flat` that the task asked to change."""


def evaluate(task: Task, state: State, answer: str | None) -> Evaluation:
    """How far the task got; `answer` is what was given with stop, if anything."""
    match task:
        case LoginAndReply():
            checks, asked = _check_reply(task, state)
        case ChangeTicket():
            checks, asked = _check_change(task, state)
        case BulkClose():
            checks, asked = _check_fields({f"{number}.status": CLOSED for number in task.numbers}, state)
        case ReorderProducts():
            checks, asked = _check_order(task, state)
        case UpdateProduct():
            checks, asked = _check_fields({f"{task.sku}.{name}": value for name, value in task.fields}, state)
        case ReportRange():
            checks, asked = _check_report(task, state, answer), set()
        case CreateTicket():
            checks, asked = _check_created(task, state)
    return verdict(checks, _unasked(state, asked))


def _unasked(state: State, asked: set[str]) -> list[str]:
    """Changes to what is not asked; a ticket that was made or deleted is one change, not one for each field."""
    found, whole = [], set(state.first_numbers) ^ set(state.tickets)
    for number in sorted(whole):
        if f"{number}." not in asked:
            found.append(f"{number} was {'made' if number in state.tickets else 'deleted'}")
    before = {path: value for path, value in state.before.items() if path.split(".")[0] not in whole}
    after = {path: value for path, value in state.flat().items() if path.split(".")[0] not in whole}
    return found + differences(before, after, asked)


def _check_fields(wanted: dict[str, str], state: State) -> Judged:
    have = state.flat()
    checks = [
        Check(have.get(path) == value, f"{path.replace('.', ' ')} is {have.get(path)!r}, not {value!r}")
        for path, value in wanted.items()
    ]
    return checks, set(wanted)


def _check_reply(task: LoginAndReply, state: State) -> Judged:
    """The new message that fits best is judged; further new ones count as not asked."""
    number = task.ticket.number
    checks, asked = _check_fields({f"{number}.status": task.status} if task.status else {}, state)
    made = _new_messages(state, number)
    author = next(agent.name for agent in AGENTS if agent.username == task.username)
    judged = [(_message_checks(task, message, author), place) for place, message in made]
    if not judged:
        count = len(_message_checks(task, None, author))
        return [Check(False, f"no reply was sent on {number}")] * count + checks, asked
    best, place = max(judged, key=lambda pair: sum(check.holds for check in pair[0]))
    return best + checks, asked | {f"{number}.message {place}"}


def _new_messages(state: State, number: str) -> list[tuple[int, Message]]:
    ticket = state.tickets.get(number)
    known = sum(path.startswith(f"{number}.message ") for path in state.before)
    return [(n, message) for n, message in enumerate(ticket.messages if ticket else (), 1) if n > known]


def _message_checks(task: LoginAndReply, message: Message | None, author: str) -> list[Check]:
    sent = read_rich(message.html) if message else RichText("", "", (), ())
    checks = [
        Check(message is not None and message.author == author, f"the reply is not from {author}"),
        Check(_same(sent.plain, task.text), f"the reply says {sent.plain!r}, not {task.text!r}"),
    ]
    if task.bold:
        bold = single_spaced(" ".join(sent.bold)).strip(".,:;!? ")
        checks.append(Check(_same(bold, task.bold), f"bold in the reply is {bold!r}, not {task.bold!r}"))
    if task.items:
        same = len(sent.items) == len(task.items) and all(map(_same, sent.items, task.items))
        checks.append(Check(same, f"the list in the reply is {list(sent.items)}, not {list(task.items)}"))
    return checks


def _same(have: str, wanted: str) -> bool:
    return single_spaced(have).casefold() == single_spaced(wanted).casefold()


def _check_change(task: ChangeTicket, state: State) -> Judged:
    """Each tag to add or remove is a check of its own; another tag that came or went was not asked."""
    number = task.ticket.number
    checks, asked = _check_fields({f"{number}.{name}": value for name, value in task.fields}, state)
    ticket = state.tickets.get(number)
    tags = set(ticket.tags if ticket else ())
    checks += [Check(tag in tags, f"{number} is not tagged {tag!r}") for tag in task.add]
    checks += [
        Check(ticket is not None and tag not in tags, f"{number} is still tagged {tag!r}") for tag in task.remove
    ]
    before = {tag for tag in state.before[f"{number}.tags"].split(", ") if tag}
    others = (tags ^ before) - set(task.add) - set(task.remove)
    return checks, asked if others else asked | {f"{number}.tags"}


def _check_order(task: ReorderProducts, state: State) -> Judged:
    path = f"{task.sku}.images" if task.sku else "categories"
    have = tuple(state.flat()[path].split(" > "))
    place = task.order.index(task.moved)
    return [
        Check(have[place] == task.moved, f"{task.moved!r} is not in place {place + 1}"),
        Check(have == task.order, f"the order is {list(have)}, not {list(task.order)}"),
    ], {path}


def _check_report(task: ReportRange, state: State, answer: str | None) -> list[Check]:
    days = f"{long_date(task.first)} to {long_date(task.last)}"
    seen = Check(Report(task.first, task.last) in state.reports, f"the report for {days} was never opened")
    if not (answer or "").strip():
        return [seen, Check(False, f"no answer was given; expected {task.answer!r}")]
    holds = answer_matches(task.answer_kind, task.answer, answer or "")
    return [seen, Check(holds, f"the answer {answer!r} is not {task.answer!r}")]


def _check_created(task: CreateTicket, state: State) -> Judged:
    """The new ticket that fits best is judged; further new ones count as not asked."""
    made = [ticket for number, ticket in state.tickets.items() if number not in state.first_numbers]
    judged = [(_ticket_checks(task, ticket), ticket.number) for ticket in made]
    if not judged:
        return [Check(False, "no ticket was made")], set()
    checks, number = max(judged, key=lambda pair: sum(check.holds for check in pair[0]))
    return checks, {f"{number}."}


def _ticket_checks(task: CreateTicket, ticket: Ticket) -> list[Check]:
    text = read_rich(ticket.messages[0].html).plain
    pairs = (
        ("customer", ticket.customer.name, task.customer),
        ("subject", ticket.subject, task.subject),
        ("priority", ticket.priority, task.priority),
        ("channel", ticket.channel, task.channel),
        ("message", text, task.message),
    )
    return [Check(_same(have, wanted), f"its {name} is {have!r}, not {wanted!r}") for name, have, wanted in pairs]
