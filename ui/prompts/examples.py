"""The examples a prompt set shows, policy by policy: why each is there, where it comes from, pin and ban."""

from __future__ import annotations

from typing import Any

import streamlit as st

from flows.prompt import lineage
from flows.prompt.prompt_views import text_of
from labeling.prompts.leave_one_out import Check, Verdict
from labeling.prompts.model import Example, Piece, PromptSet
from traces.sentences import counted
from ui import teaching_links
from ui.plain import code, plain
from ui.prompts import draft
from ui.urls import replay_link
from wiring import Parts

PAGE = 20
"""Examples of one policy drawn at once that are not shown to a model."""
WHY = {
    "pinned": "pinned",
    "call": "shows a call",
    "widget": "covers a kind of widget",
    "stop": "stop",
    "near_miss": "near miss",
    "diverse": "unlike the others",
    "random": "at random",
    "all": "everything",
}
"""Why an example is shown, in words."""
MARKS = {"harmful": ":red[:material/dangerous: harmful]", "redundant": ":orange[:material/content_copy: redundant]"}


def show(prompt_set: PromptSet, rows: list[dict[str, Any]], check: Check | None) -> None:
    """Every policy folded, its examples drawn when it is opened."""
    verdicts = {one.piece: one for one in check.verdicts} if check else {}
    for row in rows:
        flags = [verdicts[one.id].flag for one in prompt_set.shown(row["policy"]) if one.id in verdicts]
        said = f"**{row['policy']}** · {row['shown']} of {row['examples']} examples · about {row['tokens']:,} tokens"
        said += "".join(f" · {MARKS[flag]} {flags.count(flag)}" for flag in MARKS if flag in flags)
        with st.expander(said, on_change="rerun", key=f"pieces_{prompt_set.id}_{row['policy']}") as opened:
            if opened.open:
                for piece in prompt_set.shown(row["policy"]):
                    card(prompt_set, piece, verdicts.get(piece.id))
                _not_shown(prompt_set, row["policy"])


def card(prompt_set: PromptSet, piece: Piece, verdict: Verdict | None, prefix: str = "") -> None:
    """One example: answer, why, links to the steps it comes from, its text, pin and ban."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            actions = " ".join(code(action) for action in piece.actions)
            mark = f" {MARKS[verdict.flag]}" if verdict and verdict.flag else ""
            st.markdown(f"{actions}{mark}", width="stretch")
            _buttons(piece.turns, f"{prefix}{piece.id}")
        st.caption(
            f"{_words(piece.objective)} · **{WHY[piece.why]}**: {_words(piece.note)} · {piece.tokens} tokens · "
            f"{_links(prompt_set, piece)}" + (f" · {_words(verdict.note)}" if verdict and verdict.note else "")
        )
        with st.popover("As the prompt shows it", icon=":material/article:", key=f"{prefix}text_{piece.id}"):
            st.code(text_of(piece.model_dump()), language=None)


BUTTONS: tuple[tuple[draft.Kind, str, str, str], ...] = (
    ("pins", ":material/keep:", "Pin", "Unpin"),
    ("bans", ":material/block:", "Ban", "Allow"),
)


def _buttons(turns: tuple[str, ...], key: str) -> None:
    for kind, icon, verb, undo in BUTTONS:
        there = set(turns) <= set(draft.ids(kind))
        st.button(
            undo if there else verb,
            key=f"{kind}_{key}",
            icon=icon,
            type="primary" if there else "tertiary",
            on_click=draft.toggle,
            args=(kind, turns),
        )


def wanted(parts: Parts, prompt_set: PromptSet, named: str, check: Check | None) -> None:
    """The example a link leads to, and the steps of runs that were shown it."""
    verdicts = {one.piece: one for one in check.verdicts} if check else {}
    piece = next((one for one in prompt_set.pieces if named == one.id or named in one.turns), None)
    st.subheader("The example this link leads to", anchor=False)
    if piece is None:
        example = prompt_set.by_id.get(named)
        if example is None:
            told = f"{prompt_set.id} has no example {named}. Choose another prompt set."
            st.info(plain(told), icon=":material/info:")
        else:
            st.caption("It is in the pool, but prompts do not show it unless it is searched for at run time.")
            _row(example, "wanted")
            _calls(parts, prompt_set, named)
        return
    card(prompt_set, piece, verdicts.get(piece.id), "wanted_")
    for episode in dict.fromkeys(prompt_set.by_id[turn].episode for turn in piece.turns):
        teaching_links.show(parts, episode, human=True)
    _calls(parts, prompt_set, piece.id)


def _calls(parts: Parts, prompt_set: PromptSet, piece: str) -> None:
    calls = lineage.calls_with(parts, prompt_set.id, piece)
    linked = [f"[{one['task']} · {one['status']}]({replay_link(one['episode'], one['step'])})" for one in calls[:12]]
    st.caption(
        f"Shown to a model in {counted(len(calls), 'episode')}: {' · '.join(linked)}" if calls
        else "No run of an `openai:` model was shown it yet."
    )  # fmt: skip


def _not_shown(prompt_set: PromptSet, policy: str) -> None:
    dropped = [one for one in prompt_set.dropped if one.policy == policy]
    if not dropped:
        return
    reasons: dict[str, int] = {}
    for one in dropped:
        reasons[one.reason] = reasons.get(one.reason, 0) + 1
    why = "; ".join(f"{number} because {reason}" for reason, number in reasons.items())
    if st.toggle(f"{len(dropped)} more are not shown: {why}", key=f"dropped_{prompt_set.id}_{policy}"):
        for one in dropped[:PAGE]:
            _row(prompt_set.by_id[one.turns[0]], "dropped")
        if len(dropped) > PAGE:
            st.caption(f"The first {PAGE} are listed; `cli.py prompts show --json` has all.")


def _row(example: Example, prefix: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        link = replay_link(example.episode, example.step, f"set:{example.label_set}")
        st.markdown(f"{code(example.action)} {_words(example.objective)} · [{_from(example)}]({link})")
        _buttons((example.id,), f"{prefix}{example.id}")


def _links(prompt_set: PromptSet, piece: Piece) -> str:
    examples = [prompt_set.by_id[turn] for turn in piece.turns]
    steps = {one.step: one for one in examples}
    return ", ".join(
        f"[{_from(one)}{f' · step {at}' if len(steps) > 1 else ''}]"
        f"({replay_link(one.episode, one.step, f'set:{one.label_set}')})"
        for at, one in enumerate(steps.values(), 1)
    )


def _from(example: Example) -> str:
    return f"from {plain(example.task or example.site or 'a demonstration')}"


def _words(text: str) -> str:
    return plain(text if len(text) <= 400 else f"{text[:397]}…")
