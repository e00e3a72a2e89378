"""What the service refuses in a compute, beyond what the type's data say. Pure.

Sources: how-to-secure-training-vnet (subnet, no public IP), how-to-managed-network (no own subnet, same region),
how-to-create-attach-compute-cluster (what can change), retiring-vms.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._connections import approved
from azkeep.types._document import changed, region, same_text
from azkeep.types._machine_learning import has_managed_network, user_error, workspace_of
from azkeep.types._network import free_addresses
from azkeep.types._vm_sizes import is_retired, vm_size
from azkeep.types.write import Estate, Write

AML, INSTANCE = "AmlCompute", "ComputeInstance"
ATTACHED = ("Kubernetes", "AKS", "VirtualMachine", "HDInsight", "DataFactory", "Databricks", "DataLakeAnalytics",
            "SynapseSpark")  # fmt: skip
INNER = "/properties/properties"

# What cannot change after create, below `properties.properties`.
FIXED = {
    AML.lower(): ("vmSize", "vmPriority", "osType", "subnet/id", "enableNodePublicIp", "isolatedNetwork"),
    INSTANCE.lower(): (
        "vmSize",
        "subnet/id",
        "enableNodePublicIp",
        "applicationSharingPolicy",
        "computeInstanceAuthorizationType",
        "personalComputeInstanceSettings/assignedUser/objectId",
        "sshSettings/sshPublicAccess",
    ),
}


def compute_type(body: Body | None) -> str:
    return str(get(body, "/properties/computeType") or "")


def is_kind(body: Body | None, kind: str) -> bool:
    return same_text(compute_type(body), kind)


def check(write: Write, estate: Estate) -> ArmFault | None:
    """The first refusal, None if the compute may be written."""
    kind = compute_type(write.body)
    if not any(same_text(kind, known) for known in (AML, INSTANCE, *ATTACHED)):
        return user_error(f"Compute type '{kind}' is not supported.", code="ValidationError")
    if not (is_kind(write.body, AML) or is_kind(write.body, INSTANCE)):
        return _attached(write, estate)
    if changed(write, "/properties/computeLocation"):
        return user_error(f"Property computeLocation of compute '{write.id.name}' cannot be changed.")
    return (
        _fixed(write)
        or _size(write.body)
        or _scale(write.body)
        or _instance_name(write, estate)
        or _network(write, estate)
    )


def _attached(write: Write, estate: Estate) -> ArmFault | None:
    refused = is_kind(write.body, "Kubernetes") or is_kind(write.body, "VirtualMachine")
    if refused and has_managed_network(workspace_of(write.id, estate)):
        return user_error(f"{compute_type(write.body)} compute is not supported in a workspace with a managed network.")
    if get(write.body, "/properties/resourceId") is None:
        return user_error("The resourceId field is required.", code="ValidationError")
    return None


def _fixed(write: Write) -> ArmFault | None:
    for name in FIXED[compute_type(write.body).lower()]:
        if changed(write, f"{INNER}/{name}"):
            return user_error(f"Property {name.replace('/', '.')} of compute '{write.id.name}' cannot be changed.")
    return None


def _size(body: Body) -> ArmFault | None:
    size = str(get(body, f"{INNER}/vmSize") or "")
    if not size:
        return user_error("The vmSize field is required.", code="ValidationError")
    if is_retired(size):
        return user_error(f"VM size {size} is retired and cannot be used for new computes.")
    if not size.lower().startswith("standard_") or vm_size(size) is None:
        return user_error(f"VM size {size} is not supported.", code="ValidationError")
    return None


def _scale(body: Body) -> ArmFault | None:
    if not is_kind(body, AML):
        return None
    most = get(body, f"{INNER}/scaleSettings/maxNodeCount")
    least = get(body, f"{INNER}/scaleSettings/minNodeCount") or 0
    if not isinstance(most, int):
        return user_error("The scaleSettings.maxNodeCount field is required.", code="ValidationError")
    if not 0 <= least <= most:
        return user_error(f"minNodeCount {least} must lie between 0 and maxNodeCount {most}.", code="ValidationError")
    return None


def _instance_name(write: Write, estate: Estate) -> ArmFault | None:
    """Names of compute instances are unique in a region."""
    if not is_kind(write.body, INSTANCE) or not write.is_create:
        return None
    for other in estate.of_type("Microsoft.MachineLearningServices/workspaces/computes"):
        taken = is_kind(other, INSTANCE) and same_text(other.get("name"), write.id.name)
        if taken and region(other) == region(write.body) and ArmId.parse(str(other["id"])) != write.id:
            return user_error(f"Compute instance name '{write.id.name}' is already in use in this region.", status=409)
    return None


def _network(write: Write, estate: Estate) -> ArmFault | None:
    workspace = workspace_of(write.id, estate)
    subnet = get(write.body, f"{INNER}/subnet/id")
    if has_managed_network(workspace):
        if subnet:
            return user_error("A compute cannot have a subnet of its own in a workspace with a managed network.")
        if workspace is not None and region(workspace) != region(write.body):
            return user_error("With a managed network a compute must be in the region of its workspace.")
        return None
    if subnet:
        fault = _subnet(str(subnet), write, estate)
        if fault:
            return fault
    return _public_address(write, workspace, bool(subnet), estate) if write.is_create else None


def _subnet(subnet: str, write: Write, estate: Estate) -> ArmFault | None:
    document = estate.get(subnet)
    if document is None:
        return None  # the type's links have refused it, or it lies in a cloud that is not known here
    if get(document, "/properties/delegations"):
        return user_error(f"Subnet {subnet} is delegated to another service and cannot hold computes.")
    network = estate.get(str(ArmId.parse(subnet).parent))
    if network is not None and region(network) != region(write.body):
        return user_error(f"Subnet {subnet} is not in the region of the compute.")
    least = get(write.body, f"{INNER}/scaleSettings/minNodeCount") or 0
    wanted = max(1, least)
    if write.is_create and len(free_addresses(estate, subnet, wanted)) < wanted:
        return user_error(f"Subnet {subnet} does not have enough free IP addresses: {wanted} needed.")
    return None


def _public_address(write: Write, workspace: Body | None, has_subnet: bool, estate: Estate) -> ArmFault | None:
    if get(write.body, f"{INNER}/enableNodePublicIp") is not False:
        return None
    if not has_subnet:
        return user_error("A compute without a public IP address needs a subnet.")
    if workspace is not None and not approved(ArmId.parse(str(workspace["id"])), estate):
        return user_error(
            "A compute without a public IP address needs a workspace with an approved private endpoint connection."
        )
    return None
