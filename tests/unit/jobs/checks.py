"""A folder to check in, and a job run as the command line runs it, without the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from azkeep.errors import AzkeepError, Problems, Source
from azkeep.jobs import check
from azkeep.jobs.options import CheckOptions
from azkeep.model.finding import Checked, Verdict
from azkeep.model.report import Report

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
KEPT = {"enablePurgeProtection": True, "enableSoftDelete": True, "softDeleteRetentionInDays": 90}
CLOSED = {"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"}}


def vault(name: str = "kv-shop", **properties: Any) -> dict[str, Any]:
    """A vault as Azure answers; sound but for what is said."""
    id = VAULT.replace("kv-shop", name)
    return {"id": id, "name": name, "type": "Microsoft.KeyVault/vaults", "location": "westeurope",
            "properties": {**KEPT, **CLOSED, "enableRbacAuthorization": True, **properties}}  # fmt: skip


def state(*resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    stack = {"urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "custom": False,
             "type": "pulumi:pulumi:Stack", "outputs": outputs or {}}  # fmt: skip
    return {"version": 3, "deployment": {"manifest": {}, "resources": [stack, *resources]}}


def declared_vault(**properties: Any) -> dict[str, Any]:
    return {
        "urn": "urn:pulumi:dev::shop::azure-native:keyvault:Vault::vault",
        "custom": True,
        "type": "azure-native:keyvault:Vault",
        "id": VAULT,
        "sourcePosition": "project:///__main__.py#12,1",
        "inputs": {
            "vaultName": "kv-shop",
            "resourceGroupName": "rg",
            "properties": {"tenantId": "t", "sku": {"family": "A", "name": "standard"}, **properties},
        },
        "outputs": {},
    }


@dataclass
class Silent:
    """A Progress that keeps what it was told."""

    lines: list[str] = field(default_factory=list)

    def phase(self, text: str) -> None: ...

    def step(self, urn: str, operation: str, status: str) -> None: ...

    def line(self, text: str) -> None:
        self.lines.append(text)

    def show(self, report: Report) -> None: ...

    def ask(self, question: str) -> bool:
        return False


@dataclass(frozen=True)
class Folder:
    """A project to check in."""

    path: Path

    def write(self, name: str, content: Any) -> Path:
        """A file with a text, or a document as JSON."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        file.write_text(text, encoding="utf-8")
        return file

    def documents(self, *documents: Any) -> None:
        for index, document in enumerate(documents):
            self.write(f"live/{index}.json", document)

    def check(self, rules: tuple[str, ...] = ("KV-NET-001", "KV-NET-002", "KV-REC"), **options: Any) -> Report:
        where = {} if "state" in options or "stack" in options else {"documents": "live"}
        return check.run(CheckOptions(rules=rules, **where, **options), Silent())

    def failing(self, **options: Any) -> dict[str, str]:
        """Rule → name of what fails it, whatever its severity."""
        found = result(self.check(**options)).findings
        return {each.rule: each.name for each in found if each.verdict is Verdict.FAIL and not each.accepted}

    def refused(self, **options: Any) -> list[AzkeepError]:
        """The errors with which the check ends."""
        with pytest.raises(AzkeepError) as raised:
            self.check(**options)
        return list(raised.value.errors) if isinstance(raised.value, Problems) else [raised.value]


def result(report: Report) -> Checked:
    assert isinstance(report.result, Checked)
    return report.result


def told(errors: list[AzkeepError]) -> list[tuple[str, str]]:
    """File and line, and what is said, of each error."""
    return [(place(each.source), each.summary) for each in errors]


def place(source: Source | None) -> str:
    return (
        "" if source is None else f"{Path(source.file).name}:{source.line}" if source.line else Path(source.file).name
    )


def granted(rule: str, **changes: str) -> dict[str, Any]:
    """A waiver that a program grants on the vault, as its state holds it."""
    vault_urn = declared_vault()["urn"]
    inputs = {"rule": rule, "reason": "reached by the vendor until March", "owner": "platform@example.com",
              "expires": "2099-01-31", **changes}  # fmt: skip
    return {
        "urn": f"{vault_urn.rsplit('::', 1)[0]}$azkeep:policy:Waiver::{rule}",
        "custom": False,
        "type": "azkeep:policy:Waiver",
        "parent": vault_urn,
        "inputs": inputs,
    }
