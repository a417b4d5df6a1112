"""Which episodes a list shows, and in which order: one frozen value for screens, addresses, commands and endpoints.

Several values of one facet mean any of them, several facets mean all of them; an empty value means "none".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode

COLUMNS = (
    "status",
    "actor",
    "task",
    "policy_set",
    "prompt_set",
    "model",
    "run",
    "author",
    "site",
    "blame",
    "blamed_policy",
    "failed_page",
    "signals",
)
"""Facets of which it has one; `signals` is the set of all its signals, as in `D1,D4`."""
FACETS = (*COLUMNS, "signal", "tag")
"""All of them; of the last two an episode may have several values."""
SORTS = {
    "started": "started",
    "objective": "objective",
    "status": "status",
    "task": "task",
    "model": "model",
    "steps": "n_steps",
    "depth": "max_depth",
    "calls": "n_calls",
    "tokens": "tokens",
    "cost": "cost",
    "took": "took",
    "reward": "reward",
    "failure": "began_seq",
    "signals": "n_signals",
}
"""What a list can be sorted by, and the catalogue's column of it."""


@dataclass(frozen=True)
class Filter:
    """`chosen` are values by facet in the order of FACETS; `since` and `until` days in UTC, both included."""

    text: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: date | None = None
    until: date | None = None
    sort: str = "started"
    descending: bool = True

    @classmethod
    def of(cls, text: str = "", **chosen: str | Iterable[str] | None) -> Filter:
        """A filter of a text and values by facet; None and no values leave a facet out. Raises KeyError."""
        if unknown := chosen.keys() - set(FACETS):
            raise KeyError(min(unknown))
        return cls(text.strip(), _chosen(chosen))

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> Filter:
        """The filter an address names; what it says of anything else, or wrongly, is passed over."""
        order = _first(query, "sort") or "-started"
        known = order.lstrip("-") in SORTS
        return cls(
            text=_first(query, "text").strip(),
            chosen=_chosen({name: query[name] for name in FACETS if name in query}),
            since=_day(_first(query, "since")),
            until=_day(_first(query, "until")),
            sort=order.lstrip("-") if known else "started",
            descending=order.startswith("-") if known else True,
        )

    @classmethod
    def from_address(cls, text: str) -> Filter:
        """The filter of one line, as `address` writes it."""
        return cls.from_query(parse_qs(text[:8000], keep_blank_values=True, max_num_fields=400))

    def query(self) -> dict[str, list[str]]:
        """The filter as the query of an address: what is as usual is left out."""
        said = {
            "text": [self.text] if self.text else [],
            **{name: list(values) for name, values in self.chosen},
            "since": [self.since.isoformat()] if self.since else [],
            "until": [self.until.isoformat()] if self.until else [],
            "sort": [] if self.order == "-started" else [self.order],
        }
        return {name: values for name, values in said.items() if values}

    def address(self) -> str:
        """The same on one line, as in `status=failed&task=miniwob%3Alogin-user`."""
        return urlencode(self.query(), doseq=True)

    @property
    def order(self) -> str:
        """What it is sorted by, with a minus where the largest comes first."""
        return f"{'-' if self.descending else ''}{self.sort}"

    @property
    def unordered(self) -> Filter:
        """The same episodes in the usual order."""
        return Filter(self.text, self.chosen, self.since, self.until)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.text or self.chosen or self.since or self.until)

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        return dict(self.chosen).get(facet, ())

    def choosing(self, facet: str, *values: str) -> Filter:
        """The same with these values of the facet instead of those it has."""
        return replace(self, chosen=_chosen({**dict(self.chosen), facet: values}))

    def times(self) -> tuple[float | None, float | None]:
        """Seconds since the epoch: the first that counts, and the first that does not any more."""
        return _start(self.since), _start(self.until + timedelta(days=1)) if self.until else None


def _chosen(given: Mapping[str, str | Iterable[str] | None]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    values = {name: _values(said) for name, said in given.items() if said is not None}
    return tuple((name, values[name]) for name in FACETS if values.get(name))


def _values(given: str | Iterable[str]) -> tuple[str, ...]:
    values = (given,) if isinstance(given, str) else given
    return tuple(sorted({str(value)[:300] for value in values}))


def _first(query: Mapping[str, Sequence[str]], name: str) -> str:
    values = query.get(name, ())
    return values[0] if values else ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None


def _start(day: date | None) -> float | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
