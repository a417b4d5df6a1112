"""`make run` looks at the port before it starts anything."""

import socket

import pytest

from tools.serve import ADDRESS, refuse


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
