"""The forms in which tools write ARM documents: pages of a list, children in their parent, resources of a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from azkeep.model.expressions import ExpressionError, is_expression, parsed
from azkeep.model.value import Unknown, spelling
from azkeep.policy.document import parsed as id_of
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType

LIST_MEMBERS = frozenset({"createdtime", "changedtime", "provisioningstate"})
"""What a list of resources of any type has beside `id`, and no `properties`.

Source: Resources - List, `$expand`; `az resource list` asks for them.
"""
ANSWERED = frozenset(
    {
        "id",
        "name",
        "type",
        "location",
        "tags",
        "kind",
        "sku",
        "identity",
        "zones",
        "plan",
        "scope",
        "systemdata",
        "etag",
    }
)
COLUMNS = frozenset({"extendedlocation", "managedby", "resourcegroup", "subscriptionid", "tenantid"})
WRITTEN = frozenset({"apiversion", "dependson", "comments", "condition", "copy", "resources"})
ENVELOPE = ANSWERED | COLUMNS | WRITTEN
"""Members that stand beside `properties`, in ARM's answers, in templates or as columns of Resource Graph."""
DEEPEST = 128
"""So many levels may a file have; ARM's own documents have a tenth of it."""
OTHER_FORMS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"$schema", "contentVersion"}), "an ARM template, which a deployment turns into documents"),
    (frozenset({"changes", "status"}), "what a deployment's what-if answers"),
)
"""Members by which other files about Azure are known, and what they are."""


def documents_in(content: Any) -> Iterator[Any]:
    """Every document in the content of a file, children in `resources` of their parent after it.

    One document, a list, or a page of a list as ARM (`value`) and Resource Graph (`data`) write it. Whatever else the
    file holds is given as it is.
    """
    for document in _listed(content):
        yield from _with_children(document) if is_named(document) else (document,)


def is_deep(content: Any) -> bool:
    """It lies deeper than any document of ARM: what judges and shows it goes from level to level."""
    level = [content]
    for _ in range(DEEPEST):
        level = [item for value in level for item in _items(value)]
    return bool(level)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _listed(content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    if isinstance(content, Mapping) and not is_named(content):
        for name in ("value", "data"):
            page = member(content, name)
            if isinstance(page, list):
                return page
    return [content]


def is_named(document: Any) -> bool:
    """True for an object with an ARM id, or with a type and a name, in any letter case."""
    if not isinstance(document, Mapping):
        return False
    id = member(document, "id")
    if isinstance(id, str) and id.startswith("/"):
        return True
    return isinstance(member(document, "type"), str) and isinstance(member(document, "name"), str)


def member(document: Mapping[str, Any], name: str) -> Any:
    """What stands at `name` in any letter case: PowerShell writes `Id`, Resource Graph `id`."""
    return document.get(spelling(name, document))


def other_form(document: Any) -> str:
    """What somebody takes for a document that can be judged; "" where it is one, or nothing that is known."""
    if not isinstance(document, Mapping):
        return ""
    if is_named(document):
        return "a deployment that holds a template" if _holds_template(document) else ""
    return next((what for known, what in OTHER_FORMS if known <= frozenset(document)), "")


def _holds_template(document: Mapping[str, Any]) -> bool:
    """Resources of a nested deployment stand in it, which nobody else would judge; Azure answers without them."""
    inner = member(document, "properties")
    template = member(inner, "template") if isinstance(inner, Mapping) else None
    return isinstance(template, Mapping) and bool(member(template, "resources"))


def has_properties(document: Mapping[str, Any]) -> bool:
    return member(document, "properties") is not None


def beside_properties(document: Mapping[str, Any]) -> str:
    """A member that belongs into the missing `properties`; "" where there is none.

    Lists of resources and many commands leave `properties` out, or spread what is in it: `az storage account show`.
    """
    type_ = by_arm_type(_type_of(document))
    if type_ is None or has_properties(document):
        return ""
    known = LIST_MEMBERS | _inner_members(type_)
    given = (str(name) for name, value in document.items() if value is not None)
    return next((name for name in given if name.casefold() not in ENVELOPE and _is_beside(name, known)), "")


def _is_beside(name: str, known: frozenset[str]) -> bool:
    """It is a member of `properties`, or written as only Python's SDKs and `az ml` do: `min_instances`."""
    return "_" in name or name.casefold() in known


def _type_of(document: Mapping[str, Any]) -> str:
    own = id_of(member(document, "id"))
    return own.type if own is not None else str(member(document, "type") or "")


def _inner_members(type_: ResourceType) -> frozenset[str]:
    """Lower-case names of what a document of `type_` has in `properties`."""
    schema = type_.schema
    given = {**schema.outputs.properties, **schema.inputs.properties}
    if not type_.flattened:
        node = given.get("properties", {})
        shapes = node.get("union", [node["ref"]] if "ref" in node else [])
        return frozenset(name.casefold() for shape in shapes for name in schema.shape(shape).properties)
    outer = {*type_.outside, *type_.path_inputs}
    return frozenset(type_.renames.get(name, name).casefold() for name in given if name not in outer)


def _with_children(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """`document` and whatever is written in its `resources`, as templates and exports have them."""
    inner = member(document, "resources")
    if not isinstance(inner, list):
        yield _settled(document)
        return
    yield _settled({name: value for name, value in document.items() if name != spelling("resources", document)})
    for child in inner:
        yield from _with_children(_placed(child, document)) if is_named(child) else (child,)


def _placed(child: Mapping[str, Any], parent: Mapping[str, Any]) -> Mapping[str, Any]:
    """`child` with the full type and name that it has apart from `parent`, and with the id where the parent has one."""
    kind, name = str(member(child, "type") or ""), str(member(child, "name") or "")
    above, around = str(member(parent, "type") or ""), str(member(parent, "name") or "")
    if member(child, "id") is not None or "." in kind.partition("/")[0]:
        return child
    own = {spelling("type", child): f"{above}/{kind}", spelling("name", child): f"{around}/{name}"}
    id, kinds, names = member(parent, "id"), kind.split("/"), name.split("/")
    if not isinstance(id, str) or len(kinds) != len(names) or is_expression(name):
        return {**child, **own}
    pairs = (part for pair in zip(kinds, names, strict=True) for part in pair)
    return {**child, **own, "id": "/".join((id, *pairs))}


def _settled(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """`document` with the expressions of a template as values that are not known; with an id it is no template's."""
    if member(document, "id") is not None:
        return document
    kept = {spelling("type", document), spelling("name", document)}
    return {name: value if name in kept else _open(value) for name, value in document.items()}


def _open(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _open(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_open(item) for item in value]
    return Unknown() if is_expression(value) and _is_understood(value) else value


def _is_understood(text: str) -> bool:
    try:
        parsed(text)
    except ExpressionError:
        return False
    return True
