"""Rules of workspaces and model registries, beyond what their own examples show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Given

Body = Mapping[str, Any]
PASS, FAIL, OPEN, OUT = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
MODELS = "Microsoft.MachineLearningServices/registries"
ENDPOINT = "Microsoft.Network/privateEndpoints"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
STORAGE = "Microsoft.Storage/storageAccounts"
VAULT = "Microsoft.KeyVault/vaults"
IMAGES = "Microsoft.ContainerRegistry/registries"
SETTING = "Microsoft.Insights/diagnosticSettings"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example/providers"
ELSEWHERE = f"/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other/providers/{STORAGE}/lake"
APPROVED, INTERNET, OFF = "AllowOnlyApprovedOutbound", "AllowInternetOutbound", "Disabled"


def workspace(mode: Any = None, *, name: str = "home", kind: Any = None, tags: Any = None, identity: Any = None,
              rules: Any = None, status: Any = None, **properties: Any) -> Body:  # fmt: skip
    network = {"isolationMode": mode, "outboundRules": rules, "status": status}
    given = {"managedNetwork": network, **properties}
    return {"type": WORKSPACE, "name": name, "kind": kind, "tags": tags, "identity": identity, "properties": given}


def project(**properties: Any) -> Body:
    return workspace(kind="Project", hubResourceId=f"{GROUP}/{WORKSPACE}/hub", **properties)


def hub(mode: Any, **members: Any) -> Body:
    return workspace(mode, name="hub", kind="Hub", **members)


def resource(type_: str, name: str, **properties: Any) -> Body:
    return {"type": type_, "name": name, "properties": properties}


def compute(kind: Any, subnet: Any = None, name: str = "one") -> Body:
    inner = {"subnet": {"id": subnet}}
    return resource(f"{WORKSPACE}/computes", f"home/{name}", computeType=kind, properties=inner)


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


def datastore(**properties: Any) -> Body:
    return resource(f"{WORKSPACE}/datastores", "home/lake", **properties)


def connection(**properties: Any) -> Body:
    return resource(f"{WORKSPACE}/connections", "home/link", **properties)


def way(target: Any, kind: Any = "PrivateEndpoint") -> Body:
    return {"to": {"type": kind, "destination": {"serviceResourceId": target, "subresourceTarget": "blob"}}}


LAKE, OWN = resource(STORAGE, "lake"), resource(STORAGE, "own")


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


def serverless(subnet: Any, private: Any) -> Body:
    return {"serverlessComputeCustomSubnet": subnet, "serverlessComputeNoPublicIP": private}


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


CLOSED, OPENED = resource(IMAGES, "images", publicNetworkAccess=OFF), resource(IMAGES, "images")


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


MINE, OTHER = resource(IDENTITY, "mine"), resource(IDENTITY, "other")


def worn(kind: Any, *names: str, **properties: Any) -> Body:
    return workspace(
        identity={"type": kind, "userAssignedIdentities": {f"@{name}": {} for name in names}}, **properties
    )


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (worn("UserAssigned", "mine", primaryUserAssignedIdentity="@mine"), PASS),
        (worn("systemassigned,userassigned", "mine", "other", primaryUserAssignedIdentity="@other"), PASS),
        (worn("UserAssigned", "mine", primaryUserAssignedIdentity=f"{GROUP}/{IDENTITY}/MINE"), PASS),
        (worn("UserAssigned", "mine", primaryUserAssignedIdentity="@other"), FAIL),
        (worn("UserAssigned", "mine", primaryUserAssignedIdentity=""), FAIL),
        (worn("UserAssigned", "mine", primaryUserAssignedIdentity="?"), OPEN),
        (worn("UserAssigned", primaryUserAssignedIdentity="?"), FAIL),
        (worn("SystemAssigned", "mine", primaryUserAssignedIdentity="?"), FAIL),
        (worn("?", "mine", primaryUserAssignedIdentity="@mine"), OPEN),
        (worn(["UserAssigned"], "mine", primaryUserAssignedIdentity="@mine"), FAIL),
        (workspace(identity="?", primaryUserAssignedIdentity="@mine"), OPEN),
        (workspace(identity=None), FAIL),
        (workspace(identity={"type": "UserAssigned", "userAssignedIdentities": "?"}), FAIL),
        (
            workspace(
                identity={"type": "UserAssigned", "userAssignedIdentities": "?"}, primaryUserAssignedIdentity="@mine"
            ),
            OPEN,
        ),
    ],
)
def test_identity_of_a_workspace(document: Body, verdict: Verdict) -> None:
    """AML-IDN-001: a user-assigned identity that is listed and the primary one."""
    assert judged("AML-IDN-001", document, MINE, OTHER).verdict is verdict


@pytest.mark.parametrize(
    ("rule", "document", "verdict"),
    [
        ("AML-IDN-003", datastore(credentials={"credentialsType": "none"}), PASS),
        ("AML-IDN-003", datastore(credentials={"credentialsType": "Sas"}), FAIL),
        ("AML-IDN-003", datastore(credentials={"credentialsType": "Certificate"}), FAIL),
        ("AML-IDN-003", datastore(credentials=None), FAIL),
        ("AML-IDN-003", datastore(credentials="?"), OPEN),
        ("AML-IDN-004", connection(authType="OAuth2"), FAIL),
        ("AML-IDN-004", connection(authType="userentratoken"), PASS),
        ("AML-IDN-004", connection(authType="none"), PASS),
        ("AML-IDN-004", connection(authType=None), FAIL),
        ("AML-IDN-004", connection(authType="?"), OPEN),
        ("AML-IDN-004", connection(authType="SomethingNew"), FAIL),
        ("AML-IDN-005", connection(authType="ApiKey", isSharedToAll=None), PASS),
        ("AML-IDN-005", connection(authType="?", isSharedToAll=False), PASS),
        ("AML-IDN-005", connection(authType="?", isSharedToAll=True), OPEN),
        ("AML-IDN-005", connection(authType="AAD", isSharedToAll="?"), PASS),
        ("AML-IDN-005", connection(authType="ServicePrincipal", isSharedToAll=True), FAIL),
        ("AML-IDN-005", connection(authType="ApiKey", isSharedToAll="no"), FAIL),
    ],
)
def test_login_to_data(rule: str, document: Body, verdict: Verdict) -> None:
    """AML-IDN-003 to 005: nothing that stores a secret, and nothing of that shared with all."""
    assert judged(rule, document).verdict is verdict


def sealed(
    status: Any = "Enabled", vault: Any = f"{GROUP}/{VAULT}/keys", reader: Any = None, key: Any = "a key"
) -> Body:
    held = {"keyVaultArmId": vault, "keyIdentifier": key}
    block = {"status": status, "keyVaultProperties": held, "identity": {"userAssignedIdentity": reader}}
    return worn("UserAssigned", "mine", encryption=block)


def keys(**properties: Any) -> Body:
    return resource(VAULT, "keys", **properties)


@pytest.mark.parametrize(
    ("rule", "documents", "verdict"),
    [
        ("AML-ENC-001", (sealed(),), PASS),
        ("AML-ENC-001", (sealed("enabled", key="?"),), OPEN),
        ("AML-ENC-001", (sealed("Disabled", key="?"),), FAIL),
        ("AML-ENC-002", (sealed(reader="@mine"), MINE), PASS),
        ("AML-ENC-002", (sealed(reader=None), MINE), FAIL),
        ("AML-ENC-002", (sealed(reader="?"), MINE), OPEN),
        ("AML-ENC-002", (sealed("Disabled"), MINE), OUT),
        ("AML-ENC-002", (workspace(),), OUT),
        ("AML-ENC-002", (sealed("?"), MINE), OPEN),
        ("AML-ENC-002", (sealed("?", reader="@mine"), MINE), PASS),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection=True)), PASS),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection=True, softDeleteRetentionInDays=89)), FAIL),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection="?", enableSoftDelete=False)), FAIL),
        ("AML-ENC-003", (sealed(), keys(enablePurgeProtection="?")), OPEN),
        ("AML-ENC-003", (sealed(vault=f"{GROUP}/{VAULT}/gone"),), OPEN),
        ("AML-ENC-003", (sealed(vault="?"), keys()), OPEN),
        ("AML-ENC-003", (sealed(vault=None), keys()), OUT),
        ("AML-ENC-003", (sealed(vault=12), keys(enablePurgeProtection=True)), FAIL),
    ],
)
def test_key_of_the_customer(rule: str, documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-ENC: a key in a vault that keeps it, read as an identity of the workspace."""
    assert judged(rule, *documents, MINE).verdict is verdict


