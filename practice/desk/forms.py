"""Reading the desk's forms: from submitted text to values, or a message beside the field that is wrong.

Pure functions. Leaves showing messages to the templates and storing values to `state`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from practice.dates import long_date, parse_date
from practice.desk.catalogue import CATEGORIES
from practice.desk.records import (
    AGENT_NAMES,
    CHANNELS,
    DISCOUNT_STEP,
    MAX_DISCOUNT,
    MAX_RATING,
    PRIORITIES,
    SHIPPING,
    SOLD_IN,
    STATUSES,
    Product,
    Ticket,
)

Errors = dict[str, str]
Form = Mapping[str, str]
Pairs = Sequence[tuple[str, str]]
MAX_TEXT = 120
MAX_STOCK = 99_999
LONGEST_RANGE = 366
_TAG = re.compile(r"[a-z0-9][a-z0-9 -]{0,23}")
_PRICE = re.compile(r"\d{1,5}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Days:
    """A range as typed and as understood; both days are None while something is wrong."""

    text: Form
    first: date | None
    last: date | None
    errors: Errors


def read_properties(pairs: Pairs, ticket: Ticket) -> tuple[Ticket | None, Errors]:
    """The ticket with status, priority, assignee, tags and rating as the form says."""
    form, errors = dict(pairs), Errors()
    assignee = form.get("assignee", "")
    tags = tuple(dict.fromkeys(value.lower() for name, value in pairs if name == "tag" and value))
    rating = form.get("rating", "") or str(ticket.rating)
    if form.get("status") not in STATUSES:
        errors["status"] = "Choose a status."
    if form.get("priority") not in PRIORITIES:
        errors["priority"] = "Choose a priority."
    if assignee and assignee not in AGENT_NAMES:
        errors["assignee"] = "Choose an agent from the list, or leave it empty."
    if not all(_TAG.fullmatch(tag) for tag in tags):
        errors["tags"] = "A tag has letters, digits, spaces and dashes, up to 24."
    if rating not in [str(stars) for stars in range(MAX_RATING + 1)]:
        errors["rating"] = "Choose one to five stars."
    if errors:
        return None, errors
    changed = replace(ticket, priority=form["priority"], assignee=assignee, tags=tags, rating=int(rating))
    return replace(changed, status=form["status"]), errors


def properties_text(ticket: Ticket, pairs: Pairs = ()) -> dict[str, Any]:
    """What the form of properties shows: the ticket's values, or what was just typed."""
    shown: dict[str, Any] = {
        name: getattr(ticket, name) for name in ("status", "priority", "assignee", "rating", "tags")
    }
    if pairs:
        shown |= {name: value for name, value in pairs if name in shown}
        shown["tags"] = [value for name, value in pairs if name == "tag" and value]
    return shown


def product_text(product: Product, pairs: Pairs = ()) -> dict[str, Any]:
    """What the form of a product shows: its values, or what was just typed."""
    shown: dict[str, Any] = {name: getattr(product, name) for name in _PRODUCT_FIELDS}
    shown["visible"] = "on" if product.visible else "off"
    if pairs:
        shown |= {name: value for name, value in pairs if name in shown}
        shown["sold_in"] = [value for name, value in pairs if name == "sold_in"]
    return shown


_PRODUCT_FIELDS = ("name", "category", "description", "price", "stock", "discount", "shipping", "sold_in")


def read_new_ticket(form: Form, customers: Sequence[str]) -> Errors:
    """What is wrong with a new ticket's fields."""
    rules = {
        "customer": (form.get("customer") in customers, "Choose a customer from the list."),
        "subject": (0 < len(form.get("subject", "")) <= MAX_TEXT, "Enter a subject."),
        "priority": (form.get("priority") in PRIORITIES, "Choose a priority."),
        "channel": (form.get("channel") in CHANNELS, "Choose how they got in touch."),
        "message": (bool(form.get("message")), "Enter what the customer said."),
    }
    return {name: message for name, (fine, message) in rules.items() if not fine}


def read_product(pairs: Pairs, product: Product) -> tuple[Product | None, Errors]:
    """The product as the form says."""
    form = dict(pairs)
    places = {value for name, value in pairs if name == "sold_in"}
    images = tuple(value for name, value in pairs if name == "image")
    errors = _product_errors(form, places, images, product)
    if errors:
        return None, errors
    dollars, _, cents = form["price"].partition(".")
    changed = replace(
        product,
        name=" ".join(form["name"].split()),
        description=form.get("description", "").strip(),
        category=form["category"],
        cents=int(dollars) * 100 + int(cents.ljust(2, "0") or 0),
        stock=int(form["stock"]),
        discount=int(form["discount"]),
        visible=form.get("visible") == "on",
    )
    sold_in = tuple(place for place in SOLD_IN if place in places)
    return replace(changed, sold_in=sold_in, shipping=form["shipping"], images=images), errors


def read_days(form: Form, today: date) -> Days:
    """The range in the query of `/reports`; without one, the thirty days up to today."""
    if "from" not in form and "to" not in form:
        first = today - timedelta(days=29)
        return Days({"from": first.isoformat(), "to": long_date(today)}, first, today, {})
    first_day, last_day = (parse_date(form.get(name, "")) for name in ("from", "to"))
    errors: Errors = {}
    if first_day is None:
        errors["from"] = "Enter the first day."
    if last_day is None:
        errors["to"] = f"Enter a date such as {long_date(today)}."
    if first_day and last_day and not 0 <= (last_day - first_day).days <= LONGEST_RANGE:
        errors["to"] = "Choose a day that is not before the first, at most a year later."
    return Days(form, None if errors else first_day, None if errors else last_day, errors)


def _product_errors(form: Form, places: set[str], images: tuple[str, ...], product: Product) -> Errors:
    stock, discount = form.get("stock", ""), form.get("discount", "")
    rules = {
        "name": (0 < len(form.get("name", "").strip()) <= MAX_TEXT, "Enter a name."),
        "category": (form.get("category") in CATEGORIES, "Choose a category."),
        "price": (bool(_PRICE.fullmatch(form.get("price", ""))), "Enter a price such as 24.50."),
        "stock": (stock.isdecimal() and len(stock) <= 5 and int(stock) <= MAX_STOCK, "Enter a whole number from 0."),
        "discount": (
            discount.isdecimal() and len(discount) < 3 and int(discount) in range(0, MAX_DISCOUNT + 1, DISCOUNT_STEP),
            "Choose a discount.",
        ),
        "sold_in": (bool(places) and places <= set(SOLD_IN), "Choose at least one place to sell it in."),
        "shipping": (form.get("shipping") in SHIPPING, "Choose a way to ship it."),
        "image": (sorted(images) == sorted(product.images), "The images were out of date. Order them again."),
    }
    return {name: message for name, (fine, message) in rules.items() if not fine}
