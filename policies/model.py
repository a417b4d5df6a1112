"""A policy as a frozen value: its name and version, parameters, and what it may do and when.

What the texts of a policy mean to a model is the agent's business (agent/ renders them); where they come from is
policies/library.py. docs/formats/policies.md is the page of the file format.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ParameterType = Literal["text", "date", "element", "number", "list"]
PolicyKind = Literal["atomic", "composite", "planner"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """A value: equal by content, never changed, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(Frozen):
    """One argument of a call, given by position. `list` is text with its entries joined by a comma or semicolon."""

    name: Name
    type: ParameterType
    required: bool = True
    description: str = ""


class Policy(Frozen):
    """What a policy is called, takes, and may do; `actions` are page actions, `sub_policies` names of the same set."""

    name: Name
    version: int = Field(default=1, ge=1)
    aliases: tuple[str, ...] = ()
    kind: PolicyKind
    description: Text
    parameters: tuple[Parameter, ...] = ()
    when_to_use: Text
    when_not: str = ""
    actions: tuple[str, ...] = ()
    sub_policies: tuple[Name, ...] = ()
    stop_rule: Text

    @property
    def key(self) -> str:
        """Name and version, e.g. `fill_text@1`."""
        return f"{self.name}@{self.version}"

    @property
    def signature(self) -> str:
        """The form of a call, e.g. `fill_text [field] [text]`; an optional parameter ends in a question mark."""
        marks = (f"[{p.name}{'' if p.required else '?'}]" for p in self.parameters)
        return " ".join([self.name, *marks])

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters a call cannot leave out."""
        return tuple(p for p in self.parameters if p.required)
