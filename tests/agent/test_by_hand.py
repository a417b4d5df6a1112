"""A person plays one policy and a model the rest: what was done by hand is recorded like anything else."""

from __future__ import annotations

from agent.by_hand import Ahead, ByHand, HumanModel, Move, Opened, Played
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from policies.library import load_set
from traces.environment import Effect, View
from traces.model import Observation

CORE = load_set("core")
MINE = frozenset({"fill_text"})
EMPTY, FULL, AHEAD = "[1] textbox 'City' value=''", "[1] textbox 'City' value='Rome'", "[1] textbox 'City' focused"


def page(text):
    return View(Observation(url="http://page.test/", title="", text=text))


class Person:
    """Does what it is told to when it is asked, on the page itself."""

    def __init__(self, environment, *plays):
        self.environment, self.plays, self.asked = environment, iter(plays), []

    def play(self, request):
        self.asked.append(request)
        played = next(self.plays)
        self.environment.text = FULL
        return played


def episode(played, rest=("fill_text [City] [Rome]", "stop [done]"), limits=Limits()):  # noqa: B008 -- frozen
    real = ScriptedEnvironment(EMPTY, judge=lambda text, answer: text == FULL)
    log, person = MemoryLog(), Person(real, *played)
    ahead = Ahead()
    hand = ByHand(real, ahead)
    model = HumanModel("human:fill_text+scripted", MINE, person, ahead, rest and ScriptedModel(rest))
    made = run_episode(hand, model, Opened(CORE, MINE), log, limits)
    return made, log, real, person


TYPED = (Move("click [1]", page(EMPTY)), Move("type [1] [Rome]", page(AHEAD)))


def test_what_a_person_did_is_recorded_and_not_done_again():
    """Each action has the page it was done on and the one it led to; the environment is only looked at."""
    made, log, real, person = episode([Played(TYPED, "in")])
    assert (made.status, made.max_depth) == ("success", 2)
    assert [step.action for step in log.steps] == [
        "fill_text [City] [Rome]",
        "click [1]",
        "type [1] [Rome]",
        "stop [in]",
        "stop [done]",
    ]
    texts = [
        (log.observations[step.observation_before].text, log.observations[step.observation_after].text)
        for step in log.steps[1:3]
    ]
    assert texts == [(EMPTY, AHEAD), (AHEAD, FULL)]
    assert [action for action in real.acted if not action.startswith("note")] == []
    assert person.asked[0].objective == "fill_text [City] [Rome]"
    assert [call.model for call in log.calls][1:3] == ["human:fill_text+scripted"] * 2


def test_a_page_that_changed_before_the_person_came_is_seen_first():
    """A note stands for it, so that the first action is read against the page it was done on."""
    moves = (Move("click [7]", page("[7] button 'New'")),)
    _, log, _, _ = episode([Played(moves)])
    assert [step.action for step in log.steps[1:3]] == ["note [a person took over]", "click [7]"]
    assert not any(step.kind == "invalid" for step in log.steps)


def test_a_person_may_do_more_than_the_policys_file_allows():
    """Also `goto`, which fill_text may not; other policies may not for that."""
    _, log, _, _ = episode([Played((Move("goto [http://page.test/2]", page(EMPTY)),))])
    assert log.steps[1].kind == "act"
    assert "goto" not in Opened(CORE, MINE).resolve("choose_date").actions


def test_nothing_done_is_a_plain_return():
    """Without an answer the caller reads N/A."""
    _, log, _, _ = episode([Played(())])
    assert [step.action for step in log.steps] == ["fill_text [City] [Rome]", "stop", "stop [done]"]


def test_every_call_is_played_anew():
    """The second call of the policy asks the person again."""
    twice = ("fill_text [City] [Rome]", "fill_text [City] [Oslo]", "stop")
    _, log, _, person = episode([Played(TYPED), Played(())], twice)
    assert [request.objective for request in person.asked] == list(twice[:2])


def test_what_is_done_by_hand_may_end_the_task():
    """The last action's effect is the environment's own, `done` included."""

    class Ending(ScriptedEnvironment):
        def act(self, action):
            return Effect(self.observe(), done=True, reward=1.0)

    real = Ending(EMPTY)
    ahead, log = Ahead(), MemoryLog()
    hand = ByHand(real, ahead)
    rest = ScriptedModel(["fill_text [City] [Rome]"])
    model = HumanModel("human:fill_text+scripted", MINE, Person(real, Played(TYPED)), ahead, rest)
    assert run_episode(hand, model, Opened(CORE, MINE), log).end_reason == "environment"


def test_a_policy_nobody_plays_is_said():
    """Without another model the planner has nobody."""
    made, _, _, _ = episode([], rest=None)
    assert made.end_reason.startswith("model: Nobody plays planner")


def test_a_stopped_run_ends_before_the_policy_returns():
    """What was done stays; the episode is stopped, not judged as returned."""
    real = ScriptedEnvironment(EMPTY)
    ahead, log, stopping = Ahead(), MemoryLog(), []
    hand = ByHand(real, ahead)

    class Leaving(Person):
        def play(self, request):
            stopping.append(1)
            return Played(TYPED[:1], stopped=True)

    model = HumanModel("human:planner", frozenset({"planner"}), Leaving(real), ahead)
    made = run_episode(hand, model, Opened(CORE, frozenset({"planner"})), log, stopped=lambda: bool(stopping))
    assert made.status == "stopped"
