"""What the replay component is served, how it may be cached, and what is never served."""

import io

import pytest
from PIL import Image

from bench.replay_episode import write_episode
from server.guard import HEADER
from store.claims import Claim
from traces.model import Frame

BASE = "/stepscope/episodes/booking"


@pytest.fixture(name="skeleton")
def skeleton_fixture(client):
    return client.get(f"{BASE}/skeleton").json()


def test_the_skeleton_has_a_column_entry_for_every_step(skeleton):
    """All columns are as long as the episode, and frames hold it together."""
    assert {len(column) for column in skeleton["steps"].values()} == {14}
    assert [frame["policy"] for frame in skeleton["frames"]] == [
        "planner",
        "fill_form",
        "fill_text",
        "fill_text",
        "choose_date",
    ]
    assert skeleton["sealed"] is True
    assert skeleton["label_ref"] is None


def test_a_step_comes_with_everything_one_reads_about_it(client, skeleton):
    """Record, both observations with boxes, and the model call with the texts of its prompt and the reply."""
    body = client.get(f"{BASE}/steps/{skeleton['steps']['uid'][11]}").json()
    assert body["step"]["action"] == "click [17]"
    assert "heading 'November 2016'" in body["before"]["text"]
    assert "heading 'October 2016'" in body["after"]["text"]
    assert body["before"]["boxes"]["17"] == [80, 320, 70, 28]
    assert [part["kind"] for part in body["call"]["parts"]] == ["system", "example", "history", "observation"]
    assert body["call"]["parts"][3]["text"] == body["before"]["text"]
    assert body["call"]["reply"].endswith("ACTION: click [17]")
    assert body["same"] is False


def test_an_observation_that_did_not_change_is_sent_once(client, skeleton):
    """A call changes no page: the payload says so instead of repeating the text."""
    body = client.get(f"{BASE}/steps/{skeleton['steps']['uid'][0]}").json()
    assert body["same"] is True
    assert body["after"] is None


@pytest.mark.parametrize(("kind", "width"), [("pictures", 1280), ("thumbs", 160)])
def test_pictures_are_immutable_private_and_inert(client, skeleton, kind, width):
    """A picture may be kept for ever by this browser alone, and could not run anything were it opened by itself."""
    answer = client.get(f"{BASE}/{kind}/{skeleton['steps']['before'][0]}")
    assert Image.open(io.BytesIO(answer.content)).width == width
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_what_can_change_is_not_kept_by_the_browser(client, skeleton):
    """Skeletons and steps are read anew each time, since an episode may run or be deleted."""
    for path in ("skeleton", f"steps/{skeleton['steps']['uid'][0]}"):
        assert client.get(f"{BASE}/{path}").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "nothing-here/skeleton",
        "booking/steps/no-such-step",
        "booking/pictures/00000000000000000000000000000000",
        "booking/thumbs/00000000000000000000000000000000",
        "booking/pictures/booking.episode",
        "..%2F..%2Fetc/skeleton",
        "a%20b/skeleton",
        ".hidden/skeleton",
        "booking/skeleton?label_ref=../../x",
        "booking/tail?since=-1",
        "booking/tail?since=1e3",
    ],
)
def test_what_is_not_there_is_404_in_words(client, path):
    """Unknown or malformed ids name nothing; the answer says what happened, what was kept and what to do."""
    answer = client.get(f"/stepscope/episodes/{path}")
    assert answer.status_code == 404
    if answer.headers["content-type"] == "application/json":
        assert set(answer.json()) == {"message"}
    assert "html" not in answer.headers["content-type"]


def test_a_text_is_not_served_as_a_picture(client, skeleton):
    """The hash of a stored text (here: of the prompt) opens no picture."""
    call = client.get(f"{BASE}/steps/{skeleton['steps']['uid'][0]}").json()["call"]
    assert client.get(f"{BASE}/pictures/{call['parts'][0]['hash']}").status_code == 404


@pytest.mark.parametrize("path", ["skeleton", "tail", "steps/s00000", "pictures/" + "0" * 32, "thumbs/" + "0" * 32])
def test_every_route_is_guarded(client, path):
    """Without the token nothing is said, not even whether the episode exists."""
    answer = client.get(f"{BASE}/{path}", headers={HEADER: "guess"})
    assert answer.status_code == 403
    assert client.get(f"{BASE}/{path}", headers={"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/stepscope", "/stepscope/episodes", "/stepscope/episodes/", f"{BASE}/", f"{BASE}/pictures"]
)
def test_nothing_is_listed(client, path):
    """No address lists episodes, steps or pictures."""
    assert client.get(path).status_code == 404


