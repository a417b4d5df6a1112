"""The settings that are kept, and the keys that never are."""

import pytest
from pydantic import ValidationError

from browser.errors import ForbiddenUrl
from flows import settings
from flows.settings import Settings
from wiring import with_endpoint


def test_settings_are_kept_for_the_next_process(parts):
    """What was saved is loaded again; before that the defaults are."""
    assert settings.load(parts) == Settings()
    saved = Settings(model_endpoint="http://127.0.0.1:8000/v1", model="small", redaction_selectors=("#card",))
    assert settings.save(parts, saved) == saved
    assert settings.load(parts) == saved


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("  https://models.test/v1 ", "https://models.test/v1"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_an_address_is_kept_as_it_will_be_used(parts, typed, kept):
    """Blanks go, and a missing scheme is added."""
    settings.save(parts, Settings(model_endpoint=typed))
    assert settings.load(parts).model_endpoint == kept


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://models.test",
        "http://169.254.169.254/latest",
        "http://",
        "https://user:sk-secret@models.test/v1",
        "https://sk-secret@models.test/v1",
        "https://models.test/v1?api_key=sk-secret",
        "https://models.test/v1#sk-secret",
    ],
)
def test_a_forbidden_address_or_one_with_a_key_is_not_kept(parts, address):
    """It is refused in words that do not repeat the key, and the settings before it stay."""
    settings.save(parts, Settings(model="before"))
    with pytest.raises(ForbiddenUrl) as caught:
        settings.save(parts, Settings(model_endpoint=address, model="after"))
    assert "sk-secret" not in str(caught.value)
    assert settings.load(parts) == Settings(model="before")


def test_no_key_is_ever_stored(parts, monkeypatch):
    """The environment's key is in no file of the workspace, whatever is saved."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    settings.save(parts, Settings(model_endpoint="https://models.test/v1", model="m"))
    parts.close()
    files = [path for path in parts.workspace.root.rglob("*") if path.is_file()]
    assert any(b"models.test" in path.read_bytes() for path in files)
    assert not any(b"sk-of-the-environment" in path.read_bytes() for path in files)
    assert not any("key" in name for name in Settings.model_fields)


def test_the_environment_wins_over_the_saved_address(monkeypatch):
    """A saved endpoint counts only where no variable names one."""
    for name in ("STEPSCOPE_MODEL_ENDPOINT", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert with_endpoint("http://saved.test")["STEPSCOPE_MODEL_ENDPOINT"] == "http://saved.test"
    assert "STEPSCOPE_MODEL_ENDPOINT" not in with_endpoint("")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://named.test")
    assert "STEPSCOPE_MODEL_ENDPOINT" not in with_endpoint("http://saved.test")


def test_the_share_labelled_twice_is_a_setting(parts):
    """A tenth at first; what was saved afterwards, and never more than all."""
    assert parts.blind_share() == settings.load(parts).blind_share == 0.1
    settings.save(parts, Settings(blind_share=0.0))
    assert parts.blind_share() == 0.0
    with pytest.raises(ValidationError):
        Settings(blind_share=1.1)