def data(access: Any) -> Body:
    return resource(STORAGE, "data", publicNetworkAccess=access)


@pytest.mark.parametrize(
    ("rule", "documents", "verdict"),
    [
        ("AML-DAT-001", (workspace(tags={"DATACLASS": "Confidential"}, hbiWorkspace=None),), FAIL),
        ("AML-DAT-001", (workspace(tags={"dataClass": "restricted"}, hbiWorkspace=True),), PASS),
        ("AML-DAT-001", (workspace(tags={"dataClass": "internal"}),), OUT),
        ("AML-DAT-001", (workspace(tags=None),), OUT),
        ("AML-DAT-001", (workspace(tags={"dataClass": "?"}, hbiWorkspace=False),), OPEN),
        ("AML-DAT-001", (workspace(tags="?", hbiWorkspace=True),), PASS),
        ("AML-DAT-002", (workspace(hbiWorkspace=True, storageAccount="@data"), data("disabled")), PASS),
        ("AML-DAT-002", (workspace(hbiWorkspace=True, storageAccount="@data"), data("SecuredByPerimeter")), FAIL),
        ("AML-DAT-002", (workspace(hbiWorkspace=True, storageAccount="@data"), data("?")), OPEN),
        ("AML-DAT-002", (workspace(hbiWorkspace="?", storageAccount="@data"), data("Enabled")), OPEN),
        ("AML-DAT-002", (workspace(hbiWorkspace="?", storageAccount="@data"), data("Disabled")), PASS),
        ("AML-DAT-002", (workspace(hbiWorkspace=False, storageAccount="@data"), data("Enabled")), OUT),
        ("AML-DAT-002", (workspace(hbiWorkspace=True, storageAccount="?"),), OPEN),
        ("AML-DAT-002", (workspace(hbiWorkspace=True, storageAccount=ELSEWHERE),), OPEN),
        ("AML-DAT-002", (project(hbiWorkspace=True), hub(None)), OUT),
        ("AML-DAT-002", (project(hbiWorkspace=True, storageAccount="@data"), data("Enabled")), FAIL),
    ],
)
def test_confidential_data(rule: str, documents: tuple[Body, ...], verdict: Verdict) -> None:
    """AML-DAT-001 and 002: the tag asks for the flag, and the flag for a closed account."""
    assert judged(rule, *documents).verdict is verdict


