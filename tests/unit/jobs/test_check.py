"""check: what fails a run and with which exit code, baselines, the catalogue, and suggestions that are right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.jobs.checks import GROUP, Folder, Silent, declared_vault, result, state, told, vault

from azkeep.errors import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_POLICY, UsageError
from azkeep.jobs import check
from azkeep.jobs.options import CheckOptions, StackOptions
from azkeep.jobs.suggesting import argument_of, snake
from azkeep.model.finding import Catalogue, Verdict
from azkeep.model.severity import Severity
from azkeep.model.value import join, put
from azkeep.policy.evaluate import judge
from azkeep.policy.examples import estate_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.policy.rule import Rule
from azkeep.policy.sections import Example
from azkeep.types import by_arm_type

RULES = load_rules(shipped())
CRITICAL = vault(publicNetworkAccess="Enabled")
HIGH = vault(enablePurgeProtection=None)
MEDIUM = vault(enableRbacAuthorization=False)
VAULT_RULES = ("KV-NET-001", "KV-REC-001", "KV-IDN-001")
PROGRAM = """import pulumi_azure_native as azure

group = azure.resources.ResourceGroup("group", resource_group_name="shop-rg")
azure.storage.StorageAccount(
    "store", account_name="shopstore", resource_group_name=group.name, kind="StorageV2", sku={"name": "Standard_LRS"},
    allow_blob_public_access=True, allow_shared_key_access=True, public_network_access="Enabled",
)
"""


def alone(rule: Rule) -> list[Example]:
    """The Bad examples of one declared document of a type whose arguments are known."""
    if by_arm_type(rule.on[0]) is None or any("*" in path for path in rule.sets):
        return []
    plain = [each for each in rule.sections.bad_examples() if len(each.documents) == 1 and not each.is_live]
    return [each for each in plain if rule.judges(estate_of(each).documents[0])]


PARTLY = {"AML-NET-007"}
"""What it sets is needed, and something else that no rule can know."""
SUGGESTING = [rule for rule in RULES if rule.sets and alone(rule)]


class TestExitCode:
    @pytest.mark.parametrize(
        ("document", "codes"),
        [
            (CRITICAL, {"baseline": 3, "secure-enterprise": 3, "regulated": 3}),
            (HIGH, {"baseline": 0, "secure-enterprise": 3, "regulated": 3}),
            (MEDIUM, {"baseline": 0, "secure-enterprise": 0, "regulated": 3}),
            (vault(), {"baseline": 0, "secure-enterprise": 0, "regulated": 0}),
        ],
        ids=["critical", "high", "medium", "sound"],
    )
    def test_profiles(self, folder: Folder, document: Any, codes: dict[str, int]) -> None:
        """Each profile fails from its severity on; the default is secure-enterprise."""
        folder.documents(document)
        assert {name: folder.check(VAULT_RULES, profile=name).exit_code for name in codes} == codes
        assert folder.check(VAULT_RULES).exit_code == codes["secure-enterprise"]

    def test_fail_on(self, folder: Folder) -> None:
        """A threshold that is typed wins over a profile that is typed, and both over the file."""
        folder.write("azkeep.yaml", "policies:\n  fail_on: critical\n")
        folder.documents(HIGH)
        assert folder.check(VAULT_RULES).exit_code == EXIT_OK
        assert folder.check(VAULT_RULES, profile="regulated").exit_code == EXIT_POLICY
        assert folder.check(VAULT_RULES, profile="regulated", fail_on=Severity.CRITICAL).exit_code == EXIT_OK
        report = folder.check(VAULT_RULES, fail_on=Severity.LOW)
        assert (report.exit_code, report.reasons) == (EXIT_POLICY, ("1 finding at or above low",))

    def test_strict(self, folder: Folder) -> None:
        """What cannot be known fails a strict run alone."""
        workspace = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
        folder.documents({"id": f"{workspace}/onlineEndpoints/scores", "properties": {"authMode": "Key"}})
        asked: dict[str, Any] = {"rules": ("END-IDN-004",)}
        assert folder.check(**asked).exit_code == EXIT_OK
        assert folder.check(**asked, strict=True).exit_code == EXIT_INCOMPLETE

    @pytest.mark.parametrize(
        ("options", "summary"),
        [
            ({}, "nothing to judge"),
            ({"live": True}, "--live needs a STACK"),
            ({"documents": "a", "state": "b"}, "--state and --documents cannot be given together"),
            ({"stack": StackOptions("shop"), "documents": "a"},
             "--documents takes no STACK: the estate is in the file"),
            ({"stack": StackOptions("shop"), "live": True, "suggest": True},
             "--suggest speaks of a program, and live documents have none"),
            ({"documents": "a", "suggest": True}, "--suggest speaks of a program, and live documents have none"),
        ],
    )  # fmt: skip
    def test_contradictions(self, folder: Folder, options: dict[str, Any], summary: str) -> None:
        """Options that do not go together are refused before anything is read."""
        with pytest.raises(UsageError) as raised:
            check.run(CheckOptions(**options), Silent())
        assert raised.value.summary == summary
        assert raised.value.exit_code == EXIT_FAILED


class TestBaseline:
    def test_round(self, folder: Folder) -> None:
        """Written, it lets what it knows pass; a new fault on the same resource fails."""
        folder.documents(CRITICAL)
        said = Silent()
        options = CheckOptions(rules=VAULT_RULES, documents="live", write_baseline="known.json")
        assert check.run(options, said).exit_code == EXIT_OK
        again = "azkeep check --documents live --baseline known.json fails on new ones alone."
        assert said.lines == [f"Kept 1 fault in known.json: {again}"]
        assert folder.check(VAULT_RULES, baseline="known.json").exit_code == EXIT_OK
        assert folder.check(VAULT_RULES).exit_code == EXIT_POLICY
        folder.documents(vault(publicNetworkAccess="Enabled", enablePurgeProtection=None))
        report = folder.check(VAULT_RULES, baseline="known.json")
        assert report.exit_code == EXIT_POLICY
        assert [each.rule for each in result(report).failing] == ["KV-REC-001"]

    def test_of_the_settings(self, folder: Folder) -> None:
        """The file that azkeep.yaml names lies beside it."""
        folder.documents(CRITICAL)
        folder.check(VAULT_RULES, write_baseline="known.json")
        folder.write("azkeep.yaml", "policies:\n  baseline: known.json\n")
        assert folder.check(VAULT_RULES).exit_code == EXIT_OK

    def test_nowhere_to_write(self, folder: Folder) -> None:
        """A folder that is not there is told, without a traceback."""
        folder.documents(CRITICAL)
        errors = folder.refused(write_baseline="none/known.json")
        assert told(errors) == [("", "none/known.json cannot be written: No such file or directory")]

    def test_no_baseline(self, folder: Folder) -> None:
        """A file that is no baseline, and one that is not there, are named."""
        folder.documents(CRITICAL)
        folder.write("known.json", "{}")
        assert told(folder.refused(baseline="known.json")) == [("known.json", "this is no baseline of azkeep")]
        assert "cannot be read" in folder.refused(baseline="none.json")[0].summary


class TestCatalogue:
    def test_list(self, folder: Folder) -> None:
        """All rules, or those that are named, by id."""
        everything = check.run(CheckOptions(list_rules=True), Silent())
        assert isinstance(everything.result, Catalogue)
        assert [each.id for each in everything.result.rules] == [rule.id for rule in RULES]
        some = check.run(CheckOptions(list_rules=True, rules=("KV-REC", "tag:cost")), Silent())
        assert isinstance(some.result, Catalogue)
        assert {each.id.split("-")[1] for each in some.result.rules} == {"REC", "COST", "CST"}
        assert (some.exit_code, some.result.explained) == (EXIT_OK, False)

    def test_explain(self, folder: Folder) -> None:
        """All there is to know of one rule, with the project's own among them."""
        report = check.run(CheckOptions(explain="kv-rec-002"), Silent())
        assert isinstance(report.result, Catalogue)
        facts = report.result.rules[0]
        assert (facts.id, report.result.explained) == ("KV-REC-002", True)
        assert all((facts.checks, facts.why, facts.fix, facts.source, facts.bad, facts.good, facts.parameters))

    def test_explain_what_does_not_exist(self, folder: Folder) -> None:
        """The nearest id is proposed."""
        with pytest.raises(UsageError) as raised:
            check.run(CheckOptions(explain="KV-RCE-002"), Silent())
        assert raised.value.fix == "Did you mean KV-REC-002?"


