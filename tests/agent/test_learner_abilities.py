"""One lesson or a few per ability of the model `demos`, then a question with other texts, names and places."""

from __future__ import annotations

from dataclasses import fields
from os import environ
from pathlib import Path
from random import Random
from subprocess import PIPE, run
from sys import executable

from agent.learner.training import Weights, train
from agent.model import Decision
from agent.models.demos import DemosModel
from agent.reply import parse_reply
from policies.library import load_set
from tests.agent.lessons import Lesson, flights, grid, paragraph, results
from traces.observation_text import quote

LIBRARY = load_set("miniwob").policies


def answer(weights: Weights, objective: str, page: str, *previous: str) -> str:
    """What the planner does."""
    asked = Decision(LIBRARY["planner"], objective, "http://page.test/", page, previous)
    return str(parse_reply(DemosModel(weights, LIBRARY).decide(asked).text).action)


def shown(*turns: tuple[str, str, str]) -> Weights:
    """Learned from the planner's (objective, page, action), each of a demonstration of its own."""
    return train(
        [Lesson("planner", task, page, (), act, f"e{n}") for n, (task, page, act) in enumerate(turns)], LIBRARY
    )


def test_the_nth_of_its_kind_is_clicked() -> None:
    """Shown the 2nd and the 1st of three fields, it takes the 3rd of four."""
    page = "[1] textbox\n[2] textbox\n[3] textbox"
    made = shown(("Focus into the 2nd textbox.", page, "click [2]"), ("Focus into the 1st textbox.", page, "click [1]"))
    assert answer(made, "Focus into the 3rd textbox.", page + "\n[4] textbox") == "click [3]"


def test_the_nth_word_of_a_text_is_copied() -> None:
    """Without the full stop behind it."""
    made = shown(*(paragraph(text, n) for text, n in (("Nisl amet. Dis urna", 2), ("Proin quis sed.", 1))))
    task, page, expected = paragraph("Eget lacus porta nunc, velit", 4)
    assert answer(made, task, page) == expected == "fill_text [Word] [nunc]"


def test_an_equation_is_solved() -> None:
    """Shown sums, it works out a product and an unknown."""

    def sum_(text: str, result: int) -> tuple[str, str, str]:
        page = f"[1] text {quote(text)}\n[2] textbox 'Answer'"
        return "Solve the problem.", page, f"fill_text [Answer] [{result}]"

    made = shown(sum_("1 + 2 =", 3), sum_("4 - 9 =", -5))
    for text, result in (("7 x 8 =", 56), ("x - 5 = 3", 8)):
        task, page, expected = sum_(text, result)
        assert answer(made, task, page) == expected


def test_a_text_is_written_in_other_letters() -> None:
    """Upper case or lower case by the word in the objective."""

    def typed(text: str, case: str) -> tuple[str, str, str]:
        written = text.upper() if case == "upper" else text.lower()
        return f'Type "{text}" in {case} case.', "[1] textbox 'Name'", f"fill_text [Name] [{written}]"

    made = shown(typed("ana", "upper"), typed("BEN", "lower"), typed("cid", "upper"), typed("DORA", "lower"))
    for text, case in (("emil", "upper"), ("FAY", "lower")):
        task, page, expected = typed(text, case)
        assert answer(made, task, page) == expected


def test_a_field_without_a_name_is_called_as_the_objective_counts_it() -> None:
    """Shown the 3rd and the 1st, the planner calls the 2nd, and the policy types into that one."""
    page = "[4] textbox\n[5] textbox\n[6] textbox"

    def task(number: str, place: str) -> str:
        return f'Enter "{number}" into the {place} textbox.'

    turns = [("48", "3rd", "6"), ("26", "1st", "4"), ("7", "3rd", "6"), ("51", "1st", "4")]
    made = train(
        [
            lesson
            for n, (number, place, target) in enumerate(turns)
            for call in [f"fill_text [{place} textbox] [{number}]"]
            for lesson in (
                Lesson("planner", task(number, place), page, (), call, f"e{n}"),
                Lesson("fill_text", call, page, (), f"type [{target}] [{number}] [0]", f"e{n}"),
            )
        ],
        LIBRARY,
    )
    call = "fill_text [2nd textbox] [33]"
    assert answer(made, task("33", "2nd"), page) == call
    typed = Decision(LIBRARY["fill_text"], call, "http://page.test/", page, ())
    assert str(parse_reply(DemosModel(made, LIBRARY).decide(typed).text).action) == "type [5] [33] [0]"


