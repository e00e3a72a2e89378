"""Rules of the network, the identity and the cost of computes, beyond what their own examples show."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding_of, judged
from tests.unit.policies.computes import (
    COMPUTE,
    FAIL,
    GROUP,
    IDENTITY,
    OPEN,
    OUT,
    PASS,
    SUBNET,
    WORKSPACE,
    Body,
    cluster,
    compute,
    instance,
)

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Given


def workspace(mode: Any = None, *, tags: Any = None, kind: Any = None, **properties: Any) -> Body:
    given = {"managedNetwork": {"isolationMode": mode}, **properties}
    return {"type": WORKSPACE, "name": "home", "kind": kind, "tags": tags, "properties": given}


def hub(mode: Any) -> Body:
    return {"type": WORKSPACE, "name": "hub", "kind": "Hub", "properties": {"managedNetwork": {"isolationMode": mode}}}


def identity(name: str) -> Body:
    return {"type": IDENTITY, "name": name}


APPROVED, OFF = "AllowOnlyApprovedOutbound", "Disabled"


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((cluster({"subnet": {"id": SUBNET}}),), PASS),
        ((cluster({"subnet": {"id": SUBNET}}), workspace("?")), PASS),
        ((cluster({"subnet": {"id": "?"}}), workspace(OFF)), OPEN),
        ((cluster({"subnet": {"id": "?"}}), workspace(APPROVED)), PASS),
        ((cluster({"subnet": None}), workspace(OFF)), FAIL),
        ((cluster({"subnet": {"id": None}}), workspace("?")), OPEN),
        ((cluster({"subnet": {"id": ["x"]}}), workspace(OFF)), FAIL),
        ((cluster({}), workspace("allowinternetoutbound")), PASS),
        ((cluster({}), workspace("Nonsense")), FAIL),
        ((cluster({}),), OPEN),
        ((cluster({}), workspace(None, kind="Project", hubResourceId="@hub"), hub(APPROVED)), PASS),
        ((cluster({}), workspace(APPROVED, kind="Project", hubResourceId="@hub"), hub(OFF)), FAIL),
        ((cluster({}), workspace(APPROVED, kind="Project", hubResourceId=f"{GROUP}/{WORKSPACE}/gone")), OPEN),
        ((compute("kubernetes", {}), workspace(OFF)), OUT),
        ((compute("?", {}), workspace(OFF)), OPEN),
        ((compute("?", {"subnet": {"id": SUBNET}}),), PASS),
        ((compute({"odd": 1}, {}),), FAIL),
    ],
)
def test_compute_in_a_network(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """CMP-NET-001: a subnet of its own or the managed network of the workspace, of the hub for a project."""
    assert judged("CMP-NET-001", *documents).verdict is verdict


def test_compute_whose_subnet_is_only_finding_of() -> None:
    """CMP-NET-001: the id of a subnet that is not made yet counts as set."""
    body = {"properties": {"computeType": "AmlCompute", "properties": {"subnet": {"id": Reference("urn:net", "id")}}}}
    assert finding_of("CMP-NET-001", Given(COMPUTE, "one", None, body, "urn:one", "urn:home")).verdict is PASS


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((cluster({"enableNodePublicIp": False}),), PASS),
        ((cluster({"enableNodePublicIp": True}), workspace(APPROVED)), FAIL),
        ((cluster({"enableNodePublicIp": True}), workspace("?")), FAIL),
        ((cluster({"enableNodePublicIp": None}), workspace(APPROVED)), PASS),
        ((cluster({}), workspace(OFF)), FAIL),
        ((cluster({}), workspace("?")), OPEN),
        ((cluster({}),), OPEN),
        ((cluster({"enableNodePublicIp": "?"}), workspace(APPROVED)), OPEN),
        ((cluster({"enableNodePublicIp": "false"}), workspace(APPROVED)), FAIL),
        ((compute("Kubernetes", {"enableNodePublicIp": True}),), OUT),
    ],
)
def test_public_address_of_nodes(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """CMP-NET-002: true fails everywhere, missing passes inside a managed network only."""
    assert judged("CMP-NET-002", *documents).verdict is verdict


def test_public_address_names_its_place() -> None:
    """CMP-NET-002: the finding shows the property of the compute, also where the network of the workspace decides."""
    found = judged("CMP-NET-002", cluster({}), workspace(OFF))
    assert (found.path, found.id) == (
        "/properties/properties/enableNodePublicIp",
        f"{GROUP}/{WORKSPACE}/home/computes/one",
    )


@pytest.mark.parametrize(
    ("rule", "document", "verdict"),
    [
        ("CMP-NET-003", cluster({"remoteLoginPortPublicAccess": "disabled"}), PASS),
        ("CMP-NET-003", cluster({"remoteLoginPortPublicAccess": None}), FAIL),
        ("CMP-NET-003", cluster({"remoteLoginPortPublicAccess": "?"}), OPEN),
        ("CMP-NET-003", cluster("?"), OPEN),
        ("CMP-NET-003", cluster("odd"), FAIL),
        ("CMP-NET-003", instance({"remoteLoginPortPublicAccess": "Enabled"}), OUT),
        ("CMP-NET-004", instance({"sshSettings": None}), PASS),
        ("CMP-NET-004", instance({"sshSettings": {"sshPublicAccess": "Enabled"}}), FAIL),
        ("CMP-NET-004", instance({"sshSettings": "odd"}), FAIL),
        ("CMP-NET-004", instance({"sshSettings": "?"}), OPEN),
        ("CMP-NET-004", cluster({"sshSettings": {"sshPublicAccess": "Enabled"}}), OUT),
        ("CMP-IDN-001", cluster(disableLocalAuth=True), PASS),
        ("CMP-IDN-001", instance(disableLocalAuth="true"), FAIL),
        ("CMP-IDN-001", instance(disableLocalAuth="?"), OPEN),
        ("CMP-IDN-001", compute("Kubernetes", disableLocalAuth=False), OUT),
        ("CMP-IDN-004", instance({"applicationSharingPolicy": "PERSONAL"}), PASS),
        ("CMP-IDN-004", instance({"applicationSharingPolicy": None}), FAIL),
        ("CMP-IDN-004", cluster({"applicationSharingPolicy": "Shared"}), OUT),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "PT15M"}), PASS),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "PT14M59S"}), FAIL),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "PT2H"}), PASS),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "PT2H1S"}), FAIL),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "two hours"}), FAIL),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "P"}), FAIL),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": 60}), FAIL),
        ("CMP-OPS-001", instance({"idleTimeBeforeShutdown": "?"}), OPEN),
        ("CMP-OPS-001", cluster({}), OUT),
        ("CMP-COST-001", cluster({"scaleSettings": None}), PASS),
        ("CMP-COST-001", cluster({"scaleSettings": {"minNodeCount": 0}}), PASS),
        ("CMP-COST-001", cluster({"scaleSettings": {"minNodeCount": "0"}}), FAIL),
        ("CMP-COST-001", cluster({"scaleSettings": {"minNodeCount": False}}), FAIL),
        ("CMP-COST-001", cluster({"scaleSettings": {"minNodeCount": "?"}}), OPEN),
        ("CMP-COST-003", cluster({"scaleSettings": {"nodeIdleTimeBeforeScaleDown": "PT900S"}}), PASS),
        ("CMP-COST-003", cluster({"scaleSettings": {"nodeIdleTimeBeforeScaleDown": "PT901S"}}), FAIL),
        ("CMP-COST-003", cluster({"scaleSettings": {"nodeIdleTimeBeforeScaleDown": "P1M"}}), FAIL),
        ("CMP-COST-004", cluster({"vmSize": "?"}), PASS),
        ("CMP-SEC-001", compute("databricks"), FAIL),
        ("CMP-SEC-001", compute("SYNAPSESPARK"), PASS),
        ("CMP-SEC-001", compute("?"), OPEN),
        ("CMP-SEC-001", compute(None), FAIL),
    ],
)
def test_property_of_a_compute(rule: str, document: Body, verdict: Verdict) -> None:
    """Rules that read one property: letter case, null, kinds, limits, what is not known, other compute types."""
    assert judged(rule, document).verdict is verdict


MINE, SHARED = identity("mine"), identity("shared")


def owned(*names: str, kind: Any = "UserAssigned") -> Body:
    return cluster(identity={"type": kind, "userAssignedIdentities": {f"@{name}": {} for name in names}})


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((owned("mine"), workspace(primaryUserAssignedIdentity="@shared"), MINE, SHARED), PASS),
        ((owned("mine", kind="SystemAssigned, UserAssigned"), workspace(), MINE), PASS),
        ((owned("mine", "shared"), workspace(primaryUserAssignedIdentity="@shared"), MINE, SHARED), FAIL),
        ((owned("mine"), workspace(primaryUserAssignedIdentity="?"), MINE), OPEN),
        ((owned("mine"), MINE), OPEN),
        ((owned(kind="SystemAssigned"), workspace(primaryUserAssignedIdentity="?")), FAIL),
        ((owned("mine", kind="NotUserAssigned"), workspace(), MINE), FAIL),
        ((owned("mine", kind="?"), workspace(), MINE), OPEN),
        ((owned("shared", kind="?"), workspace(primaryUserAssignedIdentity="@shared"), SHARED), FAIL),
        ((cluster(identity="?"), workspace()), OPEN),
        ((cluster(), workspace()), FAIL),
        ((instance(), workspace()), OUT),
    ],
)
def test_identity_of_a_cluster(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """CMP-IDN-002: an identity of its own, and not that of the workspace."""
    assert judged("CMP-IDN-002", *documents).verdict is verdict


def test_identity_in_another_spelling_is_the_same() -> None:
    """CMP-IDN-002: ids that differ in letter case name one identity."""
    listed = f"{GROUP}/{IDENTITY}/shared".upper()
    document = cluster(identity={"type": "UserAssigned", "userAssignedIdentities": {listed: {}}})
    assert judged("CMP-IDN-002", document, workspace(primaryUserAssignedIdentity="@shared"), SHARED).verdict is FAIL


def test_identity_that_is_only_finding_of() -> None:
    """CMP-IDN-002: the output of the workspace's own identity is recognised before it has an id."""
    shared, mine = Reference("urn:shared", "id"), Reference("urn:mine", "id")
    home = Given(WORKSPACE, "home", None, {"properties": {"primaryUserAssignedIdentity": shared}}, "urn:home")
    rest = (home, Given(IDENTITY, "shared", None, {}, "urn:shared"), Given(IDENTITY, "mine", None, {}, "urn:mine"))
    verdicts = [
        finding_of(
            "CMP-IDN-002",
            Given(
                COMPUTE,
                "one",
                None,
                {
                    "identity": {"type": "UserAssigned", "userAssignedIdentities": {used: {}}},
                    "properties": {"computeType": "AmlCompute"},
                },
                "urn:one",
                "urn:home",
            ),
            *rest,
        ).verdict
        for used in (shared, mine)
    ]
    assert verdicts == [FAIL, PASS]


