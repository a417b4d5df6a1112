"""WebArena's renderings and Online-Mind2Web's results: read at the marks they always write, never as HTML."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foreign import foreign
from tests.traces.formats.test_format_gym import png
from traces.actions import parse_action
from traces.formats import mind2web_results, webarena_render
from traces.formats.foreign import BadRecording
from traces.formats.runs import read_runs
from traces.formats.source import Source
from traces.formats.webarena_render import read, recognise

HEAD = """
<!DOCTYPE html>
<html><body><pre>sites: ['shopping']
task_id: 21
start_url: http://shop.test/
intent: List the reviewers
</pre>
"""
TREE = "Tab 0 (current): Shop\n\n[1] RootWebArea 'Shop' focused: True\n\t[12] link 'Orders'\n\t[14] textbox 'Search'"
SHOT = base64.b64encode(png()).decode()


def part(done, said="Let me. ```{}```", tree=TREE, picture=SHOT):
    shot = f"<img src='data:image/png;base64,{picture}' style='width:50vw; height:auto;'/>\n" if picture else ""
    return (
        f"<h2>New Page</h2>\n<h3 class='url'><a href=http://shop.test/>URL: http://shop.test/</a></h3>\n"
        f"<div class='state_obv'><pre>{tree}</pre><div>\n{shot}"
        "<div class='prev_action' style='background-color:pink'>None</div>\n"
        "<div class='predict_action'><div class='raw_parsed_prediction' style='background-color:grey'><pre>"
        f"{said.format(done)}</pre></div><div class='action_object' style='background-color:grey'><pre>{{}}</pre></div>"
        f"<div class='parsed_action' style='background-color:yellow'><pre>{done}</pre></div></div>\n"
    )


def rendered(*parts):
    return HEAD + "".join(parts) + "</body></html>"


def test_steps_are_read_with_pages_pictures_replies_and_targets():
    """What the writer says of the element is taken off; Enter is a blank at the end of a text there."""
    text = rendered(
        part("click [12] where [12] is link 'Orders'"), part("type [14] [bus stop ] where [14] is textbox 'Search'"),
        part("page_focus [1]"), part("stop [Ana, [Bob]]"),
    )  # fmt: skip
    assert recognise(text)
    draft = read(text)
    assert [one.action for one in draft.steps] == [
        "click [12]", "type [14] [bus stop] [1]", "tab_focus [1]", "stop [Ana, [Bob]]",
    ]  # fmt: skip
    assert draft.linked()[0].target.name == "Orders"
    assert draft.calls[0].reply == "Let me. ```click [12] where [12] is link 'Orders'```"
    assert draft.steps[0].reason == "Let me."
    episode = draft.episode("x")
    assert (episode.objective, episode.task, episode.site) == ("List the reviewers", "webarena:21", "shopping")
    assert (episode.answer, episode.end_reason, episode.status) == ("Ana, [Bob]", "stop", "unsure")
    assert len(draft.pictures) == 1
    assert draft.warnings == []


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("Reach max steps 30", "steps"),
        ("Failed to parse actions for 3 times", "invalid"),
        ("Same action for 3 times", "steps"),
    ],
)
def test_an_early_stop_is_a_limit_and_no_answer(why, reason):
    """The harness gave up, not the agent."""
    episode = read(rendered(part("None", said="no idea"), part(f"stop [Early stop: {why}]"))).episode("x")
    assert (episode.answer, episode.end_reason.split(":")[0]) == (None, reason)


def saved(text):
    """The rendering as a browser saves it: its own quotation marks, texts escaped, elements closed."""
    return text.replace("'>", '">').replace("='", '="').replace("' ", '" ').replace(" && ", " &amp;&amp; ")


def indented(text):
    """The rendering laid out anew: elements on lines of their own, with attributes."""
    return text.replace("><", ">\n  <").replace("<h2>New Page", "<h2 id='x'>\nNew Page").replace("<div ", "<div id=a ")


@pytest.mark.parametrize("changed", [saved, indented])
def test_a_rendering_that_was_laid_out_anew_is_the_same_run(changed):
    """Quotation marks, blanks and attributes say nothing."""
    tree = "[1] RootWebArea 'Shop'\n\t[12] link 'Orders && more'"
    text = rendered(part("click [12]", tree=tree), part("stop [Ana, [Bob]]", tree=tree))
    other = changed(text.replace("link 'Orders && more'", "link *")).replace("link *", "link 'Orders &amp;&amp; more'")
    assert recognise(other)
    one, two = read(text), read(other)
    assert [step.action for step in two.steps] == ["click [12]", "stop [Ana, [Bob]]"]
    assert two.linked()[0].target == one.linked()[0].target
    assert two.linked()[0].target.name == "Orders && more"
    assert (len(two.pictures), two.warnings, two.calls) == (1, [], one.calls)


def test_a_rendering_cut_within_its_first_page_is_as_its_writer_made_it():
    """Its texts were never escaped."""
    draft = read(rendered(part("x", tree="[1] link '&amp;'")).split("<div class='prev_action'")[0])
    assert draft.observations[draft.steps[0].observation_before].text == "[1] link '&amp;'"


def test_what_could_not_be_read_as_an_action_is_invalid():
    """Its text is the reply's, its error says why."""
    draft = read(rendered(part("None", said="I would press   it."), part("fly [9]"), part("stop [x]")))
    assert [one.kind for one in draft.steps] == ["invalid", "act", "pop"]
    assert draft.steps[0].action == "I would press it."
    assert [warned.position for warned in draft.warnings] == [1]


