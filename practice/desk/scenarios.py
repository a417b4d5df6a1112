"""Scenarios: from (seed, name) to a task, the world it happens in, and a sentence that asks for it.

Pure; the same pair always gives the same. Leaves what counts as done to `evaluator`, and how a careful person
would do it to `script`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from practice.desk import phrases
from practice.desk.records import (
    AGENT_NAMES,
    AGENTS,
    CHANNELS,
    DISCOUNT_STEP,
    MAX_DISCOUNT,
    OPEN,
    PENDING,
    PRIORITIES,
    SHIPPING,
    SOLD_IN,
    SOLVED,
    TAGS,
    Product,
    Ticket,
)
from practice.desk.reports import figures
from practice.desk.tasks import (
    AnswerKind,
    BulkClose,
    ChangeTicket,
    CreateTicket,
    Found,
    LoginAndReply,
    ReorderProducts,
    ReportRange,
    Task,
    UpdateProduct,
)
from practice.desk.world import World, build_world

PAGE = 10
"""Tickets on one page of the list; what is closed together fits on one."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one scenario asks for on one seeded world."""

    scenario: str
    world: World
    task: Task
    objective: str

    @property
    def seed(self) -> int:
        """The seed of the world and of everything chosen here."""
        return self.world.seed


def assign(seed: int, scenario: str) -> Assignment:
    """The assignment for that pair; raises KeyError for a scenario that is not in `SCENARIOS`."""
    make = SCENARIOS[scenario]
    world = build_world(seed)
    task, objective = make(Random(f"desk/{scenario}/{seed}"), world)
    return Assignment(scenario, world, task, objective)


_REPLIES = (
    ("Your parcel left our warehouse today and will arrive in two days.", "in two days"),
    ("We have refunded the full amount to your card today.", "the full amount"),
    ("Thank you for your patience, a new one is on its way.", "on its way"),
    ("Please keep the box, the carrier collects it on Monday.", "keep the box"),
)
_LISTS = (
    ("To help you we need three things:", ("Order number", "Photo of the damage", "Delivery address")),
    ("Please send us these details:", ("Date of the order", "Last four digits of the card")),
    ("The parcel will hold:", ("Replacement", "Return label", "Letter from our workshop")),
)
_SUBJECTS = (
    "Missing part",
    "Question about a gift card",
    "Late delivery",
    "Wrong item in the box",
    "Copy of the invoice",
)
_BODIES = (
    "The customer asks to be called back.",
    "One screw is missing from the box.",
    "Please answer before the weekend.",
    "The customer would like a new one.",
)


def _login_and_reply(rng: Random, world: World) -> tuple[Task, str]:
    ticket = rng.choice([t for t in world.tickets if t.status in (OPEN, PENDING)])
    agent = rng.choice(AGENTS)
    items: tuple[str, ...] = ()
    if rng.random() < 0.35:
        (line, items), bold = rng.choice(_LISTS), ""
    else:
        line, phrase = rng.choice(_REPLIES)
        bold = phrase if rng.random() < 0.6 else ""
    others = [status for status in (PENDING, SOLVED) if status != ticket.status]
    status = rng.choice(others) if rng.random() < 0.5 else ""
    found, named = _found(rng, world, ticket)
    password = dict(world.passwords)[agent.username]
    task = LoginAndReply(agent.username, password, found, (line,), bold, items, status)
    return task, phrases.login_and_reply(rng, task, named)


def _change_ticket(rng: Random, world: World) -> tuple[Task, str]:
    ticket = rng.choice([t for t in world.tickets if t.status in (OPEN, PENDING)])
    wishes = {
        "status": rng.choice([s for s in (OPEN, PENDING, SOLVED) if s != ticket.status]),
        "priority": rng.choice([p for p in PRIORITIES if p != ticket.priority]),
        "assignee": rng.choice([name for name in AGENT_NAMES if name != ticket.assignee]),
    }
    kinds = rng.choice(
        (("priority",), ("assignee", "priority"), ("status", "assignee"), ("assignee",), ("status", "priority"))
    )
    add = (rng.choice([tag for tag in TAGS if tag not in ticket.tags]),) if rng.random() < 0.5 else ()
    remove = (rng.choice(ticket.tags),) if rng.random() < 0.25 else ()
    found, named = _found(rng, world, ticket)
    task = ChangeTicket(found, tuple((kind, wishes[kind]) for kind in kinds), add, remove)
    return task, phrases.change_ticket(rng, task, named)


