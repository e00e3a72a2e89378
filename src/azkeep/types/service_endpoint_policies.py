"""Microsoft.Network/serviceEndpointPolicies and definitions. Source: Service Endpoint Policies REST API 2024-05-01."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    in_use,
    referring,
    shown,
    with_value,
)
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
DEFINITIONS = "Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions"
POINTER = "/properties/serviceEndpointPolicies"
# virtual-network-service-endpoint-policies-overview: storage accounts, or a named service as a whole.
SERVICES = ("Microsoft.Storage", "Global")


def _definition_fault(name: str, definition: Body) -> ArmFault | None:
    service = str(get(definition, "/properties/service", ""))
    if service.lower() in [known.lower() for known in SERVICES]:
        return None
    text = f"Service {service} of service endpoint policy definition {name} is not supported. Supported services are"
    return ArmFault(400, "ServiceEndpointPolicyDefinitionServiceNotSupported", f"{text} {', '.join(SERVICES)}.")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for definition in get(write.sent, "/properties/serviceEndpointPolicyDefinitions", None) or []:
        fault = _definition_fault(str(definition.get("name", "")), definition)
        if fault is not None:
            return fault
    return None


def _check_definition(write: Write, estate: Estate) -> ArmFault | None:
    return _definition_fault(write.id.name, write.body)


def _complete(write: Write, estate: Estate) -> Body:
    return with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    return shown(body, "subnets", referring(estate, id.text, SUBNETS, POINTER))


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    users = referring(estate, id.text, SUBNETS, POINTER)
    return in_use(id, users, "InUseServiceEndpointPolicyCannotBeDeleted", "Service endpoint policy", "aka.ms/deletesep")


POLICY = ResourceType(
    arm_type="Microsoft.Network/serviceEndpointPolicies",
    token="azure-native:network:ServiceEndpointPolicy",
    path=IN_RESOURCE_GROUP + "/serviceEndpointPolicies/{serviceEndpointPolicyName}",
    name=NAME,
    read_only=("/properties/resourceGuid", "/properties/subnets"),
    # Service Endpoint Policies REST API, create example response.
    defaults={"/properties/serviceEndpointPolicyDefinitions": []},
    inline={"/properties/serviceEndpointPolicyDefinitions": DEFINITIONS},
    check=_check,
    complete=_complete,
    present=_present,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    volatile=("/etag", "/properties/serviceEndpointPolicyDefinitions/*/etag", "/properties/subnets"),
    unordered=("/properties/serviceEndpointPolicyDefinitions", "/properties/subnets"),
)

DEFINITION = ResourceType(
    arm_type=DEFINITIONS,
    token="azure-native:network:ServiceEndpointPolicyDefinition",
    path=IN_RESOURCE_GROUP
    + "/serviceEndpointPolicies/{serviceEndpointPolicyName}"
    + "/serviceEndpointPolicyDefinitions/{serviceEndpointPolicyDefinitionName}",
    autoname="copy",
    name=NAME,
    location="none",
    tags=False,
    check=_check_definition,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    classes=CLASSES,
    tracked=False,
    in_resource_graph=False,
    unordered=("/properties/serviceResources",),
)

TYPES = (POLICY, DEFINITION)
