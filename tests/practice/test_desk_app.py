"""The helpdesk's pages and calls, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from practice.desk.app import create_app
from practice.desk.records import AGENTS, CLOSED, OPEN
from practice.desk.ticket_routes import MAX_FILE_BYTES
from practice.desk.world import build_world

TOKEN = "test-token"
CONTROL = {"X-Control-Token": TOKEN}
WORLD = build_world(2)
TICKET = next(ticket for ticket in WORLD.tickets if ticket.status == OPEN)
PRODUCT = WORLD.products[0]
PRODUCT_FORM = {
    "name": PRODUCT.name,
    "category": PRODUCT.category,
    "description": "x",
    "price": PRODUCT.price,
    "stock": "7",
    "discount": "10",
    "visible": "on",
    "shipping": "Express",
    "sold_in": ["Marketplace"],
    "image": list(PRODUCT.images),
}


@pytest.fixture(name="client")
def client_fixture() -> Iterator[TestClient]:
    """Somebody who is remembered by this desk."""
    with TestClient(create_app(TOKEN, seed=2, scenario="bulk_close")) as client:
        yield client


@pytest.fixture(name="stranger")
def stranger_fixture() -> Iterator[TestClient]:
    """Somebody whom this desk asks who they are."""
    with TestClient(create_app(TOKEN, seed=2)) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/tickets", "/tickets?q=zzz", f"/tickets/{TICKET.number}", "/products", "/products?q=zzz", "/categories"]
    + [f"/products/{PRODUCT.sku}", "/reports", "/tickets?page=99999&sort=nonsense&dir=up&status=x"],
)
def test_helpdesk_pages_show_their_day_and_no_outside_address(client: TestClient, path: str) -> None:
    """Every page shows the scenario's day and asks nothing of another host."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert WORLD.today.isoformat() in answer.text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize("path", ["/", "/tickets", "/suggest?q=a", f"/products/{PRODUCT.sku}", "/reports"])
def test_a_stranger_is_sent_to_sign_in(stranger: TestClient, path: str) -> None:
    """No page of the desk is shown before."""
    assert stranger.get(path).url.path == "/login"


def test_signing_in_goes_on_to_what_was_wanted(stranger: TestClient) -> None:
    """A wrong password is one message and no session; the right one sets a cookie; signing out ends it."""
    asked = stranger.get("/reports").url
    wrong = stranger.post(str(asked), data={"username": "mira.holt", "password": "guess"})
    assert (wrong.status_code, "do not match" in wrong.text) == (401, True)
    password = dict(WORLD.passwords)["mira.holt"]
    assert stranger.post(str(asked), data={"username": "Mira.Holt", "password": password}).url.path == "/reports"
    assert "Mira Holt" in stranger.get("/tickets").text
    assert stranger.post("/logout").url.path == "/login"
    assert stranger.get("/tickets").url.path == "/login"


@pytest.mark.parametrize("following", ["//elsewhere.test", "https://elsewhere.test", "/tickets//elsewhere.test", "/x"])
def test_signing_in_never_leads_elsewhere(stranger: TestClient, following: str) -> None:
    """An address of another site is replaced by the tickets."""
    form = {"username": AGENTS[1].username, "password": dict(WORLD.passwords)[AGENTS[1].username]}
    answer = stranger.post("/login", params={"next": following}, data=form, follow_redirects=False)
    assert answer.headers["location"] == "/tickets"


def test_a_reset_ends_every_session(stranger: TestClient) -> None:
    """Who signed in before has to do so again, and what was done is gone."""
    form = {"username": AGENTS[0].username, "password": dict(WORLD.passwords)[AGENTS[0].username]}
    stranger.post("/login", data=form)
    stranger.post(f"/tickets/{TICKET.number}/delete")
    assert stranger.get(f"/tickets/{TICKET.number}").status_code == 404
    told = stranger.post("/__control/reset", json={"seed": 2, "scenario": "login_and_reply"}, headers=CONTROL).json()
    assert (told["start_path"], told["today"]) == ("/", WORLD.today.isoformat())
    assert stranger.get(f"/tickets/{TICKET.number}").url.path == "/login"


