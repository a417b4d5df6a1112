"""The one place that builds a workspace's parts and hands them to each other.

Used by the app (through ui.resources), by cli.py and by worker processes. Nothing starts a browser before it is asked
for one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from agent.environment import Environment
from agent.errors import AgentError
from agent.model import PolicyModel
from analysis.findings import Findings
from browser.environment import make_environment
from browser.errors import BrowserError
from browser.live.lending import Lending
from browser.live.registry import LiveRegistry
from browser.session import BrowserSession
from labeling.call_trees import CallTrees
from labeling.desk import ReviewDesk
from labeling.errors import LabelError
from labeling.repository import LabelRepository
from labeling.sampling import TWICE
from labeling.tracks import Tracks
from labeling.tree import max_depth
from llm_client.endpoint import ADDRESSES
from policies.errors import PolicyError
from policies.keeping import PolicyLibrary
from policies.library import PolicySet
from server.guard import Guard
from server.people import People
from server.readers import Readers
from store.errors import NotFound, StoreError
from store.frame_facts import FrameFacts
from store.workspace import Workspace
from traces.catalogue import INTERRUPTED, Episodes
from traces.errors import TraceError
from traces.model import Annotation, Frame
from traces.reader import EpisodeReader

HOME = "STEPSCOPE_HOME"
"""Environment variable that names the workspace folder; `./workspace` without it."""
POLICY_SET = "web"
"""The policy set labels are made with where none is named."""


def home() -> Path:
    """The workspace folder as configured."""
    return Path(os.environ.get(HOME) or "workspace").expanduser().resolve()


class Parts:
    """Everything of one workspace. Made once per process; safe to use from several threads.

    `own_ports` are never opened in a recording; addresses of this machine and its network only if the app is reached
    from it alone (`loopback`), or if STEPSCOPE_ALLOW_PRIVATE=1 says so.
    """

    failures: tuple[type[Exception], ...] = (StoreError, TraceError, LabelError, PolicyError, BrowserError, AgentError)

    def __init__(self, root: Path | None = None, own_ports: tuple[int, ...] = (), *, loopback: bool = True) -> None:
        self.own_ports = own_ports
        self.allow_private = loopback or os.environ.get("STEPSCOPE_ALLOW_PRIVATE") == "1"
        self.workspace = Workspace(root or home())
        self.episodes = Episodes(self.workspace, lambda episode, look: self.findings.columns(episode, look))
        self.labels = LabelRepository(self.workspace, self.relabelled)
        self.library = PolicyLibrary(self.workspace)
        self.episodes.left_behind()

    @cached_property
    def guard(self) -> Guard:
        """Who may talk to our endpoints."""
        return Guard(hosts=[host for host in os.environ.get("STEPSCOPE_HOSTS", "").split(",") if host])

    @cached_property
    def frame_facts(self) -> FrameFacts:
        """What there is to count of every call of the episodes."""
        return FrameFacts(self.workspace)

    @cached_property
    def findings(self) -> Findings:
        """What rules and people found of the agents' episodes."""
        return Findings(self.episodes, self.frame_facts)

    @cached_property
    def call_trees(self) -> CallTrees:
        """The calls of episodes, as runs wrote them or labels say."""
        return CallTrees(self.episodes, self.labels, self.tracks, self.policies)

    @cached_property
    def session(self) -> BrowserSession:
        """The browser of this process, started by its first use."""
        return BrowserSession()

    @cached_property
    def live(self) -> LiveRegistry:
        """The recordings that are running in this process."""
        return LiveRegistry(self.session, self.workspace.episodes_dir)

    @cached_property
    def lending(self) -> Lending:
        """The pages of runs that a person of this process plays on."""
        return Lending(self.live)

    @cached_property
    def people(self) -> People:
        """Who is labelling and recording: names in cookies, signed with a secret of this workspace."""
        try:
            return People(str(self.workspace.get("setting", "cookie_secret")["secret"]))
        except NotFound:
            secret = secrets.token_urlsafe(32)
            self.workspace.put("setting", "cookie_secret", {"secret": secret})
            return People(secret)

    @cached_property
    def readers(self) -> Readers:
        """The open episode files of the endpoints."""
        return Readers(self.episode)

    @cached_property
    def tracks(self) -> Tracks:
        """The tracks of reviews, as they stand."""
        return Tracks(self.labels)

    def desk(self, policy_set: str = POLICY_SET) -> ReviewDesk:
        """Where labels are proposed and reviewed with the names of a policy set. Raises UnknownSet."""
        return ReviewDesk(self.labels, self.policies(policy_set), tracks=self.tracks)

    def policies(self, policy_set: str = POLICY_SET) -> PolicySet:
        """A policy set as it stands in this workspace. Raises UnknownSet."""
        return self.library.set(policy_set)

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own, which the caller closes."""
        return self.episodes.open(episode_id)

    def recording(self, named: str) -> EpisodeReader:
        """A reader of an episode by its id, or of an episode file by its path; the caller closes it."""
        return EpisodeReader(Path(named)) if named.endswith(".episode") else self.episode(named)

    def demonstrations(self, limit: int = 1000) -> tuple[str, ...]:
        """Ids of the ended demonstrations that have steps, newest first."""
        return tuple(row["id"] for row in self.demonstration_rows(limit))

    def demonstration_rows(self, limit: int = 1_000_000) -> tuple[dict[str, Any], ...]:
        """The catalogue's rows of the ended demonstrations that have steps, newest first."""
        rows = self.episodes.catalogue.search(actor="human", limit=limit).rows
        return tuple(row for row in rows if row["n_steps"] and row["status"] not in ("running", INTERRUPTED))

    def frames(self, episode_id: str, label_ref: str | None = None) -> tuple[Frame, ...]:
        """The calls of an episode, as its labels say where it is a demonstration. Raises what CallTrees raises."""
        return self.call_trees.frames(episode_id, label_ref)

    def relabelled(self, episode_id: str) -> None:
        """Bring a demonstration's row in the catalogue up to its labels: they say how deep its calls go."""
        row = self.episodes.catalogue.get(episode_id)
        if row is None or row["actor"] != "human" or (reference := self.call_trees.reference(episode_id)) is None:
            return
        self.frame_facts.forget(episode_id)
        try:
            tree = self.call_trees.labels(episode_id, reference)
        except LabelError:
            return
        now = {"n_frames": len(tree.segments) + 1, "max_depth": max_depth(tree)}
        if row | now != row:
            self.episodes.catalogue.put({**row, **now})

    def blind_share(self) -> float:
        """The share of the demonstrations that a second person labels blind: a setting of the workspace."""
        try:
            return float(self.workspace.get("setting", "settings").get("blind_share", TWICE))
        except NotFound:
            return TWICE

    def annotate(self, annotation: Annotation) -> None:
        """Add a tag, note, reward or the like to an episode. Raises NotFound."""
        self.findings.said(annotation)
        self.episodes.annotate(annotation)
        self.relabelled(annotation.episode)

    def catch_up(
        self,
        progress: Callable[[int, int], None] = lambda done, total: None,
        stop: Callable[[], bool] = lambda: False,
        *,
        again: bool = False,
    ) -> tuple[int, list[str]]:
        """Read the files that are not in the catalogue yet (`again`: all), and their labels.

        Gives (how many, messages about files left out); a `stop` leaves the others for the next time.
        """
        if again:
            self.episodes.begin_again()
        return self.episodes.catch_up(progress, stop, self.relabelled)

    def close(self) -> None:
        """End the browser, if one was started, and let go of open episodes and the database."""
        if "live" in self.__dict__:
            self.live.close()
        if "session" in self.__dict__:
            self.session.close()
        if "readers" in self.__dict__:
            self.readers.close()
        self.workspace.close()


