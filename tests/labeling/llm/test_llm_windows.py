"""Windows cover every unit, keep disjoint centres, and put a truth that they each see in part together again."""

from hypothesis import given
from hypothesis import strategies as st

from labeling.llm.levels import clipped
from labeling.llm.model import LabelSettings, Stretch, joined, spans
from labeling.llm.windows import plan_windows, stitched

SETTINGS = st.builds(
    LabelSettings,
    whole_steps=st.integers(1, 30),
    whole_tokens=st.integers(100, 5000),
    window=st.integers(2, 40),
    window_tokens=st.integers(50, 3000),
    overlap=st.integers(0, 12),
    snap=st.integers(0, 5),
)
TOKENS = st.lists(st.integers(1, 400), min_size=1, max_size=150)
STRONG = st.frozensets(st.integers(0, 150))
SHIFT = st.integers(0, 40)
POLICIES = ("OWN", "fill_text", "navigate", "search")


@st.composite
def truths(draw, end):
    """A partition of units up to `end` in which neighbours are different calls."""
    firsts = sorted({0, *draw(st.lists(st.integers(0, end - 1), max_size=end))})
    policies = [draw(st.sampled_from(POLICIES)) for _ in firsts]
    return joined([Stretch(f, p, (("x", str(f)),)) for f, p in zip(firsts, policies, strict=True)])


@given(TOKENS, STRONG, SETTINGS, SHIFT)
def test_kept_parts_tile_the_units_and_lie_in_their_windows(tokens, strong, settings, shift):
    """Every unit is kept by exactly one window, which shows it."""
    windows = plan_windows(tokens, strong, settings, shift)
    kept = [unit for window in windows for unit in range(window.keep_first, window.keep_last + 1)]
    assert kept == list(range(len(tokens)))
    assert all(0 <= w.first <= w.keep_first <= w.keep_last <= w.last < len(tokens) for w in windows)


@given(TOKENS, STRONG, SETTINGS)
def test_what_fits_is_one_window(tokens, strong, settings):
    """One window exactly if neither steps nor tokens are too many."""
    fits = len(tokens) <= settings.whole_steps and sum(tokens) <= settings.whole_tokens
    windows = plan_windows(tokens, strong, settings)
    assert not fits or len(windows) == 1


@given(TOKENS, STRONG, SETTINGS, SHIFT)
def test_what_a_window_keeps_fits_its_tokens(tokens, strong, settings, shift):
    """The kept part costs no more than a window may, but for snapping and a single unit."""
    windows = plan_windows(tokens, frozenset(), settings, shift)
    if len(windows) > 1:
        for window in windows:
            kept = tokens[window.keep_first : window.keep_last + 1]
            assert len(kept) == 1 or sum(kept) <= settings.window_tokens


@given(TOKENS.flatmap(lambda tokens: st.tuples(st.just(tokens), truths(len(tokens)))), STRONG, SETTINGS, SHIFT)
def test_stitching_what_each_window_sees_of_a_truth_gives_the_truth(drawn, strong, settings, shift):
    """Windows that each tell the truth of what they show make no boundary and lose none."""
    tokens, truth = drawn
    settings = settings.__class__(**{**settings.__dict__, "overlap": max(2, settings.overlap)})
    windows = plan_windows(tokens, strong, settings, shift)
    parts = [clipped(truth, len(tokens), window.first, window.last) for window in windows]
    made = stitched(windows, parts)
    assert [(one.first, one.call) for one in made] == [(one.first, one.call) for one in truth]


@given(TOKENS.flatmap(lambda tokens: st.tuples(st.just(tokens), truths(len(tokens)))), st.data())
def test_a_clipped_partition_is_one_of_its_part(drawn, data):
    """Clipping keeps the calls and begins with the first unit."""
    tokens, truth = drawn
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    part = clipped(truth, len(tokens), first, last)
    whole = {unit: stretch.call for stretch, begin, end in spans(truth, len(tokens)) for unit in range(begin, end)}
    assert part[0].first == first
    assert all(whole[u] == s.call for s, begin, end in spans(part, last + 1) for u in range(begin, end))


def test_windows_end_where_something_ended():
    """A cut moves to the nearest strong boundary in reach."""
    settings = LabelSettings(whole_steps=10, window=30, overlap=10, snap=4)
    assert [w.keep_first for w in plan_windows([1] * 60, {22, 38}, settings)] == [0, 22, 38]
    assert [w.keep_first for w in plan_windows([1] * 60, {25}, settings)] == [0, 20, 40]


def test_passes_are_cut_elsewhere():
    """A shifted plan has other cuts, so that no two passes are blind at the same place."""
    settings = LabelSettings(whole_steps=10, window=30, overlap=10, snap=0)
    plain = {w.keep_first for w in plan_windows([1] * 100, set(), settings)}
    moved = {w.keep_first for w in plan_windows([1] * 100, set(), settings, shift=7)}
    assert plain & moved == {0}


def test_a_call_that_two_windows_name_differently_ends_at_the_cut():
    """Where the two sides contradict each other, the cut is a boundary, said to be unsure."""
    settings = LabelSettings(whole_steps=1, window=6, overlap=2, snap=0)
    windows = plan_windows([1] * 8, set(), settings)
    assert [w.keep_first for w in windows] == [0, 4]
    left = (Stretch(0, "fill_text", (("text", "a"),)),)
    right = (Stretch(windows[1].first, "search", (("query", "a"),)),)
    made = stitched(windows, [left, right])
    assert [(one.first, one.policy, one.certainty) for one in made] == [
        (0, "fill_text", "medium"),
        (4, "search", "low"),
    ]
