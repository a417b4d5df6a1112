"""What the desk keeps: passengers, legs, bookings, and the rules for extras and refunds.

Frozen values; a change is a new value. Leaves who may change what to `desk`, and first contents to `world`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from practice.airline.schedule import Flight

TITLES = ("Ms", "Mr", "Mx", "Dr")
CONFIRMED, CANCELLED, FLOWN = "Confirmed", "Cancelled", "Flown"


@dataclass(frozen=True, slots=True)
class Extra:
    """Something sold with a booking; `price` in dollars per passenger."""

    key: str
    label: str
    note: str
    price: int


EXTRAS: tuple[Extra, ...] = (
    Extra("bag", "Checked bag", "One bag up to 23 kg", 35),
    Extra("meal", "Vegetarian meal", "Ordered 24 hours before departure", 14),
    Extra("priority", "Priority boarding", "Boards with group 1", 18),
    Extra("wifi", "Wi-Fi on board", "Whole journey, one device", 9),
    Extra("insurance", "Travel insurance", "Medical and cancellation cover", 29),
)
EXTRA_BY_KEY: dict[str, Extra] = {extra.key: extra for extra in EXTRAS}


@dataclass(frozen=True, slots=True)
class CancelReason:
    """Why a booking is cancelled; `full_refund` overrides the table by days."""

    key: str
    label: str
    full_refund: bool


CANCEL_REASONS: tuple[CancelReason, ...] = (
    CancelReason("plans", "Change of plans", False),
    CancelReason("duplicate", "Booked twice by mistake", False),
    CancelReason("medical", "Medical reason", True),
    CancelReason("schedule", "Schedule change by the airline", True),
    CancelReason("other", "Other", False),
)
REASON_BY_KEY: dict[str, CancelReason] = {reason.key: reason for reason in CANCEL_REASONS}
REFUND_BY_DAYS: tuple[tuple[int, int], ...] = ((14, 90), (3, 60), (0, 15))


@dataclass(frozen=True, slots=True)
class Passenger:
    """A person on a booking; `phone` may be empty."""

    title: str
    first_name: str
    last_name: str
    born: date
    email: str
    phone: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Leg:
    """One flight of a booking with a seat for each passenger, None where not chosen."""

    flight: Flight
    seats: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """One reservation. `total` and `refund` in dollars; `cancel_reason` is a key of `CANCEL_REASONS` or empty."""

    reference: str
    passengers: tuple[Passenger, ...]
    legs: tuple[Leg, ...]
    cabin: str
    extras: tuple[str, ...]
    created: date
    total: int
    status: str = CONFIRMED
    cancel_reason: str = ""
    refund: int = 0

    @property
    def lead(self) -> Passenger:
        """The first passenger, whose name lists show."""
        return self.passengers[0]

    @property
    def departure(self) -> date:
        """The day of the first flight."""
        return self.legs[0].flight.day


def total_price(legs: tuple[Flight, ...], cabin: str, extras: tuple[str, ...], passengers: int) -> int:
    """Dollars for everybody, all legs and extras."""
    fares = sum(flight.fare(cabin) for flight in legs)
    return passengers * (fares + sum(EXTRA_BY_KEY[key].price for key in extras))


def refund_percent(departure: date, today: date, reason: str) -> int:
    """Percent of the total paid back when cancelled `today`; 0 once the flight has left."""
    if departure < today:
        return 0
    if reason in REASON_BY_KEY and REASON_BY_KEY[reason].full_refund:
        return 100
    return next(percent for days, percent in REFUND_BY_DAYS if (departure - today).days >= days)


def refund_for(booking: Booking, today: date, reason: str) -> int:
    """Dollars paid back, rounded down to whole dollars."""
    return booking.total * refund_percent(booking.departure, today, reason) // 100
