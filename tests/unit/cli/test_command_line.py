from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.cli.answers import HEADER, PLAN, STEP, Jobs, answering

from azkeep.cli import main
from azkeep.cli.local_parts.principals import CLIENTS
from azkeep.clouds.principals import MISSING, OFFERED
from azkeep.jobs.options import (
    ApplyOptions,
    AuditOptions,
    ConfigOptions,
    LocalEditOptions,
    LocalEnvironmentOptions,
    LocalOptions,
    LocalPrincipalOptions,
    LocalServeOptions,
    LocalSnapshotOptions,
    OutputsOptions,
    PreviewOptions,
    Progress,
    PulumiOptions,
    StackOptions,
)
from azkeep.model.drift import Audit
from azkeep.model.plan import Outcome
from azkeep.model.report import LocalReady, Nothing, Outputs, Report
from azkeep.model.value import Secret
from azkeep.render import json as json_format


@pytest.mark.parametrize(
    ("typed", "job", "expected"),
    [
        (["preview", "hub"], "preview", PreviewOptions(StackOptions("hub"))),
        (
            ["preview", "hub", "--out", "p.json", "--detailed-exitcode", "--destroy", "--no-refresh", "--env", "dev"],
            "preview",
            PreviewOptions(
                StackOptions("hub", env="dev"), out="p.json", detailed_exitcode=True, destroy=True, refresh=False
            ),
        ),
        (
            [
                "preview",
                ".",
                "-s",
                "prod",
                "--cloud",
                "local",
                "--rehearse",
                "-c",
                "a=1",
                "-c",
                "b:c=x=y",
                "--parallel",
                "4",
                "--lock-timeout",
                "5m",
                "-v",
            ],
            "preview",
            PreviewOptions(
                StackOptions(
                    ".",
                    env="prod",
                    cloud="local",
                    rehearse=True,
                    config=(("a", "1"), ("b:c", "x=y")),
                    parallel=4,
                    lock_timeout=300.0,
                    verbose=True,
                )
            ),
        ),
        (
            [
                "preview",
                "hub",
                "--stack",
                "dev",
                "--only",
                "/subscriptions/s/resourceGroups/g",
                "--replace",
                "urn:pulumi:d::p::t::n",
            ],
            "preview",
            PreviewOptions(
                StackOptions(
                    "hub",
                    env="dev",
                    only=("/subscriptions/s/resourceGroups/g",),
                    replace=("urn:pulumi:d::p::t::n",),
                )
            ),
        ),
        (["apply", "hub", "p.json"], "apply", ApplyOptions(StackOptions("hub"), file="p.json")),
        (
            ["apply", "hub", "--yes", "--no-build", "-q"],
            "apply",
            ApplyOptions(StackOptions("hub", may_build=False, quiet=True), yes=True),
        ),
        (["audit", "hub", "--env", "dev"], "audit", AuditOptions(StackOptions("hub", env="dev"))),
        (["outputs", "hub", "id", "--raw"], "outputs", OutputsOptions(StackOptions("hub"), name="id", bare=True)),
        (
            ["config", "set", "hub", "size", "4", "--secret"],
            "config",
            ConfigOptions(StackOptions("hub"), action="set", key="size", value="4", secret=True),
        ),
        (
            ["pulumi", "hub", "--env", "dev", "--", "stack", "--show-urns", "-v"],
            "pulumi",
            PulumiOptions(StackOptions("hub", env="dev"), arguments=("stack", "--show-urns", "-v")),
        ),
    ],
)
def test_arguments_become_options(typed: list[str], job: str, expected: object) -> None:
    """What is typed reaches the job as its options, and nothing is lost or guessed."""
    report = Report(HEADER, Outputs({"id": "x"}, chosen="id")) if job == "outputs" else PLAN
    jobs = answering(report)
    assert main(typed, jobs=jobs) == 0
    assert jobs.asked == [(job, expected)]


