"""What stands under a point: the target of a press, with ways to find it again."""

import pytest

from tests.browser.eyes import Eyes, Site, node

pytestmark = pytest.mark.browser


def centre(observation, role, name):
    return observation.boxes[node(observation, role, name).id].centre


@pytest.mark.parametrize(
    ("selector", "role", "name"),
    [
        ("em", "heading", "Book a flight"),
        ("label[for=from]", "textbox", "From"),
        ("#meal", "checkbox", "Meal"),
        ("label:has(#meal)", "checkbox", "Meal"),
        ("label.styled", "checkbox", "Newsletter"),
        ("#plain i", "text", "Plain clickable"),
        ("#seat", "combobox", "Seat"),
        (".fa-trash", "img", "pic act trash"),
        ("td b", "cell", "90 EUR"),
        ("button[disabled]", "button", "Book"),
    ],
)
def test_a_point_belongs_to_the_nearest_listed_element(eyes: Eyes, site: Site, selector, role, name):
    """Inner parts belong to their element, labels to their control; the id is in the same observation."""
    eyes.open(f"{site.url}/form.html")
    box = eyes.session.run(eyes.page.locator(selector).bounding_box())
    told = eyes.see((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    assert (told.hit.role, told.hit.name) == (role, name)
    assert told.hit.id == node(told.observation, role, name).id
    assert told.hit.box is not None


def test_points_reach_into_shadow_roots_and_frames(eyes: Eyes, site: Site):
    """The innermost element is named, with the frames it lies in."""
    seen = eyes.open(f"{site.url}/shadow.html")
    assert eyes.see(centre(seen, "button", "Go")).hit.name == "Go"
    seen = eyes.open(f"{site.url}/frames.html?other={site.other}&page=nested.html")
    for key, frames in (("f1-1", 1), ("f2-f1-1", 2)):
        hit = eyes.see(seen.boxes[key].centre).hit
        assert (hit.id, hit.role, hit.name) == (key, "button", "Inside")
        assert len(hit.frames) <= frames


def test_a_press_beside_the_words_of_a_card_belongs_to_it(eyes: Eyes, site: Site):
    """Padding of a container without a line of its own belongs to the nearest line inside it."""
    eyes.open(f"{site.url}/form.html")
    style = "padding:40px;width:200px;background:#eee"
    eyes.session.run(eyes.page.set_content(f"<div style='{style}'><p>One</p><p>Two</p></div><p>Other</p>"))
    told = eyes.see((60, 20))
    assert (told.hit.name, told.hit.id in told.observation.boxes) == ("One", True)


def test_bare_page_has_no_target(eyes: Eyes, site: Site):
    """A press on nothing is told as such, with its point."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.set_content("<p style='width: 50px'>One</p>"))
    hit = eyes.see((900, 500)).hit
    assert (hit.id, hit.point) == (None, (900, 500))


@pytest.mark.parametrize(
    ("role", "name"),
    [("textbox", "From"), ("button", "Save"), ("link", "the rules"), ("radio", "Business"), ("cell", "NW 1")],
)
def test_selectors_find_the_element_again(eyes: Eyes, site: Site, role, name):
    """Every selector that claims to be unique finds exactly the element; the first is by role and name."""
    seen = eyes.open(f"{site.url}/form.html")
    hit = eyes.see(centre(seen, role, name)).hit
    assert hit.selectors[0].value == f'role={role}[name="{name}"]'
    unique = [selector for selector in hit.selectors if selector.unique]
    assert {"role", "css", "xpath"} <= {selector.kind for selector in unique}
    for selector in unique:
        found = eyes.page.locator(selector.value)
        assert eyes.session.run(found.count()) == 1, selector
        box = eyes.session.run(found.bounding_box())
        assert box["x"] + box["width"] / 2 == pytest.approx(hit.box.centre[0], abs=1), selector


def test_selectors_of_alike_elements_say_that_they_are_not_unique(eyes: Eyes, site: Site):
    """Two buttons of one name: role and text fit both, css and xpath fit one."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.set_content("<p><button>Add</button></p><p><button>Add</button></p>"))
    seen = eyes.see().observation
    second = list(seen.boxes)[1]
    told = {selector.kind: selector.unique for selector in eyes.see(seen.boxes[second].centre).hit.selectors}
    assert told == {"role": False, "text": False, "css": True, "xpath": True}


def test_the_focused_element_is_told(eyes: Eyes, site: Site):
    """Keys go to the focused element, in shadow roots and in frames of other sites too."""
    eyes.open(f"{site.url}/shadow.html")
    eyes.session.run(eyes.page.locator("#deep").focus())
    told = eyes.see()
    assert (told.focused.role, told.focused.name) == ("textbox", "Deep")
    assert "focused" in node(told.observation, "textbox", "Deep").flags
    seen = eyes.open(f"{site.url}/frames.html?other={site.other}")
    eyes.session.run(eyes.page.mouse.click(*seen.boxes["f2-2"].centre))
    told = eyes.see()
    assert told.focused.id == "f2-2"
    assert [line for line in told.observation.text.split("\n") if "focused" in line] == [
        "  [f2-2] textbox 'Word' focused"
    ]
