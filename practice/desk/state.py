"""The state of one running desk: tickets, products and categories now and at the beginning, sessions, and reports run.

The only mutable object; everything in it is a frozen value that is replaced. Leaves reading forms to `forms`,
pages to the routes, and judging to `evaluator`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from practice.desk.records import AGENTS, CLOSED, OPEN, SOLVED, Agent, Customer, Message, Product, Ticket
from practice.desk.richtext import RichText
from practice.desk.world import World, ticket_number

CLOCK_MINUTES = 9 * 60 + 30


class RefusedError(Exception):
    """What was asked cannot be done; the message is shown on the page."""


@dataclass(frozen=True, slots=True)
class Report:
    """A range of days somebody looked at, both ends included."""

    first: date
    last: date


class State:
    """Holds one world and what became of it; one for each process."""

    def __init__(self, world: World, *, remembered: bool) -> None:
        """`remembered`: this browser is signed in without asking, until somebody signs out."""
        self.world = world
        self.remembered = remembered
        self.tickets: dict[str, Ticket] = {ticket.number: ticket for ticket in world.tickets}
        self.products: dict[str, Product] = {product.sku: product for product in world.products}
        self.categories: tuple[str, ...] = world.categories
        self.before: Mapping[str, str] = self.flat()
        self.reports: list[Report] = []
        self.sessions: dict[str, Agent] = {}
        self.files: dict[str, str] = {}
        self.made = len(world.tickets)
        self._notice = ""
        self._minutes = CLOCK_MINUTES

    @property
    def today(self) -> date:
        """The only date there is; never the clock's."""
        return self.world.today

    def flat(self) -> dict[str, str]:
        """Every value that can be changed, by path, e.g. `HD-1042.status`."""
        flat = {"categories": " > ".join(self.categories)}
        for ticket in self.tickets.values():
            flat |= {f"{ticket.number}.{name}": value for name, value in ticket_fields(ticket).items()}
        for product in self.products.values():
            flat |= {f"{product.sku}.{name}": value for name, value in product_fields(product).items()}
        return flat

    @property
    def first_numbers(self) -> frozenset[str]:
        """The numbers of the tickets there were at the beginning."""
        return frozenset(ticket.number for ticket in self.world.tickets)

    def sign_in(self, username: str, password: str) -> Agent:
        """Who that is; raises RefusedError when name or password are wrong."""
        if dict(self.world.passwords).get(username.strip().lower()) != password:
            raise RefusedError("That username and password do not match. Check both and try again.")
        return next(agent for agent in AGENTS if agent.username == username.strip().lower())

    def sign_out(self, session: str) -> None:
        """Forget the session; from now on this desk asks who is there."""
        self.sessions.pop(session, None)
        self.remembered = False

    def customers(self) -> list[Customer]:
        """Everybody who ever wrote, by name."""
        return sorted({t.customer.name: t.customer for t in self.tickets.values()}.values(), key=lambda c: c.name)

    def reply(self, number: str, agent: Agent, text: RichText, files: Sequence[str], status: str) -> Ticket:
        """Add the agent's message and set the status that goes with it."""
        if not text.plain and not files:
            raise RefusedError("Write something before you send the reply.")
        self._minutes += 3
        names = tuple(self.files[key] for key in files if key in self.files)
        message = Message(agent.name, True, self.today, self._minutes, text.html, names)
        ticket = self.tickets[number]
        return self.put(self.with_status(replace(ticket, messages=(*ticket.messages, message)), status))

    def with_status(self, ticket: Ticket, status: str) -> Ticket:
        """The ticket with that status; solving it dates it."""
        done = status in (SOLVED, CLOSED)
        return replace(ticket, status=status, solved=(ticket.solved or self.today) if done else None)

    def put(self, ticket: Ticket) -> Ticket:
        """Put the ticket in place of its earlier state."""
        self.tickets[ticket.number] = ticket
        return ticket

    def create(self, customer: Customer, subject: str, priority: str, channel: str, html: str) -> Ticket:
        """A new ticket in the customer's name."""
        self._minutes += 3
        message = Message(customer.name, False, self.today, self._minutes, html)
        number, self.made = ticket_number(self.made), self.made + 1
        return self.put(Ticket(number, subject, customer, channel, self.today, OPEN, priority, "", (), (message,)))

    def delete(self, number: str) -> None:
        """Remove the ticket for good."""
        del self.tickets[number]

    def close(self, numbers: Iterable[str]) -> int:
        """Close those tickets; how many were not closed before."""
        chosen = [self.tickets[n] for n in numbers if n in self.tickets and self.tickets[n].status != CLOSED]
        for ticket in chosen:
            self.put(self.with_status(ticket, CLOSED))
        return len(chosen)

    def assign(self, numbers: Iterable[str], agent: str) -> int:
        """Give those tickets to the agent; how many there were."""
        chosen = [self.tickets[n] for n in numbers if n in self.tickets]
        for ticket in chosen:
            self.put(replace(ticket, assignee=agent))
        return len(chosen)

    def save_product(self, product: Product) -> None:
        """Put the product in place of its earlier state."""
        self.products[product.sku] = product

    def order_categories(self, order: Sequence[str]) -> None:
        """Raises RefusedError unless it is the same categories in another order."""
        if sorted(order) != sorted(self.categories):
            raise RefusedError("The list was out of date and nothing was saved. Try again.")
        self.categories = tuple(order)

    def keep_file(self, name: str) -> str:
        """Remember an uploaded file's name; returns the key a reply names it by."""
        key = f"F{len(self.files) + 1}"
        self.files[key] = name
        return key

    def notify(self, text: str) -> None:
        """Show this on the next page."""
        self._notice = text

    def take_notice(self) -> str:
        """The text to show now, once."""
        text, self._notice = self._notice, ""
        return text


def ticket_fields(ticket: Ticket) -> dict[str, str]:
    """A ticket's values that people can change; a message counts by its place."""
    messages = {f"message {n}": message.html for n, message in enumerate(ticket.messages, 1)}
    return {
        "subject": ticket.subject,
        "customer": ticket.customer.name,
        "status": ticket.status,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "tags": ", ".join(sorted(ticket.tags)),
        "rating": str(ticket.rating),
    } | messages


def product_fields(product: Product) -> dict[str, str]:
    """A product's values that people can change."""
    return {
        "name": product.name,
        "category": product.category,
        "description": product.description,
        "price": product.price,
        "stock": str(product.stock),
        "visible": "on" if product.visible else "off",
        "sold_in": ", ".join(product.sold_in),
        "shipping": product.shipping,
        "discount": str(product.discount),
        "images": " > ".join(product.images),
    }
