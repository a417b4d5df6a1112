"""What the rules make of single fields, lists, boxes, searches and links."""

from __future__ import annotations

import pytest

from labeling.errors import NothingToLabel
from labeling.rules.labeller import RulesLabeller
from labeling.tree import items
from policies.library import load_set
from tests.builders import Recording
from tests.labeling.pages import boxes, date_page, login, search_form

CORE = load_set("core")


def label(recording: Recording):
    return RulesLabeller().label(recording.episode, recording.steps, recording.observation, CORE)


def outline(recording: Recording) -> list[str]:
    """The root's calls and own actions in order."""
    tree = label(recording)
    actions = {step.uid: step.action for step in recording.steps}
    return [actions[item] if isinstance(item, str) else item.call for item in items(tree, None)]


def test_login_fields_are_two_fills_and_the_button_is_the_planners():
    """Username and password are filled by calls; a sign-in that is the whole task gets no parent."""
    r = Recording("Enter the username 'ana' and the password 'x1'").page(login())
    r.do("type [2] [ana] [0]").page(login("ana"))
    r.do("type [4] [{SECRET:password}] [0]").page(login("ana", "{SECRET}"))
    r.do("click [5]").page(login("ana", "{SECRET}"))
    assert outline(r) == ["fill_text [Username] [ana]", "fill_text [Password] [{SECRET:password}]", "click [5]"]
    first = label(r).segments[0]
    assert (first.rule, first.confidence, first.state) == ("R6", 0.95, "pending")
    assert [(a.name, a.source, a.step) for a in first.args] == [
        ("field", "element_name", "e1-0"),
        ("text", "step_value", "e1-0"),
    ]
    assert "shows it afterwards" in first.evidence


def test_focus_clicks_corrections_and_leaving_keys_belong_to_the_fill():
    """However often a person clicks, deletes and retypes in one field, it is one call with the last text."""
    r = Recording().page(login()).do("click [2]").page(login())
    r.do("type [2] [anna] [0]").page(login("anna")).do("press [Control+A] [2]").page(login("anna"))
    r.do("type [2] [ana] [0]").page(login("ana")).do("press [Tab]").page(login("ana"))
    r.do("type [4] [{SECRET:password}] [0]").page(login("ana", "{SECRET}"))
    assert outline(r) == ["fill_text [Username] [ana]", "fill_text [Password] [{SECRET:password}]"]


def test_a_field_that_shows_another_text_is_doubted():
    """The after-state lowers the confidence and the evidence says why."""
    r = Recording().page(login()).do("type [2] [ana] [0]").page(login("zoe"))
    segment = label(r).segments[0]
    assert segment.confidence == 0.5
    assert "but the field shows 'zoe'" in segment.evidence


def test_an_unnamed_field_is_called_by_the_text_before_it_or_its_role():
    """A field without a name is what a person reads beside it."""
    beside = "[1] text 'Nickname:'\n[2] textbox{}\n[3] button 'Ok'"
    r = Recording().page(beside.format("")).do("type [2] [bo] [0]").page(beside.format(" value='bo'"))
    assert outline(r) == ["fill_text [Nickname] [bo]"]
    assert label(r).segments[0].args[0].source == "observation"
    alone = "[2] textbox{}\n[3] button 'Ok'"
    r = Recording().page(alone.format("")).do("type [2] [bo] [0]").page(alone.format(" value='bo'"))
    assert outline(r) == ["fill_text [textbox] [bo]"]


@pytest.mark.parametrize(
    ("objective", "typed", "taken", "text", "source"),
    [
        ("Fly from Boston to Rome", "Bos", "Boston, MA (BOS)", "Boston", "objective"),
        ("Fly from BOS to FCO", "Bosto", "Boston, MA (BOS)", "BOS", "objective"),
        ("Fly to Toronto on 26 May", "Toron", "Toronto, ON (YYZ)", "Toronto", "objective"),
        ("Enter an item that starts with 'Gua'", "Gua", "Guadeloupe Gua", "Gua", "objective"),
        ("Enter an item that starts with 'Ca'", "Ca", "Caymans", "Ca", "step_value"),
        ("Fly home", "Bos", "Boston, MA (BOS)", "Boston, MA (BOS)", "element_name"),
    ],
)
def test_typing_and_taking_a_suggestion_is_one_fill(objective, typed, taken, text, source):
    """The text is what the objective says of the suggestion, else what was taken."""
    r = Recording(objective).page(search_form())
    r.do(f"type [11] [{typed}] [0]").page(search_form(typed, suggestions=("Boise", taken)))
    r.do("click [32]").page(search_form(taken))
    assert outline(r) == [f"fill_text [From] [{text}]"]
    argument = label(r).segments[0].args[1]
    assert (argument.value, argument.source) == (text, source)


