"""What azkeep.yaml, azkeep.waivers.yaml and the project's own rules say to a check, and how a slip in them is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.jobs.checks import Folder, declared_vault, granted, result, state, told, vault

from azkeep.errors import EXIT_INCOMPLETE, EXIT_OK, EXIT_POLICY
from azkeep.model.finding import Verdict

OPEN = vault(publicNetworkAccess="Enabled")
UNTIL = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
OWN_RULE = '''"""Rules of our own."""
from azkeep.policy import Document, Severity, Truth, rule

VAULTS = "Microsoft.KeyVault/vaults"

@rule("OWN-KV-001", "Vaults have short names", severity=Severity.HIGH, on=VAULTS, fix="Shorten it.")
def short_name(vault: Document, *, longest: int = 5) -> Truth:
    """Vaults have short names.

    Checks: The name has at most `longest` letters.
    Why: Ours do.
    Bad:
        - {type: Microsoft.KeyVault/vaults, name: long-name}
    Good:
        - {type: Microsoft.KeyVault/vaults, name: short}
    Source: our handbook
    """
    return vault.fact(len(vault.name) <= longest)
'''


def waiver(rule: str = "KV-NET-001", resource: str = "kv-shop", expires: str = UNTIL, **more: str) -> str:
    fields = {"rule": rule, "resource": resource, "reason": "reached by the vendor until March",
              "owner": "platform@example.com", "expires": expires, **more}  # fmt: skip
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in fields.items() if value) + "\n"


class TestPolicies:
    @pytest.mark.parametrize(
        ("lines", "told_of", "summary", "fix"),
        [
            ("profil: baseline", 2, "unknown setting `policies.profil`", "Did you mean `profile`?"),
            ("environments:\n    dev: {enforcment: off}", 3, "unknown setting `policies.environments.dev.enforcment`",
             "Did you mean `enforcement`?"),
            ("environments:\n    dev:\n      folder: x", 4, "unknown setting `policies.environments.dev.folder`",
             "Known here: profile, fail_on, enforcement, include, exclude, parameters."),
            ("profile: strict", 2, "`policies.profile` must be 'baseline', 'secure-enterprise' or 'regulated', not "
             "`strict`", ""),
            ("fail_on: severe", 2, "`policies.fail_on` must be", ""),
            ("include: [KV, KV-NTE-001]", 2, "no rule is called KV-NTE-001", "Did you mean KV-NET-001?"),
            ("exclude:\n    - KV-NET-001\n    - tag:netwrok", 4, "no rule is called tag:netwrok",
             "Did you mean tag:network?"),
            ("parameters: {min_dys: 7}", 2, "no rule has the parameter `min_dys`", "Did you mean `min_days`?"),
            ("parameters:\n    KV-REC-002: {days: 7}", 3, "KV-REC-002 has no parameter `days`",
             "Did you mean `min_days`?"),
            ("parameters:\n    KV-REC-001: {days: 7}", 3, "KV-REC-001 has no parameter `days`", "It has none."),
            ("parameters:\n    KV-REC-002: 7", 3, "`KV-REC-002` must be `name: value` lines, not `7`",
             "azkeep check --explain RULE shows a rule's parameters."),
            ("parameters:\n    allowed_ips: 10.0.0.0/8", 3, "`allowed_ips` must be a list, not `10.0.0.0/8`",
             "azkeep check --explain RULE shows a rule's parameters."),
            ("parameters:\n    KV-REC-002:\n      min_days: ninety", 4,
             "`KV-REC-002.min_days` must be a number, not `ninety`",
             "azkeep check --explain RULE shows a rule's parameters."),
            ("folder: policie", 2, "there is no folder policie/rules", "It holds rules/*.py."),
        ],
    )  # fmt: skip
    def test_slip(self, folder: Folder, lines: str, told_of: int, summary: str, fix: str) -> None:
        """It is told with its line in azkeep.yaml and what was meant, before anything is judged."""
        folder.write("azkeep.yaml", f"policies:\n  {lines}\n")
        folder.documents(OPEN)
        errors = folder.refused(rules=())
        assert [where for where, _ in told(errors)] == [f"azkeep.yaml:{told_of}"]
        assert errors[0].summary.startswith(summary)
        assert errors[0].fix == fix

    def test_all_slips_at_once(self, folder: Folder) -> None:
        """Every name that no rule has, and every parameter, is told."""
        folder.documents(OPEN)
        folder.write("azkeep.yaml", "policies:\n  include:\n    - NOPE\n    - KV\n  exclude: [NADA]\n")
        assert [where for where, _ in told(folder.refused(rules=()))] == ["azkeep.yaml:3", "azkeep.yaml:5"]
        folder.write(
            "azkeep.yaml", "policies:\n  parameters:\n    one: 1\n    allowed_ips: x\n    KV-REC-002: {two: 2}\n"
        )
        assert [where for where, _ in told(folder.refused(rules=()))] == [f"azkeep.yaml:{line}" for line in (3, 4, 5)]

    def test_names_of_a_mapping(self, folder: Folder) -> None:
        """Where a name may stand without a pattern, a list of names will do."""
        folder.documents({**vault(), "tags": {"team": "a"}})
        for text in ("[team]", "{team: null}"):
            folder.write("azkeep.yaml", f"policies:\n  parameters:\n    required_tags: {text}\n")
            assert folder.failing(rules=("GOV-TAG-001",)) == {}
        folder.write("azkeep.yaml", "policies:\n  parameters:\n    required_tags: [team, owner]\n")
        assert folder.failing(rules=("GOV-TAG-001",)) == {"GOV-TAG-001": "kv-shop"}

    def test_parameter_of_one_rule(self, folder: Folder) -> None:
        """A value for one rule wins over one for all that have the parameter."""
        folder.documents(vault(softDeleteRetentionInDays=30))
        folder.write("azkeep.yaml", "policies:\n  parameters: {min_days: 90, KV-REC-002: {min_days: 30}}\n")
        assert folder.failing() == {}

    def test_choice(self, folder: Folder) -> None:
        """Excluded rules are not run; names that are typed win over the file's."""
        folder.documents(OPEN)
        folder.write("azkeep.yaml", "policies:\n  include: [KV-NET]\n  exclude: [KV-NET-001]\n")
        assert "KV-NET-001" not in {each.rule for each in result(folder.check(rules=())).findings}
        assert {each.rule for each in result(folder.check(rules=("KV-REC",))).findings} == {"KV-REC-001", "KV-REC-002"}


