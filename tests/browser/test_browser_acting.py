"""Page actions on a page of widgets: what each verb does, and what is said when it cannot be done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.acting import ActResult, Settle, act
from browser.session import BrowserSession
from browser.tabs import Tabs
from browser.urls import check_url
from tests.browser.eyes import Site, node
from traces.actions import Action
from traces.model import Observation
from traces.observation_text import Node

pytestmark = pytest.mark.browser
FAST = Settle(80, 2000, 500)


class Player:
    """Tabs of a context, acted on by role and name."""

    def __init__(self, session: BrowserSession, uploads: Path) -> None:
        self.session = session
        self.uploads = uploads
        self.tabs = session.run(self._tabs())

    async def _tabs(self) -> Tabs:
        return Tabs(await self.session.new_context(), check_url)

    def open(self, url: str) -> Observation:
        self.session.run(self.tabs.open(url))
        return self.see()

    def see(self) -> Observation:
        return self.session.run(self.tabs.observer.observe()).observation

    def find(self, role: str, name: str) -> Node:
        return node(self.see(), role, name)

    def act(self, verb: str, *args: str) -> ActResult:
        seen = self.see() if self.tabs.dialog is None else Observation(url="", title="", text="")
        return self.session.run(act(self.tabs, Action(verb, args), seen, FAST, self.uploads))

    def do(self, verb: str, role: str, name: str, *more: str) -> ActResult:
        """Act on the element of that role and name; nothing may go wrong."""
        result = self.act(verb, self.find(role, name).id, *more)
        assert result.error is None
        return result

    def log(self) -> str:
        return self.session.run(self.tabs.page.inner_text("#log")).strip()


@pytest.fixture
def player(session: BrowserSession, site: Site, tmp_path: Path) -> Iterator[Player]:
    found = Player(session, tmp_path)
    found.open(f"{site.url}/acts.html")
    yield found
    session.run(found.tabs.shut())


def test_clicks_are_trusted_and_carry_button_and_modifiers(player: Player):
    """Single, held-key, double and right clicks reach the element as a person's would."""
    result = player.do("click", "button", "Go")
    assert (result.target.role, result.target.name) == ("button", "Go")
    assert result.target.point == pytest.approx(result.target.box.centre, abs=1)
    player.do("click", "button", "Go", "Control")
    player.do("rightclick", "button", "Go")
    assert player.log() == "click true bare; click true ctrl; context;"
    player.do("dblclick", "button", "Go")
    assert player.log().endswith("click true bare; click true bare; double;")


def test_what_is_off_screen_is_scrolled_to(player: Player):
    """An element far below the view is brought into it and pressed."""
    player.do("click", "button", "Far")
    assert player.log() == "far;"


def test_a_half_covered_element_is_pressed_where_it_is_free(player: Player):
    """When something lies over the middle, a free point is used."""
    player.do("click", "button", "Under")
    assert player.log() == "under;"


def test_typing_replaces_the_text_and_may_press_enter(player: Player):
    """`type` replaces what was there, with real key events, and presses Enter when told to."""
    player.do("type", "textbox", "Name", "Ana [1] 'x'", "1")
    assert player.find("textbox", "Name").value == "Ana [1] 'x'"
    assert player.log() == "enter Ana [1] 'x';"
    player.do("type", "textbox", "Name", "")
    assert player.find("textbox", "Name").value == ""


def test_typing_fits_the_kind_of_field(player: Player):
    """Text areas keep line breaks, rich text is replaced, dates and lists take their values."""
    player.do("type", "textbox", "Notes", "one\ntwo")
    player.do("type", "textbox", "Rich", "new")
    player.do("type", "textbox", "Day", "2026-04-28")
    player.do("type", "combobox", "Colour", "green")
    values = [player.find(*name).value for name in (("textbox", "Notes"), ("textbox", "Rich"), ("textbox", "Day"))]
    assert values == ["one\ntwo", "new", "2026-04-28"]
    assert player.log() == "Day 2026-04-28; Colour Green;"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_press_on_a_narrow_number_field_does_not_step_it(player: Player, direction: str):
    """Its middle lies on the arrows; it is pressed beside them."""
    body = f"""<input type=number aria-label=Guests value=2 dir={direction} style="width: 24px"
      oninput="o.textContent += ' ' + this.value"><output id=o></output>"""
    player.session.run(player.tabs.page.set_content(body))
    player.do("click", "spinbutton", "Guests")
    assert player.find("spinbutton", "Guests").value == "2"
    player.do("type", "spinbutton", "Guests", "5")
    assert player.session.run(player.tabs.page.locator("#o").text_content()) == " 5"


