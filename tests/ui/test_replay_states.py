"""The replay component with episodes that are running, empty, long, hostile or out of reach, and for every eye."""

import json
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bench.replay_episode import write_episode
from bench.replay_page import theme_variables
from store.claims import Claim
from traces.frames import build_frames
from traces.model import Episode, Frame, Rewards, Step
from traces.skeleton import build_skeleton
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser


def write_plain(folder, episode_id, steps, **header):
    """A sealed demonstration without pictures or observations."""
    episode = Episode(id=episode_id, actor="human", objective="Look around", status="success", author="ana", **header)
    with EpisodeWriter.create(folder, episode) as writer:
        for seq in range(steps):
            writer.append(Step(uid=f"u{seq}", seq=seq, kind="act", action=f"press [{seq}]", started=seq, ended=seq))
        writer.seal(n_steps=steps)


def test_a_running_episode_grows_and_whoever_is_at_its_end_goes_along(replay, shelf, tmp_path):
    """New steps appear by themselves; who stands elsewhere stays; at the end it is said how it ended."""
    target = shelf.folder / "growing.episode"
    shutil.copy(write_episode(tmp_path / "a", "growing", n_steps=11, seal=False), target)
    claim = Claim.take(target)
    replay.open("growing").ready()
    expect(replay.page.locator("header")).to_contain_text("running")
    replay.press("End")
    expect(replay.page.locator(".number")).to_have_text("step 11 / 11")
    shutil.copy(write_episode(tmp_path / "b", "growing", n_steps=13, seal=False), target)
    expect(replay.page.locator(".number")).to_have_text("step 13 / 13")
    replay.press("Home")
    shutil.copy(write_episode(tmp_path / "c", "growing", n_steps=14), target)
    claim.release(done=True)
    expect(replay.page.locator(".number")).to_have_text("step 1 / 14")
    expect(replay.page.locator("header")).to_contain_text("failed · step limit")


def test_an_episode_without_steps_says_so(replay, shelf):
    """Nothing to step through is a sentence, and no key breaks it."""
    write_plain(shelf.folder, "empty", 0)
    replay.open("empty")
    expect(replay.page.locator(".reading")).to_have_text("This episode ended before its first step.")
    replay.press("ArrowRight", "End", "n", "f", "p", "z", "0", "d", "b", "g", "ArrowUp", "ArrowDown", "Space", "l")
    expect(replay.page.locator(".reading")).to_have_text("This episode ended before its first step.")


def test_steps_without_pictures_can_still_be_read(replay, shelf):
    """An imported log keeps no pictures: the place says so and everything else works."""
    write_plain(shelf.folder, "bare", 3)
    replay.open("bare")
    expect(replay.page.get_by_text("No picture was kept for this step.").first).to_be_visible()
    replay.press("ArrowRight", "d")
    expect(replay.page.locator(".number")).to_have_text("step 2 / 3")
    expect(replay.page.locator(".action")).to_contain_text("press [1]")
    expect(replay.page.locator(".lines").first).to_contain_text("cannot be compared")
    expect(replay.page.get_by_role("treeitem")).to_have_count(1)
    replay.page.get_by_role("tab", name="Prompt").click()
    expect(replay.page.locator(".reading")).to_have_text("A person did this step, so there is no prompt.")


def test_what_an_episode_has_no_figures_for_cannot_be_its_axis(replay, shelf):
    """An imported log without times, tokens and prices has its steps to show and no more, and says why."""
    write_plain(shelf.folder, "timeless", 1)
    replay.open("timeless").ready()
    for name in ("time", "tokens", "cost"):
        axis = replay.page.locator(f"[data-axis={name}]")
        expect(axis).to_be_disabled()
        expect(axis).to_have_attribute("title", f"This episode has no {name}")


