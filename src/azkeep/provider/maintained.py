"""Collections that live in a resource's document and are resources of their own as well.

Source: azure-native's handling of sub-resources (VirtualNetwork.subnets, Vault.properties.accessPolicies …).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import get, put, remove
from azkeep.types import conversion
from azkeep.types.resource_type import ResourceType

ABSENT = object()


def unset(type_: ResourceType, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Pointers of maintained collections that `body` does not hold."""
    pointers = (conversion.pointer(type_, tuple(path.split("."))) for path in type_.maintained)
    return tuple(pointer for pointer in pointers if get(body, pointer, ABSENT) is ABSENT)


def emptied(type_: ResourceType, body: dict[str, Any]) -> dict[str, Any]:
    """`body` for a create: maintained collections that are not set are sent empty."""
    for pointer in unset(type_, body):
        body = put(body, pointer, [])
    return body


def kept(body: dict[str, Any], pointers: tuple[str, ...], live: Mapping[str, Any]) -> dict[str, Any]:
    """`body` for an update: what the cloud holds at `pointers` is sent back as it is."""
    for pointer in pointers:
        body = put(body, pointer, get(live, pointer, []))
    return body


def without_unset(type_: ResourceType, inputs: Mapping[str, Any], projection: Mapping[str, Any]) -> dict[str, Any]:
    """`projection` without the maintained collections that `inputs` does not name."""
    found = dict(projection)
    for path in type_.maintained:
        pointer = "/" + path.replace(".", "/")
        if get(inputs, pointer, ABSENT) is ABSENT:
            found = remove(found, pointer)
    return found
