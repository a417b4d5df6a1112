"""What the observation text says about pages: words, roles, names, values, states, boxes and ids."""

import pytest

from browser.errors import BrowserError
from tests.browser.eyes import Eyes, Site, node, without_ids
from traces.observation_text import parse_observation

pytestmark = pytest.mark.browser

FORM = """\
heading 'Book a flight' level='1'
text 'All fields are needed. See first.'
  link 'the rules'
form 'Booking'
  textbox 'From' placeholder='City' required
  text 'Name'
  textbox 'Name' value='Ana O\\'Neill'
  textbox 'Notes' value='one\\ntwo' multiline
  textbox 'Password' value='{SECRET}' type='password' secret
  textbox 'Code' value='{SECRET}' secret
  textbox 'Born' value='2001-02-03' type='date'
  spinbutton 'Age' value='7' readonly
  group 'Class'
    radio 'Economy' checked
    radio 'Business' unchecked
  checkbox 'Meal' unchecked
  checkbox 'Newsletter' checked
  combobox 'Seat' value='Aisle'
    option 'Window'
    option 'Aisle' selected
    option 'Middle' disabled
  button 'More options' collapsed
  button 'Book' disabled
  button 'Save'
text 'Plain clickable' clickable
img 'pic act trash' clickable
img 'Company logo'
text 'seen inside'
list
  listitem 'First'
  listitem 'Second'
    link 'link'
table
  row
    columnheader 'Flight'
    columnheader 'Price'
  row
    cell 'NW 1'
    cell '90 EUR'
status 'Passengers' value='2'
group
  text 'Anna'
  text 'Hello'
group
  text 'Ben'
  text 'Bye'
text 'far below'"""


def test_a_form_is_told_with_words_names_values_and_states(eyes: Eyes, site: Site):
    """Everything visible has its line, nothing hidden has one, and passwords and codes are not told."""
    seen = eyes.open(f"{site.url}/form.html")
    assert without_ids(seen.text) == FORM
    assert (seen.title, seen.url) == ("Booking form", f"{site.url}/form.html")


def test_every_line_has_an_id_and_a_box(eyes: Eyes, site: Site):
    """Ids are unique, every one has a box with a size, and what lies below the fold is there too."""
    seen = eyes.open(f"{site.url}/form.html")
    ids = [line.id for line in parse_observation(seen.text)]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(seen.boxes)
    assert all(box.width > 0 and box.height > 0 for box in seen.boxes.values())
    assert seen.boxes[node(seen, "text", "far below").id].y > 3000


def test_ids_stay_with_their_elements(eyes: Eyes, site: Site):
    """An element keeps its id while others come and go; a new one gets a new id."""
    before = eyes.open(f"{site.url}/form.html")
    eyes.session.run(
        eyes.page.evaluate("document.body.prepend(Object.assign(document.createElement('p'), {textContent: 'new'}))")
    )
    eyes.session.run(eyes.page.evaluate("document.querySelector('ul').remove()"))
    after = eyes.see().observation
    old = {line.id: (line.role, line.name) for line in parse_observation(before.text)}
    new = {line.id: (line.role, line.name) for line in parse_observation(after.text)}
    assert node(after, "text", "new").id not in old
    assert {key: old[key] for key in old.keys() & new.keys()} == {key: new[key] for key in old.keys() & new.keys()}
    assert {old[key] for key in old.keys() - new.keys()} == {
        ("list", ""),
        ("listitem", "First"),
        ("listitem", "Second"),
        ("link", "link"),
    }


def test_open_shadow_roots_are_read_in_drawn_order(eyes: Eyes, site: Site):
    """Shadow content, slotted text and nested roots stand where they are drawn."""
    seen = eyes.open(f"{site.url}/shadow.html")
    assert without_ids(seen.text).split("\n") == [
        "heading 'In shadow' level='2'",
        "text 'slotted text'",
        "textbox 'Deep'",
        "button 'Go'",
        "text 'after'",
    ]


