"""Rules of the network of workspaces, beyond what their own examples show."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged
from tests.unit.policies.workspaces import (
    APPROVED,
    CLOSED,
    ELSEWHERE,
    ENDPOINT,
    FAIL,
    GROUP,
    IMAGES,
    INTERNET,
    LAKE,
    MINE,
    MODELS,
    OFF,
    OPEN,
    OPENED,
    OUT,
    OWN,
    PASS,
    STORAGE,
    VAULT,
    WORKSPACE,
    Body,
    compute,
    connection,
    datastore,
    hub,
    keys,
    project,
    resource,
    sealed,
    serverless,
    workspace,
)

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference
from azkeep.policy.estate import Given


def endpoint(target: Any, *groups: Any, manual: bool = False) -> Body:
    lists = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    link = {"properties": {"privateLinkServiceId": target, "groupIds": list(groups)}}
    return resource(ENDPOINT, "door", **{lists[manual]: [link], lists[not manual]: []})


@pytest.mark.parametrize(
    ("rule", "document", "live", "verdict"),
    [
        ("AML-NET-001", workspace(publicNetworkAccess="disabled"), False, PASS),
        ("AML-NET-001", workspace(publicNetworkAccess=None), False, FAIL),
        ("AML-NET-001", workspace(publicNetworkAccess=None), True, FAIL),
        ("AML-NET-001", workspace(publicNetworkAccess="?"), False, OPEN),
        ("AML-NET-001", workspace(publicNetworkAccess=False), False, FAIL),
        ("AML-NET-002", workspace(allowPublicAccessWhenBehindVnet=None), True, PASS),
        ("AML-NET-002", workspace(allowPublicAccessWhenBehindVnet="false"), False, FAIL),
        ("AML-NET-002", workspace(allowPublicAccessWhenBehindVnet="?"), False, OPEN),
        ("AML-NET-010", workspace(OFF, provisionNetworkNow=None), False, OUT),
        ("AML-NET-010", workspace(None), True, OUT),
        ("AML-NET-010", workspace("?", provisionNetworkNow=True), False, PASS),
        ("AML-NET-010", workspace("?", provisionNetworkNow=False), False, OPEN),
        ("AML-NET-010", workspace(INTERNET, provisionNetworkNow="?"), False, OPEN),
        ("AML-NET-010", workspace(INTERNET, provisionNetworkNow=True), True, FAIL),
        ("AML-NET-010", workspace(APPROVED, status={"status": "active"}), True, PASS),
        ("AML-NET-010", workspace(APPROVED, kind="Project"), False, OUT),
        ("AML-IDN-002", workspace(systemDatastoresAuthMode="IDENTITY"), False, PASS),
        ("AML-IDN-002", workspace(systemDatastoresAuthMode="?"), False, OPEN),
        ("AML-IDN-002", workspace(systemDatastoresAuthMode=None), True, FAIL),
        ("AML-ENC-001", workspace(kind="project"), False, OUT),
        ("AML-ENC-001", workspace(kind="Hub"), False, FAIL),
        ("AML-ENC-001", workspace(kind="?"), False, OPEN),
        ("AML-DAT-003", workspace(kind="Default"), False, OUT),
        ("AML-DAT-003", workspace(kind=None), True, OUT),
        ("AML-DAT-003", workspace(kind="Hub", enableDataIsolation="?"), False, OPEN),
        ("AML-DAT-003", workspace(kind="HUB", enableDataIsolation=None), True, FAIL),
        ("AML-REG-001", resource(MODELS, "m", publicNetworkAccess=None), True, FAIL),
        ("AML-REG-001", resource(MODELS, "m", publicNetworkAccess="?"), False, OPEN),
    ],
)
def test_property_of_a_workspace(rule: str, document: Body, live: bool, verdict: Verdict) -> None:
    """Rules that read one property: letter case, null, kinds, what is not known, other kinds of workspace."""
    assert judged(rule, document, live=live).verdict is verdict


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((workspace(), endpoint("@home", "AmlWorkspace")), PASS),
        ((workspace(), endpoint("@home", "vault", "amlworkspace", manual=True)), PASS),
        ((workspace(),), FAIL),
        ((workspace(), endpoint("@home")), FAIL),
        ((workspace(), endpoint("@home", "?")), OPEN),
        ((workspace(), endpoint("?", "amlworkspace")), OPEN),
        ((workspace(), endpoint("?", "vault")), FAIL),
        ((workspace(), workspace(name="other"), endpoint("@other", "amlworkspace")), FAIL),
        ((project(), hub(None)), OUT),
    ],
)
def test_private_endpoint_of_a_workspace(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-NET-003: an endpoint with the right group on this workspace; a project is reached through its hub."""
    assert judged("AML-NET-003", *documents).verdict is verdict


