"""The build of the Pulumi CLI, with a Go toolchain that only pretends to compile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from azkeep.engine.build import build_engine
from azkeep.engine.cache import VERSION, Cached, sha256_of
from azkeep.errors import EngineBuildFailed

GO = """#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/asked"
env | grep -E '^(GO|CGO)' | sort > "$here/environment"
case "$1" in
  version) echo "go version go1.99.1 linux/amd64" ;;
  list) printf 'true\\ntrue\\nfalse\\n' ;;
  build)
    ls go.mod go.sum tools.go > "$here/files"
    [ -e "$here/broken" ] && { echo "x.go:1: no good" >&2; exit 1; }
    echo "go: downloading example.org/module v1" >&2
    echo "example.org/one" >&2
    while [ "$1" != "-o" ]; do shift; done
    printf '#!/bin/sh\\necho v3.220.0\\n' > "$2" ;;
esac
"""


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """The folder of a pretended Go toolchain, for PATH."""
    folder = tmp_path / "go"
    folder.mkdir()
    (folder / "go").write_text(GO)
    (folder / "go").chmod(0o755)
    return folder


def environment(go: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{go}:/usr/bin:/bin", "HOME": str(go), **more}


def test_a_build_is_made_once_and_recorded(tmp_path: Path, go: Path) -> None:
    """From the shipped module files; the second call finds it made, without asking Go."""
    place, said = Cached(tmp_path / "cache" / "one"), list[str]()
    assert build_engine(place, environment=environment(go), progress=said.append) == place
    assert place.sha256() == sha256_of(place.path)
    assert place.origin() == "built by go1.99.1"
    assert subprocess.run([place.path], capture_output=True, text=True, check=True).stdout == f"v{VERSION}\n"
    assert (go / "files").read_text().split() == ["go.mod", "go.sum", "tools.go"]
    assert "No checksum is known for a build by go1.99.1" in said[-1]
    (go / "asked").unlink()
    build_engine(place, environment=environment(go), progress=said.append)
    assert not (go / "asked").exists()


def test_a_users_own_go_settings_do_not_shape_it(tmp_path: Path, go: Path) -> None:
    """Flags, targets and workspaces of the user's environment would change the bytes."""
    own = {"GOFLAGS": "-race", "GOOS": "plan9", "GOAMD64": "v4", "GOWORK": "/x", "GOPROXY": "https://proxy.example.org"}
    build_engine(Cached(tmp_path / "one"), environment=environment(go, **own), progress=lambda _: None)
    assert (go / "environment").read_text().split() == [
        "CGO_ENABLED=0",
        "GOFLAGS=-mod=readonly",
        "GOPROXY=https://proxy.example.org",
        "GOTOOLCHAIN=local",
        "GOWORK=off",
    ]
    asked = (go / "asked").read_text()
    assert "-trimpath" in asked
    assert "-buildvcs=false" in asked


def test_offline_the_module_cache_has_to_do(tmp_path: Path, go: Path) -> None:
    """No proxy is asked."""
    offline = environment(go, AZKEEP_OFFLINE="1", GOPROXY="https://proxy.example.org")
    build_engine(Cached(tmp_path / "one"), environment=offline, progress=lambda _: None)
    assert "GOPROXY=off" in (go / "environment").read_text()


def test_a_failed_build_leaves_no_engine(tmp_path: Path, go: Path) -> None:
    """The compiler's words are in the detail, and a later build may succeed."""
    place = Cached(tmp_path / "one")
    (go / "broken").touch()
    with pytest.raises(EngineBuildFailed) as caught:
        build_engine(place, environment=environment(go), progress=lambda _: None)
    assert caught.value.detail == "x.go:1: no good"
    assert place.sha256() is None
    (go / "broken").unlink()
    build_engine(place, environment=environment(go), progress=lambda _: None)
    assert place.sha256() is not None


def test_the_search_needs_the_standard_library_alone() -> None:
    """The engine is built before azkeep's dependencies are installed."""
    source = Path(__file__).parents[3] / "src"
    check = "import sys, azkeep.engine.find, azkeep.engine.build; print({'yaml', 'pulumi'} & set(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-S", "-c", check], env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=True
    )
    assert said.stdout == "set()\n"
