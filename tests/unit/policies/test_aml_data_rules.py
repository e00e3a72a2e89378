"""Rules of the identity, the data and the companions of workspaces, beyond what their own examples show."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged
from tests.unit.policies.workspaces import (
    ELSEWHERE,
    FAIL,
    GROUP,
    IDENTITY,
    MINE,
    OPEN,
    OPENED,
    OTHER,
    OUT,
    PASS,
    SETTING,
    STORAGE,
    VAULT,
    WORKSPACE,
    Body,
    connection,
    datastore,
    hub,
    keys,
    project,
    resource,
    sealed,
    workspace,
    worn,
)

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Given


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