def test_place_of_an_open_account() -> None:
    """AML-DAT-002: the finding points into the account."""
    found = judged("AML-DAT-002", workspace(hbiWorkspace=True, storageAccount="@data"), data("Enabled"))
    assert [(place.id, place.path) for place in found.places] == [
        (f"{GROUP}/{STORAGE}/data", "/properties/publicNetworkAccess")
    ]


def test_companions_of_a_workspace() -> None:
    """AML-CFG-001: an output counts as an id, other text does not, and each one that is absent is named."""
    links = {
        "storageAccount": Reference("urn:data", "id"),
        "keyVault": f"{GROUP}/{VAULT}/keys",
        "applicationInsights": Unknown(),
        "containerRegistry": "images",
    }
    home = Given(WORKSPACE, "home", None, {"properties": links}, "urn:home")
    found = finding_of("AML-CFG-001", home)
    assert (found.verdict, [place.path for place in found.places]) == (FAIL, ["/properties/containerRegistry"])
    named = {**links, "containerRegistry": Reference("urn:images", "id")}
    assert finding_of("AML-CFG-001", Given(WORKSPACE, "home", None, {"properties": named})).verdict is OPEN
    assert judged("AML-CFG-001", workspace(kind="Project")).verdict is OUT
    absent = judged("AML-CFG-001", workspace())
    assert len(absent.places) == 4


def user(name: str, environment: Any, **links: Any) -> Body:
    return workspace(name=name, tags={"Environment": environment}, **links)


@pytest.mark.parametrize(
    ("documents", "share", "verdict"),
    [
        ((user("one", "test", storageAccount="@data"), user("two", "prod", storageAccount="@data")), True, FAIL),
        ((user("one", "test", keyVault="@keys"), user("two", "TEST", keyVault="@keys")), True, PASS),
        ((user("one", None, keyVault="@keys"), user("two", None, keyVault="@keys")), True, PASS),
        ((user("one", None, keyVault="@keys"), user("two", "test", keyVault="@keys")), True, FAIL),
        ((user("one", "?", keyVault="@keys"), user("two", "test", keyVault="@keys")), True, OPEN),
        ((user("one", "test", keyVault="?"), user("two", "prod", keyVault="@keys")), True, OPEN),
        ((user("one", "test", keyVault="@keys"), user("two", "prod", keyVault="?")), True, OPEN),
        ((user("one", "test", keyVault="?"), user("two", "test", keyVault="?")), True, PASS),
        ((user("one", "test", keyVault="?"),), True, PASS),
        ((user("one", "test", keyVault="?"), user("two", "prod")), True, PASS),
        ((user("one", "test", storageAccount=ELSEWHERE), user("two", "prod", storageAccount=ELSEWHERE.upper())),
         True, FAIL),
        ((user("one", "test", containerRegistry="@images"), user("two", "prod", containerRegistry="@images")),
         True, OUT),
        ((user("one", "test", containerRegistry="@images"), user("two", "prod", containerRegistry="@images")),
         False, FAIL),
        ((user("one", "test", storageAccount=""), user("two", "prod", storageAccount="")), True, OUT),
        ((user("one", "test", storageAccount={"odd": 1}), user("two", "prod", storageAccount="@data")), True, OPEN),
    ],
)  # fmt: skip
def test_companions_of_environments(documents: tuple[Body, ...], share: bool, verdict: Verdict) -> None:
    """AML-CFG-002: one environment for each store, by id; registries only where that is asked."""
    rest = (resource(STORAGE, "data"), keys(), OPENED)
    assert judged("AML-CFG-002", *documents, *rest, share_registry=share).verdict is verdict


