"""Trouble that pages make: presses that are lost, sessions that end, elements that go, messages, pages that are cut."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.limits import Limits
from agent.model import Decision, Reply
from bench.detectors_kit import Meddler, action_of, instead
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, View
from traces.model import Observation
from traces.observation_text import parse_observation

_DEAF = """() => {
  const stop = (event) => { event.stopImmediatePropagation(); event.preventDefault(); };
  const kinds = ['click', 'dblclick', 'submit', 'change', 'keydown', 'keypress', 'beforeinput'];
  const also = ['pointerdown', 'mousedown', 'pointerup', 'mouseup'];
  for (const kind of kinds) window.addEventListener(kind, stop, true);
  const quiet = (event) => event.stopImmediatePropagation();
  for (const kind of also) window.addEventListener(kind, quiet, true);
  window.__hear = () => {
    for (const kind of kinds) window.removeEventListener(kind, stop, true);
    for (const kind of also) window.removeEventListener(kind, quiet, true);
  };
}"""
_TELLS = """() => [document.body.innerText,
  ...Array.from(document.querySelectorAll('input, select, textarea'), (e) => `${e.value} ${e.checked}`)].join('\\n')"""
_HEAR = "() => window.__hear && window.__hear()"
_AREA = "document.querySelector('#area') ?? document.body"
_CLOCK = f"""(text) => {{
  let clock = document.getElementById('the-clock');
  if (!clock) {{ clock = document.createElement('div'); clock.id = 'the-clock'; ({_AREA}).append(clock); }}
  clock.textContent = text;
}}"""
_TOAST = f"""([role, text]) => {{
  const toast = document.createElement('div');
  if (role) toast.setAttribute('role', role);
  toast.textContent = text;
  ({_AREA}).prepend(toast);
}}"""
_REPLACED = """([title, body, path]) => {
  document.title = title;
  if (path) history.pushState({}, '', path);
  document.body.innerHTML = body;
}"""
_DISABLED = "() => document.querySelectorAll('button, input[type=submit]').forEach((e) => { e.disabled = true; })"
_HIDDEN = """([x, y]) => {
  const found = document.elementFromPoint(x, y);
  const e = found?.closest('button, a, label, input, select, textarea') ?? found;
  for (const one of [e, ...(e?.labels ?? [])]) one.style.display = 'none';
  return !!e;
}"""
_PREFILLED = """(text) => {
  for (const e of document.querySelectorAll('input[type=text], input:not([type]), input[type=password], textarea'))
    if (!e.readOnly) e.value = text;
}"""
PRESSED = ("click", "dblclick")
FIELDS = ("textbox", "searchbox", "combobox")


class Clean(Meddler):
    """Nothing goes wrong."""


class Swallowed(Meddler):
    """One press or text is lost on the page, which its words and values, asked of the page itself, bear out."""

    def acted(self, action: Action) -> Effect:
        """Deaf for this action."""
        node = self.node(action.element)
        if self.turn != self.at or action.name not in ("click", "type") or node is None or node.role in FIELDS:
            return self.page.act(action)
        self.script(_DEAF)
        before = self.script(_TELLS)
        effect = self.page.act(action)
        if self.script(_TELLS) == before:
            self.hit()
        self.script(_HEAR)
        return effect


class Forgetful(Meddler):
    """The policy sees the page and nothing of its past, as one whose history was cut does."""

    def asked(self, request: Decision) -> Decision:
        """Without what was done before."""
        return replace(request, previous=(), fruitless=())


class Frozen(Forgetful):
    """From some action on the page hears nothing any more; half of them have a clock that goes on."""

    limits = Limits(steps=9, calls=30, invalid=3)

    def acted(self, action: Action) -> Effect:
        """Deaf from `at` on."""
        if self.turn == self.at:
            self.script(_DEAF)
        if self.turn >= self.at:
            self.hit()
        if self.chance.random() < 0.5:
            self.script(_CLOCK, f"10:{self.turn:02d}:{self.chance.randrange(60):02d}")
        return self.page.act(action)


class ThrownBack(Forgetful):
    """After every few actions the page begins anew, as one does that loses its state."""

    limits = Limits(steps=14, calls=50, invalid=3)
    every = (3, 4, 5)

    def reset(self, seed: int) -> EnvironmentStart:
        """Remember the seed."""
        self.seed, self.round = seed, self.chance.choice(self.every)
        return super().reset(seed)

    def acted(self, action: Action) -> Effect:
        """The last action of each round leads back to the beginning."""
        effect = self.page.act(action)
        if (self.turn + 1) % self.round or effect.done:
            return effect
        if self.turn + 1 >= 2 * self.round:
            self.hits |= set(range(self.seq + 1))
        return Effect(self.page.reset(self.seed).view)


class ThereAndBack(ThrownBack):
    """Whatever is done on the second page leads back to the first."""

    limits = Limits(steps=8, calls=40, invalid=3)
    every = (2,)

    def acted(self, action: Action) -> Effect:
        """Twice there and twice back."""
        effect = super().acted(action)
        if self.turn + 1 < 4:
            self.hits.clear()
        return effect


class Renumbered(Meddler):
    """Elements get other numbers with every look; at one step the policy is shown the page with its old numbers."""

    stale = True

    def looked(self, view: View) -> View:
        """Other numbers than last time; an even look adds nothing."""
        self.looks = getattr(self, "looks", 0) + 1
        self.old, self.offset = getattr(self, "plain", view.observation), self.looks * 1000
        self.plain = view.observation
        return replace(view, observation=_shifted(view.observation, self.offset))

    def asked(self, request: Decision) -> Decision:
        """The list of an older look."""
        if not self.stale or self.turn + 1 != self.at or self.looks < 2 or self.hits:
            return request
        return replace(request, observation=_shifted(self.old, self.offset - 1000).text)

    def said(self, request: Decision, reply: Reply) -> Reply:
        """An action by an old number."""
        action = action_of(reply)
        if self.stale and self.turn + 1 == self.at and self.looks >= 2 and action is not None and action.element:
            self.hit()
        return reply

    def acted(self, action: Action) -> Effect:
        """By the page's own numbers."""
        args = [_back(arg, self.offset) if n == 0 and action.element else arg for n, arg in enumerate(action.args)]
        return self.page.act(replace(action, args=tuple(args)))