def test_long_text_is_typed_whole(player: Player):
    """Ten thousand characters arrive."""
    player.do("type", "textbox", "Notes", "word " * 2000)
    assert player.session.run(player.tabs.page.input_value("textarea")) == "word " * 2000


def test_options_are_chosen_by_their_text(player: Player):
    """`select` on the list and `click` on an option do the same; several choices are one select."""
    player.do("select", "combobox", "Colour", "Green")
    player.do("click", "option", "Red")
    player.do("select", "listbox", "Sizes", "S\nL")
    assert player.log() == "Colour Green; Colour Red; Sizes S+L;"


def test_keys_chords_and_keys_in_a_field(player: Player):
    """Names of keys are taken as people write them; an id says where they go."""
    assert player.act("press", "ctrl+k").error is None
    assert player.act("press", "enter", player.find("textbox", "Name").id).error is None
    assert player.log() == "chord; enter old text;"


def test_scrolling_moves_the_page_or_the_element(player: Player):
    """Down and up move by most of a screen; with an id only that element moves."""
    assert player.act("scroll", "down").error is None
    assert player.session.run(player.tabs.page.evaluate("window.scrollY")) == pytest.approx(576, abs=2)
    assert player.act("scroll", "up").error is None
    assert player.act("scroll", "down", player.find("text", "Tall").id).error is None
    tops = player.session.run(
        player.tabs.page.evaluate("[window.scrollY, document.getElementById('box').scrollTop > 0]")
    )
    assert tops == [0, True]


def test_hovering_reveals(player: Player):
    """A menu that opens under the pointer is in the next observation."""
    assert "Hidden entry" not in player.see().text
    player.do("hover", "text", "Menu")
    assert player.find("listitem", "Hidden entry")


def test_dragging_drops_with_the_pages_own_data(player: Player):
    """HTML5 drag and drop happens for real."""
    result = player.act("drag", player.find("text", "Parcel").id, player.find("text", "Target").id)
    assert (result.error, player.log()) == (None, "dropped parcel;")


def test_files_come_from_the_set_folder_only(player: Player, tmp_path: Path):
    """A file of the folder is given to the field; one outside is refused."""
    (tmp_path / "paper.txt").write_text("x")
    player.do("upload", "button", "Paper", "paper.txt")
    assert player.find("button", "Paper").name == "Paper"
    assert player.log().endswith("paper.txt;")
    refused = player.act("upload", player.find("button", "Paper").id, "../../etc/hosts")
    assert "there is no file" in refused.error


def test_files_are_given_to_what_asks_for_them_or_takes_them_dropped(player: Player, tmp_path: Path):
    """A button that opens a chooser gets several files, a drop zone has one dropped on it, others cannot and say so."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    body = """<button id=b onclick="f.click()">Attach</button><input id=f type=file multiple hidden
        onchange="o.textContent = [...f.files].map((x) => x.name).join(' ')"><p id=o></p><button>Plain</button>
      <div id=z role=button tabindex=0 ondragover="event.preventDefault()" style="height:60px"
        ondrop="event.preventDefault(); z.textContent = 'got ' + event.dataTransfer.files[0].name">Zone</div>"""
    player.session.run(player.tabs.page.set_content(body))
    player.do("upload", "button", "Attach", "a.txt\nb.txt")
    assert "a.txt b.txt" in player.see().text
    player.do("upload", "button", "Zone", "a.txt")
    assert "got a.txt" in player.see().text
    refused = player.act("upload", player.find("button", "Plain").id, "a.txt")
    assert "takes no files and asks for none" in refused.error


def test_addresses_back_forward_and_reload(player: Player, site: Site):
    """The tab moves through its history, and says when there is none."""
    assert "no page to go forward to" in player.act("go_forward").error
    player.do("click", "link", "Form")
    assert player.see().title == "Booking form"
    assert player.act("go_back").error is None
    assert player.see().title == "Acts"
    assert player.act("go_forward").error is None
    assert player.act("reload").error is None
    assert player.see().title == "Booking form"
    assert player.act("goto", f"{site.url}/shadow.html").error is None
    assert player.see().title == "Shadow"


def test_tabs_follow_what_opens_and_closes(player: Player):
    """A link's new tab comes to the front; tabs are counted from 0; the only one stays."""
    player.do("click", "link", "New tab")
    assert (player.see().title, len(player.tabs.pages)) == ("Booking form", 2)
    assert player.act("tab_focus", "0").error is None
    assert player.see().title == "Acts"
    assert "there is no tab 7" in player.act("tab_focus", "7").error
    assert player.act("close_tab", "1").error is None
    assert "only tab" in player.act("close_tab").error


