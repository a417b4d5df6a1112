"""Proposals are checked again when a replay check has said more of the recording, and Label's doubt hears of it."""

import json
import time

from flows.label import labels
from flows.label.proposal_checks import recheck
from tests.workspaces import add_demonstration
from traces.model import Annotation


def replayed(parts, episode, uid, why):
    text = json.dumps({"replayable": not why, "by": None, "selector": None, "why": why})
    body = {"id": f"{uid}-{why}", "episode": episode, "kind": "replay", "author": "stepscope", "at": time.time()}
    parts.episodes.annotations.add(Annotation(**body, text=text, step=uid))


def test_a_step_that_cannot_be_done_again_speaks_against_its_call(parts):
    """The newest replay check counts: a failure is told of the calls around the step, and gone when it succeeds."""
    episode = add_demonstration(parts)
    run = labels.propose(parts, episode)
    assert parts.desk().spoken_against(run.tree) == {}
    uids = run.tree.uids
    for uid in uids:
        replayed(parts, episode, uid, "it is gone" if uid == uids[1] else "")
    assert recheck(parts, episode) == 1
    spoken = parts.desk().spoken_against(run.tree)
    calls = {run.tree.by_id[key].policy: said for key, said in spoken.items()}
    assert calls == dict.fromkeys(("fill_form", "fill_text"), ("step 2 could not be done again: it is gone",))
    replayed(parts, episode, uids[1], "")
    recheck(parts, episode)
    assert parts.desk().spoken_against(run.tree) == {}
