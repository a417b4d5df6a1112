"""Replies are parsed, never searched; what cannot be read is told why."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ReplyError
from agent.reply import format_reply, parse_list, parse_reply
from traces.actions import Action, parse_action

NAMES = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True).map(lambda name: f"do_{name}")
ARGS = st.lists(st.text(max_size=40), max_size=4).map(tuple)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)
REASONS = (
    st.lists(LINE, max_size=4)
    .map("\n".join)
    .filter(lambda text: not any(mark in text.upper() for mark in ("ACTION", "REASON", "THINK", "```", "~~~")))
)


@given(REASONS, NAMES, ARGS)
def test_every_reply_reads_back(reason: str, name: str, args: tuple[str, ...]) -> None:
    """Whatever the reason's lines and the action's arguments, the reply format gives both back."""
    parsed = parse_reply(format_reply(reason, str(Action(name, args))))
    assert parsed.action == Action(name, args)
    assert parsed.reason == reason.strip()


HOSTILE = st.sampled_from(
    ("<think>", "</think>", "ACTION:", "REASON:", "\n", "```", "`", "*", " " * 50, "[", "]", "\\", "click [5]", "stop")
    + (
        "\u202e",
        "\u2066",
        "\u200b",
        "\x00",
        "\x1b[2J",
        "\r",
        "\u2028",
        "\ud800",
        "REASON",
        "DONE",
        "[" * 300,
        "]" * 300,
    )
)


@given(st.lists(HOSTILE | st.text(max_size=8), max_size=60).map("".join))
def test_what_is_put_together_to_mislead_is_read_or_refused(text: str) -> None:
    """Marks, thoughts, fences, brackets and characters that hide or turn text: one action, or the reason why not."""
    for read in (lambda one: [parse_reply(one)], parse_list):
        with contextlib.suppress(ReplyError):
            for one in read(text):
                assert parse_action(str(one.action)) == one.action
                assert str(one.action.name).isascii()


@given(st.text(max_size=60), st.lists(HOSTILE, max_size=30).map("".join))
def test_what_follows_a_whole_reply_is_never_carried_out(value: str, rest: str) -> None:
    """A reply that begins with its reason and action is that action, or refused; later text can only spoil it."""
    action = str(Action("type", ("5", value)))
    with contextlib.suppress(ReplyError):
        assert str(parse_reply(f"REASON: r\nACTION: {action}\n{rest}").action) == action


@pytest.mark.parametrize(
    "text",
    [
        "<think>" * 1_500_000,
        "</think>" * 1_250_000,
        "ACTION: click [5]\n" * 600_000,
        " " * 10_000_000,
        "`" * 10_000_000,
        "```\n" * 2_500_000,
        "*" * 10_000_000 + "REASON:",
        "ACTION: stop " + "[" * 10_000_000,
        "ACTION: stop " + "[" * 5_000_000 + "]" * 5_000_000,
        "REASON: " + "a" * 10_000_000 + "\nACTION: click [5]",
    ],
    ids=lambda text: text[:14],
)
@pytest.mark.timeout(20)
def test_ten_megabytes_are_refused_and_quickly(text: str) -> None:
    """No reply takes more time than its length."""
    for read in (parse_reply, parse_list):
        with pytest.raises(ReplyError) as caught:
            read(text)
        assert len(str(caught.value)) < 300


def test_long_thoughts_before_an_answer_are_no_part_of_it() -> None:
    """What is read is bounded without the thoughts."""
    thoughts = "<think>\n" + "ACTION: click [9]\n" * 100_000 + "</think>\n"
    assert str(parse_reply(f"{thoughts}REASON: r\nACTION: click [5]").action) == "click [5]"


def test_brackets_may_nest_as_deep_as_a_reply_is_long() -> None:
    """Depth costs no recursion."""
    answer = "[" * 20_000 + "]" * 20_000
    assert parse_reply(f"ACTION: stop [{answer}]").action.args == (answer,)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text whatever breaks the parser: it is a reply or a ReplyError."""
    for wrapped in (text, f"REASON: {text}", f"ACTION: {text}"):
        with contextlib.suppress(ReplyError):
            assert parse_reply(wrapped).action.name


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("REASON: r\nACTION: click [5]", "click [5]"),
        ("reason: r\naction: click [5]", "click [5]"),
        ("**REASON:** r\n**ACTION:** click [5]", "click [5]"),
        ("REASON: r\nACTION:\nclick [5]", "click [5]"),
        ("REASON: r\nACTION: `click [5]`", "click [5]"),
        ("REASON: r\nACTION:\n```\nclick [5]\n```", "click [5]"),
        ("```text\nREASON: r\nACTION: click [5]\n```", "click [5]"),
        ("<think>ACTION: click [9]</think>REASON: r\nACTION: click [5]", "click [5]"),
        ("I will\nACTION: click [9]\n</think>\nREASON: r\nACTION: click [5]", "click [5]"),
        ("I will\nACTION: click [9]\n</thinking>REASON: r\nACTION: click [5]", "click [5]"),
        ("<think>so\n</think>ACTION: click [5]", "click [5]"),
        ("REASON: r\nACTION: type [5] [</think>]", "type [5] [</think>]"),
        ("REASON: r\r\nACTION: click [5]\r\n", "click [5]"),
        ("ACTION: click [5]\nREASON: r", "click [5]"),
        ("REASON: r\nACTION: stop [[a], [b]]", "stop [[a], [b]]"),
        ("REASON: r\nACTION: type [5] [bus stop]", "type [5] [bus stop]"),
    ],
)
def test_what_models_wrap_around_is_tolerated(text: str, action: str) -> None:
    """Fences, backticks, bold marks, think blocks and order do not matter."""
    parsed = parse_reply(text)
    assert str(parsed.action) == action
    assert parsed.reason in ("r", "")


def test_a_reason_may_have_several_lines() -> None:
    """Lines that begin with a capital letter do not end the reason."""
    parsed = parse_reply("REASON: First this.\nThen That.\n\nSo:\nACTION: go_back")
    assert parsed.reason == "First this.\nThen That.\n\nSo:"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no line beginning with ACTION"),
        ("I would click the button.", "no line beginning with ACTION"),
        ("REASON: click [5] and stop", "no line beginning with ACTION"),
        ("REASON: r\nACTION:", "nothing stands after ACTION"),
        ("REASON: r\nACTION: click [5]\nACTION: click [6]", "2 ACTION lines"),
        ("REASON: r\nACTION: click [5]\nclick [6]", "one line"),
        ("REASON: r\nACTION: click [5] click [6]", "expected '\\['"),
        ("REASON: r\nACTION: type [5] [never closed", "never closed"),
        ("REASON: r\nACTION: type [5]", "takes 2 to 3 arguments"),
        ("REASON: r\nACTION: ???", "begins with a verb"),
        ("<think>\nACTION: click [5]", "no line beginning with ACTION"),
        ("<think>a</think>\n<think>\nACTION: click [5]", "no line beginning with ACTION"),
        ("ACTION: click [9]\n</think>", "nothing may follow"),
        ("REASON: r\nACTION: click [5]; click [6]", "expected '\\['"),
        ("REASON: r\nACTION: click [5]\n</think>\nACTION: click [6]", "2 ACTION lines"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, why: str) -> None:
    """Each kind of mistake has words of its own."""
    with pytest.raises(ReplyError, match=why):
        parse_reply(text)
