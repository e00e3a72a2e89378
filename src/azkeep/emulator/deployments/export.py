"""The template of a resource group as it is now: POST exportTemplate.

Source: Resource Manager REST API 2025-04-01, Resource Groups - Export Template; export-template-portal, limitations.
Names of top-level resources become parameters, references inside the group `resourceId`; secrets are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.documents import OWN_MEMBERS, without
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.rights import enter_reading
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType

SCHEMA = "https://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json#"
ACTION = "Microsoft.Resources/subscriptions/resourceGroups/exportTemplate/action"
LITERAL = ("skipallparameterization", "skipresourcenameparameterization")


@dataclass(frozen=True)
class _Names:
    """How exported resources are called: lower-case id of a top-level one → its parameter; literal names for none."""

    parameters: Mapping[str, str]
    exported: frozenset[str]

    def parts(self, id: ArmId) -> list[str]:
        """The names of a resource as expressions, outermost first."""
        top = ArmId(id.segments[: len(id.segments) - 2 * (len(id.names) - 1)])
        parameter = self.parameters.get(top.key)
        first = f"parameters('{parameter}')" if parameter else _text(id.names[0])
        return [first, *map(_text, id.names[1:])]

    def name(self, id: ArmId) -> str:
        """What stands in a template's `name`."""
        first, *rest = self.parts(id)
        if not first.startswith("parameters("):
            return "/".join(id.names)
        below = "".join(f"/{name}" for name in id.names[1:])
        return f"[concat({first}, {_text(below)})]" if rest else f"[{first}]"

    def reference(self, id: ArmId) -> str:
        return f"[resourceId({', '.join((_text(id.type), *self.parts(id)))})]"


def _text(value: str) -> str:
    """A string literal of an expression."""
    return "'" + value.replace("'", "''") + "'"


def route(cloud: Cloud, request: Request) -> Reply | None:
    """The answer if a group's template is asked for, else None."""
    lowered, scope = request.target.lowered, request.target.scope
    named = len(lowered) == 5 and (lowered[2], lowered[4]) == ("resourcegroups", "exporttemplate")
    if request.method != "POST" or request.target.rest is not None or not named:
        return None
    group = ArmId(scope[:4])
    check_manager_version(cloud.store, enter_reading(cloud, request, group, ACTION))
    if not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    sent = request.body()
    if str(sent.get("outputFormat") or "Json").lower() != "json":
        raise ArmFault(400, "InvalidRequestContent", "The local cloud exports templates in JSON alone, not in Bicep.")
    return Reply(200, {"template": _template(cloud, group, sent)})


def _template(cloud: Cloud, group: ArmId, sent: Mapping[str, Any]) -> dict[str, Any]:
    options = {each.strip().lower() for each in str(sent.get("options") or "").split(",")}
    rows = _asked(_exportable(cloud, group), sent)
    ids = [ArmId.parse(row.id) for row in rows]
    top = [id for id in ids if len(id.names) == 1]
    literal = any(option in options for option in LITERAL)
    parameters = {} if literal else {id.key: _parameter(id) for id in top}
    names = _Names(parameters, frozenset(id.key for id in ids))
    defaults = "includeparameterdefaultvalue" in options
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {
            parameters[id.key]: {**({"defaultValue": id.name} if defaults else {}), "type": "String"}
            for id in top
            if id.key in parameters
        },
        "variables": {},
        "resources": [_resource(row, names) for row in rows],
    }


def _exportable(cloud: Cloud, group: ArmId) -> Iterable[tuple[Row, ResourceType]]:
    """What somebody declared in the group: neither what a service made, nor what hangs on any scope."""
    for row in cloud.store.under(group.key):
        type_, id = by_arm_type(row.type), ArmId.parse(row.id)
        if type_ is None or type_.is_extension or type_.made_by_service(id, row.body):
            continue
        if id.scope == group:
            yield row, type_


def _asked(found: Iterable[tuple[Row, ResourceType]], sent: Mapping[str, Any]) -> list[Row]:
    """The resources that a request names, with what is nested in them. Raises ArmFault for a request without any."""
    wanted = sent.get("resources")
    if not isinstance(wanted, list) or not wanted:
        text = "The request content was invalid: 'resources' must name resources, or be ['*'] for all."
        raise ArmFault(400, "InvalidRequestContent", text)
    if "*" in wanted:
        return [row for row, _ in found]
    keys = [f"{str(each).lower()}/" for each in wanted]
    return [row for row, _ in found if any(f"{row.key}/".startswith(key) for key in keys)]


def _parameter(id: ArmId) -> str:
    kind = id.type.split("/", 1)[1]
    return re.sub(r"\W", "_", f"{kind}_{id.name}_name", flags=re.ASCII)


def _resource(row: Row, names: _Names) -> dict[str, Any]:
    id, type_ = ArmId.parse(row.id), by_arm_type(row.type)
    if type_ is None:
        return {}
    state = (type_.provisioning_state,) if type_.provisioning_state else ()
    hidden = (*type_.read_only, *type_.secrets, *type_.write_only, *state)
    body = {key: value for key, value in without(dict(row.body), hidden).items() if key not in OWN_MEMBERS}
    needed: dict[str, None] = {}
    declared = {key: _told(value, id, names, needed) for key, value in body.items()}
    if len(id.names) > 1 and id.parent is not None and id.parent.key in names.exported:
        needed[names.reference(id.parent)] = None
    first = {"type": type_.arm_type, "apiVersion": type_.api_version, "name": names.name(id)}
    return {**first, **declared, **({"dependsOn": list(needed)} if needed else {})}


def _told(value: Any, own: ArmId, names: _Names, needed: dict[str, None]) -> Any:
    """`value` with ids of exported resources as references, which are noted in `needed`."""
    if isinstance(value, Mapping):
        return {_word(key, own, names, needed): _told(inner, own, names, needed) for key, inner in value.items()}
    if isinstance(value, list):
        return [_told(inner, own, names, needed) for inner in value]
    return _word(value, own, names, needed) if isinstance(value, str) else value


def _word(text: str, own: ArmId, names: _Names, needed: dict[str, None]) -> str:
    if not text.startswith("/subscriptions/") or text.lower() not in names.exported:
        return f"[{text}" if text.startswith("[") else text
    id = ArmId.parse(text)
    reference = names.reference(id)
    if not own.is_within(id) and not id.is_within(own):
        needed[reference] = None
    return reference
