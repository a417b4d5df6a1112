"""Finding and booking flights: the search with its list, and the five pages from a chosen flight to a reference.

A draft lives on the desk under a key in the address, so that going back and forth loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from practice.airline import forms
from practice.airline.desk import Desk, Draft, RefusedError, Search
from practice.airline.records import Passenger
from practice.airline.schedule import Flight, find_flight, flights_on
from practice.airline.seats import LETTERS, cabin_seats, split
from practice.airline.site import desk_of, form_of, go, page

STEPS = ("Passengers", "Seats", "Extras", "Review")


async def flights(request: Request) -> Response:
    """GET /flights: the search form and, once it is filled in, the flights of that day (then of the way back)."""
    desk, query = desk_of(request), dict(request.query_params)
    form = forms.read_search(query, desk.today) if "from" in query else forms.SearchForm(query, None, {})
    search = form.search
    if search is None:
        status = 422 if form.errors else 200
        return page(request, "flights.html", form=form, search=None, listed=(), outbound=None, status=status)
    desk.searches.append(search)
    outbound = _chosen(desk, search, query.get("out", ""))
    if outbound is not None and search.return_day is not None:
        listed = flights_on(desk.world.seed, search.destination, search.origin, search.return_day)
    else:
        listed = flights_on(desk.world.seed, search.origin, search.destination, search.day)
    return page(request, "flights.html", form=form, search=search, listed=listed, outbound=outbound)


async def start(request: Request) -> Response:
    """POST /book: flights were chosen; begin a draft."""
    desk, form = desk_of(request), await form_of(request)
    search = forms.read_search(form, desk.today).search
    if search is None:
        raise HTTPException(400, "The search is incomplete. Search again.")
    numbers = [form.get("out", "")] if search.return_day is None else [form.get("out", ""), form.get("back", "")]
    chosen = _flights(desk, search, numbers)
    draft = desk.start_draft(chosen, search.cabin, search.passengers)
    return go(f"/book/{draft.key}/passengers")


async def passengers(request: Request) -> Response:
    """/book/{key}/passengers: who flies."""
    desk, draft = desk_of(request), _open_draft(request)
    if request.method == "GET":
        text: dict[str, str] = {}
        for n, passenger in enumerate(draft.passengers):
            text |= forms.passenger_text(passenger, f"p{n}_")
        return _step(request, draft, "book_passengers.html", 0, text=text, errors={})
    form = await form_of(request)
    people, errors = _read_people(form, desk, draft.count)
    if errors:
        return _step(request, draft, "book_passengers.html", 0, text=form, errors=errors, status=422)
    desk.keep(replace(draft, passengers=tuple(people)))
    return go(f"/book/{draft.key}/seats/0")


async def seats(request: Request) -> Response:
    """/book/{key}/seats/{leg}: where they sit on one flight; may be skipped."""
    desk, draft, leg = desk_of(request), _open_draft(request), int(request.path_params["leg"])
    if leg >= len(draft.flights):
        raise HTTPException(404)
    if request.method == "GET":
        return _seat_step(request, draft, leg, draft.seats_on(leg), "")
    chosen = forms.read_seats(await form_of(request), draft.count)
    taken = desk.taken(draft.flights[leg], draft.cabin)
    if not _may_have(chosen, draft.cabin, taken):
        return _seat_step(request, draft, leg, draft.seats_on(leg), "That seat is taken. Choose another one.")
    rows = [draft.seats_on(n) for n in range(len(draft.flights))]
    rows[leg] = chosen
    desk.keep(replace(draft, seats=tuple(rows)))
    further = leg + 1 < len(draft.flights)
    return go(f"/book/{draft.key}/seats/{leg + 1}" if further else f"/book/{draft.key}/extras")


async def extras(request: Request) -> Response:
    """/book/{key}/extras: bags, meals and the like."""
    desk, draft = desk_of(request), _open_draft(request)
    if request.method == "GET":
        return _step(request, draft, "book_extras.html", 2)
    desk.keep(replace(draft, extras=forms.read_extras(await form_of(request))))
    return go(f"/book/{draft.key}/review")


async def review(request: Request) -> Response:
    """/book/{key}/review: everything once more; POST makes the booking."""
    desk, draft = desk_of(request), _open_draft(request)
    if request.method == "GET":
        return _step(request, draft, "book_review.html", 3, problem="")
    try:
        desk.confirm(draft)
    except RefusedError as refused:
        return _step(request, draft, "book_review.html", 3, problem=str(refused), status=409)
    return go(f"/book/{draft.key}/done")


async def done(request: Request) -> Response:
    """GET /book/{key}/done: the reference to give to the customer."""
    desk = desk_of(request)
    draft = _draft(request)
    if not draft.reference:
        return go(f"/book/{draft.key}/review")
    return page(request, "book_done.html", booking=desk.bookings[draft.reference])


def seat_grid(cabin: str) -> list[tuple[str, int, int]]:
    """(seat, column, line) of each seat on a map that lies on its side: rows run to the right, F is on top."""
    letters = LETTERS[cabin][::-1]
    half = len(letters) // 2  # the aisle takes a line between the halves
    lines = {letter: n + 1 + (n >= half) for n, letter in enumerate(letters)}
    cells = [(seat, *split(seat)) for seat in cabin_seats(cabin)]
    first = cells[0][1]
    return [(seat, row - first + 1, lines[letter]) for seat, row, letter in cells]


def _step(request: Request, draft: Draft, template: str, step: int, *, status: int = 200, **values: object) -> Response:
    return page(request, template, status=status, draft=draft, steps=STEPS, step=step, **values)


def _seat_step(request: Request, draft: Draft, leg: int, chosen: tuple[str | None, ...], problem: str) -> Response:
    flight = draft.flights[leg]
    taken = desk_of(request).taken(flight, draft.cabin)
    shown = {"flight": flight, "grid": seat_grid(draft.cabin), "taken": taken, "chosen": chosen}
    names = [passenger.name for passenger in draft.passengers]
    status = 409 if problem else 200
    return _step(request, draft, "book_seats.html", 1, leg=leg, names=names, problem=problem, status=status, **shown)


def _may_have(chosen: tuple[str | None, ...], cabin: str, taken: frozenset[str]) -> bool:
    named = [seat for seat in chosen if seat]
    return len(set(named)) == len(named) and set(named) <= set(cabin_seats(cabin)) - taken


def _draft(request: Request) -> Draft:
    draft = desk_of(request).drafts.get(request.path_params["key"])
    if draft is None:
        raise HTTPException(404)
    return draft


def _open_draft(request: Request) -> Draft:
    """The draft; once confirmed it can only be looked at. Pages after the first need passengers."""
    draft = _draft(request)
    if draft.reference:
        raise HTTPException(409, f"This booking has been made already: {draft.reference}.")
    if not draft.passengers and not request.url.path.endswith("/passengers"):
        raise HTTPException(409, "Enter the passenger details first.")
    return draft


def _read_people(form: Mapping[str, str], desk: Desk, count: int) -> tuple[list[Passenger], dict[str, str]]:
    people: list[Passenger] = []
    errors: dict[str, str] = {}
    for n in range(count):
        passenger, wrong = forms.read_passenger(form, desk.today, f"p{n}_")
        errors |= wrong
        people += [passenger] if passenger else []
    return people, errors


def _chosen(desk: Desk, search: Search, number: str) -> Flight | None:
    return find_flight(desk.world.seed, search.origin, search.destination, search.day, number)


def _flights(desk: Desk, search: Search, numbers: list[str]) -> tuple[Flight, ...]:
    seed = desk.world.seed
    found = [find_flight(seed, search.origin, search.destination, search.day, numbers[0])]
    if search.return_day is not None:
        found.append(find_flight(seed, search.destination, search.origin, search.return_day, numbers[1]))
    flights = tuple(flight for flight in found if flight is not None)
    if len(flights) != len(numbers):
        raise HTTPException(400, "That flight is not on sale. Search again.")
    return flights
