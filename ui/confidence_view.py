"""The second part of Agreement: what each labeller's confidence is worth, and accepting calls without a look."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analysis.accepting import Audit, Tried, thresholds, verdict
from analysis.calibrating import error
from flows.label import auto_accept, calibrating
from flows.label.auto_accept import Decision
from flows.label.calibrating import Standing
from flows.label.label_sides import Shelf
from flows.problems import OURS
from labeling.calibration import ENOUGH, ENOUGH_DEMONSTRATIONS
from traces.sentences import counted
from ui.figures.agreement import reliability
from ui.figures.drawing import QUIET
from ui.plain import plain, problem_text
from ui.shell import FORM_WIDTH, empty
from wiring import Parts

RATES = (0.01, 0.02, 0.05, 0.1, 0.2)


def show_confidence(parts: Parts, shelf: Shelf) -> None:
    """One card per labeller: reviews, error, reliability, and a button that fits it anew."""
    found = calibrating.standings(parts, shelf)
    if not found:
        empty(
            "No labeller has proposed anything yet", "Record a demonstration, and open it in Label.", "record", "home"
        )
        return
    st.caption(
        "A confidence is a labeller's own figure until people have decided on enough of its calls one by one. "
        "Calls that were accepted in bulk or automatically say nothing of the single call and do not count."
    )
    for standing in found:
        with st.container(border=True):
            _card(parts, standing)


def _card(parts: Parts, standing: Standing) -> None:
    made, count = standing.calibration, len(standing.judged)
    st.subheader(f"{plain(standing.labeller)} · {'calibrated' if made else 'uncalibrated'}", anchor=False)
    left, right = st.columns((2, 3), gap="large")
    with left:
        blind = sum(one.blind for one in standing.judged)
        st.markdown(
            f"**{counted(count, 'reviewed call')}** of **{counted(standing.demonstrations, 'demonstration')}**: "
            f"**{sum(one.right for one in standing.judged)}** right, {blind} judged blind."
        )
        if not standing.enough:
            st.progress(
                min(count / ENOUGH, 1.0),
                f"{count} of {ENOUGH} calls, of {ENOUGH_DEMONSTRATIONS} demonstrations or more",
            )
            st.caption("Until then its confidence is shown as it is, marked uncalibrated.")
        elif st.button(
            "Calibrate again" if made else "Calibrate",
            type="secondary" if made and not standing.new else "primary",
            icon=":material/tune:",
            key=f"calibrate_{standing.labeller}",
        ):
            calibrating.calibrate(parts, standing.labeller)
            st.rerun()
        if made is not None:
            said = {"logistic": "logistic curve", "isotonic": "growing steps", "constant": "one share for all"}[
                made.method
            ]
            new = f"{standing.new} reviews are newer" if standing.new else "no review is newer"
            st.caption(
                f"A {said} fitted on {made.n} calls; {new}. On demonstrations it was not fitted on it is off by "
                f"{made.ece:.1%} on average, the raw confidence by {made.raw_ece:.1%}. {made.id} of {made.reviews}."
            )
        elif count:
            st.caption(f"The raw confidence is off by {error(standing.raw_bins):.1%} on average.")
    with right:
        if count:
            raw = [one.model_dump() for one in (made.raw_bins if made else standing.raw_bins)]
            fitted = [one.model_dump() for one in made.bins] if made else []
            figure = reliability(raw, fitted, dark=st.context.theme.type == "dark")
            st.plotly_chart(figure, key=f"reliability_{standing.labeller}", config=QUIET)
            st.caption("On the dotted line a confidence says what is true; below it, it promises too much.")


def show_accepting(parts: Parts, shelf: Shelf, author: str) -> None:
    """How automatic acceptance stands for each labeller; switching, applying, the audit, taking back."""
    st.caption(
        "Calls are accepted without a look only from a confidence on that reviews have shown to keep an error you "
        "state. A tenth of them, at least 20, waits for you as an audit. When the audit shows a higher error, it "
        "switches itself off. Prompt sets take such calls only where you ask for them."
    )
    found = calibrating.standings(parts, shelf)
    ready = [one for one in found if one.calibration is not None]
    for standing in ready:
        with st.container(border=True):
            _acceptance(parts, standing, author)
    if not ready:
        st.info(
            f"No labeller is calibrated yet, so nothing can be accepted without a look. It takes {ENOUGH} reviewed "
            "calls: see Confidence.",
            icon=":material/lock:",
        )


def _acceptance(parts: Parts, standing: Standing, author: str) -> None:
    labeller, now = standing.labeller, auto_accept.check(parts, standing.labeller)
    st.subheader(f"{plain(labeller)} · {'on' if now.setting.on else 'off'}", anchor=False)
    if now.setting.why and not now.setting.on and now.setting.since:
        st.warning(plain(f"Off: {now.setting.why}."), icon=":material/power_settings_new:")
    left, right = st.columns(2, gap="large")
    with left:
        if now.setting.on:
            _when_on(parts, now, author)
        else:
            _when_off(parts, standing)
    with right:
        _audit(now.audit, now.setting.rate, now.accepted, now.changed)
    made = auto_accept.decisions(parts, labeller)
    if made and (now.accepted or now.audit.drawn):
        _decisions(parts, made, author)


def _when_on(parts: Parts, now: auto_accept.Standing, author: str) -> None:
    setting = now.setting
    st.markdown(f"From a raw confidence of **{setting.above:.2f}** on, for an error of at most **{setting.rate:.0%}**.")
    with st.container(horizontal=True):
        if st.button("Accept what waits", type="primary", icon=":material/done_all:", key=f"apply_{setting.labeller}"):
            _tell(lambda: _applied(auto_accept.apply(parts, setting.labeller, author)))
        if st.button("Switch off", icon=":material/power_settings_new:", key=f"off_{setting.labeller}"):
            auto_accept.switch_off(parts, setting.labeller)
            st.rerun()


def _applied(made: Decision) -> str:
    return (
        f"{counted(made.accepted, 'call')} of {counted(len(made.tracks), 'demonstration')} accepted; "
        f"{made.audited} drawn at random for an audit in Label."
    )


def _when_off(parts: Parts, standing: Standing) -> None:
    made, labeller = standing.calibration, standing.labeller
    assert made is not None
    rate = st.segmented_control(
        "Error you can live with", RATES, default=auto_accept.RATE, format_func=lambda r: f"{r:.0%}",
        key=f"rate_{labeller}", width=FORM_WIDTH,
    ) or auto_accept.RATE  # fmt: skip
    found = auto_accept.offered(parts, labeller, rate)
    if found is None:
        _not_offered(thresholds(made.judged), rate)
        return
    st.markdown(
        f"From a confidence of **{found.above:.2f}** on (calibrated {made.of(found.above):.2f}): {found.wrong} of "
        f"{found.n} reviewed calls were wrong, so surely at most **{found.upper:.1%}**."
    )
    if st.button("Switch on", type="primary", icon=":material/bolt:", key=f"on_{labeller}"):
        _tell(lambda: f"On from {auto_accept.switch_on(parts, labeller, rate).above:.2f}. Nothing is accepted yet.")


def _not_offered(tried: tuple[Tried, ...], rate: float) -> None:
    best = min(tried, key=lambda one: one.upper)
    st.info(
        f"No confidence keeps {rate:.0%} surely. The best is {best.above:.2f}: {best.wrong} of {best.n} reviewed "
        f"calls were wrong, which allows for up to {best.upper:.1%}. Review more calls and calibrate again, or "
        "state a higher rate.",
        icon=":material/block:",
    )


def _audit(found: Audit, rate: float, accepted: int, changed: int) -> None:
    if not found.drawn:
        st.caption("Nothing has been accepted under this setting yet, so there is no audit.")
        return
    st.metric(
        "Audit: share that was wrong",
        f"{found.wrong / found.looked_at:.1%}" if found.looked_at else "–",
        help="Of the calls drawn at random from those that would have been accepted.",
    )
    st.caption(
        f"{_audit_said(found, rate)} {accepted} calls were accepted, {changed} of them changed by somebody since."
    )
    st.page_link("pages/label.py", label="To the audit in Label", icon=":material/label:")


def _audit_said(found: Audit, rate: float) -> str:
    if not found.looked_at:
        return f"None of the {found.drawn} calls drawn has been looked at."
    said = {"keeps": "the stated rate is kept", "unknown": "too few to tell", "broken": "the stated rate is broken"}
    return (
        f"{found.looked_at} of {found.drawn} looked at; between {found.low:.1%} and {found.high:.1%} with 95 % "
        f"certainty: {said[verdict(found, rate)]} ({rate:.0%})."
    )


def _decisions(parts: Parts, made: tuple[Decision, ...], author: str) -> None:
    last = made[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Last: {counted(last.accepted, 'call')} of {counted(len(last.tracks), 'demonstration')}, and "
            f"{last.audited} drawn for the audit by the seed {last.seed}."
        )
        if st.button("Take the last one back", icon=":material/undo:", key=f"back_{last.id}"):
            _tell(lambda: _taken_back(*auto_accept.take_back(parts, last.id, author)))


def _taken_back(back: int, since: int) -> str:
    kept = f" {since} were changed since and stay as they are." if since else ""
    return f"Taken back in {counted(back, 'demonstration')}.{kept}"


def told() -> None:
    """What came of the last button, once."""
    kind, text = st.session_state.pop("agreement_told", ("", ""))
    if text:
        (st.success if kind == "ok" else st.warning)(
            text, icon=":material/check:" if kind == "ok" else ":material/info:"
        )


def _tell(act: Callable[[], str]) -> None:
    """Do it and say what came of it, also after the script ran again."""
    try:
        st.session_state["agreement_told"] = ("ok", act())
    except OURS as error:
        st.session_state["agreement_told"] = ("no", problem_text(error))
    st.rerun()
