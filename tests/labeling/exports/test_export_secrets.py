"""The secret scan: what it finds, what it blanks, and that a finding never says the secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import SecretFound
from labeling.exports.out import Out
from labeling.exports.secrets import Secrets, scan, tokens_in
from tests.builders import Recording
from tests.labeling.exports.material import Memory

PAGE = "[1] textbox 'Name' value='ana'\n[2] textbox 'Pass word' value='{value}' secret\n[3] button 'Go'"


def recording(value="hunter2", typed="hunter2"):
    made = Recording("Sign in as ana with hunter2").page(PAGE.format(value="")).do(f"type [2] [{typed}] [0]")
    made.page(PAGE.format(value=value)).do("click [3]")
    return made.page("[4] text 'hunter2 is wrong, hunter22 is not'")


def scanned(made):
    return scan("e1", made.steps, made.observation, [("the episode", made.episode)])


def test_a_secret_field_in_the_clear_is_found_and_blanked_everywhere():
    """The value is found where it is shown and typed, and blanked also where nobody marked it."""
    made = recording()
    secrets = scanned(made)
    assert {(one.step, one.place) for one in secrets.findings} == {("e1-0", "the observation"), ("e1-0", "the action")}
    assert secrets.blanked(made.episode).objective == "Sign in as ana with {SECRET:pass-word}"
    assert secrets.blanked(made.steps[0]).action == "type [2] [{SECRET:pass-word}] [0]"
    seen = [secrets.blanked(made.observation(key)).text for key in made.observations]
    assert "value='{SECRET:pass-word}' secret" in seen[1]
    assert seen[2] == "[4] text '{SECRET:pass-word} is wrong, hunter22 is not'"


def test_what_was_withheld_is_no_finding():
    """Slots and empty fields are as they should be."""
    assert scanned(recording("{SECRET:pass-word}", "{SECRET:pass-word}")).findings == ()


def test_a_finding_does_not_say_the_secret():
    """Neither its text nor its fields hold the value."""
    found = scanned(recording()).findings
    assert found
    for one in found:
        assert "hunter2" not in str(one)
        assert "hunter2" not in one.model_dump_json()


def test_uids_are_never_blanked():
    """A step stays the step it is, whatever its uid looks like."""
    made = Recording("x").page(PAGE.format(value="u7")).do("click [3]", uid="u7").page("[1] text 'u7'")
    secrets = scanned(made)
    assert secrets.blanked(made.steps[0]).uid == "u7"
    assert secrets.blank("u7") == "{SECRET:pass-word}"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "AKIA" + "A1" * 8,
        "ghp_" + "a1" * 20,
        "sk-" + "a1" * 15,
        "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl".replace("Oi.", "OiJIUzI1NiJ9."),
        "https://ana:hunter2@site.test/",
        "goto [https://site.test/?page=2&access_token=abc123]",
    ],
)
def test_what_looks_like_a_key_is_found_and_gone_when_blanked(text):
    """Blanked text is looked at again and holds nothing."""
    assert tokens_in(text)
    assert tokens_in(Secrets().blank(text)) == ()
    assert "SECRET" in Secrets().blank(text)


@pytest.mark.parametrize("text", ["token economy", "https://site.test/?q=password+reset", "sk-8 skates", "a@b.test"])
def test_ordinary_text_is_no_secret(text):
    """Words about secrets are none."""
    assert tokens_in(text) == ()
    assert Secrets().blank(text) == text


@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
def test_blanking_twice_changes_nothing_more(text, value):
    """What was blanked stays as it is, unless the secret is a part of a slot's own words."""
    secrets = Secrets(values=((value, "{SECRET:value}"),))
    once = secrets.blank(f"{text} {value} {text}")
    if value not in "{SECRET:value}":
        assert secrets.blank(once) == once


def test_a_row_with_a_key_ends_the_export():
    """The last look is at what is written; the message names the file and the kind."""
    out = Out(Memory().open)
    with pytest.raises(SecretFound, match=r"train.jsonl would hold an access key") as caught:
        out.row("train.jsonl", {"text": "ghp_" + "a1" * 20})
    assert "a1a1" not in str(caught.value)
    out.close()
