"""What azkeep knows about one ARM resource type: data, and pure functions over documents.

Provider, emulator, audit and rules read the same value; none of them has code that names a type. A file of this
folder defines `TYPE = ResourceType(...)` (or `TYPES = (...)` where azure-native has several classes for one ARM type).
JSON pointers address the ARM document; a `*` part stands for every item.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body
from azkeep.types.planes import BlobPlane
from azkeep.types.schema import Schema
from azkeep.types.soft_delete import SoftDelete
from azkeep.types.write import Effect, Estate, Write

SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True)
class NameRule:
    """What the last name must look like. `unique` is the scope in which no other resource may have it.

    `code` and `message` are ARM's; `{name}` and `{type}` are filled in. Without a message a general one is given.
    `own_code` and `own_message` are for a name that the subscription itself has elsewhere, where that is told apart.
    `reason` is what a check of the name's availability calls a name that breaks the rule; `checked_message` is what it
    says of one that somebody has, where a write is told otherwise.
    """

    pattern: str = r"^[^/\\?#%&<>]+$"
    minimum: int = 1
    maximum: int = 260
    unique: Literal["scope", "region", "global"] = "scope"
    code: str = "InvalidResourceName"
    message: str = ""
    taken_code: str = "Conflict"
    taken_message: str = "The name '{name}' is already in use."
    own_code: str = ""
    own_message: str = ""
    reason: str = "Invalid"
    checked_message: str = ""


@dataclass(frozen=True)
class Link:
    """A pointer whose value is the ARM id of another resource, which must exist in the same cloud.

    `types` are the ARM types allowed, () for any. `required` false means the pointer may be absent.
    """

    path: str
    types: tuple[str, ...] = ()
    code: str = "InvalidResourceReference"
    status: int = 400
    message: str = (
        "Resource {target} referenced by resource {id} was not found. Please make sure that the referenced resource"
        " exists, and that both resources are in the same region."
    )


@dataclass(frozen=True)
class LinkedAccess:
    """A right that the caller of a write needs on a resource that the document names, besides the write itself.

    `path` finds ARM ids, or an object whose member names are ARM ids. `{type}` in `action` is the type of what is
    named. `enclosing` asks for the right on the resource around it.
    """

    path: str
    action: str
    enclosing: bool = False


# An identity is ARM's own part of a document, of whatever type.
ASSIGN_IDENTITIES = LinkedAccess(
    "/identity/userAssignedIdentities", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
)


@dataclass(frozen=True)
class Immutable:
    """A pointer whose value cannot change after create, and ARM's refusal. `{path}` and `{name}` are filled in.

    `absent` is how the message calls a value that is not there; with it, none can be added later either.
    """

    path: str
    code: str = "PropertyChangeNotAllowed"
    message: str = "Changing property '{path}' is not allowed."
    status: int = 409
    absent: str = ""


@dataclass(frozen=True)
class Timing:
    """Status codes and pace of one verb. `asynchronous` types answer with operation headers under `--realistic`
    (and 202 instead of the code given where `accepted`); `seconds` is then how long the operation runs.
    `creating` is the state of a resource that a running operation makes.
    `located`: the answer to a create tells in `Location` where the document is, and no operation runs."""

    created: int = 201
    updated: int = 200
    asynchronous: bool = False
    accepted: bool = False
    seconds: float = 0.0
    creating: str = "Creating"
    located: bool = False


@dataclass(frozen=True)
class Action:
    """A POST on a resource: `answer(id, body, sent, secrets, estate)` gives the response document.

    `changes` are properties merged into the stored document (start, stop), RFC 3339 time last; `secrets` maps secret
    pointers and names of generated secrets to values. An answer that is an ArmFault refuses the action, and nothing is
    kept of it.
    `renews` names generated secrets that are made anew before the answer; where a value of the request is the
    beginning of one of them (`{"keyType": "Primary"}` of `primaryKey`), that one alone.
    `beforehand`: the resource need not exist, only those around it; the document given is empty. `effects` are its
    writes to other resources, RFC 3339 time last; what only the cloud has is stood for in an answer by
    the classes of `planes`.
    """

    answer: Callable[[ArmId, Body, Body, Mapping[str, Any], Estate], Any]
    status: int = 200
    changes: Callable[[ArmId, Body, Body, Estate, str], Body] | None = None
    renews: tuple[str, ...] = ()
    beforehand: bool = False
    effects: Callable[[ArmId, Body, Body, Estate, str], tuple[Effect, ...]] | None = None


@dataclass(frozen=True)
class Edit:
    """A PUT right below a resource that changes the resource and makes none.

    `change(body, sent)` gives members to merge into the stored document, or the refusal; `answer(id, body)` is what is
    returned of the document then.
    """

    change: Callable[[Body, Body], Body | ArmFault]
    answer: Callable[[ArmId, Body], Body]


@dataclass(frozen=True)
class Etags:
    """What the etags of a type look like, and what is said of a write whose condition does not hold.

    `{}` of `form` is a unique text, `{digits}` one of fifteen hexadecimal digits. In the messages stand `{id}`,
    `{name}`, `{parent}` (the name of the enclosing resource), `{sent}` and `{current}`.
    """

    form: str = 'W/"{}"'
    stale: str = "Etag provided in if-match header {sent} does not match etag {current} of resource {id}."
    taken: str = "The resource {id} already exists, and if-none-match * forbids to replace it."


def _never(sent: Body) -> bool:
    return False


def _made_by_client(id: ArmId, body: Body) -> bool:
    return False


@dataclass(frozen=True)
class GeneratedSecret:
    """A secret that the service makes itself, such as an access key: base64 of so many random bytes."""

    name: str
    random_bytes: int = 64


def _no_fault(write: Write, estate: Estate) -> ArmFault | None:
    return None


def _as_sent(write: Write, estate: Estate) -> Body:
    return write.body


def _no_effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    return ()


def _nothing_left(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    return ()


def _deletable(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    return None


def _as_stored(id: ArmId, body: Body, estate: Estate) -> Body:
    return body


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One ARM resource type, everything known about it.

    Of azure-native:
        token: class token, `azure-native:network:Subnet`; `aliases` are other classes for the same ARM type.
        path: ARM id with `{inputName}` for path inputs; `{scope}` takes a whole id.
        flattened: inputs go under `properties` except `outside`; else the class has its own `properties` input.
        renames: input name → name in the document, top level only (nested ones are in `nested.py`).
        autoname: what to do without the last path input: random (name + 8 hex), copy, uuid, or never.
        force_new: inputs whose change means replacement, besides the path inputs.
        maintained: inputs that, when not given, are read from the cloud and sent back unchanged on update, and sent
            as [] on create; dots lead into nested ones (`properties.accessPolicies`).
        reset_to: input removed → value sent instead.
        singleton: the resource always exists with its parent; delete puts this body back. None for ordinary types.
        delete_query: query parameters that DELETE needs.
        undeletable: ARM's refusal of a DELETE, for what only the service's data plane deletes. The local cloud has no
            such plane: there a DELETE with `delete_query` stands for it.
        query_inputs: inputs that go into the query of PUT, not into the document.
        variant: a further class of an ARM type that another entry describes, with other path inputs; it is found by its
            token only, and is not among `all_types()`.
    Of ARM:
        linked: rights that the caller of a write needs on what the document names, asked before anything else; the
            right to assign the identities that it names is asked of every type.
        name, location, required, links, immutable: checked on every write, in this order.
        global_too: besides regions, the location can be `global`. no_region: code and message for any other location.
        longest_tag_name: characters that the name of a tag may have.
        read_only: pointers that a client cannot set; what it sends there is dropped.
        secrets: pointers that are accepted but never returned.
        write_only: pointers that are accepted, are no secret, and are never returned either.
        shown_secrets: azure-native outputs that the service returns in clear and the state must hold as secrets.
        defaults: pointer → value filled in when absent, with its source in a comment.
        policy_view: what policies of the service's own data plane see of a document: their type, and theirs of it.
        inline: pointer of a list in this document → child type that the list mirrors.
        names_children: pointer of an object keyed by names of children → their child type; it can be set only once
            they exist, so a plan that makes both does it in a second pass.
        check: faults beyond the above. complete: the document to store. present: the document to return.
        missing: 404 for one that is not there, where the service itself answers and not Resource Manager.
        makes_parent: a PUT makes the enclosing resource where it is absent (by `effects`); the one above must exist.
        effects, on_delete: writes to other resources in the same transaction.
        edits: PUTs right below a resource that are no resources, by their last two parts (`accessPolicies/add`).
        views: GETs right below a resource that are no resources, by their last part, from what a client sees of it.
        beside: of an extension type, lists of another type of its namespace on what it hangs on, by that type.
        asked: GETs right below a resource that take parameters, by their last part, from what a client sees and sends.
        regional: GETs of the namespace in a location, by their last part, from subscription, location and parameters.
        blocks_delete: the fault that keeps a resource from being deleted.
        stillborn: true for a document whose creation failed for good: no write mends it, only removal and another one.
        shown_when_deleted: DELETE answers with the document as it was.
        patched: what a PATCH can change: all of the document, or its tags alone.
        classes: the namespace of the service's own classes, where the service says in details of its own what it could
            not read in `properties`.
        blobs: the blob endpoint that its resources have.
        read_as: pointer → how the service reads a value of the wrong kind: `texts`, numbers and truth values in a map
            of text as their text; `truth`, the text of a truth value as the value; `unset`, empty text as nothing;
            `disabled`, an object whose `status` is Disabled as nothing.
        lists_above: a list of an extension type at a scope has also what hangs on the scopes around that.
        list_queries: all that a `$filter` of its lists can name, a function or a member → pointer to what its value
            must be, "" for a function without one; empty for every member of `properties`.
        list_refusal: what is said of any other `$filter`.
        list_filters: query parameter of a list → pointer whose value, in any case, must be one of those that the
            parameter has with commas between.
        archived: pointer that is true of what a list leaves out, or shows alone, as its `listViewType` says.
        page_sized_by: query parameter of a list, beside `$top`, that says how many items a page has.
        newest_first: lists begin with what was made last, where they are not asked for another order.
        tenant_id_in_subscription: what the tenant has of it is shown in a subscription, and below, with an id there.
    For the audit:
        assumed: pointer → value that means the same as nothing, where the service does not fill it in; an object stands
            for every one that has these members.
        volatile: pointers that move by themselves. unordered: lists whose order means nothing.
        mirrors: pointer of an object keyed by names of children that the service shows there too → their child type.
        lists_at: where all of them are listed: the collection that an id names, the whole subscription, or nowhere.
        extends: of an extension type, the ARM types that it can hang on; () for any.
        stands_for: pointer of the resource that a document made by the service belongs to; that one's owner owns it.
        made_by_service: true for a document that another resource's write made, as a private endpoint's interface or a
            workspace's default datastores; nobody has to declare it.
    """

    arm_type: str
    token: str
    path: str
    aliases: tuple[str, ...] = ()
    flattened: bool = True
    outside: frozenset[str] = frozenset(
        {"location", "tags", "identity", "sku", "kind", "zones", "extendedLocation", "plan", "managedBy", "id",
         "name", "type"}
    )  # fmt: skip
    renames: Mapping[str, str] = field(default_factory=dict)
    autoname: Literal["random", "copy", "uuid", "never"] = "random"
    force_new: tuple[str, ...] = ()
    maintained: tuple[str, ...] = ()
    reset_to: Mapping[str, Any] = field(default_factory=dict)
    singleton: Body | None = None
    delete_query: Mapping[str, str] = field(default_factory=dict)
    undeletable: ArmFault | None = None
    query_inputs: tuple[str, ...] = ()
    variant: bool = False

    name: NameRule = NameRule()
    location: Literal["required", "optional", "global", "none"] = "required"
    global_too: bool = False
    no_region: tuple[str, str] = (
        "LocationNotAvailableForResourceType",
        "The provided location '{location}' is not available for resource type '{type}'. List of available regions for"
        " the resource type is '{regions}'.",
    )
    tags: bool = True
    longest_tag_name: int = 512
    required: tuple[str, ...] = ()
    required_code: str = "InvalidRequestContent"
    linked: tuple[LinkedAccess, ...] = ()
    links: tuple[Link, ...] = ()
    immutable: tuple[Immutable, ...] = ()
    read_only: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    write_only: tuple[str, ...] = ()
    shown_secrets: tuple[str, ...] = ()
    generated_secrets: tuple[GeneratedSecret, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    assumed: Mapping[str, Any] = field(default_factory=dict)
    policy_view: Callable[[Body], tuple[str, Body]] | None = None
    inline: Mapping[str, str] = field(default_factory=dict)
    names_children: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Write, Estate], ArmFault | None] = _no_fault
    complete: Callable[[Write, Estate], Body] = _as_sent
    present: Callable[[ArmId, Body, Estate], Body] = _as_stored
    missing: Callable[[ArmId], ArmFault] | None = None
    makes_parent: bool = False
    effects: Callable[[Write, Estate], tuple[Effect, ...]] = _no_effects
    on_delete: Callable[[ArmId, Body, Estate], tuple[Effect, ...]] = _nothing_left
    blocks_delete: Callable[[ArmId, Body, Estate], ArmFault | None] = _deletable
    stillborn: Callable[[Body], bool] = _never
    put: Timing = Timing()
    delete: Timing = Timing(created=200, updated=200)
    shown_when_deleted: bool = False
    actions: Mapping[str, Action] = field(default_factory=dict)
    edits: Mapping[str, Edit] = field(default_factory=dict)
    views: Mapping[str, Callable[[ArmId, Body, Estate], Body]] = field(default_factory=dict)
    beside: Mapping[str, Callable[[ArmId, Body, Estate], Body]] = field(default_factory=dict)
    asked: Mapping[str, Callable[[ArmId, Body, Mapping[str, str], Estate], Body | ArmFault]] = field(
        default_factory=dict
    )
    regional: Mapping[str, Callable[[str, str, Mapping[str, str], Estate], Body | ArmFault]] = field(
        default_factory=dict
    )
    soft_delete: SoftDelete | None = None
    etag: bool = False
    etags: Etags = Etags()
    system_data: bool = False
    provisioning_state: str | None = "/properties/provisioningState"
    tracked: bool = True
    in_resource_graph: bool = False
    regional_write_lock: bool = False
    patched: Literal["all", "tags"] = "all"
    classes: str = ""
    blobs: BlobPlane | None = None
    read_as: Mapping[str, Literal["texts", "truth", "unset", "disabled"]] = field(default_factory=dict)
    lists_above: bool = False
    list_queries: Mapping[str, str] = field(default_factory=dict)
    list_refusal: str = ""
    list_filters: Mapping[str, str] = field(default_factory=dict)
    archived: str = ""
    page_sized_by: str = ""
    newest_first: bool = False
    tenant_id_in_subscription: bool = False

    volatile: tuple[str, ...] = ("/etag", "/systemData")
    unordered: tuple[str, ...] = ()
    mirrors: Mapping[str, str] = field(default_factory=dict)
    lists_at: Literal["own", "subscription", "nowhere"] = "own"
    extends: tuple[str, ...] = ()
    stands_for: str = ""
    made_by_service: Callable[[ArmId, Body], bool] = _made_by_client

    @cached_property
    def schema(self) -> Schema:
        """azure-native's property trees, read on first use."""
        name = self.token.split(":", 1)[1].replace(":", "_")
        return Schema(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))

    @cached_property
    def api_version(self) -> str:
        """The version that azkeep reads and writes with: azure-native's default."""
        return str(self.schema.api_version)

    @property
    def linked_accesses(self) -> tuple[LinkedAccess, ...]:
        """All rights that the caller of a write needs on what the document names."""
        return (ASSIGN_IDENTITIES, *self.linked)

    @cached_property
    def path_inputs(self) -> tuple[str, ...]:
        """Names of the inputs that stand in the path, `subscriptionId` left out, outermost first."""
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @property
    def name_input(self) -> str | None:
        """The input that holds the last name; None where the path ends in a literal."""
        return self.path_inputs[-1] if self.path.endswith("}") and self.path_inputs else None

    @property
    def presents(self) -> bool:
        """True where what is returned may differ from what is stored."""
        return self.present is not _as_stored

    @property
    def namespace(self) -> str:
        return self.arm_type.split("/")[0]

    @property
    def parent_type(self) -> str | None:
        """ARM type of the enclosing resource; None for a top-level type."""
        return self.arm_type.rsplit("/", 1)[0] if self.arm_type.count("/") > 1 else None

    @property
    def is_extension(self) -> bool:
        """True where the path begins at any scope."""
        return self.path.startswith(("{scope}", "{scopeId}", "{resourceUri}"))