def personal(kind: Any = "personal", **user: Any) -> Body:
    settings = {"personalComputeInstanceSettings": {"assignedUser": user}}
    return instance({"computeInstanceAuthorizationType": kind, **settings})


@pytest.mark.parametrize(
    ("document", "live", "tenant", "verdict"),
    [
        (personal(objectId="o", tenantId="t"), False, "", PASS),
        (personal(None, objectId="o", tenantId="t"), False, "", PASS),
        (personal(None, objectId="o", tenantId="t"), True, "", FAIL),
        (personal("shared", objectId="o", tenantId="t"), False, "", FAIL),
        (personal(objectId="?", tenantId="t"), False, "", OPEN),
        (personal(objectId="?", tenantId=None), False, "", FAIL),
        (personal(objectId="o", tenantId="T"), False, "t", PASS),
        (personal(objectId="o", tenantId="?"), False, "t", OPEN),
        (personal(objectId="o", tenantId="u"), False, "t", FAIL),
        (cluster({}), False, "t", OUT),
    ],
)
def test_owner_of_an_instance(document: Body, live: bool, tenant: str, verdict: Verdict) -> None:
    """CMP-IDN-003: personal, which a declaration may leave to the service, and one user of the tenant."""
    assert judged("CMP-IDN-003", document, live=live, tenant_id=tenant).verdict is verdict


