"""What azkeep.yaml says of rules' names and parameters, held to the rules that exist; problems have their line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.model.value import get, join, leaves
from azkeep.policy.evaluate import Parameters
from azkeep.policy.rule import Rule
from azkeep.settings import yaml_lines
from azkeep.settings.project import SETTINGS_FILE

EXPLAINED = "azkeep check --explain RULE shows a rule's parameters."


def parameters_of(rules: Iterable[Rule], given: Mapping[str, Any], root: Path, env: str | None) -> Parameters:
    """`given` by rule id, or by the name of a parameter. Raises SettingsError, or Problems, for what no rule has."""
    all_rules = tuple(rules)
    by_id = {rule.id: rule for rule in all_rules}
    problems: list[AzkeepError] = []
    of_rule: dict[str, Mapping[str, Any]] = {}
    shared: dict[str, Any] = {}
    for key, value in given.items():
        if key not in by_id:
            problems += _problems(all_rules, (key,), value, root, env)
            shared[key] = _fitted(all_rules, key, value)
        elif isinstance(value, Mapping):
            for name, item in value.items():
                problems += _problems((by_id[key],), (key, str(name)), item, root, env)
            of_rule[key] = {name: _fitted((by_id[key],), name, item) for name, item in value.items()}
        else:
            problems.append(_odd((key,), value, "`name: value` lines", root, env))
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return Parameters(shared, of_rule)


def in_settings(error: AzkeepError, root: Path) -> SettingsError:
    """A name that no rule has, said of the line of azkeep.yaml where it stands."""
    document = yaml_lines.load(root / SETTINGS_FILE)
    places = (
        f"/policies{pointer}"
        for pointer, value in leaves(get(document.value, "/policies"))
        if value == error.subject and ("/include/" in pointer or "/exclude/" in pointer)
    )
    return SettingsError(
        error.summary, fix=error.fix, subject=error.subject, source=document.source(next(places, "/policies"))
    )


def setting_line(root: Path, pointer: str) -> Source:
    """The line of azkeep.yaml where `pointer` stands."""
    return yaml_lines.load(root / SETTINGS_FILE).source(pointer)


def _problems(
    rules: tuple[Rule, ...], parts: tuple[str, ...], value: Any, root: Path, env: str | None
) -> Iterator[AzkeepError]:
    name = parts[-1]
    defaults = [rule.parameters[name] for rule in rules if name in rule.parameters]
    if not defaults:
        yield _nameless(rules, parts, root, env)
        return
    wanted = next((word for default in defaults if (word := _lacking(default, value))), "")
    if wanted:
        yield _odd(parts, value, wanted, root, env)


def _nameless(rules: tuple[Rule, ...], parts: tuple[str, ...], root: Path, env: str | None) -> SettingsError:
    known = sorted({name for rule in rules for name in rule.parameters})
    close = get_close_matches(parts[-1], known if len(parts) > 1 else [*known, *(rule.id for rule in rules)], n=1)
    fix = f"Did you mean `{close[0]}`?" if close else EXPLAINED
    if len(parts) > 1 and not close:
        fix = f"Known here: {', '.join(known)}." if known else "It has none."
    who = "no rule" if len(parts) == 1 else parts[0]
    summary = f"{who} has the parameter `{parts[-1]}`" if len(parts) == 1 else f"{who} has no parameter `{parts[-1]}`"
    return SettingsError(summary, fix=fix, subject=".".join(parts), source=_place(parts, root, env))


def _odd(parts: tuple[str, ...], value: Any, wanted: str, root: Path, env: str | None) -> SettingsError:
    name = ".".join(parts)
    given = "" if isinstance(value, dict | list) or value is None else f", not `{value}`"
    return SettingsError(f"`{name}` must be {wanted}{given}", subject=name, source=_place(parts, root, env),
                         fix=EXPLAINED)  # fmt: skip


def _place(parts: tuple[str, ...], root: Path, env: str | None) -> Source:
    document = yaml_lines.load(root / SETTINGS_FILE)
    places = [f"/policies/environments/{env}/parameters", "/policies/parameters"]
    own = next((place for place in places if get(document.value, f"{place}{join(parts[:1])}") is not None), places[-1])
    return document.source(own + join(parts))


def _lacking(default: Any, value: Any) -> str:
    """What `value` should have been where it is of another kind than `default`; "" where it will do."""
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(default, int | float):
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else "a number"
    if isinstance(default, str):
        return "" if isinstance(value, str) else "a text"
    if isinstance(default, tuple):
        return "" if isinstance(value, list) else "a list"
    takes_names = _takes_names(default) and isinstance(value, list) and all(isinstance(each, str) for each in value)
    return "" if isinstance(value, Mapping) or takes_names else "`name: value` lines"


def _takes_names(default: Any) -> bool:
    """A mapping in which a name may stand alone."""
    return isinstance(default, Mapping) and None in default.values()


def _fitted(rules: tuple[Rule, ...], name: str, value: Any) -> Any:
    """The value as rules take it: a tuple for a list, a mapping for names that may stand alone."""
    default = next((rule.parameters[name] for rule in rules if name in rule.parameters), None)
    if isinstance(value, list) and _takes_names(default):
        return dict.fromkeys(value)
    return tuple(value) if isinstance(value, list) else value
