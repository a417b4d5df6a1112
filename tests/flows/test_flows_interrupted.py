"""Recordings whose process is gone: found, told, sealed, gone on with."""

from __future__ import annotations

import pytest

from browser.recorder.normalise import Rules
from flows.record import interrupted
from flows.record.normalising import again
from server.payload import skeleton
from store.claims import Claim, Claimed
from store.errors import NotFound, StoreError
from tests.builders import make_episode, make_observation, make_step
from traces.writer import EpisodeWriter
from wiring import Parts


def left_by_a_dead_process(
    parts: Parts, actions: tuple[str, ...] = ("type [1] [{SECRET:pin}] [0]", "click [2]"), **fields
) -> str:
    """An unsealed recording with two steps, one of them of a withheld text, whose writer let go."""
    episode = make_episode(**{"id": "rec1", "status": "running", "start_url": "http://shop.test/", **fields})
    with EpisodeWriter.create(parts.workspace.episodes_dir, episode) as writer:
        seen = writer.put_observation(make_observation("[1] textbox 'Pin'\n[2] button 'Pay'"))
        writer.raw("press", 1.0, {"gate": {"url": "http://shop.test/pay"}, "x": 1, "y": 1})
        for seq, action in enumerate(actions):
            writer.append(make_step(action, seq, observation_before=seen))
    return episode.id


def test_it_is_found_and_told_as_interrupted(parts: Parts) -> None:
    """The catalogue says so, it can be read, nobody waits for more of it, and it is no demonstration yet."""
    episode = left_by_a_dead_process(parts)
    (left,) = interrupted.found(parts)
    assert (left.episode.id, left.steps, left.last_url, left.can_go_on) == (episode, 2, "http://shop.test/pay", True)
    assert parts.episodes.catalogue.get(episode)["status"] == "interrupted"
    assert parts.demonstrations() == ()
    with parts.episode(episode) as reader:
        assert skeleton(reader, None, None)["episode"]["status"] == "interrupted"
    with pytest.raises(StoreError, match="has not ended"):
        again(parts, episode, Rules())


def test_whose_it_is(parts: Parts) -> None:
    """A person is offered their own and nobody's, not another's."""
    left_by_a_dead_process(parts, author="ana")
    assert [left.episode.author for left in interrupted.found(parts, "ana")] == ["ana"]
    assert interrupted.found(parts, "ben") == ()


def test_sealing_keeps_its_steps(parts: Parts) -> None:
    """It is stopped, with its steps and what was withheld counted; sealing again is refused."""
    episode = left_by_a_dead_process(parts)
    interrupted.found(parts)
    sealed = interrupted.seal(parts, episode)
    assert (sealed.status, sealed.end_reason, sealed.n_steps) == ("stopped", "interrupted", 2)
    assert sealed.withheld == {"pin": 1}
    assert parts.episodes.catalogue.get(episode)["status"] == "stopped"
    assert interrupted.found(parts) == ()
    with pytest.raises(StoreError, match="sealed already"):
        interrupted.seal(parts, episode)


def test_going_on_begins_at_the_last_address(parts: Parts) -> None:
    """A page of the web goes on in a recording of its own; a practice task cannot, its site is gone."""
    request = interrupted.going_on(parts, left_by_a_dead_process(parts, author="ana"))
    assert (request.url, request.objective, request.author) == ("http://shop.test/pay", "Do it", "ana")
    assert request.continues == "rec1"
    task = left_by_a_dead_process(parts, id="rec2", task="desk:update_product")
    with pytest.raises(StoreError, match="its site is gone"):
        interrupted.going_on(parts, task)


def test_what_is_still_written_is_let_alone(parts: Parts) -> None:
    """A recording of a living process is neither offered nor sealed."""
    episode = left_by_a_dead_process(parts)
    claim = Claim.take(parts.workspace.episodes_dir / f"{episode}.episode")
    try:
        assert interrupted.found(parts) == ()
        with pytest.raises(StoreError, match="still being recorded") as told:
            interrupted.seal(parts, episode)
        assert not isinstance(told.value, Claimed)
    finally:
        claim.release(done=False)
    with pytest.raises(NotFound):
        interrupted.seal(parts, "nothing")


def test_one_in_which_nothing_was_done_is_discarded(parts: Parts) -> None:
    """Its file is gone; one that has steps is kept and said to have them."""
    empty = left_by_a_dead_process(parts, (), id="rec0")
    full = left_by_a_dead_process(parts)
    interrupted.discard(parts, empty)
    with pytest.raises(NotFound):
        parts.episode(empty)
    with pytest.raises(StoreError, match="has 2 steps"):
        interrupted.discard(parts, full)
    assert [left.episode.id for left in interrupted.found(parts)] == [full]
