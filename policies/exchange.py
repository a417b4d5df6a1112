"""Policies as YAML for elsewhere: one set with its own policies, in one file of several documents.

The first document may be the set (`stepscope-policy-set/1`), each other one a policy (`stepscope-policy/1`), the same
as the files of the seeds. What comes from outside is bounded and read strictly; a file is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from policies.errors import PolicyFileError
from policies.library import POLICY_FORMAT, SET_FORMAT, SetHeader, problems
from policies.model import Policy
from policies.operations import Import
from policies.state import Entry, Library

MOST_BYTES = 512 * 1024
MOST_DOCUMENTS = 300
DEEPEST = 12
LONGEST = {"name": 60, "text": 4_000, "list": 60}
"""Characters of a name, characters of a text, entries of a list."""

KEPT = "Nothing was imported."


def exported(library: Library, name: str) -> str:
    """A set and its own active policies as YAML; what it inherits is in the set it extends. Raises UnknownSet."""
    library.chain(name)
    own = sorted((e for e in library.entries.values() if e.home == name and e.status == "active"), key=_order)
    header = {"format": SET_FORMAT, **library.sets[name].model_dump(exclude_defaults=True)}
    documents = [header, *({"format": POLICY_FORMAT, **_plain(entry.policy)} for entry in own)]
    return str(yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None))


def imported(data: bytes, library: Library, into: str | None = None) -> Import:
    """What a file asks for; without a set document its policies go to the set `into`. Raises PolicyFileError."""
    header: SetHeader | None = None
    policies: dict[str, Policy] = {}
    for place, body in enumerate(_documents(data), 1):
        said = body.pop("format", None) if isinstance(body, dict) else None
        if said == SET_FORMAT and header is None and place == 1:
            header = _read(SetHeader, body, "The set")
        elif said == POLICY_FORMAT:
            policy = _bounded(_read(Policy, body, f"Policy {place}"))
            if policy.name in policies:
                raise PolicyFileError(f"The file has the policy {policy.name} twice. {KEPT}")
            policies[policy.name] = policy
        else:
            wanted = f"`format: {POLICY_FORMAT}` (the first one: or `{SET_FORMAT}`)"
            raise PolicyFileError(f"Document {place} of the file does not say {wanted}. {KEPT} Add that line.")
    if header is None:
        header = library.sets.get(into or "")
    if not policies:
        raise PolicyFileError(f"The file holds no policy. {KEPT}")
    if header is None:
        raise PolicyFileError(f"The file names no set that there is. {KEPT} Choose the set its policies are for.")
    return Import(header=header, policies=tuple(policies.values()))


def _documents(data: bytes) -> Iterator[Any]:
    if len(data) > MOST_BYTES:
        raise PolicyFileError(f"The file is larger than {MOST_BYTES // 1024} KB. {KEPT} Import it in parts.")
    try:
        text = data.decode("utf-8")
        _check_shape(text)
        yield from yaml.safe_load_all(text)
    except UnicodeDecodeError as error:
        raise PolicyFileError(f"The file is not UTF-8 text. {KEPT} Save it as UTF-8.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise PolicyFileError(f"The file is no YAML that can be read{line}. {KEPT} Correct it there.") from error


def _check_shape(text: str) -> None:
    """Whether it is small once read: no repeated parts, few documents, little nesting. Raises PolicyFileError."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise PolicyFileError(f"The file repeats parts by `*{event.anchor}`. {KEPT} Write them out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST or documents > MOST_DOCUMENTS:
            raise PolicyFileError(f"The file is nested too deeply or has too many documents to be policies. {KEPT}")


def _read(kind: Any, body: Any, said: str) -> Any:
    name = body.get("name") if isinstance(body, dict) else None
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        about = f"{said} ({str(name)[:60]})" if name else said
        raise PolicyFileError(f"{about}: {problems(error)}. {KEPT}") from error


def _bounded(policy: Policy) -> Policy:
    """The policy. Raises PolicyFileError for what is too long to be meant."""
    names = [policy.name, *policy.aliases, *policy.actions, *policy.sub_policies, *(p.name for p in policy.parameters)]
    texts = [policy.description, policy.when_to_use, policy.when_not, policy.stop_rule]
    texts += [parameter.description for parameter in policy.parameters]
    lists = [policy.aliases, policy.actions, policy.sub_policies, policy.parameters]
    sizes = {"name": map(len, names), "text": map(len, texts), "list": map(len, lists)}
    for what, found in sizes.items():
        if max(found) > LONGEST[what]:
            raise PolicyFileError(f"A {what} of the policy {policy.name[:60]} is longer than {LONGEST[what]}. {KEPT}")
    return policy


def _plain(policy: Policy) -> dict[str, Any]:
    body = policy.model_dump(mode="json", exclude_defaults=True)
    return {name: body[name] for name in Policy.model_fields if name in body and name != "version"} | {
        "version": policy.version
    }


def _order(entry: Entry) -> tuple[bool, str]:
    return entry.policy.kind != "planner", entry.policy.name
