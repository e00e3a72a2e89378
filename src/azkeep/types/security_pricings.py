"""Microsoft.Security/pricings: plans of Microsoft Defender for Cloud. Source: Pricings REST API 2024-01-01.

A subscription has every plan, as Free until somebody turns it on: azure-native takes one over by import. The local
cloud does not show those that nobody has written.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

PLANS = (
    "VirtualMachines", "SqlServers", "AppServices", "StorageAccounts", "SqlServerVirtualMachines", "KubernetesService",
    "ContainerRegistry", "KeyVaults", "Dns", "Arm", "OpenSourceRelationalDatabases", "CosmosDbs", "Containers",
    "CloudPosture", "Api", "AI",
)  # fmt: skip
OLD: dict[str, list[str]] = {"KubernetesService": ["Containers"], "ContainerRegistry": ["Containers"]}
"""Plans that others took the place of."""
TRIAL = "P30D"
SHOWN = (
    "deprecated", "enablementTime", "freeTrialRemainingTime", "inherited", "inheritedFrom", "replacedBy",
    "resourcesCoverageStatus",
)  # fmt: skip


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if not any(same_text(write.id.name, plan) for plan in PLANS):
        text = f"The pricing name '{write.id.name}' is not supported. Possible values are {', '.join(PLANS)}."
        return ArmFault(400, "BadRequest", text)
    if same_text(get(write.body, "/properties/pricingTier"), "Free") and get(write.body, "/properties/subPlan"):
        return ArmFault(400, "BadRequest", "A sub plan needs the pricing tier Standard.")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    plan = next(plan for plan in PLANS if same_text(write.id.name, plan))
    on = same_text(get(write.body, "/properties/pricingTier"), "Standard")
    enabled = {"/properties/enablementTime": get(write.before, "/properties/enablementTime") or write.now} if on else {}
    replaced = {"/properties/replacedBy": OLD[plan]} if plan in OLD else {}
    return completed(
        write,
        always={
            "/properties/freeTrialRemainingTime": TRIAL if not on else "PT0S",
            "/properties/deprecated": plan in OLD,
            "/properties/resourcesCoverageStatus": "FullyCovered" if on else "NotCovered",
            **enabled,
            **replaced,
        },
    )


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    if id.scope is None or len(id.scope.segments) != 2:
        return None
    return ArmFault(400, "BadRequest", "A plan of a subscription cannot be deleted. Set its pricing tier to Free.")


TYPE = ResourceType(
    arm_type="Microsoft.Security/pricings",
    token="azure-native:security:Pricing",
    path="{scopeId}/providers/Microsoft.Security/pricings/{pricingName}",
    autoname="copy",
    name=NameRule(),
    location="none",
    tags=False,
    required=("/properties/pricingTier",),
    required_code="BadRequest",
    read_only=tuple(f"/properties/{name}" for name in SHOWN),
    # Value of the property when it is not set, in the REST API's description.
    defaults={"/properties/enforce": "False"},
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
    volatile=(
        "/etag",
        "/systemData",
        "/properties/freeTrialRemainingTime",
        "/properties/resourcesCoverageStatus",
        "/properties/extensions/*/operationStatus",
    ),
)