def test_foreign_hand_takes_paths_and_values() -> None:
    """A dotted path becomes a JSON pointer, a value is JSON where it is JSON."""
    jobs = answering(Report(HEADER, Nothing()))
    typed = ["local", "edit", "/subscriptions/s/resourceGroups/g", "tags.a=1", "/tags/b.c=x", "p.r[0].n=", "p.q=[true]"]
    assert main([*typed, "--as", "eve@example.com", "--store", "d"], jobs=jobs) == 0
    name, options = jobs.asked[0]
    assert (name, options.actor, options.local.store) == ("local.edit", "eve@example.com", "d")
    assert isinstance(options, LocalEditOptions)
    assert options.changes == (("/tags/a", 1), ("/tags/b.c", "x"), ("/p/r/0/n", ""), ("/p/q", [True]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ([], "Usage: azkeep"),
        (["nope"], "No such command 'nope'"),
        (["preview"], "Missing argument 'STACK'"),
        (["preview", "hub", "--nope"], "No such option"),
        (["preview", ""], "it is empty"),
        (["preview", "hub", "-c", "novalue"], "write KEY=VALUE"),
        (["preview", "hub", "--only", "rg/stml"], "`rg/stml` is neither an ARM id"),
        (["preview", "hub", "--only", " "], "it is empty"),
        (["preview", "hub", "--parallel", "0"], "0 is not in the range"),
        (["preview", "hub", "--lock-timeout", "soon"], "`soon` is not a time"),
        (["preview", "hub", "--cloud", "aws"], "'aws' is not one of"),
        (["preview", "hub", "--format", "yaml"], "`yaml` is not a format; there are: html, json, "),
        (["preview", "hub", "--format", "json=/nowhere/at/all.json"], "cannot be written"),
        (["preview", "hub", "--format", "text", "--format", "text"], "stdout takes one format, not text and text"),
        (
            ["preview", "hub", "--only", "/subscriptions/s", "--exclude", "/subscriptions/t"],
            "--only and --exclude cannot be given together",
        ),
        (["apply", "hub"], "nobody is here to confirm the plan"),
        (["destroy", "hub"], "nobody is here to confirm the deletion"),
        (["outputs", "hub", "--raw"], "--raw needs the NAME"),
        (["local", "reset"], "nobody is here to confirm"),
        (["local", "edit", "/subscriptions/s/resourceGroups/g", "tags"], "`tags` is not PATH=VALUE"),
        (["config", "get", "hub"], "Missing argument 'KEY'"),
        (["config", "set", "hub", "k"], "no value for `k`"),
        (["config", "set", "hub", "k=3"], "Write a space: k 3"),
        (["preview", "hub", "--out"], "try  azkeep preview --help"),
    ],
)
def test_wrong_usage_is_exit_one(
    typed: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cannot be understood fails with 1 and one message, before any job is asked."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    jobs = Jobs()
    assert main(typed, jobs=jobs) == 1
    assert jobs.asked == []
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err


def test_plan_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The report is on stdout."""
    assert main(["preview", "hub"], jobs=Jobs()) == 0
    shown = capsys.readouterr()
    assert shown.out.endswith("Plan: 1 to create, 0 to update, 0 to replace, 0 to delete\n")
    assert shown.err == ""


def test_exit_code_is_the_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """The job decides the exit code, and its reason is said on stderr."""
    report = Report(HEADER, PLAN.result, ("1 change was found",), 2)
    assert main(["preview", "hub", "--detailed-exitcode"], jobs=answering(report)) == 2
    assert capsys.readouterr().err == "azkeep: 1 change was found (exit 2)\n"


def test_reasons_are_told_to_the_quiet_too(capsys: pytest.CaptureFixture[str]) -> None:
    """`--quiet` leaves out progress, not why a run failed; several reasons share one exit code and one line."""
    report = Report(HEADER, PLAN.result, ("1 finding at or above high", "EX-ONE-001 could not be judged"), 3)
    assert main(["preview", "hub", "--quiet"], jobs=answering(report)) == 3
    said = "azkeep: 1 finding at or above high; EX-ONE-001 could not be judged (exit 3)\n"
    assert capsys.readouterr().err == said


def test_stdout_holds_the_document_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """With --format json stdout is one document; progress and what is shown on the way go to stderr."""

    def answer(options: Any, progress: Progress) -> Report:
        progress.phase("Reading the live estate")
        progress.step(STEP.urn, "create", "done")
        progress.line("hello from the program")
        progress.show(PLAN)
        return Report(HEADER, Outcome((STEP,)))

    assert main(["apply", "hub", "--yes", "--format", "json"], jobs=Jobs(answer)) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert (found["kind"], found["stack"]) == ("outcome", "hub")
    said = ("Reading the live estate…", "  created   a:b:C  st", "  | hello from the program", "Plan: 1 to create")
    assert [words for words in said if words not in shown.err] == []


def test_quiet_says_only_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    """--quiet leaves the report and errors."""

    def answer(options: Any, progress: Progress) -> Report:
        progress.phase("Reading")
        progress.step(STEP.urn, "create", "done")
        return PLAN

    assert main(["preview", "hub", "--quiet"], jobs=Jobs(answer)) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "Plan: 1 to create" in shown.out


def test_formats_go_to_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A format with =FILE is written there, and text is shown all the same."""
    report = Report(HEADER, Audit((), 1, 1))
    assert main(["audit", "hub", "--format", f"json={tmp_path}/a.json"], jobs=answering(report)) == 0
    found = json.loads((tmp_path / "a.json").read_text())
    jsonschema.Draft202012Validator(json_format.schema("audit")).validate(found)
    assert "In sync: read 1 of 1 resource (100 %)" in capsys.readouterr().out


def test_nobody_answers_without_a_terminal() -> None:
    """A question without a terminal is answered with no."""
    answers = []

    def answer(options: Any, progress: Progress) -> Report:
        answers.append(progress.ask("Apply this plan?"))
        return PLAN

    assert main(["apply", "hub", "--yes"], jobs=Jobs(answer)) == 0
    assert answers == [False]


def test_secret_outputs_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """Outputs show secrets only on demand."""
    jobs = answering(Report(HEADER, Outputs({"key": Secret("canary")})))
    assert main(["outputs", "hub"], jobs=jobs) == 0
    assert "canary" not in capsys.readouterr().out
    assert main(["outputs", "hub", "--show-secrets"], jobs=jobs) == 0
    assert "canary" in capsys.readouterr().out
    assert jobs.options.show_secrets is True


def test_ready_line_comes_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """`local serve --format json` prints its line while the job goes on."""
    seen: list[str] = []

    def answer(options: Any, progress: Progress) -> Report:
        progress.show(Report(HEADER, LocalReady({"arm": "https://127.0.0.1:1"})))
        seen.append(capsys.readouterr().out)
        return Report(HEADER, Nothing())

    assert main(["local", "serve", "--format", "json"], jobs=Jobs(answer)) == 0
    assert seen == ['{"arm": "https://127.0.0.1:1"}\n']
    assert capsys.readouterr().out == ""


def test_local_cloud_is_served_as_asked() -> None:
    """Faults, latency and request limits reach the job; without them nothing is said of them."""
    jobs = Jobs()
    typed = ["local", "serve", "--faults", "storm.yaml", "--latency", "20.5", "--throttling", "off", "-v"]
    assert main(typed, jobs=jobs) == 0
    assert jobs.options == LocalServeOptions(
        LocalOptions(), log_requests=True, full_paths=True, faults="storm.yaml", latency=20.5, throttling=False
    )
    assert main(["local", "serve"], jobs=jobs) == 0
    assert jobs.options == LocalServeOptions(LocalOptions(), log_requests=True)


@pytest.mark.parametrize(
    ("typed", "job", "expected"),
    [
        (["snapshot", "base"], "local_snapshots.take", LocalSnapshotOptions(LocalOptions(), "base")),
        (["restore", "./b.snapshot"], "local_snapshots.put_back", LocalSnapshotOptions(LocalOptions(), "./b.snapshot")),
        (["snapshots", "--store", "d"], "local_snapshots.listed", LocalSnapshotOptions(LocalOptions("d"))),
        (["principal", "add", "ann"], "local_principals.add", LocalPrincipalOptions(LocalOptions(), "ann")),
        (
            ["principal", "add", "ci", "--role", "Reader", "--kind", "user", "--certificate", "ci.pem"],
            "local_principals.add",
            LocalPrincipalOptions(LocalOptions(), "ci", "Reader", "User", "ci.pem"),
        ),
        (["principal", "remove", "ann"], "local_principals.remove", LocalPrincipalOptions(LocalOptions(), "ann")),
        (
            ["env", "--client", "mgmt", "--as", "ann"],
            "local_principals.environment",
            LocalEnvironmentOptions(LocalOptions(), "mgmt", "ann"),
        ),
    ],
)
def test_local_cloud_is_kept_and_peopled_as_asked(typed: list[str], job: str, expected: Any) -> None:
    """What is typed reaches the job, and what is not has its default."""
    jobs = Jobs()
    assert main(["local", *typed], jobs=jobs) == 0
    assert jobs.asked == [(job, expected)]


def test_every_known_client_is_offered_or_explained() -> None:
    """The clients that can be typed are those with a test, and those with a sentence on what is missing."""
    assert set(CLIENTS) == {*OFFERED, *MISSING}
    assert not {*OFFERED} & {*MISSING}


def test_secret_setting_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value left out is all of stdin without its last line end."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("line one\nline two\n"))
    jobs = Jobs()
    assert main(["config", "set", "hub", "key", "--secret"], jobs=jobs) == 0
    assert jobs.options.value == "line one\nline two"


def test_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every document's schema can be had without the source."""
    assert main(["schema"]) == 0
    names = capsys.readouterr().out.split()
    assert {"plan", "outcome", "audit", "error", "azkeep.yaml"} <= set(names)
    assert main(["schema", "audit"]) == 0
    assert json.loads(capsys.readouterr().out) == json_format.schema("audit")


def all_commands() -> list[list[str]]:
    """Every command and subcommand as it is typed."""
    import click

    from azkeep.cli.frame.root import root

    context = click.Context(root)
    found = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        found.append([name])
        if isinstance(command, click.Group):
            found.extend([name, inner] for inner in command.list_commands(context))
    return found


@pytest.mark.parametrize("typed", all_commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Help says what a command does and shows it in use."""
    assert main([*typed, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Example: azkeep {typed[0]}" in " ".join(shown.split())
    assert f"Usage: azkeep {' '.join(typed)}" in shown


def test_commands_are_listed_with_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`azkeep --help` has a line for each command, and it ends in a full stop."""
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for (name,) in [typed for typed in all_commands() if len(typed) == 1]:
        assert any(line.startswith(f"  {name} ") and line.endswith(".") for line in shown.splitlines()), name


def test_help_is_light() -> None:
    """`azkeep --help` imports neither pulumi nor anything else that is slow, and takes under 0.2 s of a core."""
    code = (
        "import sys; from azkeep.cli import main; main(['--help']);"
        "heavy = {'pulumi', 'pydantic', 'rich', 'azure', 'grpc', 'yaml', 'starlette', 'azkeep.jobs', 'azkeep.render'};"
        "sys.exit(str(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)"
    )
    took = []
    for _ in range(5):
        before = os.times()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        after = os.times()
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
        assert done.returncode == 0, done.stderr
    assert min(took) < 0.2


def test_shell_completes_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell is told the stacks in stacks/, and the environments of the one that was typed."""
    folder = tmp_path / "stacks" / "hub"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: hub\n")
    (folder / "Pulumi.dev.yaml").write_text("")
    (folder / "Pulumi.prod.yaml").write_text("")
    monkeypatch.chdir(tmp_path)

    def complete(words: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from azkeep.cli import main; main([])"],
            env={
                **os.environ,
                "_AZKEEP_COMPLETE": "zsh_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(words.count(" ")),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.splitlines()

    assert "hub" in complete("azkeep preview h")
    assert [line for line in complete("azkeep preview hub --env ") if line in ("dev", "prod")] == ["dev", "prod"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["history", "hub", "--format", "junit"], "`azkeep history` has nothing to say in the format junit"),
        (["outputs", "hub", "--format", "sarif"], "`azkeep outputs` has nothing to say in the format sarif"),
        (["apply", "hub", "--yes", "--format", "svg"], "`azkeep apply` has nothing to say in the format svg"),
        (["check", "--explain", "X", "--format", "junit"], "`azkeep check --explain` has nothing to say in the"),
        (["check", "--list", "--format", "sarif"], "`azkeep check --list` has nothing to say in the format sarif"),
        (["audit", "hub", "--lineage", "--format", "junit"], "`azkeep audit --lineage` has nothing to say in the"),
        (["local", "principal", "list", "--format", "junit"], "`azkeep local principal list` has nothing to say"),
    ],
)
def test_a_format_that_would_be_empty_is_refused(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is done, with exit code 1 and the formats that there are."""
    jobs = Jobs()
    assert main(typed, jobs=jobs) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Choose one of html, json, " in error
    assert jobs.asked == []


def test_a_format_is_offered_where_it_says_something(tmp_path: Path) -> None:
    """Judgements as JUnit and SARIF, pictures of an estate."""
    for command in (["check", "hub"], ["preview", "hub"], ["apply", "hub", "--yes"], ["audit", "hub"]):
        jobs = Jobs()
        formats = [f"--format={name}={tmp_path / name}" for name in ("junit", "sarif")]
        assert main([*command, *formats], jobs=jobs) == 0
        assert [name for name, _ in jobs.asked] == [command[0]]
    assert main(["graph", "hub", f"--format=svg={tmp_path / 'svg'}"], jobs=Jobs()) == 0
