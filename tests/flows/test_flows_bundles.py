"""The native bundle: back again it is the same, and nothing of a bundle that lies is taken."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest

from flows.label import labels
from flows.prompt import prompts
from flows.transfer.bundles import import_bundle, said
from flows.transfer.exporting import Asked, export_labels
from flows.transfer.import_paths import import_paths, text
from labeling.errors import BadBundle
from labeling.exports.bundle import episode_chunks, read_bundle
from tests.counts import soak
from tests.workspaces import add_demonstration
from traces.model import Annotation
from wiring import Parts


@pytest.fixture(name="full")
def full_fixture(parts):
    """Two demonstrations with two reviews, undone changes, notes and a prompt set."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    desk = parts.desk()
    state = desk.begin(labels.proposed(parts, "demo1"), "eva", "eva")
    state = desk.do(state, "reject", {"segment": "s2"}, "eva")
    desk.do(state, "undo", {}, "eva")
    note = Annotation(id="n1", episode="demo1", kind="note", author="eva", at=5.0, text="Tidy “quotes” – ½")
    parts.annotate(note)
    wrong = Annotation(
        id="demo2:mistake:demo2-3", episode="demo2", kind="mistake", author="me", at=6.0, value=1.0, step="demo2-3"
    )
    parts.annotate(wrong)
    prompts.build(parts)
    return parts


@pytest.fixture(name="bundle")
def bundle_fixture(full, tmp_path):
    export_labels(full, Asked("native", tmp_path / "out.zip"))
    return tmp_path / "out.zip"


@pytest.fixture(name="other")
def other_fixture(tmp_path):
    other = Parts(tmp_path / "other")
    yield other
    other.close()


def test_everything_comes_back(full, bundle, other):
    """Episodes, proposals, reviews with their history, labels, notes and prompts are equal there."""
    import_bundle(other, bundle)
    for episode in ("demo1", "demo2"):
        assert other.episodes.path(episode).read_bytes() == full.episodes.path(episode).read_bytes()
        assert other.labels.runs(episode) == full.labels.runs(episode)
        assert other.labels.tracks(episode) == full.labels.tracks(episode)
        for _, track in full.labels.tracks(episode):
            assert other.labels.events(episode, track) == full.labels.events(episode, track)
            assert other.desk().open(episode, track) == full.desk().open(episode, track)
        assert other.episodes.annotations.of(episode) == full.episodes.annotations.of(episode)
    assert other.labels.label_set("latest") == full.labels.label_set("latest")
    assert other.labels.prompt_set("latest") == full.labels.prompt_set("latest")
    assert other.episodes.catalogue.get("demo1")["max_depth"] == 3


def test_a_bundle_of_a_bundle_has_the_same_bytes(bundle, other, tmp_path):
    """Nothing is lost or added on the way."""
    import_bundle(other, bundle)
    export_labels(other, Asked("native", tmp_path / "again.zip"))
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_importing_again_adds_nothing(bundle, other):
    """All of it is there already, and said so."""
    first = import_bundle(other, bundle)
    again = import_bundle(other, bundle)
    assert again["added"] == {}
    assert again["already_there"] == first["added"]
    assert again["refused"] == []
    assert "there already: 2 label runs" in said(again)


def test_a_review_that_went_on_elsewhere_is_kept(full, bundle, other):
    """Events after the bundle's stay; a track that went another way is refused and kept."""
    import_bundle(other, bundle)
    desk = other.desk()
    desk.do(desk.open("demo1", "eva"), "reject", {"segment": "s3"}, "eva")
    longer = other.labels.events("demo1", "eva")
    full.desk().do(full.desk().open("demo1", "eva"), "accept", {"segment": "s1"}, "eva")
    export_labels(full, Asked("native", bundle.with_name("later.zip")))
    told = import_bundle(other, bundle.with_name("later.zip"))
    assert other.labels.events("demo1", "eva") == longer
    assert len(told["refused"]) == 1
    assert "eva" in told["refused"][0]


def test_the_command_takes_bundles_beside_episodes(bundle, other):
    """`import` says what each brought."""
    result = import_paths(other, [bundle])
    assert sorted(one["id"] for one in result.episodes) == ["demo1", "demo2"]
    assert "label set ls-" in text(result)
    assert not result.partly


def test_a_record_that_says_something_else_under_a_known_id_is_refused(bundle, other):
    """What is here is kept, and the message names it."""
    import_bundle(other, bundle)
    kept = other.labels.label_set("latest")
    renamed = changed(bundle, "label_sets.jsonl", lambda old: old.replace(b"fill_text", b"search_it"), honest=True)
    told = import_bundle(other, renamed)
    assert [message.partition(" ")[0] for message in told["refused"]] == [kept.id]
    assert other.labels.label_set("latest") == kept