def coded(code):
    """A part as the `playwright` action set renders it: its code alone."""
    return f"{part('x').split('<div class=')[0]}<div class='predict_action'>{code}</div>\n"


@pytest.mark.parametrize(
    ("code", "action", "name"),
    [
        (
            'page.get_by_role("link", name="My orders").click()',
            'click [get_by_role("link", name="My orders")]',
            "My orders",
        ),
        ('page.get_by_label("City").fill("Rome [it]")', 'type [get_by_label("City")] [Rome [it]]', "City"),
        ('page.get_by_label("Sort").select_option("Price")', 'select [get_by_label("Sort")] [Price]', "Sort"),
        ('page.keyboard.press("Enter")', "press [Enter]", None),
        ("page.scroll(down)", "scroll [down]", None),
        ('page.goto("http://a.test/")', "goto [http://a.test/]", None),
        ('page.stop("two")', "stop [two]", None),
    ],
)
def test_code_of_playwright_is_read_and_never_run(code, action, name):
    """The element is the locator, which says its name."""
    step = read(rendered(coded(code), part("stop [x]"))).steps[0]
    assert (step.action, step.target and step.target.name) == (action, name)
    parse_action(step.action)


def test_code_that_is_none_is_invalid():
    """Its text is kept."""
    draft = read(rendered(coded("import os; os.system('x')"), part("stop [x]")))
    assert (draft.steps[0].kind, draft.steps[0].action) == ("invalid", "import os; os.system('x')")


def test_pages_with_marks_have_their_elements():
    """VisualWebArena says of an element no more than its number, and prints its page without a tree."""
    tree = "[] [StaticText] [Your basket]\n[7] [A] [Orders [3]]\n[8] [INPUT] []\n[9] [IMG] [description: a red car]"
    done = "click [7] where [7]"
    draft = read(
        rendered(
            part(done, tree=tree), part("type [8] [car ] where [8]", tree=tree), part("hover [9] where [9]", tree=tree)
        )
    )
    assert [step.action for step in draft.steps] == ["click [7]", "type [8] [car] [1]", "hover [9]"]
    assert [step.target.name for step in draft.linked()] == ["Orders [3]", "", "description: a red car"]
    assert [step.target.role for step in draft.linked()] == ["link", "textbox", "img"]


