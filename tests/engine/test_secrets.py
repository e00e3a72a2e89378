"""Secrets stand nowhere in clear: canary values are looked for in all that a stack writes and shows in its life."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.command import Azkeep

PASSWORD = "canary-password-5f0e3b"
KEY = "Y2FuYXJ5LWFjY291bnQta2V5LTk5MWI="
PROGRAM = f"""
import pulumi
import pulumi_azure_native as azure

aml = azure.machinelearningservices
group = azure.resources.ResourceGroup("group", resource_group_name="vault-rg", location="westeurope")
here = {{"resource_group_name": group.name, "location": "westeurope"}}
account = azure.storage.StorageAccount(
    "account", account_name="canarystore", kind="StorageV2", sku={{"name": "Standard_LRS"}}, **here
)
vault = azure.keyvault.Vault(
    "vault",
    vault_name="canary-kv",
    properties={{
        "tenant_id": azure.authorization.get_client_config().tenant_id,
        "sku": {{"family": "A", "name": "standard"}},
        "enable_rbac_authorization": True,
    }},
    **here,
)
insights = azure.applicationinsights.Component(
    "insights", resource_name_="canary-ai", kind="web", application_type="web", ingestion_mode="ApplicationInsights",
    **here,
)
workspace = aml.Workspace(
    "workspace",
    workspace_name="canary-aml",
    identity={{"type": "SystemAssigned"}},
    storage_account=account.id,
    key_vault=vault.id,
    application_insights=insights.id,
    **here,
)
inside = {{"resource_group_name": group.name, "workspace_name": workspace.name}}
aml.Datastore(
    "datastore",
    name="canaries",
    properties=aml.AzureBlobDatastoreArgs(
        datastore_type="AzureBlob",
        account_name=account.name,
        container_name="data",
        credentials=aml.AccountKeyDatastoreCredentialsArgs(
            credentials_type="AccountKey",
            secrets=aml.AccountKeyDatastoreSecretsArgs(secrets_type="AccountKey", key="{KEY}"),
        ),
    ),
    **inside,
)
aml.Compute(
    "cluster",
    compute_name="canary-cpu",
    location="westeurope",
    # Keys of a dict that may be one of several types reach the oldest SDK's wire as they are written here.
    properties={{
        "computeType": "AmlCompute",
        "properties": {{
            "vmSize": "Standard_DS3_v2",
            "scaleSettings": {{"maxNodeCount": 1, "minNodeCount": 0}},
            "userAccountCredentials": {{
                "adminUserName": "azureuser",
                "adminUserPassword": pulumi.Config().require_secret("password"),
            }},
        }},
    }},
    **inside,
)
keys = azure.storage.list_storage_account_keys_output(resource_group_name=group.name, account_name=account.name)
pulumi.export("key", pulumi.Output.secret(keys.keys[0].value))
pulumi.export("password", pulumi.Config().require_secret("password"))
pulumi.export("workspace", workspace.name)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of every process."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_a_secret_stands_nowhere_in_clear(azkeep: Azkeep, write_stack: Callable[..., Path], temporary: Path) -> None:
    """Config secrets, plain values of properties that are secret by type, and keys read from the service: none is in
    state, backups, history, recordings, runs, plan files, reports, outputs, process arguments, temporary files or the
    local cloud's store, through preview, apply, audit, a stale plan, a failed apply and one that changes secrets."""
    folder = write_stack("canary", PROGRAM)
    with watched_arguments() as arguments:
        said = [set_password(azkeep, PASSWORD)]
        said.append(shown(azkeep, "config", "list", "canary"))
        said.append(shown(azkeep, "preview", "canary", "--out", "reviewed.plan", "--verbose"))
        said.append(shown(azkeep, "apply", "canary", "reviewed.plan", "--format", f"markdown={azkeep.folder}/a.md"))
        said.append(shown(azkeep, "preview", "canary", "--format", "json", "--detailed-exitcode"))
        said.append(shown(azkeep, "outputs", "canary", "--format", "json"))
        said.append(shown(azkeep, "audit", "canary", "--format", f"json={azkeep.folder}/audit.json"))
        key = azkeep("outputs", "canary", "key", "--raw", "--show-secrets").out.strip()
        password = azkeep("outputs", "canary", "password", "--raw", "--show-secrets").out.strip()
        said += changed(azkeep, folder)
    canaries = (PASSWORD, PASSWORD + "-2", KEY, KEY[::-1], key)
    assert password == PASSWORD
    assert len(key) == 88
    assert found_in_text("\n".join(said), canaries) == []
    assert found_in_text("\n".join(arguments), canaries) == []
    program = folder / "__main__.py"
    assert found_in_files(azkeep.folder, canaries, ignored=program) == []
    assert found_in_files(azkeep.folder, (KEY[::-1],), ignored=folder) == [f"canary/__main__.py: {KEY[::-1]}"]


