"""Virtual machine sizes of Azure Machine Learning: cores, GPUs and the quota family of each. Pure data.

Sources: reference-managed-online-endpoints-vm-sku-list (families, cores, GPU counts, exemption from the upgrade
reserve); retiring-vms (sizes retired on 31 August 2023); how-to-manage-quotas (GPU families start at zero cores).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

RETIRED = re.compile(
    r"^standard_(nc(6|12|24|24r)|nc(6|12|24|24r)s_v2|nd(6|12|24|24r)s|nv(6|12|24))(_promo)?$", re.IGNORECASE
)
ANY_SIZE = re.compile(r"^standard_[a-z0-9_]+$", re.IGNORECASE)

CPU_QUOTA = 100
"""Cores of a CPU family that a subscription has per region before anyone asks for more; it varies by offer."""


@dataclass(frozen=True)
class VmSize:
    """`exempt`: managed online endpoints need no 20 % reserve for upgrades."""

    cores: int
    gpus: float
    family: str
    exempt: bool = False

    @property
    def default_quota(self) -> int:
        """Cores that a new subscription may use in this family."""
        return 0 if self.gpus else CPU_QUOTA


def _row(family: str, *sizes: tuple[str, int, float], exempt: bool = False) -> dict[str, VmSize]:
    return {name.lower(): VmSize(cores, gpus, family, exempt) for name, cores, gpus in sizes}


GPU_SIZES: Mapping[str, VmSize] = {
    **_row(
        "standard NCASv3_T4 Family",
        ("Standard_NC4as_T4_v3", 4, 1),
        ("Standard_NC8as_T4_v3", 8, 1),
        ("Standard_NC16as_T4_v3", 16, 1),
        ("Standard_NC64as_T4_v3", 64, 4),
    ),
    **_row(
        "standardNCSv3Family",
        ("Standard_NC6s_v3", 6, 1),
        ("Standard_NC12s_v3", 12, 2),
        ("Standard_NC24s_v3", 24, 4),
        ("Standard_NC24rs_v3", 24, 4),
    ),
    **_row("standardNDSv2Family", ("Standard_ND40rs_v2", 40, 8), exempt=True),
    **_row(
        "standardNCADSA100v4Family",
        ("Standard_NC24ads_A100_v4", 24, 1),
        ("Standard_NC48ads_A100_v4", 48, 2),
        ("Standard_NC96ads_A100_v4", 96, 4),
        exempt=True,
    ),
    **_row("standard NDASv4_A100 Family", ("Standard_ND96asr_v4", 96, 8), exempt=True),
    **_row("standard NDAMSv4_A100Family", ("Standard_ND96amsr_A100_v4", 96, 8), exempt=True),
    **_row(
        "standardNCADSH100v5Family",
        ("Standard_NC40ads_H100_v5", 40, 1),
        ("Standard_NC80adis_H100_v5", 80, 2),
        exempt=True,
    ),
    **_row(
        "standardNDv5H100Family",
        ("Standard_ND96is_H100_v5", 96, 8),
        ("Standard_ND96isr_H100_v5", 96, 8),
        exempt=True,
    ),
    **_row(
        "standardNVADSA10v5Family",
        ("Standard_NV6ads_A10_v5", 6, 1 / 6),
        ("Standard_NV12ads_A10_v5", 12, 1 / 3),
        ("Standard_NV18ads_A10_v5", 18, 1 / 2),
        ("Standard_NV36ads_A10_v5", 36, 1),
        ("Standard_NV36adms_A10_v5", 36, 1),
        ("Standard_NV72ads_A10_v5", 72, 2),
    ),
    **_row("standardNDv5H200Family", ("Standard_ND96isr_H200_v5", 96, 8), exempt=True),
}

# DSv2 and Dv2 sizes are numbered, not named by their cores.
_NUMBERED = {"1": 1, "2": 2, "3": 4, "4": 8, "5": 16, "11": 2, "12": 4, "13": 8, "14": 16, "15": 20}
_SERIES = re.compile(r"^standard_([a-z]+)(\d+)([a-z]*)(?:_(.*))?$", re.IGNORECASE)


def is_retired(size: str) -> bool:
    """True for a size that Azure no longer gives to new computes."""
    return RETIRED.match(size.strip()) is not None


def vm_size(size: str) -> VmSize | None:
    """What is known of `size` (any case); CPU sizes are read from their names, None for text that names no size."""
    lowered = size.strip().lower()
    if lowered in GPU_SIZES:
        return GPU_SIZES[lowered]
    found = _SERIES.match(lowered)
    if found is None:
        return None
    series, number, features, version = found.groups()
    numbered = series in ("d", "ds") and not features and version == "v2"
    cores = _NUMBERED.get(number, int(number)) if numbered else int(number)
    gpus = 1.0 if series in ("nc", "nd", "nv") else 0.0
    tail = (version or "").replace("_", "")
    return VmSize(cores, gpus, f"standard{(series + features).upper()}{tail}Family")