def test_companion_that_is_only_declared() -> None:
    """AML-CFG-002: two workspaces that use the output of one account share it."""
    account = Given(STORAGE, "data", None, {}, "urn:data")
    homes = [
        Given(WORKSPACE, name, None, {"tags": {"environment": name},
              "properties": {"storageAccount": Reference("urn:data", "id")}}, f"urn:{name}")
        for name in ("test", "production")
    ]  # fmt: skip
    found = finding_of("AML-CFG-002", *homes, account)
    assert (found.verdict, found.path) == (FAIL, "/properties/storageAccount")
    assert found.message == "workspace production, of another environment, uses it too"


def setting(*logs: Any, workspace: Any = "/a/log/workspace", scope: str = "@home", name: str = "logs") -> Body:
    return {"type": SETTING, "name": name, "scope": scope, "properties": {"workspaceId": workspace, "logs": list(logs)}}


def log(enabled: Any = True, **kind: Any) -> Body:
    return {"enabled": enabled, **kind}


@pytest.mark.parametrize(
    ("settings", "categories", "verdict"),
    [
        ([setting(log(categoryGroup="AllLogs"))], [], PASS),
        ([setting(log(categoryGroup="audit"), log(False, categoryGroup="other"))], [], PASS),
        ([setting(log(category="A"))], [], FAIL),
        ([setting(log(False, category="A"))], [], FAIL),
        ([setting(log(category="A"), log(category="b"))], ["a", "B"], PASS),
        ([setting(log(category="A"), log(False, category="B"))], ["A", "B"], FAIL),
        ([setting(log(category="A"), name="one"), setting(log(category="B"), name="two")], ["A", "B"], FAIL),
        ([setting(log("?", categoryGroup="audit"))], [], OPEN),
        ([setting(log(None, categoryGroup="audit"))], [], FAIL),
        ([setting(log(categoryGroup="audit"), workspace="?")], [], OPEN),
        ([setting(log(categoryGroup="audit"), workspace="")], [], FAIL),
        ([setting(log(False, categoryGroup="audit"), workspace="?")], [], FAIL),
        ([setting(log(categoryGroup="audit"), scope="@other")], [], FAIL),
        ([], [], FAIL),
    ],
)
def test_logs_of_a_workspace(settings: list[Body], categories: list[str], verdict: Verdict) -> None:
    """AML-LOG-001: one setting of this workspace with everything on, sent to a log workspace."""
    documents = (workspace(), workspace(name="other"), *settings)
    assert judged("AML-LOG-001", *documents, required_categories=categories).verdict is verdict


def region(storage: Any = False, sku: Any = "Premium", location: Any = "westeurope") -> Body:
    return {
        "location": location,
        "storageAccountDetails": [{"systemCreatedStorageAccount": {"allowBlobPublicAccess": storage}}],
        "acrDetails": [{"systemCreatedAcrAccount": {"acrAccountSku": sku}}],
    }