def test_an_intent_of_several_lines_is_whole():
    """Settings are lines; what begins none belongs to the one before."""
    draft = read(rendered(part("stop [x]")).replace("List the reviewers", "List the reviewers\nwho like it"))
    assert draft.objective == "List the reviewers\nwho like it"


def test_markup_in_a_page_is_text():
    """The writer escapes nothing: tags in texts stay text, also those that look like its own."""
    tree = "[1] StaticText '<script>alert(1)</script>'\n[2] text '</pre></div>'"
    draft = read(rendered(part("click [1]", tree=tree), part("stop [x]")))
    (page, *_) = draft.observations.values()
    assert "<script>alert(1)</script>" in page.text
    assert len(draft.steps) == 2


def test_broken_parts_are_told_and_the_rest_read():
    """No observation, a picture that is none, steps after the end."""
    broken = part("click [1]", picture=base64.b64encode(b"no picture").decode()).replace("state_obv", "gone")
    draft = read(rendered(broken, part("stop [x]"), part("click [2]")))
    assert [one.kind for one in draft.steps] == ["act", "pop"]
    assert sorted(warned.position for warned in draft.warnings) == [0, 0, 1]
    unread = rendered(part("click [1]", picture="!!"), part("click [2]").partition("<div class='predict_action'>")[0])
    assert [(warned.position, warned.message.split(" ")[1]) for warned in read(unread).warnings] == [
        (0, "picture"),
        (1, "breaks"),
    ]


@given(
    st.lists(
        st.sampled_from([HEAD, part("stop [x]"), part("click [1]"), "<h2>New Page</h2>", "</pre>", "stop ["])
        | st.text()
    )
)
def test_no_text_breaks_the_reader(parts):
    """An episode, or a sentence why not."""
    text = "".join(parts)
    if "<h2>New Page</h2>" in text:
        assert read(text).episode("x").n_steps >= 1
    else:
        with pytest.raises(BadRecording, match="no step yet"):
            read(text)


def results(data, folder=None):
    """What is read of a result, with the pictures of a folder."""
    with tempfile.TemporaryDirectory() as made:
        path = (folder or Path(made)) / "result.json"
        path.write_text(json.dumps(data))
        return mind2web_results.read(Source(path))[0]


@pytest.mark.parametrize(
    ("told", "action"),
    [
        ("Navigate to https://a.test/x", "goto [https://a.test/x]"),
        ("Click at (12, 30)", "click_at [12] [30]"),
        ('Type "bag [small]"', "type_text [bag [small]]"),
        ("Press ENTER", "press [Enter]"),
        ("Press Control+a", "press [Control+a]"),
        ("Scroll (delta_x=0, delta_y=-400)", "scroll [up]"),
        ("Go back", "go_back"),
        ("Press PageDown", "press [PageDown]"),
        ("[button] Search -> CLICK", "click [Search]"),
        ("[textbox]  Where to?  -> TYPE: Rome [it]", "type [Where to?] [Rome [it]]"),
        ("<select id=3> Sort by -> SELECT: Price", "select [Sort by] [Price]"),
        ("[textbox] Route -> TYPE: Rome -> Oslo", "type [Route] [Rome -> Oslo]"),
        ("[link] Home -> GO BACK", "go_back"),
        ("click_at(12, 30)", "click_at [12] [30]"),
        ("type_text(text='a, b')", "type_text [a, b]"),
        ("[input] City -> PRESS ENTER", "press [Enter]"),
        ("SCROLL DOWN", "scroll [down]"),
        ("GOTO: https://a.test/", "goto [https://a.test/]"),
        ("page -> NAVIGATE -> open https://a.test/x | SUCCESS", "goto [https://a.test/x]"),
        ("page -> NAVIGATE -> URL: https://a.test/ -> https://a.test/y", "goto [https://a.test/y]"),
        ("CLICK coords(902, 204) -> open menu | SUCCESS", "click_at [902] [204]"),
        ("CLICK [data-ref='3'] -> open the menu | FAILED", "click [[data-ref='3']]"),
        ("TYPE [name=q] -> type 'shoes' | SUCCESS", "type [[name=q]] [shoes]"),
        ("TYPE [name=q] -> look for shoes", "note [TYPE [name=q] -> look for shoes]"),
        ("SCROLL page -> scroll down to the table | SUCCESS", "scroll [down]"),
        ("PRESS_KEY page -> press Ctrl+L | SUCCESS", "press [Control+L]"),
        ("page -> GO_BACK -> return to the list | SUCCESS", "go_back"),
        ("page -> REFRESH -> reload | SUCCESS", "reload"),
        ("WAIT page -> wait for the chart", "note [WAIT page -> wait for the chart]"),
        ("click_at(x=12, y=30)", "click_at [12] [30]"),
        ('type_at(x=12, y=30, text="bus stop")', "type_text [bus stop]"),
        ('scroll(direction="up", amount=300)', "scroll [up]"),
        ('press_key(key="Enter")', "press [Enter]"),
        ('select_option(selector="#s", value="Price")', "select [#s] [Price]"),
        ("wait(ms=300)", "note [wait(ms=300)]"),
        ("__import__('os').system('x')", "note [__import__('os').system('x')]"),
        ("Hmm [", "note [Hmm \\[]"),
    ],
)
def test_told_actions_are_said_in_ours(told, action):
    """Words become actions where there is one."""
    draft = results({"task": "T", "action_history": [told]})
    assert draft.steps[0].action == action
    parse_action(action)


