"""Second tries, wrong links, scrolling, uploads, moves, and searches told by what the page made of them."""

from __future__ import annotations

import pytest

from labeling.labeller import Labeller
from labeling.model import LabelTree
from labeling.rules.labeller import RulesLabeller
from policies.library import load_set
from tests.builders import Recording
from tests.labeling.pages import date_page, search_form

HOME = "http://site.test/"
LIST = """
    [1] navigation
      [2] link 'Rules'
      [3] link 'Orders'
    [4] table
      [5] row
        [6] link 'A17'
      [7] row
        [8] link 'B23'
"""


def label(recording: Recording, labeller: Labeller | None = None) -> LabelTree:
    """What the rules propose."""
    found = labeller or RulesLabeller()
    return found.label(recording.episode, recording.steps, recording.observation, load_set("core"))


def calls(recording: Recording) -> list[str]:
    """`first-last call` of each proposal, steps from 1."""
    tree = label(recording)
    return [f"{tree.span(s.id)[0] + 1}-{tree.span(s.id)[1] + 1} {s.call}" for s in tree.segments]


def test_a_date_set_twice_is_one_call() -> None:
    """The wrong day, then the right one: one choose_date with the day that stands, less sure than one try."""
    r = Recording("Choose 12/05/2016").page(date_page()).do("click [2]").page(date_page("", "December"))
    r.do("click [26]").page(date_page("12/06/2016")).do("click [2]").page(date_page("12/06/2016", "December"))
    r.do("click [25]").page(date_page("12/05/2016")).do("click [3]").page(date_page("12/05/2016"))
    (found,) = label(r).segments
    assert calls(r) == ["1-4 choose_date [Date] [12/05/2016]"]
    assert "then again" in found.evidence
    assert found.confidence is not None
    assert found.confidence < 0.95


def test_another_field_in_between_makes_it_two_calls() -> None:
    """Setting a field again after another one is a call of its own."""
    r = Recording("Fly").page(search_form()).do("type [11] [Bosto] [0]").page(search_form("Bosto"))
    r.do("type [12] [Rome] [0]").page(search_form("Bosto", "Rome")).do("type [11] [Boston] [0]")
    r.page(search_form("Boston", "Rome")).do("click [9]").page("[1] heading 'Bookings'", url=HOME + "b")
    assert [call.split(" ")[1] for call in calls(r)] == ["fill_text", "fill_text", "fill_text", "navigate"]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [("6", ["3-3 navigate [B23]"]), ("2", ["1-1 navigate [Rules]", "2-2 navigate [back]", "3-3 navigate [B23]"])],
    ids=["a row beside the right one", "a page looked at"],
)
def test_a_wrong_row_taken_back_is_no_call(wrong: str, expected: list[str]) -> None:
    """Hitting the row beside the aim is a mis-click; opening a section of the menu is a visit, of use or not."""
    r = Recording("Open B23").page(LIST, url=HOME).do(f"click [{wrong}]").page("[1] heading 'X'", url=HOME + "x")
    r.do("go_back").page(LIST, url=HOME).do("click [8]").page("[1] heading 'B23'", url=HOME + "b")
    assert calls(r) == expected


def test_scrolling_belongs_to_what_it_brings_into_view() -> None:
    """The call begins with the turns of the wheel before it."""
    r = Recording("Open B23").page(LIST, url=HOME).do("scroll [down]").page(LIST, url=HOME).do("scroll [down]")
    r.page(LIST, url=HOME).do("click [8]").page("[1] heading 'B23'", url=HOME + "b")
    assert calls(r) == ["1-3 navigate [B23]"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [(HOME + "?q=Moreau", ["1-1 search [Moreau]"]), (HOME, ["1-1 fill_text [Reference] [Moreau]"])],
    ids=["the address has it", "nothing tells"],
)
def test_a_lone_field_sent_by_enter_is_a_search_if_the_page_was_asked(url: str, expected: list[str]) -> None:
    """No word says search; what became of the words does. A lone field that is only filled is not one."""
    page = "[1] textbox 'Reference'{value}\n[2] link 'Help'"
    r = Recording("Find the booking of Moreau").page(page.format(value=""), url=HOME)
    r.do("type [1] [moreau] [1]" if "?" not in url else "type [1] [Moreau] [1]")
    r.page(page.format(value="" if "?" in url else " value='moreau'"), url=url).do("click [2]")
    r.page("[1] heading 'Help'", url=HOME + "help")
    assert calls(r)[:1] == expected


def test_a_code_that_the_page_completes_is_what_the_objective_says() -> None:
    """Typing BOS makes the field hold a city: the call says the city, as the objective does."""
    r = Recording("From boston to Rome").page(search_form()).do("type [11] [bos] [0]")
    r.page(search_form("Boston, MA (BOS)")).do("click [9]").page("[1] heading 'B'", url=HOME + "b")
    assert calls(r)[0] == "1-1 fill_text [From] [boston]"


def test_a_file_and_a_moved_item_are_calls() -> None:
    """A file given to a button, and an item dragged onto another that an icon stands before."""
    page = """
    [1] button 'Attach'
    [2] list
      [3] listitem
        [4] img 'grip'
        [5] text 'Lamp'
      [6] listitem 'Chair'
    """
    r = Recording("Attach it").page(page).do("upload [1] [note.txt]").page(page).do("drag [3] [6]").page(page)
    assert calls(r) == ["1-1 upload_file [Attach] [note.txt]", "2-2 move_item [Lamp] [Chair]"]


def test_a_form_sent_in_vain_and_sent_again_is_one_call() -> None:
    """An address that is refused, mended and sent again: one fill_form with what stands in the end."""
    page = """
    [9] link 'Edit'
    [1] form 'Contact'
      [2] textbox 'E-mail'{mail}
      [3] textbox 'Phone'{phone}
      [4] button 'Save'
    """
    first = {"mail": " value='ana.example.org'", "phone": " value='12'"}
    second = {**first, "mail": " value='ana@example.org'"}
    r = Recording("Set ana@example.org and 12").page("[9] link 'Edit'", url=HOME).do("click [9]")
    r.page(page.format(mail="", phone=""), url=HOME + "edit").do("type [2] [ana.example.org] [0]")
    r.page(page.format(mail=first["mail"], phone=""), url=HOME + "edit").do("type [3] [12] [0]")
    r.page(page.format(**first), url=HOME + "edit").do("click [4]").page(page.format(**first), url=HOME + "edit")
    r.do("type [2] [ana@example.org] [0]").page(page.format(**second), url=HOME + "edit").do("click [4]")
    r.page("[1] heading 'Saved'", url=HOME)
    assert calls(r)[1] == "2-6 fill_form [E-mail: ana@example.org; Phone: 12]"


def test_a_login_on_a_page_without_a_form() -> None:
    """Two bare fields and a button named like it, behind a window that was dismissed."""
    page = "[1] textbox 'Username'{user}\n[2] textbox 'Password'{word} secret\n[3] button 'Login'"
    over = "[7] dialog 'Offer'\n  [8] button 'Close'"
    r = Recording("Sign in").page(over).do("click [8]").page(page.format(user="", word=""))
    r.do("type [1] [ana] [0]").page(page.format(user=" value='ana'", word="")).do("type [2] [{SECRET:password}] [0]")
    r.page(page.format(user=" value='ana'", word=" value='{SECRET}'")).do("click [3]").page("[1] heading 'Hello'")
    assert calls(r)[0] == "2-4 login [ana] [{SECRET:password}]"