def test_choosing_a_suggestion_by_arrow_keys_belongs_to_the_fill():
    """Arrow down and Enter take the suggestion; the field's value tells which."""
    r = Recording("Fly from Boston").page(search_form())
    r.do("type [11] [Bos] [0]").page(search_form("Bos", suggestions=("Boston, MA (BOS)",)))
    r.do("press [ArrowDown]").page(search_form("Bos", suggestions=("Boston, MA (BOS)",)))
    r.do("press [Enter]").page(search_form("Boston, MA (BOS)"))
    assert outline(r) == ["fill_text [From] [Boston]"]


def test_a_click_elsewhere_after_typing_is_not_a_suggestion():
    """Only what typing brought up, or an option that fits, is taken into the fill."""
    r = Recording().page(search_form()).do("type [11] [Bos] [0]").page(search_form("Bos"))
    r.do("click [16]").page(search_form("Bos"))
    assert outline(r) == ["fill_text [From] [Bos]", "click [16]"]


def test_a_date_picked_over_several_months_is_one_call():
    """Opening the calendar, turning back and taking the day is one choose_date in the objective's wording."""
    r = Recording("Select 10/26/2016 as the date and hit submit.").page(date_page())
    r.do("click [2]").page(date_page(month="December", first_id=20))
    r.do("click [16]").page(date_page(month="November", days=30, first_id=120))
    r.do("click [116]").page(date_page(month="October", first_id=220))
    r.do("click [246]").page(date_page("10/26/2016"))
    r.do("click [3]").page(date_page("10/26/2016"))
    assert outline(r) == ["choose_date [Date] [10/26/2016]", "click [3]"]
    segment = label(r).segments[0]
    assert (segment.rule, segment.confidence, segment.args[1].source) == ("R2", 0.95, "objective")


@pytest.mark.parametrize("objective", ["on 26 October 2016", "on October 26, 2016", "on 2016-10-26", "26th Oct 2016"])
def test_a_picked_date_is_written_as_the_objective_writes_it(objective):
    """Equal days in another form keep the objective's text."""
    r = Recording(objective).page(date_page()).do("click [2]").page(date_page(month="October"))
    r.do("click [46]").page(date_page("10/26/2016"))
    assert outline(r) == [f"choose_date [Date] [{objective.removeprefix('on ')}]"]


def test_a_picked_date_the_objective_does_not_name_is_as_the_field_shows_it():
    """Without a mention the field's own form is used, and the source says so."""
    r = Recording("Pick any day").page(date_page()).do("click [2]").page(date_page(month="October"))
    r.do("click [46]").page(date_page("10/26/2016"))
    assert outline(r) == ["choose_date [Date] [10/26/2016]"]
    assert label(r).segments[0].args[1].source == "observation"


def test_a_calendar_that_was_closed_without_a_day_is_no_date():
    """Looking into a calendar is the planner's own click."""
    r = Recording().page(date_page()).do("click [2]").page(date_page(month="October"))
    r.do("click [3]").page(date_page())
    assert outline(r) == ["click [2]", "click [3]"]


def test_numbers_without_a_month_are_no_calendar():
    """A list of thirty numbered seats is not taken for days."""
    seats = "\n".join(["[1] button 'Seats'", *(f"[{n + 10}] button '{n}'" for n in range(1, 32))])
    r = Recording().page("[1] button 'Seats'").do("click [1]").page(seats).do("click [22]").page(seats)
    assert outline(r) == ["click [1]", "click [22]"]


def test_two_months_side_by_side_and_a_closing_button():
    """Each grid has the month before it; Done belongs to the call."""
    text = "[1] textbox 'Leaving'{}"
    grid = ["[5] dialog 'Dates'", "  [6] heading 'March 2026'", "  [7] grid"]
    grid += [f"    [{100 + d}] gridcell '{d}'" for d in range(1, 32)]
    grid += ["  [8] heading 'April 2026'", "  [9] grid", *(f"    [{200 + d}] gridcell '{d}'" for d in range(1, 31))]
    grid += ["  [10] button 'Done'"]
    open_page = "\n".join([text.format(""), *grid])
    chosen = "\n".join([text.format(" value='3 April 2026'"), *grid])
    r = Recording("Leave on 3 April").page(text.format("")).do("click [1]").page(open_page)
    r.do("click [203]").page(chosen).do("click [10]").page(text.format(" value='3 April 2026'"))
    assert outline(r) == ["choose_date [Leaving] [3 April]"]


