"""The rules as a CrossGuard pack, for plain `pulumi preview --policy-pack`. The only importer of pulumi_policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from azkeep.model.drift import Severity
from azkeep.model.finding import WAIVER_TOKEN, Finding, Verdict, Waiver
from azkeep.model.resource import Resource
from azkeep.model.value import Reference, Unknown, split
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import Parameters, evaluate
from azkeep.policy.granted import granted
from azkeep.policy.rule import Needs, Rule
from azkeep.policy.waiving import waive
from azkeep.types import by_token, conversion

UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's words for a value that is not known yet, one for each kind. Source: pulumi_policy.proxy."""

SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-fA-F-]{36})/")
Report = Callable[..., None]


def make_pack(rules: Iterable[Rule], waivers: Iterable[Waiver] = ()) -> PolicyPack:
    """The running pack. Rules from high on are mandatory, all others advisory; a configuration may say otherwise."""
    granted_in_file = tuple(waivers)
    declared: dict[str, Mapping[str, Any]] = {}
    policies = [_policy(rule, granted_in_file, declared) for rule in rules if rule.needs is not Needs.LIVE]
    return PolicyPack("azkeep", policies, EnforcementLevel.ADVISORY)


def _policy(
    rule: Rule, waivers: tuple[Waiver, ...], declared: dict[str, Mapping[str, Any]]
) -> ResourceValidationPolicy | StackValidationPolicy:
    """The rule as a policy. `declared` collects inputs by URN: at the end of a preview the engine shows a pack only
    what the provider expects, where everything that was left out is not known."""

    def judge_resource(args: Any, report: Report) -> None:
        declared[args.urn] = _raw(args.props)
        resource = _resource(args, declared[args.urn], {})
        if resource.body is not None and rule.may_judge_in(resource.type):
            _report(rule, (resource,), waivers, args.get_config(), report)

    def judge_stack(args: Any, report: Report) -> None:
        resources = tuple(
            _resource(each, declared.get(each.urn) or _raw(each.props), _urns(each.property_dependencies))
            for each in args.resources
        )
        resources = with_ids(resources)
        _report(rule, resources, (*waivers, *granted(resources)), args.get_config(), report)

    facts: dict[str, Any] = {
        "name": rule.id,
        "description": rule.title,
        "enforcement_level": _level(rule.severity),
        "config_schema": _schema(rule),
        "remediation_steps": rule.fix,
    }
    if rule.needs is Needs.ATTRIBUTE:
        return ResourceValidationPolicy(validate=judge_resource, **facts)
    return StackValidationPolicy(validate=judge_stack, **facts)


def _level(severity: Severity) -> EnforcementLevel:
    return EnforcementLevel.MANDATORY if severity.rank >= Severity.HIGH.rank else EnforcementLevel.ADVISORY


def _report(
    rule: Rule, resources: tuple[Resource, ...], waivers: Iterable[Waiver], config: Mapping[str, Any], report: Report
) -> None:
    parameters = Parameters(of_rule={rule.id: {name: _plain(value) for name, value in config.items()}})
    estate = Estate.of_resources(resources, is_part=rule.needs is Needs.ATTRIBUTE)
    found = evaluate((rule,), estate, parameters)
    kept = waive(found, waivers, frozenset(), datetime.now(UTC).date()).findings
    for finding in kept:
        if finding.verdict in (Verdict.FAIL, Verdict.ERROR):
            report(_words(finding), finding.urn or None)


def _words(finding: Finding) -> str:
    places = "; ".join(f"{_dotted(place.path)} is {_shown(place.found)}" for place in finding.evidence[:3])
    what = finding.message or places or finding.title
    return f"{finding.name}: {what}. {finding.fix}"


def _dotted(pointer: str) -> str:
    return ".".join(split(pointer)) or "the resource"


def _shown(found: Any) -> str:
    return "missing" if found is None else repr(found)


