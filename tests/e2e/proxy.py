"""A reverse proxy in front of the app: one port, the browser's own Host kept, upgrades passed on, nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

END = b"\r\n\r\n"
HEAD = 65536
START_S = 10.0


@contextmanager
def proxied(port: int) -> Iterator[int]:
    """Forward a free port of the loopback address to `port`; gives the free one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = asyncio.start_server(lambda r, w: _pass_on(r, w, port), "127.0.0.1", 0, limit=HEAD)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result(START_S)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(START_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_S)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """One request for each connection: a second one would need the end of the first found."""
    with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        head = await reader.readuntil(END)
        app_reader, app_writer = await asyncio.open_connection("127.0.0.1", port)
        app_writer.write(_forwarded(head))
        both = [asyncio.ensure_future(_pipe(*ends)) for ends in ((reader, app_writer), (app_reader, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in both:
                pipe.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            app_writer.close()
    writer.close()


def _forwarded(head: bytes) -> bytes:
    """The request's head as a proxy hands it on."""
    first, *lines = head[: -len(END)].split(b"\r\n")
    upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
    kept = lines if upgrade else [line for line in lines if not line.lower().startswith(b"connection:")]
    more = [b"X-Forwarded-For: 203.0.113.7", b"X-Forwarded-Proto: http", *([] if upgrade else [b"Connection: close"])]
    return b"\r\n".join([first, *kept, *more]) + END


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(HEAD):
        writer.write(data)
        await writer.drain()
