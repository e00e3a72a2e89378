"""The faults that can be asked for by name, as Azure answers in each case. Source: observed answers of its services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WRITES = "PUT,PATCH,DELETE,POST"
OPERATIONS = "PUT,PATCH,DELETE"

KINDS: Mapping[str, Mapping[str, Any]] = {
    "throttled": {
        "status": 429,
        "code": "TooManyRequests",
        "message": "The request is being throttled as the limit has been reached for operation type.",
        "retry_after": 1,
    },
    "conflict": {
        "method": WRITES,
        "status": 409,
        "code": "AnotherOperationInProgress",
        "message": "Another operation on this or dependent resource is in progress.",
        "retry_after": 1,
    },
    "error": {
        "status": 500,
        "code": "InternalServerError",
        "message": "Encountered an internal server error.",
    },
    "unavailable": {
        "status": 503,
        "code": "ServiceUnavailable",
        "message": "The service is unavailable now. Please retry the request later.",
        "retry_after": 1,
    },
    "forbidden": {
        "status": 403,
        "code": "AuthorizationFailed",
        "message": "The client does not have authorization to perform this action over scope '{id}' or the scope is"
        " invalid. If access was recently granted, please refresh your credentials.",
    },
    "gone": {
        "method": "GET",
        "status": 404,
        "code": "ResourceNotFound",
        "message": "The Resource '{id}' was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix",
    },
    "dropped-before": {"status": 0, "code": ""},
    "dropped-after": {"method": WRITES, "status": 0, "code": "", "after": True},
    "slow": {"status": 200, "code": "", "delay": 5.0},
    "late-failure": {
        "method": OPERATIONS,
        "operation": "fails",
        "status": 500,
        "code": "InternalServerError",
        "message": "An internal server error occurred while the resource '{name}' was provisioned.",
    },
    "never-ends": {"method": OPERATIONS, "operation": "hangs", "status": 200, "code": ""},
    "quota": {
        "method": "PUT,PATCH",
        "type": "Microsoft.MachineLearningServices/workspaces/computes",
        "status": 400,
        "code": "ClusterCoreQuotaReached",
        "message": "Operation results in exceeding quota limits of Core for '{name}'. Ask for more quota, or choose"
        " another size or region.",
    },
    "capacity": {
        "method": "PUT,PATCH",
        "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
        "operation": "fails",
        "status": 409,
        "code": "OutOfCapacity",
        "message": "The region has no capacity for the requested instance type of '{name}'. Try again later, or choose"
        " another size or region.",
    },
    "principal-not-replicated": {
        "method": "PUT",
        "type": "Microsoft.Authorization/roleAssignments",
        "status": 400,
        "code": "PrincipalNotFound",
        "message": "The principal of the role assignment '{name}' does not exist in the directory. If it was created"
        " just now, this error might be related to a replication delay. In this case, set principalType.",
    },
    "lingering-interface": {
        "method": "DELETE",
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "status": 400,
        "code": "InUseSubnetCannotBeDeleted",
        "message": "Subnet {name} is in use by {group}/providers/Microsoft.Network/networkInterfaces/lingering.nic/"
        "ipConfigurations/privateEndpointIpConfig and cannot be deleted. In order to delete the subnet, delete all the"
        " resources within the subnet. See aka.ms/deletesubnet.",
    },
}
"""Kind → members of `injected.Fault` that it sets; what is declared beside the kind wins."""
