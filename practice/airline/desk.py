"""The state of one running site: bookings now and at the beginning, drafts, notices, and what was looked at.

The only mutable object; everything in it is a frozen value that is replaced. Leaves reading forms to `forms`,
pages to the routes, and judging to `evaluator`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from practice.airline.records import (
    CANCELLED,
    CONFIRMED,
    FLOWN,
    Booking,
    Leg,
    Passenger,
    refund_for,
    total_price,
)
from practice.airline.schedule import Flight
from practice.airline.seats import cabin_seats, taken_elsewhere
from practice.airline.world import World, reference_for


class RefusedError(Exception):
    """What was asked cannot be done; the message is shown on the page."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search for flights that showed a list."""

    origin: str
    destination: str
    day: date
    return_day: date | None
    passengers: int
    cabin: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking being made; `reference` is empty until it is confirmed."""

    key: str
    flights: tuple[Flight, ...]
    cabin: str
    count: int
    passengers: tuple[Passenger, ...] = ()
    seats: tuple[tuple[str | None, ...], ...] = ()
    extras: tuple[str, ...] = ()
    reference: str = ""

    @property
    def total(self) -> int:
        """Dollars for everybody, with the extras chosen so far."""
        return total_price(self.flights, self.cabin, self.extras, self.count)

    def seats_on(self, leg: int) -> tuple[str | None, ...]:
        """A seat or None for each passenger on that leg."""
        return self.seats[leg] if leg < len(self.seats) else (None,) * self.count


class Desk:
    """Holds one world and what became of it; one for each process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.before: Mapping[str, Booking] = {booking.reference: booking for booking in world.bookings}
        self.bookings: dict[str, Booking] = dict(self.before)
        self.drafts: dict[str, Draft] = {}
        self.searches: list[Search] = []
        self.seen: set[str] = set()
        self._notice = ""

    @property
    def today(self) -> date:
        """The only date there is; never the clock's."""
        return self.world.today

    def find(self, query: str) -> list[Booking]:
        """Bookings whose reference or some passenger's last name begins with the query, soonest first."""
        wanted = query.strip().casefold()
        found = [booking for booking in self.bookings.values() if wanted and _matches(booking, wanted)]
        return sorted(found, key=lambda booking: (booking.departure, booking.reference))

    def latest(self, count: int) -> list[Booking]:
        """The bookings created last, newest first."""
        return sorted(self.bookings.values(), key=lambda b: (b.created, b.reference), reverse=True)[:count]

    def saw(self, bookings: Iterable[Booking]) -> None:
        """Remember that these were found by a search or opened."""
        self.seen.update(booking.reference for booking in bookings)

    def taken(self, flight: Flight, cabin: str, *, besides: str = "") -> frozenset[str]:
        """Seats that cannot be chosen; those of the booking `besides` do not count."""
        held = {
            seat
            for booking in self.bookings.values()
            if booking.status == CONFIRMED and booking.reference != besides
            for leg in booking.legs
            if leg.flight == flight
            for seat in leg.seats
            if seat
        }
        return taken_elsewhere(self.world.seed, flight, cabin) | held

    def start_draft(self, flights: tuple[Flight, ...], cabin: str, count: int) -> Draft:
        """A new draft for chosen flights."""
        draft = Draft(f"D{len(self.drafts) + 1}", flights, cabin, count)
        return self.keep(draft)

    def keep(self, draft: Draft) -> Draft:
        """Put the draft in place of its earlier state."""
        self.drafts[draft.key] = draft
        return draft

    def confirm(self, draft: Draft) -> Booking:
        """Make the booking; asking again gives the same one. Raises RefusedError while details are missing."""
        if draft.reference:
            return self.bookings[draft.reference]
        if len(draft.passengers) != draft.count:
            raise RefusedError("Enter the passenger details before you confirm.")
        legs = tuple(Leg(flight, draft.seats_on(n)) for n, flight in enumerate(draft.flights))
        for leg in legs:
            self._check_free(leg.flight, draft.cabin, leg.seats)
        reference = reference_for(self.world.seed, len(self.bookings))
        booking = Booking(
            reference,
            draft.passengers,
            legs,
            draft.cabin,
            draft.extras,
            self.today,
            draft.total,
        )
        self.bookings[reference] = booking
        self.keep(replace(draft, reference=reference))
        self.saw([booking])
        return booking

    def update_passenger(self, reference: str, index: int, passenger: Passenger) -> Booking:
        """Replace one passenger's details."""
        booking = self._open(reference)
        passengers = (*booking.passengers[:index], passenger, *booking.passengers[index + 1 :])
        return self._put(replace(booking, passengers=passengers))

    def change_seats(self, reference: str, leg: int, seats: tuple[str | None, ...]) -> Booking:
        """Replace the seats of one leg; raises RefusedError when one is taken."""
        booking = self._open(reference)
        self._check_free(booking.legs[leg].flight, booking.cabin, seats, besides=reference)
        legs = list(booking.legs)
        legs[leg] = replace(legs[leg], seats=seats)
        return self._put(replace(booking, legs=tuple(legs)))

    def cancel(self, reference: str, reason: str) -> Booking:
        """Cancel a confirmed booking and pay back what the fare rules say."""
        booking = self._open(reference)
        refund = refund_for(booking, self.today, reason)
        return self._put(replace(booking, status=CANCELLED, cancel_reason=reason, refund=refund))

    def notify(self, text: str) -> None:
        """Show this on the next page."""
        self._notice = text

    def take_notice(self) -> str:
        """The text to show now, once."""
        text, self._notice = self._notice, ""
        return text

    def _open(self, reference: str) -> Booking:
        booking = self.bookings[reference]
        if booking.status in (CANCELLED, FLOWN):
            raise RefusedError(f"Booking {reference} is {booking.status.lower()} and can no longer be changed.")
        return booking

    def _put(self, booking: Booking) -> Booking:
        self.bookings[booking.reference] = booking
        return booking

    def _check_free(self, flight: Flight, cabin: str, seats: tuple[str | None, ...], *, besides: str = "") -> None:
        chosen = [seat for seat in seats if seat]
        if set(chosen) - set(cabin_seats(cabin)):
            raise RefusedError("That seat is in another cabin. Choose one from the map.")
        if len(set(chosen)) < len(chosen) or set(chosen) & self.taken(flight, cabin, besides=besides):
            raise RefusedError("That seat has been taken. Choose another one.")


def _matches(booking: Booking, wanted: str) -> bool:
    names = (passenger.last_name.casefold() for passenger in booking.passengers)
    return booking.reference.casefold().startswith(wanted) or any(name.startswith(wanted) for name in names)
