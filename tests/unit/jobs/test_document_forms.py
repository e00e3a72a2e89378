"""Documents in the forms that other tools write them: what is the same is judged the same, what is less is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.jobs.checks import GROUP, KEPT, VAULT, Folder, result, told, vault

from azkeep.model.finding import Verdict

SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"
OPEN_SSH = {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100, "sourceAddressPrefix": "*",
            "destinationPortRange": "22", "destinationAddressPrefix": "*"}  # fmt: skip
WHOLE = "az resource show --ids ID > FOLDER/NAME.json writes it whole."


def verdicts(folder: Folder, *rules: str) -> dict[tuple[str, str], Verdict]:
    """(rule, name) → verdict, where the rule is about the document."""
    found = result(folder.check(rules=rules)).findings
    return {(each.rule, each.name): each.verdict for each in found if each.verdict is not Verdict.NOT_APPLICABLE}


def group(name: str, **more: Any) -> dict[str, Any]:
    return {"type": SECURITY_GROUP, "name": name, "apiVersion": "2024-05-01", "properties": {}, **more}


class TestSpelling:
    def test_powershell(self, folder: Folder) -> None:
        """What `Get-AzResource -ExpandProperties` writes as JSON has capitals; a twin from `az` counts once."""
        written = {"ResourceId": VAULT, "Id": VAULT, "Name": "kv-shop", "ResourceType": "Microsoft.KeyVault/vaults",
                   "Type": "Microsoft.KeyVault/vaults", "Properties": {"EnablePurgeProtection": True}}  # fmt: skip
        folder.documents(written, vault())
        assert verdicts(folder, "KV-REC-001") == {("KV-REC-001", "kv-shop"): Verdict.PASS}

    def test_page_with_capitals(self, folder: Folder) -> None:
        """`Search-AzGraph` gives `Data`."""
        folder.documents({"SkipToken": None, "Data": [vault(enablePurgeProtection=False)]})
        assert verdicts(folder, "KV-REC-001") == {("KV-REC-001", "kv-shop"): Verdict.FAIL}

    def test_deployment(self, folder: Folder) -> None:
        """A deployment as Azure answers it holds no resources, and keeps nobody from judging the others."""
        id = f"{GROUP}/providers/Microsoft.Resources/deployments/main"
        done = {"id": id, "name": "main", "type": "Microsoft.Resources/deployments", "properties": {"template": None}}
        folder.documents(done, vault())
        assert verdicts(folder, "KV-REC-001") == {("KV-REC-001", "kv-shop"): Verdict.PASS}

    def test_lower_case(self, folder: Folder) -> None:
        """Resource Graph writes ids and types in lower case."""
        folder.documents(
            {**vault(enablePurgeProtection=False), "id": VAULT.lower(), "type": "microsoft.keyvault/vaults"}
        )
        assert verdicts(folder, "KV-REC-001") == {("KV-REC-001", "kv-shop"): Verdict.FAIL}


class TestChildren:
    @pytest.mark.parametrize("kind", ["securityRules", f"{SECURITY_GROUP}/securityRules"])
    def test_in_resources(self, folder: Folder, kind: str) -> None:
        """A child in `resources` of its parent is judged like one apart, with an id as without."""
        rule = {"name": "ssh", "type": kind, "properties": OPEN_SSH}
        if "/" in kind:
            rule["name"] = "nsg-open/ssh"
        id = f"{GROUP}/providers/{SECURITY_GROUP}/nsg-live"
        live = {"name": "ssh", "type": "securityRules", "properties": OPEN_SSH}
        folder.documents(group("nsg-open", resources=[rule]), group("nsg-live", id=id, resources=[live]), group("nsg"))
        assert verdicts(folder, "NET-NSG-001") == {
            ("NET-NSG-001", "nsg-open"): Verdict.FAIL,
            ("NET-NSG-001", "nsg-live"): Verdict.FAIL,
            ("NET-NSG-001", "nsg"): Verdict.PASS,
        }

    def test_apart_by_name(self, folder: Folder) -> None:
        """Without ids a child called `group/rule` belongs to the group of that name, and to no other."""
        apart = {"type": f"{SECURITY_GROUP}/securityRules", "name": "NSG-open/ssh", "properties": OPEN_SSH}
        folder.documents([group("nsg-open"), group("nsg"), apart])
        assert verdicts(folder, "NET-NSG-001") == {
            ("NET-NSG-001", "nsg-open"): Verdict.FAIL,
            ("NET-NSG-001", "nsg"): Verdict.PASS,
        }

    def test_grandchild_by_name(self, folder: Folder) -> None:
        """A child's child is called by three names, and has its own last."""
        account = "Microsoft.Storage/storageAccounts"
        folder.documents(
            {"type": account, "name": "stshop", "properties": {}},
            {"type": f"{account}/blobServices", "name": "stshop/default", "properties": {}},
            {"type": f"{account}/blobServices/containers", "name": "stshop/default/open",
             "properties": {"publicAccess": "Blob"}},
        )  # fmt: skip
        assert verdicts(folder, "ST-DAT-002", "ST-REC-001") == {
            ("ST-DAT-002", "open"): Verdict.FAIL,
            ("ST-REC-001", "default"): Verdict.FAIL,
        }

    def test_reserved_name(self, folder: Folder) -> None:
        """A subnet's own name is the last part of `network/subnet`."""
        subnet = "Microsoft.Network/virtualNetworks/subnets"
        folder.documents([{"type": subnet, "name": f"net/{each}", "properties": {}} for each in ("GatewaySubnet", "a")])
        assert verdicts(folder, "NET-SUB-001") == {
            ("NET-SUB-001", "a"): Verdict.FAIL,
        }

    def test_nothing_named(self, folder: Folder) -> None:
        """Something in `resources` that is no document is not passed over."""
        folder.documents({**vault(), "resources": [{"RoleDefinitionName": "Owner"}]})
        assert told(folder.refused()) == [
            ("0.json", "not an ARM document: it has no `id`, and no `type` with a `name`")
        ]


