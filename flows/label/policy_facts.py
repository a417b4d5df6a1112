"""What the Policies screen and the command line say of the library: plain JSON values, and the text a person reads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flows.label import proposals as proposed
from flows.label.policies import Made, Preview, tracks_with_policies
from labeling.proposals import Cluster
from labeling.tracks import preferred
from policies.keeping import LibraryEvent, undone
from policies.model import Policy
from policies.state import Entry
from traces.sentences import counted
from wiring import Parts

Row = dict[str, Any]
SHOWN = 20
"""Calls of a preview that are told in text."""


def table(parts: Parts, policy_set: str) -> list[Row]:
    """A row for every policy of a set, the planner first: `{"id", "name", "kind", "status", "calls", ...}`."""
    now = parts.library.now
    calls, examples = calls_by_policy(parts), examples_by_policy(parts)
    entries = [entry for entry in now.seen(policy_set).values() if entry.status != "merged"]
    entries.sort(key=lambda entry: (entry.policy.kind != "planner", entry.status != "active", entry.policy.name))
    return [
        {
            "id": entry.id,
            "name": entry.policy.name,
            "signature": entry.policy.signature,
            "kind": entry.policy.kind,
            "status": entry.status,
            "version": entry.policy.version,
            "set": entry.home,
            "calls": calls[entry.id],
            "examples": examples[entry.id],
            "aliases": list(entry.policy.aliases),
        }
        for entry in entries
    ]


def calls_by_policy(parts: Parts) -> Counter[str]:
    """How many calls each policy (by id) has in labels: of each demonstration the track that counts."""
    counts: Counter[str] = Counter()
    ids = _ids(parts)
    by_episode: dict[str, list[Any]] = {}
    for track, policies in tracks_with_policies(parts):
        by_episode.setdefault(track.episode, []).append((track, policies))
    for found in by_episode.values():
        best = preferred(track for track, _ in found)
        for track, policies in found:
            if track is best:
                known = (s.policy for s in track.tree.segments if policies.knows(s.policy))
                counts.update(ids[policies.name, policies.resolve(name).name] for name in known)
    return counts


def examples_by_policy(parts: Parts) -> Counter[str]:
    """How many examples each policy (by id) has in the newest prompt set of each policy set."""
    newest = {found.policy_set: found for found in parts.labels.prompt_sets()}
    ids, counts = _ids(parts), Counter[str]()
    for name, found in newest.items():
        if name in parts.library.now.sets:
            policies = parts.policies(name)
            known = (one.policy for one in found.examples if policies.knows(one.policy))
            counts.update(ids[name, policies.resolve(policy).name] for policy in known)
    return counts


def card(parts: Parts, entry: Entry) -> Row:
    """One policy, every version it had with who made it, and where it is used."""
    now = parts.library.now
    return {
        "id": entry.id,
        "status": entry.status,
        "policy": entry.policy.model_dump(mode="json"),
        "signature": entry.policy.signature,
        "sets": list(now.sets_with(entry)),
        "called_by": sorted(
            other.policy.name + (f" ({other.home})" if other.policy.kind == "planner" else "")
            for other in now.entries.values()
            if other.status == "active"
            and entry.policy.name in other.policy.sub_policies
            and now.seen(other.home).get(entry.slot) == entry
        ),
        "versions": versions(parts, entry.id),
    }


def versions(parts: Parts, about: str) -> list[Row]:
    """Every change of one policy, newest first, with what is different from the one before."""
    rows = []
    for event in parts.library.history():
        for change in event.entries:
            if change.id == about:
                before, after = change.before, change.after
                rows.append(
                    {**_when(event), "version": after and after.policy.version, "differs": differs(before, after)}
                )
    return rows[::-1]


def differs(before: Entry | None, after: Entry | None) -> list[Row]:
    """What a change did to a policy, field by field: `{"field", "before", "after"}`; nothing for the first version."""
    if before is None or after is None:
        return []
    rows = [
        {"field": name.replace("_", " "), "before": _text(before.policy, name), "after": _text(after.policy, name)}
        for name in Policy.model_fields
        if name != "version" and getattr(before.policy, name) != getattr(after.policy, name)
    ]
    if before.status != after.status:
        rows.append({"field": "status", "before": before.status, "after": after.status})
    return rows


def history(parts: Parts) -> list[Row]:
    """Every change, newest first: `{"number", "at", "actor", "op", "said", "undone"}`."""
    events = parts.library.history()
    gone = undone(events)
    return [{**_when(event), "undone": event.number in gone} for event in reversed(events)]


def preview(seen: Preview) -> Row:
    """A preview as JSON."""
    return {
        "base": seen.base,
        "change": seen.change.said,
        "policies": list(seen.change.entries),
        "using": seen.using,
        "tracks": seen.tracks,
        "calls": [vars(call) for call in seen.calls],
        "label_sets": [{"id": key, "calls": count} for key, count in seen.label_sets],
        "prompt_sets": [{"id": key, "examples": count} for key, count in seen.prompt_sets],
    }


def made(done: Made) -> Row:
    """A change that was made, as JSON."""
    return {
        **_when(done.event),
        "calls": done.calls,
        "tracks": done.tracks,
        "waiting": list(done.waiting),
    }


def proposals(parts: Parts, person: str) -> list[Row]:
    """The open proposals with every occurrence."""
    return [_cluster(found) for found in proposed.proposals(parts, person)]


def decided(done: proposed.Decided) -> Row:
    """A decision on a proposal, as JSON."""
    return {
        "said": done.said,
        "calls": done.calls,
        "wanting": done.wanting,
        "left_out": [{"reason": message} for message in done.left_out],
    }


def table_said(rows: Sequence[Row]) -> str:
    """One line per policy."""
    lines = [
        f"{row['name']:<28} {row['kind']:<9} v{row['version']:<3} {row['calls']:>5} calls {row['examples']:>5} examples"
        + ("" if row["status"] == "active" else f"  {row['status']}")
        for row in rows
    ]
    return "\n".join(lines)


def card_said(found: Row) -> str:
    """A policy in lines, then its versions."""
    policy = found["policy"]
    lines = [f"{found['signature']}   ({found['id']}, version {policy['version']}, {found['status']})"]
    lines += [policy["description"], f"when: {policy['when_to_use']}"]
    lines += [f"not when: {policy['when_not']}"] if policy["when_not"] else []
    lines += [f"ends: {policy['stop_rule']}", f"aliases: {', '.join(policy['aliases']) or 'none'}"]
    lines += [f"in the sets: {', '.join(found['sets'])}", f"called by: {', '.join(found['called_by']) or 'nobody'}"]
    for row in found["versions"]:
        lines.append(f"change {row['number']} · {stamp(row['at'])} · {row['actor']}: {row['said']}")
        lines += [f"  {one['field']}: {one['before']} → {one['after']}" for one in row["differs"]]
    return "\n".join(lines)


def history_said(rows: Sequence[Row]) -> str:
    """One line per change."""
    return "\n".join(
        f"{row['number']:>4}  {stamp(row['at'])}  {row['actor']:<12} {row['said']}"
        + ("  (taken back)" if row["undone"] else "")
        for row in rows
    )


def preview_said(seen: Row) -> str:
    """What would change, with the first calls before and after."""
    lines = [f"{seen['change']}. Nothing was changed yet."]
    lines.append(f"{counted(len(seen['calls']), 'call')} of {counted(seen['tracks'], 'track')} would follow:")
    lines += [
        f"  {call['before']} → {call['after']}{' (waits)' if call['waits'] else ''}" for call in seen["calls"][:SHOWN]
    ]
    lines += [f"  and {len(seen['calls']) - SHOWN} more"] if len(seen["calls"]) > SHOWN else []
    lines += [f"stays as it is: label set {one['id']} ({counted(one['calls'], 'call')})" for one in seen["label_sets"]]
    lines += [
        f"stays as it is: prompt set {one['id']} ({counted(one['examples'], 'example')})" for one in seen["prompt_sets"]
    ]
    return "\n".join(lines)


def made_said(result: Row) -> str:
    """What was changed."""
    followed = f"{counted(result['calls'], 'call')} of {counted(result['tracks'], 'track')} followed"
    lines = [f"Change {result['number']}: {result['said']}. {followed}."]
    return "\n".join([*lines, *(f"being reviewed just now, follows later: {one}" for one in result["waiting"])])


def proposals_said(rows: Sequence[Row]) -> str:
    """Every proposal with its occurrences."""
    lines: list[str] = []
    for row in rows:
        lines.append(f"{row['name']} ({row['key']}): {counted(len(row['occurrences']), 'occurrence')}")
        lines += [f"  {one['episode']} at {one['step']}: {one['call']}" for one in row["occurrences"]]
    return "\n".join(lines) or "No labeller proposes a policy that is not there."


def decided_said(done: proposed.Decided) -> str:
    """What a decision did."""
    lines = [f"{done.said}: {counted(done.calls, 'call')}."]
    lines += (
        [f"{counted(done.wanting, 'call')} still without an argument: fill it in on Label."] if done.wanting else []
    )
    return "\n".join([*lines, *(f"left out: {message}" for message in done.left_out)])


def stamp(at: float) -> str:
    """A time as a person reads it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _cluster(found: Cluster) -> Row:
    return {
        "key": found.key,
        "name": found.name,
        "names": list(found.names),
        "occurrences": [
            {
                "episode": one.episode,
                "track": one.track,
                "run": one.run,
                "step": one.segment.first,
                "call": one.segment.call,
                "does": list(one.does),
                "why": one.segment.evidence,
            }
            for one in found.occurrences
        ],
    }


def _ids(parts: Parts) -> Mapping[tuple[str, str], str]:
    """The id of each policy by set and name."""
    now = parts.library.now
    return {(name, e.policy.name): e.id for name in now.sets for e in now.seen(name).values() if e.status != "merged"}


def _when(event: LibraryEvent) -> Row:
    return {"number": event.number, "at": event.at, "actor": event.actor, "op": event.op, "said": event.said}


def _text(policy: Policy, name: str) -> str:
    value = getattr(policy, name)
    if name == "parameters":
        return policy.signature.partition(" ")[2] or "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
