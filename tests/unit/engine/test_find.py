"""Finding, carrying and checking the Pulumi CLI."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from azkeep.engine.build import check_sha256, describe_progress, export_engine, import_engine
from azkeep.engine.cache import VERSION, Cached, cache_root, cached, is_offline, platform_name, sha256_of
from azkeep.engine.find import find_engine, is_supported, look, version_of
from azkeep.errors import EngineBuildFailed, EngineError, EngineMissing, UsageError


def program(path: Path, version: str) -> Path:
    """A script that says `version` as the CLI does, and counts how often it was asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho x >> '{path}.asked'\necho '{version}'\n")
    path.chmod(0o755)
    return path


def asked(path: Path) -> int:
    log = Path(f"{path}.asked")
    return len(log.read_text().splitlines()) if log.exists() else 0


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": str(tmp_path / "bin"), "AZKEEP_OFFLINE": "1", **more}


def put_in_cache(tmp_path: Path) -> Cached:
    place = cached(cache_root(environment(tmp_path)))
    program(place.path, f"v{VERSION}")
    place.record(sha256_of(place.path), "built by go1.26.8")
    return place


def test_the_order_of_places(tmp_path: Path) -> None:
    """AZKEEP_PULUMI goes before PATH, PATH before the cache."""
    place = put_in_cache(tmp_path)
    say = list[str]()
    found = find_engine(may_build=False, progress=say.append, environment=environment(tmp_path))
    assert (found.path, found.version, found.origin) == (place.path, VERSION, "cache (built by go1.26.8)")
    on_path = program(tmp_path / "bin" / "pulumi", "v3.230.1")
    found = find_engine(may_build=False, progress=say.append, environment=environment(tmp_path))
    assert (found.path, found.version, found.origin) == (on_path, "3.230.1", "PATH")
    named = program(tmp_path / "own" / "pulumi", "v3.210.0")
    given = environment(tmp_path, AZKEEP_PULUMI=str(named))
    found = find_engine(may_build=False, progress=say.append, environment=given)
    assert (found.path, found.origin) == (named, "AZKEEP_PULUMI")


def test_an_old_one_on_path_is_passed_over(tmp_path: Path) -> None:
    """The cache is used instead, and the report says why."""
    place = put_in_cache(tmp_path)
    old = program(tmp_path / "bin" / "pulumi", "v3.199.0")
    looked = look(environment(tmp_path))
    assert [(item.place, item.engine is not None) for item in looked] == [
        ("AZKEEP_PULUMI", False),
        ("PATH", False),
        ("cache", True),
    ]
    assert looked[1].note == f"{old} is 3.199.0, older than 3.200.0"
    assert looked[2].note == str(place.path)


def test_a_named_one_that_is_none_is_an_error(tmp_path: Path) -> None:
    """What the user names is used or refused, never passed over."""
    put_in_cache(tmp_path)
    for given in (str(tmp_path / "none"), str(program(tmp_path / "old", "v2.0.0"))):
        with pytest.raises(EngineError, match="AZKEEP_PULUMI"):
            find_engine(
                may_build=False, progress=lambda _: None, environment=environment(tmp_path, AZKEEP_PULUMI=given)
            )


def test_nothing_found_lists_every_place(tmp_path: Path) -> None:
    """Without a build allowed, the error says where it was looked."""
    with pytest.raises(EngineMissing) as caught:
        find_engine(may_build=False, progress=lambda _: None, environment=environment(tmp_path))
    places = [line.split(":")[0] for line in caught.value.detail.splitlines()]
    assert places == ["AZKEEP_PULUMI", "PATH", "cache", "official installer", "build"]


def test_a_version_is_asked_once_per_file(tmp_path: Path) -> None:
    """The answer is remembered until the file changes."""
    path = program(tmp_path / "pulumi", "v3.220.0")
    assert [version_of(path, tmp_path / "cache") for _ in range(2)] == ["3.220.0", "3.220.0"]
    assert asked(path) == 1
    program(path, "v3.221.0-alpha.1")
    assert version_of(path, tmp_path / "cache") == "3.221.0-alpha.1"
    assert version_of(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("version", "supported"), [("3.199.9", False), ("3.200.0", True), ("3.272.0", True), ("4.0.0", False), ("", False)]
)
def test_supported_versions(version: str, supported: bool) -> None:
    """3.200.0 and newer, within 3."""
    assert is_supported(version) is supported


