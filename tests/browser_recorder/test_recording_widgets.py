"""What a screencast cannot show, through the live view's own socket: pickers, suggestions, files, leaving, menus."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser_recorder.conftest import Record, Site

pytestmark = pytest.mark.browser

FIELDS = [
    ("date", "2026-05-01"),
    ("time", "09:30"),
    ("month", "2026-05"),
    ("week", "2026-W18"),
    ("datetime-local", "2026-05-01T09:30"),
    ("color", "#ff8800"),
    ("range", "40"),
]
REPORT = "oninput=\"o.textContent += ' i:' + this.value\" onchange=\"o.textContent += ' c:' + this.value\""


def actions(result: object) -> list[str]:
    return [step["action"] for step in result.answer["steps"]]


def verbs(result: object) -> list[str]:
    return [action.split(" ")[0] for action in actions(result)]


@pytest.mark.sampled
@pytest.mark.parametrize(("kind", "value"), FIELDS)
def test_a_field_with_a_picker_is_one_type_step(record: Record, kind: str, value: str) -> None:
    """Filling it sets the value as a choice would: input and change once each, one step from before the press."""
    result = record(
        f"<input id=f type={kind} aria-label=When {REPORT}><p id=o></p>",
        [{"gesture": "fill", "at": "#f", "text": value}],
    )
    (step,) = result.answer["steps"]
    assert step["action"] == f"type [{step['target']['id']}] [{value}] [0]"
    assert f"i:{value} c:{value}" in step["observation_after"]
    assert "i:" not in step["observation_before"]
    assert step["target"]["name"] == "When"
    assert result.answer["not_recorded"] == []


def test_a_value_of_another_form_is_refused_and_said(record: Record) -> None:
    """A text that the field cannot hold changes nothing and is an entry."""
    result = record(f"<input id=f type=date {REPORT}><p id=o>o</p>", [{"gesture": "fill", "at": "#f", "text": "1 May"}])
    assert verbs(result) == ["click"]
    assert any("does not take '1 May'" in entry for entry in result.answer["not_recorded"])


PICKERS = [
    ("#f", "<input id=f type=date value=2026-01-02 style='width:200px;height:30px'", "icon"),
    ("#f", "<input id=f type=color", "press"),
    ("#f", "<input id=f type=time", "keys"),
    ("#b", "<button id=b onclick='f.showPicker()'>Pick</button><input id=f type=date", "press"),
]


@pytest.mark.parametrize(("at", "body", "how"), PICKERS)
def test_our_picker_opens_where_the_native_one_would(record: Record, site: Site, at: str, body: str, how: str) -> None:
    """By its icon, a press, a key, or the page's own showPicker(): the answer is one type step of the field."""
    value = {"color": "#ff8800", "time": "09:30"}.get(body.partition("type=")[2].split(" ")[0], "2026-05-01")
    opening: dict[str, list[dict[str, object]]] = {
        "icon": [{"gesture": "click", "at": (190, 15)}],
        "press": [{"gesture": "click", "at": at}],
        "keys": [{"gesture": "click", "at": at}, {"gesture": "press", "keys": "F4"}],
    }
    script = [*opening[how], {"gesture": "pick", "text": value}]
    result = record(f"<body style='margin:0'>{body} aria-label=When {REPORT}><p id=o></p>", script)
    expected = {"#b": ["click", "type"], "#f": ["click", "type"] if how == "keys" else ["type"]}[at]
    assert verbs(result) == expected
    last = result.answer["steps"][-1]
    assert last["action"] == f"type [{last['target']['id']}] [{value}] [0]"
    assert last["target"]["name"] == "When"
    assert f"i:{value} c:{value}" in last["observation_after"]
    assert "i:" not in last["observation_before"]
    assert result.answer["not_recorded"] == []


@pytest.mark.parametrize("kind", ["date", "time", "color"])
def test_the_page_hears_nothing_of_the_native_picker(record: Record, kind: str) -> None:
    """Closing Chromium's own picker is no key of the page's."""
    body = f"""<body style='margin:0'><input id=f type={kind} style='width:200px;height:30px' aria-label=When>
      <p id=o>o</p><script>for (const t of ['keydown', 'keyup', 'keypress', 'cancel', 'blur'])
        addEventListener(t, (e) => {{ o.textContent += ' ' + t + e.key; }}, true)</script>"""
    result = record(body, [{"gesture": "click", "at": (190, 15)}, {"gesture": "pick", "text": None}])
    (step,) = result.answer["steps"]
    assert "text 'o'" in step["observation_after"]
    assert result.answer["not_recorded"] == []


