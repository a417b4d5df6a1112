"""TodoMVC: one to-do list in fifty frameworks, "todomvc:vanillajs": does what was taught on one page hold on others?

The apps are those of the package `todomvc` (`browser.fetching`). Each episode has a fresh profile with three items that
were typed in as a person would; how it ended is read from the page, whatever framework drew it.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route

from browser.acting import PRACTICE
from browser.cached import cached
from browser.errors import EnvironmentFailed, UnknownEnvironment, first_line
from browser.serving import FolderSite
from browser.session import BrowserSession
from browser.stage import RUN_S, Stage
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View

PREFIX = "todomvc:"
VIEWPORT = (1000, 700)
READY_MS = 20_000
"""An app has loaded within that."""
_APPS = """
    agilityjs ampersand angularjs angularjs-perf angularjs_require ariatemplates atmajs backbone
    backbone_marionette backbone_marionette_require backbone_require batman canjs canjs_require closure
    componentjs cujo dijon dojo durandal emberjs enyo_backbone epitome exoskeleton extjs_deftjs flight kendo
    knockback knockoutjs knockoutjs_require lavaca_require maria mithril olives polymer puremvc ractive rappidjs
    react react-backbone sammyjs serenadejs somajs somajs_require spine thorax troopjs_require
    typescript-angular typescript-backbone vanillajs vue
"""
APPS = tuple(_APPS.split())
"""Apps that work from their files alone, without a server or the web."""
_VERBS = """
    Buy Call Clean Fix Order Pack Paint Read Return Sell Sort Wash Water Write
"""
_THINGS = """
    apples the_bank the_car a_door the_files gifts a_letter the_lamp maps the_notes plants the_roof shoes the_van
