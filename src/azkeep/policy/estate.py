"""The estate as rules see it: documents, and who belongs to whom.

Children written inside their parent and children written apart are the same here, and so are the ids of what exists
and the references of what is only declared. Every index is made on its first use and once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Any, TypeVar

from azkeep.errors import Source
from azkeep.model.ids import NO_SUBSCRIPTION, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE, ArmId
from azkeep.model.resource import Resource
from azkeep.model.value import Reference, Secret, Unknown, spelling, split
from azkeep.policy.candidates import Candidates, certain
from azkeep.policy.defaults import with_defaults
from azkeep.policy.document import Document, Program, folded, parsed
from azkeep.policy.node import MISSING, Misplaced, Node
from azkeep.policy.truth import TRUE, NotDecided, State, Truth, fact
from azkeep.types import by_arm_type, by_token

Made = TypeVar("Made")
STACK_TYPE = "pulumi:pulumi:Stack"
_DOUBT = Truth(State.UNKNOWN)
_SLASH = re.compile(r"/(?![^\[]*\])")
"""A slash between names, and none inside an expression."""


@dataclass(frozen=True)
class Given:
    """A document to judge, before it has its place in an estate.

    `key` is that of `Document`; a child's full name in it, `network/subnet`, leads to its parent.
    """

    type: str
    name: str
    id: str | None
    body: Any
    urn: str = ""
    parent_urn: str = ""
    scope: Any = None
    program: Program | None = None
    source: Source | None = None
    key: str = ""


@dataclass(frozen=True, eq=False)
class Estate:
    """All documents of one judgement. `is_live` for what was read from a cloud; `outputs` are the stack's.
    `subscription` is the one that they go to where no id of theirs is known to name it, "" for none. `is_part`: they
    are not all of it, as where a resource is judged before the next one is known."""

    given: tuple[Given, ...]
    is_live: bool = False
    outputs: Mapping[str, Any] = field(default_factory=dict)
    subscription: str = ""
    is_part: bool = False

    @classmethod
    def of_resources(
        cls,
        resources: Iterable[Resource],
        outputs: Mapping[str, Any] | None = None,
        *,
        subscription: str = "",
        is_part: bool = False,
    ) -> Estate:
        """What a program declares, with the service's defaults filled in; components are left out."""
        given = tuple(_declared(resource) for resource in resources if resource.body is not None)
        return cls(given, outputs=outputs or {}, subscription=subscription, is_part=is_part)

    @classmethod
    def of_documents(
        cls, documents: Iterable[Mapping[str, Any]], *, is_live: bool = True, sources: Iterable[Source | None] = ()
    ) -> Estate:
        """ARM documents with their `id`, or at least `type` and `name`, as ARM returns them."""
        pairs = zip_longest(documents, sources)
        return cls(tuple(_read(document or {}, is_live, source) for document, source in pairs), is_live=is_live)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """In the given order; subscriptions that the ids name come last, then the stack, whose body is its outputs."""
        made = tuple(
            Document(
                self,
                each.type,
                each.name,
                each.id,
                each.body,
                urn=each.urn,
                program=each.program,
                source=each.source,
                key=each.key,
            )
            for each in self.given
        )
        stack = (Document(self, STACK_TYPE, "stack", None, self.outputs),) if self.outputs else ()
        return made + self._subscriptions(made) + stack

    def _subscriptions(self, made: tuple[Document, ...]) -> tuple[Document, ...]:
        present = {folded(document.id) for document in made if document.is_a(SUBSCRIPTION_TYPE) and document.id}
        named = dict.fromkeys(document.subscription.lower() for document in made if document.subscription)
        if not named and made and self.subscription:
            named = {self.subscription.lower(): None}
        return tuple(
            Document(
                self,
                SUBSCRIPTION_TYPE,
                "subscription" if name == NO_SUBSCRIPTION else name,
                f"/subscriptions/{name}",
                {},
            )
            for name in named
            if folded(f"/subscriptions/{name}") not in present
        )

    def all(self, *types: str) -> Candidates:
        """Every document of one of `types`, children written inside their parent included."""
        return certain(tuple(document for type_ in types for document in self._of_type(type_)))

    def of_type(self, type_: str) -> tuple[Document, ...]:
        """Every document of `type_`, children written inside their parent included."""
        return self._of_type(type_)

    def find(self, id: str) -> Document | None:
        """The document with ARM id `id`, be it written inside its parent."""
        return self._by_id.get(folded(id)) or self._find_inline(parsed(id))

    def _find_inline(self, id: ArmId | None) -> Document | None:
        holder = self._by_id.get(id.parent.key) if id is not None and id.parent is not None else None
        if id is None or holder is None:
            return None
        return self._inline_names(holder, id.type.casefold()).get(id.name.casefold())

    def _inline_names(self, holder: Document, type_: str) -> dict[str, Document]:
        key = ("names of", id(holder), type_)
        if key not in self._cache:
            self._cache[key] = {child.name.casefold(): child for child in self._inline(holder, type_) if child.name}
        found: dict[str, Document] = self._cache[key]
        return found

    def declared(self, urn: str) -> Document | None:
        """The document that a program declares under `urn`."""
        return self._by_urn.get(urn)

    def resolve(self, node: Node) -> Document | None:
        """The document whose id, or a reference to it, stands at `node`. Raises NotDecided where it is not known."""
        value = node.plain
        if value is MISSING:
            return None
        if isinstance(value, Reference) and value.output == "id":
            return self._by_urn.get(value.urn)
        if isinstance(value, Unknown | Reference):
            raise NotDecided(node.shown(_DOUBT))
        if not isinstance(value, str):
            raise NotDecided(node.wrong())
        return self.find(value)

    def same_id(self, one: Node, other: Node) -> Truth:
        """`one` and `other` hold the id of one resource. Raises NotDecided where one is not known."""
        target = self.resolve(one)
        if target is not None:
            return target.is_named_by(other)
        target = self.resolve(other)
        if target is not None:
            return target.is_named_by(one)
        if isinstance(one.plain, str) and isinstance(other.plain, str):
            return fact(folded(one.plain) == folded(other.plain), one.evidence(), other.evidence())
        missing = one.is_missing or other.is_missing
        return fact(False, one.evidence()) if missing else one.shown(_DOUBT)

    def parent(self, document: Document) -> Document | None:
        if document.holder is not None and document.path:
            return document.holder
        key = self._parent_keys.get(id(document), "")
        if key is None:
            raise NotDecided(_DOUBT.because("its parent is not known yet"))
        return self._by_key(key)

    def scope(self, document: Document) -> Document | None:
        return self.resolve(self.scope_id(document))

    def scope_id(self, document: Document) -> Node:
        return Node(document, ("scope",), self._scopes.get(id(document), MISSING))

    def group(self, document: Document) -> Document | None:
        around = document.holder or document
        if around.arm_id is not None:
            group = around.arm_id.resource_group_id
            return self.find(group.text) if group else None
        name = around.program.inputs.get("resourceGroupName") if around.program else None
        if isinstance(name, str):
            return self._groups.get(name.casefold())
        found = self._by_urn.get(name.urn) if isinstance(name, Reference) else None
        if found is None:
            raise NotDecided(_DOUBT.because("its resource group is not known yet"))
        return found

    def children(self, parent: Document, kind: str) -> Candidates:
        type_ = f"{parent.type}/{kind}".casefold()
        apart = tuple((child, TRUE) for key in _keys(parent) for child in self._children.get((type_, key), ()))
        lost = tuple((child, _DOUBT) for child in self._children.get((type_, None), ()))
        inline = tuple((child, _DOUBT if child.is_doubtful else TRUE) for child in self._inline(parent, type_))
        return Candidates(inline + _once(apart) + lost)

    def extensions(self, target: Document, type_: str) -> Candidates:
        index = self._scope_index(type_.casefold())
        apart = tuple((each, TRUE) for key in _keys(target) for each in index.get(key, ()))
        return Candidates(_once(apart) + tuple((each, _DOUBT) for each in index.get(None, ())))

    def linked_from(self, target: Document, type_: str, paths: tuple[str, ...]) -> Candidates:
        index = self._link_index(type_.casefold(), paths)
        sure = tuple((each, TRUE) for key in _keys(target) for each in index.get(key, ()))
        # What derives from a resource may be the id of a child written inside it.
        around = {each.urn for each in (target, target.holder) if each is not None and each.urn}
        derived = (*(f"?{urn}" for urn in sorted(around)), None)
        doubtful = tuple((each, _DOUBT) for key in derived for each in index.get(key, ()))
        loose = self._loose_links(type_.casefold(), paths).get(target.type.casefold(), ()) if target.id is None else ()
        return Candidates(_once(sure + doubtful + tuple((each, _DOUBT) for each in loose)))

    def kept(self, key: str, make: Callable[[Estate], Made]) -> Made:
        """What `make` gives for this estate, made once under `key`: an index of a rule's own."""
        if ("kept", key) not in self._cache:
            self._cache["kept", key] = make(self)
        found: Made = self._cache["kept", key]
        return found

    # -- indexes

    @cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def _of_type(self, type_: str) -> tuple[Document, ...]:
        return self._types.get(type_.casefold(), ()) + self._inline_of_type(type_.casefold())

    @cached_property
    def _types(self) -> dict[str, tuple[Document, ...]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.type.casefold(), []).append(document)
        return {type_: tuple(documents) for type_, documents in found.items()}

    def _inline_of_type(self, type_: str) -> tuple[Document, ...]:
        if ("inline", type_) not in self._cache:
            parent = type_.rsplit("/", 1)[0]
            self._cache["inline", type_] = tuple(
                child for holder in self._types.get(parent, ()) for child in self._inline(holder, type_)
            )
        found: tuple[Document, ...] = self._cache["inline", type_]
        return found

    def _inline(self, holder: Document, type_: str) -> tuple[Document, ...]:
        """Children written inside `holder`, those left out that are also written apart."""
        key = ("of", id(holder), type_)
        if key not in self._cache:
            self._cache[key] = tuple(self._read_inline(holder, type_))
        found: tuple[Document, ...] = self._cache[key]
        return found

    def _read_inline(self, holder: Document, type_: str) -> Iterable[Document]:
        known = by_arm_type(holder.type)
        inline = {} if known is None else known.inline
        apart = {
            child.name.casefold()
            for key in _keys(holder)
            for child in self._children.get((type_, key), ())
            if child.name
        }
        for pointer, child_type in inline.items():
            if child_type.casefold() != type_:
                continue
            place = holder[".".join(split(pointer))]
            if not isinstance(place.plain, list | tuple):
                yield from self._instead_of_list(holder, child_type, place)
                continue
            for index, item in enumerate(place.plain):
                name = item.get(spelling("name", item)) if isinstance(item, Mapping) else None
                name = name if isinstance(name, str) else ""
                if name.casefold() not in apart or not name:
                    below = f"{holder.id}/{child_type.rsplit('/', 1)[1]}/{name}" if holder.id and name else None
                    path = (*place.parts, str(index))
                    body = Secret(item) if place.is_secret() else item
                    yield Document(self, child_type, name, below, body, "", path, holder, holder.program, holder.source)

    def _instead_of_list(self, holder: Document, child_type: str, place: Node) -> Iterable[Document]:
        """One child that stands for all where their list is not known, or no list: no rule passes it by accident."""
        if place.is_missing:
            return
        known = not isinstance(place.plain, Unknown | Reference | Misplaced)
        body = Misplaced(place.plain) if known else place.plain
        body = Secret(body) if place.is_secret() else body
        yield Document(self, child_type, "", None, body, "", place.parts, holder, holder.program, holder.source)

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        return {folded(document.id): document for document in reversed(self.documents) if document.id}

    @cached_property
    def _groups(self) -> dict[str, Document]:
        return {each.name.casefold(): each for each in self._of_type(RESOURCE_GROUP_TYPE)}

    @cached_property
    def _by_urn(self) -> dict[str, Document]:
        return {document.urn: document for document in self.documents if document.urn}

    @cached_property
    def _by_name(self) -> dict[str, Document]:
        return {document.key: document for document in reversed(self.documents) if document.key}

    def _by_key(self, key: str) -> Document | None:
        if key.startswith("urn "):
            return self._by_urn.get(key.removeprefix("urn "))
        return self._by_name.get(key) if key.startswith("name\n") else self._by_id.get(key)

    @cached_property
    def _parent_keys(self) -> dict[int, str | None]:
        """Document → key of its parent, None where it is not known."""
        found: dict[int, str | None] = {}
        for document, given in zip(self.documents, self.given, strict=False):
            if document.type.count("/") < 2:
                continue
            own = document.arm_id
            if own is not None and own.parent is not None:
                found[id(document)] = own.parent.key
            elif given.parent_urn:
                found[id(document)] = f"urn {given.parent_urn}"
            else:
                found[id(document)] = _key_above(document.key)
        return found

    @cached_property
    def _children(self) -> dict[tuple[str, str | None], tuple[Document, ...]]:
        """(type, key of an enclosing resource at any height) → documents."""
        found: dict[tuple[str, str | None], list[Document]] = {}
        for document in self.documents:
            if id(document) in self._parent_keys:
                for above in dict.fromkeys((self._parent_keys[id(document)], *_keys_above(document))):
                    found.setdefault((document.type.casefold(), above), []).append(document)
        return {key: tuple(documents) for key, documents in found.items()}

    @cached_property
    def _scopes(self) -> dict[int, Any]:
        found = {}
        for document, given in zip(self.documents, self.given, strict=False):
            own = document.arm_id
            scope = own.scope if own is not None else None
            found[id(document)] = scope.text if scope is not None else given.scope
        return {key: scope for key, scope in found.items() if scope is not None}

    def _scope_index(self, type_: str) -> dict[str | None, tuple[Document, ...]]:
        if ("scope", type_) not in self._cache:
            found: dict[str | None, list[Document]] = {}
            for document in self._types.get(type_, ()):
                scope = self._scopes.get(id(document), Unknown())
                key = _target_key(scope)
                found.setdefault(None if key is not None and key.startswith("?") else key, []).append(document)
            self._cache["scope", type_] = {key: tuple(documents) for key, documents in found.items()}
        index: dict[str | None, tuple[Document, ...]] = self._cache["scope", type_]
        return index

    def _link_index(self, type_: str, paths: tuple[str, ...]) -> dict[str | None, tuple[Document, ...]]:
        """Target key → documents; `?urn` for what is derived from a resource, None for what is not known at all."""
        key = ("link", type_, paths)
        if key not in self._cache:
            found: dict[str | None, list[Document]] = {}
            for document in self._of_type(type_):
                for target in dict.fromkeys(_targets(document, paths)):
                    found.setdefault(target, []).append(document)
            self._cache[key] = {target: tuple(documents) for target, documents in found.items()}
        index: dict[str | None, tuple[Document, ...]] = self._cache[key]
        return index

    def _loose_links(self, type_: str, paths: tuple[str, ...]) -> dict[str, tuple[Document, ...]]:
        """Type of the target → documents with ids that nothing in the estate is known to have."""
        key = ("loose", type_, paths)
        if key not in self._cache:
            found: dict[str, list[Document]] = {}
            for target, documents in self._link_index(type_, paths).items():
                id = parsed(target)
                if target is not None and id is not None and self.find(target) is None:
                    found.setdefault(id.type.casefold(), []).extend(documents)
            self._cache[key] = {target: tuple(documents) for target, documents in found.items()}
        index: dict[str, tuple[Document, ...]] = self._cache[key]
        return index