def _bulk_close(rng: Random, world: World) -> tuple[Task, str]:
    waiting = [ticket for ticket in world.tickets if ticket.status == OPEN]
    groups = [("tag", tag, [t for t in waiting if tag in t.tags]) for tag in TAGS]
    groups += [
        ("customer", n, [t for t in waiting if t.customer.name == n]) for n in {t.customer.name: 0 for t in waiting}
    ]
    fitting = [group for group in groups if 2 <= len(group[2]) <= PAGE]
    kind = rng.choice(sorted({kind for kind, _, _ in fitting}))
    _, value, tickets = rng.choice([group for group in fitting if group[0] == kind])
    keep = rng.choice(tickets).number if len(tickets) > 2 and rng.random() < 0.4 else ""
    numbers = tuple(ticket.number for ticket in tickets if ticket.number != keep)
    task = BulkClose(value if kind == "tag" else "", value if kind == "customer" else "", numbers, keep)
    return task, phrases.bulk_close(rng, task)


def _reorder_products(rng: Random, world: World) -> tuple[Task, str]:
    product = rng.choice(world.products) if rng.random() < 0.6 else None
    order = list(product.images if product else world.categories)
    moved, target = rng.sample(order, 2)
    place = order.index(target)
    order.remove(moved)
    order.insert(place, moved)
    name = product.name if product else "categories"
    task = ReorderProducts(product.sku if product else "", name, moved, target, tuple(order))
    return task, phrases.reorder_products(rng, task)


def _update_product(rng: Random, world: World) -> tuple[Task, str]:
    product = rng.choice(world.products)
    place = rng.choice(SOLD_IN)
    sells = place in product.sold_in and len(product.sold_in) > 1
    wishes = {
        "price": _new_price(rng, product),
        "stock": str(product.stock + rng.randint(5, 90)),
        "discount": str(rng.choice([n for n in range(0, MAX_DISCOUNT + 1, DISCOUNT_STEP) if n != product.discount])),
        "visible": "off" if product.visible else "on",
        "shipping": rng.choice([way for way in SHIPPING if way != product.shipping]),
    }
    if sells or place not in product.sold_in:
        wishes["sold_in"] = ", ".join(p for p in SOLD_IN if (p in product.sold_in) != (p == place))
    kinds = rng.sample(sorted(wishes), rng.choice((1, 2, 2, 3)))
    task = UpdateProduct(product.sku, product.name, tuple((kind, wishes[kind]) for kind in wishes if kind in kinds))
    phrase = f"stop selling it in the {place}" if sells else f"also sell it in the {place}"
    return task, phrases.update_product(
        rng, task, {"sold_in": phrase.replace("in the Marketplace", "on the Marketplace")}
    )


def _new_price(rng: Random, product: Product) -> str:
    cents = product.cents + rng.choice((-300, -150, 200, 250, 400, 550))
    return f"{cents // 100}.{cents % 100:02d}"


def _report_range(rng: Random, world: World) -> tuple[Task, str]:
    while True:
        last = world.today - timedelta(days=rng.randrange(60))
        first = last - timedelta(days=rng.randint(6, 34))
        shown = figures(world.tickets, first, last)
        question = rng.choice(("created", "solved", "channel", "by_agent", "best"))
        about = rng.choice(CHANNELS) if question == "channel" else rng.choice(AGENT_NAMES)
        kind: AnswerKind = "agent" if question == "best" else "number"
        ranked = sorted(shown.agents, key=lambda row: -row.solved)
        if question == "best" and ranked[0].solved == ranked[1].solved:
            continue
        answer = {
            "created": str(shown.created),
            "solved": str(shown.solved),
            "channel": str(next((row.created for row in shown.channels if row.name == about), 0)),
            "by_agent": str(next((row.solved for row in shown.agents if row.name == about), 0)),
            "best": ranked[0].name,
        }[question]
        if answer != "0":
            break
    return ReportRange(first, last, kind, answer), phrases.report_range(rng, question, first, last, about)


def _create_ticket(rng: Random, world: World) -> tuple[Task, str]:
    customer = rng.choice(sorted({ticket.customer.name for ticket in world.tickets}))
    priority, channel = rng.choice(PRIORITIES), rng.choice(CHANNELS)
    task = CreateTicket(customer, rng.choice(_SUBJECTS), priority, channel, rng.choice(_BODIES))
    return task, phrases.create_ticket(rng, task)


def _found(rng: Random, world: World, ticket: Ticket) -> tuple[Found, str]:
    """How the sentence names the ticket, and what a person types to find it."""
    by_number = rng.random() < 0.5
    query = ticket.number if by_number else ticket.customer.name
    return Found(ticket.number, query, ticket.label), phrases.which(rng, ticket, by_number=by_number)


SCENARIOS: dict[str, Callable[[Random, World], tuple[Task, str]]] = {
    "login_and_reply": _login_and_reply,
    "change_ticket": _change_ticket,
    "bulk_close": _bulk_close,
    "create_ticket": _create_ticket,
    "reorder_products": _reorder_products,
    "update_product": _update_product,
    "report_range": _report_range,
}
