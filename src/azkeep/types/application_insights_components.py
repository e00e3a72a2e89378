"""Microsoft.Insights/components. Source: Application Insights REST API 2020-02-02, components."""

from __future__ import annotations

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, put
from azkeep.types._document import completed, region
from azkeep.types._monitor import scoped_resources
from azkeep.types.resource_type import Link, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write


def _complete(write: Write, estate: Estate) -> Body:
    key, application = write.guid("InstrumentationKey"), write.guid("AppId")
    location = region(write.body)
    return completed(
        write,
        once={"/properties/CreationDate": write.now},
        always={
            "/properties/AppId": application,
            "/properties/ApplicationId": write.id.name,
            "/properties/Name": write.id.name,
            "/properties/InstrumentationKey": key,
            "/properties/ConnectionString": f"InstrumentationKey={key};"
            f"IngestionEndpoint=https://{location}-0.in.applicationinsights.azure.com/;"
            f"LiveEndpoint=https://{location}.livediagnostics.monitor.azure.com/;ApplicationId={application}",
            "/properties/TenantId": write.caller.tenant,
            "/properties/Ver": "v2",
        },
    )


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    found = scoped_resources(id, estate)
    shown: Body = put(body, "/properties/PrivateLinkScopedResources", found) if found else body
    return shown


RENAMES = {
    "applicationType": "Application_Type",
    "flowType": "Flow_Type",
    "requestSource": "Request_Source",
    "hockeyAppId": "HockeyAppId",
    "samplingPercentage": "SamplingPercentage",
    "retentionInDays": "RetentionInDays",
    "disableIpMasking": "DisableIpMasking",
    "immediatePurgeDataOn30Days": "ImmediatePurgeDataOn30Days",
    "workspaceResourceId": "WorkspaceResourceId",
    "ingestionMode": "IngestionMode",
    "disableLocalAuth": "DisableLocalAuth",
    "forceCustomerStorageForProfiler": "ForceCustomerStorageForProfiler",
}

_READ_ONLY = (
    "AppId", "ApplicationId", "Name", "InstrumentationKey", "ConnectionString", "TenantId", "CreationDate",
    "LaMigrationDate", "HockeyAppToken", "PrivateLinkScopedResources", "Ver",
)  # fmt: skip

TYPE = ResourceType(
    arm_type="Microsoft.Insights/components",
    token="azure-native:applicationinsights:Component",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/components/{resourceName}",
    renames=RENAMES,
    name=NameRule(pattern=r"^[^%&\\?/]*[^%&\\?/ .]$", maximum=260),
    required=("/kind", "/properties/Application_Type"),
    required_code="InvalidRequestContent",
    links=(
        Link(
            "/properties/WorkspaceResourceId",
            types=("Microsoft.OperationalInsights/workspaces",),
            code="BadRequest",
            message="Log Analytics workspace {target} was not found.",
        ),
    ),
    read_only=tuple(f"/properties/{name}" for name in _READ_ONLY),
    # Answer of ComponentsCreate in the REST examples; 90 days is the documented retention when none is set.
    defaults={
        "/properties/RetentionInDays": 90,
        "/properties/DisableIpMasking": False,
        "/properties/DisableLocalAuth": False,
        "/properties/Flow_Type": "Bluefield",
        "/properties/Request_Source": "rest",
        "/properties/IngestionMode": "LogAnalytics",
        "/properties/publicNetworkAccessForIngestion": "Enabled",
        "/properties/publicNetworkAccessForQuery": "Enabled",
    },
    complete=_complete,
    present=_present,
    put=Timing(created=200),
    etag=True,
    in_resource_graph=True,
)