class OnlyRenumbered(Renumbered):
    """The numbers change and the policy sees them."""

    stale = False


class Appended(Meddler):
    """Fields are filled in wrongly before the first look, and what is typed is added to that."""

    def reset(self, seed: int) -> EnvironmentStart:
        """An old text in every field."""
        start = self.page.reset(seed)
        self.script(_PREFILLED, self.chance.choice(("Anna", "2019-04-01", "blue shoes", "x")))
        self.seen = self.page.observe()
        return replace(start, view=self.seen)

    def acted(self, action: Action) -> Effect:
        """The old text first, then both."""
        node = self.node(action.element)
        if action.name != "type" or node is None or not node.value or not action.args[1]:
            return self.page.act(action)
        if "secret" not in node.flags:  # the record withholds what stands there
            self.hit()
        return self.page.act(replace(action, args=(action.args[0], node.value + action.args[1], *action.args[2:])))


class Disabled(Meddler):
    """The page's buttons are disabled while it is busy, and the policy overlooks that."""

    def asked(self, request: Decision) -> Decision:
        """As if they could be pressed."""
        return replace(request, observation=request.observation.replace(" disabled", ""))

    def acted(self, action: Action) -> Effect:
        """Busy from `at` on."""
        node = self.node(action.element)
        if action.name in PRESSED and node is not None and "disabled" in node.flags:
            self.hit()
        effect = self.page.act(action)
        if self.turn != self.at or effect.done:
            return effect
        self.script(_DISABLED)
        return replace(effect, view=self.page.observe())


class Hidden(Meddler):
    """What is about to be pressed is taken away, with what belongs to it."""

    def acted(self, action: Action) -> Effect:
        """Gone, then pressed."""
        point = self.point(action.element)
        if self.turn != self.at or action.name not in ("click", "type") or point is None:
            return self.page.act(action)
        if self.script(_HIDDEN, point):
            self.hit()
        return self.page.act(action)


