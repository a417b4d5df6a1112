"""Tickets: the list with its suggestions and bulk actions, one ticket's page, replies, properties, files, new ones.

What may be changed is decided by `state` and `forms`; a refusal is shown as a notice, and nothing is changed then.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from practice.desk import forms
from practice.desk.listing import FIELDS, UNASSIGNED, list_tickets, suggest
from practice.desk.records import AGENT_NAMES, STATUSES, Ticket
from practice.desk.richtext import read_rich
from practice.desk.site import page, signed_in, state_of
from practice.desk.state import RefusedError
from practice.web import form_of, go, pairs_of

MAX_FILE_BYTES = 5_000_000
TOO_LARGE = "The file is larger than 5 MB and was not attached. Choose a smaller one."


async def listing(request: Request) -> Response:
    """GET /tickets: a page of the list."""
    return _list_page(request, {}, {})


async def suggestions(request: Request) -> Response:
    """GET /suggest?q=...: what the search field offers."""
    return JSONResponse(suggest(state_of(request).tickets.values(), request.query_params.get("q", "")))


async def bulk(request: Request) -> Response:
    """POST /tickets/bulk: close or assign the chosen tickets, then the list as it was."""
    state, pairs = state_of(request), await pairs_of(request)
    form, numbers = dict(pairs), [value for name, value in pairs if name == "number"]
    if form.get("action") == "close":
        state.notify(_counted(state.close(numbers), "closed"))
    elif form.get("assign_to") in AGENT_NAMES:
        state.notify(_counted(state.assign(numbers, form["assign_to"]), f"assigned to {form['assign_to']}"))
    else:
        state.notify("Nothing was changed: choose an agent first.")
    back = list_tickets((), {name: form.get(f"back_{name}", "") for name in FIELDS})
    return go(back.link(page=back.query["page"]))


async def create(request: Request) -> Response:
    """POST /tickets: a new ticket."""
    state, form = state_of(request), await form_of(request)
    customers = {customer.name: customer for customer in state.customers()}
    errors = forms.read_new_ticket(form, list(customers))
    if errors:
        return _list_page(request, form, errors, status=422)
    html = read_rich(f"<p>{form['message'].replace('<', '&lt;')}</p>").html
    ticket = state.create(customers[form["customer"]], form["subject"], form["priority"], form["channel"], html)
    state.notify(f"Ticket {ticket.number} created.")
    return go(f"/tickets/{ticket.number}")


async def detail(request: Request) -> Response:
    """GET /tickets/{number}."""
    return _ticket_page(request, _ticket(request))


async def reply(request: Request) -> Response:
    """POST /tickets/{number}/reply: send what was written."""
    state, ticket, pairs = state_of(request), _ticket(request), await pairs_of(request)
    form, files = dict(pairs), [value for name, value in pairs if name == "file"]
    status = form.get("status", "")
    try:
        text = read_rich(form.get("html", ""))
        state.reply(ticket.number, signed_in(request), text, files, status if status in STATUSES else ticket.status)
        state.notify(f"Reply sent to {ticket.customer.name}.")
    except RefusedError as refused:
        state.notify(str(refused))
    return go(f"/tickets/{ticket.number}")


async def properties(request: Request) -> Response:
    """POST /tickets/{number}/properties: status, priority, assignee, tags, rating."""
    state, ticket, pairs = state_of(request), _ticket(request), await pairs_of(request)
    changed, errors = forms.read_properties(pairs, ticket)
    if changed is None:
        return _ticket_page(request, ticket, pairs, errors)
    state.put(state.with_status(changed, changed.status))
    state.notify(f"{ticket.number} saved.")
    return go(f"/tickets/{ticket.number}")


async def upload(request: Request) -> Response:
    """POST /tickets/{number}/files?name=...: keep a file for a reply; answers with its key."""
    _ticket(request)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            return JSONResponse({"error": TOO_LARGE}, 413)
    name = PurePath(request.query_params.get("name", "").replace("\\", "/")).name[:100]
    if not name:
        return JSONResponse({"error": "The file has no name and was not attached."}, 400)
    return JSONResponse({"key": state_of(request).keep_file(name), "name": name, "size": size})


async def delete(request: Request) -> Response:
    """POST /tickets/{number}/delete."""
    state, ticket = state_of(request), _ticket(request)
    state.delete(ticket.number)
    state.notify(f"Ticket {ticket.number} deleted.")
    return go("/tickets")


def _list_page(request: Request, text: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    state = state_of(request)
    listed = list_tickets(state.tickets.values(), request.query_params)
    customers = [customer.name for customer in state.customers()]
    values = {"listed": listed, "customers": customers, "text": text, "errors": errors, "unassigned": UNASSIGNED}
    return page(request, "tickets.html", status=status, **values)


def _ticket_page(
    request: Request, ticket: Ticket, typed: forms.Pairs = (), errors: Mapping[str, str] | None = None
) -> Response:
    """The ticket; with errors, beside the properties as they were typed."""
    state, text = state_of(request), forms.properties_text(ticket, typed)
    others = [t for t in state.tickets.values() if t.customer == ticket.customer and t.number != ticket.number]
    values = {"ticket": ticket, "text": text, "others": others[::-1], "errors": errors or {}}
    return page(request, "ticket.html", status=422 if errors else 200, **values)


def _ticket(request: Request) -> Ticket:
    ticket = state_of(request).tickets.get(request.path_params["number"])
    if ticket is None:
        raise HTTPException(404, "There is no ticket with this number.")
    return ticket


def _counted(count: int, done: str) -> str:
    return f"{count} ticket{'' if count == 1 else 's'} {done}."
