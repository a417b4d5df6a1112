"""A run that dies at any call goes on with exactly the missing ones, and the ledger has every request there was."""

import random
import threading

import pytest

from labeling.errors import LabelError
from labeling.llm.asking import Asker
from labeling.llm.budget import Budget, OverBudget, Purse, parse_budget
from labeling.llm.labeller import LlmLabeller
from labeling.llm.ledger import LedgerRows
from labeling.llm.model import LabelSettings
from labeling.llm.planning import plan_label
from labeling.repository import MemoryRows
from llm_client.chat import ChatRequest, Message, Patience
from llm_client.endpoint import Endpoint
from llm_client.openai_chat import OpenAIChat
from llm_client.prices import Price, PriceTable
from llm_client.scripted import ScriptedChat
from tests.fake_llm_server import BUSY, DROPPED, RUBBISH, fails, fake_llm_server, says
from tests.labeling.llm.answering import WEB, forms, labeller, propose, truthful

DEMO = forms(5)
UNPRICED = PriceTable()
SMALL = LabelSettings(concurrency=1, whole_steps=8, window=10, overlap=4)


class Died(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def whole(settings=SMALL):
    made = labeller(truthful(DEMO), settings)
    return propose(made, DEMO), len(made.chat.requests)


def test_a_kill_at_any_call_costs_nothing_twice():
    """Killed while call n+1 of N is under way, the next run makes exactly N − n requests and gives the same tree."""
    tree, total = whole()
    assert total > 8
    for n in range(total):
        rows, answered = MemoryRows(), []

        def dying(request, n=n, answered=answered):
            if len(answered) == n:
                raise Died
            answered.append(request)
            return truthful(DEMO)(request)

        with pytest.raises(Died):
            propose(labeller(dying, SMALL, rows), DEMO)
        again = labeller(truthful(DEMO), SMALL, rows)
        assert propose(again, DEMO) == tree
        assert len(again.chat.requests) == total - n
        assert again.report.cached == n


def test_a_kill_with_several_requests_under_way():
    """With four at a time, the next run asks for those whose answers are not kept, and for no other."""
    tree, total = whole()
    for n in (1, 3, total // 2):
        rows, lock, answered = MemoryRows(), threading.Lock(), []

        def dying(request, n=n, lock=lock, answered=answered):
            with lock:
                if len(answered) >= n:
                    raise Died
                answered.append(request)
            return truthful(DEMO)(request)

        at_a_time = LabelSettings(whole_steps=8, window=10, overlap=4)
        with pytest.raises(Died):
            propose(labeller(dying, at_a_time, rows), DEMO)
        kept = len(rows.rows("llm_cache"))
        again = labeller(truthful(DEMO), at_a_time, rows)
        assert propose(again, DEMO) == tree
        assert len(again.chat.requests) == total - kept


def test_what_decides_a_reply_decides_the_key():
    """Another model, address, prompt, limit or attempt is another question."""
    ask = ChatRequest((Message("user", "hello"),), max_tokens=9)
    plain = Asker(ScriptedChat([], "a"), MemoryRows(), "http://x")
    keys = {
        plain.key(ask, "p0a0"),
        plain.key(ask, "p1a0"),
        plain.key(ChatRequest((Message("user", "hullo"),), max_tokens=9), "p0a0"),
        plain.key(ChatRequest((Message("user", "hello"),), max_tokens=8), "p0a0"),
        plain.key(ChatRequest((Message("user", "hello"),), max_tokens=9, schema={"type": "object"}), "p0a0"),
        Asker(ScriptedChat([], "b"), MemoryRows(), "http://x").key(ask, "p0a0"),
        Asker(ScriptedChat([], "a"), MemoryRows(), "http://y").key(ask, "p0a0"),
    }
    assert len(keys) == 7
    assert plain.key(ChatRequest((Message("user", "hello"),), "other purpose", max_tokens=9), "p0a0") in keys


def at_server(server, rows, settings, prices=UNPRICED):
    ledger = LedgerRows(rows, "llm:tiny")
    patience = Patience(attempts=6, first_wait=0.001, longest_wait=0.01, timeout=20.0)
    chat = OpenAIChat("tiny", Endpoint(server.url, "k"), prices, ledger.write, patience, sending=ledger.write)
    return chat, ledger, LlmLabeller(Asker(chat, rows, server.url, prices, settings.concurrency), settings)


def answering(request):
    messages = tuple(Message(one["role"], one["content"]) for one in request["messages"])
    return truthful(DEMO)(ChatRequest(messages))


@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_counts_what_the_server_counts(seed):
    """With 429s, dropped connections, rubbish and 500s among the answers, every request is a row, and none twice."""
    rng = random.Random(seed)

    def script(request):
        bad = rng.random() < 0.3
        return rng.choice([BUSY, DROPPED, RUBBISH, fails(500, "oh")]) if bad else says(answering(request))

    rows = MemoryRows()
    with fake_llm_server(script) as server:
        chat, ledger, made = at_server(server, rows, LabelSettings(whole_steps=8, window=10, overlap=4))
        with chat:
            assert propose(made, DEMO) == whole()[0]
        total = ledger.total()
        assert total.attempts == len(server.requests)
        assert total.unheard == 0
        good = total.attempts - total.failed
        assert (total.tokens_in, total.tokens_out, total.cost) == (120 * good, 30 * good, None)


def test_a_known_price_is_summed_and_an_unknown_one_is_unknown():
    """Dollars are tokens times price; the report and the ledger say the same."""
    rows, prices = MemoryRows(), PriceTable(prices={"tiny": Price(1.0, 2.0)})
    with fake_llm_server(lambda request: says(answering(request))) as server:
        chat, ledger, made = at_server(server, rows, SMALL, prices)
        with chat:
            propose(made, DEMO)
        calls = len(server.requests)
    assert ledger.total().cost == pytest.approx(calls * 0.00018)
    assert made.report.cost == pytest.approx(ledger.total().cost)
    unpriced = labeller(truthful(DEMO), SMALL)
    propose(unpriced, DEMO)
    assert unpriced.report.cost is None


def test_endpoints_that_take_no_form_are_asked_without():
    """A 400 that names the form of the reply leads to a request without it, once for the whole run."""

    def script(request):
        if request.get("response_format", {}).get("type") == "json_schema":
            return fails(400, "json_schema is not supported by this model")
        return says(answering(request))

    with fake_llm_server(script) as server:
        chat, ledger, made = at_server(server, MemoryRows(), SMALL)
        with chat:
            assert propose(made, DEMO) == whole()[0]
        refused = [one for one in server.requests if one.get("response_format", {}).get("type") == "json_schema"]
        assert len(refused) == 1
        assert all("temperature" not in one for one in server.requests)
        assert (ledger.total().attempts, ledger.total().failed) == (len(server.requests), 1)


def test_the_plan_is_what_is_asked():
    """Calls of the usual two passes are counted as they are made; afterwards all of level 1 is answered already."""
    rows = MemoryRows()
    made = labeller(truthful(DEMO), SMALL, rows)
    recording = DEMO.recording
    asker = made._asker
    facts = (asker, recording.episode, recording.steps, recording.observation, WEB, SMALL)
    before = plan_label(*facts)
    assert made.chat.requests == []
    propose(made, DEMO)
    steps = [one for one in made.chat.requests if "Say the calls of the steps" in one.messages[1].content]
    after = plan_label(*facts)
    assert (before.kept, before.cost) == (0, None)
    assert after.kept >= len(steps)
    assert before.calls <= len(made.chat.requests) <= before.most_calls
    sent = sum(len(message.content) for one in steps for message in one.messages) / 4
    assert before.tokens_in >= sent
    assert after.tokens_in < before.tokens_in - 0.9 * sent


@pytest.mark.parametrize(
    ("written", "budget"),
    [
        ("400000", Budget(tokens=400_000)),
        ("400k tokens", Budget(tokens=400_000)),
        ("1.5m", Budget(tokens=1_500_000)),
        ("2.5usd", Budget(dollars=2.5)),
        ("30 calls", Budget(calls=30)),
    ],
)
def test_budgets_are_read_as_written(written, budget):
    """Tokens, dollars or calls."""
    assert parse_budget(written) == budget


@pytest.mark.parametrize("written", ["", "much", "-3", "3 euros", "usd"])
def test_what_is_no_budget_is_refused(written):
    """The message says how to write one."""
    with pytest.raises(LabelError, match="2.5usd"):
        parse_budget(written)


def test_a_purse_never_gives_more_than_there_is():
    """Threads together take no more than the budget, their own and the whole's; what was too much is given back."""
    whole_purse, taken, lock = Purse(Budget(tokens=1000)), [], threading.Lock()

    def spend(purse):
        while True:
            try:
                purse.take(30, None)
            except OverBudget:
                return
            purse.settle(-10, None)
            with lock:
                taken.append(20)

    threads = [threading.Thread(target=spend, args=(Purse(Budget(tokens=400), whole_purse),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert whole_purse.spent[0] == sum(taken) <= 1000
    assert whole_purse.spent[0] > 950


def test_a_plan_of_what_is_all_answered_has_nothing_to_ask():
    """Whatever the model said other than the rules, nothing is missing after the whole run; before it, all is."""
    rows, contrary = MemoryRows(), lambda request: truthful(DEMO)(request).replace("fill_text", "search")
    made = labeller(contrary, SMALL, rows)
    asker = Asker(ScriptedChat([], "tiny"), rows)

    def plan():
        recording = DEMO.recording
        return plan_label(asker, recording.episode, recording.steps, recording.observation, WEB, SMALL)

    assert plan().kept == 0
    propose(made, DEMO)
    found = plan()
    assert (found.calls, found.kept, found.tokens_in) == (made.report.calls, made.report.calls, 0)


def test_a_budget_that_ends_before_the_reasons_is_told():
    """Every window answered, but not all questions for reasons: the run is partial, its calls stand."""
    asked = [0]

    def counting(request):
        asked[0] += 1
        return truthful(DEMO)(request)

    propose(labeller(counting, SMALL), DEMO)
    made = labeller(truthful(DEMO), SMALL, purse=Purse(Budget(calls=asked[0] - 1)))
    tree = propose(made, DEMO)
    assert made.report.status == "partial"
    assert not made.report.fallbacks
    assert 0 < len(made.report.reasons) < len(tree.uids)
    assert tree.segments
