"""Policy sets: reading the YAML seeds strictly, one set extending another, and resolving names and aliases.

A set is a folder of one file per policy and a `set.yaml` naming the set it extends. A file in the extending set
replaces the policy of the same name. Versions made later by people live in the workspace, not here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from policies.checking import unknown_references
from policies.errors import PolicyFileError, UnknownPolicy, UnknownSet
from policies.model import Frozen, Name, Policy, Text
from policies.moves import Moved

SETS = Path(__file__).parent / "sets"
CORE = "core"
"""The set most others extend."""
POLICY_FORMAT = "stepscope-policy/1"
SET_FORMAT = "stepscope-policy-set/1"


class SetHeader(Frozen):
    """What `set.yaml` says: the set's name, the set it extends, and which policy is its planner."""

    name: Name
    extends: Name | None = None
    planner: Name = "planner"
    description: Text


@dataclass(frozen=True)
class PolicySet:
    """The policies an agent or labeller may use, by name; `planner` is the root of every episode.

    A workspace's set also has what labels made earlier need: policies nobody may use any more (`retired`) still answer
    to their names, `ids` are those of all it sees, `moved` says what became of calls, and `shipped` is the vocabulary
    that labellers without a list of policies speak.
    """

    name: str
    policies: Mapping[str, Policy]
    planner: Policy
    description: str = ""
    retired: Mapping[str, Policy] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    moved: tuple[Moved, ...] = ()
    shipped: PolicySet | None = None

    @cached_property
    def _former(self) -> dict[str, str]:
        """Names given by changes that were taken back, and what they stood for."""
        back = (move for one in self.moved if one.undoes for move in one.moves if move.about in self.ids)
        return {name.lower(): move.to.lower() for move in back for name in move.names}

    @cached_property
    def _names(self) -> dict[str, str]:
        """Who answers to each name and alias. Raises PolicyFileError when two do."""
        return _names(self.name, {**self.retired, **self.policies})

    def resolve(self, name: str) -> Policy:
        """The policy of that name or alias, upper and lower case alike. Raises UnknownPolicy naming the nearest."""
        found = self._own_name(name)
        if found is None:
            raise UnknownPolicy(name, self.name, self._nearest(name))
        return self.policies.get(found) or self.retired[found]

    def knows(self, name: str) -> bool:
        """Whether `resolve` would find it."""
        return self._own_name(name) is not None

    def _own_name(self, name: str) -> str | None:
        wanted = name.strip().lower()
        for _ in range(1 + len(self._former)):
            if wanted in self._names:
                return self._names[wanted]
            wanted = self._former.get(wanted, wanted)
        return None

    def __iter__(self) -> Iterator[Policy]:
        return iter(self.policies.values())

    def __len__(self) -> int:
        return len(self.policies)

    def _nearest(self, name: str) -> str | None:
        close = difflib.get_close_matches(name.strip().lower(), list(self._names), n=1, cutoff=0.5)
        return self._names[close[0]] if close else None


def set_names(folder: Path = SETS) -> tuple[str, ...]:
    """The sets there are, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/set.yaml")))


def labelling_sets() -> tuple[str, ...]:
    """The shipped sets that share the core calls, so that labels made with one can be read with any.

    Labels are told anew for the others (`labeling.prompts.recasting`).
    """
    return tuple(name for name in set_names() if set(load_set(CORE).policies) <= set(load_set(name).policies))


def load_set(name: str, folder: Path = SETS) -> PolicySet:
    """A set with everything it extends. Raises UnknownSet, or PolicyFileError naming the file and what is wrong."""
    header, found = _gather(name, folder, ())
    policies = dict(sorted(found.items()))
    if header.planner not in policies:
        raise PolicyFileError(f"The set {name!r} names {header.planner!r} as its planner, but has no such policy.")
    return check_set(PolicySet(name, policies, policies[header.planner], header.description))


def read_seeds(name: str, folder: Path = SETS) -> tuple[SetHeader, tuple[Policy, ...]]:
    """What a set's own folder says, without what it extends. Raises UnknownSet or PolicyFileError."""
    return _read_header(name, folder), tuple(_own(name, folder))