@pytest.mark.parametrize("path", ["/reset", "/evaluate", "/scenarios", "/scenario"])
def test_helpdesk_control_is_refused_without_the_token(client: TestClient, path: str) -> None:
    """A page, or an agent behind one, learns and changes nothing."""
    send = client.post if path == "/reset" else client.get
    assert send(f"/__control{path}").status_code == 403


def test_no_helpdesk_page_shows_passwords_or_the_control_calls(client: TestClient) -> None:
    """Neither HTML nor scripts speak of them."""
    pages = ["/login", "/tickets", f"/tickets/{TICKET.number}", "/static/main.js", "/static/parts.js"]
    secrets = (TOKEN, "__control", *(password for _, password in WORLD.passwords))
    assert not any(word in client.get(page).text for page in pages for word in secrets)


def test_the_list_sorts_pages_and_filters(client: TestClient) -> None:
    """Every ticket is on exactly one page; filters keep only what fits; the sort order holds over pages."""
    seen: list[str] = []
    for number in range(1, 9):
        seen += re.findall(
            r'name="number" value="(HD-\d+)"', client.get(f"/tickets?sort=number&dir=asc&page={number}").text
        )
    assert seen == sorted(ticket.number for ticket in WORLD.tickets)
    text = client.get("/tickets", params={"status": OPEN, "assignee": "nobody"}).text
    fitting = {t.number for t in WORLD.tickets if t.status == OPEN and not t.assignee}
    assert set(re.findall(r'name="number" value="(HD-\d+)"', text)) <= fitting
    assert f"of {len(fitting)}<" in text


def test_suggestions_have_every_word_typed(client: TestClient) -> None:
    """A name or a number finds its tickets; nothing typed suggests nothing."""
    found = client.get("/suggest", params={"q": f"{TICKET.customer.name} {TICKET.subject}".upper()}).json()
    assert TICKET.label in [item["label"] for item in found]
    assert client.get("/suggest", params={"q": "  "}).json() == []


def test_bulk_actions_return_to_the_same_list(client: TestClient) -> None:
    """The filter and page are kept, the toast counts what was changed, unknown numbers are passed over."""
    form = {"action": "close", "number": [TICKET.number, "HD-1"], "back_tag": "billing", "back_page": "2"}
    answer = client.post("/tickets/bulk", data=form)
    assert dict(answer.url.params) == {"tag": "billing", "page": "2"}
    assert "1 ticket closed." in answer.text
    assert f'badge closed">{CLOSED}' in client.get(f"/tickets/{TICKET.number}").text
    assert "choose an agent first" in client.post("/tickets/bulk", data={"number": TICKET.number}).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"price": "12,50"}, "Enter a price such as 24.50."),
        ({"price": "²"}, "Enter a price such as 24.50."),
        ({"stock": "-1"}, "Enter a whole number from 0."),
        ({"discount": "7"}, "Choose a discount."),
        ({"discount": "²"}, "Choose a discount."),
        ({"sold_in": []}, "Choose at least one place"),
        ({"sold_in": ["Moon"]}, "Choose at least one place"),
        ({"image": ["Front"]}, "The images were out of date."),
        ({"name": " "}, "Enter a name."),
        ({"shipping": ""}, "Choose a way to ship it."),
    ],
)
def test_a_wrong_product_form_saves_nothing(client: TestClient, changed: dict[str, object], said: str) -> None:
    """The message says what to do, what else was typed is kept, and the product is as before."""
    answer = client.post(f"/products/{PRODUCT.sku}", data=PRODUCT_FORM | {"description": "typed"} | changed)
    assert ">typed</textarea>" in answer.text
    assert (answer.status_code, said in answer.text) == (422, True)
    state = client.app.state.site.state
    assert state.flat() == state.before


