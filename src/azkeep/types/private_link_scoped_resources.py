"""Microsoft.Insights/privateLinkScopes/scopedResources.

Source: Azure Monitor REST API 2023-06-01-preview, private link scoped resources.
"""

from azkeep.types._monitor import IN_SCOPE, SCOPES
from azkeep.types.resource_type import Link, ResourceType, Timing

TYPE = ResourceType(
    arm_type=f"{SCOPES}/scopedResources",
    token="azure-native:monitor:PrivateLinkScopedResource",
    path=f"{IN_SCOPE}/scopedResources/{{name}}",
    autoname="copy",
    outside=frozenset({"id", "name", "type"}),
    location="none",
    tags=False,
    required=("/properties/linkedResourceId",),
    links=(
        Link(
            "/properties/linkedResourceId",
            types=(
                "Microsoft.Insights/components",
                "Microsoft.OperationalInsights/workspaces",
                "Microsoft.Insights/dataCollectionEndpoints",
                "Microsoft.Monitor/accounts",
            ),
        ),
    ),
    # Answer of PrivateLinkScopedResources create in the REST examples.
    defaults={"/properties/kind": "Resource"},
    put=Timing(asynchronous=True, accepted=True, seconds=5),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    system_data=True,
    tracked=False,
)