class TestTemplates:
    def test_expressions(self, folder: Folder) -> None:
        """A value that is an expression is not known; what is written out decides, and a name is not judged."""
        folder.documents(
            {"type": "Microsoft.KeyVault/vaults", "name": "[parameters('vault')]", "apiVersion": "2023-07-01",
             "properties": {"enablePurgeProtection": "[parameters('keep')]", "publicNetworkAccess": "Enabled",
                            "networkAcls": "[variables('firewall')]"}},
        )  # fmt: skip
        name = "[parameters('vault')]"
        assert verdicts(folder, "KV-REC-001", "KV-NET-001", "KV-NET-002", "GOV-NAM-001") == {
            ("KV-REC-001", name): Verdict.UNKNOWN,
            ("KV-NET-001", name): Verdict.FAIL,
            ("KV-NET-002", name): Verdict.UNKNOWN,
            ("GOV-NAM-001", name): Verdict.UNKNOWN,
        }

    def test_child_of_an_expression(self, folder: Folder) -> None:
        """A child in `resources` belongs to its parent though both names are expressions."""
        rule = {"name": "[parameters('rule')]", "type": "securityRules", "properties": OPEN_SSH}
        name = "[concat(parameters('team'), '/nsg')]"
        folder.documents(group(name, resources=[rule]))
        assert verdicts(folder, "NET-NSG-001") == {("NET-NSG-001", name): Verdict.FAIL}

    def test_whole_name_is_an_expression(self, folder: Folder) -> None:
        """A child whose one expression names its parent too may be anybody's: no group passes."""
        name = "[concat(parameters('nsg'), '/ssh')]"
        folder.documents(
            group("nsg"), {"type": f"{SECURITY_GROUP}/securityRules", "name": name, "properties": OPEN_SSH}
        )
        assert verdicts(folder, "NET-NSG-001") == {
            ("NET-NSG-001", "nsg"): Verdict.UNKNOWN,
            ("NET-NSG-001", name): Verdict.UNKNOWN,
        }

    def test_text_in_brackets_of_a_live_document(self, folder: Folder) -> None:
        """What Azure answers holds no expressions, whatever it looks like."""
        folder.documents(vault(publicNetworkAccess="[Disabled]", networkAcls="[parameters('x')]"))
        assert verdicts(folder, "KV-NET-001", "KV-NET-002") == {
            ("KV-NET-001", "kv-shop"): Verdict.FAIL,
            ("KV-NET-002", "kv-shop"): Verdict.FAIL,
        }

    @pytest.mark.parametrize(
        ("opening", "closing"),
        [
            ('{"type": "a.b/c", "name": "n", "resources": [', "]}"),
            ('{"type": "a.b/c", "name": "n", "x": ', "}"),
            ('{"id": "/subscriptions/1", "x": [', "]}"),
            ("[", "]"),
        ],
    )
    @pytest.mark.parametrize("depth", [200, 900])
    def test_deep(self, folder: Folder, opening: str, closing: str, depth: int) -> None:
        """Resources and values deeper than any of ARM's are refused; never a traceback."""
        folder.write("live/0.json", opening * depth + "7" + closing * depth)
        assert told(folder.refused()) == [("0.json", "nested too deeply")]

    def test_same_name_twice(self, folder: Folder) -> None:
        """Without an id two documents are one only where they say the same: nothing is left out."""
        kept, loose = ({"type": "Microsoft.KeyVault/vaults", "name": "kv", "properties": each}
                       for each in (KEPT, {**KEPT, "enablePurgeProtection": False}))  # fmt: skip
        folder.documents(kept, kept, loose)
        found = result(folder.check(rules=("KV-REC-001",))).findings
        assert [each.verdict for each in found] == [Verdict.PASS, Verdict.FAIL]

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (
                {"$schema": "https://…/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [vault()]},
                "an ARM template, which a deployment turns into documents",
            ),
            ({"status": "Succeeded", "changes": [{"after": vault()}]}, "what a deployment's what-if answers"),
            (
                {
                    "type": "Microsoft.Resources/deployments",
                    "name": "inner",
                    "properties": {"mode": "Incremental", "template": {"resources": [vault()]}},
                },
                "a deployment that holds a template",
            ),
        ],
    )
    def test_other_forms(self, folder: Folder, content: Any, what: str) -> None:
        """Files of deployments are named for what they are."""
        folder.documents(content)
        assert told(folder.refused()) == [("0.json", f"not an ARM document: this is {what}")]


