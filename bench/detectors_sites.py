"""Trouble on the practice sites: presses that are lost, old lists, wrong texts, sessions that end, all in one episode.

Small troubles come one after the other and are mended before the next action; the last one stays. Where it strikes is
its own business and no rule's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route

from agent.limits import Limits
from agent.model import Decision, Reply
from bench.detectors_astray import ThereAndBack, ThrownBack, circles
from bench.detectors_kit import Meddler, Played, action_of, instead
from bench.detectors_pages import (
    DEAF,
    DISABLED,
    FIELDS,
    HEAR,
    HIDDEN,
    PREFILLED,
    PRESSED,
    TELLS,
    TOAST,
    Clean,
    shifted,
)
from bench.detectors_texts import COMPLAINTS, ERROR_PAGES
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart

EXPECTED = {
    "swallowed": "D4",
    "stale list": "D5",
    "hidden": "D6",
    "disabled": "D6",
    "added text": "D6",
    "complaint": "D9",
    "slow": "D22",
    "frozen": "D1",
    "error page": "D8",
    "no connection": "D8",
    "signed out": "D8",
    "thrown back": "D2",
    "there and back": "D3",
}
"""Which signal is to find which trouble."""
ASTRAY = (ThrownBack.name_of_trouble, ThereAndBack.name_of_trouble)
OLD = "Anna Old"
STALE, FAIR = 0.15, 0.1
"""How often a decision is made on an old list, and an action is let through."""
SAME, MOST = 3, 12
"""Times that the same action on a page that hears nothing makes a repeat, and decisions it is given for that."""
LIMITS = Limits(steps=24, calls=80, invalid=12)
_MENDED = f"""(old) => {{
  document.querySelectorAll('.the-toast').forEach((e) => e.remove());
  for (const e of window.__busy ?? []) e.disabled = false;
  for (const [e, display] of window.__gone ?? []) e.style.display = display;
  for (const e of document.querySelectorAll('input, textarea'))
    if (e.value.startsWith(old)) {{
      e.value = e.value.slice(old.length);
      for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, {{ bubbles: true }}));
    }}
  window.__gone = window.__busy = [];
  ({HEAR})();
}}"""
_STILL_GONE = "() => (window.__gone ?? []).some(([e]) => e.isConnected && e.style.display === 'none')"


class Fair(Clean):
    """Nothing goes wrong on a practice site."""

    limits = LIMITS


class Weather(Meddler):
    """Several troubles in an episode, and one at its end."""

    limits = LIMITS

    def reset(self, seed: int) -> EnvironmentStart:
        """Choose how it ends and when; a sign-in is asked for at the desk alone."""
        start = super().reset(seed)
        desk = self.name.startswith("desk:")
        self.end = self.chance.choice(("frozen", "signed out" if desk else "error page", "no connection"))
        self.left = self.chance.randrange(3, 8)
        self.plan, self.shown, self.ended, self.last = "", "", 0, -1
        self.tried = Counter[str]()
        return start

    def asked(self, request: Decision) -> Decision:
        """What is shown is old, or hides what is busy; a page that hears nothing is met as if for the first time."""
        request, self.plan = replace(request, fruitless=()), ""
        if self.ended:
            self.ended += 1
            return replace(request, previous=())
        if self.shown == "disabled":
            return replace(request, observation=request.observation.replace(" disabled", ""))
        if not self.shown and self.chance.random() < STALE:
            self.plan = "stale list"
            return replace(request, observation=shifted(self.seen.observation, 1000).text)
        return request

    def said(self, request: Decision, reply: Reply) -> Reply:
        """An action by an old number; and an end once the last trouble was met."""
        if self.ended and (self.end != "frozen" or self.ended > MOST or max(self.tried.values(), default=0) >= SAME):
            return instead(reply, "stop")
        action = action_of(reply)
        if self.plan == "stale list" and action is not None and action.element:
            self.hit(self.plan)
        return reply

    def acted(self, action: Action) -> Effect:
        """One trouble at most; tried again, an action meets the same."""
        if self.ended:
            self.hit(self.end)
            self.tried[str(action)] += 1
            return self.page.act(action)
        if self.last != self.seq:
            self.last, self.left = self.seq, self.left - 1
            self.plan = self._drawn(action)
        effect = self._befallen(action)
        if not self.ended and not effect.done and not self.shown and self.seq not in self.hits:
            effect = self._prepared(effect)
        return effect

    def _drawn(self, action: Action) -> str:
        """What is to come over this action; a press meets more, but not right after something was mended."""
        node = self.node(action.element)
        was, self.shown = self.shown, ""
        if was == "disabled" and action.name in PRESSED and node is not None and "disabled" in node.flags:
            return was
        if was == "added text" and action.name == "type" and node is not None and node.value == OLD and action.args[1]:
            return was
        if was:
            self.script(_MENDED, OLD)
        if self.left <= 0:
            return self.end
        if self.chance.random() < FAIR or node is None:
            return ""
        pressed = not was and action.name == "click" and node.role not in FIELDS
        return self.chance.choice(("complaint", "slow", *(("hidden", "swallowed", "swallowed") if pressed else ())))

    def _befallen(self, action: Action) -> Effect:
        if self.plan == self.end and self.left <= 0:
            return self._last(action)
        doing = {
            "swallowed": self._swallowed,
            "hidden": self._hidden,
            "complaint": self._complaint,
            "slow": self._slow,
            "disabled": self._disabled,
            "added text": self._added,
        }.get(self.plan)
        return self.page.act(action) if doing is None else doing(action)

    def _prepared(self, effect: Effect) -> Effect:
        """Buttons that are busy, or fields that hold an old text, for the next look."""
        chosen = self.chance.choice(("disabled", "added text", "", "", "", ""))
        if chosen:
            self.script(
                *((DISABLED,) if chosen == "disabled" else (PREFILLED.replace("e.value =", "e.value ||="), OLD))
            )
            effect, self.shown = replace(effect, view=self.page.observe()), chosen
        return effect

    def _swallowed(self, action: Action) -> Effect:
        self.script(DEAF)
        before, page = self.script(TELLS), self._stage.tabs.page
        effect = self.page.act(action)
        if self._stage.tabs.page is page and effect.error is None and self.script(TELLS) == before:
            self.hit("swallowed")
        self.script(HEAR)
        return effect

    def _hidden(self, action: Action) -> Effect:
        """Struck where it stayed away, which the page itself is asked: some pages draw their elements anew."""
        point = self.point(action.element)
        hidden = point is not None and self.script(HIDDEN, point)
        effect = self.page.act(action)
        if hidden and self.script(_STILL_GONE):
            self.hit("hidden")
            self.shown = "hidden"
        return effect

    def _complaint(self, action: Action) -> Effect:
        effect = self.page.act(action)
        if effect.done or effect.error:
            return effect
        self.script(TOAST, [self.chance.choice(("alert", "status", "")), self.chance.choice(COMPLAINTS)])
        self.hit("complaint")
        self.shown = "complaint"
        return replace(effect, view=self.page.observe())

    def _slow(self, action: Action) -> Effect:
        effect = self.page.act(action)
        self.late += self.chance.uniform(24.0, 90.0)
        self.hit("slow")
        return effect

    def _disabled(self, action: Action) -> Effect:
        self.hit("disabled")
        self.shown = "pressed"
        return self.page.act(action)

    def _added(self, action: Action) -> Effect:
        self.hit("added text")
        self.shown = "typed"
        return self.page.act(replace(action, args=(action.args[0], OLD + action.args[1], *action.args[2:])))

    def _last(self, action: Action) -> Effect:
        """The page goes deaf, or is loaded again from a server that is broken, gone, or knows nobody any more."""
        self.ended = 1
        if self.end == "frozen":
            self.script(DEAF)
            return self.page.act(action)
        effect = self.page.act(action)
        before = effect.view.observation
        self._run(self._loaded_again(self._stage.tabs.page, self.end, self.chance.choice(ERROR_PAGES)))
        view = self.page.observe()
        if view.observation.text != before.text:
            self.hit(self.end)
        return replace(effect, view=view)

    @staticmethod
    async def _loaded_again(page: Page, how: str, error: tuple[str, str]) -> None:
        async def answer(route: Route) -> None:
            if how == "no connection":
                await route.abort("connectionrefused")
            else:
                title, body = error
                await route.fulfill(status=503, content_type="text/html", body=f"<title>{title}</title>{body}")

        if how == "signed out":
            where = urlsplit(page.url)
            await page.context.request.post(f"{where.scheme}://{where.netloc}/logout")
        else:
            await page.route("**/*", answer)
        try:
            await page.goto(page.url, wait_until="load")
        except PlaywrightError:
            await asyncio.sleep(0)  # an address that cannot be loaded is the trouble
        await page.unroute("**/*")

    def _run(self, doing: Coroutine[Any, Any, None]) -> None:
        self._stage.session.run(doing)

    @property
    def _stage(self) -> Any:
        return self.page._stage  # trouble is made beneath the environment


class Deaf(Weather):
    """In the end the page hears nothing."""

    def reset(self, seed: int) -> EnvironmentStart:
        """No other end."""
        start = super().reset(seed)
        self.end = "frozen"
        return start


def struck(played: Played) -> dict[str, list[frozenset[int]]]:
    """By trouble, each time it struck, as the steps of which one has to lie in a signal of it.

    A page that hears nothing counts once, and only where the same action (no scrolling, which it need not hear) was
    done on it three times; one that begins
    anew counts once, and only where the same actions were done on it again.
    """
    seqs = {step.seq: step.action for step in played.steps}
    found: dict[str, list[frozenset[int]]] = {}
    for name, hits in played.marks.items():
        here = {hit for hit in hits & seqs.keys() if name != "frozen" or not seqs[hit].startswith("scroll")}
        if name in ASTRAY:
            found[name] = [frozenset(here)] if circles(played, here) else []
            continue
        if name != "frozen":
            found[name] = [frozenset({hit}) for hit in sorted(here)]
            continue
        action, times = Counter(seqs[hit] for hit in here).most_common(1)[0] if here else ("", 0)
        if times >= SAME:
            found[name] = [frozenset(hit for hit in here if seqs[hit] == action)]
    return found
