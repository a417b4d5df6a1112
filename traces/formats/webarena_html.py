"""An episode as a page in the layout of WebArena's renderings: address, observation, picture, prediction, action.

Theirs writes texts as they are; here everything recorded is escaped, and the page's policy lets nothing run.
`traces.formats.webarena_render` reads it back.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator

from traces.formats.told import Told
from traces.model import Step

ESCAPED = '<meta name="generator" content="stepscope, texts escaped">'
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = "pre{white-space:pre-wrap;word-wrap:break-word}body{font-family:sans-serif;margin:2em}img{max-width:640px}"


def webarena_html(told: Told) -> Iterator[bytes]:
    """The page, a step at a time. Calls and returns inside stand as predictions whose action is `none`."""
    yield _head(told).encode("utf-8", "replace")
    for place, step in enumerate(told.steps):
        yield _step(told, place, step).encode("utf-8", "replace")
    yield b"</body>\n</html>\n"


def _head(told: Told) -> str:
    header = told.episode
    config = {
        "sites": [header.site],
        "task_id": header.task or header.id,
        "start_url": header.start_url,
        "intent": " ".join(header.objective.split()),
        "seed": header.seed,
        "status": header.status,
        "answer": header.answer,
    }
    lines = "".join(f"{name}: {_text(value)}\n" for name, value in config.items())
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">{ESCAPED}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_text(header.objective[:200])}</title><style>{_STYLE}</style></head>\n<body>\n<pre>{lines}</pre>\n"
    )


def _step(told: Told, place: int, step: Step) -> str:
    seen = told.seen(step.observation_before)
    url = seen.url if seen else ""
    link = url if url.startswith(("http://", "https://")) else "#"
    title = f"Tab 0 (current): {seen.title}\n\n" if seen and seen.title else ""
    said, done = _text(_said(told, place)), _text(_done(told, place))
    parts = [
        "\n<h2>New Page</h2>\n",
        f"<h3 class='url'><a href=\"{_text(link)}\">URL: {_text(url)}</a></h3>\n",
        f"<div class='state_obv'><pre>{_text(title + seen.text if seen else '')}</pre><div>\n</div></div>",
        _picture(told, step),
        f"<div class='prev_action' style='background-color:pink'>{_text(_before(told, place))}</div>\n",
        "<div class='predict_action'>",
        f"<div class='raw_parsed_prediction' style='background-color:grey'><pre>{said}</pre></div>",
        f"<div class='parsed_action' style='background-color:yellow'><pre>{done}</pre></div>",
        "</div>\n",
    ]
    return "".join(parts)


def _picture(told: Told, step: Step) -> str:
    if step.picture_before is None:
        return ""
    kind, data = told.reader.picture(step.picture_before)
    return f"<img src='data:{kind};base64,{base64.b64encode(data).decode()}' alt='the page'/>\n"


def _before(told: Told, place: int) -> str:
    return told.steps[place - 1].action if place else "None"


def _said(told: Told, place: int) -> str:
    """What was decided and why: the stack, the reason, our action in a fence."""
    step = told.steps[place]
    lines = [f"[{told.path(told.frame_of[place])}]", step.reason or "", step.error or ""]
    return "\n".join([*(line for line in lines if line), f"```{step.action}```"])


def _done(told: Told, place: int) -> str:
    """The action as the page got it; none for what only moved the stack."""
    step = told.steps[place]
    if step.kind == "act":
        return step.action
    return step.action if step.kind == "pop" and told.frame_of[place].parent is None else "none"


def _text(value: object) -> str:
    return html.escape(str(value))