def test_dialogs_wait_for_their_answer(player: Player):
    """A prompt holds the page until it is answered; other actions are refused meanwhile."""
    player.do("click", "button", "Ask")
    assert player.tabs.dialog.message == "Your name?"
    assert "dialog is open" in player.act("click", "1").error
    assert player.act("dialog", "accept", "Bo").error is None
    assert player.log() == "said Bo;"
    player.do("click", "button", "Ask")
    assert player.act("dialog", "dismiss").error is None
    assert player.log() == "said Bo; said null;"


def test_suggestions_that_come_late_are_waited_for(player: Player, site: Site):
    """After typing into a field that suggests, the list is in the next observation."""
    player.act("goto", f"{site.url}/suggest.html")
    player.do("type", "combobox", "City", "Be")
    assert [player.find("option", name).name for name in ("Berlin", "Bern")] == ["Berlin", "Bern"]


def test_frames_and_shadow_roots_are_acted_on(player: Player, site: Site):
    """Buttons and fields in frames of this and other sites and in shadow roots take clicks and text."""
    player.act("goto", f"{site.url}/frames.html?other={site.other}&page=nested.html")
    for frame in ("f1", "f2-f1"):
        assert player.act("click", f"{frame}-1").error is None
        assert player.act("type", f"{frame}-2", "word").error is None
    text = player.see().text
    assert [line in text for line in ("[f1-1] button 'Pressed'", "[f2-f1-1] button 'Pressed'")] == [True, True]
    assert text.count("value='word'") == 2
    player.act("goto", f"{site.url}/shadow.html")
    player.do("click", "button", "Go")
    assert player.find("button", "Went")


@pytest.mark.parametrize(
    ("verb", "args", "said"),
    [
        ("click", ("999",), "there is no element [999] in the observation"),
        ("drag", ("1", "999"), "there is no element [999]"),
        ("type", ("more", "x"), "there is no element [more]"),
        ("select", ("button:Go", "x"), "is no list of options"),
        ("select", ("combobox:Colour", "Pink"), "it has no option 'Pink'; it has 'Red', 'Green', 'Blue'"),
        ("select", ("combobox:Colour", "Blue"), "is disabled"),
        ("type", ("button:Off", "x"), "disabled"),
        ("type", ("textbox:Day", "tomorrow"), "does not take 'tomorrow'"),
        ("click", ("button:Go", "sideways"), "click knows no 'sideways'"),
        ("press", ("Hyper+x",), "there is no key 'Hyper'"),
        ("scroll", ("sideways",), "scroll takes up, down, left or right"),
        ("goto", ("file:///etc/passwd",), "only http and https"),
        ("goto", ("http://127.0.0.1:9/",), "could not be loaded"),
        ("dialog", ("accept",), "no dialog is open"),
        ("dialog", ("maybe",), "accept or dismiss"),
        ("tab_focus", ("one",), "not the number of a tab"),
        ("fill_text", ("Name", "x"), "is a policy, not a page action"),
    ],
)
def test_what_cannot_be_done_is_said(player: Player, verb, args, said):
    """One sentence names the reason, nothing is raised and the page is as it was."""
    before = player.see()
    named = tuple(player.find(*arg.split(":")).id if arg.count(":") == 1 and "/" not in arg else arg for arg in args)
    result = player.act(verb, *named)
    assert said in (result.error or "")
    assert player.see().url in (before.url, "http://127.0.0.1:9/")


@pytest.mark.parametrize("gone", ["remove()", "style.display = 'none'", "parentElement.hidden = true"])
def test_an_element_that_is_gone_is_said_to_be(player: Player, gone: str):
    """An id of the observation whose element has left the page since, or is not drawn any more, is no surprise."""
    seen = player.see()
    going = node(seen, "button", "Go")
    player.session.run(player.tabs.page.evaluate(f"document.getElementById('go').{gone}"))
    result = player.session.run(act(player.tabs, Action("click", (going.id,)), seen, FAST))
    assert result.error == f"[{going.id}] is no longer on the page"
