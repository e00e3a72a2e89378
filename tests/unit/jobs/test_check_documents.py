"""check over documents and exported states: estates that azkeep did not build."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.jobs.checks import VAULT, Folder, declared_vault, place, result, state, told, vault

from azkeep.model.finding import Verdict

OPEN = {"publicNetworkAccess": "Enabled"}
ESTATE = Path(__file__).parents[1] / "policies" / "estates" / "own-network"


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            vault(**OPEN),
            [vault(**OPEN)],
            {"value": [vault(**OPEN)]},
            {"value": [vault(**OPEN)], "nextLink": None},
            {"count": 1, "data": [vault(**OPEN)], "total_records": 1},
        ],
        ids=["one document", "list", "page of ARM", "last page", "Resource Graph"],
    )
    def test_forms(self, folder: Folder, content: Any) -> None:
        """One document, a list, and the pages that ARM and Resource Graph write, are all read."""
        folder.documents(content)
        assert folder.failing() == {"KV-NET-001": "kv-shop"}

    def test_empty_page_beside_others(self, folder: Folder) -> None:
        """An empty page is no fault where another file holds something."""
        folder.documents({"value": []}, {"data": []}, vault(**OPEN))
        assert result(folder.check()).resources == 1

    def test_byte_order_mark_and_subfolder(self, folder: Folder) -> None:
        """Files may lie deeper, and begin with a byte order mark."""
        folder.write("live/a/b/one.json", "\ufeff" + json.dumps(vault()))
        assert result(folder.check()).resources == 1

    def test_twice(self, folder: Folder) -> None:
        """A document in several files, in any letter case, counts once."""
        folder.documents(vault(**OPEN), [{**vault(**OPEN), "id": VAULT.upper()}], {"value": [vault(**OPEN)]})
        report = result(folder.check())
        assert report.resources == 1
        assert [each.id for each in report.findings if each.verdict is Verdict.FAIL] == [VAULT]

    def test_line_of_the_document(self, folder: Folder) -> None:
        """A finding names the file and the line of the document's id."""
        folder.documents([vault("kv-other"), vault(**OPEN)])
        found = [each for each in result(folder.check()).findings if each.verdict is Verdict.FAIL]
        file = folder.path / "live" / "0.json"
        line = next(
            n for n, text in enumerate(file.read_text().splitlines(), 1) if '"id"' in text and "kv-shop" in text
        )
        assert [place(each.source) for each in found] == [f"0.json:{line}"]


class TestBadFiles:
    def test_all_at_once(self, folder: Folder) -> None:
        """Every file that cannot be read is named, with its line."""
        folder.documents(
            '{\n  "id": "/a",\n  "name" 7\n}', "[1, 2]", {"name": "package", "version": "1"}, "", vault(),
            {"id": "3f2b", "displayName": "a group of people"},
        )  # fmt: skip
        (folder.path / "live" / "z.json").write_bytes(b'{"id": "\xff"}')
        nothing = "not an ARM document: it has no `id`, and no `type` with a `name`"
        assert told(folder.refused()) == [
            ("0.json:3", "not valid JSON: Expecting ':' delimiter"),
            ("1.json", nothing),
            ("2.json", nothing),
            ("3.json:1", "not valid JSON: Expecting value"),
            ("5.json", nothing),
            ("z.json", "not a JSON file in UTF-8"),
        ]

    @pytest.mark.parametrize("content", ["[" * 200_000, '{"id": "/a", "x": ' + "[" * 5000 + "]" * 5000 + "}"])
    def test_deep(self, folder: Folder, content: str) -> None:
        """A document deeper than Python can read is refused, or judged; never a traceback."""
        folder.write("live/deep.json", content)
        errors = folder.refused()
        assert [each.summary for each in errors] in (
            ["nested too deeply"], ["not valid JSON: Expecting value"],
        )  # fmt: skip

    @pytest.mark.parametrize("contents", [[], [{"value": []}], [[]], [{"data": []}]])
    def test_nothing_in_it(self, folder: Folder, contents: list[Any]) -> None:
        """A folder without a document is no estate that passes."""
        (folder.path / "live").mkdir()
        folder.documents(*contents)
        assert told(folder.refused()) == [("", "live holds no ARM document")]

    def test_no_such_folder(self, folder: Folder) -> None:
        """Nor is one that does not exist, or a file."""
        folder.write("live", "{}")
        assert told(folder.refused()) == [("", "live is a file, not a folder")]


