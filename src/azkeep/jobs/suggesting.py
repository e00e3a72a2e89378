"""What to write in the stack, so that a finding is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from azkeep.model.finding import Checked, Finding, Suggestion, Verdict
from azkeep.model.resource import Resource
from azkeep.model.value import join, put
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import Parameters, judge
from azkeep.policy.rule import Rule
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType


def with_suggestions(
    checked: Checked, rules: Iterable[Rule], resources: Iterable[Resource], parameters: Parameters
) -> Checked:
    """`checked` with a line of Python for every failure that the value its rule knows would put right."""
    sets = {rule.id: rule for rule in rules if rule.sets}
    declared = tuple(resources)
    by_urn = {resource.urn: resource for resource in declared}
    found = tuple(
        suggestion
        for finding in checked.findings
        if finding.verdict is Verdict.FAIL and finding.rule in sets and finding.urn in by_urn
        if _is_gone(finding, sets[finding.rule], declared, parameters)
        for suggestion in _suggested(finding, by_urn[finding.urn], sets[finding.rule].sets)
    )
    return replace(checked, suggestions=found)


def _is_gone(finding: Finding, rule: Rule, resources: tuple[Resource, ...], parameters: Parameters) -> bool:
    """The finding is not there any more once what the rule sets is set; it may have another cause as well."""
    if any("*" in path for path in rule.sets):
        return False
    estate = Estate.of_resources(
        replace(each, body=_set(each.body, rule.sets)) if each.urn == finding.urn else each for each in resources
    )
    document = estate.declared(finding.urn)
    return document is not None and judge(rule, document, parameters.chosen(rule)).verdict is not Verdict.FAIL


def _set(body: Any, sets: Mapping[str, Any]) -> Any:
    for path, value in sets.items():
        body = put(body, join(tuple(path.split("."))), value)
    return body


def _suggested(finding: Finding, resource: Resource, sets: Mapping[str, Any]) -> Iterable[Suggestion]:
    type_ = by_token(resource.token)
    if type_ is None:
        return
    for path, value in sets.items():
        argument = argument_of(type_, path)
        if argument is not None:
            text = f"{argument}={python(value)} in {resource.token.rsplit(':', 1)[-1]}({resource.name!r}, …)"
            yield Suggestion(finding.fingerprint, text, resource.source)


def argument_of(type_: ResourceType, path: str) -> str | None:
    """The Python argument of the class that ends up at a dotted path of the document; None if there is none."""
    wanted = join(tuple(path.split(".")))
    for name in type_.schema.inputs.properties:
        given = conversion.pointer(type_, (name,))
        if given == wanted:
            return snake(name)
        if wanted.startswith(f"{given}/"):
            inner = wanted[len(given) + 1 :].split("/")
            return ".".join((snake(name), *map(snake, inner)))
    return None


def snake(name: str) -> str:
    """An azure-native input as Python spells it: `publicNetworkAccess` → `public_network_access`."""
    found = ""
    for index, letter in enumerate(name):
        begins = letter.isupper() and index and (not name[index - 1].isupper() or name[index + 1 : index + 2].islower())
        found += f"_{letter.lower()}" if begins else letter.lower()
    return found


def python(value: Any) -> str:
    """A JSON value as Python writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
