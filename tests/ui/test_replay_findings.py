"""What was found of an episode in Replay: signals, where failure begins, blame, and the window over the steps."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SIGNALS = {
    "version": "3",
    "signals": [
        {
            "key": "D3@s00013",
            "detector": "D3",
            "name": "oscillation",
            "version": 1,
            "first": 13,
            "last": 24,
            "frame": "f4",
            "steps": ["s00013", "s00014", "s00024"],
            "said": "Forth and back between <b>two months</b>.",
            "rule": "Forth and back between two pages four times over.",
            "points_to": "policy",
            "confirmed": None,
        },
        {
            "key": "D7@s00022",
            "detector": "D7",
            "name": "not carried out",
            "version": 1,
            "first": 22,
            "last": 22,
            "frame": "f4",
            "steps": ["s00022"],
            "said": "'clck' is neither an action nor a policy.",
            "points_to": "scaffold",
            "confirmed": None,
        },
    ],
    "beginning": {"seq": 13, "step": "s00013", "frame": "f4", "said": "Forth and back.", "page": "/airline/book"},
    "blame": {
        "blamed": "policy",
        "policy": "choose_date",
        "caller": "fill_form",
        "frame": "f4",
        "steps": ["s00013"],
        "signals": ["D3"],
        "sure": False,
        "by": "rule",
    },
    "precision": {"D3": {"confirmed": 8, "denied": 2, "low": 0.49, "high": 0.94}},
    "tags": [],
    "annotations": [],
}
"""A body of `/signals` for the episode of 25 steps."""


@pytest.fixture(name="found")
def found_fixture(replay):
    """The replay with signals; `found.said` are the bodies of what was said."""
    state = json.loads(json.dumps(SIGNALS))
    replay.said = []

    def annotate(route):
        body = json.loads(route.request.post_data)
        replay.said.append(body)
        for one in state["signals"]:
            if body["kind"] == "signal" and one["key"] == body["text"]:
                one["confirmed"] = None if body["value"] is None else bool(body["value"])
        if body["kind"] in ("tag", "remove_tag"):
            state["tags"] = sorted({*state["tags"], body["text"]} - ({body["text"]} if "_" in body["kind"] else set()))
        if body["kind"] == "note":
            state["annotations"].append({**body, "id": f"a-{len(replay.said)}", "author": "ana", "at": 1_700_000_000.0})
        if body["kind"] == "remove_note":
            state["annotations"] = [one for one in state["annotations"] if one["id"] != body["text"]]
        if body["kind"] == "blame":
            state["blame"] |= {"blamed": body["text"], "by": "person", "sure": True}
            state["beginning"]["step"] = body["step"]
        route.fulfill(json=state)

    replay.page.route("**/signals", lambda route: route.fulfill(json=state))
    replay.page.route("**/annotations", annotate)
    return replay


def test_the_heading_says_where_failure_begins(found):
    """The line names step, policy and blame; f and a press on it lead there."""
    found.open().ready()
    line = found.page.locator("button.signal")
    expect(line).to_contain_text("failure begins at step 14 (suspected: policy, in choose_date)")
    found.press("f").at(14)
    found.press("Home").at(1)
    line.click()
    found.at(14)


def test_a_signal_is_shown_with_its_rule_and_how_often_it_was_right(found):
    """The Decision pane has name, steps, rule and precision as text; what a page said is never markup."""
    found.open(step="s00013").ready()
    card = found.page.get_by_role("region", name="Signal: oscillation")
    expect(card).to_contain_text("Oscillation steps 14–25 · D3 v1")
    expect(card).to_contain_text("<b>two months</b>")
    expect(card).to_contain_text("people confirmed 8 of 10 like it (80 %; likely 49 to 94 %)")
    card.get_by_text("The rule ·").click()
    expect(card).to_contain_text("Forth and back between two pages four times over.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signals_and_blame_are_for_everybody(found, theme):
    """axe finds nothing serious in the cards of signals, the blame and a window, in light and dark."""
    found.open(step="s00022", theme=theme).ready().press("w", "y")
    expect(found.page.locator("[aria-pressed=true][data-act=confirm]")).to_have_count(1)
    violations = Axe().run(found.page).response["violations"]
    serious = [(v["id"], v["nodes"][0]["html"][:160]) for v in violations if v["impact"] in ("serious", "critical")]
    assert serious == []


OPINION = {
    "outcome": "failed",
    "blamed": "grounding",
    "frame": "f4",
    "first": 13,
    "last": 14,
    "quotes": [{"step": 14, "text": "<b>Next month</b>"}],
    "confidence": "low",
    "said": "It presses the wrong arrow.",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_model_s_opinion_is_told_with_its_words_and_that_both_differ(found, theme):
    """Folded until somebody opens it, open from then on; a press on a step leads there, and it may be read by all."""
    judge = {"model": "small", "opinions": [OPINION, {**OPINION, "blamed": "planner"}], "rejected": [], "agree": False}
    body = {**SIGNALS, "judge": {**judge, "tokens": 300, "cost": None, "at": 1_700_000_000.0}}
    found.page.route("**/signals", lambda route: route.fulfill(json=body))
    found.open(theme=theme).ready()
    told = found.page.locator("details.opinion")
    told.get_by_text("A model's opinion: asked twice, it says two things").click()
    first = told.get_by_role("region", name="Opinion: failed").first
    expect(first).to_contain_text("Failed · blame: grounding, in choose_date · steps 14–15 (low confidence)")
    expect(first).to_contain_text("“<b>Next month</b>” step 15")
    expect(told).to_contain_text("By small, asked for by command. A suggestion: it changes no blame and no count.")
    first.get_by_role("button", name="step 15", exact=True).click()
    found.at(15)
    expect(first).to_be_visible()
    violations = Axe().run(found.page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []


def test_one_key_confirms_and_denies(found):
    """y confirms the first unanswered signal of the step, x denies, the same answer again takes the word back."""
    found.open(step="s00022").ready()
    expect(found.page.get_by_role("region", name=re.compile("Signal"))).to_have_count(2)
    found.press("y")
    expect(found.page.locator("[aria-pressed=true][data-act=confirm]")).to_have_count(1)
    found.press("x")
    expect(found.page.locator(".trouble.denied")).to_have_count(1)
    found.page.get_by_role("button", name="✓ Confirm").click()
    expect(found.page.locator("[aria-pressed=true][data-act=confirm]")).to_have_count(0)
    said = [(one["kind"], one["text"], one["value"]) for one in found.said]
    assert said == [("signal", "D7@s00022", 1), ("signal", "D3@s00013", 0), ("signal", "D7@s00022", None)]


def test_the_answer_given_last_is_mended_by_the_other_key(found):
    """With all signals of a step answered, a key is about the one answered last, not about another."""
    found.open(step="s00022").ready().press("y")
    expect(found.page.locator("[aria-pressed=true][data-act=confirm]")).to_have_count(1)
    found.press("x")
    expect(found.page.locator(".trouble.denied")).to_have_count(1)
    found.press("y")
    expect(found.page.locator("[aria-pressed=true][data-act=confirm]")).to_have_count(2)
    assert found.said[-1]["text"] == found.said[-2]["text"] == "D3@s00013"


def test_a_person_corrects_blame_and_beginning(found):
    """Another blame and another first step are said of the step one looks at."""
    found.open(step="s00013").ready()
    found.page.get_by_label("Blame").select_option("environment")
    expect(found.page.locator("button.signal")).to_contain_text("(said by a person: environment, in choose_date)")
    found.press("ArrowRight").at(15)
    found.page.get_by_role("button", name="It begins at this step").click()
    expect(found.page.locator("button.signal")).to_contain_text("failure begins at step 15")
    assert [(one["kind"], one["text"], one["step"]) for one in found.said] == [
        ("blame", "environment", "s00013"),
        ("blame", "environment", "s00014"),
    ]


def drag(replay, first, last):
    """Draw a window over the steps (from 1) on the timeline."""
    box = replay.page.get_by_role("slider").bounding_box()
    cell, y = (box["width"] - 62 - 14) / 25, box["y"] + 40
    replay.page.mouse.move(box["x"] + 62 + cell * (first - 0.5), y)
    replay.page.mouse.down()
    replay.page.mouse.move(box["x"] + 62 + cell * (last - 0.5), y, steps=4)
    replay.page.mouse.up()


def test_a_window_filters_every_pane(found):
    """A drag over the timeline leaves only its steps in tree, list and signals; Escape shows everything again."""
    found.open().ready()
    drag(found, 3, 6)
    found.at(3)
    expect(found.page.get_by_role("button", name=re.compile("only steps 3–6"))).to_be_visible()
    expect(found.page.get_by_role("treeitem")).to_have_count(3)
    found.page.get_by_role("tab", name="Steps").click()
    expect(found.page.get_by_role("option")).to_have_count(4)
    found.page.get_by_role("option").first.click()
    found.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight").at(6)
    found.press("n").at(6).press("Home").at(3).press("End").at(6)
    found.press("Escape")
    expect(found.page.get_by_role("option")).to_have_count(25)
    found.at(6).press("n").at(14)


def test_notes_and_problems_keep_to_the_window(found):
    """Notes on other steps are counted, not shown; the heading tells what there is to see in the window."""
    found.open(step="s00003").ready().press("m")
    found.page.keyboard.type("Early")
    found.press("Control+Enter", "Escape")
    found.press("End").at(25).press("m")
    found.page.keyboard.type("Late")
    found.press("Control+Enter", "Escape")
    notes = found.page.get_by_role("list", name="Notes").get_by_role("listitem")
    expect(notes).to_have_count(2)
    drag(found, 3, 6)
    expect(notes).to_have_count(1)
    expect(notes).to_contain_text("Early")
    expect(found.page.locator(".reading")).to_contain_text("1 note on other steps.")
    expect(found.page.locator(".stackhead")).to_contain_text("nothing to look at in these steps")
    found.page.get_by_role("button", name="Show all steps").click()
    expect(notes).to_have_count(2)
    drag(found, 21, 24)
    expect(found.page.locator("[data-act=first]")).to_contain_text("invalid action at step 23")
    found.press("f").at(23)


def test_a_window_without_a_mouse(found):
    """w is the call one is in, comma sets where it begins, and a jump beyond closes the window."""
    found.open(step="s00003").ready().press("w")
    expect(found.page.get_by_role("button", name=re.compile("only steps 3–5"))).to_be_visible()
    found.press(",")
    expect(found.page.get_by_role("button", name=re.compile("only steps 4–5"))).to_be_visible()
    found.press("f").at(14)
    expect(found.page.get_by_role("button", name=re.compile("only steps"))).to_have_count(0)


def test_the_strip_shows_a_page_larger(found):
    """The mouse over the film strip opens a preview of the page at that step, with what is wrong there in words."""
    found.open().ready()
    box = found.page.get_by_role("slider").bounding_box()
    found.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 4 + 23 * 3 + 8 + 10)
    found.page.mouse.move(box["x"] + box["width"] * 0.7 + 2, box["y"] + 4 + 23 * 3 + 8 + 10)
    expect(found.page.locator(".tip canvas.preview")).to_be_visible()
    at = found.page.locator(".tip canvas.preview").bounding_box()
    assert at["y"] > box["y"]
    assert at["y"] + at["height"] < 900
    expect(found.page.locator(".tip")).to_contain_text("oscillation (D3)")
    expect(found.page.locator(".tip")).to_contain_text("127.0.0.1:8600/airline/book")


def test_keys_put_tags_on_the_episode(found):
    """A number puts its tag on the episode and takes it off again; a number without a tag does nothing."""
    found.open().ready()
    found.page.get_by_role("tab", name="Notes").click()
    found.page.get_by_role("slider").focus()
    found.press("2", "9")
    expect(found.page.get_by_role("button", name=re.compile("good example"))).to_have_attribute("aria-pressed", "true")
    found.press("2")
    expect(found.page.get_by_role("button", name=re.compile("good example"))).to_have_attribute("aria-pressed", "false")
    assert [(one["kind"], one["text"]) for one in found.said] == [
        ("tag", "good example"),
        ("remove_tag", "good example"),
    ]


def test_notes_are_on_a_step_a_call_or_a_window(found):
    """m begins a note; keys typed there move nothing; what it is about leads back there."""
    found.open(step="s00003").ready().press("w", "m")
    found.page.keyboard.type("nfd 1 month is <i>wrong</i>")
    found.at(4)
    found.page.get_by_label("The note is about").select_option("range")
    found.page.get_by_role("button", name="Add note").click()
    note = found.page.get_by_role("list", name="Notes").get_by_role("listitem")
    expect(note).to_contain_text("nfd 1 month is <i>wrong</i>")
    expect(note).to_contain_text("ana")
    assert (found.said[0]["step"], found.said[0]["until"]) == ("s00002", "s00004")
    found.page.get_by_role("slider").focus()
    found.press("Escape", "End").at(25)
    note.get_by_role("button", name="steps 3–5").click()
    found.at(5)
    expect(found.page.get_by_role("button", name=re.compile("only steps 3–5"))).to_be_visible()
    found.page.get_by_role("tab", name="Steps").click()
    expect(found.page.get_by_role("option", name=re.compile("has a note"))).to_have_count(1)


def test_a_note_is_taken_back_and_its_text_can_be_changed(found):
    """Its own button takes it from the list and puts the text where one writes, after what stands there already."""
    found.open(step="s00003").ready().press("m")
    for text in ("one", "two"):
        found.page.get_by_label("Note", exact=True).fill(text)
        found.page.get_by_role("button", name="Add note").click()
    notes = found.page.get_by_role("list", name="Notes").get_by_role("listitem")
    expect(notes).to_have_count(2)
    found.page.get_by_label("Note", exact=True).fill("begun")
    notes.first.get_by_role("button", name="Take back").click()
    expect(notes).to_have_count(1)
    expect(notes).to_contain_text("two")
    expect(found.page.get_by_label("Note", exact=True)).to_have_value("begun\none")
    assert found.said[-1] == {"kind": "remove_note", "text": "a-1"}


def test_a_note_is_added_once_however_often_one_presses(found):
    """Ctrl+Enter twice, before the first is answered, is one note; what was not kept stands in the field again."""
    found.open(step="s00003").ready().press("m")
    field = found.page.get_by_label("Note", exact=True)
    found.page.keyboard.type("look here")
    twice = "for (const _ of [1, 2]) field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true}))"
    field.evaluate(f"(field) => {{ {twice} }}")
    expect(field).to_have_value("")
    expect(found.page.get_by_role("list", name="Notes").get_by_role("listitem")).to_have_count(1)
    assert [body["text"] for body in found.said] == ["look here"]
    found.page.route("**/annotations", lambda route: route.fulfill(status=507, json={"message": "The disk is full."}))
    field.fill("another")
    found.press("Control+Enter")
    expect(found.page.get_by_role("alert")).to_contain_text("disk is full")
    expect(field).to_have_value("another")


def test_playing_stops_at_the_end_of_the_window(found):
    """Space plays at a speed one can choose, and only through the window."""
    found.open(step="s00003").ready().press("w", "Home", "+", "+", "+")
    expect(found.page.get_by_role("button", name="Speed 8×")).to_be_visible()
    found.press("Space").at(5)
    expect(found.page.get_by_role("button", name="Play")).to_be_visible()


def test_the_list_one_came_from_is_gone_through(found):
    """j asks for the next episode of the list and hands it to the page; at the end of the list that is said."""
    beside = {"place": 1, "total": 2, "before": None, "after": {"id": "other", "step": "s00002", "objective": "x"}}
    found.page.route("**/beside?*", lambda route: route.fulfill(json=beside))
    found.open().ready().press("k")
    expect(found.page.get_by_text("This is the first episode of the list")).to_be_visible()
    found.press("j")
    found.page.wait_for_function("() => window.reports.some(([name]) => name === 'go')")
    assert ["go", {"episode": "other", "step": "s00002"}] in found.reports


def test_other_screens_are_linked(found):
    """Compare and teaching lead to the episode and the step one looks at."""
    found.open(step="s00013").ready()
    expect(found.page.get_by_role("link", name="Compare")).to_have_attribute("href", "compare?a=booking")
    expect(found.page.get_by_role("link", name="Share")).to_have_attribute("href", "transfer?episode=booking")
    found.page.get_by_role("button", name=re.compile("Show how it is done")).click()
    found.page.wait_for_url(re.compile(r"/teach\?episode=booking&step=s00013"))
    found.open(step="s00013").ready()
    found.press("t")
    found.page.wait_for_url(re.compile("/teach"))
