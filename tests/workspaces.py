"""Workspaces on disk for tests of flows, commands and screens: real sealed episode files, no browser.

Demonstrations come from tests.builders, runs from the agent's own loop on a page in memory.
"""

from __future__ import annotations

from pathlib import Path

from agent.fakes import ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from policies.library import load_set
from tests.builders import Recording
from traces.model import Derivation, Episode
from traces.writer import EpisodeWriter
from wiring import Parts

SIGN_IN = """
[1] heading 'Sign in'
[2] form 'Sign in'
  [3] textbox 'Username'{user}
  [4] textbox 'E-mail'{mail}
  [5] button 'Send'
"""
URL = "http://desk.test/sign-in"


def signing_up(episode_id: str, name: str = "ana", *, mail_first: bool = False, **fields) -> Recording:
    """Somebody fills in two fields and sends the form: the rules see a form with two texts, three calls deep."""
    mail = f"{name}@x.org"
    header = {"task": "desk:sign-up", "site": "desk", "started": 1_700_000_000.0, **fields}
    recording = Recording(f"Sign up {name} with {mail}", episode_id, fields=header)
    user_typed, mail_typed = f" value='{name}'", f" value='{mail}'"
    one, other = f"type [3] [{name}] [0]", f"type [4] [{mail}] [0]"
    half = SIGN_IN.format(user=user_typed, mail="")
    if mail_first:
        one, other, half = other, one, SIGN_IN.format(user="", mail=mail_typed)
    recording.page(SIGN_IN.format(user="", mail=""), URL).do(one)
    recording.page(half, URL).do(other)
    recording.page(SIGN_IN.format(user=user_typed, mail=mail_typed), URL).do("click [5]")
    welcome = "[9] heading 'Welcome'\n[10] button 'Show the desk'"
    recording.page(welcome, "http://desk.test/welcome").do("click [10]")
    return recording.page("[11] heading 'The desk'", "http://desk.test/desk")


def write(folder: Path, recording: Recording, *, seal: bool = True) -> Path:
    """The recording as an episode file in the folder."""
    header = recording.episode
    with EpisodeWriter.create(folder, header.model_copy(update={"status": "running"})) as writer:
        keys = {key: writer.put_observation(seen) for key, seen in recording.observations.items()}
        for step in recording.steps:
            ends = {name: keys.get(getattr(step, name)) for name in ("observation_before", "observation_after")}
            writer.append(step.model_copy(update=ends))
        writer.put_derivation(Derivation(number=1, normaliser="test"))
        return writer.seal(status=header.status, ended=header.started + 9) if seal else writer.path


def add_demonstration(parts: Parts, episode_id: str = "demo1", name: str = "ana", **fields) -> str:
    """A sealed demonstration in the workspace and its catalogue."""
    path = write(parts.workspace.episodes_dir, signing_up(episode_id, name, **fields))
    return parts.episodes.register_file(path).id


def add_failed_run(parts: Parts, episode_id: str = "run-0a", run: str = "run-7", prompt_set: str | None = None) -> str:
    """A run that fills in a field two calls deep and is judged to have failed."""
    page = "[3] textbox 'Username'\n[5] button 'Send'"
    environment = ScriptedEnvironment(page, judge=lambda text, answer: False, name="desk:sign-up")
    model = ScriptedModel(["fill_text [Username] [ana]", "type [3] [ana] [0]", "stop", "click [5]", "stop [done]"])
    header = Episode(
        id=episode_id, actor="agent", objective="", task="desk:sign-up", seed=3, run=run, model="scripted",
        started=1_700_000_100.0, policy_set="web", prompt_set=prompt_set,
    )  # fmt: skip
    with EpisodeWriter.create(parts.workspace.episodes_dir, header) as writer:
        run_episode(environment, model, load_set("web"), writer, Limits(), 3)
        path = writer.seal()
    facts = {"id": run, "environments": ["desk:sign-up"], "seeds": [3], "model": "scripted", "prompt_set": None}
    parts.workspace.put("run", run, {**facts, "policy_set": "web", "workers": 1, "status": "done"})
    return parts.episodes.register_file(path).id
