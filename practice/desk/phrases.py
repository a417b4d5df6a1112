"""The sentences that ask for a task: several phrasings of each, chosen by the seed, with every value spelled out.

Only words; leaves what is asked to `scenarios`.
"""

from __future__ import annotations

from datetime import date
from random import Random

from practice.dates import american_date, long_date
from practice.desk.records import Ticket
from practice.desk.tasks import BulkClose, ChangeTicket, CreateTicket, LoginAndReply, ReorderProducts, UpdateProduct

_ON_OFF = {"on": "make it visible in the shop", "off": "hide it from the shop"}


def which(rng: Random, ticket: Ticket, *, by_number: bool) -> str:
    """The ticket in words: by its number, or by its customer and subject."""
    if by_number:
        return f"ticket {ticket.number}"
    name, subject = ticket.customer.name, ticket.subject
    return rng.choice((f"{name}'s ticket “{subject}”", f"the ticket “{subject}” from {name}"))


def login_and_reply(rng: Random, task: LoginAndReply, named: str) -> str:
    """Sign in, and what to write."""
    sign_in = rng.choice(
        (
            f"Sign in as {task.username} with the password {task.password}",
            f"Log in to Harbor Desk (username {task.username}, password {task.password})",
        )
    )
    text = " ".join(task.lines)
    wishes = [f"with “{task.bold}” in bold"] if task.bold else []
    if task.items:
        wishes.append("followed by a bulleted list: " + "; ".join(task.items))
    if task.status:
        wishes.append(f"and set the status to {task.status}")
    verb = rng.choice(("reply to", "answer"))
    end = "." if wishes else ""
    return f"{sign_in} and {verb} {named}: “{text}”" + "".join(f", {wish}" for wish in wishes) + end


def change_ticket(rng: Random, task: ChangeTicket, named: str) -> str:
    """A request to change fields and tags of one ticket."""
    changes = [f"{name} to {value}" for name, value in task.fields]
    parts = [f"set the {_and(changes)}"] if changes else []
    parts += [f"add the tag “{tag}”" for tag in task.add] + [f"remove the tag “{tag}”" for tag in task.remove]
    asked = _and(parts)
    return rng.choice((f"On {named}, {asked}.", f"Please update {named}: {asked}.", f"{_upper(asked)} on {named}."))


def bulk_close(rng: Random, task: BulkClose) -> str:
    """A request to close several tickets at once."""
    if task.tag:
        chosen = rng.choice((f"every open ticket tagged “{task.tag}”", f"all open tickets with the tag “{task.tag}”"))
    else:
        chosen = rng.choice((f"every open ticket from {task.customer}", f"all of {task.customer}'s open tickets"))
    besides = rng.choice((f", except {task.keep}", f" but leave {task.keep} open")) if task.keep else ""
    return rng.choice((f"Close {chosen}{besides}.", f"Please close {chosen}{besides}."))


def reorder_products(rng: Random, task: ReorderProducts) -> str:
    """A request to move one image or category."""
    place = task.order.index(task.moved)
    where = "first" if place == 0 else "last" if place == len(task.order) - 1 else ""
    after = f"directly after “{task.order[place - 1]}”"
    if task.sku:
        thing = f"the image “{task.moved}” of {task.name}"
        if where:
            return rng.choice((f"Make {thing} the {where} one.", f"Move {thing} to the {where} place."))
        return rng.choice((f"Move {thing} so that it comes {after}.", f"Put {thing} {after}."))
    if where:
        return rng.choice(
            (
                f"In the shop, list the category “{task.moved}” {where}.",
                f"Move “{task.moved}” to the {where} place of the shop categories.",
            )
        )
    return rng.choice(
        (
            f"Move the shop category “{task.moved}” {after}.",
            f"The category “{task.moved}” should be listed {after} in the shop.",
        )
    )


def update_product(rng: Random, task: UpdateProduct, added: dict[str, str]) -> str:
    """A request to change a product; `added` says for `sold_in` what is new, as a phrase."""
    words = {
        "price": "set the price to ${}",
        "stock": "set the stock to {}",
        "discount": "set the discount to {} percent",
        "shipping": "change shipping to {}",
    }
    parts = [
        words[name].format(value) if name in words else added.get(name, _ON_OFF.get(value, ""))
        for name, value in task.fields
    ]
    asked = _and(parts)
    naming = rng.choice((f"{task.name}", f"{task.name} ({task.sku})"))
    return rng.choice((f"For the product {naming}, {asked}.", f"Update {naming}: {asked}."))


def report_range(rng: Random, question: str, first: date, last: date, about: str) -> str:
    """A question about a range of days."""
    write = rng.choice((long_date, american_date))
    days = rng.choice(("from {} to {}", "between {} and {} (both included)")).format(write(first), write(last))
    asked = {
        "created": (f"How many tickets were created {days}?", f"How many new tickets came in {days}?"),
        "solved": (f"How many tickets were solved {days}?", f"What is the number of tickets solved {days}?"),
        "channel": (
            f"How many tickets were created by {about.lower()} {days}?",
            f"How many of the tickets created {days} came by {about.lower()}?",
        ),
        "by_agent": (
            f"How many tickets did {about} solve {days}?",
            f"What number of tickets was solved by {about} {days}?",
        ),
        "best": (f"Who solved the most tickets {days}?", f"Which agent solved more tickets than anybody else {days}?"),
    }[question]
    return rng.choice(("", "", "From the reports: ", "Look it up: ")) + rng.choice(asked)


def create_ticket(rng: Random, task: CreateTicket) -> str:
    """A ticket to make for a customer who called or wrote."""
    details = f"subject “{task.subject}”, priority {task.priority}, channel {task.channel}, message “{task.message}”"
    return rng.choice(
        (
            f"Create a new ticket for {task.customer}: {details}.",
            f"{task.customer} got in touch. Make a ticket with {details}.",
        )
    )


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