class TestSuggestions:
    @pytest.mark.parametrize("rule", SUGGESTING, ids=lambda rule: rule.id)
    def test_every_rule_knows_what_to_set(self, rule: Rule) -> None:
        """Each value has an argument in the program, and put into a Bad example of one document it mends some."""
        type_ = by_arm_type(rule.on[0])
        assert type_ is not None
        assert all(argument_of(type_, path) for path in rule.sets)
        verdicts = set()
        for example in alone(rule):
            mended: Any = example.documents[0]
            for path, value in rule.sets.items():
                mended = put(mended, join(tuple(path.split("."))), value)
            after = estate_of(replace(example, documents=(mended,))).documents[0]
            verdicts.add(judge(rule, after, example.parameters).verdict)
        assert verdicts & {Verdict.PASS, Verdict.NOT_APPLICABLE} or rule.id in PARTLY

    @pytest.mark.parametrize(
        ("properties", "arguments"),
        [
            ({"networkAcls": {"defaultAction": "Allow"}}, ["properties.network_acls.default_action"]),
            ({"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "0.0.0.0/0"}]}}, []),
        ],
        ids=["that is the cause", "that is not"],
    )
    def test_only_what_helps(self, folder: Folder, properties: dict[str, Any], arguments: list[str]) -> None:
        """A value that would not put the finding right is not proposed."""
        folder.write("state.json", state(declared_vault(publicNetworkAccess="Enabled", **properties)))
        found = result(folder.check(("KV-NET-002",), state="state.json", suggest=True))
        assert [each.rule for each in found.findings if each.verdict is Verdict.FAIL] == ["KV-NET-002"]
        assert [each.text.split("=")[0] for each in found.suggestions] == arguments

    def test_program(self, folder: Folder) -> None:
        """What is printed, written into the program, puts the findings right."""
        folder.write("stacks/shop/Pulumi.yaml", "name: shop\nruntime: python\n")
        folder.write("stacks/shop/Pulumi.dev.yaml", "config:\n  azure-native:location: westeurope\n")
        folder.write("stacks/shop/__main__.py", PROGRAM)
        rules = ("ST-DAT-001", "ST-IDN-001", "ST-NET-001")
        before = result(folder.check(rules, stack=StackOptions("shop"), suggest=True))
        assert {each.rule for each in before.findings if each.verdict is Verdict.FAIL} == set(rules)
        texts = [each.text for each in before.suggestions]
        assert all(text.endswith(" in StorageAccount('store', …)") for text in texts)
        told_names = [text.split("=")[0] for text in texts]
        mended = "".join(
            line for line in PROGRAM.splitlines(keepends=True) if not line.startswith("    allow_")
        ).replace("\n)\n", "\n    " + ", ".join(text.split(" in ")[0] for text in texts) + ",\n)\n")
        folder.write("stacks/shop/__main__.py", mended)
        after = result(folder.check(rules, stack=StackOptions("shop"), suggest=True))
        assert sorted(told_names) == ["allow_blob_public_access", "allow_shared_key_access", "public_network_access"]
        assert [each.rule for each in after.findings if each.verdict is Verdict.FAIL] == []
        assert after.suggestions == ()

    @pytest.mark.parametrize(
        ("name", "python"),
        [
            ("publicNetworkAccess", "public_network_access"),
            ("isHnsEnabled", "is_hns_enabled"),
            ("minimumTlsVersion", "minimum_tls_version"),
            ("enableNodePublicIP", "enable_node_public_ip"),
            ("v1LegacyMode", "v1_legacy_mode"),
            ("serverlessComputeNoPublicIP", "serverless_compute_no_public_ip"),
        ],
    )
    def test_spelling(self, name: str, python: str) -> None:
        """Names are spelt as azure-native spells them in Python."""
        assert snake(name) == python


def test_rules_on_the_subscription_need_no_names(folder: Folder) -> None:
    """A program that leaves all names to the engine is judged by the rules on its subscription as any other is."""
    folder.write("stacks/shop/Pulumi.yaml", "name: shop\nruntime: python\n")
    folder.write("stacks/shop/Pulumi.dev.yaml", "config:\n  azure-native:location: westeurope\n")
    program = "import pulumi_azure_native as azure\n\nazure.resources.ResourceGroup('group')\n"
    folder.write("stacks/shop/__main__.py", program)
    found = result(folder.check(("GOV-CST-001", "MON-ALR-001"), stack=StackOptions("shop"))).findings
    said = [(each.rule, each.verdict, each.name) for each in found]
    assert said == [
        ("GOV-CST-001", Verdict.FAIL, "subscription"),
        ("MON-ALR-001", Verdict.FAIL, "subscription"),
    ]
