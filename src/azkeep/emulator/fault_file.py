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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml

from azkeep.emulator import injected
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.fault_kinds import KINDS
from azkeep.emulator.injected import ENDLESS, Fault
from azkeep.errors import Problems, SettingsError, Source

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
_T = TypeVar("_T")


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
    """The faults that `file` declares. Raises SettingsError with the line of what is wrong, Problems for several."""
    problems = _Problems()
    members: dict[str, _Place] = problems.caught({}, _members, _root(file), TOP, problems)
    entries: list[_Place] = problems.caught([], _items, members["faults"]) if "faults" in members else []
    faults: list[Fault | None] = [problems.caught(None, _fault, each, problems) for each in entries]
    plan = FaultPlan(
        faults=tuple(fault for fault in faults if fault is not None),
        seed=int(problems.number(members, "seed", 0, 2**31, whole=True)),
        latency=problems.number(members, "latency", 0, 60_000, whole=False),
    )
    problems.refuse()
    return plan


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


class _Problems:
    """Collects what is wrong in one file, so that all of it is told at once."""

    def __init__(self) -> None:
        self.found: list[SettingsError] = []

    def caught(self, otherwise: _T, call: Callable[..., _T], *given: Any) -> _T:
        """What `call` gives, or `otherwise` with its error kept."""
        try:
            return call(*given)
        except SettingsError as error:
            self.found.append(error)
            return otherwise

    def number(self, members: Mapping[str, _Place], name: str, low: float, high: float, *, whole: bool) -> float:
        """The number that `members` name, 0 for none and for a wrong one."""
        return self.caught(0.0, lambda: members[name].number(name, low, high, whole=whole)) if name in members else 0.0

    def refuse(self) -> None:
        """Raises what was found, by lines."""
        found = sorted(self.found, key=lambda error: (error.source and error.source.line) or 0)
        if found:
            raise found[0] if len(found) == 1 else Problems(found)


def _members(place: _Place, known: frozenset[str], problems: _Problems) -> dict[str, _Place]:
    if not isinstance(place.value, dict):
        raise place.wrong(
            "a mapping is expected here (`name: value` lines)", f"write one or more of: {', '.join(sorted(known))}"
        )
    for name, inner in place.value.items():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            problems.found.append(
                inner.wrong(
                    f"'{name}' is not known here",
                    f"Did you mean '{close[0]}'?" if close else f"write one of: {', '.join(sorted(known))}",
                )
            )
    return dict(place.value)


def _items(place: _Place) -> list[_Place]:
    if not isinstance(place.value, list):
        raise place.wrong("a list of faults is expected here", "begin each with `- kind: …`")
    return place.value


def _fault(place: _Place, problems: _Problems) -> Fault:
    members = _members(place, TEXTS | NUMBERS.keys(), problems)
    given: dict[str, Any] = problems.caught({}, _defaults_of, place, members)
    for name in NUMBERS.keys() & members.keys():
        low, high = NUMBERS[name]
        found = problems.number(members, name, low, high, whole=name in WHOLE)
        given[name] = int(found) if name in WHOLE else found
    if "probability" in members and "times" not in members:
        given["times"] = ENDLESS
    given |= {name: problems.caught("", _text, members[name], name) for name in ("code", "message") if name in members}
    if "type" in members:
        given["type"] = ",".join(problems.caught("", _text, each, "type") for each in _one_or_more(members["type"]))
    given["method"] = problems.caught("*", _methods, members["verb"]) if "verb" in members else given.get("method", "*")
    given["path"] = problems.caught("", _path, members)
    return dataclasses.replace(Fault("*", ""), **given)


def _defaults_of(place: _Place, members: Mapping[str, _Place]) -> dict[str, Any]:
    """What the fault's kind means where the file says nothing else."""
    kind = members.get("kind")
    if kind is not None and kind.value in KINDS:
        return dict(KINDS[str(kind.value)])
    shown = f"'{kind.value}' is no kind of fault" if kind else "a fault has no kind"
    close = get_close_matches(str(kind.value), KINDS, n=1) if kind else ()
    raise (kind or place).wrong(shown, f"Did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(KINDS)}")


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