def test_private_endpoint_that_is_only_declared() -> None:
    """AML-NET-003: the output of the workspace is its id before it has one; that of another workspace is not."""
    verdicts = []
    for urn in ("urn:home", "urn:other"):
        link = {"properties": {"privateLinkServiceId": Reference(urn, "id"), "groupIds": ["amlworkspace"]}}
        door = Given(ENDPOINT, "door", None, {"properties": {"privateLinkServiceConnections": [link]}}, "urn:door")
        home = Given(WORKSPACE, "home", None, {"properties": {}}, "urn:home")
        other = Given(WORKSPACE, "other", None, {"properties": {}}, "urn:other")
        verdicts.append(finding_of("AML-NET-003", home, other, door).verdict)
    assert verdicts == [PASS, FAIL]


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((workspace(INTERNET), compute("AmlCompute", "a subnet")), FAIL),
        ((workspace(OFF), compute("AmlCompute", "a subnet"), compute("ComputeInstance", "a subnet", "two")), PASS),
        ((workspace(OFF), compute("AmlCompute", "a subnet"), compute("Kubernetes", None, "two")), PASS),
        ((workspace(OFF), compute("Kubernetes", "a subnet")), FAIL),
        ((workspace(OFF), compute("AmlCompute", "?")), OPEN),
        ((workspace(OFF), compute("AmlCompute", "?"), compute("ComputeInstance", None, "two")), FAIL),
        ((workspace(OFF), compute("?", None)), OPEN),
        ((workspace("?"), compute("AmlCompute", "a subnet")), OPEN),
        ((workspace(["odd"]), compute("AmlCompute", "a subnet")), FAIL),
        ((project(), hub(OFF)), OUT),
        ((workspace("?", kind="Project"),), OUT),
    ],
)
def test_way_out(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-NET-004: approved destinations only, or every compute in a subnet of its own."""
    assert judged("AML-NET-004", *documents).verdict is verdict


def fqdn(destination: Any, **members: Any) -> Body:
    return {"type": "FQDN", "destination": destination, **members}


def tag(name: Any, ports: Any = "443", **members: Any) -> Body:
    return {"type": "ServiceTag", "destination": {"serviceTag": name, "portRanges": ports, **members}}


LISTED = ["pypi.org", "*.conda.io"]


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (fqdn("PYPI.org"), PASS),
        (fqdn("*.conda.io"), PASS),
        (fqdn("repo.conda.io"), FAIL),
        (fqdn("*.pypi.org"), FAIL),
        (fqdn("?"), OPEN),
        (fqdn(None), FAIL),
        (fqdn({"odd": 1}), FAIL),
        ({"type": "?", "destination": "pypi.org"}, OPEN),
        ({"type": None, "destination": "pypi.org"}, FAIL),
        ({"type": "Other"}, FAIL),
        ({"type": "PrivateEndpoint", "destination": {"serviceResourceId": "?"}}, PASS),
        (tag("azureactivedirectory"), PASS),
        (tag("AzureMachineLearning.WestEurope"), PASS),
        (tag("Storage.westeurope"), FAIL),
        (tag("AzureFrontDoor.Frontend"), FAIL),
        (tag("?"), OPEN),
        (tag("Storage", "?"), FAIL),
        (tag("AzureActiveDirectory", "*"), FAIL),
        (tag("AzureActiveDirectory", "80, 0 - 65535"), FAIL),
        (tag("AzureActiveDirectory", None), FAIL),
        (tag("AzureActiveDirectory", "?"), OPEN),
        (tag("AzureActiveDirectory", "80,443"), PASS),
        (tag("AzureActiveDirectory", addressPrefixes=["0.0.0.0/0"]), FAIL),
        (tag("AzureActiveDirectory", addressPrefixes=[]), PASS),
        (tag("AzureActiveDirectory", addressPrefixes="?"), OPEN),
        (tag("Storage", "*", action="Deny"), PASS),
        (fqdn("example.com", category="Required"), FAIL),
        ("?", OPEN),
        ("odd", FAIL),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_outbound_rule(rule: Any, verdict: Verdict, apart: bool) -> None:
    """AML-NET-005: the same answer for a rule inside the workspace and for one that is a resource of its own."""
    child = {"type": f"{WORKSPACE}/outboundRules", "name": "home/out", "properties": rule}
    documents = (workspace(APPROVED), child) if apart else (workspace(APPROVED, rules={"out": rule}),)
    assert judged("AML-NET-005", *documents, allowed_fqdns=LISTED).verdict is verdict


@pytest.mark.parametrize(
    ("destination", "around", "live", "verdict"),
    [
        ("a.example", (), False, FAIL),
        ("a.example", (), True, FAIL),
        ("pypi.org", (), False, PASS),
        ("a.example", (workspace(APPROVED),), False, OUT),
    ],
)
def test_outbound_rule_alone(destination: str, around: tuple[Body, ...], live: bool, verdict: Verdict) -> None:
    """AML-NET-005: a rule for a workspace that others made is judged by itself."""
    alone = {"type": f"{WORKSPACE}/outboundRules", "name": "home/out", "properties": fqdn(destination)}
    assert judged("AML-NET-005", alone, *around, live=live, allowed_fqdns=LISTED).verdict is verdict


def test_every_outbound_rule_is_named() -> None:
    """AML-NET-005: each offending rule, and what is not known elsewhere does not hide them."""
    rules = {"one": fqdn("a.example"), "two": fqdn("?"), "three": fqdn("pypi.org"), "four": fqdn("b.example")}
    found = judged("AML-NET-005", workspace(APPROVED, rules=rules), allowed_fqdns=LISTED)
    inside = "/properties/managedNetwork/outboundRules"
    assert [place.path for place in found.places] == [f"{inside}/one/destination", f"{inside}/four/destination"]


def test_rule_apart_beside_rules_that_are_not_known() -> None:
    """AML-NET-005 and 006: what a rule apart decides does not wait for those inside."""
    bad = {"type": f"{WORKSPACE}/outboundRules", "name": "home/out", "properties": fqdn("a.example")}
    assert judged("AML-NET-005", workspace(APPROVED, rules="?"), bad).verdict is FAIL
    good = {"type": f"{WORKSPACE}/outboundRules", "name": "home/out", "properties": way("@lake")["to"]}
    documents = (workspace(APPROVED, rules="?"), good, datastore(accountName="lake"), LAKE)
    assert judged("AML-NET-006", *documents).verdict is PASS


def test_names_need_a_list() -> None:
    """AML-NET-005: no list allows no name."""
    assert judged("AML-NET-005", workspace(APPROVED, rules={"out": fqdn("pypi.org")})).verdict is FAIL


def test_rule_shown_twice_is_judged_once() -> None:
    """AML-NET-005: Azure shows a rule inside its workspace and by itself; the finding names one place."""
    rule = fqdn("example.com", category="UserDefined")
    child = {"type": f"{WORKSPACE}/outboundRules", "name": "home/Out", "properties": rule}
    found = judged("AML-NET-005", workspace(APPROVED, rules={"out": rule}), child, live=True)
    assert [(place.id, place.path) for place in found.places] == [
        (f"{GROUP}/{WORKSPACE}/home/outboundRules/Out", "/properties/destination")
    ]


@pytest.mark.parametrize(("category", "verdict"), [("required", PASS), ("Dependency", PASS), ("Recommended", FAIL)])
def test_rules_of_the_service(category: str, verdict: Verdict) -> None:
    """AML-NET-005: what Azure itself put into a live workspace is not held against it."""
    rules = {"own": tag("MicrosoftContainerRegistry"), "made": {**tag("AzureMonitor"), "category": category}}
    assert judged("AML-NET-005", workspace(APPROVED, rules=rules), live=True).verdict is verdict


def way(target: Any, kind: Any = "PrivateEndpoint") -> Body:
    return {"to": {"type": kind, "destination": {"serviceResourceId": target, "subresourceTarget": "blob"}}}


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((workspace(OFF), datastore(accountName="lake")), OUT),
        ((workspace(None), datastore(accountName="lake")), OUT),
        ((workspace("?"), datastore(accountName="lake")), OPEN),
        ((workspace(APPROVED),), PASS),
        ((workspace(APPROVED, rules=way("@lake")), datastore(accountName="LAKE"), LAKE), PASS),
        ((workspace(APPROVED, rules=way(ELSEWHERE)), datastore(accountName="lake")), PASS),
        ((workspace(APPROVED, rules=way(ELSEWHERE)), datastore(accountName="lake", resourceGroup="example")), FAIL),
        ((workspace(APPROVED, rules=way(ELSEWHERE)), datastore(accountName="lake", resourceGroup="?")), OPEN),
        ((workspace(APPROVED, rules=way("@lake", "FQDN")), datastore(accountName="lake"), LAKE), FAIL),
        ((workspace(APPROVED, rules=way("@lake", "?")), datastore(accountName="lake"), LAKE), OPEN),
        ((workspace(APPROVED, rules=way("?")), datastore(accountName="lake")), OPEN),
        ((workspace(APPROVED, rules=way(["odd"])), datastore(accountName="lake")), FAIL),
        ((workspace(APPROVED, rules="?"), datastore(accountName="lake")), OPEN),
        ((workspace(APPROVED, storageAccount="@own"), datastore(accountName="own"), OWN), PASS),
        ((workspace(APPROVED, storageAccount="?"), datastore(accountName="own")), OPEN),
        ((workspace(APPROVED), datastore(accountName="?")), OPEN),
        ((workspace(APPROVED), datastore(accountName=["odd"])), FAIL),
        ((workspace(APPROVED), datastore(datastoreType="OneLake", accountName=None)), PASS),
        ((workspace(APPROVED), connection(target="https://keys.vault.azure.net/")), FAIL),
        ((workspace(APPROVED, keyVault="@keys"), connection(target="https://keys.vault.azure.net/"),
          resource(VAULT, "keys")), PASS),
        ((workspace(APPROVED), connection(target="abfss://raw@lake.dfs.core.windows.net/a")), FAIL),
        ((workspace(APPROVED), connection(target="https://lake.z9.blob.storage.azure.net/a")), FAIL),
        ((workspace(APPROVED), connection(target="sales.privatelink.database.windows.net")), FAIL),
        ((workspace(APPROVED), connection(target="https://images.azurecr.io")), FAIL),
        ((workspace(APPROVED), connection(target="https://news.westeurope-1.eventgrid.azure.net/api/events")), FAIL),
        ((workspace(APPROVED), connection(target="books.mysql.database.azure.com")), PASS),
        ((workspace(APPROVED), connection(target=f"{GROUP}/{STORAGE}/lake")), FAIL),
        ((workspace(APPROVED, rules=way("@lake")), connection(target=f"{GROUP}/{STORAGE}/lake"), LAKE), PASS),
        ((workspace(APPROVED), connection(target="x", metadata={"ResourceId": f"{GROUP}/{STORAGE}/lake"})), FAIL),
        ((workspace(APPROVED), connection(target="?")), OPEN),
        ((workspace(APPROVED), connection(target=None)), PASS),
        ((workspace(APPROVED), connection(target=7)), FAIL),
        ((project(), hub(APPROVED), datastore(accountName="lake")), FAIL),
        ((project(), hub(APPROVED, rules=way("@lake")), datastore(accountName="lake"), LAKE), PASS),
        ((project(), datastore(accountName="lake")), OPEN),
    ],
)  # fmt: skip
def test_private_way_to_data(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-NET-006: what datastores and connections name has a private way, except for the workspace's own."""
    assert judged("AML-NET-006", *documents).verdict is verdict


def test_source_without_a_way_is_named() -> None:
    """AML-NET-006: the finding points at the datastore's account."""
    found = judged("AML-NET-006", workspace(APPROVED), datastore(accountName="lake"))
    assert [(place.path, place.found) for place in found.places] == [("/properties/accountName", "lake")]
    assert found.message == "no PrivateEndpoint rule leads to lake"


@pytest.mark.parametrize(
    ("mode", "settings", "verdict"),
    [
        (OFF, serverless("a subnet", True), PASS),
        (OFF, serverless("a subnet", None), FAIL),
        (OFF, serverless(None, True), FAIL),
        (OFF, serverless("?", True), OPEN),
        (OFF, serverless("?", False), FAIL),
        (APPROVED, serverless(None, None), PASS),
        (APPROVED, serverless(None, False), FAIL),
        (APPROVED, serverless("a subnet", "?"), OPEN),
        ("?", serverless("a subnet", True), PASS),
        ("?", serverless(None, True), OPEN),
        ("?", serverless("a subnet", False), FAIL),
        (None, None, FAIL),
        (APPROVED, None, PASS),
        (APPROVED, "odd", FAIL),
    ],
)
def test_serverless_compute(mode: Any, settings: Any, verdict: Verdict) -> None:
    """AML-NET-007: in a subnet and private, or in the managed network and not public."""
    assert judged("AML-NET-007", workspace(mode, serverlessComputeSettings=settings)).verdict is verdict


@pytest.mark.parametrize(
    ("documents", "v1_only", "verdict"),
    [
        ((workspace(v1LegacyMode=None),), False, PASS),
        ((workspace(v1LegacyMode=True),), False, FAIL),
        ((workspace(v1LegacyMode="?"),), False, OPEN),
        ((workspace(v1LegacyMode="?"),), True, OPEN),
        ((workspace(v1LegacyMode="?"), resource(f"{WORKSPACE}/batchEndpoints", "home/b")), True, OPEN),
        ((workspace(v1LegacyMode=True), resource(MODELS, "m")), True, FAIL),
        ((workspace("?", v1LegacyMode=True),), True, OPEN),
        ((workspace(v1LegacyMode=True), resource(f"{WORKSPACE}/onlineEndpoints", "other/e")), True, PASS),
    ],
)
def test_legacy_mode(documents: tuple[Body, ...], v1_only: bool, verdict: Verdict) -> None:
    """AML-NET-008: off, or chosen for an estate that has nothing of v2."""
    assert judged("AML-NET-008", *documents, v1_only=v1_only).verdict is verdict


def builds(name: Any, mode: Any = OFF, registry: Any = "@images") -> Body:
    return workspace(mode, containerRegistry=registry, imageBuildCompute=name)


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ((builds("ONE"), CLOSED, compute("AmlCompute")), PASS),
        ((builds("one"), CLOSED, compute("ComputeInstance")), FAIL),
        ((builds("two"), CLOSED, compute("AmlCompute")), FAIL),
        ((builds(""), CLOSED), FAIL),
        ((builds("?"), CLOSED, compute("AmlCompute")), OPEN),
        ((builds("?"), CLOSED), FAIL),
        ((builds("one"), CLOSED, compute("?")), OPEN),
        ((builds(None), OPENED), OUT),
        ((builds(None, APPROVED), CLOSED), OUT),
        ((builds(None, "?"), CLOSED), OPEN),
        ((builds(None, registry=None),), OUT),
        ((builds(None, registry=f"{GROUP}/{IMAGES}/gone"),), OPEN),
        ((builds("one", registry=f"{GROUP}/{IMAGES}/gone"), compute("AmlCompute")), PASS),
        ((builds(None, APPROVED, registry="?"),), OUT),
        ((builds(None), resource(IMAGES, "images", publicNetworkAccess="?")), OPEN),
    ],
)
def test_image_builds(documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-NET-009: a cluster of this workspace builds where the registry is closed."""
    assert judged("AML-NET-009", *documents).verdict is verdict


def test_build_compute_that_is_only_declared() -> None:
    """AML-NET-009: the name output of a cluster names it; that of another compute leaves it open."""
    registry = Given(IMAGES, "images", None, {"properties": {"publicNetworkAccess": OFF}}, "urn:images")
    cluster = Given(f"{WORKSPACE}/computes", "one", None, {"properties": {"computeType": "AmlCompute"}}, "urn:one",
                    "urn:home")  # fmt: skip
    verdicts = []
    for urn in ("urn:one", "urn:other"):
        links = {"containerRegistry": Reference("urn:images", "id"), "imageBuildCompute": Reference(urn, "name")}
        home = Given(WORKSPACE, "home", None, {"properties": links}, "urn:home")
        verdicts.append(finding_of("AML-NET-009", home, registry, cluster).verdict)
    assert verdicts == [PASS, OPEN]


@pytest.mark.parametrize(
    ("rule", "documents", "parameters", "verdict"),
    [
        ("AML-NET-004", (workspace(None), compute("AmlCompute", "a subnet")), {}, PASS),
        ("AML-NET-004", (workspace(None),), {}, FAIL),
        ("AML-NET-008", (workspace(v1LegacyMode=None),), {}, PASS),
        ("AML-NET-008", (workspace(v1LegacyMode=None), resource(MODELS, "m")), {"v1_only": True}, PASS),
        ("AML-IDN-005", (connection(authType="ApiKey", isSharedToAll=None),), {}, PASS),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection=True)), {}, PASS),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection=None)), {}, FAIL),
    ],
)
def test_what_azure_leaves_out(
    rule: str, documents: tuple[Body, ...], parameters: dict[str, Any], verdict: Verdict
) -> None:
    """Answers of Azure get no defaults: the rule itself says what a missing value means."""
    assert judged(rule, *documents, MINE, live=True, **parameters).verdict is verdict


@pytest.mark.parametrize(
    ("rule", "documents", "parameters", "verdict"),
    [
        ("AML-NET-007", (project(serverlessComputeSettings=serverless("a subnet", True)),), {}, PASS),
        ("AML-NET-007", (project(serverlessComputeSettings=serverless(None, False)),), {}, FAIL),
        ("AML-NET-007", (project(serverlessComputeSettings=serverless(None, True)),), {}, OPEN),
        ("AML-NET-008", (project(v1LegacyMode=True), resource(MODELS, "m")), {"v1_only": True}, FAIL),
        ("AML-NET-009", (project(containerRegistry=None),), {}, OUT),
        ("AML-NET-009", (project(containerRegistry="?", imageBuildCompute="one"), compute("AmlCompute")), {}, PASS),
        ("AML-NET-009", (workspace(APPROVED, containerRegistry=7),), {}, OUT),
    ],
)
def test_project_whose_hub_is_elsewhere(
    rule: str, documents: tuple[Body, ...], parameters: dict[str, Any], verdict: Verdict
) -> None:
    """What other values decide does not wait for the hub, or for a registry."""
    assert judged(rule, *documents, **parameters).verdict is verdict