def test_a_point_that_was_pressed_is_the_target():
    """A viewer can show where, though nothing says what."""
    draft = results({"task": "T", "action_history": ["Click at (12, 30)"]})
    assert draft.linked()[0].target.point == (12.0, 30.0)


def test_the_second_version_has_its_thoughts_addresses_and_pictures(tmp_path):
    """A step names its own picture; the last one is the answer; what had no effect is an error."""
    (tmp_path / "trajectory").mkdir()
    (tmp_path / "trajectory" / "0001.png").write_bytes(png())
    steps = [
        {
            "step": 0,
            "screenshot": "0000.png",
            "url": "https://a.test/",
            "action": "page -> NAVIGATE -> begin | SUCCESS",
        },
        {"step": 1, "screenshot": "0001.png", "url": "https://a.test/", "action": "CLICK #menu -> open it | FAILED"},
        {"step": 2, "screenshot": SHOT, "url": None, "action": "TASK_COMPLETE -> ANSWER: two, [three]"},
    ]
    told = [{**step, "thought": f"why {place}", "more": place} for place, step in enumerate(steps)]
    head = {"schema_version": "online-mind2web-v2", "task": "T", "task_id": "tasks/ab", "agent_final_answer": "two"}
    draft = results({**head, "reference_length": 3, "action_history": told}, tmp_path)
    first, second, last = draft.steps
    assert [step.action for step in draft.steps] == ["goto [https://a.test/]", "click [#menu]", "stop [two, [three]]"]
    assert [step.reason for step in draft.steps] == ["why 0", "why 1", "why 2"]
    assert (first.error, second.target.selectors[0].value, last.kind) == (None, "#menu", "pop")
    assert "no effect" in second.error
    assert draft.observations[second.observation_before].url == draft.observations[first.observation_after].url
    assert (first.picture_before, second.picture_before, last.picture_before) == (
        None,
        *[next(iter(draft.pictures))] * 2,
    )
    assert [one.position for one in draft.warnings] == [0, "pages"]
    assert [one["action"]["more"] for one in draft.raw[1:]] == [0, 1, 2]
    episode = draft.episode("x")
    assert (episode.task, episode.answer, episode.end_reason) == ("online-mind2web:ab", "two", "stop")


