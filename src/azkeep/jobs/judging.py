"""Judging an estate by the project's policies: what `check`, `preview`, `apply` and `audit` share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from azkeep.errors import AzkeepError, Problems, SettingsError, UsageError
from azkeep.model.drift import Severity
from azkeep.model.finding import Checked, Finding, Waiver
from azkeep.policy.baseline import accept, load_baseline
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import Parameters, evaluate
from azkeep.policy.facts import facts_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Rule
from azkeep.policy.selection import select
from azkeep.policy.waiving import waive
from azkeep.settings import azkeep_yaml
from azkeep.settings.policies import Enforcement, Profile
from azkeep.settings.project import SETTINGS_FILE
from azkeep.settings.waivers import load_waivers


@dataclass(frozen=True)
class Asked:
    """What the command line says, None where it is silent."""

    fail_on: Severity | None = None
    profile: str | None = None
    rules: tuple[str, ...] = ()
    baseline: str | None = None


@dataclass(frozen=True)
class Bench:
    """Everything that judges: the rules that count, their parameters, the threshold, waivers and the baseline."""

    rules: tuple[Rule, ...]
    parameters: Parameters
    fail_on: Severity
    profile: str
    enforcement: Enforcement
    waivers: tuple[Waiver, ...] = ()
    known: frozenset[str] = frozenset()

    @cached_property
    def judged(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.rules)

    def judge(
        self,
        estate: Estate,
        *,
        what: str,
        waivers: Iterable[Waiver] = (),
        not_seen: tuple[str, ...] = (),
        show_all: bool = False,
    ) -> Checked:
        """The judgement of `estate`; `waivers` are those that its program grants itself."""
        found = evaluate(self.rules, estate, self.parameters)
        waived = waive(found, (*self.waivers, *waivers), self.judged, datetime.now(UTC).date())
        return Checked(
            findings=accept(_ordered(waived.findings), self.known),
            rules=tuple(facts_of(rule, self.parameters) for rule in self.rules),
            fail_on=self.fail_on,
            profile=self.profile,
            what=what,
            resources=len(estate.given),
            ending=waived.ending,
            not_seen=not_seen,
            show_all=show_all,
            is_advisory=self.enforcement is not Enforcement.MANDATORY,
        )


def bench_of(root: Path, env: str | None, asked: Asked | None = None) -> Bench:
    """What judges in the project at `root` and environment `env`. Raises SettingsError, UsageError or Problems."""
    wanted = asked or Asked()
    settings = azkeep_yaml.load(root).policies
    choice = settings.of(env)
    all_rules = rules_of(root)
    include = wanted.rules or choice.include
    rules = select(all_rules, include, choice.exclude or ())
    profile = Profile(wanted.profile) if wanted.profile else (choice.profile or Profile.SECURE_ENTERPRISE)
    threshold = wanted.fail_on or (profile.fails_on if wanted.profile else choice.fail_on) or profile.fails_on
    named = wanted.baseline or settings.baseline
    return Bench(
        rules=rules,
        parameters=_parameters(all_rules, choice.parameters or {}),
        fail_on=threshold,
        profile=profile.value,
        enforcement=choice.enforcement or Enforcement.MANDATORY,
        waivers=_granted(root, env, all_rules),
        known=load_baseline(_beside(root, named, typed=wanted.baseline is not None)) if named else frozenset(),
    )


def rules_of(root: Path) -> tuple[Rule, ...]:
    """azkeep's own rules and the project's, by id. Raises SettingsError where the project's take an id that exists."""
    own = azkeep_yaml.load(root).policies.folder
    rules = list(load_rules(shipped()))
    folder = root / own if own else None
    if folder is not None and folder.resolve() != shipped().resolve():
        taken = {rule.id for rule in rules}
        added = load_rules(folder)
        doubled = [rule.id for rule in added if rule.id in taken]
        if doubled:
            raise SettingsError(
                f"{doubled[0]} is a rule of azkeep's own", subject=str(folder), fix="Choose another id."
            )
        rules += added
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _granted(root: Path, env: str | None, rules: tuple[Rule, ...]) -> tuple[Waiver, ...]:
    waivers = load_waivers(root, env)
    ids = {rule.id for rule in rules}
    problems: list[AzkeepError] = [
        SettingsError(f"no rule is called {waiver.rule}", subject=waiver.rule, source=waiver.source,
                      fix="azkeep check --list shows all rules.")
        for waiver in waivers
        if waiver.rule not in ids
    ]  # fmt: skip
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return waivers


def _parameters(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> Parameters:
    """`given` by rule id, or by the name of a parameter. Raises UsageError for what no rule has."""
    by_id = {rule.id: rule for rule in rules}
    names = {name for rule in rules for name in rule.parameters}
    of_rule: dict[str, Mapping[str, Any]] = {}
    shared: dict[str, Any] = {}
    for key, value in given.items():
        if key in by_id and isinstance(value, Mapping):
            unknown = [name for name in value if name not in by_id[key].parameters]
            if unknown:
                raise _no_parameter(f"{key}: {unknown[0]}", tuple(by_id[key].parameters))
            of_rule[key] = {name: _frozen(item) for name, item in value.items()}
        elif key in names:
            shared[key] = _frozen(value)
        else:
            raise _no_parameter(key, ())
    return Parameters(shared, of_rule)


def _no_parameter(name: str, known: tuple[str, ...]) -> AzkeepError:
    fix = f"Known here: {', '.join(known)}." if known else "azkeep check --explain RULE shows a rule's parameters."
    return UsageError(f"no rule has the parameter `{name}`", subject=f"policies.parameters in {SETTINGS_FILE}", fix=fix)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _beside(root: Path, name: str, *, typed: bool) -> Path:
    """A file named on the command line is meant from the working folder, one in azkeep.yaml from there."""
    return Path(name) if typed else root / name


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first, then by resource and rule."""
    return tuple(
        sorted(
            findings, key=lambda each: (-each.severity.rank, (each.id or each.urn or each.name).casefold(), each.rule)
        )
    )