def test_frames_of_any_origin_are_read_with_boxes_of_the_top_page(eyes: Eyes, site: Site):
    """Same-origin, cross-site, sandboxed and nested frames have their lines below their own, boxes translated."""
    seen = eyes.open(f"{site.url}/frames.html?other={site.other}&page=nested.html")
    assert [line.strip() for line in seen.text.split("\n")] == [
        "[1] text 'Top'",
        "[2] iframe 'same'",
        "[f1-1] button 'Inside'",
        "[f1-2] textbox 'Word'",
        "[3] iframe 'other'",
        "[f2-1] text 'Outer'",
        "[f2-2] iframe 'deep'",
        "[f2-f1-1] button 'Inside'",
        "[f2-f1-2] textbox 'Word'",
        "[4] iframe 'sandboxed'",
        "[f3-1] text 'locked away'",
        "[5] text 'End'",
    ]
    corners = {key: (seen.boxes[key].x, seen.boxes[key].y) for key in ("f1-1", "f2-f1-1")}
    assert corners == {"f1-1": (75, 135), "f2-f1-1": (440, 160)}


def test_a_hostile_page_cannot_spoil_the_observation(eyes: Eyes, site: Site):
    """Overridden built-ins and form fields named like DOM properties change nothing."""
    seen = eyes.open(f"{site.url}/hostile.html")
    assert [line.value for line in parse_observation(seen.text) if line.role == "textbox"] == ["a", "b", "c", "d", "e"]
    assert node(seen, "text", "Still here").name == "Still here"


def test_secrets_never_leave_the_page(eyes: Eyes, site: Site):
    """Passwords, codes and declared fields are in neither text nor HTML, nor where the page shows them again."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.fill("#who", "topsecret"))
    eyes.session.run(eyes.page.evaluate("document.querySelector('#plain').textContent = 'echo topsecret hunter22'"))
    eyes.session.run(eyes.page.evaluate("document.title = 'for topsecret'"))
    told = eyes.see(secrets=("#who",), html=True)
    whole = told.observation.model_dump_json() + (told.html or "")
    for secret in ("topsecret", "hunter22", "998877"):
        assert secret not in whole
    assert "secret" in node(told.observation, "textbox", "Name").flags
    assert told.observation.title == "for {SECRET}"


def test_a_password_shown_by_a_toggle_stays_secret(eyes: Eyes, site: Site):
    """Once a field was a password, changing its type does not reveal it."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.evaluate("document.querySelector('[type=password]').type = 'text'"))
    seen = eyes.see().observation
    assert (node(seen, "textbox", "Password").value, "hunter22" in seen.text) == ("{SECRET}", False)


def test_long_lists_and_long_pages_are_cut_and_say_so(eyes: Eyes, site: Site):
    """A select shows 60 options and the chosen one; a page keeps the 1,500 lines nearest to the view."""
    eyes.open(f"{site.url}/form.html")
    options = "".join(f"<option{' selected' if n == 500 else ''}>Option {n}</option>" for n in range(1000))
    lines = "".join(f"<p>Line {n}</p>" for n in range(2000))
    eyes.session.run(eyes.page.set_content(f"<select aria-label=Many>{options}</select>{lines}"))
    top = eyes.see().observation
    eyes.session.run(eyes.page.evaluate("window.scrollTo(0, document.body.scrollHeight)"))
    bottom = eyes.see().observation
    many = node(top, "combobox", "Many")
    assert (many.attrs["more"], many.value) == ("939", "Option 500")
    assert [line.role for line in parse_observation(top.text)].count("option") == 61
    assert top.text.endswith("[more] text '562 more elements not shown'")
    assert "'Line 0'" in top.text
    assert "'Line 1999'" in bottom.text
    assert "'Line 0'" not in bottom.text
    assert len(parse_observation(bottom.text)) == 1501


