"""The resource that a rule judges: as its write asks for it, before its service adds anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.expressions import Scope
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.value import Body, get
from azkeep.types.azure_policy.fields import ITEMS, alias_of, found, path_of, tag_of
from azkeep.types.azure_policy.functions import POLICY_FUNCTIONS
from azkeep.types.resource_type import ResourceType

GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"


@dataclass(frozen=True)
class Place:
    """What is around a resource. `group` is the stored document of its resource group; {} where there is none."""

    group: Body = field(default_factory=dict)
    subscription: Mapping[str, Any] = field(default_factory=dict)
    tenant: str = ""
    api_version: str = ""
    now: str = ""


@dataclass(frozen=True)
class Subject:
    """A resource, or what a data plane sees of it: then `view` is that plane's own type and document."""

    id: ArmId
    type: ResourceType
    document: Body
    place: Place
    view: tuple[str, Body] | None = None

    @property
    def kind(self) -> str:
        """The ARM type as rules name it."""
        if self.view is not None:
            return self.view[0]
        return GROUPS if self.type.arm_type.lower() == RESOURCE_GROUP_TYPE.lower() else self.type.arm_type

    def field(self, name: str, current: Mapping[str, Any]) -> tuple[list[Any], bool, str]:
        """(values, whether they are items of a list, path in the document) of a rule's field."""
        alias = alias_of(name)
        if alias is None:
            return [self._plain(name)], False, name
        type_name, steps = alias
        same = type_name.lower() == self.kind.lower()
        path = path_of(self.type if same and self.view is None else None, steps) or ".".join(steps)
        start = self._document() if same else {}
        # Inside a count, what the field says of the counted list is said of one item.
        for key in sorted(current, key=len, reverse=True):
            if name.lower() == key or name.lower().startswith(f"{key}."):
                start, steps = current[key], steps[len((alias_of(key) or ("", ()))[1]) :]
                break
        return found(start, steps), ITEMS in steps, path

    def _document(self) -> Body:
        return self.view[1] if self.view is not None else self.document

    def _plain(self, name: str) -> Any:
        tag = tag_of(name)
        if tag is not None:
            tags = self.document.get("tags") or {}
            return next((value for known, value in tags.items() if known.lower() == tag.lower()), None)
        match name.lower():
            case "name":
                return self.id.name
            case "fullname":
                return "/".join(self.id.names)
            case "type":
                return self.kind
            case "id":
                return self.id.text
            case "identity.type":
                return get(self.document, "/identity/type")
            case "kind" | "location" | "tags":
                return self.document.get(name.lower())
        raise EvaluationFailed(f"'{name}' is neither a known field nor an alias")

    def functions(self, parameters: Mapping[str, Any], policy: Mapping[str, str]) -> Scope:
        """Functions of a rule that is judged on this resource; parameters by lower-case name."""
        place, group = self.place, self.place.group

        def parameter(name: str) -> Any:
            if name.lower() not in parameters:
                raise EvaluationFailed(f"the parameter '{name}' has no value")
            return parameters[name.lower()]

        return {
            **POLICY_FUNCTIONS,
            "parameters": parameter,
            "resourcegroup": lambda: {
                "id": group.get("id"),
                "name": group.get("name"),
                "type": GROUPS,
                "location": group.get("location"),
                "tags": group.get("tags") or {},
                "properties": group.get("properties") or {},
            },
            "subscription": lambda: dict(place.subscription),
            "tenant": lambda: {"tenantId": place.tenant},
            "requestcontext": lambda: {"apiVersion": place.api_version},
            "utcnow": lambda form="": place.now,
            "policy": lambda: dict(policy),
        }
