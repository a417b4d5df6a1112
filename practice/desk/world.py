"""The seeded beginning: tickets, products and what day it is, before anybody touches them.

A pure function of the seed. Leaves what happens afterwards to `state`, and what is asked to `scenarios`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from practice.desk.catalogue import ARTICLES, CATEGORIES, FIRST_ANSWERS, FOLLOW_UPS, IMAGES, TOPICS, Article, Topic
from practice.desk.records import (
    AGENT_NAMES,
    AGENTS,
    CHANNELS,
    CLOSED,
    OPEN,
    PENDING,
    PRIORITIES,
    SHIPPING,
    SOLD_IN,
    SOLVED,
    Customer,
    Message,
    Product,
    Ticket,
)
from practice.names import FIRST_NAMES, LAST_NAMES, random_email

FIRST_DAY = date(2026, 3, 2)
TICKETS = 72
DAYS = 100
FIRST_NUMBER = 1004
_WORDS = ("anchor", "harbor", "lantern", "mariner", "pebble", "sextant", "tide", "willow")


@dataclass(frozen=True, slots=True)
class World:
    """`passwords` by username; `tickets` ordered as created; `categories` in the order of the shop."""

    seed: int
    today: date
    passwords: tuple[tuple[str, str], ...]
    tickets: tuple[Ticket, ...]
    products: tuple[Product, ...]
    categories: tuple[str, ...]


@lru_cache(maxsize=64)
def build_world(seed: int) -> World:
    """The same seed gives an equal world in every process."""
    rng = Random(f"desk/{seed}")
    today = FIRST_DAY + timedelta(days=DAYS + rng.randrange(90))
    passwords = tuple((agent.username, f"{rng.choice(_WORDS)}-{rng.randrange(1000, 9999)}") for agent in AGENTS)
    categories = tuple(rng.sample(CATEGORIES, len(CATEGORIES)))
    products = tuple(_product(rng, n, article) for n, article in enumerate(ARTICLES))
    return World(seed, today, passwords, _tickets(rng, today), products, categories)


def ticket_number(index: int) -> str:
    """The number of the n-th ticket ever made at this desk, `HD-1004` for the first."""
    return f"HD-{FIRST_NUMBER + index}"


def _product(rng: Random, n: int, article: Article) -> Product:
    return Product(
        sku=f"HB-{210 + 7 * n}",
        name=article.name,
        category=article.category,
        kind=article.kind,
        colour=article.colour,
        description=article.about,
        cents=article.dollars * 100 + rng.choice((0, 0, 50, 90)),
        stock=rng.choice((0, rng.randint(3, 40), rng.randint(41, 260))),
        visible=rng.random() < 0.8,
        sold_in=tuple(place for place in SOLD_IN if rng.random() < 0.6) or SOLD_IN[:1],
        shipping=rng.choices(SHIPPING, weights=(6, 2, 1))[0],
        discount=rng.choice((0, 0, 0, 5, 10, 20)),
        images=tuple(rng.sample(IMAGES, len(IMAGES))),
    )


def _tickets(rng: Random, today: date) -> tuple[Ticket, ...]:
    """Ordered by day; nobody writes twice under one subject, so that a sentence can name a ticket by both."""
    people = _customers(rng)
    days = sorted(today - timedelta(days=rng.randrange(DAYS)) for _ in range(TICKETS))
    made: list[Ticket] = []
    for n, day in enumerate(days):
        made.append(_ticket(rng, n, day, today, people, {(t.subject, t.customer.name) for t in made}))
    return tuple(made)


def _customers(rng: Random) -> tuple[Customer, ...]:
    """Thirty-two people with different full names; some share a last name, so that a search lists several."""
    names: dict[str, Customer] = {}
    while len(names) < 32:
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        names.setdefault(f"{first} {last}", Customer(f"{first} {last}", random_email(rng, first, last)))
    return tuple(names.values())


def _ticket(
    rng: Random, n: int, day: date, today: date, people: tuple[Customer, ...], named: set[tuple[str, str]]
) -> Ticket:
    while True:
        topic, customer, article = rng.choice(TOPICS), rng.choice(people), rng.choice(ARTICLES)
        subject = topic.subject.format(product=article.name)
        if (subject, customer.name) not in named:
            break
    status = _status(rng, (today - day).days)
    assignee = "" if status == OPEN and rng.random() < 0.4 else rng.choice(AGENT_NAMES)
    solved = min(today, day + timedelta(days=rng.randrange(7))) if status in (SOLVED, CLOSED) else None
    return Ticket(
        number=ticket_number(n),
        subject=subject,
        customer=customer,
        channel=rng.choices(CHANNELS, weights=(5, 3, 2, 1))[0],
        created=day,
        status=status,
        priority=rng.choices(PRIORITIES, weights=(2, 6, 3, 1))[0],
        assignee=assignee,
        tags=(*topic.tags, *(["vip"] if rng.random() < 0.12 else [])),
        messages=_messages(rng, topic, article, customer, day, today, assignee),
        solved=solved,
        rating=rng.choice((0, 3, 4, 5, 5)) if solved else 0,
    )


def _status(rng: Random, age: int) -> str:
    """Young tickets are mostly open, old ones mostly done."""
    young = age < 35
    return rng.choices((OPEN, PENDING, SOLVED, CLOSED), weights=(7, 2, 1, 1) if young else (2, 1, 4, 4))[0]


def _messages(
    rng: Random, topic: Topic, article: Article, customer: Customer, day: date, today: date, assignee: str
) -> tuple[Message, ...]:
    opening = rng.choice(("Hello,", "Hi there,", "Good morning,"))
    body = topic.body.format(product=article.name)
    first = customer.name.split()[0]
    minutes = rng.randrange(8 * 60, 18 * 60)
    found = [Message(customer.name, False, day, minutes, f"<p>{opening}</p><p>{body}</p><p>{first}</p>")]
    if assignee and rng.random() < 0.7:
        later = min(today, day + timedelta(days=rng.randrange(2)))
        found.append(
            Message(assignee, True, later, minutes + 35, f"<p>Hello {first},</p><p>{rng.choice(FIRST_ANSWERS)}</p>")
        )
        if rng.random() < 0.5:
            text = rng.choice(FOLLOW_UPS).format(order=rng.randrange(40_000, 60_000))
            found.append(Message(customer.name, False, later, minutes + 80, f"<p>{text}</p>"))
    return tuple(found)
