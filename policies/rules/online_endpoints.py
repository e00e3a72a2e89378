"""Online endpoints of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azkeep.policy import (
    FALSE,
    TRUE,
    Document,
    Needs,
    Node,
    Severity,
    Truth,
    any_of,
    deferred,
    every,
    fact,
    rule,
    settle,
    some,
    when,
)
from azkeep.policy.document import folded

from ._identity import LISTED
from ._workspace import workspace_of

ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
FULL = 100
"""Percent of the traffic."""


@rule(
    "END-NET-001",
    "Online endpoint refuses public scoring traffic",
    severity=Severity.HIGH,
    on=ENDPOINT,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to Disabled; clients use the workspace private endpoint.",
    sets={"properties.publicNetworkAccess": "Disabled"},
)
def online_endpoint_refuses_public_scoring_traffic(endpoint: Document) -> Truth:
    """Online endpoint refuses public scoring traffic.

    Checks: publicNetworkAccess equals Disabled; missing fails. Endpoints on attached Kubernetes (properties.compute is
        set) are not judged: their address is the cluster's.
    Why: A public scoring address lets anyone who has a key call the model.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: AADToken, publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: AADToken}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: AADToken, publicNetworkAccess: Disabled}
    Source: docs page "Network isolation with managed online endpoints" (MicrosoftDocs/azure-docs); azure-ai-ml
        1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    is_managed = ~endpoint["properties.compute"].has_text()
    return when(is_managed, endpoint["properties.publicNetworkAccess"].equals("Disabled"))