class TestState:
    def test_export(self, folder: Folder) -> None:
        """An exported state is judged as declared: what is left out has the service's default; source lines stay."""
        folder.write("state.json", state(declared_vault(enablePurgeProtection=True)))
        found = result(folder.check(state="state.json")).findings
        failing = {each.rule: each for each in found if each.verdict is Verdict.FAIL}
        assert set(failing) == {"KV-NET-001", "KV-NET-002"}
        assert failing["KV-NET-001"].urn.endswith("::vault")
        assert place(failing["KV-NET-001"].source) == "__main__.py:12"

    def test_outputs(self, folder: Folder) -> None:
        """The stack's outputs are judged with it."""
        folder.write("state.json", state(declared_vault(), outputs={"vaultPassword": "hunter2-hunter2"}))
        assert "ID-OUT-001" in folder.failing(state="state.json", rules=("ID-OUT",))

    def test_deleted_and_foreign_resources(self, folder: Folder) -> None:
        """What waits for its deletion, and what the program only reads, is not judged."""
        folder.write("state.json", state({**declared_vault(), "delete": True}, {**declared_vault(), "external": True}))
        assert result(folder.check(state="state.json")).resources == 0

    @pytest.mark.parametrize("content", [{}, [], 7, {"deployment": 7}, {"version": 3}, {"deployment": {"resources": 3}},
                                         {"deployment": {"resources": [{}]}}])  # fmt: skip
    def test_no_state(self, folder: Folder, content: Any) -> None:
        """Another JSON file is named, and what writes a state."""
        folder.write("state.json", content)
        errors = folder.refused(state="state.json")
        assert told(errors) == [("state.json", "this is no exported Pulumi state")]
        assert errors[0].fix == "pulumi stack export --file FILE writes one."

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (vault(), "ARM documents"),
            ({"value": [vault()]}, "ARM documents"),
            ({"version": 4, "terraform_version": "1.9.8", "lineage": "a"}, "the state of Terraform or OpenTofu"),
            ({"terraform_version": "1.9.8", "format_version": "1.0"}, "what terraform show -json writes"),
            ({"$schema": "https://…", "contentVersion": "1.0.0.0", "resources": []}, "an ARM template"),
            ({"azkeep_version": "1", "kind": "plan"}, "a report of azkeep"),
            ({"manifest": {}, "resourcePlans": {}}, "an update plan of Pulumi"),
        ],
    )
    def test_another_tools_file(self, folder: Folder, content: Any, what: str) -> None:
        """A file that somebody takes for a state is named for what it is, with what judges it."""
        folder.write("state.json", content)
        errors = folder.refused(state="state.json")
        assert told(errors) == [("state.json", f"this is no exported Pulumi state but {what}")]
        assert errors[0].fix.startswith(("azkeep check ", "az resource show "))

    def test_checkpoint(self, folder: Folder) -> None:
        """The file in which a backend of files keeps a stack is the same state."""
        export = state(declared_vault())
        folder.write("dev.json", {"version": 3, "checkpoint": {"stack": "x", "latest": export["deployment"]}})
        assert "KV-NET-001" in folder.failing(state="dev.json")

    def test_unreadable(self, folder: Folder) -> None:
        """A missing file and one that is no JSON are told apart, with the line."""
        assert told(folder.refused(state="none.json")) == [("none.json", "cannot be read: No such file or directory")]
        folder.write("state.json", '{\n"version": 3,\n}')
        assert [place(each.source) for each in folder.refused(state="state.json")] == ["state.json:3"]


class TestCost:
    def test_neither_pulumi_nor_a_second(self) -> None:
        """A folder of 150 documents is judged without Pulumi, in less than a second of a core."""
        program = (
            "import sys\n"
            "from azkeep.cli import main\n"
            "print('exit', main(), file=sys.stderr)\n"
            "print(sorted(name for name in sys.modules if name.split('.')[0] in\n"
            "      ('pulumi', 'pulumi_azure_native', 'grpc', 'azure', 'pulumi_policy')), file=sys.stderr)\n"
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", program, "check", "--documents", str(ESTATE)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.stderr.splitlines()[-2:] == ["exit 0", "[]"], done.stderr
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0