def changed(bundle, name, data, *, honest):
    """The bundle with a member replaced; `honest` sets the manifest's hash accordingly."""
    with zipfile.ZipFile(bundle) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    members[name] = data(members.get(name, b""))
    if honest:
        manifest = json.loads(members["manifest.json"])
        digest = hashlib.sha256(members[name]).hexdigest()
        manifest["files"][name] = {"rows": 0, "bytes": len(members[name]), "sha256": digest}
        members["manifest.json"] = json.dumps(manifest).encode()
    path = bundle.with_name("bad.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("name", "data", "honest", "told"),
    [
        ("../evil", lambda old: b"x", False, "no bundle of ours"),
        ("episodes/../../evil.episode", lambda old: b"x", True, "no bundle of ours"),
        ("label_runs.jsonl", lambda old: old + b"{}\n", False, "is damaged"),
        ("label_runs.jsonl", lambda old: old + b"{}\n", True, "line 3"),
        ("bundle.json", lambda old: old.replace(b"bundle/1", b"bundle/9"), True, "this Stepscope reads"),
        ("episodes/demo1.episode", lambda old: old[:-1], False, "is damaged"),
        ("episodes/demo3.episode", lambda old: b"x", False, "its manifest names"),
        ("manifest.json", lambda old: b"[]", False, "manifest.json"),
    ],
)
def test_a_bundle_that_lies_is_refused_whole(bundle, other, name, data, honest, told):
    """Nothing of it is in the workspace, and the message says what is wrong."""
    with pytest.raises(BadBundle, match=told):
        import_bundle(other, changed(bundle, name, data, honest=honest))
    assert other.workspace.count("label_run") == 0
    assert list(other.workspace.episodes_dir.iterdir()) == []
    assert sorted(path.name for path in other.workspace.root.iterdir() if path.name.startswith(".")) == []


def contents(bundle):
    """Everything in a bundle, as an import would read it."""
    found = read_bundle(bundle)
    files = found.manifest.files
    return found, [b"".join(episode_chunks(bundle, name, files[name].sha256)) for name in found.episodes]


def test_a_byte_that_changed_on_the_way_is_noticed(bundle):
    """Wherever it stands: the bundle is refused, or the byte says nothing (a date) and all is as it was."""
    whole, before = bundle.read_bytes(), contents(bundle)
    refused = 0
    for place in range(0, len(whole), len(whole) // soak(400)):
        bundle.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        try:
            assert contents(bundle) == before
        except BadBundle:
            refused += 1
    assert refused > soak(400) * 0.8


def test_what_is_no_archive_is_refused(tmp_path):
    """Text called .zip, and a file that is not there."""
    (tmp_path / "x.zip").write_text("not an archive")
    for name in ("x.zip", "missing.zip"):
        with pytest.raises(BadBundle, match="no bundle that can be read"):
            read_bundle(tmp_path / name)


def test_an_episode_that_is_another_here_keeps_its_labels_away(bundle, other):
    """A different episode of the same id is kept, and the bundle's labels for it are not taken."""
    add_demonstration(other, "demo1", "zoe")
    told = import_bundle(other, bundle)
    assert told["episodes"]["imported"] == ["demo2"]
    assert "has the id demo1 already" in told["refused"][0]
    assert other.labels.runs("demo1") == ()
    assert other.labels.tracks("demo1") == ()


def test_a_review_that_no_gesture_can_have_made_is_refused_and_the_rest_taken(bundle, other):
    """What would only break when it is undone is found when it comes in; the other track is there."""

    def broken(old):
        events = [json.loads(line) for line in old.decode().splitlines()]
        for event in events:
            if event["inverse"].get("segments"):
                event["inverse"]["segments"] = {name: {"state": "odd"} for name in event["inverse"]["segments"]}
        return "\n".join(json.dumps(event) for event in events).encode()

    done = import_bundle(other, changed(bundle, "review_events.jsonl", broken, honest=True))
    assert done["refused"]
    assert all("like no gesture" in message for message in done["refused"])
    assert sorted(done["episodes"]["imported"]) == ["demo1", "demo2"]


def test_half_a_character_in_a_bundle_harms_nothing(bundle, other):
    """It is replaced, as on pages; what stands around it comes in."""

    def half(old):
        return old.replace(b"Tidy", b"\\ud800Tidy")

    done = import_bundle(other, changed(bundle, "annotations.jsonl", half, honest=True))
    assert (done["refused"], done["added"]["annotations"]) == ([], 2)
    assert [note.text[:5] for note in other.episodes.annotations.of("demo1") if note.text] == ["\ufffdTidy"]
