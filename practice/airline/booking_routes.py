"""Bookings that exist: the list, one booking's page, and changing a passenger, a seat or cancelling.

What may be changed is decided by `desk`; a refusal is shown as a notice on the booking's page.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from practice.airline import forms
from practice.airline.desk import RefusedError
from practice.airline.flight_routes import seat_grid
from practice.airline.records import CONFIRMED, REASON_BY_KEY, Booking, refund_for
from practice.airline.site import desk_of, form_of, go, page
from practice.dates import money


async def listing(request: Request) -> Response:
    """GET /bookings: search by reference or last name; without a query the latest bookings."""
    desk, query = desk_of(request), request.query_params.get("q", "").strip()
    found = desk.find(query) if query else desk.latest(8)
    if query:
        desk.saw(found)
    return page(request, "bookings.html", query=query, found=found)


async def detail(request: Request) -> Response:
    """GET /bookings/{reference}."""
    desk, booking = desk_of(request), _booking(request)
    desk.saw([booking])
    refunds = {key: refund_for(booking, desk.today, key) for key in REASON_BY_KEY}
    return page(request, "booking.html", booking=booking, refunds=refunds, can_change=booking.status == CONFIRMED)


async def passenger(request: Request) -> Response:
    """/bookings/{reference}/passengers/{n}: edit one passenger."""
    desk, booking, n = desk_of(request), _open_booking(request), int(request.path_params["n"])
    if n >= len(booking.passengers):
        raise HTTPException(404)
    before = booking.passengers[n]
    if request.method == "GET":
        text = forms.passenger_text(before)
        return page(request, "passenger.html", booking=booking, passenger=before, text=text, errors={})
    form = await form_of(request)
    changed, errors = forms.read_passenger(form, desk.today)
    if changed is None:
        return page(request, "passenger.html", booking=booking, passenger=before, text=form, errors=errors, status=422)
    desk.update_passenger(booking.reference, n, changed)
    desk.notify(f"Details of {changed.name} saved.")
    return go(f"/bookings/{booking.reference}")


async def seats(request: Request) -> Response:
    """/bookings/{reference}/seats/{leg}: change seats on one flight."""
    booking, leg = _open_booking(request), int(request.path_params["leg"])
    if leg >= len(booking.legs):
        raise HTTPException(404)
    if request.method == "GET":
        return _seat_page(request, booking, leg, "")
    chosen = forms.read_seats(await form_of(request), len(booking.passengers))
    try:
        desk_of(request).change_seats(booking.reference, leg, chosen)
    except RefusedError as refused:
        return _seat_page(request, booking, leg, str(refused))
    named = ", ".join(seat or "none" for seat in chosen)
    desk_of(request).notify(f"Seats on {booking.legs[leg].flight.number} saved: {named}.")
    return go(f"/bookings/{booking.reference}")


async def cancel(request: Request) -> Response:
    """POST /bookings/{reference}/cancel with a reason."""
    desk, booking = desk_of(request), _open_booking(request)
    reason = (await form_of(request)).get("reason", "")
    if reason not in REASON_BY_KEY:
        desk.notify("Nothing was cancelled: choose a reason first.")
        return go(f"/bookings/{booking.reference}")
    cancelled = desk.cancel(booking.reference, reason)
    desk.notify(f"Booking {booking.reference} cancelled. Refund: {money(cancelled.refund)}.")
    return go(f"/bookings/{booking.reference}")


def _booking(request: Request) -> Booking:
    booking = desk_of(request).bookings.get(request.path_params["reference"])
    if booking is None:
        raise HTTPException(404, "There is no booking with this reference.")
    return booking


def _open_booking(request: Request) -> Booking:
    booking = _booking(request)
    if booking.status != CONFIRMED:
        raise HTTPException(409, f"Booking {booking.reference} is {booking.status.lower()} and cannot be changed.")
    return booking


def _seat_page(request: Request, booking: Booking, leg: int, problem: str) -> Response:
    flight = booking.legs[leg].flight
    return page(
        request,
        "seats.html",
        booking=booking,
        leg=leg,
        flight=flight,
        grid=seat_grid(booking.cabin),
        taken=desk_of(request).taken(flight, booking.cabin, besides=booking.reference),
        chosen=booking.legs[leg].seats,
        names=[person.name for person in booking.passengers],
        problem=problem,
        status=409 if problem else 200,
    )
