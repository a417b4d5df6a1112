"""Prices are data with a date; what is not listed is unknown."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from llm_client.chat import ChatRequest, Message
from llm_client.errors import EndpointDown
from llm_client.prices import PriceTableError, load_prices
from llm_client.scripted import ScriptedChat
from llm_client.tokens import estimate_tokens


def test_the_shipped_table_has_a_date_and_no_invented_prices() -> None:
    """Ours is read as it ships, and a model it does not list costs None."""
    table = load_prices()
    assert table.date is not None
    assert table.cost("a model nobody priced", 1000, 1000) is None


def test_a_table_of_ones_own_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file STEPSCOPE_PRICES names replaces ours."""
    path = tmp_path / "prices.toml"
    path.write_text('date = 2026-01-02\n[prices."m-1"]\ntokens_in = 2.0\ntokens_out = 4\n')
    monkeypatch.setenv("STEPSCOPE_PRICES", str(path))
    table = load_prices()
    assert table.date == datetime.date(2026, 1, 2)
    assert table.cost("m-1", 1_000_000, 500_000) == 4.0


@pytest.mark.parametrize("text", ["date = 2026-01-02\n[prices.m]\ntokens_in = -1\ntokens_out = 1", "not toml [", ""])
def test_a_broken_table_is_one_message(tmp_path: Path, text: str) -> None:
    """A table with a negative price, no TOML or no date is refused by name."""
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(PriceTableError, match=r"p\.toml cannot be read"):
        load_prices(path)


def test_a_missing_table_is_one_message(tmp_path: Path) -> None:
    """A table that is not there is refused by name."""
    with pytest.raises(PriceTableError, match="none"):
        load_prices(tmp_path / "none.toml")


def test_the_scripted_chat_plays_its_script() -> None:
    """Replies come in order, errors are raised, the end of the script is an error."""
    chat = ScriptedChat(["one", EndpointDown("gone.", "Wait.")])
    request = ChatRequest((Message("user", "hi"),))
    assert chat.complete(request).text == "one"
    with pytest.raises(EndpointDown):
        chat.complete(request)
    with pytest.raises(EOFError):
        chat.complete(request)
    assert len(chat.requests) == 3


def test_only_the_empty_text_has_no_tokens() -> None:
    """The estimate is 0 for nothing and at least 1 for anything."""
    assert [estimate_tokens(text) for text in ("", "a", "x" * 400)] == [0, 1, 100]
