"""Results made by hand, one of each kind, for golden files and schemas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from lineage_example import LINEAGE

from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.model import report as results
from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.model.finding import Catalogue, Checked, Finding, Place, RuleFacts, Verdict, Waiver
from azkeep.model.local import (
    KeptSnapshot,
    KnownPrincipal,
    LocalEnvironment,
    LocalPrincipal,
    LocalPrincipals,
    LocalSnapshot,
    LocalSnapshots,
)
from azkeep.model.plan import Change, Diagnostic, Operation, Outcome, OutsideChange, Plan, Reviewed, Step
from azkeep.model.report import Check, CheckState, Header, Report
from azkeep.model.resource import Resource
from azkeep.model.value import Secret, Unknown

MOMENT = datetime(2026, 11, 22, 4, 30, 15, tzinfo=UTC)
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ml"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stml"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-ml"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-ml"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
CANARY = "canary-7c1f5b"

HEADER = Header(
    stack="secure-workspace",
    env="dev",
    cloud="local",
    tenant="11111111-0000-0000-0000-000000000000",
    subscription=SUBSCRIPTION,
    caller="azkeep-deployer",
    commit="4f2c1aa9d0e1b2c3d4e5f60718293a4b5c6d7e8f",
    dirty=True,
    started_at=MOMENT,
    seconds=3.21456,
)
REHEARSAL = Header(stack="secure-workspace", env="prod", cloud="local", rehearsal=True, started_at=MOMENT)


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::secure-workspace::{token}::{name}"


def step(operation: Operation, id: str | None, arm_type: str, name: str, **rest: object) -> Step:
    return Step(operation, id, arm_type, name, urn("azure-native:any:Thing", name), **rest)  # type: ignore[arg-type]


PLAN = Plan(
    steps=(
        step(Operation.SAME, GROUP, "Microsoft.Resources/resourceGroups", "rg-ml"),
        step(
            Operation.UPDATE,
            NETWORK,
            "Microsoft.Network/virtualNetworks",
            "vnet-ml",
            changes=(
                Change("/tags/owner", "ann", "bob"),
                Change("/tags/cost.center", None, "42"),
                Change("/properties/addressSpace/addressPrefixes/0", "10.0.0.0/16", "10.1.0.0/16"),
                Change("/properties/enableDdosProtection", True, None),
            ),
        ),
        step(
            Operation.REPLACE,
            STORAGE,
            "Microsoft.Storage/storageAccounts",
            "stml",
            changes=(
                Change("/location", "westeurope", "northeurope", forces_replace=True),
                Change("/properties/keyPolicy/token", Secret(CANARY), Secret(CANARY + "2"), secret=True),
                Change("/properties/plainButSecret", CANARY, CANARY + "3", secret=True),
            ),
            reason="location cannot be changed in place",
        ),
        step(
            Operation.CREATE,
            None,
            "Microsoft.KeyVault/vaults",
            "kv-ml",
            changes=(
                Change("/location", None, "westeurope"),
                Change("/properties/tenantId", None, None, unknown=True),
                Change("/properties/accessPolicies", None, [{"secret": Secret(CANARY), "id": Unknown()}]),
            ),
        ),
        step(Operation.DELETE, WORKSPACE, "Microsoft.MachineLearningServices/workspaces", "mlw"),
        step(Operation.READ, None, "pulumi:pulumi:StackReference", "hub"),
    ),
    outside=(
        OutsideChange(
            "changed",
            STORAGE,
            "Microsoft.Storage/storageAccounts",
            (Change("/properties/publicNetworkAccess", "Disabled", "Enabled"),),
        ),
        OutsideChange("missing", VAULT, "Microsoft.KeyVault/vaults"),
    ),
    diagnostics=(
        Diagnostic("warning", "the SKU Basic is retired", urn("a:b:C", "kv-ml"), Source("__main__.py", 14)),
        Diagnostic("info", "program said hello"),
    ),
)
NOTHING_TO_DO = Plan(
    steps=(step(Operation.SAME, GROUP, "Microsoft.Resources/resourceGroups", "rg-ml"),), refreshed=False
)
OUTCOME = Outcome(
    steps=(
        step(Operation.SAME, GROUP, "Microsoft.Resources/resourceGroups", "rg-ml", status="done"),
        step(Operation.CREATE, VAULT, "Microsoft.KeyVault/vaults", "kv-ml", status="done", seconds=1.26),
        step(Operation.DELETE, NETWORK, "Microsoft.Network/virtualNetworks", "vnet-ml", status="done", seconds=0.01),
    ),
    outputs={"workspace_id": WORKSPACE, "key": Secret(CANARY), "zones": ["1", "2"]},
)
FAILED = Outcome(
    steps=(
        step(Operation.CREATE, GROUP, "Microsoft.Resources/resourceGroups", "rg-ml", status="done", seconds=0.4),
        step(Operation.CREATE, STORAGE, "Microsoft.Storage/storageAccounts", "stml", status="failed"),
        step(Operation.CREATE, None, "Microsoft.MachineLearningServices/workspaces", "mlw", status="not_started"),
    ),
    diagnostics=(
        Diagnostic("error", "StorageAccountAlreadyTaken:\n\x1b[31mThe name stml is taken.", urn("a:b:C", "stml")),
    ),
    succeeded=False,
)
RULE = RuleFacts(
    "STO-NET-001",
    "Storage account refuses public traffic",
    Severity.HIGH,
    "attribute",
    ("Microsoft.Storage/storageAccounts",),
    ("/properties/publicNetworkAccess",),
    checks="The account is reached through private endpoints alone.",
    why="Whoever has a token reaches it from anywhere.",
    fix="Set publicNetworkAccess to Disabled.",
    source="Microsoft Learn, Configure Azure Storage firewalls",
    bad="publicNetworkAccess: Enabled",
    good="publicNetworkAccess: Disabled",
    maps={"mcsb": ("NS-2",)},
    tags=("network",),
)
WAIVER = Waiver("KV-REC-001", "kv-ml", "a rehearsal", "ml-platform", date(2026, 12, 31))
CHECKED = Checked(
    (
        Finding(
            "STO-NET-001",
            RULE.title,
            Severity.HIGH,
            Verdict.FAIL,
            STORAGE,
            "Microsoft.Storage/storageAccounts",
            "stml",
            path="/properties/publicNetworkAccess",
            found="Enabled",
            places=(Place(STORAGE, "/properties/publicNetworkAccess", "Enabled"),),
            fix=RULE.fix,
            fingerprint="f1",
            source=Source("__main__.py", 14),
        ),
        Finding(
            "KV-REC-001",
            "Vault cannot be purged early",
            Severity.HIGH,
            Verdict.WAIVED,
            VAULT,
            "Microsoft.KeyVault/vaults",
            "kv-ml",
            waiver=WAIVER,
        ),
    ),
    (RULE,),
    Severity.HIGH,
    profile="secure-enterprise",
    what="the program",
    resources=2,
    ending=(WAIVER,),
)
LINE = Source("stacks/hub/__main__.py", 12)
AUDIT = Audit(
    drifts=(
        Drift(
            DriftKind.DECLARED,
            Severity.CRITICAL,
            STORAGE,
            "Microsoft.Storage/storageAccounts",
            Change("/properties/publicNetworkAccess", "Disabled", "Enabled"),
            fix="azkeep pulumi hub -- refresh --yes --stack dev, then azkeep apply hub",
            who=(Who("eve@example.com", "Azure Portal", "Update Storage Account", "2026-11-21T18:04:00Z", "c-1"),),
            rules=("STO-NET-001",),
            source=LINE,
        ),
        Drift(
            DriftKind.DECLARED,
            Severity.CRITICAL,
            STORAGE,
            "Microsoft.Storage/storageAccounts",
            Change("/properties/networkAcls/defaultAction", "Deny", "Allow"),
            fix="azkeep pulumi hub -- refresh --yes --stack dev, then azkeep apply hub",
            source=LINE,
        ),
        Drift(
            DriftKind.MISSING,
            Severity.CRITICAL,
            VAULT,
            "Microsoft.KeyVault/vaults",
            fix="azkeep apply creates it again",
        ),
        Drift(
            DriftKind.UNDECLARED,
            Severity.LOW,
            NETWORK,
            "Microsoft.Network/virtualNetworks",
            Change("/properties/sharedKey", CANARY, CANARY + "9", secret=True),
        ),
        Drift(
            DriftKind.UNREAD,
            Severity.INFO,
            WORKSPACE,
            "Microsoft.MachineLearningServices/workspaces",
            detail="403 AuthorizationFailed: the caller may not read it",
        ),
    ),
    read=21,
    total=22,
    requests=9,
)
IN_SYNC = Audit(drifts=(), read=22, total=22, requests=4)
NOT_RECORDED = Audit(drifts=(), read=0, total=1, recorded=False)
DECLARED = results.Declared(
    (
        Resource(urn("pulumi:pulumi:Stack", "s"), "pulumi:pulumi:Stack", "pulumi:pulumi:Stack", "s", None, {}),
        Resource(urn("my:Net", "net"), "my:Net", "my:Net", "net", None, {}, is_component=True),
        Resource(
            urn("azure-native:network:VirtualNetwork", "vnet-ml"),
            "azure-native:network:VirtualNetwork",
            "Microsoft.Network/virtualNetworks",
            "vnet-ml",
            NETWORK,
            {"secret": Secret(CANARY)},
            parent=urn("my:Net", "net"),
            dependencies=(urn("azure-native:resources:ResourceGroup", "rg-ml"),),
            source=Source("__main__.py", 7),
        ),
    ),
    not_seen=("apply over workspace.id",),
)
KEPT = KeptSnapshot("base", "/home/ann/hub/.azkeep/local/store/snapshots/base.sqlite3", MOMENT, 12)
EVE = KnownPrincipal("eve@example.com", "User", "Reader", "c0ffee00", "0b1ec700")
BUILDER = KnownPrincipal("builder", "ServicePrincipal", "Contributor", "c0ffee01", "0b1ec701")
HOLDER = results.LockHolder("ann", "build-7", 4711, MOMENT, alive=False)
ENGINE = results.EngineFound("/home/ann/.cache/azkeep/pulumi", "3.220.0", "built here", sha256="ab" * 32)
READY = {
    "arm": "https://127.0.0.1:8443",
    "identity": "https://127.0.0.1:8444",
    "managed_identity": {
        "endpoint": "http://127.0.0.1:8445/msi/token",
        "header": CANARY,
        "metadata": "http://127.0.0.1:8445",
    },
    "proxy": "http://127.0.0.1:8446",
    "cloud": "AzkeepLocal",
    "ca": "/home/ann/project/.azkeep/ca.pem",
    "tenant": "t",
    "subscription": SUBSCRIPTION,
    "principals": [{"name": "azkeep-deployer", "client_id": "c", "client_secret": CANARY, "role": "Owner"}],
    "env": {"ARM_ENDPOINT": "https://127.0.0.1:8443"},
}

DIGEST = "5f" * 32
REVIEWED = Reviewed(DIGEST, MOMENT, True, (replace(CHECKED.findings[0], name="stother"),), Severity.HIGH)
REPORTS: dict[str, Report] = {
    "plan": Report(HEADER, PLAN, ("4 changes were found",), 2),
    "plan-nothing": Report(HEADER, NOTHING_TO_DO),
    "plan-rehearsal": Report(REHEARSAL, NOTHING_TO_DO),
    "outcome": Report(HEADER, OUTCOME),
    "outcome-failed": Report(HEADER, FAILED, ("1 resource failed",), 1),
    "audit": Report(HEADER, AUDIT, ("4 differences were found",), 2),
    "audit-not-recorded": Report(HEADER, NOT_RECORDED),
    "audit-in-sync": Report(HEADER, IN_SYNC),
    "lineage": Report(HEADER, LINEAGE, ("a link between an endpoint and its sources is missing",), 2),
    "outcome-nothing": Report(HEADER, Outcome(NOTHING_TO_DO.steps)),
    "plan-outside": Report(HEADER, Plan(NOTHING_TO_DO.steps, outside=PLAN.outside, typed="secure-workspace --env dev")),
    "plan-saved": Report(HEADER, replace(NOTHING_TO_DO, digest=DIGEST)),
    "outcome-reviewed": Report(HEADER, replace(OUTCOME, checked=CHECKED, reviewed=REVIEWED)),
    "outcome-stopped": Report(HEADER, FAILED, ("stopped",), 1, AzkeepError("the engine ended", fix="apply again")),
    "graph": Report(HEADER, DECLARED),
    "outputs": Report(HEADER, results.Outputs(OUTCOME.outputs)),
    "check": Report(HEADER, CHECKED, ("1 finding at or above high",), 3),
    "rules": Report(Header(), Catalogue((RULE,), explained=True)),
    "config": Report(
        HEADER,
        results.Configuration(
            (
                results.ConfigEntry("ml:region", "westeurope", "Pulumi.dev.yaml:3"),
                results.ConfigEntry("ml:password", Secret(CANARY), "Pulumi.dev.yaml:4"),
                results.ConfigEntry("ml:sizes", {"gpu": 2}, "--config"),
            )
        ),
    ),
    "history": Report(
        HEADER,
        results.History(
            (
                results.Run(
                    MOMENT,
                    "apply",
                    "succeeded",
                    "ann",
                    "azkeep-deployer",
                    "4f2c1aa9d0e1b2",
                    True,
                    "d1",
                    12.5,
                    {"create": 3, "same": 2, "update": 0},
                ),
                results.Run(MOMENT, "apply", "succeeded", "ann", "ann", plan_digest="5f" * 32, approved=True),
                results.Run(MOMENT, "destroy", "interrupted", "bob", "bob"),
            )
        ),
    ),
    "locks": Report(HEADER, results.Locks((HOLDER,))),
    "init": Report(Header(), results.Scaffold("stacks/hub", ("Pulumi.yaml", "__main__.py"), ("azkeep preview hub",))),
    "engine": Report(Header(), results.EngineFound(ENGINE.path, "3.220.0", "built here", "ab" * 32, "built")),
    "doctor": Report(
        Header(started_at=MOMENT),
        results.Doctor(
            ENGINE,
            (
                Check("Python", CheckState.OK, "3.11.9"),
                Check("azure-native", CheckState.WARNING, "3.30.0, not checked yet", "pin 3.29.0"),
                Check("credential", CheckState.FAILED, "none", "az login"),
            ),
        ),
        ("1 check failed",),
        1,
    ),
    "local-change": Report(
        Header(),
        results.LocalChange(
            "edit",
            STORAGE,
            "eve@example.com",
            {"properties": {"publicNetworkAccess": "Disabled", "a": 1}, "systemData": {"x": 1}},
            {"properties": {"publicNetworkAccess": "Enabled", "a": 1}, "systemData": {"x": 2}},
        ),
    ),
    "local-reset": Report(Header(), results.LocalReset(".azkeep/local")),
    "local-snapshot": Report(Header(), LocalSnapshot("saved", KEPT)),
    "local-snapshot-restored": Report(Header(), LocalSnapshot("restored", KEPT)),
    "local-snapshots": Report(Header(), LocalSnapshots((KEPT,))),
    "local-snapshots-none": Report(Header(), LocalSnapshots(())),
    "local-principal": Report(Header(), LocalPrincipal("added", EVE, "shown-once")),
    "local-principal-removed": Report(Header(), LocalPrincipal("removed", EVE)),
    "local-principals": Report(Header(), LocalPrincipals((BUILDER, EVE))),
    "local-env": Report(
        Header(),
        LocalEnvironment("mgmt", "builder", {"AZURE_TENANT_ID": "d1", "REQUESTS_CA_BUNDLE": "/home/it's me/ca.pem"}),
    ),
    "local-env-az": Report(
        Header(),
        LocalEnvironment(
            "az",
            "builder",
            {"AZURE_CONFIG_DIR": "/home/it's me/az-b2"},
            (("az", "login", "--federated-token", "@/home/it's me/b2.jwt"),),
        ),
    ),
    "local-log": Report(
        Header(),
        results.LocalLog(
            (
                {
                    "eventTimestamp": "2026-11-22T04:30:12Z",
                    "caller": "0b1ec701",
                    "claims": {"name": "builder"},
                    "correlationId": "c1",
                    "operationId": "o1",
                    "operationName": {"value": "Microsoft.Storage/storageAccounts/write"},
                    "status": {"value": "Started"},
                    "resourceId": STORAGE,
                },
                {
                    "eventTimestamp": "2026-11-22T04:30:13Z",
                    "caller": "0b1ec701",
                    "claims": {"name": "builder"},
                    "correlationId": "c1",
                    "operationId": "o1",
                    "operationName": {"value": "Microsoft.Storage/storageAccounts/write"},
                    "status": {"value": "Failed"},
                    "resourceId": STORAGE,
                },
                {
                    "eventTimestamp": "2026-11-22T04:30:15Z",
                    "caller": "eve@example.com",
                    "operationName": {"value": "Microsoft.Storage/storageAccounts/write"},
                    "status": {"value": "Succeeded"},
                    "resourceId": STORAGE,
                },
            )
        ),
    ),
}

ERROR = Problems(
    [
        SettingsError(
            "unknown setting `confg`", fix="Did you mean `config`?", source=Source("stacks/hub/Pulumi.dev.yaml", 1)
        ),
        SettingsError("`azkeep:cloud` must be local or azure, not `aws`", detail="line one\nline two"),
    ]
)
