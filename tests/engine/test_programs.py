"""How programs are run: each time anew, their mistakes named by file and line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.engine.command import Azkeep, operations

GROUP = """
import pulumi_azure_native as azure

def declare(name):
    return azure.resources.ResourceGroup(name, resource_group_name=f"{name}-rg", location="westeurope")
"""
WriteStack = Callable[..., Path]


def test_resources_in_an_imported_module_are_declared_by_every_run(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """A program whose resources stand in a module that is imported once a process previews and applies alike: the
    engine runs it twice in one apply, and twice more in the next."""
    helper = GROUP + "\nfirst = declare('first')\nsecond = declare('second')\n"
    write_stack("helpers", "import estate\n", estate=helper)
    expected = {"first", "second"}

    assert operations(azkeep.json("apply", "helpers", "--yes")) == dict.fromkeys(expected, "create")
    assert operations(azkeep.json("preview", "helpers")) == dict.fromkeys(expected, "same")
    assert operations(azkeep.json("apply", "helpers", "--yes")) == dict.fromkeys(expected, "same")


def test_a_syntax_error_is_shown_with_file_and_line(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """The message names the stack's file and line, and shows no frame of azkeep or Pulumi."""
    write_stack("broken", "import pulumi\n\ndef f(:\n    pass\n")
    done = azkeep("preview", "broken", code=1)
    assert "__main__.py:3" in done.err
    assert "Traceback" not in done.err
    assert "site-packages" not in done.err


def test_an_exception_shows_the_programs_own_frames(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """Both frames of the stack are shown, innermost first, and none of the SDK's."""
    write_stack(
        "raising", "import estate\nestate.build()\n", estate="def build():\n    raise ValueError('no such zone')\n"
    )
    done = azkeep("preview", "raising", code=1)
    assert "no such zone" in done.err
    assert "estate.py:2" in done.err
    assert "__main__.py:2" in done.err
    assert "runpy" not in done.err


def test_a_missing_provider_is_named_before_anything_runs(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """A program that needs a provider without a plugin gets its name, its version and the ways to get it."""
    package = azkeep.folder / "site" / "pulumi_random"
    folder = write_stack("lacking", "import pulumi_random\nraise SystemExit('ran')\n")
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "pulumi-plugin.json").write_text('{"resource": true, "name": "random", "version": "4.16.3"}')
    path = os.pathsep.join((str(package.parent), *filter(None, [azkeep.environment.get("PYTHONPATH")])))
    done = azkeep("preview", "lacking", code=1, PYTHONPATH=path)
    assert "random 4.16.3" in done.err
    assert "plugin install resource random v4.16.3" in done.err
    assert not (folder / ".azkeep" / "local" / "state").exists()


def test_the_checkout_stays_clean(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """After preview, apply and destroy git sees no change: the engine's salt goes to a private copy of the settings."""
    write_stack("clean", GROUP + "declare('only')\n")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(azkeep.folder)]
    (azkeep.folder / ".gitignore").write_text(".azkeep/\n__pycache__/\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "stack"]):
        subprocess.run([*git, *arguments], check=True)
    for verb in (["preview"], ["apply", "--yes"], ["destroy", "--yes"]):
        azkeep(verb[0], "clean", *verb[1:])
    status = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    assert status == ""


def test_what_a_program_prints_never_reaches_the_document(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """stdout holds the JSON document and nothing else; the program's own words go to stderr."""
    write_stack("chatty", GROUP + "print('hello from the program')\ndeclare('only')\n")
    done = azkeep("preview", "chatty", "--format", "json")
    assert done.document["kind"] == "plan"
    assert "hello from the program" in done.err


def test_two_subscriptions_in_one_stack(azkeep: Azkeep, write_stack: WriteStack) -> None:
    """Two provider instances keep their own subscription: each group is made where its provider says."""
    other = "11111111-2222-4333-8444-555555555555"
    program = f"""
import pulumi
import pulumi_azure_native as azure

elsewhere = azure.Provider("elsewhere", subscription_id="{other}")
here = azure.resources.ResourceGroup("here", resource_group_name="same-rg", location="westeurope")
there = azure.resources.ResourceGroup(
    "there", resource_group_name="same-rg", location="northeurope", opts=pulumi.ResourceOptions(provider=elsewhere)
)
"""
    write_stack("twofold", program)
    outcome = azkeep.json("apply", "twofold", "--yes", AZKEEP_LOCAL_SUBSCRIPTIONS=other)
    ids = {step["name"]: step["id"] for step in outcome["steps"] if step["type"].startswith("Microsoft.")}
    assert ids["there"] == f"/subscriptions/{other}/resourceGroups/same-rg"
    assert ids["here"] != ids["there"]
    assert ids["here"].endswith("/resourceGroups/same-rg")
    azkeep("preview", "twofold", "--detailed-exitcode", AZKEEP_LOCAL_SUBSCRIPTIONS=other)