def admin(login: Any = "Disabled", **account: Any) -> Body:
    return cluster({"remoteLoginPortPublicAccess": login, "userAccountCredentials": account})


@pytest.mark.parametrize(
    ("document", "live", "verdict"),
    [
        (cluster({}), False, PASS),
        (cluster({}), True, OPEN),
        (instance({}), True, OUT),
        (admin(adminUserPassword="secret:x"), False, FAIL),
        (admin(adminUserPassword="secret:x"), True, FAIL),
        (admin(adminUserPassword="?"), False, OPEN),
        (admin(adminUserPassword=None, adminUserName="a"), False, PASS),
        (admin(None, adminUserName="a"), False, FAIL),
        (admin("?", adminUserName="a"), False, OPEN),
        (admin("?", adminUserPassword="x"), False, FAIL),
    ],
)
def test_password_of_a_cluster(document: Body, live: bool, verdict: Verdict) -> None:
    """CMP-IDN-005: a password fails, a key needs a closed login port, and Azure's silence is no pass."""
    assert judged("CMP-IDN-005", document, live=live).verdict is verdict


def test_password_is_not_shown() -> None:
    """CMP-IDN-005: a password in clear does not reach the finding."""
    assert "hunter2" not in repr(judged("CMP-IDN-005", admin(adminUserPassword="hunter2")))