def test_offline_is_a_switch() -> None:
    """Empty and 0 are off."""
    assert [is_offline({"AZKEEP_OFFLINE": value}) for value in ("", "0", "1", "yes")] == [False, False, True, True]
    assert not is_offline({})


def test_an_engine_that_did_not_come_whole_is_none(tmp_path: Path) -> None:
    """A binary without its record, or a record without its binary, does not count."""
    place = put_in_cache(tmp_path)
    assert place.sha256() == sha256_of(place.path)
    place.path.unlink()
    assert place.sha256() is None


def test_export_to_nowhere_is_refused(tmp_path: Path) -> None:
    """A file in a folder that does not exist is a wrong argument, told as one."""
    with pytest.raises(UsageError, match=r"cannot be exported to .*none/engine.tar\.gz: No such file or directory"):
        export_engine(put_in_cache(tmp_path), tmp_path / "none" / "engine.tar.gz")


def test_an_exported_engine_can_be_imported_elsewhere(tmp_path: Path) -> None:
    """With its checksum, into another cache; the same binary runs there."""
    sha256 = export_engine(put_in_cache(tmp_path), tmp_path / "engine.tar.gz")
    there = Cached(tmp_path / "there")
    assert import_engine(there, tmp_path / "engine.tar.gz") == sha256
    assert there.sha256() == sha256 == sha256_of(there.path)
    assert there.origin() == "imported"
    assert version_of(there.path) == VERSION


def test_only_a_whole_engine_is_exported(tmp_path: Path) -> None:
    """Nothing in the cache, or something else than what was put there, is refused."""
    with pytest.raises(EngineMissing):
        export_engine(Cached(tmp_path / "none"), tmp_path / "engine.tar.gz")
    place = put_in_cache(tmp_path)
    place.path.write_text("changed")
    with pytest.raises(EngineBuildFailed):
        export_engine(place, tmp_path / "engine.tar.gz")


@pytest.mark.parametrize(
    ("change", "message"),
    [("pulumi", "damaged"), ("version", "needs"), ("platform", "needs"), ("extra", "no exported")],
)
def test_a_bad_archive_is_refused(tmp_path: Path, change: str, message: str) -> None:
    """Another binary, version or platform, or an archive with something else in it: the cache stays as it was."""
    export_engine(put_in_cache(tmp_path), tmp_path / "good.tar.gz")
    parts = tmp_path / "parts"
    with tarfile.open(tmp_path / "good.tar.gz") as archive:
        for member in archive.getmembers():
            parts.mkdir(exist_ok=True)
            packed = archive.extractfile(member)
            assert packed is not None
            (parts / member.name).write_bytes(packed.read())
    (parts / change).write_text("other\n")
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        for path in parts.iterdir():
            archive.add(path, path.name)
    there = Cached(tmp_path / "there")
    with pytest.raises(UsageError, match=message):
        import_engine(there, tmp_path / "bad.tar.gz")
    assert there.sha256() is None
    (tmp_path / "junk").write_text("junk")
    with pytest.raises(UsageError, match="cannot be read"):
        import_engine(there, tmp_path / "junk")


def test_a_known_build_must_have_its_checksum() -> None:
    """A pair of Go and platform that was measured must give the measured bytes; others are only noted."""
    expected = "204a095258e0a1f566f8804ecae619ad96fc1a1bee1cfd2b1538c293cd7b453f"
    assert check_sha256(expected, "go1.26.8", "linux-amd64")
    assert not check_sha256("other", "go1.99.0", "linux-amd64")
    with pytest.raises(EngineBuildFailed, match="another result"):
        check_sha256("other", "go1.26.8", "linux-amd64")


def test_offline_without_go_says_so_at_once(tmp_path: Path) -> None:
    """Nothing is fetched: the way out is another machine's build."""
    with pytest.raises(EngineBuildFailed, match="AZKEEP_OFFLINE"):
        find_engine(may_build=True, progress=lambda _: None, environment=environment(tmp_path))


def test_progress_is_one_line() -> None:
    """Packages built of all, and the time left once there is a pace."""
    assert describe_progress(0, 1351, None) == "Building the Pulumi engine, once per machine: 0 of 1351 packages"
    assert describe_progress(612, 1351, 130).endswith("612 of 1351 packages, about 2 min left")
    assert describe_progress(1300, 1351, 10).endswith("less than a minute left")


def test_the_platform_is_named_as_go_names_it() -> None:
    """System and machine, lower case."""
    system, machine = platform_name().split("-", 1)
    assert system in ("linux", "darwin")
    assert machine not in ("x86_64", "aarch64")
