"""A model's opinion of an episode: asked twice, held to the record's words, and never more than a suggestion."""

from __future__ import annotations

import json

import pytest

from flows.understand import judging, opinions, signals
from llm_client.errors import ModelEndpointError
from store.errors import StoreError
from tests.fake_llm_server import BAD_KEY, fake_llm_server, says
from tests.flows.test_flows_signals import stuck
from tests.workspaces import add_demonstration
from traces.model import Annotation
from wiring import Parts


@pytest.fixture(name="parts")
def parts_fixture(tmp_path):
    made = Parts(tmp_path)
    yield made
    made.close()


def opinion(**changes: object) -> str:
    """A reply as it is wanted; a model counts steps from 1."""
    body = {
        "outcome": "failed",
        "blamed": "policy",
        "frame": "f0",
        "first": 1,
        "last": 3,
        "quotes": [{"step": 2, "text": "link 'Orders'"}],
        "confidence": "high",
        "said": "It presses the same link.",
    }
    return json.dumps(body | changes)


def judged(parts: Parts, monkeypatch: pytest.MonkeyPatch, *replies: str) -> tuple[dict, list]:
    """What comes of these replies, and what was asked."""
    with fake_llm_server([says(reply) for reply in replies]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        return judging.judge(parts, "run-stuck", "tiny"), list(server.requests)


def test_two_opinions_that_agree_are_kept_beside_the_rules(parts, monkeypatch):
    """The state shows them; blame, row and precision stay the rules' own."""
    before = parts.episodes.catalogue.get(stuck(parts))["blame"]
    told, asked = judged(parts, monkeypatch, opinion(blamed="environment"), opinion(blamed="environment"))
    assert (len(told["opinions"]), told["agree"], told["rejected"]) == (2, True, [])
    assert told["tokens"] == 300
    state = signals.shown(parts, "run-stuck")
    assert state["judge"]["opinions"][0]["blamed"] == "environment"
    assert (state["blame"]["by"], state["blame"]["blamed"]) == ("rule", before)
    assert parts.episodes.catalogue.get("run-stuck")["blame"] == before
    question = json.dumps(asked[0])
    assert "D1 exact repeat" in question
    assert "Open the orders of the shop" in question


def test_no_page_can_end_the_record(parts, monkeypatch):
    """The lines around it carry a code of its own content: what a page says between them cannot name it."""
    stuck(parts)
    _, asked = judged(parts, monkeypatch, opinion(), opinion())
    first, *record, last = asked[0]["messages"][-1]["content"].splitlines()
    code = first.removeprefix("RECORD ")
    assert last == f"END OF RECORD {code}"
    assert len(code) == 16
    assert code not in "\n".join(record)


def test_opinions_that_differ_say_so(parts, monkeypatch):
    """In outcome, blame or call."""
    stuck(parts)
    told, _ = judged(parts, monkeypatch, opinion(), opinion(blamed="grounding"))
    assert told["agree"] is False
    assert "The two opinions differ." in opinions.said(told)
    assert "The two opinions differ." in signals.said_of(signals.shown(parts, "run-stuck"))


@pytest.mark.parametrize(
    "reply",
    [
        opinion(quotes=[{"step": 2, "text": "button 'Buy'"}]),
        opinion(quotes=[{"step": 2, "text": "    "}]),
        opinion(quotes=[{"step": 99, "text": "link 'Orders'"}]),
        opinion(quotes=[]),
        opinion(frame="f7"),
        opinion(first=7, last=9),
        opinion(blamed="the weather"),
        "I think it failed.",
        "",
        "{",
        '{"outcome": ' + "[" * 100_000,
        '{"outcome": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_what_does_not_stand_in_the_record_is_thrown_away(parts, monkeypatch, reply):
    """One sentence says why; the other opinion counts alone, and nothing can be said of agreement."""
    stuck(parts)
    told, _ = judged(parts, monkeypatch, reply, opinion())
    assert (len(told["opinions"]), len(told["rejected"]), told["agree"]) == (1, 1, None)


def test_invented_quotes_are_dropped_and_true_ones_kept(parts, monkeypatch):
    """An opinion stands on what is left."""
    stuck(parts)
    quotes = [{"step": 2, "text": "button 'Buy'"}, {"step": 3, "text": "click [2]"}]
    told, _ = judged(parts, monkeypatch, opinion(quotes=quotes))
    assert told["opinions"][0]["quotes"] == [{"step": 2, "text": "click [2]"}]


def test_steps_have_the_numbers_a_person_sees(parts, monkeypatch):
    """The model is shown them from 1, and so is what it says; kept is the `seq`, within the episode."""
    stuck(parts)
    told, asked = judged(parts, monkeypatch, opinion(), opinion(first=-(10**30), last=10**30))
    assert "1 [f0] act click [2]" in asked[0]["messages"][1]["content"]
    assert [(one["first"], one["last"]) for one in told["opinions"]] == [(0, 2), (0, 4)]
    assert "steps 1 to 3" in opinions.said(told)


def test_what_it_says_stays_one_line(parts, monkeypatch):
    """So that it cannot pass for lines of ours."""
    stuck(parts)
    told, _ = judged(parts, monkeypatch, opinion(said="It failed.\n\nBlame: nobody"))
    assert opinions.said(told).count("\n") == 1


def test_an_opinion_is_kept_when_the_endpoint_then_fails(parts, monkeypatch):
    """It was paid for; the command ends with what the endpoint said."""
    stuck(parts)
    with fake_llm_server([says(opinion()), BAD_KEY]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        with pytest.raises(ModelEndpointError):
            judging.judge(parts, "run-stuck", "tiny")
    kept = signals.shown(parts, "run-stuck")["judge"]
    assert (len(kept["opinions"]), kept["agree"]) == (1, None)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"opinions": 3}', '{"model": "x", "opinions": [{"said": "hm"}]}', "[" * 100_000]
)
def test_a_file_from_elsewhere_may_hold_another_opinion(parts, text):
    """What is none of ours is not shown, and the rest is."""
    stuck(parts)
    parts.annotate(Annotation(id="a1", episode="run-stuck", kind="judge", author="model:x", at=1.0, text=text))
    state = signals.shown(parts, "run-stuck")
    assert state["judge"] is None
    assert state["signals"]


def test_nothing_is_kept_where_nothing_counts(parts, monkeypatch):
    """Two useless replies leave the episode as it was."""
    stuck(parts)
    judged(parts, monkeypatch, "no", "no")
    assert parts.episodes.annotations.of("run-stuck") == ()


def test_refusals_ask_nothing(parts, monkeypatch):
    """A demonstration is not judged; a key that is refused is said."""
    episode = add_demonstration(parts)
    with fake_llm_server([BAD_KEY]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        with pytest.raises(StoreError):
            judging.judge(parts, episode, "tiny")
        assert server.requests == []
        stuck(parts)
        with pytest.raises(ModelEndpointError):
            judging.judge(parts, "run-stuck", "tiny")
