"""Forms that are refused, wizards of several pages, sign-ins over two, and what looks like a form and is none."""

from __future__ import annotations

from tests.builders import Recording
from tests.labeling.outlines import label, outline


def wizard(page: int, first: int, *values: str) -> str:
    """A page of a wizard: two fields in the one form, drawn anew with other ids each time."""
    names = (("Policy", "Phone"), ("Cause", "Cost"), ("Done", "End"))[page]
    held = [f" value='{value}'" if value else "" for value in (*values, "", "")]
    fields = [f"  [{first + n}] textbox '{name}'{held[n]}" for n, name in enumerate(names)]
    return "\n".join(["[1] form", *fields, f"  [{first + 2}] button 'Next'", f"  [{first + 3}] button 'Back'"])


def filled(r: Recording, page: int, first: int, one: str, other: str) -> Recording:
    r.page(wizard(page, first)).do(f"type [{first}] [{one}] [0]").page(wizard(page, first, one))
    return r.do(f"type [{first + 1}] [{other}] [0]").page(wizard(page, first, one, other)).do(f"click [{first + 2}]")


def test_each_page_of_a_wizard_is_a_form_of_its_own():
    """The form's element stays; its fields do not. Looking back and on again is no part of it."""
    r = filled(Recording(), 0, 10, "44-K", "0171")
    r = filled(r, 1, 20, "water", "850")
    r.page(wizard(2, 30)).do("click [33]").page(wizard(1, 40, "water", "850")).do("click [42]").page(wizard(2, 50))
    assert outline(r) == [
        "fill_form [Policy: 44-K; Phone: 0171]",
        "  fill_text [Policy] [44-K]",
        "  fill_text [Phone] [0171]",
        "  click [12]",
        "fill_form [Cause: water; Cost: 850]",
        "  fill_text [Cause] [water]",
        "  fill_text [Cost] [850]",
        "  click [22]",
        "navigate [Back]",
        "navigate [Next]",
    ]


def test_a_page_that_was_refused_and_mended_is_one_form_with_what_stands_in_the_end():
    """Drawn anew with the same values: it was sent in vain."""
    r = filled(Recording(), 0, 10, "44", "0171").page(wizard(0, 20, "44", "0171"))
    r.do("type [20] [44-K] [0]").page(wizard(0, 20, "44-K", "0171")).do("click [22]").page(wizard(1, 30))
    r.do("click [33]").page(wizard(0, 40))
    first = label(r).segments[0]
    assert (first.call, first.first, first.last) == ("fill_form [Policy: 44-K; Phone: 0171]", "e1-0", "e1-4")
    assert outline(r)[1] == "  fill_text [Policy] [44-K]"


NAME = "[1] textbox 'E-mail'{}\n[2] button 'Next'"
WORD = "[3] textbox 'Password' type='password' secret\n[4] checkbox 'Stay'\n[5] button 'Sign in'"


def test_a_sign_in_over_two_pages_is_one_login():
    """The name sent in vain, then right; the password on the page that follows."""
    r = Recording("Sign in as a@b.example and go on").page(NAME.format(""), "http://x/").do("type [1] [a] [0]")
    r.page(NAME.format(" value='a'"), "http://x/").do("click [2]").page(NAME.format(" value='a'"), "http://x/")
    r.do("type [1] [a@b.example] [1]").page(WORD, "http://x/word").do("type [3] [{SECRET:password}] [0]")
    r.page(WORD, "http://x/word").do("click [4]").page(WORD, "http://x/word").do("click [5]")
    r.page("[6] link 'Bills'", "http://x/home").do("click [6]").page("[7] heading 'Bills'", "http://x/bills")
    assert outline(r) == [
        "login [a@b.example] [{SECRET:password}]",
        "  fill_text [E-mail] [a@b.example]",
        "  click [2]",
        "  fill_text [E-mail] [a@b.example]",
        "  fill_text [Password] [{SECRET:password}]",
        "  click_checkboxes [Stay]",
        "  click [5]",
        "navigate [Bills]",
    ]


def test_a_password_typed_twice_in_one_dialog_is_still_a_login():
    """Refused, mended and sent again."""
    page = "[1] dialog\n  [2] textbox 'Nickname'{}\n  [3] textbox 'Password'{} secret\n  [4] button 'Log in'"
    full = page.format(" value='wanda'", " value='{SECRET}'")
    r = Recording().page("[9] button 'Log in'").do("click [9]").page(page.format("", ""))
    r.do("type [2] [wanda] [0]").page(page.format(" value='wanda'", "")).do("type [3] [{SECRET:password}] [0]").page(
        full
    )
    r.do("click [4]").page(full).do("type [3] [{SECRET:password}] [0]").page(full).do("click [4]").page("[8] text 'Hi'")
    assert [s.policy for s in label(r).segments][0] == "login"
    assert (label(r).segments[0].first, label(r).segments[0].last) == ("e1-1", "e1-5")


def test_a_text_that_is_posted_beside_lists_that_keep_their_choice_is_no_form():
    """The lists took effect at once; only the text was sent."""
    lines = ("[1] combobox 'Who' value='{}'", "  [2] option 'Mara'", "[3] textbox 'Remark'{}", "[4] button 'Post'")
    card = "\n".join((*lines, "[5] button 'Shut'"))
    r = Recording().page(card.format("nobody", "")).do("select [1] [Mara]").page(card.format("Mara", ""))
    r.do("type [3] [Too big] [0]").page(card.format("Mara", " value='Too big'")).do("click [4]")
    r.page(card.format("Mara", "")).do("click [5]").page("[6] text 'Board'")
    assert outline(r) == ["select_option [Who] [Mara]", "fill_text [Remark] [Too big]", "click [4]", "click [5]"]