ERROR_PAGES = (
    ("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"),
    ("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>"),
    ("504 Gateway Time-out", "<center><h1>504 Gateway Time-out</h1></center>"),
    ("500 Internal Server Error", "<h1>Internal Server Error</h1><p>The server encountered an internal error.</p>"),
    ("404 Not Found", "<h1>Not Found</h1><p>The requested URL was not found on this server.</p>"),
    ("503 Service Unavailable", "<h1>Service Unavailable</h1><p>The server is temporarily unable to serve you.</p>"),
    ("We're sorry, but something went wrong (500)", "<h1>We're sorry, but something went wrong.</h1>"),
    ("Server Error (500)", "<h1>Server Error (500)</h1>"),
    ("HTTP Status 404 – Not Found", "<h1>HTTP Status 404 – Not Found</h1>"),
    ("Application Error", "<h1>Application error</h1><p>An error occurred in the application.</p>"),
    ("Access denied", "<h1>Error 1020</h1><h2>Access denied</h2>"),
    ("shop.test | 522: Connection timed out", "<h1>Connection timed out <span>Error code 522</span></h1>"),
    ("503 Backend fetch failed", "<h1>Error 503 Backend fetch failed</h1><p>Backend fetch failed</p>"),
    ("Page not found", "<h1>Whoops, our bad...</h1><p>The page you requested was not found.</p>"),
    ("429 Too Many Requests", "<center><h1>429 Too Many Requests</h1></center>"),
    ("403 Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>"),
    ("Just a moment...", "<h1>shop.test</h1><h2>Verify you are human by completing the action below.</h2>"),
    ("Site under maintenance", "<h1>We will be back soon</h1><p>The site is down for maintenance.</p>"),
)
"""As well-known servers, frameworks and gateways write them."""
SIGN_INS = (
    ("Sign in", "<h1>Your session has expired</h1><p>Please sign in again.</p>"),
    ("Log in", "<h1>Log in</h1><p>You have been logged out due to inactivity.</p>"),
    ("Customer Login", "<h1>Customer Login</h1><p>Your session timed out. Log in to go on.</p>"),
    ("Sign in · GitLab", "<h1>GitLab</h1><p>You need to sign in or sign up before continuing.</p>"),
)
_PASSWORD = (
    "<form><label>Name <input name=n></label><label>Password <input type=password></label>"
    "<button type=button>Sign in</button></form>"
)


class _Replaced(Meddler):
    """After an action another page is there."""

    def other(self) -> tuple[str, str, str]:
        """(title, body, address) of what comes instead."""
        title, body = self.chance.choice(ERROR_PAGES)
        return title, body, ""

    def acted(self, action: Action) -> Effect:
        """The action's page never comes."""
        effect = self.page.act(action)
        if self.turn != self.at or effect.done:
            return effect
        self.hit()
        self.script(_REPLACED, list(self.other()))
        return replace(effect, view=self.page.observe())


class ErrorPage(_Replaced):
    """The server breaks down."""


class Expired(_Replaced):
    """The session ends, and the sign-in page is there."""

    def other(self) -> tuple[str, str, str]:
        """One of the usual sign-in pages at an address of its own."""
        title, body = self.chance.choice(SIGN_INS)
        return title, body + _PASSWORD, "?sign_in"