@rule(
    "END-IDN-001",
    "Online endpoint asks for Entra or workspace tokens",
    severity=Severity.HIGH,
    on=ENDPOINT,
    paths=("properties.authMode",),
    fix="Set authMode to AADToken.",
    sets={"properties.authMode": "AADToken"},
)
def online_endpoint_asks_for_entra_or_workspace_tokens(endpoint: Document, *, require_aad: bool = False) -> Truth:
    """Online endpoint asks for Entra or workspace tokens.

    Checks: authMode is AADToken or AMLToken; Key and missing fail. The parameter require_aad narrows it to AADToken.
    Why: Static keys do not expire and cannot be tied to a caller.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: Key}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: AMLToken}
        - parameters: {require_aad: true}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: AMLToken}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    accepted = ("AADToken",) if require_aad else ("AADToken", "AMLToken")
    return endpoint["properties.authMode"].equals(*accepted)


@rule(
    "END-IDN-003",
    "Online endpoint has its own identity",
    severity=Severity.MEDIUM,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=("identity.type", "identity.userAssignedIdentities"),
    fix="Add a user-assigned identity with pull and read roles only, which no compute of the workspace uses.",
)
def online_endpoint_has_its_own_identity(endpoint: Document) -> Truth:
    """Online endpoint has its own identity.

    Checks: identity.type contains UserAssigned, and at least one of its identities is not one of a compute of the
        workspace.
    Why: A dedicated identity limits what a compromised model container can read.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          identity: {type: SystemAssigned}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          identity: {type: UserAssigned, userAssignedIdentities: {"@shared": {}}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {"@shared": {}}}
          properties: {computeType: AmlCompute}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: shared
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          identity: {type: "SystemAssigned, UserAssigned", userAssignedIdentities: {"@scoring": {}}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          identity: {type: UserAssigned, userAssignedIdentities: {"@training": {}}}
          properties: {computeType: AmlCompute}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: scoring
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: training
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    kind = endpoint["identity.type"]
    has_own = kind.satisfies(lambda text: "userassigned" in {part.strip().casefold() for part in text.split(",")})
    if has_own.state is not TRUE.state:
        return has_own
    identities = endpoint[LISTED]
    found = some(identities.keys(), lambda identity: ~_serves_a_compute(endpoint, identity))
    return identities.shown(found).otherwise("every identity of the endpoint is also one of a compute")


def _serves_a_compute(endpoint: Document, identity: Node) -> Truth:
    workspace = workspace_of(endpoint)
    if workspace is None:
        return fact(False)
    used = endpoint.estate.kept(f"identities of computes of {id(workspace)}", lambda _: _identities(workspace))
    if isinstance(identity.value, str) and folded(identity.value) in used.texts:
        return fact(True)
    others = used.others if isinstance(identity.value, str) else (*used.others, *used.texts.values())
    return used.hidden | some(others, identity.same_id)


@dataclass(frozen=True)
class _Identities:
    """Identities of computes: by id, as anything else, and whether there may be more."""

    texts: Mapping[str, Node]
    others: tuple[Node, ...]
    hidden: Truth


def _identities(workspace: Document) -> _Identities:
    found: list[Node] = []
    hidden: list[Truth] = []
    for compute, relation in workspace.children("computes").pairs:
        has_none = _has_none(compute)
        if has_none.state is FALSE.state and relation.state is TRUE.state:
            found.extend(compute[LISTED].keys())
        elif has_none.state is not TRUE.state:
            hidden.append(has_none if relation.state is TRUE.state else relation)
    texts = {folded(node.value): node for node in found if isinstance(node.value, str)}
    others = {node.value: node for node in found if not isinstance(node.value, str)}
    return _Identities(texts, tuple(others.values()), any_of(hidden))


def _has_none(compute: Document) -> Truth:
    return settle(lambda: fact(not compute[LISTED].keys()))


@rule(
    "END-IDN-004",
    "Endpoint keys are never written in the program",
    severity=Severity.CRITICAL,
    on=ENDPOINT,
    paths=("properties.keys",),
    fix="Drop the keys block; let the service create keys or use AADToken.",
    sets={"properties.keys": None},
)
def endpoint_keys_are_never_written_in_the_program(endpoint: Document) -> Truth:
    """Endpoint keys are never written in the program.

    Checks: keys is missing. The service never returns it, so a live endpoint is left open.
    Why: Keys given at creation are kept in program text and state.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: Key, keys: {primaryKey: "secret:written"}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {authMode: Key}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    absent = ~endpoint["properties.keys"].is_set()
    if endpoint.is_live and absent.state is TRUE.state:
        return deferred("the service never returns the keys that an endpoint was created with")
    return absent


@rule(
    "END-OPS-001",
    "Endpoint traffic adds up",
    severity=Severity.MEDIUM,
    on=ENDPOINT,
    needs=Needs.GRAPH,
    paths=("properties.traffic",),
    fix="Correct the split.",
)
def endpoint_traffic_adds_up(endpoint: Document) -> Truth:
    """Endpoint traffic adds up.

    Checks: traffic is missing or empty, or its percentages add up to 100, or to 0 for a parked endpoint, and each key
        is a deployment of the endpoint.
    Why: A wrong split sends no traffic, or traffic to a removed deployment.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {traffic: {blue: 90, green: 20}}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/blue
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/green
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {traffic: {gone: 100}}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/blue
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {traffic: {blue: 90, green: 10}}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/blue
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/green
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints
          name: workspace/example
          properties: {traffic: {blue: 0}}
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/example/blue
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    traffic = endpoint["properties.traffic"]
    shares = traffic.members()
    return _adds_up(traffic, shares) & every(shares, lambda share: _names_a_deployment(endpoint, share))


def _adds_up(traffic: Node, shares: tuple[Node, ...]) -> Truth:
    in_range = every(shares, lambda share: share.at_least(0) & share.at_most(FULL))
    if in_range.state is not TRUE.state:
        known = sum(share.number for share in shares if share.at_least(0).state is TRUE.state)
        return traffic.shown(fact(False)) if known > FULL else in_range
    total = sum(share.number for share in shares)
    return traffic.shown(fact(total in (0, FULL))).otherwise(f"the percentages add up to {total:g}")


def _names_a_deployment(endpoint: Document, share: Node) -> Truth:
    deployments = endpoint.children("deployments")
    wanted = share.name.casefold()
    return share.shown(deployments.some(lambda each: _is_called(each, wanted))).otherwise(
        f"the endpoint has no deployment {share.name}"
    )


def _is_called(deployment: Document, name: str) -> Truth:
    if deployment.id is None:
        return deferred("the name of a deployment is not known yet")
    return fact(deployment.name.casefold() == name)