def _schema(rule: Rule) -> PolicyConfigSchema | None:
    if not rule.parameters:
        return None
    return PolicyConfigSchema({name: _kind(default) for name, default in rule.parameters.items()})


def _kind(default: Any) -> dict[str, Any]:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", tuple: "array"}
    kind = next((word for type_, word in kinds.items() if isinstance(default, type_)), "object")
    return {"type": kind, "items": {}} if kind == "array" else {"type": kind}


def _plain(value: Any) -> Any:
    """A value of the pack's configuration, where every number is a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return tuple(_plain(item) for item in value) if isinstance(value, list) else value


def _urns(dependencies: Mapping[str, Iterable[Any]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(each.urn for each in found) for key, found in dependencies.items()}


def _resource(args: Any, raw: Mapping[str, Any], dependencies: Mapping[str, tuple[str, ...]]) -> Resource:
    """What CrossGuard says of a resource, in azkeep's words; outputs that are no inputs are left out."""
    type_ = by_token(args.resource_type)
    names = type_.schema.inputs.properties if type_ else {}
    given = {key: value for key, value in raw.items() if type_ is None or key in names or key in type_.path_inputs}
    outputs = _raw(args.props)
    given = {**{key: value for key, value in outputs.items() if _is_plain(value)}, **given}
    inputs = {key: _decoded(value, key, dependencies.get(key, ())) for key, value in given.items()}
    id = outputs.get("id") if isinstance(outputs.get("id"), str) and outputs.get("id") not in UNKNOWNS else None
    parent = getattr(args, "parent", None)
    return Resource(
        urn=args.urn,
        token=args.resource_type,
        type=type_.arm_type if type_ else args.resource_type,
        name=args.name,
        id=id if type_ else None,
        inputs=inputs,
        body=conversion.to_body(type_, inputs) if type_ else None,
        parent=parent.urn if parent is not None else "",
        is_component=args.resource_type == WAIVER_TOKEN,
        protect=bool(args.opts.protect),
    )


def _is_plain(value: Any) -> bool:
    """A known scalar, such as an identity's `principalId`, which other resources' inputs hold."""
    return isinstance(value, str | bool | int) and value not in UNKNOWNS


def with_ids(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """`resources` with the ARM ids that their names give: the engine shows a pack no ids, but inputs of other
    resources hold them once they exist, and name the subscription."""
    counted = Counter(_subscriptions([each.inputs for each in resources]))
    if not counted:
        return resources
    subscription = counted.most_common(1)[0][0]
    return tuple(replace(each, id=each.id or _arm_id(each, subscription)) for each in resources)


def _arm_id(resource: Resource, subscription: str) -> str | None:
    type_ = by_token(resource.token)
    return conversion.arm_id(type_, resource.inputs, subscription) if type_ else None


def _subscriptions(value: Any) -> Iterator[str]:
    """The subscription of every ARM id in `value`."""
    if isinstance(value, str):
        found = SUBSCRIPTION.match(value)
        if found:
            yield found[1].lower()
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _subscriptions(item)


def _raw(value: Any) -> Any:
    """The value behind CrossGuard's proxies, which raise where something is not known."""
    if isinstance(value, Mapping | Sequence) and not isinstance(value, dict | list | str):
        return _raw(value["__target"])  # type: ignore[call-overload]
    if isinstance(value, dict):
        return {key: _raw(item) for key, item in value.items()}
    return [_raw(item) for item in value] if isinstance(value, list) else value


def _decoded(value: Any, name: str, urns: tuple[str, ...]) -> Any:
    """`value` with Unknown for what is not known, or the id of the one resource that it comes from."""
    if isinstance(value, str) and value in UNKNOWNS:
        if len(urns) == 1:
            return Reference(urns[0], "id" if name.lower().endswith("id") else "name" if name.endswith("Name") else "")
        return Unknown()
    if isinstance(value, dict):
        return {key: _decoded(item, key, urns) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item, name, urns) for item in value]
    return value