def test_a_narrow_window_has_the_page_first(replay):
    """In half a window, or at twice the size, nothing lies over anything: the page is wide, the rest below."""
    replay.page.set_viewport_size({"width": 640, "height": 450})
    replay.open(step="s00014").ready()
    boxes = {
        name: replay.page.locator(f"section.{name}").bounding_box() for name in ("stack", "page", "outline", "step")
    }
    assert boxes["page"]["width"] > 560
    assert boxes["stack"]["y"] + boxes["stack"]["height"] <= boxes["page"]["y"]
    assert boxes["page"]["y"] + boxes["page"]["height"] <= boxes["outline"]["y"] == boxes["step"]["y"]
    assert replay.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_reward_of_each_step_is_shown(replay, shelf):
    """Where steps were given something: bars and their sum on a track of its own, words at the step."""
    header = Episode(id="rewarded", actor="agent", objective="Look", status="success", rewards=Rewards(rule=0.75))
    with EpisodeWriter.create(shelf.folder, header) as writer:
        for seq, reward in enumerate((None, 0.5, None, -0.25, 0.5)):
            writer.append(
                Step(uid=f"u{seq}", seq=seq, kind="act", action="wait", reward=reward, started=seq, ended=seq)
            )
        writer.seal(n_steps=5)
    replay.open("rewarded", step="u3")
    expect(replay.page.locator(".facts")).to_contain_text("−0.25, 0.25 so far")
    slider = replay.page.get_by_role("slider")
    box = slider.bounding_box()
    slider.hover(position={"x": 62 + (box["width"] - 76) * 0.9, "y": 20})
    expect(replay.page.locator(".tip")).to_contain_text("reward +0.5, 0.75 so far")
    colours = slider.locator("canvas").first.evaluate(
        """(canvas, height) => {
          const ratio = canvas.height / height;
          const {data} = canvas.getContext('2d').getImageData(0, (height - 42) * ratio, canvas.width, 24 * ratio);
          const found = {green: 0, red: 0};
          for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] < 200) continue;
            if (data[at + 1] > data[at] + 30 && data[at + 1] > data[at + 2] + 30) found.green += 1;
            if (data[at] > data[at + 1] + 60) found.red += 1;
          }
          return found;
        }""",
        box["height"],
    )
    assert colours["green"] > colours["red"] > 0


def test_why_the_evaluator_was_not_content_stands_under_the_heading(replay, shelf):
    """Words and reward, also of a run that holds the words beside its header alone; markup in them is text."""
    said = "the seat on flight 1 is not 5E <img src=x>"
    for episode_id, later in (("told", {"verdict": said}), ("noted", {})):
        header = Episode(id=episode_id, actor="agent", objective="Take 5E")
        with EpisodeWriter.create(shelf.folder, header) as writer:
            writer.append(Step(uid="u0", seq=0, kind="act", action="click [1]"))
            writer.raw("outcome", 1.0, {"success": False, "reward": 0.5, "detail": said})
            writer.seal(status="failed", rewards=Rewards(rule=0.5), n_steps=1, **later)
        replay.open(episode_id).ready()
        expect(replay.page.locator(".verdict")).to_have_text(f"Evaluator gave 0.50 of 1: {said}")
    assert replay.page.locator(".verdict img").count() == 0


def test_labels_give_a_demonstration_its_frames(replay, shelf):
    """With a label_ref the same steps are shown under the label's calls, and the address keeps the label."""
    write_plain(shelf.folder, "labelled", 6)
    root = Frame(id="f0", parent=None, depth=1, policy="planner", objective="Look around", first_step=0, last_step=5)
    call = Frame(id="f1", parent="f0", depth=2, policy="search", objective="search [x]", first_step=2, last_step=4)
    shelf.labels["run:7"] = (root, call)
    replay.open("labelled", label_ref="run:7", step="u3")
    replay.frame("search [x]")
    replay.page.wait_for_url(re.compile("label_ref=run%3A7"))


