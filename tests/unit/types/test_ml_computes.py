"""Computes: sizes, network, quota, what can change, and the managed network that the first one makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machine_learning import REGION, SUBNET, WORKSPACE, cluster, connect, instance, with_workspace

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types._vm_sizes import GPU_SIZES, is_retired, vm_size
from estate import NETWORK, NOW, MemoryEstate

CLUSTER = f"{WORKSPACE}/computes/cpu-cluster"
GPU = f"{WORKSPACE}/computes/gpu-cluster"
INNER = "/properties/properties"


def with_subnet(*, location: str = REGION, **properties: Any) -> MemoryEstate:
    estate = with_workspace()
    estate.store(f"{NETWORK}/virtualNetworks/net", {"location": location})
    estate.store(SUBNET, {"properties": {"addressPrefix": "10.0.0.0/24", **properties}})
    return estate


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.message


def test_a_cluster_shows_what_the_service_adds() -> None:
    """Size in capitals, idle time, remote login decided, steady and without nodes."""
    shown = with_workspace().put(CLUSTER, cluster(remoteLoginPortPublicAccess="NotSpecified"))
    inner = get(shown, INNER)
    assert inner["vmSize"] == "STANDARD_DS3_V2"
    assert inner["remoteLoginPortPublicAccess"] == "Enabled"
    assert inner["scaleSettings"] == {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT2M"}
    assert (inner["allocationState"], inner["currentNodeCount"], inner["errors"]) == ("Steady", 0, [])
    assert get(shown, "/properties/computeLocation") == REGION


def test_remote_login_stays_as_it_was_decided() -> None:
    """A later PUT with NotSpecified does not open or close it."""
    estate = with_workspace()
    estate.put(CLUSTER, cluster(remoteLoginPortPublicAccess="Disabled"))
    shown = estate.put(CLUSTER, cluster(most=8, remoteLoginPortPublicAccess="NotSpecified"))
    assert get(shown, f"{INNER}/remoteLoginPortPublicAccess") == "Disabled"
    assert get(shown, f"{INNER}/scaleSettings/maxNodeCount") == 8


@pytest.mark.parametrize(
    "change",
    [{"size": "Standard_DS4_v2"}, {"vmPriority": "LowPriority"}, {"enableNodePublicIp": False}, {"osType": "Windows"}],
)
def test_what_a_cluster_is_made_of_cannot_change(change: dict[str, Any]) -> None:
    """Size, priority, public address and system are fixed; another casing of the size is no change."""
    estate = with_workspace()
    estate.put(CLUSTER, cluster())
    assert "cannot be changed" in refused(estate, CLUSTER, cluster(**change))
    estate.put(CLUSTER, cluster(size="standard_ds3_V2"))


def test_a_gpu_cluster_without_quota_is_made_and_says_why_it_does_not_grow() -> None:
    """GPU families start at zero cores: ClusterCoreQuotaReached on the cluster, not a refusal."""
    estate = with_workspace()
    shown = estate.put(GPU, cluster("Standard_NC24ads_A100_v4", least=2))
    assert (get(shown, f"{INNER}/currentNodeCount"), get(shown, f"{INNER}/targetNodeCount")) == (0, 2)
    error = get(shown, f"{INNER}/errors/0/error")
    assert error["code"] == "ClusterCoreQuotaReached"
    assert "Maximum allowed: 0, Current in use: 0, Additional requested: 48" in error["message"]


def test_a_gpu_cluster_that_starts_empty_has_no_error() -> None:
    """Nothing is asked of the quota while the minimum is zero; low priority has a pool of its own."""
    estate = with_workspace()
    assert get(estate.put(GPU, cluster("Standard_NC24ads_A100_v4")), f"{INNER}/errors") == []
    low = cluster("Standard_NC24ads_A100_v4", least=1, vmPriority="LowPriority")
    assert get(estate.put(f"{GPU}-low", low), f"{INNER}/errors") == []


def test_clusters_of_one_family_share_its_quota() -> None:
    """100 cores of a CPU family: the second cluster gets what the first one left."""
    estate = with_workspace()
    estate.put(CLUSTER, cluster("Standard_D16s_v3", least=5, most=5))
    shown = estate.put(f"{CLUSTER}-two", cluster("Standard_D16s_v3", least=3, most=3))
    assert get(shown, f"{INNER}/currentNodeCount") == 1
    assert get(shown, f"{INNER}/errors/0/error/code") == "ClusterCoreQuotaReached"
    other = estate.put(f"{CLUSTER}-six", cluster("Standard_E16s_v3", least=3, most=3))
    assert get(other, f"{INNER}/errors") == []


@pytest.mark.parametrize(
    "size", ["Standard_NC6", "Standard_NC24r_Promo", "Standard_NV12", "Standard_ND6s", "Standard_NC6s_v2"]
)
def test_a_retired_size_is_refused(size: str) -> None:
    """Sizes that Azure took away in 2023."""
    assert "retired" in refused(with_workspace(), GPU, cluster(size))
    assert "retired" in refused(with_workspace(), GPU, instance(size))


@pytest.mark.parametrize("size", ["", "huge", "Standard_"])
def test_text_that_is_no_size_is_refused(size: str) -> None:
    """A cluster needs a size that reads like one."""
    assert refused(with_workspace(), CLUSTER, cluster(size))


def test_scale_settings_must_make_sense() -> None:
    """A maximum is needed, and the minimum is not above it."""
    assert "minNodeCount" in refused(with_workspace(), CLUSTER, cluster(least=3, most=2))
    body = cluster()
    del body["properties"]["properties"]["scaleSettings"]
    assert "maxNodeCount" in refused(with_workspace(), CLUSTER, body)


def test_a_delegated_subnet_is_refused() -> None:
    """A subnet handed to another service holds no computes."""
    estate = with_subnet(delegations=[{"name": "web"}])
    assert "delegated" in refused(estate, CLUSTER, cluster(subnet={"id": SUBNET}))


def test_a_subnet_of_another_region_is_refused() -> None:
    """Compute and network lie in one region."""
    assert "region" in refused(with_subnet(location="northeurope"), CLUSTER, cluster(subnet={"id": SUBNET}))


def test_a_private_cluster_needs_a_private_workspace() -> None:
    """No public address: a subnet, and an approved private endpoint of the workspace."""
    estate = with_subnet()
    private = cluster(subnet={"id": SUBNET}, enableNodePublicIp=False)
    assert "private endpoint" in refused(estate, CLUSTER, private)
    assert "subnet" in refused(estate, CLUSTER, cluster(enableNodePublicIp=False))
    connect(estate, WORKSPACE, "Pending")
    assert "private endpoint" in refused(estate, CLUSTER, private)
    connect(estate, WORKSPACE)
    assert get(estate.put(CLUSTER, private), f"{INNER}/remoteLoginPortPublicAccess") == "Disabled"


def test_a_managed_network_takes_no_subnet_and_becomes_active_with_its_first_compute() -> None:
    """Own subnets are refused; the first cluster provisions the network; the region is the workspace's."""
    estate = with_workspace(managedNetwork={"isolationMode": "AllowOnlyApprovedOutbound"})
    assert "subnet" in refused(estate, CLUSTER, cluster(subnet={"id": SUBNET}))
    elsewhere = {**cluster(), "location": "northeurope"}
    assert "region" in refused(estate, CLUSTER, elsewhere)
    status = "/properties/managedNetwork/status/status"
    assert get(estate.show(WORKSPACE), status) == "Inactive"
    estate.put(CLUSTER, cluster(enableNodePublicIp=False))
    assert get(estate.show(WORKSPACE), status) == "Active"