def test_a_typed_date_is_a_date():
    """Typing a whole date is choosing it, in the objective's wording."""
    page = "[1] textbox 'Born'{}"
    r = Recording("born 11 February 1970").page(page.format(""))
    r.do("type [1] [02/11/1970] [0]").page(page.format(" value='02/11/1970'"))
    assert outline(r) == ["choose_date [Born] [11 February 1970]"]


def test_a_run_of_checkboxes_is_one_call_in_the_objectives_order():
    """Boxes clicked one after another are one call; its labels read as the objective does."""
    names = ("ab", "cd", "ef")
    r = Recording("Select ef, ab and click Submit.").page(boxes(*names)).do("click [1]")
    r.page(boxes(*names, checked=("ab",))).do("scroll [down]").page(boxes(*names, checked=("ab",)))
    r.do("click [3]").page(boxes(*names, checked=("ab", "ef"))).do("click [4]").page(boxes(*names))
    assert outline(r) == ["click_checkboxes [ef, ab]", "click [4]"]


def test_a_box_clicked_twice_is_left_out():
    """What was undone on the way is not asked for by the call."""
    names = ("ab", "cd", "ef")
    r = Recording().page(boxes(*names)).do("click [1]").page(boxes(*names, checked=("ab",)))
    r.do("click [2]").page(boxes(*names, checked=("ab", "cd"))).do("click [2]").page(boxes(*names, checked=("ab",)))
    r.do("click [3]").page(boxes(*names, checked=("ab", "ef")))
    assert outline(r) == ["click_checkboxes [ab, ef]"]
    assert "1 more twice" in label(r).segments[0].evidence


def test_a_wrong_box_before_the_first_right_one_is_the_callers_own():
    """Ticked and unticked again before anything that was wanted: a mis-click, and no part of the call."""
    r = Recording().page(boxes("ab", "cd")).do("click [1]").page(boxes("ab", "cd", checked=("ab",)))
    r.do("click [1]").page(boxes("ab", "cd")).do("click [2]").page(boxes("ab", "cd", checked=("cd",)))
    assert outline(r) == ["click [1]", "click [1]", "click_checkboxes [cd]"]


def test_a_native_list_is_one_option():
    """Selecting in a drop-down is one call, its opening click included."""
    r = Recording("in business").page(search_form()).do("click [13]").page(search_form())
    r.do("select [13] [Business]").page(search_form(cabin="Business"))
    assert outline(r) == ["select_option [Cabin] [business]"]
    assert label(r).segments[0].args[1].source == "objective"


def test_a_list_that_opens_and_a_radio_button_are_options():
    """A made-up list and a radio group are picked from by the same policy."""
    closed, open_page = "[1] button 'Sort: {}' collapsed", "[1] button 'Sort: none' expanded\n[2] option 'Price'"
    r = Recording().page(closed.format("none")).do("click [1]").page(open_page).do("click [2]")
    r.page(closed.format("Price"))
    assert outline(r) == ["select_option [Sort] [Price]"]  # its name without the value it holds
    assert label(r).segments[0].confidence == 0.9
    radios = "[1] text 'Size'\n[2] radio 'Small' checked\n[3] radio 'Large' unchecked"
    r = Recording().page(radios).do("click [3]").page(radios)
    assert outline(r) == ["select_option [Size] [Large]"]


SEARCH = "[1] {role} '{name}'{value}\n[2] button '{button}'"


def find_page(role="textbox", name="", button="Search", value=""):
    return SEARCH.format(role=role, name=name, button=button, value=f" value='{value}'" if value else "")


@pytest.mark.parametrize(
    ("role", "name", "action", "confidence"),
    [
        ("searchbox", "Anything", "type [1] [oslo] [1]", 0.9),
        ("textbox", "Search the site", "type [1] [oslo] [1]", 0.9),
        ("searchbox", "", "type [1] [oslo] [0]", 0.65),
    ],
)
def test_a_search_field_is_known_by_role_or_name(role, name, action, confidence):
    """A search is told by the field; one never sent is doubted more."""
    r = Recording().page(find_page(role, name)).do(action).page(find_page(role, name, value="oslo"))
    assert outline(r) == ["search [oslo]"]
    assert label(r).segments[0].confidence == confidence


