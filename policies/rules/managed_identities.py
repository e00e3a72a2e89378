"""User-assigned managed identities: one for each purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from azkeep.model.value import Reference
from azkeep.policy import TRUE, Document, Estate, Needs, Node, Severity, Truth, all_of, deferred, rule
from azkeep.policy.document import folded
from azkeep.policy.truth import NotDecided, State

from ._identity import LISTED
from ._workspace import WORKSPACE

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
PURPOSES: Mapping[str, str] = {
    WORKSPACE: "workspace",
    f"{WORKSPACE}/computes": "cluster",
    f"{WORKSPACE}/onlineEndpoints": "endpoint",
    f"{WORKSPACE}/batchEndpoints": "endpoint",
    "Microsoft.ContainerRegistry/registries": "registry encryption",
}
"""Type that an identity can be assigned to → what the identity is for there."""
SIGN_IN = "pipeline"
PRIMARY = "properties.primaryUserAssignedIdentity"


@rule(
    "ID-MI-001",
    "One identity per purpose",
    severity=Severity.MEDIUM,
    on=IDENTITY,
    needs=Needs.GRAPH,
    paths=("id",),
    fix="Create one identity per use.",
)
def one_identity_per_purpose(identity: Document) -> Truth:
    """One identity per purpose.

    Checks: No user-assigned identity is used by more than one of: workspace, cluster, endpoint, registry encryption,
        pipeline (a federated credential). Two clusters are one purpose.
    Why: A shared identity collects every role.
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: shared
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {primaryUserAssignedIdentity: "@shared"}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {"@shared": {}}}
    Bad:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: shared
        - type: Microsoft.ContainerRegistry/registries
          name: registry
          identity: {type: UserAssigned, userAssignedIdentities: {"@shared": {}}}
        - type: Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials
          name: shared/pipeline
    Good:
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: training
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/small
          identity: {type: UserAssigned, userAssignedIdentities: {"@training": {}}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/large
          identity: {type: UserAssigned, userAssignedIdentities: {"@training": {}}}
    Source: own rule (platform-team practice); no outside rule found
    """
    uses = _uses_of(identity)
    sure = [use for use in uses if use.relation.state is State.TRUE]
    purposes = {use.purpose for use in sure}
    if len(purposes) > 1:
        return ~all_of(use.relation for use in sure).because(f"used for: {', '.join(sorted(purposes))}")
    if len(purposes | {use.purpose for use in uses}) > 1:
        return all_of(use.relation for use in uses if use.purpose not in purposes)
    return identity.fact(True)


@dataclass(frozen=True)
class _Use:
    """What an identity is used for; `relation` is TRUE, or UNKNOWN where another identity may be meant."""

    purpose: str
    relation: Truth


def _uses_of(identity: Document) -> tuple[_Use, ...]:
    index = identity.estate.kept("uses of identities", _uses_by_identity)
    keys = [f"urn {identity.urn}"] if identity.urn else []
    keys += [folded(identity.id)] if identity.id else []
    sign_ins = tuple(_Use(SIGN_IN, relation) for _, relation in identity.children("federatedIdentityCredentials").pairs)
    return tuple(use for key in (*keys, None) for use in index.get(key, ())) + sign_ins


def _uses_by_identity(estate: Estate) -> dict[str | None, list[_Use]]:
    """Key of an identity → its uses; None for uses of one that is not known."""
    found: dict[str | None, list[_Use]] = {}
    for type_, purpose in PURPOSES.items():
        for document in estate.of_type(type_):
            for key, node in _named_by(document):
                relation = node.shown(deferred("the identity is not known yet") if key is None else TRUE)
                found.setdefault(key, []).append(_Use(purpose, relation))
    return found


def _named_by(document: Document) -> Iterable[tuple[str | None, Node]]:
    """Keys of the identities that `document` uses, and where it names them."""
    listed = document[LISTED]
    try:
        nodes = [*listed.keys(), *([] if document[PRIMARY].is_missing else [document[PRIMARY]])]
    except NotDecided:
        nodes = [listed]
    for node in nodes:
        yield _key(node.value), node


def _key(value: object) -> str | None:
    if isinstance(value, Reference):
        return f"urn {value.urn}" if value.output == "id" else None
    return folded(value) if isinstance(value, str) else None
