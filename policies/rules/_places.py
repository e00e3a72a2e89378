"""Where a resource stands: what encloses it, and which extensions lie there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.policy import TRUE, Candidates, Document, Estate, Node, deferred
from azkeep.policy.document import folded
from azkeep.policy.truth import NotDecided


def key_of(document: Document) -> str:
    """One text for one resource, also for one whose id is not known yet."""
    return folded(document.id) if document.id else f"urn {document.urn or id(document)}"


def key_at(node: Node) -> str | None:
    """The key of the resource whose id, or a reference to it, stands at `node`; None for what is not known."""
    try:
        target = node.resolve()
    except NotDecided:
        return None
    if target is not None:
        return key_of(target)
    return folded(node.value) if isinstance(node.value, str) else None


def keys_around(document: Document) -> tuple[str, ...]:
    """Keys of `document` and of what encloses it, up to the subscription, in the estate or not."""
    return tuple(dict.fromkeys(_around(document)))


def _around(document: Document) -> Iterator[str]:
    yield key_of(document)
    try:
        group = document.group()
    except NotDecided:
        group = None
    if group is not None:
        yield key_of(group)
    above = document.arm_id
    while above is not None:
        yield above.key
        above = above.parent


def extensions_around(document: Document, type_: str) -> Candidates:
    """Extensions of `type_` on `document` or on what encloses it; one whose scope is not known stays uncertain."""
    return extensions_on(document.estate, keys_around(document), type_)


def extensions_on(estate: Estate, keys: Iterable[str], type_: str) -> Candidates:
    """Extensions of `type_` on what has one of `keys`; one whose scope is not known stays uncertain."""
    index = estate.kept(f"places of {type_}", lambda estate: _by_place(estate, type_))
    sure = tuple((each, TRUE) for key in keys for each in index.get(key, ()))
    doubt = deferred("the scope is not known yet")
    return Candidates(sure + tuple((each, doubt) for each in index.get(None, ())))


def _by_place(estate: Estate, type_: str) -> dict[str | None, list[Document]]:
    found: dict[str | None, list[Document]] = {}
    for each in estate.of_type(type_):
        scope = each.scope_id
        found.setdefault(key_at(each["properties.scope"] if scope.is_missing else scope), []).append(each)
    return found
