"""Every gesture on real pages, played through the live view's own socket and gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser_recorder.conftest import Record, Site
from tests.counts import soak

pytestmark = pytest.mark.browser


def actions(result: object) -> list[str]:
    return [step["action"] for step in result.answer["steps"]]


def test_the_observation_is_from_before_the_action(record: Record) -> None:
    """A page that changes on pointerdown: every step's observation before lacks the effect, the one after has it."""
    body = """<button id=b>Count 0</button><script>let n = 0;
      b.addEventListener('pointerdown', () => { b.textContent = 'Count ' + (++n); });</script>"""
    count = soak(100)
    steps = record(body, [{"gesture": "click", "at": "#b"}] * count).answer["steps"]
    assert len(steps) == count
    for number, step in enumerate(steps):
        assert f"'Count {number}'" in step["observation_before"]
        assert f"'Count {number + 1}'" in step["observation_after"]
        assert step["exact"]
        assert not step["late"]
        assert f"[{step['target']['id']}] button" in step["observation_before"]


def test_an_element_removed_on_pointerdown_is_still_the_target(record: Record) -> None:
    """No click event ever happens, and the step is there all the same."""
    body = "<button id=b onpointerdown='this.remove()'>Gone</button><p>rest</p>"
    step = record(body, [{"gesture": "click", "at": "#b"}]).answer["steps"][0]
    assert step["target"]["name"] == "Gone"
    assert "Gone" not in step["observation_after"]


def test_typing_with_corrections_and_enter_is_one_step(record: Record) -> None:
    """Click, letters, Backspace and Enter into one field are one type step."""
    body = """<form onsubmit="event.preventDefault(); o.textContent = 'found ' + q.value">
      <input id=q aria-label=Query></form><p id=o></p>"""
    script = [
        {"gesture": "type", "at": "#q", "text": "bus stip"},
        {"gesture": "press", "keys": "Backspace"},
        {"gesture": "press", "keys": "Backspace"},
        {"gesture": "type", "text": "op\n"},
    ]
    result = record(body, script)
    (step,) = result.answer["steps"]
    assert step["action"] == f"type [{step['target']['id']}] [bus stop] [1]"
    assert "value=" not in step["observation_before"]
    assert "focused" not in step["observation_before"]
    assert "found bus stop" in step["observation_after"]


def test_letters_no_key_makes_arrive_once(record: Record) -> None:
    """Accents, another script and an emoji are put in as text, in order."""
    result = record("<input id=q>", [{"gesture": "type", "at": "#q", "text": "aé日本b🙂"}])
    assert actions(result)[0].endswith("[aé日本b🙂] [0]")
    assert "value='aé日本b🙂'" in result.answer["steps"][0]["observation_after"]


def test_tabbing_through_a_form_gives_one_step_per_field(record: Record) -> None:
    """Tab between fields belongs to the typing it leads to; Space on a checkbox is a press."""
    body = "<input id=a aria-label=First><input id=b aria-label=Second><input id=c type=checkbox aria-label=Third>"
    script = [
        {"gesture": "type", "at": "#a", "text": "one"},
        {"gesture": "press", "keys": "Tab"},
        {"gesture": "type", "text": "two"},
        {"gesture": "press", "keys": "Tab"},
        {"gesture": "press", "keys": "Space"},
    ]
    result = record(body, script)
    assert [a.split(" ")[0] for a in actions(result)] == ["type", "type", "press", "press"]
    assert actions(result)[3] == "press [Space]"
    assert "checkbox 'Third' focused checked" in result.answer["steps"][3]["observation_after"]


def test_a_list_that_opens_on_focus_keeps_the_click(record: Record) -> None:
    """If the click did more than move the focus, click and typing stay two steps."""
    body = '<input id=q onfocus="l.hidden = false"><ul id=l hidden><li>Boston<li>Bergen</ul>'
    result = record(body, [{"gesture": "type", "at": "#q", "text": "Bo"}])
    assert [a.split(" ")[0] for a in actions(result)] == ["click", "type"]
    assert "Boston" in result.answer["steps"][1]["observation_before"]


def test_a_select_is_one_step_by_our_own_list(record: Record) -> None:
    """Pressing a select opens our list; its answer is the step, and the page hears input and change."""
    body = """<select id=s aria-label=City onchange="o.textContent = 'went to ' + s.value">
      <option>Oslo<optgroup label=Far><option>Lima<option disabled>Rome</optgroup></select><p id=o></p>"""
    result = record(
        body, [{"gesture": "select", "at": "#s", "text": "Lima"}, {"gesture": "select", "at": "#s", "text": "X"}]
    )
    step = result.answer["steps"][0]
    assert step["action"] == f"select [{step['target']['id']}] [Lima]"
    assert "went to Lima" in step["observation_after"]
    assert "went" not in step["observation_before"]
    assert result.answer["not_recorded"] == ["the list ‘City’ was opened and nothing was chosen"]
    assert result.partly