@pytest.mark.parametrize(
    ("document", "live", "verdict"),
    [
        (instance({}), False, OPEN),
        (instance({"osImageMetadata": {"isLatestOsImageVersion": False}}), False, OPEN),
        (instance({}), True, PASS),
        (instance({"osImageMetadata": {"isLatestOsImageVersion": False}}), True, FAIL),
        (instance({"osImageMetadata": {"isLatestOsImageVersion": "no"}}), True, FAIL),
        (cluster({}), False, OUT),
        (cluster({}), True, OUT),
    ],
)
def test_image_of_an_instance(document: Body, live: bool, verdict: Verdict) -> None:
    """CMP-OPS-002: only what Azure says counts."""
    assert judged("CMP-OPS-002", document, live=live).verdict is verdict


def schedules(*entries: Any, idle: Any = None) -> Body:
    return instance({"idleTimeBeforeShutdown": idle, "schedules": {"computeStartStop": list(entries)}})


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (schedules({"action": "stop", "status": "enabled"}), PASS),
        (schedules({"action": "Stop", "status": None}), FAIL),
        (schedules({"action": "Start", "status": "Enabled"}, {"action": "Stop", "status": "Disabled"}), FAIL),
        (schedules({"action": "Stop", "status": "?"}), OPEN),
        (schedules({"action": "Stop", "status": "?"}, idle="PT1H"), PASS),
        (schedules(idle="PT3H"), FAIL),
        (schedules("?", {"action": "Stop", "status": "Enabled"}), PASS),
        (instance({"schedules": "?"}), OPEN),
    ],
)
def test_stop_schedule(document: Body, verdict: Verdict) -> None:
    """CMP-OPS-003: an enabled stop, or two idle hours at most."""
    assert judged("CMP-OPS-003", document).verdict is verdict


@pytest.mark.parametrize(
    ("size", "nodes", "by_size", "verdict"),
    [
        ("Standard_A", 10, {}, PASS),
        ("?", 10, {}, PASS),
        ("?", 11, {}, FAIL),
        ("?", 11, {"Standard_A": 20}, OPEN),
        ("?", 21, {"Standard_A": 20}, FAIL),
        ("?", 2, {"Standard_A": 2}, PASS),
        ("?", 3, {"Standard_A": 2}, OPEN),
        ("standard_a", 3, {"Standard_A": 2}, FAIL),
        (None, 3, {"Standard_A": 2}, PASS),
        ("Standard_A", "?", {"Standard_A": 2}, OPEN),
        ("Standard_A", None, {}, FAIL),
        ("Standard_A", "3", {}, FAIL),
    ],
)
def test_node_ceiling(size: Any, nodes: Any, by_size: dict[str, int], verdict: Verdict) -> None:
    """CMP-COST-002: the limit of the size, where there is one, and a fault that no size could mend."""
    document = cluster({"vmSize": size, "scaleSettings": {"maxNodeCount": nodes}})
    assert judged("CMP-COST-002", document, max_nodes_by_size=by_size).verdict is verdict