def test_an_old_token_is_said_and_not_retried_blindly(replay):
    """After a restart of the app the page says to reload; the address still names the place."""
    replay.open(step="s00003").ready()
    replay.page.evaluate("window.run({token: 'old'})")
    expect(replay.page.get_by_role("alert")).to_contain_text("reload the page")
    expect(replay.page.get_by_role("button", name="Try again")).to_be_visible()


def test_an_unknown_episode_is_said(replay):
    """An address of an episode that is gone leads to a sentence and to the Episodes screen."""
    replay.open("gone")
    expect(replay.page.get_by_role("alert")).to_contain_text("Episodes screen")
    expect(replay.page.get_by_role("link", name="All episodes")).to_have_attribute("href", "episodes")
    expect(replay.page.get_by_role("link", name="Without these labels")).to_have_count(0)


def test_labels_that_are_gone_leave_the_episode_in_reach(replay):
    """An address with labels that were deleted says so, and one press shows the episode with those it has."""
    replay.open(label_ref="run:gone")
    link = replay.page.get_by_role("link", name="Without these labels")
    expect(link).to_have_attribute("href", "replay?episode=booking")


def test_a_server_that_goes_away_is_said_and_healed(replay):
    """Steps not fetched yet cannot be shown without the server; with it back the next step works again."""
    replay.open().ready()
    replay.page.wait_for_load_state("networkidle")
    replay.page.context.set_offline(True)
    replay.press("End").at(25)
    expect(replay.page.get_by_role("alert")).to_contain_text("The server does not answer")
    replay.page.context.set_offline(False)
    replay.press("ArrowLeft", "ArrowLeft").at(23).ready()
    expect(replay.page.locator(".facts")).to_contain_text("into the episode")
    expect(replay.page.get_by_role("alert")).to_have_count(0)


def long_skeleton(steps):
    """An agent's run of many steps: a call of every fifth, thirty levels of names to choose from."""
    acts = []
    for seq in range(steps):
        kind, action = {0: ("push", f"policy_{seq % 30} [{seq}]"), 4: ("pop", "stop")}.get(
            seq % 5, ("act", f"click [{seq}]")
        )
        acts.append(Step(uid=f"u{seq}", seq=seq, kind=kind, action=action, started=seq * 10, ended=seq * 10 + 8))
    frames = build_frames(acts, "Long")
    episode = Episode(id="long", actor="agent", objective="Long", status="success")
    columns = build_skeleton(episode, acts, frames, ())
    inner = [0] * steps
    for number, frame in enumerate(frames[1:], 1):
        inner[frame.first_step : frame.last_step + 1] = [number] * (frame.last_step - frame.first_step + 1)
    columns["steps"]["frame"] = inner
    return {**columns, "label_ref": None, "sealed": True}


FLIPS = """async (n) => {
  const took = [];
  for (let k = 0; k < n; k++) {
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, composed: true}));
    took.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
  }
  return took.sort((a, b) => a - b)[Math.floor(n / 2)];
}"""


def test_ten_thousand_steps_stay_smooth(replay):
    """Lists make only the rows in sight, and a step takes no longer than in a short episode."""
    body = json.dumps(long_skeleton(10_000))
    replay.page.route("**/skeleton*", lambda route: route.fulfill(body=body, content_type="application/json"))
    replay.page.route(re.compile("/steps/"), lambda route: route.fulfill(status=404, body="not kept"))
    replay.open("long")
    expect(replay.page.locator(".number")).to_have_text("step 1 / 10,000")
    assert replay.page.evaluate(FLIPS, 40) < 16
    replay.press("End")
    expect(replay.page.locator(".number")).to_have_text("step 10,000 / 10,000")
    replay.page.get_by_role("tab", name="Steps").click()
    expect(replay.page.get_by_role("option", selected=True)).to_be_in_viewport()
    assert replay.page.get_by_role("option").count() < 120
    assert replay.page.locator("[role=treeitem]").count() < 120


