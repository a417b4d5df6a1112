"""Around the desk: where it begins, signing in and out, and the reports."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from practice.desk import forms
from practice.desk.reports import figures
from practice.desk.site import COOKIE, agent_of, begin_session, page, state_of
from practice.desk.state import RefusedError, Report
from practice.web import form_of, go

PAGES = ("/tickets", "/products", "/categories", "/reports")


async def start(request: Request) -> Response:
    """GET /: the tickets."""
    return go("/tickets")


async def login(request: Request) -> Response:
    """/login: ask who is there, then go on to the page that was wanted."""
    wanted = request.query_params.get("next", "/tickets")
    following = wanted if wanted.startswith(PAGES) and "//" not in wanted else "/tickets"
    if request.method == "GET":
        return go(following) if agent_of(request) else page(request, "login.html", problem="", username="")
    form = await form_of(request)
    try:
        agent = state_of(request).sign_in(form.get("username", ""), form.get("password", ""))
    except RefusedError as refused:
        return page(request, "login.html", problem=str(refused), username=form.get("username", ""), status=401)
    return begin_session(request, go(following), agent)


async def logout(request: Request) -> Response:
    """POST /logout."""
    state_of(request).sign_out(request.cookies.get(COOKIE, ""))
    response = go("/login")
    response.delete_cookie(COOKIE)
    return response


async def reports(request: Request) -> Response:
    """GET /reports?from=...&to=...: figures of a range of days."""
    state = state_of(request)
    days = forms.read_days(request.query_params, state.today)
    shown = None
    if days.first is not None and days.last is not None:
        shown = figures(state.tickets.values(), days.first, days.last)
        state.reports.append(Report(days.first, days.last))
    return page(request, "reports.html", days=days, shown=shown, status=422 if days.errors else 200)
