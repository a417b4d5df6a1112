"""Arms that are played: a prompt set each, all on the same tasks and seeds, through the runner.

An experiment that was stopped goes on where it was, and its episodes open in Replay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.experiment.material import Material, Shown, prompt_set
from flows.experiment.result import Asked
from flows.progress import Report, Stop
from flows.run import runs
from flows.run.run_facts import Facts, facts_of
from labeling.prompts.model import PromptConfig, PromptSet
from wiring import Parts


@dataclass(frozen=True)
class Arm:
    """One arm: its name, the demonstrations it is taught, the policy set, and how prompts are made of them."""

    name: str
    shown: tuple[Shown, ...]
    policy_set: str
    config: PromptConfig = PromptConfig()

    def built(self, parts: Parts, have: Material) -> PromptSet:
        """Its prompt set; the same for an equal arm."""
        return prompt_set(parts, have.source, self.shown, self.policy_set, self.config)


@dataclass(frozen=True)
class Played:
    """The finished episodes of each arm by its name, the run's id, and whether it was stopped."""

    found: dict[str, list[Facts]]
    run: str
    stopped: bool

    @property
    def n(self) -> int:
        """Episodes in all."""
        return sum(map(len, self.found.values()))


def played(
    parts: Parts, have: Material, asked: Asked, arms: Sequence[Arm], tasks: Sequence[str], report: Report, stop: Stop
) -> Played:
    """Play what is not played yet. Arms whose prompt sets are one and the same share their episodes."""
    made = {arm.name: arm.built(parts, have).id for arm in arms}
    planned = runs.plan(
        parts, envs=tasks, seeds=asked.seeds, model=asked.model, prompt_set=list(made.values()), workers=asked.workers
    )
    done = runs.execute(planned, report, stop)
    facts = facts_of(parts, planned.plan.jobs())
    found = {name: [one for one in facts if one.job.prompt_set == chosen] for name, chosen in made.items()}
    return Played(found, planned.plan.id, bool(done["stopped"]))


def in_pairs(one: Sequence[Facts], other: Sequence[Facts]) -> tuple[list[bool], list[bool]]:
    """The success of two arms on the episodes that both have finished, in one order."""
    against = {(facts.job.environment, facts.job.seed): facts.success for facts in other}
    keys = [((facts.job.environment, facts.job.seed), facts.success) for facts in one]
    both = [(success, against[key]) for key, success in keys if key in against]
    return [mine for mine, _ in both], [theirs for _, theirs in both]
