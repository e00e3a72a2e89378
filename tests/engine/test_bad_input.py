"""The table of bad inputs: each with its exit code and its exact message, nothing changed and nothing lost.

The messages stand in tests/golden/bad_input/, one file a row.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.bad_input import GROUP, SETTINGS, STACK, Row, Table, lay, sound_project
from tests.engine.command import Azkeep

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


@pytest.mark.parametrize("row", PROGRAMS, ids=lambda row: row.name)
def test_programs(table: Table, row: Row) -> None:
    """What a program does wrong is named by file and line, or by the resource."""
    lay(table.folder, row.files)
    table.refused(row.name, *row.arguments, code=row.code)
