"""One resource of the estate as rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from azkeep.errors import Source
from azkeep.model.ids import ArmId, id_in
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.node import MISSING, Misplaced, Node
from azkeep.policy.truth import FALSE, TRUE, Evidence, State, Truth, fact

if TYPE_CHECKING:
    from azkeep.policy.candidates import Candidates
    from azkeep.policy.estate import Estate


@dataclass(frozen=True)
class Program:
    """What only a program knows of a resource, and no ARM document holds."""

    token: str = ""
    protect: bool = False
    inputs: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None
    retain_on_delete: bool = False


@dataclass(frozen=True, eq=False)
class Document:
    """A resource. `id` is None while its name is not known; `urn` is "" for one that no program declares.

    `path` is where a child written inside its parent stands in the document of `holder`; "" and None for others.
    `program` is None for what was read from a cloud or a file; `source` is where it is declared or was read.
    `key` is how the estate finds one that has neither an id nor a urn: by its type and its full name.
    """

    estate: Estate
    type: str
    name: str
    id: str | None
    body: Any
    urn: str = ""
    path: tuple[str, ...] = ()
    holder: Document | None = None
    program: Program | None = None
    source: Source | None = None
    key: str = ""

    def __getitem__(self, path: str) -> Node:
        """The place at a dotted path: `document["properties.publicNetworkAccess"]`."""
        return self.root[path]

    @property
    def root(self) -> Node:
        """The whole document."""
        owner = self.holder or self
        is_hidden = isinstance(self.body, Secret)
        body = self.body.value if is_hidden else self.body
        known = body if isinstance(body, Mapping | Unknown | Reference | Misplaced) else Misplaced(body)
        return Node(owner, self.path, known, is_hidden)

    @property
    def is_doubtful(self) -> bool:
        """Stands for the children of a list that is not known, which may have none."""
        return self.holder is not None and isinstance(
            self.body.value if isinstance(self.body, Secret) else self.body, Unknown | Reference
        )

    @property
    def arm_id(self) -> ArmId | None:
        """The parsed id; None where it is not known or no ARM id."""
        return parsed(self.id)

    @property
    def is_live(self) -> bool:
        """Read from a cloud or an export of one, so that only what Azure returns can be judged."""
        return self.estate.is_live

    @property
    def subscription(self) -> str | None:
        return self.arm_id.subscription if self.arm_id else None

    def is_a(self, *types: str) -> bool:
        """True where the document's ARM type is one of `types`, in any letter case."""
        return self.type.casefold() in {each.casefold() for each in types}

    def evidence(self, found: Any = None) -> Evidence:
        """The whole document as a place, for what no property shows."""
        return Evidence(self.holder or self, self.root.path, found)

    def fact(self, value: bool) -> Truth:
        """TRUE or FALSE about the whole document."""
        return fact(value, self.evidence())

    def parent(self) -> Document | None:
        """The enclosing resource; None where it is not in the estate. Raises NotDecided where it is not known."""
        return self.estate.parent(self)

    def scope(self) -> Document | None:
        """What an extension hangs on, such as a diagnostic setting on a vault; None where it is not in the estate."""
        return self.estate.scope(self)

    @property
    def scope_id(self) -> Node:
        """The id of the scope: what an extension hangs on, in the estate or not; of others the resource group."""
        return self.estate.scope_id(self)

    def group(self) -> Document | None:
        """The resource group around it; None where there is none, or it is not in the estate.

        Raises NotDecided where the group is not known yet.
        """
        return self.estate.group(self)

    def children(self, kind: str) -> Candidates:
        """Children of kind `subnets`, written inside this document or apart; `blobServices/containers` lie deeper."""
        return self.estate.children(self, kind)

    def extensions(self, type_: str) -> Candidates:
        """Extension resources of `type_` whose scope is this one, such as Microsoft.Insights/diagnosticSettings."""
        return self.estate.extensions(self, type_)

    def linked_from(self, type_: str, *paths: str) -> Candidates:
        """Documents of `type_` that hold this one's id at one of the dotted `paths` (with `*`)."""
        return self.estate.linked_from(self, type_, paths)

    def resolve(self, path: str) -> Document | None:
        """The document whose id stands at `path`; None where it is missing or not in the estate."""
        return self[path].resolve()

    def is_named_by(self, node: Node) -> Truth:
        """The value at `node` is this resource's id, or its output."""
        value = node.plain
        if value is MISSING:
            return fact(False, node.evidence())
        if isinstance(value, Reference):
            return node.shown(self._is_behind(value))
        if isinstance(value, Unknown):
            return node.shown(Truth(State.UNKNOWN))
        if not isinstance(value, str):
            return node.wrong()
        if self.id is None:
            given = parsed(value)
            return fact(False, node.evidence()) if given is None or not self.is_a(given.type) else node.shown(
                Truth(State.UNKNOWN)
            )  # fmt: skip
        return fact(folded(value) == folded(self.id), node.evidence())

    def _is_behind(self, reference: Reference) -> Truth:
        if reference.urn != self.urn:
            return Truth(State.UNKNOWN) if reference.output not in ("id", "") else FALSE
        return TRUE if reference.output == "id" else Truth(State.UNKNOWN)


def parsed(id: str | None) -> ArmId | None:
    """The ARM id in `id`; None where there is none."""
    return _parsed(id) if isinstance(id, str) else None


_parsed = lru_cache(maxsize=65_536)(id_in)


def folded(id: str) -> str:
    """An id as one compares it: canonical, without letter case."""
    found = parsed(id)
    return found.key if found else id.strip("/").casefold()
