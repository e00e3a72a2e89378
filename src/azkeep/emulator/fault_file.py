"""Declared faults in a small YAML file:

seed: 7
latency: 20                # milliseconds that every answer is held back
faults:
  - kind: throttled        # a kind of fault_kinds.KINDS
    type: Microsoft.Network/virtualNetworks/subnets    # or a list; a star stands for anything
    verb: [PUT, DELETE]
    times: 2
  - kind: dropped-after
    name: hub-*            # the last name of the resource
    probability: 0.1       # then without end, unless `times` says how often
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from azkeep.emulator import injected
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.fault_kinds import KINDS
from azkeep.emulator.injected import ENDLESS, Fault
from azkeep.errors import SettingsError, Source

MANAGEMENT = "^/+(subscriptions|providers|tenants)"
"""Requests to Resource Manager: tokens and metadata meet a fault only where its `path` says so."""
METHODS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE", "POST", "*"})
TOP = frozenset({"seed", "latency", "faults"})
NUMBERS: Mapping[str, tuple[float, float]] = {
    "times": (-1, 1_000_000),
    "skip": (0, 1_000_000),
    "probability": (0.0, 1.0),
    "retry_after": (0, 3600),
    "delay": (0.0, 3600.0),
    "seconds": (0.0, 86_400.0),
    "status": (0, 599),
}
"""Members that hold a number, with its bounds."""
TEXTS = frozenset({"kind", "type", "name", "path", "verb", "code", "message"})
WHOLE = frozenset({"times", "skip", "retry_after", "status"})


@dataclass(frozen=True)
class FaultPlan:
    """What a file declares; `latency` in milliseconds."""

    faults: tuple[Fault, ...] = ()
    seed: int = 0
    latency: float = 0.0


@dataclass(frozen=True)
class _Place:
    """Something in the file, and where it stands."""

    file: Path
    line: int
    value: Any

    def wrong(self, summary: str, fix: str = "") -> SettingsError:
        return SettingsError(summary, fix=fix, source=Source(str(self.file), self.line))

    def number(self, what: str, low: float, high: float, *, whole: bool) -> float:
        value: Any = self.value
        is_number = isinstance(value, int) or (isinstance(value, float) and not whole)
        if isinstance(value, bool) or not is_number or not low <= value <= high:
            raise self.wrong(f"'{what}' must be a number from {low} to {high}, not {value!r}")
        return float(value)


def load(file: Path) -> FaultPlan:
    """The faults that `file` declares. Raises SettingsError with the line of what is wrong."""
    members = _members(_root(file), TOP)
    entries = members.get("faults")
    seed, latency = members.get("seed"), members.get("latency")
    return FaultPlan(
        faults=tuple(_fault(each) for each in _items(entries)) if entries else (),
        seed=int(seed.number("seed", 0, 2**31, whole=True)) if seed else 0,
        latency=latency.number("latency", 0, 60_000, whole=False) if latency else 0.0,
    )


def declare(cloud: Cloud, plan: FaultPlan) -> None:
    """Faults and latency are from now on those of `plan`."""
    injected.declare(cloud, plan.faults, seed=plan.seed)
    injected.delayed(cloud, plan.latency)


def _root(file: Path) -> _Place:
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        summary = f"the file of faults cannot be read: {error.strerror}"
        raise SettingsError(
            summary, fix="Name a file that is there.", subject=str(file), source=Source(str(file))
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise SettingsError("the file of faults is no YAML", source=Source(str(file), line)) from None
    return _placed(file, node) if node is not None else _Place(file, 1, {})


def _placed(file: Path, node: yaml.Node) -> _Place:
    """The node with lines kept: an object is a dict of places, a list a list of places, a scalar its value."""
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _Place(file, line, {str(key.value): _placed(file, value) for key, value in node.value})
    if isinstance(node, yaml.SequenceNode):
        return _Place(file, line, [_placed(file, each) for each in node.value])
    loader = yaml.SafeLoader("")
    try:
        return _Place(file, line, loader.construct_object(node))
    except (yaml.YAMLError, ValueError):
        return _Place(file, line, node.value)
    finally:
        loader.dispose()


def _members(place: _Place, known: frozenset[str]) -> dict[str, _Place]:
    if not isinstance(place.value, dict):
        raise place.wrong(
            "a mapping is expected here (`name: value` lines)", f"write one or more of: {', '.join(sorted(known))}"
        )
    for name, inner in place.value.items():
        if name not in known:
            raise inner.wrong(f"'{name}' is not known here", f"write one of: {', '.join(sorted(known))}")
    return dict(place.value)


def _items(place: _Place) -> list[_Place]:
    if not isinstance(place.value, list):
        raise place.wrong("a list of faults is expected here", "begin each with `- kind: …`")
    return place.value


def _fault(place: _Place) -> Fault:
    members = _members(place, TEXTS | NUMBERS.keys())
    kind = members.get("kind")
    if kind is None or kind.value not in KINDS:
        at = kind or place
        shown = f"'{kind.value}' is no kind of fault" if kind else "a fault has no kind"
        close = get_close_matches(str(kind.value), KINDS, n=1) if kind else ()
        raise at.wrong(shown, f"Did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(KINDS)}")
    given: dict[str, Any] = dict(KINDS[str(kind.value)])
    for name, (low, high) in NUMBERS.items():
        if name in members:
            found = members[name].number(name, low, high, whole=name in WHOLE)
            given[name] = int(found) if name in WHOLE else found
    if "probability" in members and "times" not in members:
        given["times"] = ENDLESS
    given |= {name: _text(members[name], name) for name in ("code", "message") if name in members}
    if "type" in members:
        given["type"] = ",".join(_text(each, "type") for each in _one_or_more(members["type"]))
    given["method"] = _methods(members["verb"]) if "verb" in members else given.get("method", "*")
    given["path"] = _path(members)
    return dataclasses.replace(Fault("*", ""), **given)


def _text(place: _Place, name: str) -> str:
    if not isinstance(place.value, str) or not place.value:
        raise place.wrong(f"'{name}' must be text")
    return place.value


def _one_or_more(place: _Place) -> list[_Place]:
    return place.value if isinstance(place.value, list) else [place]


def _methods(place: _Place) -> str:
    methods = [str(each.value).upper() for each in _one_or_more(place)]
    if not methods or not set(methods) <= METHODS:
        raise place.wrong(f"'{', '.join(methods)}' is no verb of HTTP", f"choose from: {', '.join(sorted(METHODS))}")
    return ",".join(methods)


def _path(members: Mapping[str, _Place]) -> str:
    """One regular expression for `path`, a regular expression itself, or for `name`, a pattern of the last name."""
    path, name = members.get("path"), members.get("name")
    if path is not None and name is not None:
        raise name.wrong("a fault has either 'path' or 'name'")
    if name is not None:
        parts = (re.escape(part) for part in _text(name, "name").split("*"))
        return f"/{'[^/]*'.join(parts)}/?$"
    if path is None:
        return MANAGEMENT
    try:
        re.compile(_text(path, "path"))
    except re.error as error:
        raise path.wrong(f"'path' is no regular expression: {error}") from None
    return str(path.value)