def test_several_options_of_a_long_list(record: Record) -> None:
    """A list that takes several is one select with an option per line."""
    body = "<select id=s multiple size=3 aria-label=Fruit><option>apple<option>pear<option>plum</select>"
    result = record(body, [{"gesture": "select", "at": "#s", "text": ["apple", "plum"]}])
    (step,) = result.answer["steps"]
    assert step["action"] == f"select [{step['target']['id']}] [apple\\nplum]"
    assert step["target"]["role"] == "listbox"


def test_a_label_ticks_its_box_in_one_step(record: Record) -> None:
    """The target of a click on a label is the labelled control."""
    result = record("<label id=l><input type=checkbox> I agree</label>", [{"gesture": "click", "at": "text=I agree"}])
    (step,) = result.answer["steps"]
    assert step["target"]["role"] == "checkbox"
    assert "checked" in step["observation_after"]


def test_double_and_right_click(record: Record) -> None:
    """Both presses of a double click are one step; the page gets a real dblclick."""
    body = """<p id=p ondblclick="this.textContent='twice'"
      oncontextmenu="event.preventDefault(); this.textContent='menu'">once</p>"""
    result = record(body, [{"gesture": "dblclick", "at": "#p"}, {"gesture": "rightclick", "at": "#p"}])
    assert [a.split(" ")[0] for a in actions(result)] == ["dblclick", "rightclick"]
    assert "twice" in result.answer["steps"][0]["observation_after"]
    assert "menu" in result.answer["steps"][1]["observation_after"]


def test_scrolling_to_what_is_out_of_view_is_recorded(record: Record) -> None:
    """What lies below is reached by a recorded turn of the wheel, also inside a scrolling box."""
    items = "".join(f"<button>Item {i}</button><br>" for i in range(60))
    body = f"""<div id=d style="height:200px;overflow:auto">{items}</div><div style="height:1500px"></div>
      <button id=z>Last</button>"""
    result = record(body, [{"gesture": "click", "at": "text=Item 50"}, {"gesture": "click", "at": "#z"}])
    assert [a.split(" ")[0] for a in actions(result)] == ["scroll", "click", "scroll", "click"]
    assert result.answer["steps"][1]["target"]["name"] == "Item 50"
    assert result.answer["steps"][3]["target"]["name"] == "Last"


def test_the_navigation_bar(record: Record, site: Site) -> None:
    """Address, back, forward, reload and tabs are steps of their own, and what is impossible is said."""
    other = site.page("<h1>Other</h1>", "/other")
    script = [
        {"gesture": "goto", "text": other},
        {"gesture": "back"},
        {"gesture": "forward"},
        {"gesture": "reload"},
        {"gesture": "new_tab"},
        {"gesture": "tab", "text": 0},
        {"gesture": "tab", "text": 7},
        {"gesture": "forward"},
    ]
    result = record("<h1>First</h1>", script)
    assert actions(result) == [f"goto [{other}]", "go_back", "go_forward", "reload", "new_tab", "tab_focus [0]"]
    afters = [step["observation_after"] for step in result.answer["steps"]]
    assert ["Other" in after for after in afters] == [True, False, True, True, False, True]
    assert result.answer["not_recorded"] == [
        "tab: There is no tab '7'; there are 2, counted from 0.",
        "forward: There is no page to go forward to.",
    ]


def test_a_link_to_a_new_tab_is_followed(record: Record, site: Site) -> None:
    """A click that opens a tab is one step; what comes next happens in the new tab."""
    site.page("<button>Inside</button>", "/popup")
    script = [{"gesture": "click", "at": "text=Open"}, {"gesture": "click", "at": "text=Inside"}]
    result = record("<a href=/popup target=_blank>Open</a>", script)
    assert [a.split(" ")[0] for a in actions(result)] == ["click", "click"]
    assert "Inside" in result.answer["steps"][0]["observation_after"]
    assert "tabs" in result.ended.reading.steps[0].changed


@pytest.mark.parametrize(
    ("call", "answer", "step", "said"),
    [
        ("alert('Hi')", True, "dialog [accept]", "undefined"),
        ("confirm('Sure?')", True, "dialog [accept]", "true"),
        ("confirm('Sure?')", False, "dialog [dismiss]", "false"),
        ("prompt('Name?', 'x')", "Ana", "dialog [accept] [Ana]", "Ana"),
        ("prompt('Name?')", False, "dialog [dismiss]", "null"),
    ],
)
def test_dialogs_wait_for_the_person(record: Record, call: str, answer: object, step: str, said: str) -> None:
    """A dialog is held until it is answered; the click's observation after is taken after the answer."""
    body = f"""<button id=b onclick="o.textContent = 'said ' + {call}">Ask</button><p id=o></p>"""
    result = record(body, [{"gesture": "click", "at": "#b"}, {"gesture": "dialog", "answer": answer}])
    assert actions(result)[1] == step
    for made in result.answer["steps"]:
        assert f"said {said}" in made["observation_after"]
    assert "said" not in result.answer["steps"][0]["observation_before"]
    assert result.answer["steps"][1]["target"]["role"] == "dialog"


