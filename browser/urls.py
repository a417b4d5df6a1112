"""Which addresses the browser may open: http and https, not our own port, not link-local, private ones as set.

`check_url` is asked before every `goto`, by what the address says; what its name resolves to is `check_resolved`. For
every request of a page, redirects among them, both are held up by browser/guarding.py.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from browser.errors import ForbiddenUrl

SCHEMES = ("http", "https")
DEFAULT_PORTS = {"http": 80, "https": 443}
LOCAL_NAMES = ("localhost", "localhost.localdomain")
BLANK = "about:blank"


def check_url(url: str, own_ports: Collection[int] = (), allow_private: bool = True) -> str:
    """The address, trimmed, with http:// added if it names no scheme. Raises ForbiddenUrl with the reason.

    `own_ports` are ports of this machine that serve Stepscope itself; `allow_private` admits this machine's and the
    local network's addresses.
    """
    text = _with_scheme(url.strip())
    if not text:
        raise ForbiddenUrl("No address was given.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme.lower())
    except ValueError as error:
        raise ForbiddenUrl(f"{url[:200]!r} is not a web address ({error}).") from None
    if parts.scheme.lower() not in SCHEMES:
        raise ForbiddenUrl(f"{url[:200]!r} was not opened: only http and https addresses are.")
    if not host or any(char.isspace() for char in host):
        raise ForbiddenUrl(f"{url[:200]!r} is not a web address: it names no host.")
    _check_host(host.lower().rstrip("."), port, own_ports, allow_private)
    return text


def check_resolved(url: str, found: Iterable[str], own_ports: Collection[int] = (), allow_private: bool = True) -> None:
    """The same for what the host of an address that `check_url` lets pass resolves to. Raises ForbiddenUrl."""
    parts = urlsplit(url)
    for address in found:
        try:
            _check_host(address, parts.port or DEFAULT_PORTS.get(parts.scheme.lower()), own_ports, allow_private)
        except ForbiddenUrl as error:
            raise ForbiddenUrl(f"{parts.hostname} leads to {address}. {error}") from None


def name_of(url: str) -> str | None:
    """The name in an address that has to be looked up; None where it says itself where it leads, or is no address."""
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    return host if host and _address(host) is None and not _is_local(host) else None


def _with_scheme(text: str) -> str:
    head = text.split("/", 1)[0]
    name, colon, rest = head.partition(":")
    if "://" in text or (colon and not (rest.isdigit() and ("." in name or name in LOCAL_NAMES))):
        return text
    return f"http://{text}" if text else text


def _check_host(host: str, port: int | None, own_ports: Collection[int], allow_private: bool) -> None:
    address = _address(host)
    if address is not None and (address.is_link_local or address.is_multicast):
        raise ForbiddenUrl(f"{host} was not opened: link-local addresses are not.")
    here = _is_local(host) or (address is not None and (address.is_loopback or address.is_unspecified))
    if here and port in own_ports:
        raise ForbiddenUrl(f"{host}:{port} was not opened: it is Stepscope's own address.")
    if not allow_private and (here or (address is not None and address.is_private)):
        raise ForbiddenUrl(
            f"{host} was not opened: addresses of this machine and the local network are not allowed here."
        )


def _is_local(host: str) -> bool:
    return host in LOCAL_NAMES or host.endswith(".localhost")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a host spells, also in the short and numeric forms that browsers accept (127.1, 0x7f000001)."""
    try:
        found = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return _numeric(host)
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found


def _numeric(host: str) -> ipaddress.IPv4Address | None:
    parts = host.split(".")
    try:
        numbers = [
            int(p, 16) if p.startswith("0x") else int(p, 8) if p.startswith("0") and p != "0" else int(p) for p in parts
        ]
    except ValueError:
        return None
    if len(numbers) > 4 or any(n > 255 for n in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return None
    value = numbers[-1]
    for index, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - index))
    return ipaddress.IPv4Address(value)
