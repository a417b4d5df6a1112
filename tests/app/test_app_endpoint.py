"""Settings say what the model at the endpoint takes, and ask it."""

from __future__ import annotations

import pytest

from flows import settings
from tests.app.reading import as_read
from tests.fake_llm_server import BAD_KEY, fake_llm_server
from tests.llm_servers import OLD, answering

pytestmark = pytest.mark.app


def asked(open_page, parts, script):
    with fake_llm_server(script) as server:
        settings.save(parts, settings.Settings(model_endpoint=server.url, model="tiny"))
        page = open_page("settings")
        assert any("Not asked yet" in one.value for one in page.caption)
        page = next(one for one in page.button if one.label == "Ask the model what it takes").click().run()
    assert not page.exception
    return page


def test_the_model_is_asked_and_the_answer_is_kept(open_page, parts):
    """Form, time and whether tokens are counted; another visit shows the same without asking."""
    page = asked(open_page, parts, answering(OLD, lambda _: ("", "colour")))
    told = next(said for one in page.caption if (said := as_read(one.value)).startswith("openai:tiny"))
    assert "lines of text" in told
    assert "counts no tokens" in told
    assert told in [as_read(one.value) for one in open_page("settings").caption]


def test_what_is_wrong_with_the_endpoint_is_said(open_page, parts):
    """A key that is refused is one message."""
    page = asked(open_page, parts, [BAD_KEY])
    assert "refused the key" in page.error[0].value


def test_without_a_model_nothing_is_asked(open_page):
    """There is no button."""
    assert "Ask the model what it takes" not in [one.label for one in open_page("settings").button]