@pytest.mark.parametrize(
    ("rule", "regions", "verdict"),
    [
        ("AML-REG-003", [region(), region(True)], FAIL),
        ("AML-REG-003", [region(), region("?")], OPEN),
        ("AML-REG-003", [region(True), region("?")], FAIL),
        ("AML-REG-003", [region("false")], FAIL),
        ("AML-REG-003", [region(), "?"], OPEN),
        ("AML-REG-003", [], FAIL),
        ("AML-REG-003", None, FAIL),
        ("AML-REG-003", "?", OPEN),
        ("AML-REG-004", [region(sku="PREMIUM")], PASS),
        ("AML-REG-004", [region(), region(sku=None)], FAIL),
        ("AML-REG-004", [region(sku="?")], OPEN),
        ("AML-REG-006", [region(location="West Europe")], PASS),
        ("AML-REG-006", [region(location="eastus"), region(location="?")], FAIL),
        ("AML-REG-006", [region(location="?")], OPEN),
        ("AML-REG-006", [region(location=None)], FAIL),
        ("AML-REG-006", None, FAIL),
    ],
)
def test_regions_of_a_registry(rule: str, regions: Any, verdict: Verdict) -> None:
    """AML-REG-003, 004, 006: every region, and none at all is no pass."""
    parameters = {"allowed_locations": ["westeurope"]} if rule == "AML-REG-006" else {}
    assert judged(rule, resource(MODELS, "m", regionDetails=regions), **parameters).verdict is verdict


def test_every_region_is_named() -> None:
    """AML-REG-003: each account that is open, by its place."""
    found = judged("AML-REG-003", resource(MODELS, "m", regionDetails=[region(True), region(), region(None)]))
    below = "storageAccountDetails/0/systemCreatedStorageAccount/allowBlobPublicAccess"
    assert [place.path for place in found.places] == [f"/properties/regionDetails/{index}/{below}" for index in (0, 2)]


@pytest.mark.parametrize(
    ("connections", "verdict"),
    [
        ([{"properties": {"registryPrivateLinkServiceConnectionState": {"status": "approved"}}}], PASS),
        ([{"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}], PASS),
        ([{"properties": {"registryPrivateLinkServiceConnectionState": {"status": "Rejected"}}}], FAIL),
        ([{"properties": None}], FAIL),
        ([], FAIL),
        (None, FAIL),
    ],
)
def test_live_connections_of_a_registry(connections: Any, verdict: Verdict) -> None:
    """AML-REG-002: one approved connection, in either of the shapes that Azure writes."""
    document = resource(MODELS, "m", registryPrivateEndpointConnections=connections)
    assert judged("AML-REG-002", document, live=True).verdict is verdict


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("systemassigned", PASS), ("None", FAIL), ("?", OPEN), (None, FAIL), ("Unassigned", FAIL), (7, FAIL)],
)
def test_identity_of_a_registry(kind: Any, verdict: Verdict) -> None:
    """AML-REG-005: an identity of any kind."""
    assert judged("AML-REG-005", {"type": MODELS, "name": "m", "identity": {"type": kind}}).verdict is verdict


@pytest.mark.parametrize(
    ("tags", "required", "verdict"),
    [
        ({"TEAM": "a"}, {"team": None}, PASS),
        ({"team": "?"}, {"team": None}, OPEN),
        ({"team": "?", "cost": " "}, {"team": None, "cost": None}, FAIL),
        ({"team": "blue"}, {"team": "^(red|green)$"}, FAIL),
        ({"team": "RED"}, {"team": "^(red|green)$"}, PASS),
        ({"team": ["red"]}, {"team": None}, FAIL),
        (None, {"team": None}, FAIL),
        ("?", {"team": None}, OPEN),
        (None, {}, PASS),
    ],
)
def test_tags_of_a_registry(tags: Any, required: dict[str, str | None], verdict: Verdict) -> None:
    """AML-REG-007: each required tag, in any letter case, with a value of its pattern."""
    document = {"type": MODELS, "name": "m", "tags": tags}
    assert judged("AML-REG-007", document, required_tags=required).verdict is verdict


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


def test_every_account_of_a_region() -> None:
    """AML-REG-003: one closed account does not excuse an open one in the same region, nor one region another."""
    one = {"systemCreatedStorageAccount": {"allowBlobPublicAccess": False}}
    two = {"systemCreatedStorageAccount": {"allowBlobPublicAccess": True}}
    both = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [one, two]}])
    assert judged("AML-REG-003", both).verdict is FAIL
    apart = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [two]}, {"storageAccountDetails": [one]}])
    assert judged("AML-REG-003", apart).verdict is FAIL


def test_account_that_the_customer_made() -> None:
    """AML-REG-003: an account of the customer's own is left to the rules of storage accounts."""
    own = {"userCreatedStorageAccount": {"armResourceId": {"resourceId": ELSEWHERE}}}
    alone = resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [own]}])
    assert judged("AML-REG-003", alone).verdict is PASS
    two = {**own, "systemCreatedStorageAccount": {"allowBlobPublicAccess": True}}
    assert (
        judged("AML-REG-003", resource(MODELS, "m", regionDetails=[{"storageAccountDetails": [two]}])).verdict is FAIL
    )