def test_strange_text_survives_the_grammar(eyes: Eyes, site: Site):
    """Quotes, brackets, backslashes, line breaks, lone surrogates and control characters parse back."""
    eyes.open(f"{site.url}/form.html")
    odd = 'it\'s [5] \\ "q" \n next \u2028 line \x07 end'
    script = "t => { document.body.innerHTML = '<textarea aria-label=Odd></textarea><p></p>';"
    script += "document.querySelector('textarea').value = t; document.querySelector('p').textContent = t + '\\ud800'; }"
    eyes.session.run(eyes.page.evaluate(script, odd))
    seen = eyes.see().observation
    field, text = parse_observation(seen.text)
    assert field.value == 'it\'s [5] \\ "q" \n next   line   end'
    assert text.name == 'it\'s [5] \\ "q" next line end\ufffd'
    assert seen.text.encode("utf-8")


def test_the_counter_counts_nodes_values_and_scrolling(eyes: Eyes, site: Site):
    """The counter stands still on a still page and moves with DOM changes, typing and scrolling."""
    eyes.open(f"{site.url}/form.html")
    run, page = eyes.session.run, eyes.page
    counts = [run(eyes.observer.mutations()), run(eyes.observer.mutations())]
    assert counts[0] == counts[1]
    for change in (page.evaluate("document.body.append('x')"), page.fill("#who", "Bo"), page.mouse.wheel(0, 300)):
        run(change)
        run(eyes.observer.quiet(80, 2000))
        counts.append(run(eyes.observer.mutations()))
    assert counts[1] < counts[2] < counts[3] < counts[4]


def test_quiet_waits_for_late_changes_and_gives_up_in_time(eyes: Eyes, site: Site):
    """A change inside the wait prolongs it; a page that never rests is told apart."""
    eyes.open(f"{site.url}/form.html")
    run, page = eyes.session.run, eyes.page
    run(page.evaluate("setTimeout(() => document.body.append('late'), 120)"))
    assert run(eyes.observer.quiet(300, 3000)) is True
    assert "late" in eyes.see().observation.text
    run(page.evaluate("window.t = setInterval(() => document.body.append('x'), 20)"))
    assert run(eyes.observer.quiet(200, 600)) is False


def test_a_closed_page_says_so(eyes: Eyes, site: Site):
    """Looking at a closed page raises our own error, not the driver's."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.close())
    with pytest.raises(BrowserError, match="closed"):
        eyes.see()


def test_what_is_for_the_eye_alone_names_no_field(eyes: Eyes):
    """A star for "required" is no word of a label, as assistive technology and role selectors have it.

    Words that are all there is stay, and so do those of a button, which stand nowhere else.
    """
    html = """<label for=a>Name <span aria-hidden=true>*</span></label><input id=a>
      <p id=town>Town <i aria-hidden=true>(home)</i></p><input aria-labelledby=town>
      <label><b aria-hidden=true>Note</b> <input></label><button>Inbox <b aria-hidden=true>3</b></button>"""
    eyes.session.run(eyes.page.set_content(html))
    found = [(n.role, n.name) for n in parse_observation(eyes.see().observation.text) if n.role != "text"]
    assert found == [("textbox", "Name"), ("textbox", "Town"), ("textbox", "Note"), ("button", "Inbox 3")]


def test_alike_shapes_in_a_grid_say_column_and_row(eyes: Eyes, site: Site):
    """Six blue dots are counted from the left and from the top; three red squares fill no grid, so nothing is said."""
    eyes.open(f"{site.url}/dots.html")
    shapes = [line.strip() for line in without_ids(eyes.see().observation.text).splitlines()[1:]]
    dots = [f"shape 'blue circle' column='{x} of 3' row='{y} of 2'" for x in (1, 2, 3) for y in (1, 2)]
    assert shapes == ["shape 'black line'", *dots, *["shape 'red rectangle'"] * 3]


def test_words_that_alone_share_a_box_with_a_field_are_its_name(eyes: Eyes, site: Site):
    """They stand below it; beside a button, or in a box with more, nothing is taken for a name."""
    eyes.open(f"{site.url}/dots.html")
    boxes = "<div><input><div>Genre</div></div><div><input><button>Go</button></div><div><input><i>a</i><i>b</i></div>"
    eyes.session.run(eyes.page.evaluate("html => { document.body.innerHTML = html; }", boxes))
    fields = [one.name for one in parse_observation(eyes.see().observation.text) if one.role == "textbox"]
    assert fields == ["Genre", "", ""]