def test_an_instance_runs_and_belongs_to_who_made_it() -> None:
    """State, creator and applications come from the service."""
    shown = with_workspace().put(f"{WORKSPACE}/computes/notebook", instance())
    inner = get(shown, INNER)
    assert (inner["state"], inner["createdBy"]["userName"]) == ("Running", "deployer")
    assert "Jupyter" in [item["displayName"] for item in inner["applications"]]


def test_an_instance_name_is_taken_in_the_whole_region() -> None:
    """Two workspaces cannot have instances of one name in one region; clusters can."""
    estate = with_workspace()
    estate.store(f"{WORKSPACE}-two", {"location": REGION})
    estate.put(f"{WORKSPACE}/computes/notebook", instance())
    assert "in use" in refused(estate, f"{WORKSPACE}-two/computes/notebook", instance())
    estate.put(CLUSTER, cluster())
    estate.put(f"{WORKSPACE}-two/computes/cpu-cluster", cluster())
    assert estate.get(f"{WORKSPACE}-two/computes/cpu-cluster") is not None


def test_only_instances_start_and_stop() -> None:
    """Stopping answers 202 for an instance and a fault for a cluster."""
    type_ = by_arm_type("Microsoft.MachineLearningServices/workspaces/computes")
    assert type_ is not None
    stop, estate = type_.actions["stop"], with_workspace()
    assert stop.status == 202
    made = estate.put(f"{WORKSPACE}/computes/notebook", instance())
    assert stop.answer(ArmId.parse(made["id"]), made, {}, {}, estate) is None
    assert stop.changes is not None
    assert get(stop.changes(ArmId.parse(made["id"]), made, {}, estate, NOW), f"{INNER}/state") == "Stopped"
    group = estate.put(CLUSTER, cluster())
    assert isinstance(stop.answer(ArmId.parse(group["id"]), group, {}, {}, estate), ArmFault)


def test_kubernetes_cannot_be_attached_behind_a_managed_network() -> None:
    """Nor can it be attached without naming the cluster."""
    kubernetes = {"location": REGION, "properties": {"computeType": "Kubernetes", "properties": {}}}
    assert "resourceId" in refused(with_workspace(), f"{WORKSPACE}/computes/k8s", kubernetes)
    estate = with_workspace(managedNetwork={"isolationMode": "AllowInternetOutbound"})
    assert "managed network" in refused(estate, f"{WORKSPACE}/computes/k8s", kubernetes)


def test_cores_are_read_from_the_name() -> None:
    """CPU sizes: numbered DSv2 and plainly named ones; GPU sizes by table."""
    assert [vm_size(name).cores for name in ("Standard_DS3_v2", "Standard_D4s_v3", "STANDARD_E16S_V5")] == [4, 4, 16]  # type: ignore[union-attr]
    assert vm_size("standard_nc24ads_a100_V4") == GPU_SIZES["standard_nc24ads_a100_v4"]


@settings(deadline=None)
@given(st.sampled_from(sorted(GPU_SIZES)), st.randoms())
def test_a_size_in_any_case_is_the_same(size: str, random: Any) -> None:
    """Azure shows sizes in capitals; people write them otherwise."""
    mixed = "".join(random.choice((letter.lower(), letter.upper())) for letter in size)
    assert vm_size(mixed) == GPU_SIZES[size]
    assert not is_retired(mixed)
    assert vm_size(mixed).default_quota == 0  # type: ignore[union-attr]


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_sizes(text: str) -> None:
    """Anything a user types is a size with cores, or none."""
    found = vm_size(text)
    assert found is None or found.cores >= 0
