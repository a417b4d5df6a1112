"""What the picker is filled with: values the objective quotes and nobody used, the field, never a secret."""

from __future__ import annotations

import pytest

from browser.recorder.options import CallForm, CallParameter
from browser.recorder.suggesting import Known, known_of, quoted_values, suggested
from traces.model import Step

FILL = CallForm(name="fill_text", parameters=(CallParameter(name="field", type="element"), CallParameter(name="text")))
LOGIN = CallForm(name="login", parameters=(CallParameter(name="username"), CallParameter(name="password")))
FORM = CallForm(name="fill_form", parameters=(CallParameter(name="fields", type="list"),))


def step(action: str) -> Step:
    return Step(uid=action, seq=0, kind="act", action=action)


@pytest.mark.parametrize(
    ("objective", "values"),
    [
        ('Fly from "BOS" to "JFK"', ("BOS", "JFK")),
        ("Enter ‘ana’, “bo” and 'cy', then 'cy' again", ("ana", "bo", "cy")),
        ("It's Diego's phone, isn't it?", ()),
        ('An open " mark', ()),
    ],
)
def test_quoted_values(objective: str, values: tuple[str, ...]) -> None:
    """Every kind of quotation mark, each value once; an apostrophe quotes nothing."""
    assert quoted_values(objective) == values


def test_a_value_is_offered_until_it_was_used() -> None:
    """What was typed or is an argument already gives way to the next; what was typed last stays to be chosen."""
    objective = 'Fly from "BOS" to "JFK" as "Ana"'
    known = known_of(objective, [step("type [5] [bos] [0]")], ["JFK"], "Name")
    assert suggested(FILL, known) == {"field": "Name", "text": "Ana"}
    assert known.values == ("Ana", "BOS", "JFK", "bos", "Name")


def test_each_argument_gets_a_value_of_its_own() -> None:
    """Two texts get two values; a list and what nothing is known for are left empty."""
    known = Known(fresh=("ana", "x"), quoted=("ana", "x"))
    both = CallForm(name="send", parameters=(CallParameter(name="to"), CallParameter(name="what")))
    assert suggested(both, known) == {"to": "ana", "what": "x"}
    assert suggested(FORM, known) == {}
    assert suggested(FILL, Known()) == {}


def test_without_quotes_the_last_text_is_offered() -> None:
    """It is all there is to go by."""
    known = known_of("Change the name", [step("type [5] [one] [0]"), step("type [6] [two] [1]")], (), "")
    assert suggested(FILL, known) == {"text": "two"}


def test_secrets_are_slots_and_are_not_offered() -> None:
    """A password parameter and the text of a password field are named; withheld texts are no values."""
    known = known_of('Sign in with "hunter22"', [step("type [6] [{SECRET:pin}] [0]")], (), "Your PIN")
    assert suggested(LOGIN, known)["password"] == "{SECRET:password}"
    assert suggested(FILL, known) == {"field": "Your PIN", "text": "{SECRET:your_pin}"}
    assert known.typed == ""


def test_a_day_is_not_guessed_from_words() -> None:
    """Parameters for days and numbers take values with a digit, the others keep their order."""
    form = CallForm(
        name="choose_date",
        parameters=(CallParameter(name="date", type="date"), CallParameter(name="note", type="text")),
    )
    known = known_of("Set “Gift card” to “5 May 2026”", (), (), "")
    assert suggested(form, known) == {"date": "5 May 2026", "note": "Gift card"}
