"""What a stack program declares, on a monitor that answers at once.

A program runs in a process of its own: the SDK keeps loops and settings of a run until its process ends. It is the copy
of one that has loaded what programs use of azure-native, which takes most of a run's time.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import multiprocessing
import runpy
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
from pulumi.runtime import mocks

PACKAGES = (
    "applicationinsights",
    "authorization",
    "containerregistry",
    "keyvault",
    "machinelearningservices",
    "managedidentity",
    "monitor",
    "network",
    "operationalinsights",
    "privatedns",
    "resources",
    "storage",
)
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"


@dataclass(frozen=True)
class Declared:
    """One resource: its token without the package, its Pulumi name, its inputs."""

    token: str
    name: str
    inputs: Mapping[str, Any]
    provider: str = ""


@dataclass
class Cloud(mocks.Mocks):
    """Gives every resource an id that ends in its Pulumi name."""

    declared: list[Declared] = field(default_factory=list)

    def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:
        package, _, token = args.typ.partition(":")
        if package != "azkeep":
            self.declared.append(Declared(token, args.name, args.inputs, args.provider or ""))
        return id_of(args.name), _outputs(args.name, args.inputs)

    def call(self, args: Any) -> dict[str, Any]:
        return {"tenantId": "11111111-1111-1111-1111-111111111111"}


def id_of(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.Made/things/{name}"


def _outputs(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    outputs = {**inputs, "principalId": f"principal-of-{name}"}
    if isinstance(inputs.get("identity"), dict):
        outputs["identity"] = {**inputs["identity"], "userAssignedIdentities": {}}
    return outputs


@dataclass(frozen=True)
class Estate:
    """Everything that one run declared."""

    declared: tuple[Declared, ...]

    def tokens(self) -> dict[str, int]:
        """How many there are of each token."""
        found: dict[str, int] = {}
        for each in self.declared:
            found[each.token] = found.get(each.token, 0) + 1
        return found

    def one(self, token: str, name: str | None = None) -> Mapping[str, Any]:
        """Inputs of the only resource of that token and name."""
        found = [each for each in self.declared if each.token == token and name in (None, each.name)]
        assert len(found) == 1, [each.name for each in found]
        return found[0].inputs

    def all(self, token: str) -> dict[str, Mapping[str, Any]]:
        return {each.name: each.inputs for each in self.declared if each.token == token}


def load() -> None:
    """This process has everything that runs import; azure-native loads a package when it is first looked into."""
    importlib.import_module("azkeep.components")
    for name in PACKAGES:
        assert importlib.import_module(f"pulumi_azure_native.{name}")._utilities
    gc.freeze()


def run_apart(program: Path, project: str, config: Mapping[str, Any]) -> Estate:
    """`run` in a copy of this process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        return pool.submit(run, program, project, config).result()


def run(program: Path, project: str, config: Mapping[str, Any]) -> Estate:
    """What `program` declares with `config`; values that are not text go in as JSON, as Pulumi does it."""
    cloud = Cloud()
    mocks.set_mocks(cloud, project=project, stack="dev")
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    pulumi.runtime.set_all_config(texts)
    # azure-native gives every resource an alias for each old API version, which takes most of a run's time.
    pulumi.runtime.register_stack_transformation(_without_aliases)
    runpy.run_path(str(program / "__main__.py"), run_name="__main__")
    asyncio.get_event_loop().run_until_complete(pulumi.runtime.stack.wait_for_rpcs())
    return Estate(tuple(cloud.declared))


def _without_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    args.opts.aliases = []
    return pulumi.ResourceTransformationResult(args.props, args.opts)
