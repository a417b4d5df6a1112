"""AgentLab's own record and loader, run by the Python of its own virtual environment; prints JSON.

`record` drives Chromium over the pages, takes BrowserGym's observation at every step as its loop does and keeps it with
`StepInfo.save_step_info`; beside it, for us, what a step showed. `open` reads `ExpResult.steps_info`, as its viewer.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def record(asked: dict[str, Any]) -> dict[str, Any]:
    """Write `<folder>/theirs` (an experiment's folder) and `<folder>/shown` (a PNG and a JSON line a step)."""
    import numpy
    import playwright.sync_api
    from agentlab.experiments.loop import StepInfo
    from browsergym.core.constants import BROWSERGYM_ID_ATTRIBUTE
    from PIL import Image

    theirs, shown = Path(asked["folder"]) / "theirs", Path(asked["folder"]) / "shown"
    for folder in (theirs, shown):
        folder.mkdir(parents=True)
    saving = []
    with playwright.sync_api.sync_playwright() as driver, (shown / "steps.jsonl").open("w") as lines:
        driver.selectors.set_test_id_attribute(BROWSERGYM_ID_ATTRIBUTE)
        browser = driver.chromium.launch(executable_path=asked["executable"], args=asked["args"], headless=True)
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        action = ""
        for number in range(asked["steps"]):
            if number % asked["stay"] == 0:
                page.goto(asked["urls"][number // asked["stay"] % len(asked["urls"])])
            obs = observed(page, action, asked["goal"])
            png = io.BytesIO()
            Image.fromarray(obs["screenshot"]).save(png, "PNG")
            (shown / f"{number}.png").write_bytes(png.getvalue())
            text, url, title = obs["axtree_txt"], obs["url"], page.title()
            action = act(page, number)
            told = {"url": url, "title": title, "text": text, "action": action}
            lines.write(json.dumps(told) + "\n")
            prompt = [{"role": "system", "content": asked["goal"]}, {"role": "user", "content": text}]
            info = {"think": f"step {number}", "chat_messages": prompt, "extra_info": {}}
            step = StepInfo(step=number, obs=obs, action=action, agent_info=info, stats={"n_token": 1})
            began = time.perf_counter()
            step.save_step_info(theirs)
            saving.append((time.perf_counter() - began) * 1000)
        browser.close()
    return {"save_ms": float(numpy.median(saving)), "bytes": size(theirs)}


def observed(page: Any, action: str, goal: str) -> dict[str, Any]:
    """BrowserGym's observation with the texts AgentLab's preprocessor adds."""
    from browsergym.core import observation as look
    from browsergym.utils.obs import flatten_axtree_to_str, flatten_dom_to_str, prune_html

    look._pre_extract(page, tags_to_mark="standard_html", lenient=False)
    dom = look.extract_dom_snapshot(page)
    tree = look.extract_merged_axtree(page)
    focused = look.extract_focused_element_bid(page)
    properties = look.extract_dom_extra_properties(dom, scale_factor=1.0)
    look._post_extract(page)
    html = flatten_dom_to_str(dom)
    return {
        "chat_messages": ({"role": "user", "message": goal, "timestamp": 0.0},),
        "goal": goal,
        "goal_object": ({"type": "text", "text": goal},),
        "open_pages_urls": (page.url,),
        "url": page.url,
        "screenshot": look.extract_screenshot(page),
        "dom_object": dom,
        "axtree_object": tree,
        "extra_element_properties": properties,
        "focused_element_bid": focused,
        "last_action": action,
        "last_action_error": "",
        "dom_txt": html,
        "axtree_txt": flatten_axtree_to_str(tree),
        "pruned_html": prune_html(html),
    }


def act(page: Any, number: int) -> str:
    """Fill in the next field, or press the next box."""
    if number % 2:
        page.locator("input:not([type=checkbox])").nth(number % 9).fill(f"step {number}")
        return f"fill('{number % 9}', 'step {number}')"
    page.locator("input[type=checkbox]").nth(number % 9).click()
    return f"click('{number % 9}')"


def opened(asked: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds until its viewer has the steps, and the memory that took."""
    from agentlab.experiments.loop import ExpResult

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    steps = ExpResult(Path(asked["folder"]) / "theirs").steps_info
    took = (time.perf_counter() - began) * 1000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"open_ms": took, "steps": len(steps), "memory_mb": grown}


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if len(sys.argv) == 3:  # not a benchmark by itself
    print(json.dumps({"record": record, "open": opened}[sys.argv[1]](json.loads(sys.argv[2]))))
