"""Examples and prompt sets that tests of prompts share."""

from __future__ import annotations

from labeling.model import LabelSet
from labeling.prompts.building import Made, build_prompt_set, chosen
from labeling.prompts.model import FORMAT, Example, PromptConfig, PromptSet
from labeling.prompts.turns import Demonstration
from labeling.splits import SPLITS
from tests.labeling.exports.material import WEB, reviewed
from tests.workspaces import signing_up

PAGE = "[1] heading 'Sign in'\n[2] form 'Sign in'\n  [3] textbox 'Username'\n  [5] button 'Send'"
EVERY = PromptConfig(splits=SPLITS)


def example(action: str = "click [5]", policy: str = "planner", episode: str = "e1", **fields) -> Example:
    """One turn on a small page."""
    body = {
        "policy": policy, "objective": "sign up ana", "url": "http://desk.test/", "observation": PAGE, "previous": (),
        "reason": "because", "action": action, "episode": episode, "step": f"{episode}-0", "label_set": "ls-1",
        "depth": 1, "root_objective": "sign up ana", "task": f"desk:{episode}", "tokens": 50, "site": "desk",
    }  # fmt: skip
    return Example(**{**body, **fields})


def pool_set(examples, config: PromptConfig = EVERY, **fields) -> PromptSet:
    """A prompt set of these examples, its pieces chosen."""
    pieces, dropped = chosen(examples, config, "planner")
    return PromptSet(
        format=FORMAT, id="", policy_set="web", label_sets=("ls-1",), config=config, examples=tuple(examples),
        left_out=(), created=1.0, pieces=pieces, dropped=dropped, **fields,
    ).named()  # fmt: skip


def built(*recordings, config: PromptConfig = EVERY, known=(), **made) -> PromptSet:
    """A prompt set of recordings that rules labelled and ana accepted."""
    ones = [reviewed(recording) for recording in recordings]
    by_id = {one.id: Demonstration(one.demonstration.episode, one.demonstration.steps, one.demonstration.observation)
             for one in ones}  # fmt: skip
    label_set = LabelSet(id="ls-1", policy_set="web", trees=tuple(one.tree for one in ones), created=1.0, actor="ana")
    return build_prompt_set([label_set], by_id.__getitem__, WEB, config, Made(5.0, **made), known)


def signed(episode: str = "demo1", name: str = "ana", **fields):
    """Somebody signs up, calls three deep."""
    return signing_up(episode, name, **fields)
