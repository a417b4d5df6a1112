"""How a careful person does each scenario: gestures in the form that `cli.py record --script` plays.

Each gesture is {"gesture", "at", "text" ...} with Playwright selectors; made from the assignment alone, without
looking at the page. Leaves playing them to whoever has a browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from practice.dates import long_date
from practice.desk.records import DISCOUNT_STEP, OPEN, SOLD_IN
from practice.desk.scenarios import Assignment, assign
from practice.desk.tasks import (
    BulkClose,
    ChangeTicket,
    CreateTicket,
    Found,
    LoginAndReply,
    ReorderProducts,
    ReportRange,
    UpdateProduct,
)

Gesture = dict[str, str]
EDITOR = "Your reply"


def script_for(seed: int, scenario: str) -> list[dict[str, str]]:
    """The gestures, beginning at the scenario's start page; raises KeyError for an unknown scenario."""
    return list(_gestures(assign(seed, scenario)))


def answer_for(seed: int, scenario: str) -> str | None:
    """What that person would answer in the end, or None where nothing was asked."""
    task = assign(seed, scenario).task
    return task.answer if isinstance(task, ReportRange) else None


def _gestures(assignment: Assignment) -> Iterator[Gesture]:
    task = assignment.task
    match task:
        case LoginAndReply():
            yield from _login(task)
            yield from _open_ticket(task.ticket)
            yield from _reply(task)
        case ChangeTicket():
            yield from _open_ticket(task.ticket)
            yield from _change(task)
        case BulkClose():
            yield from _bulk_close(task)
        case CreateTicket():
            yield from _create(task)
        case ReorderProducts():
            yield from _reorder(task)
        case UpdateProduct():
            yield from _open_product(task.name)
            yield from _update(task, assignment)
            yield _click("button", "Save changes")
        case ReportRange():
            yield from _report(task, assignment.world.today)


def _login(task: LoginAndReply) -> Iterator[Gesture]:
    yield _type("Username", task.username)
    yield _type("Password", task.password)
    yield _click("button", "Sign in")


def _open_ticket(ticket: Found) -> Iterator[Gesture]:
    """Searches, and takes the ticket from the list, where a search by name may show several."""
    yield _type("Search", ticket.query, role="combobox")
    yield _click("button", "Apply filters")
    yield _click("link", ticket.number)


def _reply(task: LoginAndReply) -> Iterator[Gesture]:
    text = " ".join(task.lines)
    before, bold, after = text.partition(task.bold) if task.bold else (text, "", "")
    yield _type(EDITOR, before)
    if bold:
        yield _click("button", "Bold")
        yield _type(EDITOR, bold)
        yield _click("button", "Bold")
        yield _type(EDITOR, after)
    if task.items:
        yield {"gesture": "press", "keys": "Enter"}
        yield _click("button", "Bulleted list")
        yield _type(EDITOR, "\n".join(task.items))
    if task.status:
        yield _select("Send as", task.status)
    yield _click("button", "Send reply")


def _change(task: ChangeTicket) -> Iterator[Gesture]:
    for name, value in task.fields:
        if name == "assignee":
            yield _click("combobox", "Assignee")
            yield {"gesture": "press", "keys": "Control+a"}
            yield _type("Assignee", value.split()[0], role="combobox")
            yield _click("option", value)
        else:
            yield _select(name.capitalize(), value)
    for tag in task.remove:
        yield _click("button", f"Remove tag {tag}")
    for tag in task.add:
        yield _type("Tags", f"{tag}\n")
    yield _click("button", "Save properties")


def _bulk_close(task: BulkClose) -> Iterator[Gesture]:
    if task.customer:
        yield _type("Search", task.customer, role="combobox")
    if task.tag:
        yield _select("Tag", task.tag)
    yield _select("Status", OPEN)
    yield _click("button", "Apply filters")
    yield _click("checkbox", "Select all on this page")
    if task.keep:
        yield _click("checkbox", f"Select {task.keep}")
    yield _click("button", "Close tickets…")
    yield _click("button", "Close tickets")


def _create(task: CreateTicket) -> Iterator[Gesture]:
    yield _click("button", "New ticket")
    yield _type("Customer", task.customer, role="combobox")
    yield _click("option", task.customer)
    yield _in_dialog("select", "Channel", task.channel)
    yield _type("Subject", task.subject)
    yield _in_dialog("select", "Priority", task.priority)
    yield _type("Message", task.message)
    yield _click("button", "Create ticket")


def _reorder(task: ReorderProducts) -> Iterator[Gesture]:
    if not task.sku:
        yield _click("link", "Categories")
    else:
        yield from _open_product(task.name)
        yield _click("tab", "Images")
    yield {"gesture": "drag", "at": f"role=button[name='{task.moved}']", "to": f"role=button[name='{task.target}']"}
    yield _click("button", "Save changes" if task.sku else "Save order")


def _open_product(name: str) -> Iterator[Gesture]:
    yield _click("link", "Products")
    yield _type("Search", name)
    yield _click("button", "Find products")
    yield _click("link", name)


def _update(task: UpdateProduct, assignment: Assignment) -> Iterator[Gesture]:
    product = next(product for product in assignment.world.products if product.sku == task.sku)
    for name, value in task.fields:
        match name:
            case "price" | "stock":
                yield _click("tab", "Pricing")
                yield _click("spinbutton", "Price in dollars" if name == "price" else "Stock")
                yield {"gesture": "press", "keys": "Control+a"}
                yield _type("Price in dollars" if name == "price" else "Stock", value, role="spinbutton")
            case "discount":
                yield _click("tab", "Pricing")
                yield from _slide(int(value))
            case "visible":
                yield _click("tab", "General")
                yield _click("switch", "Visible in the shop")
            case "shipping":
                yield _click("tab", "Selling")
                yield _click("radio", value)
            case "sold_in":
                yield _click("tab", "Selling")
                for place in SOLD_IN:
                    if (place in product.sold_in) != (place in value.split(", ")):
                        yield _click("checkbox", place)


def _slide(percent: int) -> Iterator[Gesture]:
    """Takes the slider with the mouse, then goes by keys from its beginning."""
    yield _click("slider", "Discount")
    yield {"gesture": "press", "keys": "Home"}
    for _ in range(percent // DISCOUNT_STEP):
        yield {"gesture": "press", "keys": "ArrowRight"}


def _report(task: ReportRange, today: date) -> Iterator[Gesture]:
    """Types the first day into the browser's own date field, month first, and takes the last from the calendar."""
    yield _click("link", "Reports")
    yield {"gesture": "click", "at": "#from"}
    yield {"gesture": "press", "keys": "ArrowLeft"}
    yield {"gesture": "press", "keys": "ArrowLeft"}
    yield {"gesture": "type", "at": "#from", "text": f"{task.first:%m%d%Y}"}
    yield _click("textbox", "To")
    for _ in range((today.year - task.last.year) * 12 + today.month - task.last.month):
        yield _click("button", "Previous month")
    yield _click("button", long_date(task.last))
    yield _click("button", "Show report")


def _click(role: str, name: str) -> Gesture:
    return {"gesture": "click", "at": f"role={role}[name='{name}']"}


def _type(label: str, text: str, role: str = "textbox") -> Gesture:
    return {"gesture": "type", "at": f"role={role}[name='{label}']", "text": text}


def _select(label: str, option: str) -> Gesture:
    return {"gesture": "select", "at": f"role=combobox[name='{label}']", "text": option}


def _in_dialog(gesture: str, label: str, text: str) -> Gesture:
    return {"gesture": gesture, "at": f"role=dialog >> role=combobox[name='{label}']", "text": text}
