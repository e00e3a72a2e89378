"""What ARM checks on every write before the type's own check, driven by ResourceType alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from azkeep.emulator.documents import matches, same
from azkeep.emulator.locations import REGIONS, normalised
from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, split
from azkeep.types.limits import REFUSALS, TAKEN
from azkeep.types.resource_type import Immutable, Link, ResourceType
from azkeep.types.validation import beyond_limits
from azkeep.types.write import Estate


class _Shown(dict[str, Any]):
    """Message fields; one that a message names and nobody fills stays as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def formatted(message: str, **fields: Any) -> str:
    """`message` with its `{fields}` filled in."""
    return message.format_map(_Shown(fields))


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, whose `$` at the end means the end: for Python it would also stand before a last line break."""
    return re.compile(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern)


def check_name(type_: ResourceType, id: ArmId) -> None:
    """Raises ArmFault where the last name breaks the type's rule."""
    rule = type_.name
    if rule.minimum <= len(id.name) <= rule.maximum and _compiled(rule.pattern).search(id.name):
        return
    message = rule.message or (
        "Resource name '{name}' is invalid. The name must be between {minimum} and {maximum} characters long and match"
        " the pattern '{pattern}'."
    )
    raise ArmFault(
        400,
        rule.code,
        formatted(
            message,
            name=id.name,
            type=type_.arm_type,
            minimum=rule.minimum,
            maximum=rule.maximum,
            pattern=rule.pattern,
            id=id.text,
        ),
    )


def check_unique(type_: ResourceType, id: ArmId, body: Body, store: Store) -> None:
    """Raises ArmFault where another resource has the name in the region or anywhere, as the rule says."""
    rule = type_.name
    if rule.unique == "scope":
        return
    for row in store.named(type_.arm_type.lower(), id.name.lower()):
        elsewhere = rule.unique == "region" and not same(row.body.get("location"), body.get("location"))
        if row.key != id.key and not elsewhere:
            here = rule.own_code and row.key.startswith(f"/subscriptions/{str(id.subscription).lower()}/")
            code, said = (rule.own_code, rule.own_message) if here else (rule.taken_code, rule.taken_message)
            raise ArmFault(409, code, formatted(said, name=id.name, type=type_.arm_type, id=id.text))


def with_location(type_: ResourceType, body: dict[str, Any], before: Body | None, id: ArmId) -> dict[str, Any]:
    """`body` with its location normalised. Raises ArmFault where it is missing, unknown or another than before."""
    if type_.location == "none":
        return {name: value for name, value in body.items() if name != "location"}
    given = body.get("location")
    if not given:
        return _without_location(type_, body, before)
    if not isinstance(given, str):
        return body  # no place at all: the check of values says so
    location = normalised(given)
    allowed = ["global"] if type_.location == "global" else sorted({*REGIONS, *(["global"] * type_.global_too)})
    if location not in allowed:
        code, message = type_.no_region
        shown = formatted(message, location=given, type=type_.arm_type, regions=",".join(allowed))
        raise ArmFault(400, code, shown)
    _check_moved(type_, before, location, id)
    return {**body, "location": location}


def _without_location(type_: ResourceType, body: dict[str, Any], before: Body | None) -> dict[str, Any]:
    if type_.location in ("required", "global"):
        raise ArmFault(400, "LocationRequired", "The location property is required for this definition.")
    if before is not None and "location" in before:
        return {**body, "location": before["location"]}
    return body


def _check_moved(type_: ResourceType, before: Body | None, location: str, id: ArmId) -> None:
    if before is None or "location" not in before or same(before["location"], location):
        return
    if any(each.path == "/location" for each in type_.immutable):
        return
    raise ArmFault(
        409,
        "InvalidResourceLocation",
        f"The resource '{id.name}' already exists in location '{before.get('location')}' in resource group"
        f" '{id.resource_group}'. A resource with the same name cannot be created in location '{location}'. Please"
        " select a new resource name.",
    )


def check_required(type_: ResourceType, body: Body, kept: frozenset[str]) -> None:
    """Raises ArmFault for the first required pointer without a value; `kept` are secrets already stored."""
    for pointer in type_.required:
        if pointer not in kept and get(body, pointer) is None:
            path = pointer.removeprefix("/").replace("/", ".")
            raise ArmFault(
                400,
                type_.required_code,
                f"The request content was invalid: required property '{path}' is missing.",
                target=path,
            )


BEYOND = {
    "minLength": "must be at least {limit} characters long",
    "maxLength": "must be at most {limit} characters long",
    "pattern": "must match the pattern '{limit}'",
    "minimum": "must be {limit} or more",
    "maximum": "must be {limit} or less",
}


