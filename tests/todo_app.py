"""A to-do list of our own that stands for an app of TodoMVC which was fetched."""

from __future__ import annotations

from pathlib import Path

APP = """<!doctype html><title>Todos</title>
<input placeholder="What needs to be done?">
<ul></ul>
<script>
const found = Element.prototype.querySelectorAll;
Element.prototype.querySelectorAll = function (css) { // as one old framework does
  const all = found.call(this, css);
  return {...all, length: all.length};
};
window.Document = window.Element = function () {}; // as another does
const list = document.querySelector('ul');
const kept = JSON.parse(localStorage.todos || '[]');
function draw(text) {
  const row = document.createElement('li');
  row.innerHTML = '<input type="checkbox"><label></label>';
  row.lastChild.textContent = text;
  list.append(row);
}
kept.forEach(draw);
document.querySelector('input').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  kept.push(event.target.value);
  localStorage.todos = JSON.stringify(kept);
  draw(event.target.value);
  event.target.value = '';
});
fetch('https://elsewhere.test/').catch((error) => { document.title = 'Todos, alone'; });
</script>"""


def fetched(cache: Path, name: str = "vanillajs") -> None:
    """Put it into a cache's folder in the place of that app."""
    folder = cache / "todomvc" / "examples" / name
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(APP, encoding="utf-8")