class Workbench:
    """What a worker process of a run works with: a browser of its own, the workspace's prompt sets, the model.

    `settings` are plain: `home`, the workspace folder, `endpoint`, the saved model endpoint, `takes`, what its models
    were found to take, and what the app may open (`own_ports`, `allow_private`), for its workers may open no more.
    With `parts` it works in the process they are of, and never closes them.
    """

    def __init__(self, settings: Mapping[str, Any], parts: Parts | None = None) -> None:
        self._parts = parts or Parts(Path(settings["home"]))
        self._takes: Mapping[str, Any] = settings.get("takes", {})
        self._endpoint = str(settings.get("endpoint", ""))
        self._own_ports = tuple(settings.get("own_ports", ()))
        self._allow_private = bool(settings.get("allow_private", True))

    def environment(self, name: str) -> Environment:
        """The environment of that name. Raises UnknownEnvironment or EnvironmentFailed."""
        return make_environment(name, self._parts.session, own_ports=self._own_ports, allow_private=self._allow_private)

    def policies(self, policy_set: str) -> PolicySet:
        """The policy set. Raises UnknownSet."""
        return self._parts.policies(policy_set)

    def model(self, name: str, prompt_set: str | None, policy_set: str) -> PolicyModel:
        """The model with what the prompt set teaches it. Raises ModelError."""
        from agent.models.making import make_model  # the learner's arrays are for workers, not for the app's start

        learned = self._parts.labels.prompt_set(prompt_set) if prompt_set else None
        weights = self._parts.workspace.root / "weights"
        return make_model(
            name,
            self._parts.policies(policy_set),
            learned,
            weights,
            with_endpoint(self._endpoint),
            takes=self._takes,
            recording=self._parts.recording,
        )

    def close(self) -> None:
        """End the browser and let go of the workspace."""
        self._parts.close()


def with_endpoint(saved: str) -> Mapping[str, str]:
    """The process's environment, with the saved model endpoint where the environment names none."""
    if not saved or any(os.environ.get(name) for name in ADDRESSES):
        return os.environ
    return {**os.environ, ADDRESSES[0]: saved}
