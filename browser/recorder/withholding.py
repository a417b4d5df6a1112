"""What of a person's typing is withheld: keys of secret fields, and those that land in one unexpectedly.

Keys are held in memory by the journal until it is known where they went; the vault learns what the field holds after
each of them, so that it is recognised wherever the page shows it.
"""

from __future__ import annotations

import contextlib

from browser.acting import target_of
from browser.errors import BrowserError, BrowserTimeout
from browser.recorder.desk import Desk
from browser.recorder.events import Focus, Gate
from browser.recorder.secrets import in_sight, slug


class Withheld:
    """The secret typing of one recording."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def release(self, field: Focus, page: str) -> None:
        """The held keys of a secret field go into the log without what they were."""
        spelled = self._desk.journal.spelled()
        value = spelled[-1]
        if self._is_known(value):
            self._desk.journal.release(secret=False, field=field.model_copy(update={"secret": None}))
            return
        self._desk.vault.keep(value, page, spelled)
        told = field.model_copy(update={"length": len(value)})
        self._desk.journal.release(secret=True, field=told)

    async def learn(self, field: Focus, page: str) -> None:
        """Take the field's own value too: it may hold more than this burst."""
        if self._is_known(self._desk.journal.typed()) or field.id is None:
            return
        try:
            value = await self._desk.tabs.observer.ask("rawValue", field.id)
        except BrowserError:
            return
        self._keep(value, page)

    async def newest(self, field: Focus, page: str, doubtful: bool) -> None:
        """The burst's newest key: the page may have put the focus, and with it the key, into a secret field.

        With `doubtful` the page was too busy to say where any of the held keys went.
        """
        try:
            now = await self._focused()
        except BrowserTimeout:
            self._desk.journal.release(secret=True)
            return
        except BrowserError:
            return
        if now is None or now[0] == field.id:
            gate = await self._went_to(field) if doubtful else None
            self._desk.journal.release(secret=False, gate=gate)
            return
        element, value = now
        self._keep(value, page)
        last, key = self._desk.eyes.last, self._desk.journal.typed()
        target = target_of(last.observation, element) if last else None
        if not doubtful and (not key or key not in value or self._is_known(value)):
            return  # it went into the field before; only then the focus jumped
        if target is None:
            self._desk.journal.release(secret=True)
            return
        jumped = Focus(target=target, kind="password", editable=True, secret=slug(target.name), length=len(value))
        gate = self._desk.eyes.stand_in(late=True).model_copy(update={"focused": jumped})
        self._desk.journal.release(secret=True, gate=gate)

    async def _went_to(self, field: Focus) -> Gate | None:
        """What keys went to that were typed while the page was busy, if that is another than had the keyboard last."""
        try:
            focus = (await self._desk.eyes.glance()).focus
        except BrowserError:
            return None
        if focus is not None and field.same(focus):
            return None
        return self._desk.eyes.stand_in(late=True).model_copy(update={"focused": focus})

    async def in_pause(self) -> None:
        """Nothing is logged, but what a secret field holds must be known when the recording goes on."""
        last = self._desk.eyes.last
        with contextlib.suppress(BrowserError):
            now = await self._focused()
            if now is not None:
                self._keep(now[1], in_sight(last.observation if last else None))

    async def _focused(self) -> tuple[str, str] | None:
        """The id and the value of the secret field that has the keyboard, None if none has. Raises BrowserError."""
        element = await self._desk.eyes.focus_id()
        secrets = list(self._desk.options.secrets)
        value = await self._desk.tabs.observer.ask("secretValue", element, secrets=secrets) if element else None
        return None if value is None else (element, value)

    def _keep(self, value: str | None, page: str) -> None:
        if value and not self._is_known(value):
            self._desk.vault.keep(value, page)

    def _is_known(self, value: str) -> bool:
        """Whether the objective itself spells the value out, and the recording is of that kind."""
        return self._desk.options.known_secrets and bool(value) and value in self._desk.options.objective
