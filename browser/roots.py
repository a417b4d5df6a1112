"""Closed shadow roots: found by asking the browser about the elements that may have one, and handed to our world.

Scripts cannot see them, CDP can. Which elements are asked about is decided by browser/injected/5-roots.js.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Error as PlaywrightError

from browser.worlds import World

GROUP = "stepscope-roots"


async def hand_over(world: World, every: bool) -> int:
    """Give the world the closed roots among its suspects; returns how many. `every`: the less likely ones too."""
    elements = await _elements(world, every)
    found = await asyncio.gather(*(_closed(world, element) for element in elements))
    roots = [root for roots in found for root in roots]
    for root in roots:
        await world.give(root, "function () { __stepscope.adoptRoot(this); }", GROUP)
    await world.session.send("Runtime.releaseObjectGroup", {"objectGroup": GROUP})
    return len(roots)


async def _elements(world: World, every: bool) -> list[str]:
    """Remote ids of the suspects."""
    listed = await world.remote(f"__stepscope.suspects({{ every: {str(every).lower()} }})", GROUP)
    asked = {"objectId": listed, "ownProperties": True}
    told = await world.session.send("Runtime.getProperties", asked)
    values = [entry.get("value", {}) for entry in told["result"] if entry["name"].isdigit()]
    return [value["objectId"] for value in values if "objectId" in value]


async def _closed(world: World, element: str) -> list[int]:
    try:
        told: dict[str, Any] = await world.session.send("DOM.describeNode", {"objectId": element})
    except PlaywrightError:
        return []  # it has just gone
    shadows = told["node"].get("shadowRoots", [])
    return [root["backendNodeId"] for root in shadows if root.get("shadowRootType") == "closed"]