def check_set(found: PolicySet) -> PolicySet:
    """The set. Raises PolicyFileError when two policies answer to one name, or one may call what is not there."""
    _names(found.name, {**found.retired, **found.policies})
    for policy in found.policies.values():
        _check_sub_policies(found.name, policy, found.policies)
    return found


def read_policy(path: Path) -> Policy:
    """One seed file. Raises PolicyFileError naming the file and what is wrong, unknown `[parameter]`s too."""
    try:
        policy = Policy.model_validate(_read(path, POLICY_FORMAT))
    except ValidationError as error:
        raise PolicyFileError(f"{path.name} of the set {path.parent.name!r}: {problems(error)}") from error
    if unknown := unknown_references(policy):
        message = f"a text speaks of [{unknown[0]}], which is no parameter of {policy.name!r}"
        raise PolicyFileError(f"{path.name} of the set {path.parent.name!r}: {message}")
    return policy


def _gather(name: str, folder: Path, below: tuple[str, ...]) -> tuple[SetHeader, dict[str, Policy]]:
    if name in below:
        raise PolicyFileError(f"The sets {' → '.join([*below, name])} extend each other in a circle.")
    header = _read_header(name, folder)
    policies = _gather(header.extends, folder, (*below, name))[1] if header.extends else {}
    return header, {**policies, **{policy.name: policy for policy in _own(name, folder)}}


def _own(name: str, folder: Path) -> Iterator[Policy]:
    """The policies in the set's own folder."""
    for path in sorted((folder / name).glob("*.yaml")):
        if path.name != "set.yaml":
            policy = read_policy(path)
            if policy.name != path.stem:
                raise PolicyFileError(f"{path.name} of the set {name!r} holds the policy {policy.name!r}.")
            yield policy


def _read_header(name: str, folder: Path) -> SetHeader:
    path = folder / name / "set.yaml"
    if name not in set_names(folder):
        raise UnknownSet(f"There is no policy set {name!r}. There are: {', '.join(set_names(folder)) or 'none'}.")
    try:
        header = SetHeader.model_validate(_read(path, SET_FORMAT))
    except ValidationError as error:
        raise PolicyFileError(f"set.yaml of the set {name!r}: {problems(error)}") from error
    if header.name != name:
        raise PolicyFileError(f"set.yaml in the folder {name!r} calls the set {header.name!r}.")
    return header


def _read(path: Path, wanted: str) -> dict[str, Any]:
    try:
        state = path.stat()
        data = _parsed(path, state.st_mtime_ns, state.st_size)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyFileError(f"{path.name} of the set {path.parent.name!r} cannot be read: {error}") from error
    if not isinstance(data, dict) or data.get("format") != wanted:
        raise PolicyFileError(f"{path.name} of the set {path.parent.name!r} does not begin with `format: {wanted}`.")
    return {key: value for key, value in data.items() if key != "format"}


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C reads the shipped sets in a tenth of the time."""


@lru_cache(maxsize=256)
def _parsed(path: Path, changed_ns: int, size: int) -> Any:
    """The file's YAML, parsed again only when the file has changed; not to be modified."""
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)


def problems(error: ValidationError) -> str:
    """What is wrong with a file, key by key."""
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())


def _names(set_name: str, policies: Mapping[str, Policy]) -> dict[str, str]:
    names = {name: name for name in policies}
    for policy in policies.values():
        for alias in policy.aliases:
            owner = names.setdefault(alias.lower(), policy.name)
            if owner != policy.name:
                message = f"In the set {set_name!r} both {owner!r} and {policy.name!r} answer to {alias!r}."
                raise PolicyFileError(message)
    return names


def _check_sub_policies(set_name: str, policy: Policy, policies: Mapping[str, Policy]) -> None:
    for name in policy.sub_policies:
        if name not in policies:
            close = difflib.get_close_matches(name, list(policies), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            message = f"In the set {set_name!r} the policy {policy.name!r} may call {name!r}, which is unknown.{hint}"
            raise PolicyFileError(message)