def test_a_time_is_written_by_a_clock_of_24_hours() -> None:
    """As a time field takes it; noon and midnight too."""

    def typed(time: str, text: str) -> tuple[str, str, str]:
        return f"Enter {time} as the time.", "[1] textbox 'When'", f"type [1] [{text}] [0]"

    made = shown(typed("2:13 PM", "14:13"), typed("6:01 AM", "06:01"), typed("11:34 AM", "11:34"))
    for time, text in (("9:45 PM", "21:45"), ("12:05 AM", "00:05"), ("12:30 PM", "12:30")):
        task, page, expected = typed(time, text)
        assert answer(made, task, page) == expected


def test_a_field_is_copied_into_another() -> None:
    """The n-th of those with several lines, whatever stands in it."""

    def copied(texts: list[str], place: str, n: int) -> tuple[str, str, str]:
        areas = [f"[{i}] textbox value={quote(text)} multiline" for i, text in enumerate(texts, 1)]
        page = "\n".join([*areas, "[9] textbox 'Copy'"])
        return f"Copy the text from the {place} text area below.", page, f"fill_text [Copy] [{texts[n]}]"

    made = shown(copied(["a b ", "c d ", "e f "], "2nd", 1), copied(["g h ", "i j ", "k l "], "3rd", 2))
    task, page, expected = copied(["m n ", "o p ", "q r "], "1st", 0)
    assert answer(made, task, page) == expected


def test_the_cheapest_and_the_quickest_of_a_list_are_found() -> None:
    """By the word the objective uses; five lessons each are enough for most of forty other lists, not for all."""
    chance = Random(1)

    def offered(wish: str) -> tuple[str, str, str]:
        offers = [(chance.randrange(50, 900), chance.randrange(1, 20)) for _ in range(chance.choice([3, 3, 4]))]
        return flights(wish, offers, min(range(len(offers)), key=lambda n: offers[n][wish == "shortest"]))

    made = shown(*(offered(wish) for _ in range(5) for wish in ("cheapest", "shortest")))
    asked = [offered(wish) for _ in range(20) for wish in ("cheapest", "shortest")]
    assert sum(answer(made, task, page) == expected for task, page, expected in asked) >= 30


def test_a_point_of_a_grid_is_counted_from_the_middle() -> None:
    """To the right and up, as the axes of the demonstrations mean it."""
    made = shown(*(grid(x, y) for x, y in ((-2, 1), (1, -1), (2, 0), (0, 2), (-1, -2), (1, 2))))
    for x, y in ((2, -1), (-1, 1), (0, 0)):
        task, page, expected = grid(x, y)
        assert answer(made, task, page) == expected


def test_the_page_of_the_nth_result_is_opened() -> None:
    """Three results a page: the 8th is on the third page, the 5th on the second."""
    made = shown(results(7, 3), results(4, 2), results(6, 2), results(9, 3))
    for n, leaf in ((8, 3), (5, 2)):
        task, page, expected = results(n, leaf)
        assert answer(made, task, page) == expected


