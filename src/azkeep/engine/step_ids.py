"""The ARM id of what a step of the engine is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.engine.event_log import Event
from azkeep.engine.values import UNKNOWNS, decode
from azkeep.types import by_token, conversion

PROVIDER = "pulumi:providers:"


@dataclass(frozen=True)
class Subscriptions:
    """Where resources stand: `own` by the URN of a provider instance that names one, else `usual`."""

    usual: str
    own: Mapping[str, str]

    def of(self, state: Mapping[str, Any]) -> str:
        """The subscription of a resource, from its state in an event."""
        return self.own.get(str(state.get("provider") or "").rpartition("::")[0], self.usual)


def subscriptions_of(events: Iterable[Event], usual: str) -> Subscriptions:
    """The subscriptions that the provider instances of a run name; `usual` is that of all others."""
    own: dict[str, str] = {}
    for event in events:
        state = event.metadata.get("new") or event.metadata.get("old") or {}
        if not str(state.get("type", "")).startswith(PROVIDER):
            continue
        named = decode(state.get("inputs") or {}).get("subscriptionId")
        if isinstance(named, str):
            own[str(state["urn"])] = named
    return Subscriptions(usual, own)


def step_id(metadata: Mapping[str, Any], token: str, subscriptions: Subscriptions, *, replaced: bool) -> str | None:
    """The id in a step's event; of a planned replacement, `replaced`, the one that goes. None while it is not known."""
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    type_ = by_token(token)
    before = _known(old.get("id"))
    if replaced and before:
        return before
    now = _known(new.get("id"))
    if now or type_ is None:
        return now or before
    if new.get("inputs"):
        return conversion.arm_id(type_, decode(new["inputs"]), subscriptions.of(new)) or before
    return before


def _known(id: Any) -> str | None:
    return None if not id or id in UNKNOWNS else str(id)