def test_a_picker_that_was_cancelled_leaves_the_keyboard_in_the_field(record: Record) -> None:
    """Cancelling adds nothing to the press; digits typed afterwards go into the field and merge with it."""
    script = [
        {"gesture": "click", "at": (190, 15)},
        {"gesture": "pick", "text": None},
        {"gesture": "type", "text": "05012026"},
    ]
    body = f"""<body style='margin:0'><input id=f type=date style='width:200px;height:30px' aria-label=When {REPORT}>
      <p id=o></p>"""
    result = record(body, script)
    last = result.answer["steps"][-1]
    assert last["action"].startswith("type [")
    assert "2026-05-01" in last["observation_after"] or "2026-01-05" in last["observation_after"]
    assert result.answer["not_recorded"] == []


def test_a_react_like_field_hears_of_the_choice(record: Record) -> None:
    """A framework that watches the value property of the node in its own world still sees a change."""
    body = """<input id=f type=date aria-label=When><p id=o></p><script>
      const proto = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value'); let last = f.value;
      Object.defineProperty(f, 'value', {get() { return proto.get.call(this); },
        set(v) { last = String(v); proto.set.call(this, v); }});
      f.addEventListener('input', () => { const now = proto.get.call(f);
        if (now !== last) { last = now; o.textContent = 'changed to ' + now; } });
    </script>"""
    result = record(body, [{"gesture": "fill", "at": "#f", "text": "2026-05-01"}])
    assert "changed to 2026-05-01" in result.answer["steps"][0]["observation_after"]


def test_a_slider_is_dragged_on_the_canvas(record: Record) -> None:
    """Dragging a range input or pressing its track is a type step with the value it came to."""
    body = f"""<body style='margin:0'><input id=f type=range min=0 max=100 value=0
      style='width:400px;margin:0;height:20px' aria-label=Volume {REPORT}><p id=o></p>"""
    script = [{"gesture": "drag", "at": (8, 10), "to": (200, 10)}, {"gesture": "click", "at": (300, 10)}]
    result = record(body, script)
    assert verbs(result) == ["type", "type"]
    assert actions(result)[0].endswith("[50] [0]")
    assert "c:50" in result.answer["steps"][0]["observation_after"]
    assert actions(result)[1].split("[")[2].startswith("7")


def test_a_list_of_a_thousand_in_groups(record: Record) -> None:
    """A long list with groups and disabled options arrives whole, and its answer is one step."""
    groups = "".join(
        f"<optgroup label='Group {g}'>{''.join(f'<option>Item {g}-{i}' for i in range(100))}</optgroup>"
        for g in range(10)
    )
    body = f"<select id=s aria-label=Long onchange=\"o.textContent='took ' + s.value\">{groups}</select><p id=o></p>"
    result = record(body, [{"gesture": "select", "at": "#s", "text": "Item 9-99"}])
    (step,) = result.answer["steps"]
    assert step["action"] == f"select [{step['target']['id']}] [Item 9-99]"
    assert "took Item 9-99" in step["observation_after"]


def test_taking_every_choice_away_is_a_select(record: Record) -> None:
    """In a list that takes several, answering with none is a step if something was chosen before."""
    body = """<select id=s multiple size=3 aria-label=Fruit onchange="o.textContent='left ' + s.selectedOptions.length">
      <option selected>apple<option>pear</select><p id=o></p>"""
    result = record(
        body, [{"gesture": "select", "at": "#s", "text": []}, {"gesture": "select", "at": "#s", "text": []}]
    )
    (step,) = result.answer["steps"]
    assert step["action"] == f"select [{step['target']['id']}] []"
    assert "left 0" in step["observation_after"]
    assert result.answer["not_recorded"] == ["the list ‘Fruit’ was opened and nothing was chosen"]


LISTED = f"""<input id=f list=l aria-label=City {REPORT}><datalist id=l><option>Oslo<option>Lima
  <option value=BER>Berlin</datalist><p id=o></p><button id=x>Elsewhere</button>"""


def test_a_suggestion_is_one_type_step_with_the_typing_before_it(record: Record) -> None:
    """The options of a datalist are offered under the field; what is taken replaces what was typed."""
    script = [{"gesture": "type", "at": "#f", "text": "ber"}, {"gesture": "select", "at": "#f", "text": "Berlin"}]
    result = record(LISTED, script)
    (step,) = result.answer["steps"]
    assert step["action"] == f"type [{step['target']['id']}] [BER] [0]"
    assert "i:BER c:BER" in step["observation_after"]
    assert "i:" not in step["observation_before"]


