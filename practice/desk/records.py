"""What the helpdesk and its shop hold: agents, customers, tickets with messages, products; and the words they use.

Frozen values; a change is a new value. Leaves who may change what to `state`, and first contents to `world`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

OPEN, PENDING, SOLVED, CLOSED = STATUSES = ("Open", "Pending", "Solved", "Closed")
PRIORITIES = ("Low", "Normal", "High", "Urgent")
CHANNELS = ("E-mail", "Web form", "Chat", "Phone")
TAGS = ("billing", "delivery", "exchange", "newsletter", "press", "product", "refund", "spam", "vip", "wholesale")
SOLD_IN = ("Web shop", "Marketplace", "Harbor store")
SHIPPING = ("Standard", "Express", "Pickup only")
MAX_DISCOUNT, DISCOUNT_STEP = 50, 5
MAX_RATING = 5


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works at this desk."""

    username: str
    name: str

    @property
    def initials(self) -> str:
        """`MH`."""
        return "".join(part[0] for part in self.name.split())


AGENTS: tuple[Agent, ...] = (
    Agent("mira.holt", "Mira Holt"),
    Agent("theo.brandt", "Theo Brandt"),
    Agent("aisha.noor", "Aisha Noor"),
    Agent("lars.eide", "Lars Eide"),
    Agent("paula.serra", "Paula Serra"),
)
AGENT_NAMES: tuple[str, ...] = tuple(agent.name for agent in AGENTS)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes to the desk."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; `html` is clean, `minutes` after midnight, `files` are names."""

    author: str
    by_agent: bool
    day: date
    minutes: int
    html: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """One conversation. `assignee` may be empty; `solved` is the day it was solved or closed; `rating` 0 is none."""

    number: str
    subject: str
    customer: Customer
    channel: str
    created: date
    status: str
    priority: str
    assignee: str
    tags: tuple[str, ...]
    messages: tuple[Message, ...]
    solved: date | None = None
    rating: int = 0

    @property
    def label(self) -> str:
        """`HD-1042 Parcel has not arrived`."""
        return f"{self.number} {self.subject}"

    @property
    def updated(self) -> tuple[date, int]:
        """When somebody last wrote, as (day, minutes)."""
        return max((message.day, message.minutes) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the shop. `cents` is the price, `discount` percent; `images` are names in their order."""

    sku: str
    name: str
    category: str
    kind: str
    colour: str
    description: str
    cents: int
    stock: int
    visible: bool
    sold_in: tuple[str, ...]
    shipping: str
    discount: int
    images: tuple[str, ...]

    @property
    def price(self) -> str:
        """`24.50`."""
        return f"{self.cents // 100}.{self.cents % 100:02d}"