def test_a_product_is_saved_as_its_form_says(client: TestClient) -> None:
    """Each field reaches the record; a switch that is off hides it."""
    client.post(f"/products/{PRODUCT.sku}", data=PRODUCT_FORM | {"visible": "off", "price": "9.5"})
    saved = client.app.state.site.state.products[PRODUCT.sku]
    assert (saved.price, saved.stock, saved.discount, saved.visible) == ("9.50", 7, 10, False)
    assert (saved.sold_in, saved.shipping, saved.images) == (("Marketplace",), "Express", PRODUCT.images)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"status": "Odd"}, "Choose a status."),
        ({"assignee": "Somebody"}, "Choose an agent from the list"),
        ({"tag": "<b>"}, "A tag has letters"),
        ({"rating": "9"}, "Choose one to five stars."),
        ({"rating": "²"}, "Choose one to five stars."),
    ],
)
def test_wrong_properties_change_nothing(client: TestClient, form: dict[str, str], said: str) -> None:
    """The message stands on the page, and the ticket is as before."""
    right = {"status": OPEN, "priority": "Low", "assignee": ""}
    answer = client.post(f"/tickets/{TICKET.number}/properties", data=right | form)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert client.app.state.site.state.tickets[TICKET.number] == TICKET


def test_a_new_ticket_with_a_mistake_opens_its_dialog_again(client: TestClient) -> None:
    """What was typed is kept; nothing was made."""
    answer = client.post("/tickets", data={"customer": "Nobody", "subject": "Late <i>box</i>", "priority": "Low"})
    assert (answer.status_code, "data-show" in answer.text) == (422, True)
    assert "Late &lt;i&gt;box&lt;/i&gt;" in answer.text
    assert len(client.app.state.site.state.tickets) == len(WORLD.tickets)


def test_what_a_customer_said_is_text(client: TestClient) -> None:
    """Markup in a new ticket's message is shown, not obeyed."""
    form = {
        "customer": TICKET.customer.name,
        "subject": "S",
        "priority": "Low",
        "channel": "Chat",
        "message": "a <b> & c",
    }
    assert "<p>a &lt;b&gt; &amp; c</p>" in client.post("/tickets", data=form).text


def test_files_are_kept_by_name_and_bounded(client: TestClient) -> None:
    """A path is cut to its name, a nameless or huge file is refused; a reply shows what it carries."""
    path = f"/tickets/{TICKET.number}/files"
    kept = client.post(path, params={"name": "C:\\x\\../photo.png"}, content=b"abc").json()
    assert (kept["name"], kept["size"]) == ("photo.png", 3)
    assert client.post(path, params={"name": ""}, content=b"x").status_code == 400
    assert client.post(path, params={"name": "a"}, content=b"x" * (MAX_FILE_BYTES + 1)).status_code == 413
    shown = client.post(f"/tickets/{TICKET.number}/reply", data={"html": "", "file": kept["key"], "status": OPEN})
    assert "photo.png" in shown.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-05-01", "to": "20 May 2026"}, 200),
        ({"from": "2026-05-20", "to": "1 May 2026"}, 422),
        ({"from": "", "to": "1 May 2026"}, 422),
        ({"from": "2024-05-20", "to": "1 May 2026"}, 422),
        ({"from": "2026-05-20", "to": "soon"}, 422),
    ],
)
def test_a_report_needs_a_range(client: TestClient, query: dict[str, str], status: int) -> None:
    """Days in order, at most a year apart; only a range that was shown counts as seen."""
    assert client.get("/reports", params=query).status_code == status
    assert len(client.app.state.site.state.reports) == (status == 200)


@pytest.mark.parametrize("path", ["/nowhere", "/tickets/HD-1", "/products/HB-1", f"/pictures/{PRODUCT.sku}/Back.svg"])
def test_what_does_not_exist_is_a_page_of_its_own(client: TestClient, path: str) -> None:
    """It says so, and where to go on."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Back to the tickets" in answer.text