def _targets(document: Document, paths: tuple[str, ...]) -> Iterable[str | None]:
    """Keys of what `document` names at `paths`; None for what is not known, or cannot be understood."""
    for path in paths:
        try:
            nodes = tuple(document.root.walk(path))
        except NotDecided:
            yield None
            continue
        for node in nodes:
            if not node.is_missing:
                yield _target_key(node.plain)


def _target_key(value: Any) -> str | None:
    if isinstance(value, Reference):
        return f"urn {value.urn}" if value.output == "id" else f"?{value.urn}"
    return folded(value) if isinstance(value, str) else None


def _keys(document: Document) -> tuple[str, ...]:
    given = (f"urn {document.urn}" if document.urn else "", document.key, folded(document.id) if document.id else "")
    return tuple(key for key in given if key)


def _key(type_: str, names: Iterable[str]) -> str:
    return "\n".join(("name", type_, *names)).casefold()


def _key_above(key: str | None) -> str | None:
    """The key of the parent; None where the name does not tell it."""
    _, type_, *names = (key or "\n").split("\n")
    return _key(type_.rpartition("/")[0], names[:-1]) if len(names) > 1 else None


def _keys_above(document: Document) -> Iterable[str]:
    """Keys of the resources that enclose a child of a child, its own parent left out."""
    above = _key_above(_key_above(document.key))
    while above is not None:
        yield above
        above = _key_above(above)
    found = document.arm_id.parent if document.arm_id else None
    while found is not None and len(found.names) > 1:
        found = found.parent
        if found is not None:
            yield found.key


