"""Which rules count: by id, prefix of an id, tag, or the framework that they map to."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from azkeep.errors import AzkeepError, Problems, UsageError
from azkeep.policy.rule import Rule

FRAMEWORKS = ("azure_policy", "mcsb", "cis", "checkov", "psrule")


def select(rules: tuple[Rule, ...], include: Iterable[str] | None, exclude: Iterable[str]) -> tuple[Rule, ...]:
    """The rules that one of `include` names (None for all) and none of `exclude`, in their order.

    A name is a rule id, a prefix such as `AML` or `AML-NET`, `tag:network`, `framework:mcsb`, or
    `framework:cis=2.0.0:8.7` for one control. Raises UsageError, or Problems, for names that no rule has.
    """
    wanted = None if include is None else tuple(include)
    unwanted = tuple(exclude)
    _refuse_nameless(rules, (*(wanted or ()), *unwanted))
    return tuple(
        rule
        for rule in rules
        if (wanted is None or any(is_named(rule, name) for name in wanted))
        and not any(is_named(rule, name) for name in unwanted)
    )


def is_named(rule: Rule, name: str) -> bool:
    """True where `name` means `rule`, among others or alone; names have no letter case."""
    folded = name.strip().casefold()
    if folded.startswith("tag:"):
        return folded.removeprefix("tag:") in {tag.casefold() for tag in rule.tags}
    if folded.startswith("framework:"):
        framework, _, control = folded.removeprefix("framework:").partition("=")
        controls = controls_of(rule, framework)
        return bool(controls) if not control else control in {each.casefold() for each in controls}
    own = rule.id.casefold()
    return own == folded or own.startswith(f"{folded.rstrip('-')}-")


def controls_of(rule: Rule, framework: str) -> tuple[str, ...]:
    """The controls of `framework` that the rule maps to; () for a framework that is not known."""
    name = framework.casefold().replace("-", "_")
    return tuple(getattr(rule.maps, name)) if name in FRAMEWORKS else ()


def nearest(name: str, rules: Iterable[Rule]) -> str:
    """What to type instead of a `name` that no rule has."""
    given = tuple(rules)
    words = [rule.id for rule in given] + [f"tag:{tag}" for rule in given for tag in rule.tags]
    words += [f"framework:{framework}" for framework in FRAMEWORKS]
    spelled = {word.casefold(): word for word in words}
    close = get_close_matches(name.strip().casefold(), spelled, n=1, cutoff=0.7)
    return f"Did you mean {spelled[close[0]]}?" if close else "azkeep check --list shows all rules."


def _refuse_nameless(rules: tuple[Rule, ...], names: tuple[str, ...]) -> None:
    problems: list[AzkeepError] = []
    for name in names:
        if any(is_named(rule, name) for rule in rules):
            continue
        problems.append(UsageError(f"no rule is called {name}", subject=name, fix=nearest(name, rules)))
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
