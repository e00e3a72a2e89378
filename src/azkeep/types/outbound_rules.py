"""Microsoft.MachineLearningServices/workspaces/outboundRules: rules of a workspace's managed network.

Source: Azure Machine Learning REST API 2025-12-01, managed network settings rules; how-to-managed-network.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._machine_learning import IN_WORKSPACE, has_managed_network, isolation, user_error, workspace_of
from azkeep.types._managed_endpoints import connection_deletes, connection_puts
from azkeep.types._private_link import group_ids
from azkeep.types._workspace_network import is_active, rule_status
from azkeep.types.resource_type import Immutable, Link, NameRule, ResourceType, Timing
from azkeep.types.write import Effect, Estate, Write

KINDS = ("FQDN", "PrivateEndpoint", "ServiceTag")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    workspace = workspace_of(write.id, estate)
    if not has_managed_network(workspace):
        return user_error("Outbound rules need a managed network isolation mode other than Disabled.")
    kind = get(write.body, "/properties/type")
    destination = get(write.body, "/properties/destination")
    if not any(same_text(kind, known) for known in KINDS):
        return user_error(f"Outbound rule type '{kind}' is not known.", code="ValidationError")
    if same_text(kind, "FQDN"):
        approved_only = isolation(workspace).lower() == "allowonlyapprovedoutbound"
        if not approved_only:
            return user_error("FQDN rules need isolation mode AllowOnlyApprovedOutbound.")
        return None if destination else _missing("destination")
    if same_text(kind, "ServiceTag"):
        named = get(destination, "/serviceTag") or get(destination, "/addressPrefixes")
        return None if named else _missing("destination.serviceTag")
    return _endpoint_fault(destination)


def _endpoint_fault(destination: Body) -> ArmFault | None:
    target, group = get(destination, "/serviceResourceId"), get(destination, "/subresourceTarget")
    if not target or not group:
        return _missing("destination.serviceResourceId and destination.subresourceTarget")
    offered = group_ids(ArmId.parse(target).type)
    if offered is None or any(same_text(group, one) for one in offered):
        return None
    return user_error(f"Subresource target '{group}' is not offered by {target}.")


def _missing(name: str) -> ArmFault:
    return user_error(f"The {name} field is required.", code="ValidationError")


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return {**body, "properties": rule_status(body.get("properties", {}), workspace_of(id, estate))}


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    """In an active network a rule's endpoint is made at once; one that led elsewhere goes."""
    workspace, properties = workspace_of(write.id, estate), write.body.get("properties", {})
    if workspace is None or write.id.parent is None or not is_active(workspace):
        return ()
    before = (write.before or {}).get("properties", {})
    moved = get(before, "/destination/serviceResourceId") != get(properties, "/destination/serviceResourceId")
    gone = connection_deletes(write.id.parent, write.id.name, before) if moved else ()
    return (*gone, *connection_puts(write.id.parent, workspace, {write.id.name: properties}, estate))


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    return connection_deletes(id.parent, id.name, body.get("properties", {})) if id.parent else ()


def _is_required(id: ArmId, body: Body) -> bool:
    return same_text(get(body, "/properties/category"), "Required")


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    return user_error(f"Required outbound rule '{id.name}' cannot be deleted.") if _is_required(id, body) else None


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/outboundRules",
    token="azure-native:machinelearningservices:ManagedNetworkSettingsRule",
    path=f"{IN_WORKSPACE}/outboundRules/{{ruleName}}",
    flattened=False,
    autoname="copy",
    name=NameRule(code="ValidationError"),
    location="none",
    tags=False,
    required=("/properties/type",),
    required_code="ValidationError",
    links=(Link("/properties/destination/serviceResourceId"),),
    immutable=(Immutable("/properties/type", "UserError", "The type of an outbound rule cannot be changed.", 400),),
    read_only=(
        "/properties/status",
        "/properties/errorInformation",
        "/properties/parentRuleNames",
        "/properties/destination/sparkStatus",
    ),
    # Category of a rule that a user makes: answer of the REST examples.
    defaults={"/properties/category": "UserDefined"},
    check=_check,
    present=_present,
    effects=_effects,
    on_delete=_on_delete,
    blocks_delete=_blocks_delete,
    made_by_service=_is_required,
    put=Timing(created=200, asynchronous=True, accepted=True, seconds=10),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    system_data=True,
    provisioning_state=None,
    tracked=False,
    # A rule is inactive until the managed network is provisioned.
    volatile=("/etag", "/systemData", "/properties/status", "/properties/destination/sparkStatus"),
    unordered=("/properties/fqdns", "/properties/destination/addressPrefixes"),
)