def test_a_dialog_on_pointerdown_and_two_in_a_row(record: Record) -> None:
    """The button's release waits for the answer; a second dialog asks again."""
    body = """<button id=b onpointerdown="alert('one'); o.textContent = confirm('two')">Ask</button><p id=o></p>"""
    script = [
        {"gesture": "click", "at": "#b"},
        {"gesture": "dialog", "answer": True},
        {"gesture": "dialog", "answer": False},
    ]
    result = record(body, script)
    assert [a.split(" ")[0] for a in actions(result)] == ["click", "dialog", "dialog"]
    assert result.answer["steps"][2]["target"]["name"] == "confirm: two"
    assert "false" in result.answer["steps"][2]["observation_after"]


def test_a_gesture_while_a_dialog_is_open_is_refused(record: Record) -> None:
    """It is entered as not recorded, and the dialog still waits."""
    body = "<button id=b onclick=\"alert('stay')\">Ask</button>"
    script = [
        {"gesture": "click", "at": "#b"},
        {"gesture": "press", "keys": "Enter"},
        {"gesture": "dialog", "answer": True},
    ]
    result = record(body, script)
    assert [a.split(" ")[0] for a in actions(result)] == ["click", "dialog"]
    assert result.answer["not_recorded"] == ["typing: a dialog, list or chooser was open: answer it first"]


def test_dragging(record: Record) -> None:
    """HTML5 drag and drop and a slider made of boxes are one drag each."""
    body = """<div id=a draggable=true style="width:80px;height:40px;background:red">Card</div>
      <div id=b style="width:200px;height:80px;background:#eee" ondragover="event.preventDefault()"
        ondrop="this.textContent='dropped'">Target</div>"""
    result = record(body, [{"gesture": "drag", "at": "#a", "to": "#b"}])
    (step,) = result.answer["steps"]
    assert step["action"].startswith("drag [")
    assert "dropped" in step["observation_after"]
    assert "dropped" not in step["observation_before"]


def test_an_upload_is_one_step(record: Record, tmp_path: Path) -> None:
    """A button that asks for a file: pressing it and choosing is one upload."""
    given = tmp_path / "list.txt"
    given.write_text("x")
    body = """<button id=b onclick="f.click()">Attach</button><input id=f type=file hidden
      onchange="o.textContent = 'got ' + f.files[0].name"><p id=o></p>"""
    script = [
        {"gesture": "upload", "at": "#b", "text": str(given)},
        {"gesture": "upload", "at": "#b", "text": "/nowhere"},
    ]
    result = record(body, script)
    assert result.answer["steps"][0]["action"].startswith("upload [")
    assert "got list.txt" in result.answer["steps"][0]["observation_after"]
    assert len(result.answer["not_recorded"]) == 1


def test_hover_is_a_step_when_meant(record: Record) -> None:
    """An explicit hover reveals a menu; the click goes to what it revealed."""
    body = "<style>#m{display:none} #h:hover #m{display:block}</style><div id=h>Menu<button id=m>Export</button></div>"
    result = record(body, [{"gesture": "hover", "at": "#h"}, {"gesture": "click", "at": "#m"}])
    assert [a.split(" ")[0] for a in actions(result)] == ["hover", "click"]
    assert "Export" not in result.answer["steps"][0]["observation_before"]


def test_inside_frames(record: Record, site: Site) -> None:
    """A selector may lead through frames; the target carries the frame's id."""
    site.page("<input id=q aria-label=Inner>", "/inner")
    result = record(
        "<h1>Top</h1><iframe id=f src=/inner></iframe>", [{"gesture": "type", "at": "#f >>> #q", "text": "in"}]
    )
    (step,) = result.answer["steps"]
    assert step["target"]["id"].startswith("f1-")
    assert "Inner" in step["observation_before"]


def test_what_is_not_there_is_an_entry_and_the_script_goes_on(record: Record) -> None:
    """Not found within 5 s: an entry, and the next gesture follows."""
    result = record(
        "<button id=b>Go</button>", [{"gesture": "click", "at": "#nosuch"}, {"gesture": "click", "at": "#b"}]
    )
    assert len(actions(result)) == 1
    assert result.answer["not_recorded"] == ["click #nosuch: #nosuch: not found within 5 s"]


def test_a_click_made_by_the_page_is_nobodys(record: Record) -> None:
    """el.click() of the page's own is no step."""
    body = "<button id=a onclick='b.click()'>A</button><button id=b onclick=\"this.textContent='B!'\">B</button>"
    result = record(body, [{"gesture": "click", "at": "#a"}])
    assert len(actions(result)) == 1
    assert "B!" in result.answer["steps"][0]["observation_after"]
