"""Settings of an estate: every problem at once, each with its file and line."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.components.checks import problems
from azkeep.components.names import Names, composed
from azkeep.components.settings import Estate
from azkeep.components.settings_file import load
from azkeep.components.stack import SettingsRefused
from azkeep.errors import Problems, SettingsError

KEY = "secure-workspace:estate"
MINIMAL = """\
config:
  azkeep:cloud: local
  secure-workspace:estate:
    prefix: keep
    environment: dev
    location: westeurope
    monitoring: {public_ingestion: true}
"""
BASE = {
    "prefix": "keep",
    "environment": "dev",
    "location": "westeurope",
    "monitoring": {"public_ingestion": True},
}


@pytest.fixture
def written(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(text: str) -> Path:
        path = tmp_path / "Pulumi.dev.yaml"
        path.write_text(text)
        return path

    return write


def found(path: Path, data: object = None) -> list[str]:
    """Line and text of each problem, as a person reads them."""
    with pytest.raises(Problems) as raised:
        load(path, KEY, data)
    assert all(isinstance(error, SettingsError) for error in raised.value.errors)
    return [str(error) for error in raised.value.errors]


def test_minimal_settings_are_secure(written) -> None:  # type: ignore[no-untyped-def]
    """Four settings are enough, and every default is the secure one."""
    estate = load(written(MINIMAL), KEY)
    assert estate.network.form == "own"
    assert (estate.storage.shared_keys, estate.storage.public_access) == (False, False)
    assert (estate.vault.purge_protection, estate.vault.public_access) == (True, False)
    assert (estate.registry.admin_user, estate.registry.public_access) == (False, False)
    assert estate.workspace.public_access is False


def test_all_problems_are_found_at_once(written) -> None:  # type: ignore[no-untyped-def]
    """Unknown keys, wrong types, overlaps and long names come together, in the order of their lines."""
    path = written("""\
config:
  secure-workspace:estate:
    prefix: averyveryverylongprefix
    environment: dev
    location: westeurope
    colour: red
    storage:
      retention_days: many
      redundancy: XRS
    network:
      form: own
      address_space: 10.1.0.0/16
      training: 10.1.0.0/24
      endpoints: 10.1.0.128/26
      egress: {through: firewall}
    monitoring: {public_ingestion: true}
""")
    assert found(path) == [
        "Pulumi.dev.yaml:3: prefix: the storage account would be named 'averyveryverylongprefixdevst': 28 characters,"
        " at most 24 are allowed",
        "Pulumi.dev.yaml:3: prefix: the key vault would be named 'averyveryverylongprefix-dev-kv': 30 characters,"
        " at most 24 are allowed",
        "Pulumi.dev.yaml:6: colour: there is no such setting",
        "Pulumi.dev.yaml:8: storage.retention_days: must be a whole number, not `many`",
        "Pulumi.dev.yaml:9: storage.redundancy: must be 'LRS', 'ZRS', 'GRS' or 'GZRS', not `XRS`",
        "Pulumi.dev.yaml:14: network.endpoints: 10.1.0.128/26 overlaps the range of training, 10.1.0.0/24",
        "Pulumi.dev.yaml:15: network.egress.next_hop: this setting is needed",
    ]


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("network: mesh", "7: network: must be one of 'own', 'existing', 'managed'"),
        ("network: {form: own, address_space: 172.16.0.0/12, training: 172.16.0.0/24, endpoints: 172.16.1.0/24}",
         "7: network.address_space: 172.16.0.0/12 overlaps 172.17.0.0/16, which Docker uses on every compute node"),
        ("network: {form: own, training: 10.41.0.0/24}",
         "7: network.training: 10.41.0.0/24 is not inside the network's address space 10.40.0.0/16"),
        ("network: {form: own, training: 10.40.0.1/24}",
         "7: network.training: '10.40.0.1/24' is not an IPv4 address range: 10.40.0.1/24 has host bits set"),
        ("storage: {id: /subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v}",
         "7: storage.id: '/subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v' is not the full ARM"
         " id of a Microsoft.Storage/storageAccounts"),
        ("vault: {id: /subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v, retention_days: 7}",
         "7: vault: has no effect on something given by id: retention_days"),
        ("dns: {zones: {privatelink.example.com:"
         " /subscriptions/x/resourceGroups/g/providers/Microsoft.Network/privateDnsZones/z}}",
         "7: dns.zones.privatelink.example.com: 'privatelink.example.com' is not a zone that this estate uses"),
        ("compute: {image_builds: gpu, clusters: {gpu: {size: Standard_NC4as_T4_v3}}}",
         "7: compute.image_builds: 'gpu' has GPUs (Standard_NC4as_T4_v3); images are built on a CPU cluster"),
        ("compute: {image_builds: cpu, clusters: {gpu: {size: Standard_NC6s_v3}}}",
         "7: compute.image_builds: 'cpu' is not one of the clusters: gpu"),
        ("compute: {image_builds: cpu, clusters: {cpu: {size: Standard_DS3_v2, max_nodes: 400}}}",
         "3: network.training: 10.40.0.0/24 has 251 usable addresses; all nodes and instances need 400"),
        ("workspace: {data_scientists: [nobody]}",
         "7: workspace.data_scientists.0: 'nobody' is not an object id (a GUID)"),
        ("compute: {image_builds: cpu, clusters: {cpu: {size: Standard_D2_v3}, old: {size: Standard_NC6}}}",
         "7: compute.clusters.old.size: Standard_NC6 was retired by Azure"),
    ],
)  # fmt: skip
def test_one_fault_is_named(written, section: str, problem: str) -> None:  # type: ignore[no-untyped-def]
    """Each kind of fault is told in words, on the line where it stands."""
    lines = MINIMAL.splitlines()
    told = found(written("\n".join([*lines[:6], f"    {section}", *lines[6:], ""])))
    assert [line.startswith(f"Pulumi.dev.yaml:{problem}") for line in told] == [True], told


def test_repeated_key_is_refused(written) -> None:  # type: ignore[no-untyped-def]
    """A key given twice is a problem on its own, though YAML would take the last."""
    assert found(written(MINIMAL + "    vault: {}\n    vault: {}\n")) == [
        "Pulumi.dev.yaml:9: vault: the key is given twice"
    ]


def test_image_without_version_is_refused(written) -> None:  # type: ignore[no-untyped-def]
    """`latest` is no version of an image, and shares that do not add up to 100 are told as they are."""
    text = (
        MINIMAL
        + """\
    endpoint:
      name: score
      model: {name: churn}
      image: {name: serving, repository: serving, tag: latest}
      deployments:
        blue: {model_version: "1", traffic: 90}
