"""Votes: what most passes say is said, whatever their order, and noise goes down with more of them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from labeling.llm.model import OWN, Stretch, joined, spans
from labeling.llm.votes import agree, settled, vote
from tests.counts import soak

END = 40
PARTITIONS = st.builds(
    lambda firsts, policies: joined(
        [Stretch(first, policies[first % len(policies)]) for first in sorted({0, *firsts})]
    ),
    st.frozensets(st.integers(1, END - 1), max_size=12),
    st.lists(st.sampled_from(("OWN", "fill_text", "search")), min_size=1, max_size=5),
)


def parts(partition):
    return [(stretch.first, stretch.policy) for stretch in partition]


@given(st.lists(PARTITIONS, min_size=1, max_size=6))
def test_a_vote_is_a_partition_with_shares(passes):
    """First units rise from 0, and every share lies between 0 and 1."""
    voted = vote(passes, END)
    firsts = [stretch.first for stretch in voted.partition]
    assert firsts[0] == 0
    assert firsts == sorted(set(firsts))
    assert len(voted.shares) == len(voted.partition)
    assert all(0 <= share.least <= 1 for share in voted.shares)


@given(PARTITIONS, st.integers(1, 6))
def test_equal_passes_are_what_they_say(partition, count):
    """Passes that agree give their partition with full shares, and nothing more is asked."""
    passes = [partition] * count
    voted = vote(passes, END)
    assert parts(voted.partition) == parts(partition)
    assert all(share.least == 1 for share in voted.shares)
    assert agree(passes)
    assert settled(passes, END, 5) == (count > 1)


@given(PARTITIONS, st.lists(PARTITIONS, min_size=1, max_size=2))
def test_the_majority_is_taken(partition, others):
    """A partition that more than half of the passes say is the vote's boundaries and policies."""
    passes = [*others, *[partition] * (len(others) + 1)]
    assert parts(vote(passes, END).partition) == parts(partition)


@given(st.lists(PARTITIONS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_passes_moves_no_boundary(passes, rng):
    """Boundaries depend on what was said, not on who said it first; OWN beside OWN is none."""
    mixed = list(passes)
    rng.shuffle(mixed)
    one, other = vote(passes, END), vote(mixed, END)
    if all(share.policy > 0.5 for share in (*one.shares, *other.shares)):
        assert parts(one.partition) == parts(other.partition)


def noisy(truth, rng, rate):
    """The truth as somebody says it who drops, shifts and invents boundaries, each at the given rate."""
    out = {0: truth[0].policy}
    for stretch in truth[1:]:
        draw = rng.random()
        if draw > rate:
            shift = rng.choice([-1, 1]) if rng.random() < rate else 0
            out[min(END - 1, max(1, stretch.first + shift))] = stretch.policy
    for place in range(1, END):
        if rng.random() < rate / 4:
            out.setdefault(place, "search")
    return joined([Stretch(first, out[first]) for first in sorted(out)])


def f1(made, truth):
    mine, theirs = {s.first for s in made} - {0}, {s.first for s in truth} - {0}
    hit = len(mine & theirs)
    return 1.0 if not mine | theirs else 2 * hit / (len(mine) + len(theirs))


def test_five_noisy_passes_beat_one():
    """With independent noise the boundaries of the vote are better than those of a pass, by far."""
    rng, alone, together = random.Random(7), 0.0, 0.0
    for _ in range(soak(1000)):
        firsts = sorted({0, *rng.sample(range(1, END), 9)})
        truth = joined([Stretch(f, ("fill_text", OWN, "navigate")[n % 3]) for n, f in enumerate(firsts)])
        passes = [noisy(truth, rng, 0.2) for _ in range(5)]
        alone += f1(passes[0], truth) / soak(1000)
        together += f1(vote(passes, END).partition, truth) / soak(1000)
    assert together > alone + 0.05


def test_arguments_are_voted_on_as_they_are_meant():
    """Spacing and case make no difference; the wording taken is one that was said."""
    said = [Stretch(0, "search", (("query", text),)) for text in ("New York", "new  york", "Boston")]
    voted = vote([(one,) for one in said], 5)
    assert voted.partition[0].args == (("query", "New York"),)
    assert round(voted.shares[0].args, 2) == 0.67


def test_spans_end_where_the_next_begins():
    """The last stretch ends at the end that is named."""
    partition = (Stretch(0), Stretch(3, "search"))
    assert [(begin, end) for _, begin, end in spans(partition, 9)] == [(0, 3), (3, 9)]