COMPLAINTS = (
    "This is a required field.",
    "Invalid credentials.",
    "Something went wrong. Please try again later.",
    "An error occurred while saving.",
    "Your changes could not be saved.",
    "The requested qty is not available",
    "Please enter a valid email address (Ex: johndoe@domain.com).",
    "You must choose a seat first.",
    "Card number is incomplete.",
    "No results found for your search.",
    "Password is too short.",
    "We can't process your request right now.",
    "Unable to connect to the server",
    "Date must be in the future.",
    "Oops! That username is already taken.",
    "You do not have permission to do this.",
    "Submission rejected: missing attachment",
    "Value is out of range",
    "Form has not been sent.",
    "The coupon code isn't valid.",
    "Please fill out this field.",
    "Value must be greater than or equal to 3.",
    "Enter a valid email address.",
    "Ensure this value has at most 10 characters (it has 12).",
    "User with this Email already exists.",
    "Please correct the errors below.",
    "Name can't be blank",
    "Email has already been taken",
    "2 errors prohibited this user from being saved:",
    "These credentials do not match our records.",
    "The account sign-in was incorrect or your account is disabled temporarily.",
    "You need to choose options for your item.",
    "Your search returned no results.",
    "Bad credentials.",
    "This value should not be blank.",
    "You cannot post more. Wait a while before trying again.",
    "You can only add 5 of this item to your cart.",
    "Wrong password. Try again or reset it.",
    "Couldn't find your account",
    "Sold out",
)
"""As shops, forges, forums and frameworks word them."""
PRAISE = (
    "Your order was saved.",
    "Welcome back!",
    "3 items in your cart",
    "You added Blue Shoes to your shopping cart.",
    "Message sent",
    "Showing 1 to 10 of 57",
    "Profile updated",
    "Loading…",
    "Signed in as Anna",
    "Copied to clipboard",
    "Thank you for your purchase!",
    "Project 'Atlas' was successfully created.",
    "Your password has been changed.",
    "You are now logged in.",
    "Item removed from cart",
    "1 new message",
    "Draft saved at 10:41",
    "Review submitted for moderation",
    "Free shipping on orders over $50",
    "Results 1–10 of 240",
)


class Toast(Meddler):
    """A message says that something is wrong."""

    texts = COMPLAINTS
    wrong = True

    def acted(self, action: Action) -> Effect:
        """The action, and the message."""
        effect = self.page.act(action)
        if self.turn != self.at or effect.done:
            return effect
        if self.wrong:
            self.hit()
        role = self.chance.choice(("alert", "status", ""))
        self.script(_TOAST, [role, self.chance.choice(self.texts)])
        return replace(effect, view=self.page.observe())


class GoodNews(Toast):
    """A message that tells of a success."""

    texts = PRAISE
    wrong = False


class Ticking(Meddler):
    """A clock goes on, and nothing is wrong."""

    def acted(self, action: Action) -> Effect:
        """The action, and a second later."""
        self.script(_CLOCK, f"10:00:{self.turn:02d}")
        return self.page.act(action)


class Cut(Meddler):
    """Only the first part of the page is shown, and the rest by scrolling; the policy knows what it looks for."""

    def looked(self, view: View) -> View:
        """The part that is scrolled to, with a line that says how much is left out."""
        self.full = view
        lines = view.observation.text.split("\n")
        self.half = max(1, len(lines) // 2)
        shown = lines[: self.half] if not getattr(self, "down", False) else lines[self.half :]
        note = f"[more] text '{len(lines) - len(shown)} more elements not shown'"
        return replace(view, observation=view.observation.model_copy(update={"text": "\n".join([*shown, note])}))

    def asked(self, request: Decision) -> Decision:
        """The policy knows the whole page."""
        return replace(request, observation=self.full.observation.text)

    def said(self, request: Decision, reply: Reply) -> Reply:
        """It scrolls where what it wants is not shown."""
        action = action_of(reply)
        if action is None or not action.element or "scroll" not in request.policy.actions:
            return reply
        if any(one.id == action.element for one in parse_observation(self.seen.observation.text)):
            if getattr(self, "scrolled", None) == self.seq - 1 and self.seq > 0:
                self.hits |= {self.seq - 1, self.seq}
            return reply
        self.scrolled = self.seq
        return instead(reply, f"scroll [{'up' if getattr(self, 'down', False) else 'down'}]")

    def acted(self, action: Action) -> Effect:
        """Scrolling shows the other part."""
        if action.name == "scroll":
            self.down = action.args[0] == "down"
            return Effect(self.page.observe())
        self.down = False
        return self.page.act(action)


def _shifted(observation: Observation, by: int) -> Observation:
    text = re.sub(r"^( *)\[(\d+)\]", lambda m: f"{m[1]}[{int(m[2]) + by}]", observation.text, flags=re.MULTILINE)
    boxes = {str(int(key) + by) if key.isdigit() else key: box for key, box in observation.boxes.items()}
    return observation.model_copy(update={"text": text, "boxes": boxes})


def _back(element: str, by: int) -> str:
    return str(int(element) - by) if element.isdigit() else element