def test_nothing_but_what_is_stored_reaches_it() -> None:
    """A decision that knows nothing else of the episode gives the very same answer."""
    task, page, expected = grid(1, 1)
    made = shown(*(grid(x, y) for x, y in ((-2, 1), (1, -1), (2, 0), (0, 2))))
    model = DemosModel(made, LIBRARY)
    known = {"policy", "objective", "url", "observation", "previous", "fruitless"}
    full = Decision(LIBRARY["planner"], task, "http://a/", page, (), 3, "something else altogether", ())
    bare = Decision(LIBRARY["planner"], task, "http://a/", page)
    assert model.decide(full).text == model.decide(bare).text
    assert {field.name for field in fields(Decision)} - known == {"frame_depth", "root_objective"}
    assert expected


def test_another_process_learns_the_same_bytes() -> None:
    """Sets are visited in another order there; nothing may depend on it."""
    code = (
        "import hashlib; from agent.learner.training import train; from agent.learner.weights import dump;"
        "from policies.library import load_set; from tests.agent.lessons import signing_in;"
        "taught = [x for n, (a, b) in enumerate([('ana', 'x1'), ('ben', 'y2')]) for x in signing_in(a, b, str(n))];"
        "print(hashlib.sha256(dump(train(taught, load_set('miniwob').policies))).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    made = {
        run([executable, "-c", code], env={**environ, "PYTHONHASHSEED": seed}, cwd=root, check=True, stdout=PIPE).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_value_is_put_between_what_always_stands_around_it() -> None:
    """Two days of one month show how the field writes them; a third is written the same way."""
    page = "[1] textbox 'Depart'\n[2] text 'Done'"

    def day(number: int) -> tuple[str, str, str]:
        return f"Depart on day: {number}; Seat: Coach", page, f"choose_date [Depart] [3/{number}/2017]"

    made = shown(day(14), day(22))
    task, _, expected = day(27)
    assert answer(made, task, page) == expected


def test_a_planner_returns_without_an_answer_no_sooner_than_shown() -> None:
    """Shown an answer at once and work that ends after two clicks, it does not end before them."""
    page, past = "[1] button 'Save'\n[2] text 'Total 12 EUR'\n[3] text 'Oslo'", ("click [1]", "click [1]")
    ask, work = "Which city is it?", "Save it and save it again."
    lessons = [Lesson("planner", ask, page, (), "stop [Oslo]", "a"), Lesson("planner", work, page, past, "stop", "b")]
    lessons += [Lesson("planner", work, page, past[:n], "click [1]", "b") for n in (0, 1)]
    repertoire = train(lessons, LIBRARY).skills["planner"].repertoire
    assert (repertoire.soonest, repertoire.soonest_bare) == (0, 2)


def meant(asked: str, names: str, wanted: str) -> tuple[str, str, str]:
    """Picking boxes that are meant in other words."""
    page = "\n".join(f"[{n}] checkbox {quote(name)} unchecked" for n, name in enumerate(names.split(), 1))
    return f"Select words similar to {asked} and click Submit.", page, f"click_checkboxes [{wanted}]"


def test_words_that_mean_the_same_are_learned_as_pairs() -> None:
    """Shown two pairs of words in lists and one alone, it picks as many boxes as are listed, either way round."""
    made = shown(
        meant("big, sad", "large cut miserable", "large, miserable"),
        meant("odd, big", "large brave strange", "large, strange"),
        meant("cut", "odd big slice", "slice"),
        meant("sad", "miserable slice odd", "miserable"),
    )
    for question in (
        meant("large, slice", "cut odd big", "cut, big"),
        meant("strange", "large odd slice", "odd"),
        meant("sad, slice", "miserable strange cut", "miserable, cut"),
    ):
        task, page, expected = question
        assert answer(made, task, page) == expected


def test_the_figure_of_a_price_is_the_answer() -> None:
    """Shown the bare figure of one price, it answers with that of another."""
    page = "[1] heading 'Total'\n[2] text '$164'\n[3] text 'Oslo'"
    made = shown(("How much is it?", page, "stop [164]"), ("How much is it all?", page, "stop [164]"))
    assert answer(made, "How much is it?", page.replace("164", "1,275")) == "stop [1275]"