class TestOwnRules:
    def test_beside_azkeeps(self, folder: Folder) -> None:
        """Rules of the project's own folder are judged with azkeep's, with their parameters."""
        folder.documents(OPEN)
        folder.write("ours/rules/names.py", OWN_RULE)
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n")
        assert folder.failing(rules=("OWN", "KV-NET-001")) == {"OWN-KV-001": "kv-shop", "KV-NET-001": "kv-shop"}
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n  parameters: {OWN-KV-001: {longest: 7}}\n")
        assert folder.failing(rules=("OWN",)) == {}

    def test_files_of_one_name(self, folder: Folder) -> None:
        """Two files of one name in two folders are both read."""
        folder.documents(OPEN)
        folder.write("ours/rules/one/names.py", OWN_RULE)
        folder.write("ours/rules/two/names.py", OWN_RULE.replace("OWN-KV-001", "OWN-KV-002"))
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n")
        assert set(folder.failing(rules=("OWN",))) == {"OWN-KV-001", "OWN-KV-002"}

    def test_id_that_is_taken(self, folder: Folder) -> None:
        """An id of azkeep's own is refused with the line of the rule that takes it."""
        folder.documents(OPEN)
        folder.write("ours/rules/names.py", OWN_RULE.replace("OWN-KV-001", "KV-NET-001"))
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n")
        assert told(folder.refused()) == [("names.py:6", "KV-NET-001 is a rule of azkeep's own")]

    @pytest.mark.parametrize(
        ("text", "line", "summary"),
        [
            ("import this_is_not_there\n", 1, "ModuleNotFoundError: No module named 'this_is_not_there'"),
            ("x = 1\ndef broken(:\n", 2, "invalid syntax"),
            ("x = 1\n\ny = x / 0\n", 3, "ZeroDivisionError: division by zero"),
        ],
    )
    def test_file_that_cannot_be_loaded(self, folder: Folder, text: str, line: int, summary: str) -> None:
        """It is told with its line, without a traceback."""
        folder.documents(OPEN)
        folder.write("ours/rules/broken.py", text)
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n")
        assert told(folder.refused()) == [(f"broken.py:{line}", f"the rules cannot be loaded: {summary}")]

    def test_rule_that_raises(self, folder: Folder) -> None:
        """It is never a pass: exit 5, and 3 where another rule is broken."""
        folder.documents(vault())
        folder.write("ours/rules/names.py", OWN_RULE.replace("vault.fact(", "vault.no_such("))
        folder.write("azkeep.yaml", "policies:\n  folder: ours\n")
        report = folder.check(rules=("OWN",))
        assert [each.verdict for each in result(report).findings] == [Verdict.ERROR]
        assert (report.exit_code, report.reasons) == (EXIT_INCOMPLETE, ("OWN-KV-001 could not be judged",))
        folder.documents(OPEN)
        assert folder.check(rules=("OWN", "KV-NET-001")).exit_code == EXIT_POLICY


