"""The table of bad inputs: each with its exit code and its exact message, nothing changed and nothing lost.

The messages stand in tests/golden/bad_input/, one file a row.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from azkeep.emulator.cloud import SUBSCRIPTION
from tests.engine.bad_input import GROUP, SETTINGS, STACK, STATE, Row, Table, lay, sound_project
from tests.engine.command import Azkeep, Done

DEV = f"{STACK}/Pulumi.dev.yaml"
MAIN = f"{STACK}/__main__.py"
PREVIEW = ("preview", "shop")
ON_AZURE = {DEV: "config:\n  azkeep:cloud: azure\n"}
MISSING_ID = "/subscriptions/5b0f4ac2-6a6d-4c1e-9f3b-000000000001/resourceGroups/none"
WANTING_PREFIX = GROUP + 'prefix = pulumi.Config().require("prefix")\n'

SETTINGS_AND_USAGE = (
    Row("yaml-syntax", PREVIEW, {DEV: "config:\n  azkeep:cloud: [local\n"}),
    Row("yaml-key-twice", PREVIEW, {DEV: SETTINGS + "  azkeep:cloud: local\n"}),
    Row("yaml-unknown-key", PREVIEW, {DEV: "confg:\n  azkeep:cloud: local\n"}),
    Row("yaml-not-a-mapping", PREVIEW, {DEV: "- config\n"}),
    Row("cloud-unknown", PREVIEW, {DEV: "config:\n  azkeep:cloud: azur\n"}),
    Row("azkeep-yaml-unknown-key", PREVIEW, {"azkeep.yaml": "\nenvironment: dev\n"}),
    Row("project-without-name", PREVIEW, {f"{STACK}/Pulumi.yaml": "runtime: python\n"}),
    Row("project-of-another-language", PREVIEW, {f"{STACK}/Pulumi.yaml": "name: shop\nruntime: nodejs\n"}),
    Row("project-file-missing", ("preview", STACK), {f"{STACK}/Pulumi.yaml": None}),
    Row("folder-without-project", ("preview", "docs"), {"docs/notes.txt": "nothing\n"}),
    Row("program-missing", PREVIEW, {MAIN: None}),
    Row("stack-unknown", ("preview", "shpo")),
    Row("env-unknown", (*PREVIEW, "--env", "dve"), {f"{STACK}/Pulumi.prod.yaml": SETTINGS}),
    Row("env-not-chosen", PREVIEW, {f"{STACK}/Pulumi.prod.yaml": SETTINGS}),
    Row("cloud-contradicted", (*PREVIEW, "--cloud", "azure")),
    Row("rehearsal-on-azure", (*PREVIEW, "--rehearse", "--cloud", "azure")),
    Row("azure-without-backend", PREVIEW, ON_AZURE),
    Row("azure-without-secrets-provider", PREVIEW, ON_AZURE, {"PULUMI_BACKEND_URL": "azblob://states"}),
    Row(
        "azure-without-subscription",
        PREVIEW,
        {**ON_AZURE, MAIN: "import pulumi\n"},
        {"PULUMI_BACKEND_URL": "file:///nowhere", "PULUMI_CONFIG_PASSPHRASE": "canary"},
    ),
    Row("config-without-value", (*PREVIEW, "--config", "prefix")),
    Row("config-names-cloud", (*PREVIEW, "--config", "azkeep:cloud=azure")),
    Row("flag-unknown", (*PREVIEW, "--evn", "dev")),
    Row("argument-missing", ("preview",)),
    Row("command-unknown", ("aply", "shop")),
    Row("command-of-terraform", ("plan", "shop")),
    Row("command-of-pulumi", ("up", "shop")),
    Row("option-of-terraform", ("apply", "shop", "-auto-approve")),
    Row("stack-is-its-program", ("preview", MAIN)),
    Row("stack-with-blank", ("preview", "my shop")),
    Row("stack-beyond-ascii", ("preview", "läden")),
    Row("stack-empty", ("preview", "")),
    Row("stack-and-env", ("preview", "shop", "dev")),
    Row("env-is-a-path", (*PREVIEW, "--env", "../dev")),
    Row("destroy-of-nothing", ("destroy",)),
    Row("apply-without-project", ("apply", ".", "--yes")),
    Row("format-unknown", (*PREVIEW, "--format", "yaml")),
    Row("format-goes-nowhere", (*PREVIEW, "--format", "json=reviews/shop.json")),
    Row("parallel-is-none", (*PREVIEW, "--parallel", "0")),
    Row("lock-timeout-in-words", (*PREVIEW, "--lock-timeout", "soon")),
    Row("since-in-words", ("audit", "shop", "--since", "yesterday")),
    Row("severity-unknown", ("audit", "shop", "--fail-on", "severe")),
    Row("config-key-of-three", ("config", "set", "shop", "a:b:c", "1")),
    Row("config-key-of-three-given", (*PREVIEW, "--config", "a:b:c=1")),
    Row("config-key-empty", (*PREVIEW,), {DEV: SETTINGS + '  "": 1\n'}),
    Row("config-key-of-three-written", PREVIEW, {DEV: SETTINGS + "  a:b:c: 1\n"}),
    Row("yaml-tab", PREVIEW, {DEV: "config:\n\tazkeep:cloud: local\n"}),
    Row("yaml-anchor-twice", PREVIEW, {DEV: SETTINGS + "  shop:a: &x 1\n  shop:b: &x 2\n"}),
    Row("unlock-stack-unknown", ("unlock", "shpo")),
    Row("init-is-a-file", ("init", "azkeep.yaml")),
    Row("apply-without-yes", ("apply", "shop")),
    Row("destroy-without-yes", ("destroy", "shop")),
    Row("audit-before-apply", ("audit", "shop"), untouched=False),
    Row("plan-file-missing", ("apply", "shop", "reviewed.plan")),
    Row("plan-file-is-none", ("apply", "shop", "notes.plan"), {"notes.plan": "reviewed and found good\n"}),
    Row("plan-goes-nowhere", (*PREVIEW, "--out", "reviews/shop.plan")),
    Row("config-key-unknown", ("config", "get", "shop", "regoin")),
    Row("config-value-missing", ("config", "set", "shop", "region")),
    Row("output-before-apply", ("outputs", "shop", "group_id")),
    Row("schema-unknown", ("schema", "Microsoft.Storage/account")),
    Row("init-not-empty", ("init", STACK)),
    Row("id-malformed", ("local", "edit", "resourceGroups/shop-rg", "tags.a=b")),
    Row("local-edit-without-cloud", ("local", "edit", MISSING_ID, "tags.a=b")),
    Row(
        "engine-cannot-run", PREVIEW, {"pulumi": "not a program\n"}, {"AZKEEP_PULUMI": "FOLDER/pulumi"}, untouched=False
    ),
    Row("own-folder-is-a-file", PREVIEW, {".azkeep": "in the way\n"}),
)

SERVE = ("local", "serve")
PRINCIPAL = ("local", "principal", "add", "bob")
FILES_AND_COMMANDS = (
    Row("azkeep-key-misspelt", PREVIEW, {DEV: SETTINGS.replace("cloud", "clod")}),
    Row("config-is-a-list", PREVIEW, {DEV: "config: [azkeep]\n"}),
    Row("project-main-missing", PREVIEW, {f"{STACK}/Pulumi.yaml": "name: shop\nruntime: python\nmain: nowhere\n"}),
    Row("audit-state-missing", ("audit", "--state", "state.json")),
    Row("audit-state-cut-off", ("audit", "--state", "state.json"), {"state.json": '{\n  "deployment": {\n'}),
    Row("audit-state-and-stack", ("audit", "shop", "--state", "state.json"), {"state.json": "{}\n"}),
    Row("plan-digest-malformed", ("apply", "shop", "shop.plan", "--digest", "abc"), {"shop.plan": "\n"}),
    Row("faults-missing", (*SERVE, "--faults", "storm.yaml"), untouched=False),
    Row("faults-no-mapping", (*SERVE, "--faults", "storm.yaml"), {"storm.yaml": "- kind: slow\n"}, untouched=False),
    Row(
        "faults-kind-unknown",
        (*SERVE, "--faults", "storm.yaml"),
        {"storm.yaml": "faults:\n  - kind: slwo\n"},
        untouched=False,
    ),
    Row("serve-latency-is-none", (*SERVE, "--latency", "nan")),
    Row("serve-port-in-words", (*SERVE, "--port", "http")),
    Row("principal-role-unknown", (*PRINCIPAL, "--role", "Contributer"), untouched=False),
    Row("principal-certificate-is-none", (*PRINCIPAL, "--certificate", "bob.pem"), {"bob.pem": "\n"}, untouched=False),
    Row("serve-store-is-a-file", (*SERVE, "--store", "azkeep.yaml")),
    Row("snapshot-without-cloud", ("local", "restore", "before-drill"), untouched=False),
    Row("principal-without-cloud", ("local", "principal", "remove", "bob"), untouched=False),
    Row(
        "faults-several",
        (*SERVE, "--faults", "storm.yaml"),
        {"storm.yaml": "sed: 7\nfaults:\n  - kind: slwo\n    times: often\n"},
        untouched=False,
    ),
    Row("local-create-of-no-id", ("local", "create", "shop-rg")),
    Row("local-create-body-missing", ("local", "create", MISSING_ID, "--body", "group.json")),
    Row("engine-import-is-none", ("engine", "import", "engine.tar"), {"engine.tar": "\n"}, untouched=False),
    Row("template-unknown", ("init", "stacks/new", "--template", "secure-workspcae")),
)

PROGRAMS = (
    Row("program-syntax", PREVIEW, {MAIN: GROUP + "def broken(:\n    pass\n"}),
    Row("program-import", PREVIEW, {MAIN: GROUP + "import pulumi_azurenative\n"}),
    Row(
        "program-exception-in-module",
        PREVIEW,
        {
            MAIN: "import parts.network\n",
            f"{STACK}/parts/__init__.py": "",
            f"{STACK}/parts/network.py": "ZONES = {'westeurope': 3}\n\n\ndef zones(region):\n    return ZONES[region]\n"
            "\n\ncount = zones('northeurope')\n",
        },
    ),
    Row("program-exits", PREVIEW, {MAIN: GROUP + "import sys\nsys.exit('the region is closed')\n"}),
    Row("program-wants-setting", PREVIEW, {MAIN: WANTING_PREFIX}),
    Row(
        "name-declared-twice",
        PREVIEW,
        {MAIN: GROUP + 'azure.resources.ResourceGroup("group", resource_group_name="other-rg")\n'},
    ),
    Row("type-unknown-on-local", PREVIEW, {MAIN: GROUP + 'azure.cdn.Profile("cdn", sku={"name": "x"}, **here)\n'}),
    Row(
        "property-missing",
        PREVIEW,
        {MAIN: GROUP + 'azure.storage.StorageAccount("store", account_name="shopstore", kind="StorageV2", **here)\n'},
    ),
    Row(
        "name-too-long",
        PREVIEW,
        {
            MAIN: GROUP + 'azure.storage.StorageAccount("store", account_name="shop-store-of-many-words-and-more", '
            'kind="StorageV2", sku={"name": "Standard_LRS"}, **here)\n'
        },
    ),
)

VAULT_ID = (
    "/subscriptions/5b0f4ac2-6a6d-4c1e-9f3b-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
)
LIVE = {"live/vault.json": f'{{"id": "{VAULT_ID}", "properties": {{}}}}\n'}
DOCUMENTS = ("check", "--documents", "live")
STATE_FILE = ("check", "--state", "state.json")
BAD_WAIVERS = """- rule: KV-NTE-001
  resource: kv
  reason: reached by the vendor until March
  owner: platform@example.com
  expires: 2099-01-31