def test_labels_give_a_demonstration_its_calls(client, shelf):
    """With a label_ref the frames and the column that points into them come from the label."""
    root = Frame(id="f0", parent=None, depth=1, policy="planner", objective="x", first_step=0, last_step=13)
    call = Frame(id="f1", parent="f0", depth=2, policy="search", objective="search [x]", first_step=3, last_step=5)
    shelf.labels["run:1"] = (root, call)
    body = client.get(f"{BASE}/skeleton", params={"label_ref": "run:1"}).json()
    assert [frame["policy"] for frame in body["frames"]] == ["planner", "search"]
    assert body["label_ref"] == "run:1"
    assert body["steps"]["frame"] == [0, 0, 0, 1, 1, 1] + [0] * 8


def test_a_running_episode_is_read_as_it_stands(tmp_path, shelf, client):
    """An episode that is still written shows its steps so far, and the further ones when asked again."""
    shelf.folder = tmp_path
    path = write_episode(tmp_path, "running", n_steps=11, seal=False)
    claim = Claim.take(path)
    body = client.get("/stepscope/episodes/running/skeleton").json()
    claim.release(done=False)
    assert body["sealed"] is False
    assert body["episode"]["status"] == "running"
    assert len(body["steps"]["uid"]) == 11


def test_a_tail_is_the_end_of_the_skeleton(tmp_path, shelf, client):
    """Each column is the skeleton's from that step on; sums count from there; only calls that may differ are sent."""
    shelf.folder = tmp_path
    path = write_episode(tmp_path, "tailed", n_steps=13, seal=False)
    claim = Claim.take(path)
    whole = client.get("/stepscope/episodes/tailed/skeleton").json()
    for since in range(14):
        tail = client.get("/stepscope/episodes/tailed/tail", params={"since": since}).json()
        before = whole["steps"]["tokens"][since - 1] if since else 0
        for name, column in whole["steps"].items():
            if name != "cost":
                assert tail["steps"][name] == [v - before if name == "tokens" else v for v in column[since:]]
        assert [whole["frames"][place] for place, _ in tail["frames"]] == [frame for _, frame in tail["frames"]]
    assert [place for place, _ in tail["frames"]] == [0, 1, 4]
    assert 0 <= tail["silent"] < 60
    claim.release(done=False)
    assert client.get("/stepscope/episodes/tailed/tail").json()["episode"]["status"] == "interrupted"


def test_words_are_found_in_actions_reasons_replies_and_pages(client):
    """Each step tells where the words stand, with what is around them; case does not matter."""
    body = client.get(f"{BASE}/search", params={"q": "nOVEMBER 2016"}).json()
    found = {step["uid"]: {hit["in"]: hit["text"] for hit in step["found"]} for step in body["steps"]}
    assert list(found) == sorted(found)
    assert found["s00011"]["page"] == "[18] heading 'November 2016'"
    assert "Calendar month November 2016" in found["s00011"]["reason"]
    assert "November 2016" in found["s00011"]["reply"]
    assert body["more"] is False


def test_what_is_nowhere_or_nothing_or_too_long_is_not_found(client):
    """No words find nothing; more letters than allowed are refused in words."""
    assert client.get(f"{BASE}/search", params={"q": "zeppelin"}).json()["steps"] == []
    assert client.get(f"{BASE}/search", params={"q": "  "}).json()["steps"] == []
    answer = client.get(f"{BASE}/search", params={"q": "x" * 201})
    assert answer.status_code == 422
    assert answer.json()["message"] == "At most 200 letters can be searched for. Search for fewer."


def test_a_patch_put_onto_its_whole_is_the_picture(client, skeleton):
    """A picture that is sent as what differs from another is, put together, the one that is sent whole."""
    patched = 0
    for key in skeleton["steps"]["before"]:
        whole = Image.open(io.BytesIO(client.get(f"{BASE}/pictures/{key}").content)).convert("RGB")
        answer = client.get(f"{BASE}/pictures/{key}", params={"patch": "1"})
        place = answer.headers.get("x-stepscope-patch")
        if place is None:
            continue
        patched += 1
        base, left, top = place.split()
        below = Image.open(io.BytesIO(client.get(f"{BASE}/pictures/{base}").content)).convert("RGB")
        above = Image.open(io.BytesIO(answer.content)).convert("RGBA")
        below.paste(above, (int(left), int(top)), above)
        assert below.tobytes() == whole.tobytes()
    assert patched