@pytest.mark.parametrize(
    ("names", "before", "after"),
    [
        (["0.png", "1.png", "2.png"], [0, 1], 2),
        (["1_screenshot.png", "2_screenshot.png", "3_screenshot.png"], [0, 1], 2),
        (["0_full_screenshot_17000.png", "1_full_screenshot_9.png"], [0, 1], None),
        (["0.png", "2.png"], [0, None], 1),
        (["screen_1700.jpg", "screen_1701.jpg", "screen_17002.jpg", "notes.txt"], [0, 1], 2),
    ],
)
def test_pictures_beside_are_of_the_page_before_each_action(tmp_path, names, before, after):
    """Their numbers pair them; one more than there are actions is of the end, and a gap stays a gap."""
    (tmp_path / "trajectory").mkdir()
    shots = [png((50 * place, 0, 0)) for place in range(len(names))]
    for name, data in zip(names, shots, strict=True):
        (tmp_path / "trajectory" / name).write_bytes(data)
    draft = results({"task": "T", "action_history": ["Click at (1, 2)", "Press ENTER"], "thoughts": ["", ""]}, tmp_path)
    place = {key: shots.index(data) for key, data in draft.pictures.items()}
    assert [place.get(step.picture_before) for step in draft.steps] == before
    assert place.get(draft.steps[-1].picture_after) == after


def test_judged_results_are_lines(tmp_path):
    """Each line is an episode with what the judge said; a line that is none is told."""
    line = {"task": "T", "task_id": "a", "action_history": ["Go back"], "thoughts": [""], "predicted_label": 1}
    path = tmp_path / "results.json"
    path.write_text("\n".join(map(json.dumps, [line, {**line, "task_id": "b", "predicted_label": 0}, {"other": 1}])))
    drafts = read_runs(Source(path))
    assert [one.episode("x").task for one in drafts] == ["online-mind2web:a", "online-mind2web:b"]
    assert [one.episode("x").rewards.judge for one in drafts] == [1.0, 0.0]
    assert any(warned.position == "results" for warned in drafts[0].warnings)


@given(st.lists(st.text() | st.integers() | st.none(), min_size=1), st.lists(st.text() | st.none()) | st.none())
def test_no_result_breaks_the_reader(told, thoughts):
    """Every entry is a step; lists of different length are a warning."""
    draft = results({"task": "T", "action_history": told, "thoughts": thoughts, "task_id": "x"})
    assert len(draft.steps) == len(told)
    assert any(warned.position == "thoughts" for warned in draft.warnings) == (len(thoughts or []) != len(told))
    for step in draft.steps:
        parse_action(step.action)


@pytest.mark.foreign
def test_results_and_renderings_of_others_are_read():
    """Every action of twelve results is one that can be read, and a rendering has its steps and pictures."""
    for path in foreign("online-mind2web").rglob("result.json"):
        data = json.loads(path.read_text())
        (draft,) = mind2web_results.read(Source(path))
        assert len(draft.steps) == len(data["action_history"])
        assert {parse_action(step.action).name for step in draft.steps} != {"note"}
        assert draft.episode("x").status in ("success", "failed")
    draft = webarena_render.read(foreign("webarena-render/render_0.html").read_text())
    assert [one.kind for one in draft.steps] == ["invalid", "invalid", "invalid", "pop"]
    assert len(draft.pictures) >= 1
    assert draft.episode("x").end_reason.startswith("invalid")


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "<h2>New Page</h2>" + "<div class='state_obv'><pre>" * 20_000,
        HEAD + "<h2>New Page</h2>" + "<div class='prev_action'>" * 20_000 + "<div class='parsed_action'><pre>" * 20_000,
        rendered(part("click [1]" + " " * 200_000 + "x")),
        rendered(part("click [1]", tree="[1] link '" + "'a: 'b" * 200_000)),
        rendered(part("click [1]", tree="\n".join("[1] link '" + "-a" * 1400 + "' x: '" for _ in range(200)))),
        rendered(part("click [1]", said="```a" * 50_000)),
    ],
    ids=["pages", "marks", "blanks", "quotes", "dashes", "fences"],
)
@pytest.mark.timeout(60)
def test_marks_without_an_end_take_no_time(text):
    """What never closes is not looked for again from each place it began."""
    assert len(read(text).steps) == 1
