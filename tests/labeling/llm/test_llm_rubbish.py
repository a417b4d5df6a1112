"""Whatever a model replies, the result is a valid tree that covers every step once."""

import random

import pytest

from labeling.llm.model import LabelSettings
from labeling.llm.repair import read_reply
from labeling.tree import check_arguments
from tests.counts import soak
from tests.labeling.llm.answering import WEB, covered_once, forms, labeller, propose, rubbish, truthful

ALONE = LabelSettings(concurrency=1, step_tokens=60, page_tokens=60, halvings=1, most=3)
CASES, BATCHES = 10_000, 20
DEMO = forms(2)
NAMES = tuple(policy.name for policy in WEB if policy.kind != "planner")


def check(tree):
    assert covered_once(tree)
    assert tree.uids == tuple(DEMO.recording.uids)
    for segment in tree.segments:
        assert 0 < segment.confidence <= 1
        tree.model_dump_json().encode()
        if not segment.policy.startswith("proposed:"):
            check_arguments(segment, WEB.resolve(segment.policy))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_rubbish_replies_give_a_valid_tree(batch):
    """Random JSON, changed, cut, spliced and shuffled replies, prose, nothing: the tree is valid and covers all."""
    good = truthful(DEMO)
    for case in range(soak(CASES) // BATCHES):
        rng = random.Random(f"{batch} {case}")
        steady = rng.random() < 0.5
        kept = {}

        def answer(request, rng=rng, steady=steady, kept=kept):
            if rng.random() < 0.2:
                return good(request)
            key = request.messages[0].content if steady else object()
            return kept.setdefault(key, rubbish(rng, good(request)))

        check(propose(labeller(answer, ALONE), DEMO))


def test_ten_million_characters_are_read_no_further_than_needed():
    """A reply of ten megabytes, be it one JSON, prose, or brackets, gives a valid tree in a moment."""
    good = truthful(DEMO)

    def large(request):
        return '{"calls": [' + ", ".join(['{"first_step": 2, "policy": "fill_text", "args": []}'] * 190_000) + "]}"

    check(propose(labeller(large), DEMO))
    for text in ("x" * 10_000_000, "[" * 10_000_000, '{"a":"' + "\\" * 10_000_000):
        check(propose(labeller(lambda request, text=text: text), DEMO))
    check(propose(labeller(lambda request: good(request) + " " * 10_000_000), DEMO))


@pytest.mark.parametrize("batch", range(10))
def test_a_reading_is_a_partition_and_reading_it_twice_gives_the_same(batch):
    """Any text gives rising first units from the window's first on, and equal texts give equal readings."""
    good = truthful(DEMO)(labeller_request())
    for case in range(soak(5_000) // 10):
        text = rubbish(random.Random(f"reading {batch} {case}"), good)
        reading = read_reply(text, 3, 8, WEB, NAMES)
        firsts = [stretch.first for stretch in reading.partition]
        assert firsts[0] == 3
        assert all(3 <= a < b <= 8 for a, b in zip(firsts, firsts[1:], strict=False))
        assert reading == read_reply(text, 3, 8, WEB, NAMES)


def labeller_request():
    made = labeller(truthful(DEMO))
    propose(made, DEMO)
    return made.chat.requests[0]
