"""What tokens cost: a table in a file with a date, never numbers in code. Unknown models cost None, not nothing."""

from __future__ import annotations

import datetime
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, ValidationError

SHIPPED = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens in and out."""

    tokens_in: float
    tokens_out: float


@dataclass(frozen=True)
class PriceTable:
    """Prices by model name, and the day they were read off."""

    date: datetime.date | None = None
    prices: dict[str, Price] = field(default_factory=dict)

    def cost(self, model: str, tokens_in: int, tokens_out: int) -> float | None:
        """US dollars for a call, None for a model that is not listed.

        >>> PriceTable(prices={"small": Price(1.0, 2.0)}).cost("small", 500_000, 250_000)
        1.0
        """
        price = self.prices.get(model)
        if price is None:
            return None
        return (tokens_in * price.tokens_in + tokens_out * price.tokens_out) / 1_000_000


class PriceTableError(Exception):
    """A price table that cannot be read."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tokens_in: NonNegativeFloat
    tokens_out: NonNegativeFloat


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    date: datetime.date
    prices: dict[str, _Row]


def load_prices(path: Path | None = None) -> PriceTable:
    """The table of a file: the one named, else STEPSCOPE_PRICES, else ours. Raises PriceTableError."""
    path = path or Path(os.environ.get("STEPSCOPE_PRICES") or SHIPPED)
    try:
        table = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, ValidationError, tomllib.TOMLDecodeError) as error:
        raise PriceTableError(f"The price table {path} cannot be read: {error}. No cost is counted.") from error
    return PriceTable(table.date, {name: Price(row.tokens_in, row.tokens_out) for name, row in table.prices.items()})