def test_a_suggestion_is_offered_only_while_it_fits(record: Record) -> None:
    """What the text held does not fit is not suggested."""
    script = [{"gesture": "type", "at": "#f", "text": "os"}, {"gesture": "select", "at": "#f", "text": "Lima"}]
    result = record(LISTED, script)
    assert result.answer["not_recorded"] == ["select #f Lima: it suggests no 'Lima'"]


LEAVING = """<button id=b>touch</button><a id=a href=/next>Next</a>
  <script>addEventListener('beforeunload', (e) => e.preventDefault())</script>"""


@pytest.mark.sampled
@pytest.mark.parametrize("way", ["goto", "link", "reload", "close"])
@pytest.mark.parametrize("leave", [True, False])
def test_leaving_is_asked_for_and_nothing_is_lost(record: Record, site: Site, way: str, leave: bool) -> None:
    """A page that wants to be asked before it is left: both answers are steps, and the way waits for them."""
    following = site.page("<h1>Arrived</h1>", "/next")
    ways: dict[str, dict[str, object]] = {
        "goto": {"gesture": "goto", "text": following},
        "link": {"gesture": "click", "at": "#a"},
        "reload": {"gesture": "reload"},
        "close": {"gesture": "close_tab"},
    }
    before: list[dict[str, object]] = [{"gesture": "click", "at": "#b"}]
    if way == "close":
        opened = site.page(LEAVING, "/second")
        before = [{"gesture": "new_tab", "text": opened}, *before]
    script = [*before, ways[way], {"gesture": "dialog", "answer": leave}, {"gesture": "note", "text": "after"}]
    result = record(LEAVING + "<p>First</p>", script)
    verb = {"goto": "goto", "link": "click", "reload": "reload", "close": "close_tab"}[way]
    assert verbs(result)[-3:] == [verb, "dialog", "note"]
    assert actions(result)[-2] == f"dialog [{'accept' if leave else 'dismiss'}]"
    assert result.answer["steps"][-2]["target"]["name"] == "beforeunload: "
    after = result.answer["steps"][-1]["observation_before"]
    if way in ("goto", "link"):
        assert ("Arrived" in after) is leave
    if way == "close":
        assert ("First" in after) is leave
    assert result.answer["not_recorded"] == []


@pytest.mark.parametrize("then", [[], [{"gesture": "click", "at": "text=Arrived"}]])
def test_a_script_that_says_nothing_of_leaving_goes_on(
    record: Record, site: Site, then: list[dict[str, object]]
) -> None:
    """Scripts made before, and recordings of other tools, know no such question: it is answered yes, and recorded."""
    following = site.page("<h1>Arrived</h1>", "/next")
    result = record(LEAVING, [{"gesture": "click", "at": "#b"}, {"gesture": "goto", "text": following}, *then])
    assert verbs(result) == ["click", "goto", "dialog", *[str(gesture["gesture"]) for gesture in then]]
    assert "Arrived" in result.answer["steps"][2]["observation_after"]
    assert result.answer["not_recorded"] == []


def test_the_menu_opens_a_link_in_a_new_tab(record: Record, site: Site) -> None:
    """A right press is one step; what is chosen from our menu is its own."""
    following = site.page("<h1>Arrived</h1>", "/next")
    result = record(
        "<a id=a href=/next>Next</a>", [{"gesture": "rightclick", "at": "#a"}, {"gesture": "menu", "choice": "new_tab"}]
    )
    assert actions(result)[0].startswith("rightclick [")
    assert actions(result)[1] == f"new_tab [{following}]"
    assert "Arrived" in result.answer["steps"][1]["observation_after"]


def test_dismissing_the_menu_adds_nothing(record: Record) -> None:
    """The right click stays one step, and the next press goes to the page."""
    result = record(
        "<p id=p>Text</p><button id=b>B</button>",
        [{"gesture": "rightclick", "at": "#p"}, {"gesture": "click", "at": "#b"}],
    )
    assert verbs(result) == ["rightclick", "click"]
    assert result.answer["not_recorded"] == []


