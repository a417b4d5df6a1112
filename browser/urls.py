"""Which addresses the browser may open: http and https, not our own port, not link-local, private ones as set.

`check_url` is asked before every `goto`; `guard` holds the same rule for every navigation of a context's pages.
Names are judged by what they say; addresses that a name resolves to are left to the network the server stands in.
"""

from __future__ import annotations

import html
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Request, Route

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


async def guard(context: BrowserContext, own_ports: Collection[int] = (), allow_private: bool = True) -> None:
    """Answer forbidden navigations of every page of the context with a page that says why, whoever starts them."""

    async def on_request(route: Route, request: Request) -> None:
        if not request.is_navigation_request():
            await route.fallback()
            return
        try:
            check_url(request.url, own_ports, allow_private)
        except ForbiddenUrl as error:
            await route.fulfill(status=403, content_type="text/html; charset=utf-8", body=_refusal(str(error)))
        else:
            await route.fallback()

    await context.route(lambda url: _suspicious(url, own_ports, allow_private), on_request)


def _refusal(reason: str) -> str:
    return f"<!doctype html><title>Not opened</title><h1>Not opened</h1><p>{html.escape(reason)}</p>"


def _suspicious(url: str, own_ports: Collection[int], allow_private: bool) -> bool:
    """Only addresses that would be refused are intercepted, so that all others keep their speed."""
    if url.startswith(("data:", "blob:", "about:")):
        return False
    try:
        check_url(url, own_ports, allow_private)
    except ForbiddenUrl:
        return True
    return False


def _with_scheme(text: str) -> str:
    head = text.split("/", 1)[0]
    name, colon, rest = head.partition(":")
    if "://" in text or (colon and not (rest.isdigit() and ("." in name or name in LOCAL_NAMES))):
        return text
    return f"http://{text}" if text else text


def _check_host(host: str, port: int | None, own_ports: Collection[int], allow_private: bool) -> None:
    address = _address(host)
    local = host in LOCAL_NAMES or host.endswith(".localhost")
    if address is not None and (address.is_link_local or address.is_multicast):
        raise ForbiddenUrl(f"{host} was not opened: link-local addresses are not.")
    here = local or (address is not None and (address.is_loopback or address.is_unspecified))
    if here and port in own_ports:
        raise ForbiddenUrl(f"{host}:{port} was not opened: it is Stepscope's own address.")
    if not allow_private and (here or (address is not None and address.is_private)):
        raise ForbiddenUrl(
            f"{host} was not opened: addresses of this machine and the local network are not allowed here."
        )


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
