"""Microsoft.Resources/resourceGroups. Source: Azure Resource Manager REST API 2024-03-01, resource groups."""

from azkeep.types.resource_type import Immutable, NameRule, ResourceType, Timing

TYPE = ResourceType(
    arm_type="Microsoft.Resources/resourceGroups",
    token="azure-native:resources:ResourceGroup",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
    force_new=("location",),
    name=NameRule(
        pattern=r"^[-\w._()]*[-\w_()]$",
        maximum=90,
        code="InvalidResourceGroup",
        message="The provided resource group name '{name}' has invalid characters. The name can only be a letter,"
        " digit, '-', '.', '(', ')' or '_', and it cannot end with '.'.",
    ),
    immutable=(
        Immutable(
            path="/location",
            code="InvalidResourceGroupLocation",
            message="Invalid resource group location '{after}'. The Resource group already exists in location"
            " '{before}'.",
        ),
    ),
    outside=frozenset({"location", "tags", "managedBy", "id", "name", "type", "properties"}),
    delete=Timing(created=200, updated=200, asynchronous=True, accepted=True, seconds=20),
    tracked=False,
    in_resource_graph=False,
)
