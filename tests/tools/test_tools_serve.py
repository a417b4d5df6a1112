"""`make run` looks at the port before it starts anything."""

import socket
import tomllib
from typing import Any

import pytest

from tools.serve import ADDRESS, ROOT, refuse


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    """What Streamlit is configured with, however it is started."""
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_taken_port_is_refused_with_the_option_that_changes_it() -> None:
    """The message names the port, says that nothing was started and gives a command with a port that is free."""
    with socket.create_server((ADDRESS, 0)) as server:
        port = server.getsockname()[1]
        message = refuse(str(port))
    assert message is not None
    assert f"port {port} is in use" in message
    assert "Nothing was started" in message
    suggested = message.rpartition("make run PORT=")[2]
    assert suggested != str(port)
    assert refuse(suggested) is None


def test_a_port_just_left_is_free_again() -> None:
    """A server that has ended does not keep its port from the next start."""
    with socket.create_server((ADDRESS, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((ADDRESS, port)):
            server.accept()[0].close()
    assert refuse(str(port)) is None


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "85 01"])
def test_what_is_no_port_number_is_refused(port: str) -> None:
    """A PORT that is no port number is shown back with an example."""
    assert f"PORT={port} is not a port number" in (refuse(port) or "")


def test_only_this_machine_is_served(config: dict[str, Any]) -> None:
    """Streamlit binds to loopback, answers to loopback names only and calls nobody."""
    assert config["server"]["address"] == ADDRESS
    assert set(config["server"]["allowedHosts"]) == {ADDRESS, "localhost"}
    assert config["browser"]["gatherUsageStats"] is False
    assert "http" not in str(config)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_theme_can_be_read(config: dict[str, Any], name: str) -> None:
    """Text, links and the white text of primary buttons have a contrast of at least 4.5:1."""
    theme = config["theme"][name]
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5
    for background in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(theme["textColor"], background) >= 7
        assert contrast(theme["linkColor"], background) >= 4.5
