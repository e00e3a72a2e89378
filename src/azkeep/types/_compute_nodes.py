"""Nodes of compute clusters: how many the core quota lets run, and what the cluster says of it. Pure.

Source: how-to-manage-quotas. Cores of dedicated nodes count per family and region; a cluster that asks for more is
made, cannot grow, and carries ClusterCoreQuotaReached in its errors.
"""

from __future__ import annotations

from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._compute_checks import AML, INNER, INSTANCE, is_kind
from azkeep.types._document import region, same_text
from azkeep.types._vm_sizes import VmSize, vm_size
from azkeep.types.write import Estate, Write

NO_NODES = {
    "idleNodeCount": 0,
    "runningNodeCount": 0,
    "preparingNodeCount": 0,
    "unusableNodeCount": 0,
    "leavingNodeCount": 0,
    "preemptedNodeCount": 0,
}


def allocation(write: Write, estate: Estate) -> dict[str, Any]:
    """Pointers and values of the cluster's allocation: it holds its minimum of nodes, as far as quota goes."""
    least = get(write.body, f"{INNER}/scaleSettings/minNodeCount") or 0
    size = vm_size(str(get(write.body, f"{INNER}/vmSize") or ""))
    running, errors = least, []
    if size is not None and least and not same_text(get(write.body, f"{INNER}/vmPriority"), "LowPriority"):
        used = _used_cores(write, size, estate)
        running = min(least, max(0, size.default_quota - used) // size.cores)
        if running < least:
            errors = [_quota_error(size, used, (least - running) * size.cores)]
    return {
        f"{INNER}/allocationState": "Steady",
        f"{INNER}/allocationStateTransitionTime": write.now,
        f"{INNER}/currentNodeCount": running,
        f"{INNER}/targetNodeCount": least,
        f"{INNER}/nodeStateCounts": {**NO_NODES, "idleNodeCount": running},
        f"{INNER}/errors": errors,
    }


def _used_cores(write: Write, size: VmSize, estate: Estate) -> int:
    """Cores of the family that other computes of the subscription use in the region."""
    return sum(
        cores_of(other, size)
        for other in estate.of_type("Microsoft.MachineLearningServices/workspaces/computes")
        if ArmId.parse(str(other["id"])) != write.id
        and same_text(ArmId.parse(str(other["id"])).subscription, write.id.subscription)
        and region(other) == region(write.body)
    )


def cores_of(compute: Body, size: VmSize) -> int:
    """Cores of the family of `size` that a stored compute uses."""
    theirs = vm_size(str(get(compute, f"{INNER}/vmSize") or ""))
    if theirs is None or theirs.family != size.family:
        return 0
    if is_kind(compute, AML):
        return theirs.cores * int(get(compute, f"{INNER}/currentNodeCount") or 0)
    return theirs.cores if is_kind(compute, INSTANCE) else 0


def _quota_error(size: VmSize, used: int, wanted: int) -> dict[str, Any]:
    return {
        "error": {
            "code": "ClusterCoreQuotaReached",
            "message": f"Operation results in exceeding quota limits of {size.family} cores. Maximum allowed:"
            f" {size.default_quota}, Current in use: {used}, Additional requested: {wanted}.",
        }
    }
