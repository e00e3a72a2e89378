"""An audited estate with its documents, made by hand: one of everything that the page and the picture show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from render_examples import GROUP, HEADER, MOMENT

from azkeep.errors import Source
from azkeep.model.drift import Audit, Census, Drift, DriftKind, Severity, SinceLast, Who
from azkeep.model.finding import Finding, Verdict, Waiver
from azkeep.model.plan import Change
from azkeep.model.report import Report, Run

ML = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
NET = f"{GROUP}/providers/Microsoft.Network"
VNET = f"{NET}/virtualNetworks/vnet"
HUB = f"{NET}/virtualNetworks/hub"
NSG = f"{NET}/networkSecurityGroups/nsg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/cr"
ENDPOINT = f"{ML}/onlineEndpoints/score"
ROLE = f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/5a3c5dd2-0000-4000-8000-000000000001"
GONE = f"{NET}/privateEndpoints/registry-pe"


def rule(name: str, priority: int, access: str, source: str, port: str, protocol: str = "Tcp") -> dict[str, Any]:
    """An inbound security rule as a security group holds it."""
    properties = {
        "priority": priority,
        "direction": "Inbound",
        "access": access,
        "protocol": protocol,
        "sourceAddressPrefix": source,
        "destinationPortRange": port,
    }
    return {"name": name, "properties": properties}


def of(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def link(target: str, group: str) -> list[dict[str, Any]]:
    return [{"properties": {"privateLinkServiceId": target, "groupIds": [group]}}]


DOCUMENTS: dict[str, Mapping[str, Any]] = {
    GROUP: of(),
    HUB: of(addressSpace={"addressPrefixes": ["10.0.0.0/16"]}),
    f"{HUB}/subnets/AzureFirewallSubnet": of(addressPrefix="10.0.0.0/26"),
    f"{NET}/azureFirewalls/fw": of(),
    VNET: of(
        addressSpace={"addressPrefixes": ["10.1.0.0/16"]},
        virtualNetworkPeerings=[of(remoteVirtualNetwork={"id": f"{NET}/virtualNetworks/far-hub"})],
    ),
    f"{VNET}/subnets/training": of(addressPrefix="10.1.0.0/24", networkSecurityGroup={"id": NSG.upper()}),
    f"{VNET}/subnets/endpoints": of(addressPrefix="10.1.1.0/26"),
    NSG: of(
        securityRules=[rule("ssh", 100, "Allow", "Internet", "22"), rule("inside", 200, "Allow", "10.0.0.0/8", "*")]
    ),
    f"{NET}/privateEndpoints/vault-pe": of(
        subnet={"id": f"{VNET}/subnets/endpoints"}, privateLinkServiceConnections=link(VAULT, "vault")
    ),
    f"{NET}/privateDnsZones/privatelink.vaultcore.azure.net": of(),
    VAULT: of(publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Allow"}),
    STORAGE: of(publicNetworkAccess="Disabled"),
    REGISTRY: of(publicNetworkAccess="Enabled", networkRuleSet={"defaultAction": "Deny", "ipRules": []}),
    ROLE: of(),
    ML: {**of(publicNetworkAccess="Disabled"), "identity": {"type": "SystemAssigned"}},
    f"{ML}/computes/gpu": of(
        computeType="AmlCompute",
        properties={
            "vmSize": "Standard_NC4as_T4_v3",
            "subnet": {"id": f"{VNET}/subnets/training"},
            "enableNodePublicIp": False,
            "scaleSettings": {"minNodeCount": 1, "maxNodeCount": 4},
        },
    ),
    f"{ML}/computes/cpu": of(
        computeType="AmlCompute",
        properties={"vmSize": "Standard_DS3_v2", "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 2}},
    ),
    ENDPOINT: of(publicNetworkAccess="Disabled", authMode="AADToken", traffic={"blue": 90, "green": 10}),
    f"{ENDPOINT}/deployments/blue": {
        **of(model=f"{ML}/models/churn/versions/1", environmentId=f"{ML}/environments/serving/versions/7"),
        "sku": {"capacity": 2},
    },
    f"{ENDPOINT}/deployments/green": of(model=f"{ML}/models/churn/versions/2"),
}
EVE = Who("eve@example.com", "Azure Portal", "Microsoft.KeyVault/vaults/write", "2026-11-21T18:04:00.1234567Z", "c-1")
OPENED = Drift(
    DriftKind.DECLARED,
    Severity.CRITICAL,
    VAULT,
    "Microsoft.KeyVault/vaults",
    Change("/properties/publicNetworkAccess", "Disabled", "Enabled"),
    fix=f"azkeep audit secure-workspace --env dev --fix --only {VAULT}",
    declared="Disabled",
    who=(replace(EVE, before="Disabled", after="Enabled", has_values=True),),
    rules=("KV-NET-001",),
    concern="access",
    source=Source("stacks/secure-workspace/__main__.py", 31),
)
DRIFTS = (
    OPENED,
    Drift(DriftKind.MISSING, Severity.CRITICAL, GONE, "Microsoft.Network/privateEndpoints", detail="not found"),
    Drift(
        DriftKind.UNMANAGED,
        Severity.HIGH,
        f"{ML}/computes/cpu",
        "Microsoft.MachineLearningServices/workspaces/computes",
        detail="nobody declared it",
        who_note="no record of the last 14 days",
        source=Source("stacks/secure-workspace/__main__.py", 27),
    ),
    Drift(
        DriftKind.UNDECLARED,
        Severity.LOW,
        f"{NSG}/securityRules/ssh",
        "Microsoft.Network/networkSecurityGroups/securityRules",
        Change("/properties/description", None, "temporary"),
        fix="declare it and azkeep apply secure-workspace --env dev, or keep it",
    ),
    Drift(
        DriftKind.UNDECLARED,
        Severity.LOW,
        STORAGE,
        "Microsoft.Storage/storageAccounts",
        Change("/tags/by", None, "x"),
        by_policy="tag-everything",
    ),
    Drift(
        DriftKind.UNREAD,
        Severity.INFO,
        f"{NET}/azureFirewalls/fw",
        "Microsoft.Network/azureFirewalls",
        detail="AuthorizationFailed: the caller may not read it",
    ),
)
BROKEN = (
    Finding(
        "KV-NET-001",
        "Vault refuses public traffic",
        Severity.CRITICAL,
        Verdict.FAIL,
        VAULT,
        "Microsoft.KeyVault/vaults",
        "kv",
    ),
    Finding(
        "NET-NSG-001",
        "SSH is closed to the internet",
        Severity.HIGH,
        Verdict.FAIL,
        NSG,
        "Microsoft.Network/networkSecurityGroups",
        "nsg",
    ),
)
AUDITED = Audit(
    drifts=DRIFTS,
    read=19,
    total=20,
    requests=9,
    calls={"list": 7, "get": 2},
    census=(Census("Microsoft.KeyVault/vaults", 1, 1), Census("Microsoft.Storage/storageAccounts", 2, 2)),
    skipped=("urn:pulumi:dev::s::random:index:RandomId::x",),
    unobservable={"Microsoft.KeyVault/vaults": ("/properties/createMode",)},
    documents=DOCUMENTS,
    broken=BROKEN,
    ending=(Waiver("KV-REC-001", "kv", "a rehearsal", "ml-platform", date(2026, 12, 1)),),
    applies=(Run(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), "apply", "succeeded", "ann"),),
    since_last=SinceLast("2026-11-21T06:00:00Z", (OPENED,), (DRIFTS[4],)),
)
REPORT = Report(HEADER, AUDITED, ("the estate has drifted",), 2)


PATHS = ("/properties/publicNetworkAccess", "/properties/networkAcls/defaultAction")


def many(number: int, *, paths: int = 1, hands: int = 1) -> Audit:
    """An estate of `number` drifted resources with long names and values, each open to the internet."""
    template = f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault-with-a-rather-long-name"
    ids = [f"{template}-{each:04}" for each in range(number)]
    who = tuple(replace(OPENED.who[0], at=f"2026-11-21T18:{minute:02}:00Z") for minute in range(hands))
    drifts = tuple(
        replace(OPENED, id=id, change=Change(path, "a" * 100, "b" * 100), who=who, fix=OPENED.fix.replace(VAULT, id))
        for id in ids
        for path in PATHS[:paths]
    )
    return replace(AUDITED, drifts=drifts, documents=dict.fromkeys(ids, DOCUMENTS[VAULT]), read=number, total=number)


__all__ = ["AUDITED", "DOCUMENTS", "MOMENT", "REPORT", "many"]