"""
    )
    assert found(written(text)) == ["Pulumi.dev.yaml:11: endpoint.image: tag must be a version, not latest"]
    assert found(written(text.replace("latest", "1.0.0"))) == [
        "Pulumi.dev.yaml:12: endpoint.deployments: traffic adds up to 90: blue 90; it must be 100, or 0 for an endpoint"
        " without requests"
    ]


def test_values_of_the_engine_are_judged_with_lines_of_the_file(written) -> None:  # type: ignore[no-untyped-def]
    """What `--config` overrides is what counts; the file gives the line, and may be missing."""
    path = written(MINIMAL)
    assert load(path, KEY, {**BASE, "prefix": "other"}).prefix == "other"
    assert found(path, {**BASE, "prefix": "Other"})[0].startswith("Pulumi.dev.yaml:4: prefix: ")
    absent = path.with_name("Pulumi.none.yaml")
    assert found(absent, {**BASE, "location": 4}) == ["Pulumi.none.yaml: location: must be text, not `4`"]


def test_absent_settings_name_what_is_needed(tmp_path: Path) -> None:
    """Without any settings, the needed ones are listed."""
    lines = found(tmp_path / "Pulumi.dev.yaml")
    assert [line.split(": ")[1] for line in lines] == ["prefix", "environment", "location", "monitoring"]


def test_malformed_yaml_has_its_line(written) -> None:  # type: ignore[no-untyped-def]
    """A file that is not YAML is one problem with a line, not a traceback."""
    lines = found(written("config:\n  a: [\n"))
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.dev.yaml:3: not valid YAML")


def test_refusal_ends_a_program_with_its_text_alone() -> None:
    """Under plain Pulumi a refusal is a RunError, whose text holds every problem."""
    refusal = SettingsRefused([SettingsError("one"), SettingsError("two")])
    assert isinstance(refusal, pulumi.RunError)
    assert isinstance(refusal, Problems)
    assert str(refusal) == "one\ntwo"


@given(st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True), st.sampled_from(["dev", "test", "production"]))
def test_names_of_short_prefixes_fit(prefix: str, environment: str) -> None:
    """Up to ten characters, no prefix makes a name that Azure would refuse; storage and registry names are plain."""
    estate = Estate.model_validate({**BASE, "prefix": prefix, "environment": environment})
    assert [name.problem for name in composed(estate) if name.problem] == []
    names = Names.of(estate)
    assert names.storage.isalnum()
    assert names.storage == names.storage.lower()


@given(
    st.integers(16, 28).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(0, 2 ** (bits - 16) - 1))),
    st.integers(16, 28).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(0, 2 ** (bits - 16) - 1))),
)
def test_overlap_is_told_exactly_when_ranges_overlap(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Of two ranges inside the network, an overlap is a problem, and nothing else is."""
    training, endpoints = (_range(*each) for each in (one, other))
    network = {"form": "own", "training": str(training), "endpoints": str(endpoints)}
    told = problems(Estate.model_validate({**BASE, "network": network}))
    assert bool(told) == training.overlaps(endpoints)


def _range(bits: int, index: int) -> IPv4Network:
    """The `index`th range of that prefix length inside 10.40.0.0/16."""
    return IPv4Network((int(IPv4Network("10.40.0.0/16").network_address) + (index << (32 - bits)), bits))