def check_limits(type_: ResourceType, sent: Body) -> None:
    """Raises ArmFault for the first value of `sent` beyond a limit, where the service is known to refuse it."""
    refusal = REFUSALS.get(type_.namespace)
    if refusal is None:
        return
    taken = frozenset(pointer.lower() for pointer in TAKEN.get(type_.arm_type, ()))
    found = next((each for each in beyond_limits(type_, sent) if each.pointer.lower() not in taken), None)
    if found is None:
        return
    path = ".".join(split(found.pointer))
    parameter = re.sub(r"\.\d+(?=\.|$)", "[*]", path.removeprefix("properties."))
    must = BEYOND[found.name].format(limit=found.limit)
    message = formatted(refusal.message, path=path, parameter=parameter, must=must)
    raise ArmFault(400, refusal.code, message, target=path)


def check_links(type_: ResourceType, id: ArmId, body: Body, estate: Estate) -> None:
    """Raises ArmFault for the first id in the body that is malformed, of a wrong type, or of nothing."""
    for link in type_.links:
        for pointer, value in matches(body, link.path):
            if value not in (None, ""):
                _check_link(link, pointer, value, id, estate)


def _check_link(link: Link, pointer: str, value: Any, id: ArmId, estate: Estate) -> None:
    path = pointer.removeprefix("/").replace("/", ".")
    try:
        target = ArmId.parse(value) if isinstance(value, str) and value.startswith("/") else None
    except ValueError:
        target = None
    allowed = target is not None and (not link.types or target.type.lower() in {each.lower() for each in link.types})
    if target is None or not allowed:
        raise ArmFault(
            400,
            "LinkedInvalidPropertyId",
            f"Property id '{value}' at path '{path}' is invalid. Expect fully qualified resource Id that start with"
            " '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
        )
    if target.key == id.key or not estate.knows(target.type) or estate.get(target.text) is not None:
        return
    message = formatted(link.message, target=value, id=id.text, path=path, name=id.name)
    raise ArmFault(link.status, link.code, message)


def check_immutable(type_: ResourceType, id: ArmId, before: Body | None, body: Body) -> None:
    """Raises ArmFault for the first fixed pointer whose value differs; ids and locations compare without case."""
    if before is None:
        return
    for rule in type_.immutable:
        old, new = get(before, rule.path), get(body, rule.path)
        if (old is not None or rule.absent) and not same(old, new):
            raise _changed(rule, id, old, new)


def _changed(rule: Immutable, id: ArmId, old: Any, new: Any) -> ArmFault:
    path = rule.path.removeprefix("/").replace("/", ".")
    before, after = (_told(rule, value) for value in (old, new))
    shown: Mapping[str, Any] = {"path": path, "name": id.name, "before": before, "after": after, "id": id.text}
    return ArmFault(rule.status, rule.code, formatted(rule.message, **shown), target=path)


def _told(rule: Immutable, value: Any) -> Any:
    if value is None and rule.absent:
        return rule.absent
    return ", ".join(map(str, value)) if isinstance(value, list) else value


PATCHED = ("properties", "sku", "zones", "identity", "extendedLocation", "kind", "plan")


def check_patch(type_: ResourceType, sent: Body) -> None:
    """Raises ArmFault for a PATCH that names more than its type lets be changed so."""
    if type_.patched == "all":
        return
    beyond = next((name for name in PATCHED if sent.get(name) is not None), None)
    if beyond is not None:
        raise ArmFault(
            400,
            "OnlyTagsSupportedForPatch",
            f"PATCH request content includes {beyond} property. Only tags property is currently supported.",
        )


def check_etag(type_: ResourceType, headers: Mapping[str, str], id: ArmId, etag: str | None) -> None:
    """Raises ArmFault 412 where If-Match or If-None-Match does not hold; `etag` is None for an absent resource."""
    check_match(type_, headers, id, etag)
    if headers.get("if-none-match") == "*" and etag is not None:
        raise _precondition(type_.etags.taken, id)


def check_match(type_: ResourceType, headers: Mapping[str, str], id: ArmId, etag: str | None) -> None:
    """Raises ArmFault 412 where If-Match does not hold; `etag` is None for an absent resource."""
    wanted = headers.get("if-match")
    if wanted is not None and (etag is None or (wanted != "*" and wanted.strip('"') != etag.strip('"'))):
        raise _precondition(type_.etags.stale, id, sent=wanted, current=etag or "")


def _precondition(message: str, id: ArmId, **shown: str) -> ArmFault:
    parent = id.parent.name if id.parent else ""
    return ArmFault(412, "PreconditionFailed", formatted(message, id=id.text, name=id.name, parent=parent, **shown))