class TestLess:
    @pytest.mark.parametrize(
        ("document", "member"),
        [
            ({"enableHttpsTrafficOnly": False, "allowBlobPublicAccess": True}, "allowBlobPublicAccess"),
            ({"properties": None, "createdTime": "2026-01-01T00:00:00Z"}, "createdTime"),
            ({"properties": None, "provisioningState": "Succeeded"}, "provisioningState"),
            ({"public_network_access": "Enabled"}, "public_network_access"),
        ],
        ids=["az storage account show", "az resource list", "ARM's list", "Python SDK"],
    )
    def test_without_properties(self, folder: Folder, document: dict[str, Any], member: str) -> None:
        """A row of a list, or a command's own form: rules that pass what is missing would pass it unread."""
        id = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stshop"
        folder.documents({"id": id, "name": "stshop", "type": "Microsoft.Storage/storageAccounts", **document})
        errors = folder.refused()
        assert told(errors) == [("0.json:2", f"not the whole ARM document: it has `{member}` and no `properties`")]
        assert [each.fix for each in errors] == [WHOLE]

    @pytest.mark.parametrize(
        ("id", "member"),
        [
            ("Microsoft.MachineLearningServices/workspaces/w/computes/c", "min_instances"),
            ("Microsoft.Authorization/roleAssignments/6f3a4c1e-7f0e-4d8e-9d3c-5b7f0f2f3b11", "principalId"),
            ("Microsoft.Network/networkSecurityGroups/nsg", "securityRules"),
            ("Microsoft.KeyVault/vaults/kv", "EnablePurgeProtection"),
        ],
    )
    def test_other_types(self, folder: Folder, id: str, member: str) -> None:
        """Whatever the type, and whether azure-native flattens it or not."""
        folder.documents({"id": f"{GROUP}/providers/{id}", member: "x"})
        assert [each.summary for each in folder.refused()] == [
            f"not the whole ARM document: it has `{member}` and no `properties`"
        ]

    @pytest.mark.parametrize("first", [0, 1])
    def test_beside_the_whole_document(self, folder: Folder, first: int) -> None:
        """A row without properties does not hide the document that has them, in whichever file they are."""
        both = [
            {"id": VAULT, "name": "kv-shop", "type": "Microsoft.KeyVault/vaults"},
            vault(softDeleteRetentionInDays=7),
        ]
        folder.documents(both[first], both[1 - first])
        assert verdicts(folder, "KV-REC-002") == {("KV-REC-002", "kv-shop"): Verdict.FAIL}

    def test_columns_of_resource_graph(self, folder: Folder) -> None:
        """A document without `properties` and with Resource Graph's own columns is judged: all is missing."""
        folder.documents({"id": VAULT, "name": "kv-shop", "type": "microsoft.keyvault/vaults", "tenantId": "t",
                          "location": "westeurope", "resourceGroup": "rg", "subscriptionId": "1", "sku": None,
                          "properties": None, "extendedLocation": None, "identity": None, "zones": None})  # fmt: skip
        assert verdicts(folder, "KV-REC-001") == {("KV-REC-001", "kv-shop"): Verdict.FAIL}