def changed(azkeep: Azkeep, folder: Path) -> list[str]:
    """What is said while both secrets change, a plan of it goes stale, an apply fails, and all is removed."""
    program = folder / "__main__.py"
    said = [shown(azkeep, "preview", "canary", "--out", "old.plan")]
    program.write_text(program.read_text().replace(KEY, KEY[::-1]))
    said.append(set_password(azkeep, PASSWORD + "-2"))
    said.append(shown(azkeep, "apply", "canary", "old.plan", code=4))
    broken = program.read_text()
    program.write_text(broken + "raise ValueError('no such zone')\n")
    said.append(shown(azkeep, "apply", "canary", "--yes", code=1))
    program.write_text(broken)
    said.append(shown(azkeep, "apply", "canary", "--yes", "--verbose"))
    said.append(shown(azkeep, "history", "canary"))
    return said


def test_secrets_are_masked_and_shown_only_on_demand(
    azkeep: Azkeep, write_stack: Callable[..., Path], temporary: Path
) -> None:
    """A secret output reads [secret] in text and JSON, and its value comes with --show-secrets alone."""
    write_stack("masked", "import pulumi\npulumi.export('word', pulumi.Output.secret('canary-3d'))\n")
    azkeep("apply", "masked", "--yes")
    assert azkeep.json("outputs", "masked")["outputs"]["word"] == {"value": "[secret]", "secret": True}
    assert "canary-3d" not in azkeep("outputs", "masked").out
    assert azkeep("outputs", "masked", "word", "--raw", "--show-secrets").out.strip() == "canary-3d"


def set_password(azkeep: Azkeep, value: str) -> str:
    """Sets the secret from stdin; what was said."""
    done = azkeep("config", "set", "canary", "password", "--secret", given=value + "\n")
    return done.out + done.err


def shown(azkeep: Azkeep, *arguments: str, code: int = 0) -> str:
    done = azkeep(*arguments, code=code)
    return done.out + done.err


@contextmanager
def watched_arguments() -> Iterator[set[str]]:
    """The command lines of all processes that ran meanwhile, looked at many times a second."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()
    assert not Path("/proc/self").exists() or any("pulumi" in line for line in seen), sys.platform


def forms(canary: str) -> tuple[bytes, ...]:
    """How a value may stand in a file: as it is, quoted in JSON or base64."""
    plain = canary.encode()
    return plain, base64.b64encode(plain).rstrip(b"="), canary.replace("=", "\\u003d").encode()


def found_in_text(text: str, canaries: tuple[str, ...]) -> list[str]:
    return [canary for canary in canaries if any(form in text.encode() for form in forms(canary))]


def found_in_files(folder: Path, canaries: tuple[str, ...], *, ignored: Path) -> list[str]:
    """`file: canary` for every file below `folder` that holds one."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path == ignored or not path.is_file() or "__pycache__" in path.parts:
            continue
        content = path.read_bytes()
        found += [
            f"{path.relative_to(folder)}: {canary}" for canary in canaries for form in forms(canary) if form in content
        ]
    return found
