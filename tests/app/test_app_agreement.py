"""The Agreement screen: empty, compared, calibrated, accepting without a look."""

from __future__ import annotations

import shutil

import pytest

from flows.label import auto_accept, calibrating
from labeling.calibration import ENOUGH
from tests.reviewers import LABELLER, MONDAY, propose, reviewed
from tests.workspaces import add_demonstration
from wiring import Parts

pytestmark = pytest.mark.app


@pytest.fixture(name="full", scope="module")
def full_fixture(tmp_path_factory):
    """The folder of a workspace with forty reviewed demonstrations and fifteen that wait."""
    home = tmp_path_factory.mktemp("full") / "home"
    parts = Parts(home)
    reviewed(parts, 40)
    for number in range(15):
        propose(parts, add_demonstration(parts, f"new{number}", f"new{number}"), 900 + number, at=MONDAY + 9e6)
    parts.close()
    return home


@pytest.fixture(name="filled")
def filled_fixture(full, home):
    """The app's workspace, filled."""
    shutil.copytree(full, home)
    parts = Parts(home)
    yield parts
    parts.close()


def button(page, label):
    return next(one for one in page.button if one.label == label)


def texts(page) -> str:
    kinds = ("subheader", "markdown", "caption", "info", "warning", "success", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind))


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("Agreement", "Nothing to compare yet"),
        ("Confidence", "No labeller has proposed anything yet"),
        ("Automatic acceptance", "No labeller is calibrated yet"),
    ],
)
def test_each_part_says_what_to_do_when_empty(open_page, view, said):
    """No exception, and a way on."""
    page = open_page("agreement", view=view)
    assert not page.exception
    assert said in texts(page)


def test_two_sides_are_compared_and_named_in_the_address(open_page, filled):
    """Tiles with n, the warning for shown labels, and other sides by the address or by choosing."""
    page = open_page("agreement", of=f"labeller:{LABELLER}", against="people")
    assert not page.exception
    metrics = {one.label: one.value for one in page.metric}
    assert list(metrics) == [
        "Boundary F1", "Segment F1@50", "Bracket F1", "Arguments, exact", "Step accuracy", "Cohen's κ",
    ]  # fmt: skip
    assert metrics["Boundary F1"] == "1.00"
    assert float(metrics["Segment F1@50"]) < 1
    assert "n 40" in texts(page)
    assert "too favourable" in page.warning[0].value
    page = page.selectbox(key="agreement_of").set_value("track:blind:ben").run()
    page = page.selectbox(key="agreement_against").set_value("track:blind:cleo").run()
    assert not page.exception
    assert not page.warning
    assert page.query_params["against"] == "track:blind:cleo"
    assert "n 10" in texts(page)
    assert "every step has its policy: step accuracy is **1**" in texts(page)
    nothing = open_page("agreement", of="labeller:rules", against="nobody there")
    assert not nothing.exception


def test_a_labeller_is_calibrated_by_a_button(open_page, filled):
    """Uncalibrated with what is missing; enough reviews give the button, the button the curve."""
    page = open_page("agreement", view="Confidence")
    told = texts(page)
    assert f"{LABELLER} · uncalibrated" in told
    assert "rules · uncalibrated" in told
    page = button(page, "Calibrate").click().run()
    assert not page.exception
    assert f"{LABELLER} · calibrated" in texts(page)
    assert filled.labels.calibration(LABELLER).n == 120 >= ENOUGH


def test_calls_are_accepted_and_taken_back_by_buttons(open_page, filled):
    """Off, a rate nothing keeps, a rate that is kept, on, applied, taken back, off."""
    calibrating.calibrate(filled, LABELLER)
    page = open_page("agreement", view="Automatic acceptance")
    assert "No confidence keeps 5% surely" in texts(page)
    auto_accept.switch_on(filled, LABELLER, 0.3)
    page = page.run()
    assert f"{LABELLER} · on" in texts(page)
    page = button(page, "Accept what waits").click().run()
    assert not page.exception
    assert "drawn at random" in page.success[0].value
    assert "None of the 20 calls drawn has been looked at." in texts(page)
    page = button(page, "Take the last one back").click().run()
    assert "Taken back in" in page.success[0].value
    assert auto_accept.check(filled, LABELLER).accepted == 0
    page = button(page, "Switch off").click().run()
    assert f"{LABELLER} · off" in texts(page)
    assert "switched off by a person" in texts(page)