class TestGranted:
    """Waivers that a program grants, over its exported state."""

    def failing(self, folder: Folder, waiver: dict[str, object]) -> set[str]:
        folder.write("state.json", state(declared_vault(publicNetworkAccess="Enabled"), waiver))
        return set(folder.failing(rules=("KV-NET-001", "KV-REC-001"), state="state.json"))

    def test_on_its_resource(self, folder: Folder) -> None:
        """It waives its rule on the resource below which it stands, and no other rule."""
        assert self.failing(folder, granted("KV-NET-001")) == {"KV-REC-001"}

    def test_over(self, folder: Folder) -> None:
        """One that has expired fails, and what it named fails again."""
        assert self.failing(folder, granted("KV-NET-001", expires="2020-01-31")) == {
            "KV-NET-001", "KV-REC-001", "WVR-001",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("waiver", "summary"),
        [
            (granted("KV-NTE-001"), "no rule is called KV-NTE-001"),
            (granted("KV-NET-001", reason=""), "a waiver needs `reason`"),
            (granted("KV-NET-001", expires="soon"), "`expires` of a waiver is no date: soon"),
        ],
        ids=["unknown rule", "no reason", "no date"],
    )
    def test_not_whole(self, folder: Folder, waiver: dict[str, object], summary: str) -> None:
        """One that would waive nothing is refused."""
        folder.write("state.json", state(declared_vault(), waiver))
        assert [each.summary for each in folder.refused(rules=("KV-NET-001",), state="state.json")] == [summary]


class TestWaivers:
    def test_in_force(self, folder: Folder) -> None:
        """What is waived does not fail, and carries its waiver."""
        folder.documents(OPEN)
        folder.write("azkeep.waivers.yaml", waiver(ticket="PLAT-7"))
        report = folder.check()
        waived = [each for each in result(report).findings if each.verdict is Verdict.WAIVED]
        assert [(each.rule, each.waiver.ticket if each.waiver else "") for each in waived] == [("KV-NET-001", "PLAT-7")]
        assert report.exit_code == EXIT_OK

    @pytest.mark.parametrize(
        ("text", "failing"),
        [
            (waiver(expires="2020-01-31"), {"KV-NET-001", "WVR-001"}),
            (waiver(resource="kv-other"), {"KV-NET-001", "WVR-002"}),
            (waiver() + waiver("KV-REC-001"), {"WVR-002"}),
            (waiver(env="[dev]"), set()),
        ],
        ids=["expired", "of another resource", "of what holds", "of an environment"],
    )
    def test_fails(self, folder: Folder, text: str, failing: set[str]) -> None:
        """A waiver that is over, or that nothing needs, fails the check with its line."""
        folder.documents(OPEN)
        folder.write("azkeep.waivers.yaml", text)
        report = folder.check()
        assert {each.rule for each in result(report).failing} == failing
        assert report.exit_code == (EXIT_POLICY if failing else EXIT_OK)
        faults = [each for each in result(report).findings if each.rule.startswith("WVR")]
        assert all(each.source and each.source.file == "azkeep.waivers.yaml" and each.source.line for each in faults)

    def test_ends_soon(self, folder: Folder) -> None:
        """A waiver that ends within the month is told of."""
        soon = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        folder.documents(OPEN)
        folder.write("azkeep.waivers.yaml", waiver(expires=soon))
        assert [each.rule for each in result(folder.check()).ending] == ["KV-NET-001"]

    def test_all_errors_at_once(self, folder: Folder) -> None:
        """Everything that is wrong in the file is told, each with its line."""
        folder.documents(OPEN)
        folder.write(
            "azkeep.waivers.yaml",
            waiver("KV-NTE-001")
            + waiver(reason="short", expires="31.3.2027")
            + waiver(owner="")
            + "- just a text\n"
            + waiver(tiket="PLAT-1"),
        )
        errors = folder.refused()
        assert told(errors) == [
            ("azkeep.waivers.yaml:1", "no rule is called KV-NTE-001"),
            ("azkeep.waivers.yaml:8", "`reason` of a waiver has fewer than 10 letters"),
            ("azkeep.waivers.yaml:10", "`expires` of a waiver is no date: 31.3.2027"),
            ("azkeep.waivers.yaml:11", "a waiver needs `owner`"),
            ("azkeep.waivers.yaml:15", "a waiver is written as `name: value` lines"),
            ("azkeep.waivers.yaml:21", "a waiver has no `tiket`"),
        ]
        assert [each.fix for each in errors] == [
            "Did you mean KV-NET-001?",
            "Say in a sentence why the risk is taken: who reads it later was not there.",
            "Write YYYY-MM-DD.",
            "Add `owner: …`.",
            "Begin each waiver with `- rule: …`, and write the rest in lines below it.",
            "Did you mean `ticket`?",
        ]

    @pytest.mark.parametrize("text", ["rule: KV-NET-001\n", "7\n"])
    def test_no_list(self, folder: Folder, text: str) -> None:
        """A file with something else than a list is refused."""
        folder.documents(OPEN)
        folder.write("azkeep.waivers.yaml", text)
        assert told(folder.refused()) == [("azkeep.waivers.yaml:1", "waivers are a list")]

    @pytest.mark.parametrize("text", ["", "[]\n", "# none yet\n"])
    def test_empty(self, folder: Folder, text: str) -> None:
        """An empty file waives nothing."""
        folder.documents(OPEN)
        folder.write("azkeep.waivers.yaml", text)
        assert folder.failing() == {"KV-NET-001": "kv-shop"}
