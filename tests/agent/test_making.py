"""Models are made by name; what is missing is one message."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.model import Decision
from agent.models.making import make_model
from agent.reply import parse_reply
from labeling.prompts.model import Example, PromptConfig, PromptSet
from llm_client.chat import Attempt
from policies.library import load_set
from tests.agent.lessons import sign_in, signing_in
from tests.fake_llm_server import fake_llm_server, says

WEB = load_set("web")


def prompt_set() -> PromptSet:
    """Two demonstrations of signing in, as labels make them."""
    lessons = [*signing_in("vina", "US", "e1"), *signing_in("keneth", "91YP", "e2")]
    examples = tuple(
        Example(
            policy=lesson.policy, objective=lesson.objective, url=lesson.url, observation=lesson.observation,
            previous=lesson.previous, reason=lesson.reason, action=lesson.action, episode=lesson.episode,
            step=f"s{n}", label_set="ls-1", depth=1, root_objective="sign in", tokens=100,
        )
        for n, lesson in enumerate(lessons)
    )  # fmt: skip
    return PromptSet(
        id="ps-1", policy_set="web", label_sets=("ls-1",), config=PromptConfig(), examples=examples, left_out=(),
        created=0.0,
    )  # fmt: skip


ASKED = Decision(
    WEB.planner, 'Enter the username "zoe" and the password "p w" into the fields and press login.', "", sign_in()
)


def test_demos_learns_from_a_prompt_set_and_keeps_the_weights(tmp_path: Path) -> None:
    """Made from real examples, it calls; the folder then holds its weights."""
    model = make_model("demos", WEB, prompt_set(), tmp_path)
    assert str(parse_reply(model.decide(ASKED).text).action) == "fill_text [Username] [zoe]"
    assert len(list(tmp_path.glob("*.npz"))) == 1


def test_an_endpoints_model_is_shown_the_examples_and_fills_the_ledger(tmp_path: Path) -> None:
    """The configured endpoint is asked with worked examples; every attempt is told."""
    attempts: list[Attempt] = []
    with fake_llm_server([says("REASON: first the name\nACTION: fill_text [Username] [zoe]")]) as server:
        environment = {"STEPSCOPE_MODEL_ENDPOINT": server.url}
        model = make_model("openai:small", WEB, prompt_set(), tmp_path, environment, attempts.append)
        reply = model.decide(ASKED)
        model._chat.close()  # type: ignore[attr-defined]
    assert (model.name, reply.tokens_in, reply.cost) == ("openai:small", 120, None)
    assert [message["role"] for message in server.requests[0]["messages"][:3]] == ["system", "user", "assistant"]
    assert [attempt.purpose for attempt in attempts] == ["planner"]


@pytest.mark.parametrize(
    ("name", "with_prompts", "why"),
    [
        ("demos", False, "learns from a prompt set, and none was named"),
        ("gpt", True, "There is no model 'gpt'"),
        ("openai:", True, "There is no model 'openai:'"),
        ("openai:small", True, "No model endpoint is set"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, name: str, with_prompts: bool, why: str) -> None:
    """No prompt set, an unknown name, no endpoint: one message each."""
    with pytest.raises(ModelError, match=why):
        make_model(name, WEB, prompt_set() if with_prompts else None, tmp_path, {})


def test_a_script_file_is_played_anew_in_every_episode(tmp_path: Path) -> None:
    """The first question of an episode begins the script again; its end is a ModelError."""
    script = tmp_path / "replies.json"
    script.write_text('["click [2]", "stop [done]"]')
    model = make_model(f"scripted:{script}", WEB, None, tmp_path)
    later = replace(ASKED, previous=("click [2]",))
    for _ in range(2):
        said = [str(parse_reply(model.decide(asked).text).action) for asked in (ASKED, later)]
        assert said == ["click [2]", "stop [done]"]
    with pytest.raises(ModelError, match="at its end"):
        model.decide(later)


def heap(made: PromptSet) -> PromptSet:
    """The same set for a planner that lists what is to be done on a page."""
    return made.model_copy(update={"config": PromptConfig(mode="heap")})


def test_any_model_lists_a_page_where_the_prompt_set_says_so(tmp_path: Path) -> None:
    """A script's list is played line by line; demos plans ahead and is asked once for two calls."""
    script = tmp_path / "replies.json"
    script.write_text(json.dumps(["ACTION: click [2]\nclick [5]\nDONE", "stop"]))
    scripted = make_model(f"scripted:{script}", WEB, heap(prompt_set()), tmp_path)
    first, second = scripted.decide(ASKED), scripted.decide(replace(ASKED, previous=("click [2]",)))
    assert [str(parse_reply(one.text).action) for one in (first, second)] == ["click [2]", "click [5]"]
    assert (first.played, second.played) == (False, True)
    demos = make_model("demos", WEB, heap(prompt_set()), tmp_path)
    assert "fill_text [Username] [zoe]\nfill_text [Password]" in (demos.decide(ASKED).written or "")


@pytest.mark.parametrize("content", ["not json", '{"a": 1}', "[1, 2]"])
def test_a_bad_script_file_is_refused(tmp_path: Path, content: str) -> None:
    """The message names the file."""
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(ModelError, match=r"bad\.json"):
        make_model(f"scripted:{tmp_path / 'bad.json'}", WEB, None, tmp_path)
