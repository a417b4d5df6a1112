"""Pages whose ids and classes are other ones each time and whose parts change places, for tests of targets.

Whatever is pressed or filled tells the top page, which keeps it in `heard`: by what it stands for, not by where it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

HEARD = """<script>
var heard = [];
addEventListener('message', (event) => heard.push(event.data));
</script>"""
SAY = """<script>
function say(text) { top.postMessage(text, '*'); }
addEventListener('change', ({ target }) => { if (target.dataset.of) say(target.dataset.of + '=' + target.value); });
</script>"""


@dataclass(frozen=True)
class Looks:
    """How a page looks this time: `salt` makes the ids and classes, `order` puts its repeated parts in order."""

    salt: str
    order: Callable[[Sequence[str]], list[str]] = field(default=list)

    def token(self, name: str) -> str:
        """An id or class as a build of a framework makes it."""
        digest = hashlib.blake2b(f"{self.salt}:{name}".encode(), digest_size=5).digest()
        return "".join(chr(ord("a") + byte % 26) for byte in digest)

    def own(self, name: str) -> str:
        """The attributes of an element."""
        return f'id="{self.token("id" + name)}" class="{self.token("class" + name.split()[0])}"'

    def of(self, items: Sequence[str]) -> list[str]:
        """The items as they are ordered this time."""
        return self.order(items)


ORDERS = ("Order 17", "Order 18", "Order 19", "Order 20")


def form(looks: Looks) -> str:
    """Labelled fields, a field that only stands beside its words, ticks, a list, two buttons of the same name."""
    fields = looks.of(
        [
            f'<p {looks.own("p a")}><label>First name <input {looks.own("i a")} data-of="first"></label></p>',
            f'<p {looks.own("p b")}><label>Last name <input {looks.own("i b")} data-of="last"></label></p>',
            f"<table><tr><td>Passport</td><td><input {looks.own('i c')} data-of=passport></td></tr></table>",
            f"<div {looks.own('d d')}><span>Meal</span> <select {looks.own('s d')} data-of=meal aria-label=Meal>"
            "<option>None<option>Vegan</select></div>",
        ]
    )
    parts = looks.of(
        [
            f"<fieldset {looks.own('f ' + of)}><legend>{of}</legend>"
            f"<button {looks.own('b ' + of)} type=button onclick=\"say('{of.lower()}')\">Change</button></fieldset>"
            for of in ("Billing", "Shipping")
        ]
    )
    return f"{SAY}<form {looks.own('form')}>{''.join(fields)}{''.join(parts)}</form>"


def table(looks: Looks) -> str:
    """Rows of orders: a tick, a field without a name, buttons named alike; two rows each begin with the same words."""
    rows = [
        f"<tr {looks.own(f'tr {order}')}>"
        f"<td><input type=checkbox {looks.own(f't {order}')} onclick=\"say('tick {order}')\"></td>"
        f"<td>{'Widget' if n < 2 else 'Gadget'}</td><td><b>{order}</b></td>"
        f'<td><input {looks.own(f"q {order}")} size=3 data-of="{order}"></td>'
        f"<td><button {looks.own(f'e {order}')} onclick=\"say('edit {order}')\">Edit</button>"
        f"<button {looks.own(f'd {order}')} onclick=\"say('delete {order}')\"><i></i>Delete</button></td></tr>"
        for n, order in enumerate(ORDERS)
    ]
    head = "<tr><th></th><th>Product</th><th>Number</th><th>Quantity</th><th></th></tr>"
    return f"{SAY}<table {looks.own('table')}><thead>{head}</thead><tbody>{''.join(looks.of(rows))}</tbody></table>"


def cards(looks: Looks) -> str:
    """Cards of plain divisions, each with a heading, a field and an icon without a name."""
    made = [
        f"<div {looks.own(f'card {order}')}><div {looks.own(f'head {order}')}><h3>{order}</h3><p>in two days</p></div>"
        f"<div {looks.own(f'foot {order}')}>"
        f"<button {looks.own(f'open {order}')} onclick=\"say('open {order}')\">Open</button>"
        f"<button {looks.own(f'icon {order}')} onclick=\"say('star {order}')\">"
        "<svg width=16 height=16><circle r=6 cx=8 cy=8 /></svg></button></div></div>"
        for order in ORDERS
    ]
    return f"{SAY}<main {looks.own('main')}>{''.join(looks.of(made))}</main>"


def shadow(looks: Looks) -> str:
    """Custom elements with open roots, each holding another with the button in it."""
    made = [f'<order-card {looks.own(f"oc {order}")} name="{order}"></order-card>' for order in ORDERS]
    return f"""{SAY}<script>
    customElements.define('order-button', class extends HTMLElement {{ connectedCallback() {{
      const root = this.attachShadow({{mode: 'open'}});
      root.innerHTML = '<button class="{looks.token("inner")}">Open</button>';
      root.firstChild.onclick = () => say('open ' + this.getAttribute('of'));
    }} }});
    customElements.define('order-card', class extends HTMLElement {{ connectedCallback() {{
      const name = this.getAttribute('name');
      this.attachShadow({{mode: 'open'}}).innerHTML =
        `<div style="height: 30px" class="{looks.token("row")}">
        <span style="display: inline-block; width: 100px">${{name}}</span>
        <order-button of="${{name}}"></order-button></div>`;
    }} }});
    </script>{"".join(looks.of(made))}"""


def closed(looks: Looks) -> str:
    """The same with closed roots."""
    return shadow(looks).replace("mode: 'open'", "mode: 'closed'")


def inside(looks: Looks, of: str) -> str:
    """The document of a frame."""
    return f"{SAY}<h2>{of}</h2><button {looks.own('ok')} onclick=\"say('ok {of}')\">OK</button>" + (
        f"<label>Word <input {looks.own('w')} data-of='{of}'></label>"
    )


def combobox(looks: Looks) -> str:
    """Two fields whose lists open at the end of the body."""
    fields = looks.of(
        [
            f"<div {looks.own('f ' + of)}><span>{of}</span>"
            f'<div role=combobox aria-label="{of}" tabindex=0 aria-expanded=false '
            f"{looks.own('c ' + of)} onclick=\"show('{of}')\">choose</div></div>"
            for of in ("From", "To")
        ]
    )
    cities = looks.of(["Ulm", "Bonn", "Kiel"])
    options = "".join(f"<div role=option {looks.own('o ' + city)}>{city}</div>" for city in cities)
    return f"""{SAY}<script>
    function show(of) {{
      const list = document.createElement('div');
      list.setAttribute('role', 'listbox');
      list.innerHTML = `{options}`;
      list.onclick = (event) => {{ say(of + '=' + event.target.textContent); list.remove(); }};
      document.body.append(list);
    }}
    </script>{"".join(fields)}"""