def test_what_was_recorded_is_never_markup(replay):
    """Tags in an objective, an action or a sentence are shown as text and run nothing."""
    evil = "<img src=x onerror='window.failures.push(1)'><b>bold</b>"
    skeleton = long_skeleton(3)
    skeleton["episode"]["objective"] = evil
    skeleton["steps"]["sentence"][0] = skeleton["steps"]["action"][0] = skeleton["frames"][0]["policy"] = evil
    body = json.dumps(skeleton)
    replay.page.route("**/skeleton*", lambda route: route.fulfill(body=body, content_type="application/json"))
    replay.page.route(re.compile("/steps/"), lambda route: route.fulfill(status=404, body=evil))
    replay.open("evil")
    expect(replay.page.get_by_role("heading", name="bold")).to_contain_text("<img src=x")
    replay.page.get_by_role("slider").hover()
    assert replay.page.locator(".replay img").count() == 0
    assert replay.page.locator(".replay header b").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_barrier_in_any_pane(replay, theme):
    """axe finds nothing serious in the panes and sheets, in light and dark."""
    replay.open(step="s00013", theme=theme).ready()
    for action in (None, "d", "Prompt", "Observation", "Notes", "Steps", "/", "?"):
        if action in ("d", "/"):
            replay.page.get_by_role("slider").focus()
        if action == "?":
            replay.press("Escape")
        if action in ("d", "/", "?"):
            replay.press(action)
        elif action:
            replay.page.get_by_role("tab", name=action).click()
        replay.ready()
        found = Axe().run(replay.page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], action


def test_the_theme_is_followed_without_losing_the_place(replay):
    """When the theme changes everything is drawn in its colours and the same step stays selected."""
    replay.open(step="s00012").ready()
    background = "getComputedStyle(document.querySelector('.host').shadowRoot.querySelector('.card')).backgroundColor"
    before = replay.page.evaluate(background)
    values = dict(pair.split(":", 1) for pair in theme_variables(True).split(";"))
    replay.page.evaluate(
        """(values) => {
          for (const [k, v] of Object.entries(values)) document.documentElement.style.setProperty(k, v);
          window.run({});
        }""",
        values,
    )
    assert replay.page.evaluate(background) != before
    replay.at(13)


@pytest.mark.parametrize("width", [1044, 1252, 1700])
def test_nothing_overflows(replay, width):
    """In a window of 1,280 px beside the sidebar, and in wider ones, nothing is cut off or scrolls sideways."""
    replay.page.set_viewport_size({"width": width, "height": 800})
    replay.open(step="s00013").ready().press("d").ready()
    beyond = """() => {
      const root = document.querySelector('.host').shadowRoot.querySelector('.replay');
      const right = (part) => part.getBoundingClientRect().right;
      const parts = [...root.querySelectorAll('header > *, .card, .tabrow > *, .stackhead > *, .reading > *')];
      return parts.filter((part) => right(part) > right(root) + 1).map((part) => part.className || part.tagName);
    }"""
    assert replay.page.evaluate(beyond) == []
    assert replay.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_beside_the_sidebar_of_a_small_screen_the_step_number_is_read(replay):
    """Of a window of 1,024 px the sidebar leaves 764: what stands over the page takes two rows, and nothing is cut."""
    replay.page.set_viewport_size({"width": 1024, "height": 700})
    replay.open(step="s00013").ready()
    replay.page.evaluate("document.querySelector('.host').style.width = '764px'")
    number = replay.page.locator(".number").bounding_box()
    card = replay.page.locator("section.page").bounding_box()
    assert number["x"] + number["width"] <= card["x"] + card["width"]
    assert card["width"] >= 270


def test_leaving_lets_go_of_keys_and_timers(replay):
    """After Streamlit unmounts the component no key reaches it, and nothing is left on the page."""
    replay.open().ready()
    replay.page.evaluate("window.leave()")
    expect(replay.page.locator(".replay")).to_have_count(0)
    reports = len(replay.reports)
    replay.press("ArrowRight", "End")
    replay.page.wait_for_timeout(300)
    assert len(replay.reports) == reports
