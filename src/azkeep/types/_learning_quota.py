"""Sizes, core quotas and their use per region, as Azure Machine Learning lists them. Pure.

Source: Azure Machine Learning REST API 2025-12-01, virtual machine sizes, quotas and usages; how-to-manage-quotas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._compute_checks import INNER
from azkeep.types._compute_nodes import cores_of
from azkeep.types._document import region, same_text
from azkeep.types._vm_sizes import CPU_QUOTA, GPU_SIZES, VmSize, vm_size
from azkeep.types.write import Estate

COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes"
USAGES, QUOTAS = (f"Microsoft.MachineLearningServices/vmFamily/{kind}" for kind in ("usages", "quotas"))
TOTAL = "TotalClusterCores", "Total Regional vCPUs"

# CPU sizes that are shown; every other one that its name tells is taken as well. Name → memory in GiB.
SHOWN_CPU: Mapping[str, float] = {
    "Standard_DS1_v2": 3.5, "Standard_DS2_v2": 7, "Standard_DS3_v2": 14, "Standard_DS4_v2": 28, "Standard_DS5_v2": 56,
    "Standard_DS11_v2": 14, "Standard_DS12_v2": 28, "Standard_D2s_v3": 8, "Standard_D4s_v3": 16,
    "Standard_D8s_v3": 32, "Standard_D16s_v3": 64, "Standard_E4s_v3": 32, "Standard_E8s_v3": 64, "Standard_F2s_v2": 4,
    "Standard_F4s_v2": 8, "Standard_F8s_v2": 16, "Standard_F16s_v2": 32,
}  # fmt: skip


def _sizes() -> Iterator[tuple[str, VmSize, float | None]]:
    """Name, size and memory in GiB, where it is known."""
    for name, memory in SHOWN_CPU.items():
        found = vm_size(name)
        if found is not None:
            yield name, found, memory
    for name, found in GPU_SIZES.items():
        yield name, found, None


def sizes(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """The sizes of a region."""
    return {"value": [_size(name, found, memory) for name, found, memory in _sizes()]}


def _size(name: str, size: VmSize, memory: float | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": name.upper(),
        "family": size.family,
        "vCPUs": size.cores,
        "gpus": int(size.gpus) or (1 if size.gpus else 0),
        "lowPriorityCapable": True,
        "premiumIO": True,
        "supportedComputeTypes": ["AmlCompute", "ComputeInstance"],
    }
    return shown if memory is None else {**shown, "memoryGB": memory}


def _families() -> dict[str, int]:
    """Family → cores that a subscription may use."""
    return {found.family: found.default_quota for _, found, _ in _sizes()}


def quotas(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """The cores that each family may use."""
    return {"value": [_entry(subscription, location, QUOTAS, name, limit) for name, limit in _families().items()]}


def usages(subscription: str, location: str, sent: Mapping[str, str], estate: Estate) -> Body:
    """The cores that computes use in a region, of each family and of all."""
    used = dict.fromkeys(_families(), 0)
    for compute in estate.of_type(COMPUTES):
        size = vm_size(str(get(compute, f"{INNER}/vmSize") or ""))
        ours = same_text(ArmId.parse(str(compute["id"])).subscription, subscription) and region(compute) == location
        if ours and size is not None:
            used[size.family] = used.get(size.family, 0) + cores_of(compute, size)
    limits = _families()
    entries = [
        {**_entry(subscription, location, USAGES, name, limits.get(name, CPU_QUOTA)), "currentValue": count}
        for name, count in used.items()
    ]
    total = {
        **_entry(subscription, location, USAGES, TOTAL[0], sum(limits.values())),
        "currentValue": sum(used.values()),
    }
    return {"value": [{**total, "name": {"value": TOTAL[0], "localizedValue": TOTAL[1]}}, *entries]}


def _entry(subscription: str, location: str, kind: str, name: str, limit: int) -> dict[str, Any]:
    place = f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}"
    return {
        "id": f"{place}/{kind.rsplit('/', 1)[-1]}/{name.replace(' ', '')}",
        "amlWorkspaceLocation": location,
        "type": kind,
        "name": {"value": name, "localizedValue": f"{name} vCPUs"},
        "limit": limit,
        "unit": "Count",
    }
