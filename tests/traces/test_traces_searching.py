"""Search inside an episode: what is found where, in the order of steps, and with what memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from store.blobs import content_hash
from store.episode_file import TURN, EpisodeFile
from traces.model import Episode, LlmCall, Observation, Step
from traces.reader import EpisodeReader
from traces.searching import Hit, search
from traces.wire import observation_row


def written(folder: Path, n_steps: int) -> Path:
    """A run in which every step has a page, a reason and a reply of its own; every hundredth page says needle."""
    path = folder / f"long{n_steps}.episode"
    file = EpisodeFile.create(path)
    header = Episode(id=path.stem, actor="agent", objective="Find it", status="failed", n_steps=n_steps)
    file.put_meta("episode", header.model_dump_json().encode())
    for seq in range(n_steps):
        seen = Observation(
            url="http://site.test/", title="", text=f"[1] text '{'needle' if seq % 100 == 0 else 'hay'} {seq}'"
        )
        text, reply = content_hash(seen.text.encode()), f"Reply {seq}: so much hay."
        file.put_text(text, seen.text, "observation")
        file.put_text(content_hash(reply.encode()), reply, "reply")
        file.put_text(content_hash(b"{}"), "{}", "boxes")
        key, row = observation_row(seen, text, content_hash(b"{}"), None)
        file.put_observation(key, row)
        call = LlmCall(
            number=seq,
            frame=None,
            purpose="decide",
            model="m",
            parts=(),
            reply=content_hash(reply.encode()),
            tokens_in=9,
            tokens_out=3,
        )
        file.put_row("call", seq, call.model_dump(mode="json"))
        step = Step(uid=f"s{seq}", seq=seq, kind="act", action="click [1]", call=seq, observation_before=key)
        file.put_step(1, seq, step.uid, step.model_dump(mode="json"))
    file.seal()
    file.close()
    return path


def test_hits_come_in_the_order_of_steps_however_many_there_are(tmp_path: Path) -> None:
    """Also past the number of steps that are read at once; each step has its own call's reply."""
    n_steps = 2 * TURN + 10
    with EpisodeReader(written(tmp_path, n_steps)) as reader:
        pages = list(search(reader, "NEEDLE"))
        replies = list(search(reader, "much hay"))
        assert list(search(reader, "  ")) == []
    assert pages == [Hit(f"s{seq}", "page", f"[1] text 'needle {seq}'") for seq in range(0, n_steps, 100)]
    assert replies == [Hit(f"s{seq}", "reply", f"Reply {seq}: so much hay.") for seq in range(n_steps)]


def test_memory_does_not_grow_with_the_episode(tmp_path: Path) -> None:
    """Six times as many steps take hardly more at the peak than a few hundred do."""
    peaks = [_peak(written(tmp_path, n_steps)) for n_steps in (2 * TURN, 12 * TURN)]
    assert peaks[1] < 1.5 * peaks[0]


def _peak(path: Path) -> int:
    with EpisodeReader(path) as reader:
        tracemalloc.start()
        try:
            assert sum(1 for _ in search(reader, "needle")) > 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_a_page_that_is_not_kept_holds_nothing(tmp_path: Path) -> None:
    """What else the step says is found all the same."""
    path = written(tmp_path, 1)
    file = EpisodeFile.open(path, write=True)
    lost = Step(uid="s1", seq=1, kind="act", action="click [1]", reason="a needle", call=77, observation_before="gone")
    file.put_step(1, 1, "s1", lost.model_dump(mode="json"))
    file.commit()
    file.close()
    with EpisodeReader(path) as reader:
        assert [(hit.uid, hit.where) for hit in search(reader, "needle")] == [("s0", "page"), ("s1", "reason")]
