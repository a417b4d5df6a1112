"""How long an episode may go on. Reaching a limit is an ending, recorded as the episode's end reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Spent:
    """What an episode has used so far. `cost` is in US dollars, `seconds` on the clock of the loop."""

    steps: int = 0
    calls: int = 0
    invalid: int = 0
    tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """Greatest allowed numbers; None means no limit. `steps` are page actions, `calls` questions to the model.

    `invalid` counts replies that could not be carried out, `depth` open frames (the root is 1). `retries` is how often
    an action is tried again that the environment itself kept from being done; it ends nothing.
    """

    steps: int | None = 30
    calls: int | None = 60
    invalid: int | None = 5
    depth: int | None = 6
    tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None
    retries: int = 2

    @property
    def facts(self) -> dict[str, int | float | None]:
        """By name, for what is named by content: without `retries` as usual, so that older names stay."""
        told = asdict(self)
        if self.retries == Limits.retries:
            del told["retries"]
        return told

    def reached(self, spent: Spent) -> str | None:
        """The name of the first limit that is used up, in the order of the fields.

        >>> Limits(steps=3).reached(Spent(steps=3))
        'steps'
        """
        used = asdict(spent)
        for name, most in asdict(self).items():
            if name in used and most is not None and used[name] >= most:
                return name
        return None

    def too_deep(self, depth: int) -> bool:
        """Whether a frame at this depth would be one too many."""
        return self.depth is not None and depth > self.depth