"""

_FIELD = "input[placeholder], input[autofocus], input[type=text]"
_ITEMS = """() => {
  const own = Object.getPrototypeOf(HTMLElement.prototype).querySelectorAll; // some frameworks put theirs in its place
  const all = (root, css) => Array.prototype.slice.call(own.call(root, css));
  const shown = (el) => el.getClientRects().length > 0;
  const said = (el) => Array.from(el.childNodes).filter((node) => node.nodeType === 3)
    .map((node) => node.data).join(' ').trim();
  return all(document.documentElement, 'li').filter(shown).flatMap((row) => {
    const tick = all(row, 'input[type=checkbox]')[0];
    const label = all(row, '*').find((el) => shown(el) && said(el));
    const marked = /(^|\\s)(completed|done)(\\s|$)/.test(row.className);
    return tick && label ? [{text: said(label), done: tick.checked || marked}] : [];
  });
}"""
"""The rows of the list as drawn: what each says, and whether it is ticked or drawn as done."""


@dataclass(frozen=True)
class Wish:
    """What an episode asks for: the items that are there, the one to add, the one to complete."""

    items: tuple[str, ...]
    added: str
    completed: str

    @property
    def objective(self) -> str:
        """In words."""
        return f'Add the todo "{self.added}" and then mark "{self.completed}" as completed'

    def judged(self, found: dict[str, bool]) -> Outcome:
        """Success where the list holds exactly these items and only the one is done; else the share that is right."""
        added, completed = self.added in found, found.get(self.completed, False)
        wanted = {item: item == self.completed for item in (*self.items, self.added)}
        missing = [word for word, right in (("not added", added), ("not completed", completed)) if not right]
        if found == wanted:
            return Outcome(True, 1.0, "added and completed")
        return Outcome(False, 0.5 if added != completed else 0.0, ", ".join(missing) or "the rest of the list differs")


def wish(seed: int) -> Wish:
    """The same for a seed, whatever the app."""
    chance = random.Random(f"todomvc {seed}")
    verbs, things = chance.sample(_VERBS.split(), 4), chance.sample(_THINGS.split(), 4)
    made = [f"{verb} {thing}".replace("_", " ") for verb, thing in zip(verbs, things, strict=True)]
    return Wish(tuple(made[:3]), made[3], chance.choice(made[:3]))


def todo_site() -> FolderSite:
    """Serves all apps."""
    return FolderSite(cached("todomvc"))


def check_app(name: str) -> None:
    """Raises UnknownEnvironment where there is no such app, EnvironmentFailed where it was not fetched."""
    app = name.removeprefix(PREFIX)
    if app not in APPS:
        raise UnknownEnvironment(f"There is no TodoMVC app {app!r}. There are {', '.join(APPS)}.")
    if not (cached("todomvc") / "examples" / app).is_dir():
        raise EnvironmentFailed(
            "The TodoMVC apps were not fetched. Nothing was started. Run `python cli.py environments add todomvc`."
        )


class TodoEnvironment:
    """One app; its list is seeded by typing, and judged by what is drawn."""

    def __init__(
        self, name: str, session: BrowserSession, pictures: bool = True, own_ports: Collection[int] = ()
    ) -> None:
        check_app(name)
        self.name = name
        self._stage = Stage(session, PRACTICE, (), VIEWPORT, pictures, own_ports)
        self._site = todo_site()
        self._wish = wish(0)

    def reset(self, seed: int) -> EnvironmentStart:
        """A fresh profile with the seed's three items. Raises EnvironmentFailed where the app takes none."""
        self._wish = wish(seed)
        return self._stage.session.run(self._reset(), RUN_S)

    def observe(self) -> View:
        """The page now."""
        return self._stage.look()

    def act(self, action: Action) -> Effect:
        """Act; the app never ends an episode."""
        return self._stage.do(action)

    def outcome(self, answer: str | None = None) -> Outcome:
        """What the list shows; the answer does not matter."""
        return self._stage.session.run(self._judged(), RUN_S)

    def close(self) -> None:
        """Close the page and stop serving."""
        try:
            self._stage.close()
        finally:
            self._site.close()

    async def _reset(self) -> EnvironmentStart:
        await self._stage.fresh()
        await self._stage.tabs.context.route(lambda url: not url.startswith(self._site.root), _refused)
        await self._stage.tabs.load(app_url(self._site, self.name))
        await fill_list(self._stage.tabs.page, self._wish)
        await self._stage.tabs.observer.quiet(PRACTICE.still_ms, PRACTICE.limit_ms)
        return EnvironmentStart(self._wish.objective, await self._stage.seen(), self._stage.viewport)

    async def _judged(self) -> Outcome:
        return await judged(self._stage.tabs.page, self._wish)


def app_url(site: FolderSite, name: str) -> str:
    """Where the site has the app of that environment."""
    return f"{site.root}/examples/{name.removeprefix(PREFIX)}/index.html"


async def fill_list(page: Page, asked: Wish) -> str:
    """Type the items in, each until it is drawn; the objective. Raises EnvironmentFailed where the app takes none."""
    try:
        await page.wait_for_load_state("networkidle", timeout=READY_MS)
        field = page.locator(_FIELD).locator("visible=true").first
        for count, item in enumerate(asked.items, 1):
            await field.click()
            await field.press_sequentially(item)
            await field.press("Enter")
            await page.wait_for_function(f"(count) => ({_ITEMS})().length === count", arg=count)
    except PlaywrightError as error:
        raise EnvironmentFailed(f"The app at {page.url} could not be made ready: {first_line(error)}") from error
    return asked.objective


async def judged(page: Page, asked: Wish) -> Outcome:
    """What the list on the page shows. Raises EnvironmentFailed where it cannot be read."""
    try:
        rows: list[dict[str, Any]] = await page.evaluate(_ITEMS)
    except PlaywrightError as error:
        raise EnvironmentFailed(f"The list at {page.url} could not be read: {first_line(error)}") from error
    return asked.judged({row["text"]: bool(row["done"]) for row in rows})


async def _refused(route: Route) -> None:
    """Apps work from their files alone."""
    await route.abort()
