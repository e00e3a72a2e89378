"""Where a stack's state, secrets key, recordings and history are kept.

They stand where Pulumi has them (`backend.url` in Pulumi.yaml, PULUMI_BACKEND_URL, `secretsprovider` in the stack's
file, PULUMI_CONFIG_PASSPHRASE), so that plain `pulumi` sees the same state. Only the local cloud makes its own.
"""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from azkeep.engine import backend
from azkeep.engine.private import private_random
from azkeep.errors import UsageError
from azkeep.settings.project import OWN_FOLDER, marker_of
from azkeep.settings.stack import Cloud, StackSettings
from azkeep.settings.yaml_lines import load as load_yaml

PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE_FILE"
PASSPHRASE_VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE_FILE)


@dataclass(frozen=True)
class Keeping:
    """`own` is azkeep's folder for this cloud, `folder` the one beside the state. `environment` opens the secrets;
    `command` names what one command keeps while it works."""

    backend_url: str
    secrets_provider: str
    own: Path
    folder: Path
    project: str
    env: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    command: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def config_file(self) -> Path:
        """The private copy of the stack's settings, which the engine may write to and which keeps what encrypts."""
        return self.own / "config" / self.project / f"Pulumi.{self.env}.yaml"

    @property
    def run_config(self) -> Path:
        """The copy that the runs of one command read: another at work on the stack may have other `--config`."""
        return self.runs / f"settings-{self.command}" / self.config_file.name

    @property
    def turn(self) -> Path:
        """The file that whoever changes the stack holds."""
        return self.config_file.with_name(f".{self.env}.turn")

    @property
    def runs(self) -> Path:
        return self.own / "runs"

    @property
    def recording(self) -> Path:
        return self.folder / "recorded" / self.project / f"{self.env}.json"

    @property
    def history(self) -> Path:
        return self.folder / "history" / self.project / f"{self.env}.jsonl"

    @property
    def hash_key(self) -> bytes:
        """The key of secrets' hashes in recordings; made on first use, 0600."""
        return private_random(self.folder / "hash.key").encode()

    def prepare(self) -> None:
        """azkeep's folder and, on the local cloud, its passphrase exist afterwards. Raises UsageError if not."""
        try:
            self.own.mkdir(parents=True, exist_ok=True, mode=0o700)
            if PASSPHRASE_FILE in self.environment:
                private_random(Path(self.environment[PASSPHRASE_FILE]))
        except OSError as error:
            raise UsageError(
                f"azkeep cannot keep its files in {self.own}: {error.strerror}",
                fix="Let it write there, or, if a file stands in the way, move that file: azkeep needs the folder"
                f" {OWN_FOLDER} in the project.",
                subject=str(self.own),
            ) from error


def keeping_of(settings: StackSettings, environment: Mapping[str, str]) -> Keeping:
    """Where the stack is kept. On azure both the backend and the secrets provider must be named: UsageError if not."""
    own = settings.place.own / settings.cloud.value
    if settings.cloud is Cloud.LOCAL:
        _require_nothing_left_behind(settings)
        url, opens = backend.url_of(own / "state"), _local_passphrase(own, environment)
    else:
        url, opens = _named_backend(settings, environment), {}
        _require_secrets_provider(settings, environment)
    return Keeping(
        backend_url=url,
        secrets_provider=settings.secrets_provider or "passphrase",
        own=own,
        folder=_folder_beside(url, own),
        project=settings.project,
        env=settings.env,
        environment=opens,
    )


def _require_nothing_left_behind(settings: StackSettings) -> None:
    """Raises UsageError where the stack's state stands in a folder that was the project's root before.

    An azkeep.yaml or a .git that somebody put above an applied stack moves the root; a run that went on from there
    would find no state and create everything again.
    """
    place = settings.place
    if _has_state(place.root, settings):
        return
    inner = [folder for folder in (place.folder, *place.folder.parents) if folder.is_relative_to(place.root)]
    behind = next((folder for folder in inner if _has_state(folder, settings)), None)
    if behind is None:
        return
    old, new = behind / OWN_FOLDER, place.own
    fix = f"Take it along: mv {shlex.quote(str(old))} {shlex.quote(str(new))}"
    raise UsageError(
        f"the state of {settings.project}/{settings.env} was left behind in {old}",
        detail=f"The project's root is {place.root} now, for its {marker_of(place.root)}, and azkeep keeps state in the"
        " root.",
        fix=fix if not new.exists() else f"Move what marks the root back to {behind}, or {old} out of the way.",
        subject=settings.project,
    )


def _has_state(root: Path, settings: StackSettings) -> bool:
    url = backend.url_of(root / OWN_FOLDER / settings.cloud.value / "state")
    return backend.checkpoint_file(url, settings.project, settings.env) is not None


def _local_passphrase(own: Path, environment: Mapping[str, str]) -> dict[str, str]:
    if any(name in environment for name in PASSPHRASE_VARIABLES):
        return {}
    return {PASSPHRASE_FILE: str(own / "passphrase")}


def _named_backend(settings: StackSettings, environment: Mapping[str, str]) -> str:
    if environment.get("PULUMI_BACKEND_URL"):
        return environment["PULUMI_BACKEND_URL"]
    document = load_yaml(settings.place.folder / "Pulumi.yaml").value or {}
    backend = document.get("backend") if isinstance(document, dict) else None
    if isinstance(backend, dict) and backend.get("url"):
        return str(backend["url"])
    raise UsageError(
        "no backend is named for the state on cloud azure",
        detail="A state file on one machine would be lost with it, so azkeep does not choose one by itself.",
        fix="Add `backend: {url: azblob://CONTAINER?storage_account=ACCOUNT}` to Pulumi.yaml, or export"
        " PULUMI_BACKEND_URL.",
        subject=settings.project,
    )


def _require_secrets_provider(settings: StackSettings, environment: Mapping[str, str]) -> None:
    if settings.secrets_provider or any(environment.get(name) for name in PASSPHRASE_VARIABLES):
        return
    raise UsageError(
        "no secrets provider is named on cloud azure",
        fix="Add `secretsprovider: azurekeyvault://VAULT.vault.azure.net/keys/KEY` to"
        f" {settings.file.name if settings.file else f'Pulumi.{settings.env}.yaml'}, or"
        " export PULUMI_CONFIG_PASSPHRASE_FILE.",
        subject=settings.project,
    )


def _folder_beside(backend_url: str, own: Path) -> Path:
    """The folder of a file backend; for any other backend azkeep's own."""
    folder = backend.folder_of(backend_url)
    return folder.parent if folder else own