- rule: KV-NET-001
  resource: kv
  reason: later
  expires: 31.1.2099
  tiket: PLAT-1
"""
WRONG_KINDS = """env: [dev]
policies:
  include: KV
  environments: [dev]
  parameters: 5
  fail_on: hihg
audit:
  ignore:
    - resource: shopstore
      reason: ""
      expires: soon
"""
OURS = {"azkeep.yaml": "policies:\n  folder: ours\n"}
POLICIES = (
    Row("check-nothing", ("check",)),
    Row("check-two-estates", ("check", "--documents", "live", "--state", "state.json")),
    Row("check-documents-missing", DOCUMENTS),
    Row("check-documents-none", DOCUMENTS, {"live/page.json": '{"value": []}\n'}),
    Row(
        "check-documents-malformed",
        DOCUMENTS,
        {**LIVE, "live/a.json": '{\n  "id": "/a",\n  "name" 7\n}\n', "live/package.json": '{"name": "shop"}\n'},
    ),
    Row("check-documents-suggest", (*DOCUMENTS, "--suggest"), LIVE),
    Row("check-state-is-none", ("check", "--state", "state.json"), {"state.json": '{"deployment": 7}\n'}),
    Row("check-rule-unknown", (*DOCUMENTS, "--rules", "KV-NTE-001"), LIVE),
    Row("check-explain-unknown", ("check", "--explain", "KV-NTE-001")),
    Row("check-baseline-is-none", (*DOCUMENTS, "--baseline", "known.json"), {**LIVE, "known.json": "{}\n"}),
    Row("check-baseline-goes-nowhere", (*DOCUMENTS, "--write-baseline", "none/known.json"), LIVE),
    Row(
        "policies-key-unknown",
        DOCUMENTS,
        {**LIVE, "azkeep.yaml": "policies:\n  environments:\n    dev: {enforcment: off}\n"},
    ),
    Row(
        "policies-rule-unknown", DOCUMENTS, {**LIVE, "azkeep.yaml": "policies:\n  exclude: [KV-NTE-001, tag:netwrok]\n"}
    ),
    Row(
        "policies-parameter-unknown",
        DOCUMENTS,
        {**LIVE, "azkeep.yaml": "policies:\n  parameters:\n    alowed_ips: []\n    KV-REC-002: {min_days: ninety}\n"},
    ),
    Row("policies-folder-missing", DOCUMENTS, {**LIVE, "azkeep.yaml": "policies:\n  folder: policie\n"}),
    Row(
        "policies-file-broken",
        DOCUMENTS,
        {**LIVE, "azkeep.yaml": "policies:\n  folder: ours\n", "ours/rules/names.py": "x = 1\ndef broken(:\n"},
    ),
    Row("waivers-wrong", DOCUMENTS, {**LIVE, "azkeep.waivers.yaml": BAD_WAIVERS}),
    Row("settings-of-wrong-kinds", DOCUMENTS, {**LIVE, "azkeep.yaml": WRONG_KINDS}),
    Row("policies-no-rule-left", DOCUMENTS, {**LIVE, "azkeep.yaml": "policies:\n  include: []\n"}),
    Row("policies-all-excluded", DOCUMENTS, {**LIVE, "azkeep.yaml": "policies:\n  include: [KV]\n  exclude: [KV]\n"}),
    Row(
        "policies-typed-and-excluded",
        (*DOCUMENTS, "--rules", "KV-NET-001"),
        {**LIVE, "azkeep.yaml": "policies:\n  exclude: [KV-NET-001]\n"},
    ),
    Row(
        "policies-environment-unknown",
        DOCUMENTS,
        {**LIVE, "azkeep.yaml": "policies:\n  environments:\n    dve: {profile: baseline}\n    test: {fail_on: low}\n"},
    ),
    Row("policies-file-imports", DOCUMENTS, {**LIVE, **OURS, "ours/rules/names.py": "import azkeep_rules\n"}),
    Row("policies-file-exits", DOCUMENTS, {**LIVE, **OURS, "ours/rules/names.py": "import sys\n\nsys.exit(3)\n"}),
    Row("check-documents-is-a-file", ("check", "--documents", "live/vault.json"), LIVE),
    Row("check-baseline-cut-off", (*DOCUMENTS, "--baseline", "known.json"), {**LIVE, "known.json": '{"known": ['}),
    Row("check-state-cut-off", ("check", "--state", "state.json"), {"state.json": '{\n  "deployment": {\n'}),
    Row(
        "waivers-of-wrong-kinds",
        DOCUMENTS,
        {**LIVE, "azkeep.waivers.yaml": "- 5\n- rule: [KV-NET-001]\n  resource: 7\n  env: dev\n  expires: true\n"},
    ),
    Row(
        "check-state-of-terraform",
        STATE_FILE,
        {"state.json": '{"version": 4, "terraform_version": "1.9.8", "lineage": ""}\n'},
    ),
    Row("check-state-is-documents", STATE_FILE, {"state.json": f'[{{"id": "{VAULT_ID}"}}]\n'}),
    Row(
        "audit-state-is-a-template",
        ("audit", *STATE_FILE[1:]),
        {"state.json": '{"$schema": "", "contentVersion": ""}\n'},
    ),
    Row("check-state-is-a-report", STATE_FILE, {"state.json": '{"azkeep_version": "1", "kind": "plan"}\n'}),
    Row("check-state-is-a-folder", ("check", "--state", "stacks")),
    Row("waivers-no-list", DOCUMENTS, {**LIVE, "azkeep.waivers.yaml": "rule: KV-NET-001\n"}),
)


@pytest.fixture
def table(azkeep: Azkeep, golden: Callable[[str, str], None]) -> Table:
    sound_project(azkeep.folder)
    return Table(azkeep, golden)


@pytest.mark.parametrize("row", SETTINGS_AND_USAGE, ids=lambda row: row.name)
def test_settings_and_usage(table: Table, row: Row) -> None:
    """What was typed or written is refused before anything is opened."""
    lay(table.folder, row.files)
    environment = {name: value.replace("FOLDER", str(table.folder)) for name, value in row.environment.items()}
    table.refused(row.name, *row.arguments, code=row.code, own=row.untouched, **environment)


@pytest.mark.parametrize("row", FILES_AND_COMMANDS, ids=lambda row: row.name)
def test_files_and_commands(table: Table, row: Row) -> None:
    """A file that is not what it should be, and a command that asks for what is not, are told by name."""
    lay(table.folder, row.files)
    table.refused(row.name, *row.arguments, code=row.code, own=row.untouched)


@pytest.mark.parametrize("row", POLICIES, ids=lambda row: row.name)
def test_policies(table: Table, row: Row) -> None:
    """What is wrong in an estate from elsewhere, or in what judges it, is named by file and line."""
    lay(table.folder, row.files)
    table.refused(row.name, *row.arguments, code=row.code, own=row.untouched)


@pytest.mark.parametrize("row", PROGRAMS, ids=lambda row: row.name)
def test_programs(table: Table, row: Row) -> None:
    """What a program does wrong is named by file and line, or by the resource."""
    lay(table.folder, row.files)
    table.refused(row.name, *row.arguments, code=row.code)


NETWORK = """
space = {"address_prefixes": ["10.0.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name="shop-vnet", address_space=space, **here)
"""
STORE = """
store = azure.storage.StorageAccount(
    "store", account_name="shopstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here
)
"""
VAULT = """
rules = {"tenant_id": azure.authorization.get_client_config().tenant_id, "sku": {"family": "A", "name": "standard"}}
rules["enable_purge_protection"] = True
vault = azure.keyvault.Vault("vault", vault_name="shop-vault", properties=rules, **here)
"""
SOUND = GROUP + NETWORK + STORE
TAGGED = SOUND.replace('"shop-rg"', '"shop-rg", tags={"zone": "one"}')
NETWORKS = "providers/Microsoft.Network/virtualNetworks"
LOCK = f"{STATE}/.pulumi/locks/organization/shop/dev/other.json"
APPLIES = {
    "name-taken": GROUP.replace("shop-rg", "other-rg") + STORE,
    "enum-wrong": GROUP.replace("shop-rg", "other-rg") + STORE.replace("shopstore", "othstore").replace("V2", "V3"),
    "reference-missing": GROUP.replace("shop-rg", "other-rg")
    + """
nowhere = group.id.apply(lambda id: f"{id}/providers/Microsoft.Network/virtualNetworks/none/subnets/none")
azure.network.PrivateEndpoint("door", private_endpoint_name="door", subnet={"id": nowhere}, **here)
""",
}


@pytest.fixture
def applied(table: Table, once: Callable[[Callable[[], None]], None]) -> None:
    """A sound estate was applied from one of two plans of it."""

    def apply() -> None:
        lay(table.folder, {MAIN: SOUND})
        table.azkeep("preview", "shop", "--out", f"{STACK}/overtaken.json")
        table.azkeep("preview", "shop", "--out", f"{STACK}/reviewed.json")
        table.azkeep("apply", "shop", f"{STACK}/reviewed.json")

    once(apply)


@pytest.mark.usefixtures("applied")
def test_applied_estate(table: Table) -> None:
    """Stale and altered plans, wrong passphrases, locks and damaged files leave the applied estate as it is."""
    azkeep, folder = table.azkeep, table.folder

    refused_plans(table)
    refused_names(table, azkeep("outputs", "shop", "group_id", "--raw").out.strip())
    refused_state(table)

    lay(folder, {MAIN: SOUND})
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("audit", "shop")


def refused_plans(table: Table) -> None:
    """A plan that was overtaken, one that was applied already, one of another program, one that was written over."""
    table.refused("plan-stale", "apply", "shop", f"{STACK}/overtaken.json", code=4)
    table.refused("plan-applied", "apply", "shop", f"{STACK}/reviewed.json", code=4)
    lay(table.folder, {MAIN: TAGGED})
    table.azkeep("preview", "shop", "--out", "tags.plan")
    head, sealed = (table.folder / "tags.plan").read_text().split("\n", 1)
    middle = len(sealed) // 2
    other = "A" if sealed[middle] != "A" else "B"
    lay(table.folder, {"altered.plan": f"{head}\n{sealed[:middle]}{other}{sealed[middle + 1 :]}"})
    table.refused("plan-altered", "apply", "shop", "altered.plan", code=4)
    lay(table.folder, {MAIN: TAGGED + "# and one thing more\n"})
    table.refused("plan-of-another-program", "apply", "shop", "tags.plan", code=4)


def refused_names(table: Table, group: str) -> None:
    """Names and ids of what is not there, and an edit that ARM refuses."""
    accounts, networks = f"{group}/providers/Microsoft.Storage/storageAccounts", f"{group}/{NETWORKS}"
    table.refused("output-unknown", "outputs", "shop", "grup_id")
    table.refused("config-key-close", "config", "get", "shop", "azure-native:locaton")
    table.refused("only-unknown", "preview", "shop", "--only", f"{accounts}/none")
    table.refused("local-edit-absent", "local", "edit", f"{networks}/none", "tags.a=b")
    table.refused("local-edit-refused", "local", "edit", f"{networks}/shop-vnet", "location=northeurope")
    table.refused("local-edit-type-unknown", "local", "edit", f"{group}/providers/Microsoft.Cdn/profiles/a", "tags.a=b")


def refused_state(table: Table) -> None:
    """A passphrase that does not fit, a live lock, and files that were cut off."""
    folder = table.folder
    table.refused("passphrase-wrong", "apply", "shop", "--yes", PULUMI_CONFIG_PASSPHRASE="wrong")
    holder = {
        "pid": os.getpid(),
        "username": "ann",
        "hostname": socket.gethostname(),
        "timestamp": "2026-01-01T00:00:00Z",
    }
    lay(folder, {LOCK: json.dumps(holder)})
    table.refused("state-locked", "apply", "shop", "--yes")
    lay(folder, {LOCK: None})
    with damaged(folder / STATE / ".pulumi/stacks/shop/dev.json"):
        table.refused("state-damaged", "preview", "shop")
    with damaged(folder / ".azkeep/local/store/store.sqlite3"):
        table.refused("database-damaged", "preview", "shop")


@pytest.mark.usefixtures("applied")
def test_refusals_of_the_cloud(table: Table) -> None:
    """What ARM refuses in the middle of an apply is named by resource; what was made stays known, and a sound program
    then converges."""
    azkeep, folder = table.azkeep, table.folder
    lay(
        folder, {"stacks/other/Pulumi.yaml": "name: other\nruntime: python\n", "stacks/other/Pulumi.dev.yaml": SETTINGS}
    )
    for name, program in APPLIES.items():
        lay(folder, {"stacks/other/__main__.py": program})
        table.failed(name, "apply", "other", "--yes")
    lay(folder, {"stacks/other/__main__.py": GROUP.replace("shop-rg", "other-rg")})
    azkeep("apply", "other", "--yes")
    azkeep("preview", "other", "--detailed-exitcode")
    azkeep("audit", "shop")


def test_vault_that_is_kept_from_removal(table: Table) -> None:
    """Purge protection cannot be taken back, and the name of a vault that is soft-deleted is still taken."""
    azkeep, folder = table.azkeep, table.folder
    lay(folder, {MAIN: GROUP + VAULT})
    azkeep("apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP + VAULT.replace("True", "False")})
    table.failed("property-immutable", "apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP + VAULT})
    azkeep("apply", "shop", "--yes")
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("destroy", "shop", "--yes")
    table.failed("vault-soft-deleted", "apply", "shop", "--yes")
    lay(folder, {MAIN: GROUP})
    azkeep("apply", "shop", "--yes")
    azkeep("audit", "shop")


def test_misspelt_properties(table: Table) -> None:
    """A foreign hand that names properties that the type does not have is asked what it meant, all at once, and
    nothing is written; where nothing is alike it is told that Azure would not keep it."""
    body = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
    lay(table.folder, {"group.json": '{"location": "westeurope"}', "vnet.json": json.dumps(body)})
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop-rg"
    network = f"{group}/{NETWORKS}/shop-vnet"
    table.azkeep("local", "create", group, "--body", "group.json")
    table.azkeep("local", "create", network, "--body", "vnet.json")
    wrong = ("propertis.enableDdosProtection=true", "properties.enableDdosProtecion=true", "/tag/a=b")
    table.refused("local-edit-misspelt", "local", "edit", network, *wrong)
    table.refused("local-edit-subscription", "local", "edit", MISSING_ID, "tags.a=b")
    table.failed("local-edit-strange", "local", "edit", network, "properties.colour=blue", "tags.colour=blue", code=0)


def test_port_in_use(table: Table) -> None:
    """`local serve` on a port that somebody else has says so, and leaves nothing that looks like a server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = table.azkeep("local", "serve", "--port", port, code=1)
    shown = replace(done, err=done.err.replace(port, "PORT"))
    table.says("port-in-use", ("local", "serve", "--port", "PORT"), shown)
    assert not (table.folder / ".azkeep/local/store/serve.json").exists()


@pytest.mark.parametrize("victim", ["engine", "local-cloud"])
def test_killed_in_the_middle_of_an_apply(table: Table, victim: str) -> None:
    """An engine or a local cloud that is killed while a network is being made: what was done is known, and the next
    apply converges."""
    azkeep, folder = table.azkeep, table.folder
    lay(folder, {MAIN: GROUP + NETWORK})
    arguments = ("apply", "shop", "--yes")
    with served(table) as cloud, azkeep.start(*arguments) as apply:
        assert apply.stderr
        head = "".join(iter(apply.stderr.readline, "  created   resources:ResourceGroup  group\n"))
        kill(cloud.pid if victim == "local-cloud" else engine_of(apply.pid))
        out, err = apply.communicate(timeout=60)
    done = Done(apply.returncode, out, f"{head}  created   resources:ResourceGroup  group\n{err}")
    table.says(f"{victim}-killed", arguments, done)
    assert done.code == 1
    azkeep(*arguments, "--lock-timeout", "60")
    azkeep("preview", "shop", "--detailed-exitcode")
    azkeep("audit", "shop")


@contextmanager
def served(table: Table) -> Iterator[subprocess.Popen[str]]:
    """The local cloud at Azure's pace."""
    with table.azkeep.start("local", "serve", "--realistic", "--format", "json") as cloud:
        try:
            assert cloud.stdout
            assert cloud.stdout.readline()
            yield cloud
        finally:
            cloud.terminate()


def engine_of(pid: int) -> int:
    found = subprocess.run(["pgrep", "-P", str(pid), "-x", "pulumi"], capture_output=True, text=True, check=True)
    return int(found.stdout)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """`path` cut off in the middle and spoilt at its beginning, and back again."""
    content = path.read_bytes()
    path.write_bytes(b"spoilt" + content[6 : len(content) // 2])
    try:
        yield
        assert path.read_bytes() == b"spoilt" + content[6 : len(content) // 2]
    finally:
        path.write_bytes(content)
