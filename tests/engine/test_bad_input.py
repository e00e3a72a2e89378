"""The table of bad inputs: each with its exit code and its exact message, nothing changed and nothing lost.

The messages stand in tests/golden/bad_input/, one file a row.
"""

from __future__ import annotations

import pytest

from tests.engine.bad_input import GROUP, SETTINGS, STACK, Row, Table, lay

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