@pytest.mark.sampled
@pytest.mark.parametrize("stop", ["", "event.stopPropagation();", "event.stopImmediatePropagation();"])
def test_a_page_with_a_menu_of_its_own_keeps_it(record: Record, stop: str) -> None:
    """Where the page prevents the default, ours is not offered, however the page handles its event."""
    body = f"<p id=p oncontextmenu=\"{stop} event.preventDefault(); this.textContent='own menu'\">Text</p>"
    result = record(body, [{"gesture": "rightclick", "at": "#p"}, {"gesture": "menu", "choice": "reload"}])
    assert verbs(result) == ["rightclick"]
    assert "own menu" in result.answer["steps"][0]["observation_after"]
    assert result.answer["not_recorded"] == ["menu reload: no menu of ours is open"]


def test_the_menu_pastes_selects_and_copies(record: Record) -> None:
    """Paste is typing, select all and copy are chords, a link's copied address is an entry."""
    body = "<a id=a href=/x>Link</a><textarea id=t aria-label=Text></textarea>"
    script = [
        {"gesture": "click", "at": "#t"},
        {"gesture": "rightclick", "at": "#t"},
        {"gesture": "menu", "choice": "paste", "text": "one\ntwo"},
        {"gesture": "rightclick", "at": "#t"},
        {"gesture": "menu", "choice": "select_all"},
        {"gesture": "rightclick", "at": "#a"},
        {"gesture": "menu", "choice": "copy_link"},
    ]
    result = record(body, script)
    assert verbs(result) == ["click", "rightclick", "type", "rightclick", "press", "rightclick"]
    assert actions(result)[2].endswith("[one\\ntwo] [0]")
    assert "value='one\\ntwo'" in result.answer["steps"][2]["observation_after"]
    assert len(result.answer["not_recorded"]) == 1


def test_a_rich_editor_hears_a_paste(record: Record) -> None:
    """The page's own paste event comes first; an editor that takes it is not given the text twice."""
    body = """<div id=e contenteditable aria-label=Editor style='height:80px'></div><script>
      e.addEventListener('paste', (event) => { event.preventDefault();
        for (const line of event.clipboardData.getData('text/plain').split('\\n')) {
          const p = document.createElement('p'); p.textContent = '> ' + line; e.append(p); } });</script>"""
    result = record(body, [{"gesture": "paste", "at": "#e", "text": "one\ntwo"}])
    (step,) = result.answer["steps"]
    assert step["action"].endswith("[one\\ntwo] [0]")
    assert "> one" in step["observation_after"]
    assert step["observation_after"].count("two") == 1


def test_a_paste_into_a_plain_field_is_one_type_step(record: Record) -> None:
    """Text without an editor of the page's own is put in as it is."""
    result = record("<input id=f aria-label=Name>", [{"gesture": "paste", "at": "#f", "text": "Ana María"}])
    (step,) = result.answer["steps"]
    assert step["action"].endswith("[Ana María] [0]")
    assert "value='Ana María'" in step["observation_after"]


def test_a_paste_where_nothing_takes_text_is_an_entry(record: Record) -> None:
    """A page may take it by itself; either way it is said, and no step is made up."""
    body = """<button id=b>B</button><p id=o>o</p><script>document.addEventListener('paste', (e) => {
      e.preventDefault(); o.textContent = 'drawn from ' + e.clipboardData.getData('text/plain'); })</script>"""
    result = record(body, [{"gesture": "click", "at": "#b"}, {"gesture": "paste", "text": "a,b"}])
    assert verbs(result) == ["click"]
    assert "drawn from a,b" in result.answer["steps"][0]["observation_after"] or result.partly
    assert result.answer["not_recorded"] == [
        "text was pasted where no field has the keyboard: the page took it by itself"
    ]


DROP = """<div id=z style='width:300px;height:100px;background:#eee' tabindex=0>drop here</div><p id=p>no</p>
  <script>z.ondragover = (e) => e.preventDefault(); z.ondrop = (e) => { e.preventDefault();
    const file = e.dataTransfer.files[0];
    file.text().then((t) => { z.textContent = file.name + ': ' + t; }); };</script>"""


def test_a_file_is_dropped_on_the_page(record: Record, tmp_path: Path) -> None:
    """Where the page takes files the drop is an upload, elsewhere an entry."""
    given = tmp_path / "list.txt"
    given.write_text("inside")
    script = [{"gesture": "drop", "at": "#z", "text": str(given)}, {"gesture": "drop", "at": "#p", "text": str(given)}]
    result = record(DROP, script)
    (step,) = result.answer["steps"]
    assert step["action"].startswith(f"upload [{step['target']['id']}] [")
    assert "list.txt: inside" in step["observation_after"]
    assert "inside" not in step["observation_before"]
    assert len(result.answer["not_recorded"]) == 1
    assert "the page takes no files there" in result.answer["not_recorded"][0]
