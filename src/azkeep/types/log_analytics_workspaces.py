"""Microsoft.OperationalInsights/workspaces. Source: Log Analytics REST API 2023-09-01, workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._document import completed, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._monitor import scoped_resources
from azkeep.types.resource_type import Action, GeneratedSecret, NameRule, ResourceType, Timing
from azkeep.types.soft_delete import SoftDelete
from azkeep.types.write import Estate, Write

PRIMARY, SECONDARY = "primarySharedKey", "secondarySharedKey"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    days = get(write.body, "/properties/retentionInDays")
    free = same_text(get(write.body, "/properties/sku/name"), "Free")
    if isinstance(days, int) and not free and not 30 <= days <= 730:
        return ArmFault(
            400, "InvalidParameter", "'RetentionInDays' property is invalid: it must lie between 30 and 730."
        )
    return identity_fault(write, estate)


def _complete(write: Write, estate: Estate) -> Body:
    body = completed(
        write,
        once={
            "/properties/customerId": write.guid("customerId"),
            "/properties/createdDate": write.now,
            "/properties/sku/lastSkuUpdate": write.now,
            "/properties/workspaceCapping/quotaNextResetTime": write.now,
        },
        always={
            "/properties/modifiedDate": write.now,
            "/properties/workspaceCapping/dataIngestionStatus": "RespectQuota",
        },
    )
    return with_identity(body, write, estate)


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    found = [{"resourceId": item["ResourceId"], "scopeId": item["ScopeId"]} for item in scoped_resources(id, estate)]
    shown: Body = put(body, "/properties/privateLinkScopedResources", found) if found else body
    return shown


def _shared_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {PRIMARY: secrets.get(PRIMARY), SECONDARY: secrets.get(SECONDARY)}


def _always(sent: Body) -> bool:
    return True


TYPE = ResourceType(
    arm_type="Microsoft.OperationalInsights/workspaces",
    token="azure-native:operationalinsights:Workspace",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    outside=frozenset({"location", "tags", "identity", "id", "name", "type", "etag", "systemData"}),
    force_new=("location",),
    name=NameRule(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$",
        minimum=4,
        maximum=63,
        code="InvalidParameter",
        message="'workspaceName' does not match expected pattern '^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$'.",
    ),
    read_only=(
        *READ_ONLY,
        "/properties/customerId",
        "/properties/createdDate",
        "/properties/modifiedDate",
        "/properties/privateLinkScopedResources",
        "/properties/sku/lastSkuUpdate",
        "/properties/workspaceCapping/quotaNextResetTime",
        "/properties/workspaceCapping/dataIngestionStatus",
    ),
    generated_secrets=(GeneratedSecret(PRIMARY), GeneratedSecret(SECONDARY)),
    # Answer of WorkspacesCreate in the REST examples; -1 is no daily cap.
    defaults={
        "/properties/sku/name": "PerGB2018",
        "/properties/retentionInDays": 30,
        "/properties/features/legacy": 0,
        "/properties/features/searchVersion": 1,
        "/properties/features/enableLogAccessUsingOnlyResourcePermissions": True,
        "/properties/workspaceCapping/dailyQuotaGb": -1.0,
        "/properties/publicNetworkAccessForIngestion": "Enabled",
        "/properties/publicNetworkAccessForQuery": "Enabled",
    },
    check=_check,
    complete=_complete,
    present=_present,
    put=Timing(asynchronous=True, accepted=True, seconds=10),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=10),
    actions={
        "sharedKeys": Action(_shared_keys),
        "listKeys": Action(_shared_keys),
        "regenerateSharedKey": Action(_shared_keys, renews=(PRIMARY, SECONDARY)),
    },
    soft_delete=SoftDelete(
        days=14,
        code="",
        message="",
        purge_query="force",
        deleted_kind="deletedWorkspaces",
        in_groups=True,
        recovers=_always,  # a PUT of the same name in the same group and region brings the deleted workspace back
    ),
    etag=True,
    system_data=True,
    in_resource_graph=True,
    volatile=(
        "/etag",
        "/systemData",
        "/properties/modifiedDate",
        "/properties/workspaceCapping/quotaNextResetTime",
        "/properties/workspaceCapping/dataIngestionStatus",
    ),
)
