"""Judging an estate by the project's policies: what `check`, `preview`, `apply` and `audit` share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from azkeep.errors import AzkeepError, Problems, SettingsError, Source, UsageError
from azkeep.jobs.parameters import in_settings, parameters_of, setting_line
from azkeep.model.drift import Severity
from azkeep.model.finding import Checked, Finding, Waiver
from azkeep.model.value import join
from azkeep.policy.baseline import accept, load_baseline
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import Parameters, evaluate
from azkeep.policy.facts import facts_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Rule
from azkeep.policy.selection import select
from azkeep.policy.waiving import waive
from azkeep.settings import azkeep_yaml
from azkeep.settings.environments import known_environments
from azkeep.settings.policies import Enforcement, PolicyChoice, PolicySettings, Profile
from azkeep.settings.waivers import load_waivers, no_such_rule


@dataclass(frozen=True)
class Asked:
    """What the command line says, None where it is silent."""

    fail_on: Severity | None = None
    profile: str | None = None
    rules: tuple[str, ...] = ()
    baseline: str | None = None


@dataclass(frozen=True)
class Bench:
    """Everything that judges: the rules that count, their parameters, the threshold, waivers and the baseline.

    `ids` are those of all rules, chosen or not.
    """

    rules: tuple[Rule, ...]
    parameters: Parameters
    fail_on: Severity
    profile: str
    enforcement: Enforcement
    ids: frozenset[str] = frozenset()
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
        """The judgement of `estate`; `waivers` are those that its program grants itself.

        Raises SettingsError, or Problems, where one of them is of a rule that does not exist.
        """
        self._refuse_nameless(waivers := tuple(waivers))
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

    def _refuse_nameless(self, waivers: tuple[Waiver, ...]) -> None:
        known = {id.casefold() for id in self.ids}
        problems: list[AzkeepError] = [
            no_such_rule(waiver.rule, self.ids, waiver.source)
            for waiver in waivers
            if self.ids and waiver.rule.casefold() not in known
        ]
        if problems:
            raise problems[0] if len(problems) == 1 else Problems(problems)


def bench_of(root: Path, env: str | None, asked: Asked | None = None) -> Bench:
    """What judges in the project at `root` and environment `env`. Raises SettingsError, UsageError or Problems."""
    wanted = asked or Asked()
    settings = azkeep_yaml.load(root).policies
    choice = settings.of(env)
    _refuse_nowhere(settings, root, env)
    all_rules = rules_of(root)
    ids = frozenset(rule.id for rule in all_rules)
    rules = _selected(all_rules, wanted.rules, choice, root)
    profile = Profile(wanted.profile) if wanted.profile else (choice.profile or Profile.SECURE_ENTERPRISE)
    threshold = wanted.fail_on or (profile.fails_on if wanted.profile else choice.fail_on) or profile.fails_on
    named = wanted.baseline or settings.baseline
    return Bench(
        rules=rules,
        parameters=parameters_of(all_rules, choice.parameters or {}, root, env),
        fail_on=threshold,
        profile=profile.value,
        enforcement=choice.enforcement or Enforcement.MANDATORY,
        ids=ids,
        waivers=load_waivers(root, env, ids),
        known=load_baseline(_beside(root, named, typed=wanted.baseline is not None)) if named else frozenset(),
    )


def rules_of(root: Path) -> tuple[Rule, ...]:
    """azkeep's own rules and the project's, by id. Raises SettingsError where the project's take an id that exists."""
    own = azkeep_yaml.load(root).policies.folder
    rules = list(load_rules(shipped()))
    folder = root / own if own else None
    if folder is not None and not (folder / "rules").is_dir():
        raise SettingsError(f"there is no folder {own}/rules", subject=own or "", fix="It holds rules/*.py.",
                            source=setting_line(root, "/policies/folder"))  # fmt: skip
    if folder is not None and folder.resolve() != shipped().resolve():
        taken = {rule.id for rule in rules}
        added = load_rules(folder)
        doubled = [rule.id for rule in added if rule.id in taken]
        if doubled:
            test = next(rule.test for rule in added if rule.id == doubled[0])
            raise SettingsError(f"{doubled[0]} is a rule of azkeep's own", subject=doubled[0],
                                source=Source(test.__code__.co_filename, test.__code__.co_firstlineno),
                                fix="Choose another id.")  # fmt: skip
        rules += added
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _selected(rules: tuple[Rule, ...], typed: tuple[str, ...], choice: PolicyChoice, root: Path) -> tuple[Rule, ...]:
    """The rules that count. Names that no rule has are told with their line where azkeep.yaml says them."""
    try:
        chosen = select(rules, typed or choice.include, choice.exclude or ())
    except (UsageError, Problems) as error:
        found = error.errors if isinstance(error, Problems) else [error]
        told = [each if each.subject in typed else in_settings(each, root) for each in found]
        raise (told[0] if len(told) == 1 else Problems(told)) from None
    if not chosen:
        raise _none_left(typed, choice, root)
    return chosen


def _none_left(typed: tuple[str, ...], choice: PolicyChoice, root: Path) -> AzkeepError:
    """The error for a choice of rules that leaves none: a judgement by nothing would always be good."""
    if typed:
        named = ", ".join(typed)
        said = f"`policies.exclude` in azkeep.yaml leaves out all that --rules names: {named}"
        return UsageError(said, subject=named,
                          fix="Name other rules, or take them out of `policies.exclude`.")  # fmt: skip
    member = "include" if not choice.include and choice.include is not None else "exclude"
    fixes = {"include": "Name rules there, or take the line out to have them all.",
             "exclude": "Name fewer there; `enforcement: advisory` has rules tell and stop nothing."}  # fmt: skip
    return SettingsError(f"`policies.{member}` leaves no rule to judge by", subject=f"policies.{member}",
                         source=setting_line(root, f"/policies/{member}"), fix=fixes[member])  # fmt: skip


def _refuse_nowhere(settings: PolicySettings, root: Path, env: str | None) -> None:
    """Raises SettingsError, or Problems, for what is said of an environment that no stack has: it would never hold."""
    if settings.environments.keys() <= {env}:
        return
    known = known_environments(root)
    problems: list[AzkeepError] = []
    for name in settings.environments:
        if not known or name in (*known, env):
            continue
        close = get_close_matches(name, known, n=1)
        fix = f"Did you mean `{close[0]}`?" if close else f"Environments here: {', '.join(sorted(known))}."
        line = setting_line(root, f"/policies/environments{join((name,))}")
        problems.append(SettingsError(f"no stack has the environment `{name}`", fix=fix, subject=name, source=line))
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)


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