@pytest.mark.parametrize(("live", "limit", "verdict"), [(False, 900, PASS), (False, 60, FAIL), (True, 900, FAIL)])
def test_idle_time_left_to_the_service(live: bool, limit: int, verdict: Verdict) -> None:
    """CMP-COST-003: a declaration has the service's two minutes, and an answer of Azure what it says."""
    assert judged("CMP-COST-003", cluster({}), live=live, max_idle_seconds=limit).verdict is verdict


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((cluster({"vmPriority": "LowPriority"}, tags={"environment": "production"}),), FAIL),
        ((cluster({"vmPriority": "LowPriority"}, tags={"Environment": "Test"}),), PASS),
        ((cluster({"vmPriority": "LowPriority"}), workspace(tags={"environment": "production"})), FAIL),
        ((cluster({"vmPriority": "LowPriority"}), workspace(tags=None)), PASS),
        ((cluster({"vmPriority": "LowPriority"}),), OPEN),
        ((cluster({"vmPriority": None}),), PASS),
        ((cluster({"vmPriority": "LowPriority"}, tags={"environment": "?"}),), OPEN),
        ((cluster({"vmPriority": "Dedicated"}, tags={"environment": "?"}),), PASS),
        ((cluster({"vmPriority": "?"}, tags={"environment": "production"}),), OPEN),
        ((cluster({"vmPriority": "Spot"}, tags={"environment": "dev"}),), FAIL),
        (
            (
                cluster({"vmPriority": "LowPriority"}, tags={"environment": "dev"}),
                workspace(tags={"environment": "production"}),
            ),
            PASS,
        ),
        ((instance({"vmPriority": "LowPriority"}, tags={"environment": "production"}),), OUT),
    ],
)
def test_priority(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """CMP-COST-005: dedicated in production, by the tag of the compute before that of the workspace."""
    assert judged("CMP-COST-005", *documents).verdict is verdict


@pytest.mark.parametrize(
    ("environment", "priority", "verdict"),
    [("dev", None, FAIL), ("dev", "LowPriority", PASS), ("production", "Dedicated", PASS), ("?", None, OPEN)],
)
def test_sizes_for_spot_alone(environment: Any, priority: Any, verdict: Verdict) -> None:
    """CMP-COST-005: a size for spot alone has to be low priority outside production."""
    document = cluster({"vmPriority": priority, "vmSize": "STANDARD_X"}, tags={"environment": environment})
    assert judged("CMP-COST-005", document, spot_only_sizes=["Standard_x"]).verdict is verdict


@pytest.mark.parametrize(
    ("rule", "body", "verdict"),
    [
        ("CMP-NET-001", {"properties": {"computeType": "AmlCompute", "properties": {"subnet": {"id": SUBNET}}}}, PASS),
        (
            "CMP-NET-002",
            {"properties": {"computeType": "AmlCompute", "properties": {"enableNodePublicIp": False}}},
            PASS,
        ),
        (
            "CMP-NET-002",
            {"properties": {"computeType": "AmlCompute", "properties": {"enableNodePublicIp": True}}},
            FAIL,
        ),
        ("CMP-IDN-002", {"identity": {"type": "SystemAssigned"}, "properties": {"computeType": "AmlCompute"}}, FAIL),
        (
            "CMP-COST-005",
            {"properties": {"computeType": "AmlCompute", "properties": {"vmPriority": "Dedicated"}}},
            PASS,
        ),
    ],
)
def test_compute_of_a_workspace_that_is_not_known(rule: str, body: Body, verdict: Verdict) -> None:
    """What the compute itself decides does not wait for its workspace."""
    assert finding_of(rule, Given(COMPUTE, "one", None, body, "urn:one")).verdict is verdict


def test_compute_whose_body_is_not_known() -> None:
    """A compute of which nothing is known is open, and never passes."""
    for rule in ("CMP-NET-001", "CMP-NET-003", "CMP-IDN-001", "CMP-OPS-001", "CMP-SEC-001", "CMP-COST-002"):
        assert finding_of(rule, Given(COMPUTE, "one", None, Unknown(), "urn:one")).verdict is OPEN


@given(hours=st.integers(0, 4), minutes=st.integers(0, 120), seconds=st.integers(0, 120))
def test_idle_time_adds_up(hours: int, minutes: int, seconds: int) -> None:
    """CMP-OPS-001: hours, minutes and seconds count together, and both limits are included."""
    found = judged("CMP-OPS-001", instance({"idleTimeBeforeShutdown": f"PT{hours}H{minutes}M{seconds}S"})).verdict
    assert found is (PASS if 900 <= hours * 3600 + minutes * 60 + seconds <= 7200 else FAIL)


@given(st.text(alphabet="PT0123456789.HMSDWpt -+", max_size=12))
def test_any_text_as_idle_time(text: str) -> None:
    """CMP-OPS-001 and CMP-COST-003: any text passes or fails, and none raises."""
    assert judged("CMP-OPS-001", instance({"idleTimeBeforeShutdown": text})).verdict in (PASS, FAIL)
    scale = {"scaleSettings": {"nodeIdleTimeBeforeScaleDown": text}}
    assert judged("CMP-COST-003", cluster(scale)).verdict in (PASS, FAIL)
