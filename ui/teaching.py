"""Teach from here: a step of a failed run, the way back to its page, and how far the teaching is that began there."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import streamlit as st

from flows.label import labels
from flows.problems import OURS
from flows.progress import Report, Stop, Stopped
from flows.record import interrupted, taught
from flows.teach import how_far, rehearsing, teaching
from flows.teach.how_far import Standing
from flows.teach.rehearsing import Decision, Difference, Lesson
from traces.catalogue import INTERRUPTED
from traces.sentences import counted, sentence
from ui import jobs, recording
from ui.episode_rows import STATUS, status, task
from ui.plain import code, plain, problem_text
from ui.resources import live_tasks, resources
from ui.urls import compare_link, endpoints, label_link, prompts_link, replay_link

LOOK_S = 0.3
"""How often a waiting rehearsal looks whether it is to be stopped."""
PATIENCE_S = 1800.0
"""How long a page is held open for somebody who does not answer."""
CHOICES: dict[Decision, tuple[str, str]] = {
    "on": ("Replay on", "Do the rest all the same."),
    "here": ("Record here", "Show from the page as it is now."),
    "back": ("Last same page", "Begin again and stop one page earlier, the last one that was the same."),
    "stop": ("Give up", "Nothing is recorded."),
}


@dataclass
class Question:
    """What a rehearsal, on its own thread, asks the person; None while it asks nothing."""

    asked: Difference | None = None
    answer: Decision = "stop"
    answered: threading.Event = field(default_factory=threading.Event)

    def decide(self, found: Difference, stop: Stop) -> Decision:
        """Wait for the person. Raises Stopped where they stop it, or have gone."""
        self.answered.clear()
        self.asked, end = found, time.monotonic() + PATIENCE_S
        while not self.answered.wait(LOOK_S):
            if stop() or time.monotonic() > end:
                raise Stopped
        self.asked = None
        return self.answer

    def give(self, answer: Decision) -> None:
        """The person has decided."""
        self.answer = answer
        self.answered.set()


def show(lesson: Lesson, owner: str, person: str) -> None:
    """The step, the way back to it, and what was taught at this run so far."""
    _step(lesson)
    shown = how_far.standing(resources(), lesson.episode.id)
    name = f"teach_{lesson.episode.id}_{lesson.step.uid}_{owner}"
    if not _busy(name):
        begun = any(one.can_go_on or not one.unfit for one in shown)
        kind: Literal["primary", "secondary"] = "secondary" if begun else "primary"
        if st.button("Go back to this page and record", type=kind, icon=":material/radio_button_checked:"):
            _start(name, lesson, owner, person)
        st.caption(_what_comes(lesson))
    jobs.show(name, lambda job: _recording(job, owner), watch=_watch)
    jobs.show(f"again_{lesson.episode.id}", lambda job: _compared(job, lesson.episode.id))
    for stands in shown:
        _standing(stands, lesson, name, owner, person)


def _step(lesson: Lesson) -> None:
    episode, step = lesson.episode, lesson.step
    row = resources().episodes.catalogue.get(episode.id) or {}
    with st.container(border=True):
        left, right = st.columns([3, 2], vertical_alignment="top")
        with left:
            st.markdown(f"**{plain(episode.objective) or 'No objective'}**")
            facts = (task(vars(episode)), episode.model or "", episode.prompt_set or "")
            played = " · ".join(code(one, 60) for one in facts if one)
            st.markdown(f"{plain(status(row) if row else STATUS[episode.status])} · {played}")
            st.markdown(f"Step {step.seq + 1}: {plain(sentence(step))}")
            calls = " › ".join(code(frame.objective or frame.policy, 60) for frame in lesson.stacks[step.uid][1:])
            st.markdown(f"Open calls: {calls}" if calls else "Open calls: only the planner")
            _found(episode.id)
            st.markdown(f"[:material/layers: Open in Replay]({replay_link(episode.id, step.uid)})")
        if step.picture_before:
            right.html(_picture(episode.id, step.picture_before, "The page before this step, in the run"))


def _found(episode: str) -> None:
    finding = resources().findings.of(episode)
    if finding is not None and finding.blame is not None:
        by = "as a person said" if finding.blame.by == "person" else "suspected"
        st.caption(f"To blame ({by}): {plain(finding.blame.blamed)}, in {plain(finding.blame.policy)}")
    if finding is not None and finding.beginning is not None:
        began = finding.beginning
        st.caption(f"Failure begins at step {began.seq + 1} ({plain(began.said)})")


def _what_comes(lesson: Lesson) -> str:
    acts = counted(len(lesson.acts), "page action")
    seed = f" with seed {lesson.episode.seed}" if lesson.episode.seed is not None else ""
    return (
        f"The task is begun again{seed}, what the run did before is done again ({acts}), and each page is compared "
        "with the run's."
    )


def _start(name: str, lesson: Lesson, owner: str, person: str, after: str | None = None) -> None:
    """Go back to the step and record; `after`: and go on there with that demonstration."""
    question, parts, tasks = Question(), resources(), live_tasks()
    asked = (lesson.episode.id, lesson.step.uid)

    def work(report: Report, stop: Stop) -> tuple[str, str]:
        def decide(found: Difference) -> Decision:
            return question.decide(found, stop)

        if after is None:
            return teaching.begin(parts, tasks, asked, owner, person, decide, report, stop), ""
        recording, reshown = teaching.go_on(parts, tasks, after, owner, person, decide, report, stop)
        return recording, reshown.said

    jobs.jobs().start(name, work, about=question)
    st.session_state[name] = True
    st.rerun()


def _watch(job: jobs.Job) -> None:
    """Where the rehearsal asks something: what differs, both pictures, and the choice."""
    found: Difference | None = job.about.asked
    if found is None:
        return
    st.warning(
        f"The page before step {found.seq + 1} is not as it was in the run. What now?"
        + (f" The action before went wrong: {plain(found.why)}" if found.why else ""),
        icon=":material/difference:",
    )
    with st.container(horizontal=True):
        for choice, (label, does) in CHOICES.items():
            off = choice == "back" and not found.can_go_back
            if st.button(label, key=f"differs_{choice}", help=does, disabled=off):
                job.about.give(choice)
    for column, view, title in zip(st.columns(2), (found.then, found.now), ("In the run", "Now"), strict=True):
        with column:
            st.markdown(f"{title}: {code(view.observation.url, 90)}")
            if view.picture:
                st.html(_img(_data_uri(view.picture), f"The page: {title.lower()}"))
    st.code("\n".join(found.lines) or "Only the address differs.", language="diff", height=220)


def _recording(job: jobs.Job, owner: str) -> None:
    """The page is there: over to Record, once, where the person has waited for it here."""
    waited = st.session_state.pop(job.name, False) and job.state == "done"
    if waited and job.result[0] in live_tasks().running(owner):
        st.session_state[recording.TOLD] = job.result
        st.switch_page("pages/record.py", query_params={recording.REC: job.result[0]})


def _standing(stands: Standing, lesson: Lesson, name: str, owner: str, person: str) -> None:
    """One demonstration: recorded, reviewed, learned, tried again; the next thing to do has the button."""
    row, link = stands.row, stands.link
    with st.container(border=True):
        steps = counted(row["n_steps"] or 0, "step")
        shown = f"[by {plain(row['author'] or 'a person')}]({replay_link(row['id'])})"
        what = plain(f"{link.policy}: {steps}, {status(row)}")
        st.markdown(f"**1 · Shown** {shown} at step {link.seq + 1}, in {what}")
        if link.differed:
            places = ", ".join(str(seq + 1) for seq in link.differed)
            st.caption(f"The page was not as in the run before step {places}; it was gone on with all the same.")
        if row["status"] == "running":
            _going_on(row["id"], owner)
        elif row["status"] == INTERRUPTED or (stands.unfit and not stands.prompt_sets):
            _stopped(stands, lesson, name, owner, person)
        elif not stands.decided:
            _to_label(row["id"], person)
        else:
            st.markdown(f"**2 · Labelled** · [labels]({label_link(row['id'])})")
            _learn(stands, person)
            if stands.prompt_sets:
                _again(stands, lesson)


def _going_on(episode: str, owner: str) -> None:
    if episode in live_tasks().running(owner):
        if st.button("Go back to the recording", type="primary", key=f"rec_{episode}"):
            st.switch_page("pages/record.py", query_params={recording.REC: episode})
    else:
        st.caption("Somebody else is recording it.")


def _stopped(stands: Standing, lesson: Lesson, name: str, owner: str, person: str) -> None:
    """One that came to no end: gone on with, kept as it is, or, where nothing was done in it, discarded."""
    episode, cut, steps = stands.row["id"], stands.row["status"] == INTERRUPTED, stands.row["n_steps"]
    kept = f"Its steps are kept ([labels]({label_link(episode)}))" if steps else "Nothing was done in it"
    if cut:
        st.markdown(f"**It was interrupted**: its page is gone. {kept}.")
    elif stands.continued:
        newer = f"[gone on with]({replay_link(stands.continued)})"
        st.markdown(f"{plain(stands.unfit)} {kept}; it was {newer}.")
    else:
        st.markdown(f"{plain(stands.unfit)} {kept}{'; go on with it, or show it again.' if steps else '.'}")
    with st.container(horizontal=True):
        if stands.can_go_on and not _busy(name):
            does = "Back to where it began; its steps are done again there as long as each page is as it was."
            if st.button("Go on with it", type="primary", key=f"on_{episode}", icon=":material/replay:", help=does):
                _start(name, lesson, owner, person, episode)
        if cut and steps and st.button("Seal it", key=f"seal_{episode}", icon=":material/inventory_2:"):
            _or_told(lambda: interrupted.seal(resources(), episode))
        if cut and not steps and st.button("Discard it", key=f"discard_{episode}", icon=":material/delete:"):
            _or_told(lambda: interrupted.discard(resources(), episode))


def _busy(name: str) -> bool:
    """Whether that job is running."""
    job = jobs.jobs().get(name)
    return job is not None and job.state == "running"


def _to_label(episode: str, person: str) -> None:
    st.markdown("**2 · Its calls wait for review**, those that were open in the run among them.")
    with st.container(horizontal=True):
        if st.button("Review on Label", type="primary", key=f"label_{episode}", icon=":material/label:"):
            st.switch_page("pages/label.py", query_params={"episode": episode})
        if st.button("Accept as proposed", key=f"accept_{episode}", help="Takes every proposed call as it is."):
            _or_told(lambda: labels.accept(resources(), episode, person))


def _learn(stands: Standing, person: str) -> None:
    parts, episode = resources(), stands.row["id"]
    for name in stands.prompt_sets:
        st.markdown(f"**3 · Learned**: [{name}]({prompts_link(name)})")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        there = teaching.taught_policies(parts, episode)
        chosen = st.multiselect(
            "Who learns from it",
            there,
            teaching.proposed_policies(parts, episode),
            key=f"who_{episode}",
            help="Proposed: the policy to blame, and those the run's prompt set had no example of; where neither does "
            "anything in it, all.",
        )
        split = teaching.kept_for(parts, episode)
        held = split is not None and st.checkbox(
            f"Although its task is kept for tests ({split})",
            key=f"held_{episode}",
            help="Without it the demonstration cannot enter. What is measured on this task says less afterwards.",
        )
        label = "Build another prompt set" if stands.prompt_sets else "Build the prompt set"
        kind: Literal["primary", "secondary"] = "secondary" if stands.prompt_sets else "primary"
        if st.button(label, type=kind, key=f"learn_{episode}", disabled=not chosen):
            _or_told(lambda: teaching.extend(parts, episode, chosen, person, held_out=held))


def _again(stands: Standing, lesson: Lesson) -> None:
    run = lesson.episode
    name = f"again_{run.id}"
    if not _busy(name):
        parts, newest = resources(), stands.prompt_sets[0]
        tried = any(row["prompt_set"] == newest for row in stands.tries)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            model = st.selectbox(
                "Who tries again",
                teaching.models(parts, run),
                key=f"model_{stands.row['id']}",
                accept_new_options=True,
                width=280,
                help="The run's own model first, where it can learn. Also by typing: openai:NAME at your endpoint.",
            )
            kind: Literal["primary", "secondary"] = "secondary" if tried else "primary"
            label = f"Run seed {run.seed} {'once more' if tried else 'again'} with {newest}"
            if st.button(label, type=kind, key=f"run_{stands.row['id']}", disabled=not model):
                jobs.jobs().start(name, lambda report, stop: teaching.again(parts, run.id, newest, report, stop, model))
                st.session_state[name] = True
                st.rerun()
    _tries(stands.tries, run.id, STATUS[run.status])


def _compared(job: jobs.Job, run: str) -> None:
    """Over to Compare, once, where the person has waited for it here."""
    if st.session_state.pop(job.name, False) and job.state == "done" and job.result["episode"]:
        st.switch_page("pages/compare.py", query_params={"a": run, "b": job.result["episode"]})


def _tries(rows: Sequence[dict[str, Any]], before: str, was: str) -> None:
    for row in rows:
        replay = replay_link(row["id"], row["began_step"])
        links = f"[both in Compare]({compare_link(before, row['id'])}) · [Replay]({replay})"
        who = plain(row["model"] or "")
        st.markdown(f"**4 · Again** with {row['prompt_set']} by {who}: {was} → **{STATUS[row['status']]}** · {links}")
    if rows and rows[0]["status"] == "failed":
        st.caption("It failed again. Teach that run where it goes wrong now, or show it from the first page on.")


def _or_told(work: Any) -> None:
    try:
        work()
    except OURS as error:
        st.error(problem_text(error), icon=":material/error:")
    else:
        st.rerun()


def _picture(episode: str, key: str, alt: str) -> str:
    return _img(f"{endpoints()}/episodes/{episode}/pictures/{key}?t={resources().guard.token}", alt)


def _img(address: str, alt: str) -> str:
    return (
        f'<img src="{escape(address)}" alt="{escape(alt)}" style="max-width:100%;max-height:260px;border-radius:6px">'
    )


def _data_uri(picture: bytes) -> str:
    """A picture that is kept nowhere, in the address itself."""
    kind = "webp" if picture[8:12] == b"WEBP" else "png"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def lesson_or_told(episode: str, step: str) -> Lesson | None:
    """The place to teach at; None, and said why, where nothing can be taught there."""
    try:
        return rehearsing.lesson(resources(), episode, step)
    except OURS as error:
        st.warning(problem_text(error), icon=":material/info:")
        return None


def left(episode: str) -> None:
    """What was taught at a run that is gone: the demonstrations are kept and can be learned from."""
    found = taught.by(resources(), episode)
    if not found:
        return
    st.markdown("What was shown at this run is kept; it can be labelled, and learned from on Prompts.")
    for row, link in found:
        facts = f"at step {link.seq + 1}, in {plain(link.policy)}: {counted(row['n_steps'] or 0, 'step')}"
        ways = f"[Replay]({replay_link(row['id'])}) · [labels]({label_link(row['id'])})"
        st.markdown(f"By {plain(row['author'] or 'a person')} {facts} · {ways}")
