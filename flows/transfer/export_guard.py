"""What an export to train on must not hold: demonstrations that nearly repeat one that is kept for tests."""

from __future__ import annotations

from functools import cached_property

from flows.prompt.prompts import known, with_pages
from labeling.prompts.building import held_out, kin_of
from labeling.prompts.model import Example, PromptConfig
from labeling.prompts.turns import Demonstration
from labeling.splits import Kin, Split, leak, repeats
from wiring import Parts


class HeldOutGuard:
    """Compares what goes into the split `train` with every demonstration of the workspace that is in another split."""

    def __init__(self, parts: Parts, split: Split | None) -> None:
        self._parts = parts
        self._split = split
        self._reasons: dict[str, str | None] = {}

    def why(self, found: Demonstration) -> str | None:
        """Why a demonstration is not to train on; None where it may, or where another split is asked for."""
        return self._why(kin_of(found)) if self._split == "train" else None

    def why_example(self, one: Example) -> str | None:
        """The same of a prompt set's example; its demonstration may be gone, then its pages tell nothing."""
        if self._split != "train":
            return None
        if one.episode not in self._reasons:
            kin = Kin(one.episode, one.root_objective, one.task, one.site, one.seed)
            self._reasons[one.episode] = self._why(with_pages(self._parts, kin))
        return self._reasons[one.episode]

    def _why(self, one: Kin) -> str | None:
        shared = leak(one, self._held_out) or repeats(one, self._held_out)
        return None if shared is None else f"it would give away what is held out for tests: {shared}"

    @cached_property
    def _held_out(self) -> tuple[Kin, ...]:
        config = PromptConfig(splits=("train",))
        return tuple(one for one in known(self._parts, config) if held_out(one, config) is not None)
