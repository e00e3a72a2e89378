"""The real Pulumi engine, and a stack on the local cloud that it works on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from azkeep import types
from azkeep.clouds import open_cloud
from azkeep.clouds.cloud import Cloud
from azkeep.engine import config
from azkeep.engine.find import Engine, find_engine
from azkeep.engine.session import Session
from azkeep.program.host import ProgramHost
from azkeep.program.project import load_project
from tests.engine import campaign, oldest
from tests.engine.bad_input import Table, sound_project
from tests.engine.command import Azkeep

HERE = Path(__file__).parent
DEVELOPER = dict(os.environ)
"""The environment before tests clean it: the engine is looked for once, where the developer has it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The Pulumi CLI of this machine, built where there is none."""
    return find_engine(may_build=True, may_install=False, progress=print, environment=DEVELOPER)


@dataclass(frozen=True)
class Ground:
    """A project folder, and the session on its stack `dev`."""

    folder: Path
    session: Session
    cloud: Cloud

    @contextmanager
    def program(self, text: str) -> Iterator[str]:
        """Serves `text` as the stack's program; gives the host's address."""
        (self.folder / "__main__.py").write_text(text, encoding="utf-8")
        host = ProgramHost(
            load_project(self.folder),
            environment={},
            parallel=self.session.parallel,
            kept_alias_types=self.session.state().types,
            secret_outputs=types.secret_outputs(),
            on_output=lambda _: None,
        )
        with host:
            yield host.address


@pytest.fixture
def ground(tmp_path: Path, engine: Engine) -> Iterator[Ground]:
    """An empty project on a local cloud of its own, its stack made."""
    folder, own = tmp_path / "project", tmp_path / ".azkeep" / "local"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  shop:greeting: hello\n", encoding="utf-8")
    private = own / "config" / "shop" / "Pulumi.dev.yaml"
    config.prepare(folder / "Pulumi.dev.yaml", private, "shop")
    with open_cloud("local", store=own / "store", environment=os.environ, subscription=None) as cloud:
        session = Session(
            engine=engine,
            folder=folder,
            project="shop",
            stack="dev",
            backend_url=f"file://{own / 'state'}",
            config_file=private,
            run_folder=own / "runs",
            environment={
                "PULUMI_CONFIG_PASSPHRASE_FILE": str(config.passphrase_file(own)),
                **cloud.engine_environment,
            },
            parallel=4,
        )
        session.ensure_stack()
        yield Ground(folder, session, cloud)


@pytest.fixture
def network() -> Callable[..., str]:
    """`network(prefix=…, tag=…, subnet=…)`: a program with a group, a network and a subnet."""

    def program(*, tag: str = "one", subnet: str = "inner") -> str:
        return f"""
import pulumi
from pulumi_azure_native import network, resources

group = resources.ResourceGroup("group", resource_group_name="shop", location="westeurope", tags={{"a.b": "{tag}"}})
outer = network.VirtualNetwork(
    "outer", resource_group_name=group.name, virtual_network_name="outer", location="westeurope",
    address_space={{"address_prefixes": ["10.0.0.0/16"]}},
)
inner = network.Subnet(
    "inner", resource_group_name=group.name, virtual_network_name=outer.name, subnet_name="{subnet}",
    address_prefix="10.0.1.0/24",
)
pulumi.export("greeting", pulumi.Config().get("greeting"))
pulumi.export("password", pulumi.Output.secret("canary-9c1f"))
"""

    return program


@pytest.fixture(scope="session")
def azkeep_in(engine: Engine) -> Callable[[Path], Azkeep]:
    """`azkeep_in(folder)`: azkeep there, with the session's engine; on the oldest pair where AZKEEP_PAIR=oldest."""
    if DEVELOPER.get("AZKEEP_PAIR") == "oldest":
        python = oldest.make(DEVELOPER)
        return lambda folder: oldest.azkeep(folder, python, engine)
    return lambda folder: Azkeep(folder, environment={"AZKEEP_PULUMI": str(engine.path)})


@pytest.fixture
def azkeep(tmp_path: Path, azkeep_in: Callable[[Path], Azkeep]) -> Azkeep:
    """azkeep in an empty folder."""
    return azkeep_in(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests of a module keep what the first of them made for all."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def once(azkeep: Azkeep, kept: Path) -> Callable[[Callable[[], object]], None]:
    """`once(make)` calls `make` for the first test of a module, in azkeep's folder; each later test that asks for the
    same gets a copy of what that left there."""

    def give(make: Callable[[], object]) -> None:
        copy = kept / make.__name__
        if copy.exists():
            shutil.copytree(copy, azkeep.folder, dirs_exist_ok=True)
            return
        make()
        shutil.copytree(azkeep.folder, copy)

    return give


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, azkeep_in: Callable[[Path], Azkeep]) -> Path:
    """A project whose stack, the campaign's, was applied."""
    folder = tmp_path_factory.mktemp("whole")
    campaign.lay(folder)
    azkeep_in(folder)(*campaign.JOBS["apply"])
    return folder


@pytest.fixture(scope="session")
def drifted(tmp_path_factory: pytest.TempPathFactory, whole: Path, azkeep_in: Callable[[Path], Azkeep]) -> Path:
    """The same, changed by a foreign hand since."""
    folder = tmp_path_factory.mktemp("drifted")
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    campaign.change(folder, azkeep_in(folder))
    return folder


@pytest.fixture
def write_stack(tmp_path: Path) -> Callable[..., Path]:
    """`write_stack(name, program, **files)` makes a stack folder with one local environment, dev."""

    def write(name: str, program: str, config: str = "", **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        (folder / "Pulumi.dev.yaml").write_text(f"config:\n  azkeep:cloud: local\n{config}")
        (folder / "__main__.py").write_text(program)
        for file, text in files.items():
            (folder / f"{file}.py").write_text(text)
        return folder

    return write


@pytest.fixture
def table(azkeep: Azkeep, golden: Callable[[str, str], None]) -> Table:
    """The table of bad inputs, over a sound project."""
    sound_project(azkeep.folder)
    return Table(azkeep, golden)