def _once(pairs: tuple[tuple[Document, Truth], ...]) -> tuple[tuple[Document, Truth], ...]:
    found: dict[int, tuple[Document, Truth]] = {}
    for document, relation in pairs:
        found.setdefault(id(document), (document, relation))
    return tuple(found.values())


def _declared(resource: Resource) -> Given:
    type_ = by_token(resource.token)
    known_parent, scope = "", None
    if type_ is not None and len(type_.path_inputs) > 1:
        known_parent = _urn_of(resource.inputs.get(type_.path_inputs[-2]))
    if type_ is not None and type_.is_extension:
        scope = resource.inputs.get(type_.path_inputs[0])
    body = with_defaults(type_, resource.body or {}) if type_ is not None else resource.body
    name = parsed(resource.id).name if resource.id and parsed(resource.id) else resource.name  # type: ignore[union-attr]
    program = Program(resource.token, resource.protect, resource.inputs, resource.source, resource.retain_on_delete)
    return Given(resource.type, name, resource.id, body, resource.urn, known_parent, scope, program, resource.source)


def _urn_of(value: Any) -> str:
    return value.urn if isinstance(value, Reference) else ""


def _read(document: Mapping[str, Any], is_live: bool, source: Source | None) -> Given:
    id, type_, name = (document.get(spelling(member, document)) for member in ("id", "type", "name"))
    id = id if isinstance(id, str) else None
    own = parsed(id)
    type_ = own.type if own is not None else type_ if isinstance(type_, str) else ""
    name = own.name if own is not None else name if isinstance(name, str) else ""
    known = by_arm_type(type_)
    body = document if is_live or known is None else with_defaults(known, document)
    type_ = known.arm_type if known else type_
    # Without an id a child is called `parent/child`; one expression for both does not tell the parent.
    names = _SLASH.split(name) if own is None else []
    if len(names) != type_.count("/"):
        return Given(type_, name, id, body, source=source)
    return Given(type_, names[-1], id, body, source=source, key=_key(type_, names))
