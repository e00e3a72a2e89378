"""What the monitoring types share: membership in private link scopes. Pure.

Source: Application Insights REST API 2020-02-02 and Log Analytics REST API 2023-09-01 (PrivateLinkScopedResource).
"""

from __future__ import annotations

from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types._document import same_text
from azkeep.types.write import Estate

SCOPES = "Microsoft.Insights/privateLinkScopes"
IN_SCOPE = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.Insights/privateLinkScopes/{scopeName}"
)


def scoped_resources(id: ArmId, estate: Estate) -> list[dict[str, str]]:
    """The private link scopes that `id` belongs to: `ResourceId` of the membership, `ScopeId` of the scope."""
    return [
        {"ResourceId": str(item["id"]), "ScopeId": str(item["id"]).rsplit("/", 2)[0]}
        for item in estate.of_type(f"{SCOPES}/scopedResources")
        if same_text(get(item, "/properties/linkedResourceId"), id.text)
    ]
