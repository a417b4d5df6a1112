"""The model `demos` learns to copy, to call, to turn calendars and to stop, from examples alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.learner.choosing import choose
from agent.learner.training import Weights, train
from agent.learner.weights import DamagedWeights, dump, learned, load, weights_key
from agent.loop import run_episode
from agent.model import Decision
from agent.models.demos import DemosModel
from agent.reply import parse_reply
from policies.library import load_set
from policies.model import Parameter
from tests.agent.lessons import Lesson, boxes, month_page, picking, sign_in, signing_in, ticking
from traces.actions import Action

MINIWOB = load_set("miniwob")
LIBRARY = MINIWOB.policies
NAMES = [("vina", "US"), ("nathalie", "fzzq"), ("keneth", "91YP"), ("dannie", "8F")]
SIGNING_IN = [lesson for n, (name, word) in enumerate(NAMES) for lesson in signing_in(name, word, f"e{n}")]
TICKING = [
    *ticking(["USa", "DKk", "pQ"], ["DKk"], "t1"),
    *ticking(["fzz", "NYy", "hIy", "o9"], ["fzz", "NYy"], "t2"),
    *ticking(["91Y", "i6V", "nd7", "XPM"], ["nd7", "91Y", "XPM"], "t3"),
]
DATES = [
    *picking(2016, 5, 15, (2016, 8), "d1"),
    *picking(2016, 11, 23, (2016, 9), "d2"),
    *picking(2016, 3, 5, (2016, 3), "d3"),
    *picking(2016, 2, 17, (2016, 4), "d4"),
    *picking(2016, 12, 26, (2016, 10), "d5"),
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    """Learned from all lessons together."""
    return train([*SIGNING_IN, *TICKING, *DATES], LIBRARY)


def decide(weights: Weights, policy: str, objective: str, page: str, *previous: str, **more: object) -> str:
    asked = Decision(LIBRARY[policy], objective, "http://page.test/", page, previous, **more)  # type: ignore[arg-type]
    return str(parse_reply(DemosModel(weights, LIBRARY).decide(asked).text).action)


TASK = 'Enter the username "zoe-x9" and the password "q!7 w" into the fields and press login.'


def test_every_example_is_understood(weights: Weights) -> None:
    """For each example some candidate stands for what was done."""
    assert {name: skill.missed for name, skill in weights.skills.items()} == dict.fromkeys(weights.skills, 0)


def test_the_planner_calls_with_strings_it_never_saw(weights: Weights) -> None:
    """Values are copied from the objective by their place."""
    assert decide(weights, "planner", TASK, sign_in()) == "fill_text [Username] [zoe-x9]"


def test_a_withheld_text_is_found_by_its_place(weights: Weights) -> None:
    """The password was never recorded; the value beside the word is passed on, not the marker and not the name."""
    line = "N/A = fill_text [Username] [zoe-x9]"
    assert decide(weights, "planner", TASK, sign_in("zoe-x9"), line) == "fill_text [Password] [q!7 w]"


def test_a_called_policy_copies_its_argument(weights: Weights) -> None:
    """It types what it was called with into the field it was called for, and then returns."""
    call = "fill_text [Password] [q!7 w]"
    assert decide(weights, "fill_text", call, sign_in("zoe-x9")) == "type [4] [q!7 w] [0]"
    full = sign_in("zoe-x9", secret=True)
    assert decide(weights, "fill_text", call, full, "type [4] [q!7 w] [0]") == "stop"


def test_a_list_of_another_length_is_copied(weights: Weights) -> None:
    """Shown one to three boxes, it names and ticks four, and only those."""
    names = ["aa1", "bb2", "cc3", "dd4", "ee5"]
    call = decide(weights, "planner", "Select ee5, bb2, aa1, dd4 and click Submit.", boxes(names, []))
    assert call == "click_checkboxes [ee5, bb2, aa1, dd4]"
    ticked: list[str] = []
    past: list[str] = []
    for _ in range(4):
        action = decide(weights, "click_checkboxes", call, boxes(names, ticked), *past)
        past.append(action)
        ticked.append(names[int(action[7:-1]) - 1])
    assert sorted(ticked) == ["aa1", "bb2", "dd4", "ee5"]
    assert decide(weights, "click_checkboxes", call, boxes(names, ticked), *past) == "stop"


def test_an_argument_that_may_be_left_out_is_left_out() -> None:
    """Shown calls with one argument, it makes calls with one, though a second one could be filled."""
    boxed = LIBRARY["click_checkboxes"]
    optional = Parameter(name="more", type="text", required=False)
    library = {**LIBRARY, boxed.name: boxed.model_copy(update={"parameters": (*boxed.parameters, optional)})}
    asked = Decision(LIBRARY["planner"], "Select bb2, aa1 and click Submit.", "u", boxes(["aa1", "bb2", "cc3"], []))
    said = DemosModel(train(TICKING, library), library).decide(asked).text
    assert str(parse_reply(said).action) == "click_checkboxes [bb2, aa1]"


@pytest.mark.parametrize(
    ("shown", "wanted", "turn"),
    [((2016, 6), (4, 9), 0), ((2016, 6), (9, 9), 1), ((2017, 1), (11, 20), 0), ((2015, 12), (2, 28), 1)],
)
def test_the_calendar_is_turned_the_right_way(
    weights: Weights, shown: tuple[int, int], wanted: tuple[int, int], turn: int
) -> None:
    """Back for an earlier month, on for a later one, over the end of a year too."""
    base = 100 * (12 * (shown[0] - 2000) + shown[1])
    call = f"choose_date [Date] [{wanted[0]:02}/{wanted[1]:02}/2016]"
    action = decide(weights, "choose_date", call, month_page(*shown), "click [2]")
    assert action == f"click [{base + turn}]"


def test_the_wanted_day_of_the_shown_month_is_taken(weights: Weights) -> None:
    """And of the two readings of 05/11/2016 the one the demonstrations mean."""
    base = 100 * (12 * 16 + 5)
    assert decide(weights, "choose_date", "choose_date [Date] [05/11/2016]", month_page(2016, 5)) == (
        f"click [{base + 10 + 11}]"
    )


def test_learning_is_the_same_every_time(weights: Weights) -> None:
    """The same examples give the same bytes, in whatever order hashing visits them."""
    again = train([*SIGNING_IN, *TICKING, *DATES], LIBRARY)
    assert dump(again) == dump(weights)


def test_a_guess_is_not_made(weights: Weights) -> None:
    """A page and a wish like nothing it was shown end with N/A and a low score."""
    page = "\n".join(f"[{n}] link 'Article {n}'" for n in range(40))
    asked = Decision(LIBRARY["planner"], "Which article is about whales?", "", page)
    reply = DemosModel(weights, LIBRARY).decide(asked)
    assert str(parse_reply(reply.text).action) == "stop [N/A]"
    assert reply.score is not None
    assert reply.score < 0.2


def test_a_policy_without_examples_gives_up(weights: Weights) -> None:
    """It returns N/A to its caller and says why."""
    asked = Decision(LIBRARY["search"], "search [whales]", "", "[1] searchbox 'Search'")
    reply = parse_reply(DemosModel(weights, LIBRARY).decide(asked).text)
    assert str(reply.action) == "stop [N/A]"
    assert "no demonstration shows what search does" in reply.reason


def test_what_led_nowhere_is_not_repeated(weights: Weights) -> None:
    """An action that left this very page as it was is not taken again."""
    call = "fill_text [Username] [zoe]"
    assert decide(weights, "fill_text", call, sign_in(), fruitless=("type [2] [zoe] [0]",)) != "type [2] [zoe] [0]"


def test_a_call_is_not_made_for_ever(weights: Weights) -> None:
    """After two identical calls came back, another thing is tried."""
    line = "N/A = fill_text [Username] [zoe-x9]"
    assert decide(weights, "planner", TASK, sign_in(), line, line) != "fill_text [Username] [zoe-x9]"


def test_the_score_is_a_probability_and_the_reason_says_why(weights: Weights) -> None:
    """What was shown is surer than what was not, and the reason names a deciding fact."""
    asked = Decision(LIBRARY["planner"], TASK, "", sign_in())
    reply = DemosModel(weights, LIBRARY).decide(asked)
    assert reply.score is not None
    assert 0.5 < reply.score <= 1
    assert re.match(r"REASON: score \d\.\d\d: because .*; next best ", reply.text)
    strange = Decision(LIBRARY["planner"], "Press the third thing.", "", "[1] button 'One'\n[2] link 'Two'")
    chosen = choose(weights, strange, LIBRARY)
    assert chosen is None or chosen.probability < reply.score


def test_it_plays_a_whole_episode_through_the_stack(weights: Weights) -> None:
    """Planner, call, type, return, call, type, return, click: real frames, with texts it never saw."""

    def page(action: Action, text: str) -> str:
        if action.args[0] == "2":
            return sign_in(action.args[1])
        if action.args[0] == "4":
            return sign_in("zoe-x9", secret=action.args[1] == "q!7 w")
        return "[1] text 'Welcome'" if text == sign_in("zoe-x9", secret=True) else "[1] text 'Wrong'"

    environment = ScriptedEnvironment(sign_in(), page, TASK, lambda text, _: "Welcome" in text)
    log = MemoryLog()
    episode = run_episode(environment, DemosModel(weights, LIBRARY), MINIWOB, log)
    assert (episode.status, episode.max_depth) == ("success", 2)
    assert [f.objective for f in log.frames[1:]] == ["fill_text [Username] [zoe-x9]", "fill_text [Password] [q!7 w]"]
    assert log.calls[0].score is not None


def test_forms_are_put_together_from_several_values() -> None:
    """`From: ..; To: ..` is filled with other cities at the same places of another request."""
    form = "[1] combobox 'From'\n[2] combobox 'To'\n[3] button 'Search'"

    def shown(one: str, other: str, episode: str) -> list[Lesson]:
        task, call = f"Find a flight from {one} to {other} please", f"fill_form [From: {one}; To: {other}]"
        first, second = f"fill_text [From] [{one}]", f"fill_text [To] [{other}]"
        return [
            Lesson("planner", task, form, (), call, episode),
            Lesson("fill_form", call, form, (), first, episode),
            Lesson("fill_form", call, form, (f"N/A = {first}",), second, episode),
            Lesson("fill_form", call, form, (f"N/A = {first}", f"N/A = {second}"), "click [3]", episode),
            Lesson("planner", task, form, (f"N/A = {call}",), "stop", episode),
        ]

    made = train([*shown("Boston", "Rome", "a"), *shown("San Diego", "Oslo", "b")], LIBRARY)
    call = decide(made, "planner", "Find a flight from New York to Lima please", form)
    assert call == "fill_form [From: New York; To: Lima]"
    first = decide(made, "fill_form", call, form)
    assert first == "fill_text [From] [New York]"
    assert decide(made, "fill_form", call, form, f"N/A = {first}") == "fill_text [To] [Lima]"


def test_the_row_that_fits_the_request_is_taken() -> None:
    """Of several links the one in the row that holds the most of what was asked for."""

    def table(*rows: tuple[str, str, str]) -> str:
        lines = ["[1] table 'Bookings'"]
        for n, (reference, name, city) in enumerate(rows):
            base = 10 * n + 10
            lines += [f"  [{base}] row", f"    [{base + 1}] link '{reference}'"]
            lines += [f"    [{base + 2}] cell '{name}'", f"    [{base + 3}] cell '{city}'"]
        return "\n".join(lines)

    def shown(episode: str, name: str, city: str, right: int, *rows: tuple[str, str, str]) -> list[Lesson]:
        task = f"Open the booking of {name} to {city}."
        return [Lesson("planner", task, table(*rows), (), f"click [{10 * right + 11}]", episode)]

    made = train(
        [
            *shown("a", "Ana Ruiz", "Lima", 1, ("AA1", "Ana Ruiz", "Oslo"), ("BB2", "Ana Ruiz", "Lima")),
            *shown("b", "Bo Chen", "Rome", 0, ("CC3", "Bo Chen", "Rome"), ("DD4", "Bo Chen", "Nice")),
            *shown(
                "c", "Cy Diaz", "Bonn", 2, ("E5", "Cy D", "Nice"), ("F6", "Cy Diaz", "Rio"), ("G7", "Cy Diaz", "Bonn")
            ),
        ],
        LIBRARY,
    )
    rows = (("H8", "Eva Moor", "Kyiv"), ("I9", "Eva Moor", "Cork"), ("J1", "Eva Moor", "Graz"))
    assert decide(made, "planner", "Open the booking of Eva Moor to Cork.", table(*rows)) == "click [21]"


def test_nothing_learned_is_one_message() -> None:
    """Without any usable example the model says what to do."""
    with pytest.raises(ModelError, match="Accept labels of a few demonstrations"):
        DemosModel(train([], LIBRARY), LIBRARY)


def test_weights_read_back(weights: Weights) -> None:
    """The file gives the same decisions; it holds no pickle."""
    back = load(dump(weights))
    assert back.templates == weights.templates
    assert {name: skill.repertoire for name, skill in back.skills.items()} == {
        name: skill.repertoire for name, skill in weights.skills.items()
    }
    assert decide(back, "planner", TASK, sign_in()) == decide(weights, "planner", TASK, sign_in())


@pytest.mark.parametrize("damage", [b"", b"PK rubbish", None, "cut", "flip"])
def test_damaged_weights_are_refused(weights: Weights, damage: bytes | str | None) -> None:
    """Whatever is wrong with the file, it is never used."""
    data = dump(weights)
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flip":
        middle = len(data) // 2
        data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    else:
        data = damage if isinstance(damage, bytes) else data[:-30]
    with pytest.raises(DamagedWeights):
        load(data)


def test_weights_are_learned_once(tmp_path: Path) -> None:
    """The second time they come from the folder; a damaged file is learned again; another set has another name."""
    lessons = SIGNING_IN[:8]
    first = learned("ps-1", lessons, LIBRARY, tmp_path)
    path = tmp_path / f"{weights_key('ps-1', LIBRARY)}.npz"
    kept = path.read_bytes()
    assert dump(learned("ps-1", [], LIBRARY, tmp_path)) == dump(first)
    path.write_bytes(b"damaged")
    learned("ps-1", lessons, LIBRARY, tmp_path)
    assert path.read_bytes() == kept
    assert weights_key("ps-2", LIBRARY) != weights_key("ps-1", LIBRARY)


def test_the_learner_knows_no_task_and_no_site() -> None:
    """Its source names no page, task, button or site of those it is used on."""
    source = "\n".join(path.read_text() for path in Path("agent/learner").glob("*.py")).casefold()
    for word in (
        "miniwob",
        "airline",
        "login",
        "submit",
        "datepicker",
        "'prev'",
        '"prev"',
        "username",
        "flight",
        "css",
    ):
        assert word not in source, word