def test_a_lone_field_with_a_search_button_is_a_search():
    """Without a name the button beside the only field tells."""
    r = Recording().page(find_page()).do("type [1] [oslo] [0]").page(find_page(value="oslo"))
    r.do("click [2]").page(find_page(value="oslo"))
    assert outline(r) == ["search [oslo]"]


def test_the_last_field_of_a_form_is_no_search():
    """A search button below several fields sends a form, not a query."""
    r = Recording().page(search_form()).do("type [12] [Rome] [0]").page(search_form(target="Rome"))
    r.do("click [16]").page("[1] heading 'Results'", url="http://site.test/results")
    assert outline(r) == ["fill_text [To] [Rome]", "click [16]"]


def test_addresses_links_tabs_and_menus_navigate():
    """What only changes the page is navigation; a link that stays on the page is the planner's own click."""
    home = "[1] link 'Bookings'\n[2] link 'More'\n[3] tab 'Details'\n[4] button 'Account'"
    menu = home + "\n[5] menuitem 'Invoices'"
    r = Recording().page(home).do("goto [http://site.test/a]").page(home, url="http://site.test/a")
    r.do("click [1]").page(home, url="http://site.test/b").do("click [2]").page(home, url="http://site.test/b#top")
    r.do("click [3]").page(home, url="http://site.test/b").do("go_back").page(home, url="http://site.test/a")
    r.do("click [4]").page(menu, url="http://site.test/a").do("click [5]").page(home, url="http://site.test/#/invoices")
    assert outline(r) == [
        "navigate [http://site.test/a]",
        "navigate [Bookings]",
        "click [2]",
        "navigate [Details]",
        "navigate [back]",
        "navigate [Invoices]",
    ]


def test_one_of_many_links_of_the_same_name_is_the_planners_own_click():
    """A name that does not say where it leads is no place to navigate to."""
    page = "[1] link 'Select'\n[2] link 'Select'"
    r = Recording().page(page).do("click [2]").page("[1] heading 'Chosen'", url="http://site.test/chosen")
    assert outline(r) == ["click [2]"]


def test_what_no_rule_explains_stays_the_planners():
    """An unexplained step is in no call."""
    r = Recording().page("[1] button 'Go'").do("hover [1]").page("[1] button 'Go'").do("dblclick [1]")
    assert label(r).segments == ()


def test_a_page_whose_text_cannot_be_read_gives_no_evidence_and_no_error():
    """Damaged or foreign observations leave the steps to what the targets say."""
    r = Recording().page("[1] textbox 'Name'").do("type [1] [ana] [0]")
    r.observations = {k: o.model_copy(update={"text": "!!"}) for k, o in r.observations.items()}
    assert outline(r) == ["fill_text [Name] [ana]"]


def test_an_episode_without_steps_and_a_run_are_refused_clearly():
    """The message says what is wrong, what was kept and what to do."""
    with pytest.raises(NothingToLabel, match="has no steps.*Record it again"):
        label(Recording().page(login()))
    r = Recording().page(login()).do("click [5]", kind="push")
    with pytest.raises(NothingToLabel, match="is a run.*Label a demonstration"):
        label(r)


def test_equal_recordings_get_equal_labels():
    """The rules are pure."""
    r = Recording("Fly from Boston").page(search_form()).do("type [11] [Bos] [0]").page(search_form("Bos"))
    assert label(r) == label(r)


def test_a_text_keeps_its_letters_where_the_objective_asks_for_upper_or_lower_case():
    """`JERALD` typed as `jerald` is what was asked for; elsewhere the objective's spelling is the better one."""
    field, full = "[1] textbox 'Name'", "[1] textbox 'Name' value='jerald'"
    asked = Recording('Type "JERALD" in all lower case letters.').page(field).do("type [1] [jerald] [0]").page(full)
    free = Recording('Type "JERALD" into the field.').page(field).do("type [1] [jerald] [0]").page(full)
    assert (outline(asked)[0], outline(free)[0]) == ("fill_text [Name] [jerald]", "fill_text [Name] [JERALD]")
