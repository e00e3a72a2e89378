"""One setting of the secure workspace weakened at a time: the right rule says so, about the right resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from azkeep.jobs.declaring import declare_stack
from azkeep.jobs.options import StackOptions
from azkeep.jobs.stack import find_stack
from azkeep.model.drift import Severity
from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import put, remove
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.loading import load_rules, shipped
from azkeep.program.offline import Declaration

STACK = Path(__file__).parents[3] / "stacks" / "secure-workspace"
RULES = load_rules(shipped())
GONE = object()
COMPUTE = "/properties/properties"
LINK = "/properties/privateLinkServiceConnections/0/properties/groupIds/0"
ZONE = "/properties/privateDnsZoneConfigs/0/properties/privateDnsZoneId"
OUT = "/properties/securityRules"

WEAKENINGS: tuple[tuple[str, str, Any, str], ...] = (
    ("workspace", "/properties/publicNetworkAccess", "Enabled", "AML-NET-001"),
    ("workspace", "/properties/allowPublicAccessWhenBehindVnet", True, "AML-NET-002"),
    ("workspace", "/identity/type", "SystemAssigned", "AML-IDN-001"),
    ("workspace", "/properties/serverlessComputeSettings/serverlessComputeCustomSubnet", GONE, "AML-NET-007"),
    ("workspace", "/properties/serverlessComputeSettings/serverlessComputeNoPublicIP", False, "AML-NET-007"),
    ("workspace", "/properties/v1LegacyMode", True, "AML-NET-008"),
    ("workspace", "/properties/systemDatastoresAuthMode", "AccessKey", "AML-IDN-002"),
    ("workspace-endpoint", LINK, "blob", "AML-NET-003"),
    ("workspace-names", ZONE, GONE, "NET-PE-001"),
    ("cpu-cluster", f"{COMPUTE}/subnet/id", GONE, "CMP-NET-001"),
    ("cpu-cluster", f"{COMPUTE}/enableNodePublicIp", True, "CMP-NET-002"),
    ("cpu-cluster", f"{COMPUTE}/remoteLoginPortPublicAccess", "Enabled", "CMP-NET-003"),
    ("cpu-cluster", "/properties/disableLocalAuth", False, "CMP-IDN-001"),
    ("cpu-cluster", "/identity/type", "None", "CMP-IDN-002"),
    ("cpu-cluster", f"{COMPUTE}/scaleSettings/maxNodeCount", 500, "CMP-COST-002"),
    ("cpu-cluster", f"{COMPUTE}/scaleSettings/minNodeCount", 2, "CMP-COST-001"),
    ("gpu-cluster", f"{COMPUTE}/subnet/id", GONE, "CMP-NET-001"),
    ("gpu-cluster", f"{COMPUTE}/enableNodePublicIp", True, "CMP-NET-002"),
    ("gpu-large", f"{COMPUTE}/remoteLoginPortPublicAccess", "Enabled", "CMP-NET-003"),
    ("instance", f"{COMPUTE}/sshSettings/sshPublicAccess", "Enabled", "CMP-NET-004"),
    ("instance", f"{COMPUTE}/enableNodePublicIp", True, "CMP-NET-002"),
    ("instance", f"{COMPUTE}/applicationSharingPolicy", "Shared", "CMP-IDN-004"),
    ("instance", f"{COMPUTE}/idleTimeBeforeShutdown", GONE, "CMP-OPS-001"),
    ("instance", f"{COMPUTE}/personalComputeInstanceSettings/assignedUser/objectId", GONE, "CMP-IDN-003"),
    ("instance", "/properties/disableLocalAuth", False, "CMP-IDN-001"),
    ("endpoint", "/properties/publicNetworkAccess", "Enabled", "END-NET-001"),
    ("endpoint", "/properties/authMode", "Key", "END-IDN-001"),
    ("endpoint", "/identity/type", "None", "END-IDN-003"),
    ("endpoint", "/properties/traffic/blue", 50, "END-OPS-001"),
    ("blue", "/properties/egressPublicNetworkAccess", "Enabled", "END-NET-002"),
    ("green", "/properties/egressPublicNetworkAccess", "Enabled", "END-NET-002"),
    ("blue", "/properties/appInsightsEnabled", False, "END-LOG-001"),
    ("green", "/properties/environmentId", GONE, "END-SEC-002"),
    ("storage", "/properties/publicNetworkAccess", "Enabled", "ST-NET-001"),
    ("storage", "/properties/supportsHttpsTrafficOnly", False, "ST-NET-005"),
    ("storage", "/properties/minimumTlsVersion", "TLS1_0", "ST-NET-006"),
    ("storage", "/properties/allowBlobPublicAccess", True, "ST-DAT-001"),
    ("storage", "/properties/allowCrossTenantReplication", True, "ST-DAT-003"),
    ("storage", "/properties/allowedCopyScope", GONE, "ST-DAT-004"),
    ("storage", "/properties/allowSharedKeyAccess", True, "ST-IDN-001"),
    ("storage", "/properties/isLocalUserEnabled", True, "ST-IDN-004"),
    ("storage", "/properties/isSftpEnabled", True, "ST-IDN-004"),
    ("storage", "/properties/encryption/requireInfrastructureEncryption", False, "ST-ENC-002"),
    ("storage-file-endpoint", LINK, "table", "ST-NET-003"),
    ("blobs", "/properties/deleteRetentionPolicy/enabled", False, "ST-REC-001"),
    ("blobs", "/properties/deleteRetentionPolicy/days", 1, "ST-REC-001"),
    ("blobs", "/properties/containerDeleteRetentionPolicy/enabled", False, "ST-REC-002"),
    ("blobs", "/properties/isVersioningEnabled", False, "ST-REC-003"),
    ("shares", "/properties/shareDeleteRetentionPolicy/enabled", False, "ST-REC-004"),
    ("storage-blob-logs", "/properties/logs/0/enabled", False, "ST-LOG-001"),
    ("vault", "/properties/publicNetworkAccess", "Enabled", "KV-NET-001"),
    ("vault", "/properties/enablePurgeProtection", False, "KV-REC-001"),
    ("vault", "/properties/enableSoftDelete", False, "KV-REC-002"),
    ("vault", "/properties/softDeleteRetentionInDays", 7, "KV-REC-002"),
    ("vault", "/properties/enableRbacAuthorization", False, "KV-IDN-001"),
    ("vault", "/properties/enabledForDeployment", True, "KV-CFG-001"),
    ("vault-endpoint", LINK, "sites", "KV-NET-003"),
    ("vault-logs", "/properties/logs/0/enabled", False, "KV-LOG-001"),
    ("registry", "/properties/publicNetworkAccess", "Enabled", "ACR-NET-001"),
    ("registry", "/properties/adminUserEnabled", True, "ACR-IDN-001"),
    ("registry", "/properties/anonymousPullEnabled", True, "ACR-IDN-002"),
    ("registry", "/properties/dataEndpointEnabled", False, "ACR-NET-005"),
    ("registry", "/properties/policies/exportPolicy/status", "enabled", "ACR-DAT-001"),
    ("registry", "/properties/policies/retentionPolicy/status", "disabled", "ACR-IMG-003"),
    ("registry", "/sku/name", "Basic", "ACR-NET-004"),
    ("registry-endpoint", LINK, "vault", "ACR-NET-003"),
    ("training", "/properties/networkSecurityGroup/id", GONE, "NET-SUB-001"),
    ("training", "/properties/serviceEndpointPolicies/0/id", GONE, "NET-SUB-006"),
    ("training", "/properties/addressPrefix", "10.40.0.0/29", "NET-SUB-007"),
    ("endpoints", "/properties/defaultOutboundAccess", True, "NET-SUB-002"),
    ("endpoints", "/properties/privateEndpointNetworkPolicies", "Disabled", "NET-SUB-003"),
    ("training-nsg", f"{OUT}/0/properties/access", "Allow", "NET-NSG-006"),
    ("training-nsg", f"{OUT}/1/properties/direction", "Inbound", "NET-NSG-005"),
    ("training-nsg", f"{OUT}/2/properties/destinationAddressPrefix", GONE, "NET-NSG-008"),
    ("endpoints-nsg", f"{OUT}/1/properties/access", "Allow", "NET-NSG-001"),
    ("privatelink.vaultcore.azure.net-keep-dev-vnet", "/properties/registrationEnabled", True, "NET-DNS-002"),
    ("privatelink.azurecr.io-keep-dev-vnet", "/properties/virtualNetwork/id", GONE, "NET-DNS-001"),
    ("logs", "/properties/features/disableLocalAuth", False, "MON-LA-002"),
    ("logs", "/properties/retentionInDays", 30, "MON-LA-001"),
    ("insights", "/properties/DisableLocalAuth", False, "MON-AI-002"),
    ("insights", "/properties/WorkspaceResourceId", GONE, "MON-AI-001"),
    ("endpoint-logs", "/properties/logs/0/enabled", False, "MON-DIAG-001"),
    ("compute-acrpull-registry", "/properties/principalType", GONE, "ID-RBAC-005"),
    ("vault", "/tags/owner", GONE, "GOV-TAG-001"),
    ("group", "/tags/environment", GONE, "GOV-TAG-002"),
)


@pytest.fixture(scope="module")
def declared() -> Declaration:
    """The shipped stack in its own network."""
    return declare_stack(find_stack(StackOptions(str(STACK), env="dev")))


def failures(declaration: Declaration, *rules: str) -> dict[tuple[str, str], Finding]:
    chosen = [rule for rule in RULES if not rules or rule.id in rules]
    found = evaluate(chosen, Estate.of_resources(declaration.resources, declaration.outputs))
    return {(each.rule, each.id or each.urn): each for each in found if each.verdict is Verdict.FAIL}


def weakened(declaration: Declaration, name: str, path: str, value: Any) -> Declaration:
    def changed(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        return remove(body, path) if value is GONE else put(body, path, value)  # type: ignore[no-any-return]

    resources = tuple(
        replace(each, body=changed(each.body)) if each.name == name and each.body is not None else each
        for each in declaration.resources
    )
    assert resources != declaration.resources, f"nothing is called {name}"
    return replace(declaration, resources=resources)


def test_the_shipped_stack_breaks_nothing_at_its_threshold(declared: Declaration) -> None:
    """No rule of severity high or critical fails on the secure workspace."""
    severe = {key for key, each in failures(declared).items() if each.severity.rank >= Severity.HIGH.rank}
    assert severe == set()


@pytest.mark.parametrize(
    ("name", "path", "value", "rule"), WEAKENINGS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_one_setting(declared: Declaration, name: str, path: str, value: Any, rule: str) -> None:
    """The rule fails where it did not before."""
    before = failures(declared, rule)
    after = failures(weakened(declared, name, path, value), rule)
    assert set(after) - set(before), f"{rule} does not see {name}{path}"
