"""One stack in one environment: Pulumi.<env>.yaml, the cloud it names, and the settings its program sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

from azkeep.errors import AzkeepError, Problems, SettingsError, Source, UsageError
from azkeep.model.value import join
from azkeep.settings import azkeep_yaml, yaml_lines
from azkeep.settings.project import Place, project_file

CLOUD_KEY = "azkeep:cloud"
KEY_FORM = "write `name` or `namespace:name`"
DEFAULT_ENV = "dev"
STACK_FILE_KEYS = ("config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment")
"""Members of a stack's settings file. Source: Pulumi's stack settings file reference."""
TYPED_CONFIG_KEYS = frozenset({"type", "default", "value", "description", "secret", "items"})
"""Members of a declared setting in Pulumi.yaml. Source: Pulumi's project file reference."""
ENV_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""What Pulumi takes as the name of a stack, without those that would be a path of their own."""


class Cloud(StrEnum):
    LOCAL = "local"
    AZURE = "azure"


@dataclass(frozen=True)
class Setting:
    """One value of a stack's configuration. A secret one's `value` is still encrypted: `{"secure": …}` or an object
    with such members. `source` is None for `--config`."""

    value: Any
    secret: bool
    source: Source | None


@dataclass(frozen=True)
class StackSettings:
    """Everything the settings files say of one stack in one environment.

    `file` is None where the environment has no file. `config` is keyed `namespace:name`, Pulumi.yaml's defaults and
    `--config` included. `rehearsal`: an azure environment, run on the local cloud. `document` is the file as it stands.
    """

    place: Place
    project: str
    env: str
    file: Path | None
    cloud: Cloud
    rehearsal: bool
    config: Mapping[str, Setting]
    document: Mapping[str, Any]
    settings: azkeep_yaml.ProjectSettings

    @property
    def secrets_provider(self) -> str | None:
        """What the file names as its secrets provider, None if it names none."""
        named = self.document.get("secretsprovider")
        return str(named) if named else None


def environments(folder: Path) -> dict[str, Path]:
    """Environments that have a settings file, by name, sorted."""
    found: dict[str, Path] = {}
    for pattern in ("Pulumi.*.yml", "Pulumi.*.yaml"):
        for path in folder.glob(pattern):
            found[path.name.removeprefix("Pulumi.").removesuffix(path.suffix)] = path
    return dict(sorted(found.items()))


def load(
    place: Place,
    *,
    env: str | None = None,
    cloud: str | None = None,
    rehearse: bool = False,
    config: Iterable[tuple[str, str]] = (),
) -> StackSettings:
    """The settings of the stack at `place`. Raises UsageError, SettingsError, or Problems with all that is wrong."""
    settings = azkeep_yaml.load(place.root)
    project = _project_document(place)
    name = _project_name(project, place)
    files = environments(_settings_folder(place, project))
    chosen = _choose_env(settings.env if env is None else env, files, place)
    path = files.get(chosen)
    document = yaml_lines.load(path, shown_as=place.shown(path)) if path else yaml_lines.Document("", None, {})
    values = _project_defaults(project, name) | _read_config(document, name) | _given(config, name)
    named = _named_cloud(values.pop(CLOUD_KEY, None))
    return StackSettings(
        place=place,
        project=name,
        env=chosen,
        file=path,
        cloud=_choose_cloud(named, cloud, rehearse=rehearse, file=document.file),
        rehearsal=rehearse and named is Cloud.AZURE,
        config=values,
        document=document.value or {},
        settings=settings,
    )


def _project_document(place: Place) -> yaml_lines.Document:
    path = project_file(place.folder)
    if path is None:
        raise SettingsError("there is no Pulumi.yaml", subject=str(place.folder), source=Source(str(place.folder)))
    return yaml_lines.load(path, shown_as=place.shown(path))


def _project_name(project: yaml_lines.Document, place: Place) -> str:
    name = project.value.get("name") if isinstance(project.value, dict) else None
    if isinstance(name, str) and name:
        return name
    raise SettingsError(
        "the project has no `name`", fix=f"Add `name: {place.folder.name}`.", source=project.source("/name")
    )


def _settings_folder(place: Place, project: yaml_lines.Document) -> Path:
    """Pulumi.yaml's `stackConfigDir`, else the stack's folder."""
    named = project.value.get("stackConfigDir")
    return (place.folder / named).resolve() if isinstance(named, str) and named else place.folder


def _choose_env(asked: str | None, files: Mapping[str, Path], place: Place) -> str:
    if asked is None:
        if len(files) > 1:
            raise UsageError(
                f"`{place.folder.name}` has several environments: {', '.join(files)}",
                fix=f"Choose one: --env {next(iter(files))}",
                subject=place.folder.name,
            )
        return next(iter(files), DEFAULT_ENV)
    if not ENV_NAME.fullmatch(asked):
        raise UsageError(
            f"`{asked}` cannot be an environment's name",
            detail="A name has letters, digits, `_`, `-` and `.`, 100 at most.",
            subject=asked,
        )
    if not files or asked in files:
        return asked
    close = get_close_matches(asked, list(files), n=1)
    raise UsageError(
        f"`{place.folder.name}` has no environment `{asked}`",
        detail=f"It has: {', '.join(files)}.",
        fix=f"Did you mean --env {close[0]}?" if close else f"Add Pulumi.{asked}.yaml, or choose one that exists.",
        subject=asked,
    )


def _project_defaults(project: yaml_lines.Document, name: str) -> dict[str, Setting]:
    """Values that Pulumi.yaml's `config` gives to every environment."""
    declared = project.value.get("config")
    found = {}
    for key, given in (declared if isinstance(declared, dict) else {}).items():
        is_typed = isinstance(given, dict) and not given.keys().isdisjoint(TYPED_CONFIG_KEYS)
        value = given.get("value", given.get("default")) if is_typed else given
        if value is not None:
            found[_qualified(key, name)] = Setting(value, _is_secret(value), project.source(join(("config", key))))
    return found


def _read_config(document: yaml_lines.Document, project: str) -> dict[str, Setting]:
    if document.value is None:
        return {}
    if not isinstance(document.value, dict):
        raise SettingsError(
            "a stack's settings file holds `name: value` lines, and this one does not",
            fix="Write `config:` and, indented below it, lines such as `azkeep:cloud: local`.",
            source=document.source(),
        )
    problems: list[AzkeepError] = [_unknown_key(key, document) for key in document.value if key not in STACK_FILE_KEYS]
    config = document.value.get("config") or {}
    if not isinstance(config, dict):
        problems.append(SettingsError("`config` must hold `key: value` lines", source=document.source("/config")))
        config = {}
    found = {}
    for key, value in config.items():
        source = document.source(join(("config", key)))
        if not is_key(key):
            problems.append(SettingsError(f"`{key}` is not a key: {KEY_FORM}", subject=key, source=source))
        if key.startswith("azkeep:") and key != CLOUD_KEY and get_close_matches(key, [CLOUD_KEY], cutoff=0.8):
            fix = f"Did you mean `{CLOUD_KEY}`?"
            problems.append(SettingsError(f"`{key}` is no setting of azkeep's", subject=key, source=source, fix=fix))
        found[_qualified(key, project)] = Setting(value, _is_secret(value), source)
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return found


def is_key(key: str) -> bool:
    """True if Pulumi takes `key`, with or without a namespace; `namespace:config:name` is its old form."""
    parts = key.split(":")
    return all(parts) and (len(parts) < 3 or (len(parts) == 3 and parts[1] == "config"))


def _unknown_key(key: str, document: yaml_lines.Document) -> SettingsError:
    close = get_close_matches(key, STACK_FILE_KEYS, n=1)
    fix = f"Did you mean `{close[0]}`?" if close else "A stack's own settings stand under `config:`."
    return SettingsError(f"unknown setting `{key}`", fix=fix, subject=key, source=document.source(join((key,))))


def _given(config: Iterable[tuple[str, str]], project: str) -> dict[str, Setting]:
    found = {_qualified(key, project): Setting(value, False, None) for key, value in config}
    for key in found:
        if not is_key(key):
            raise UsageError(f"--config `{key}` is not a key: {KEY_FORM}", subject=key)
    if CLOUD_KEY in found:
        raise UsageError("--config cannot choose the cloud", fix=f"--cloud {found[CLOUD_KEY].value}", subject=CLOUD_KEY)
    return found


def _qualified(key: str, project: str) -> str:
    """`key` with a namespace: Pulumi gives the project's name to a key without one."""
    return key if ":" in key else f"{project}:{key}"


def _is_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_is_secret(item) for item in value.values())
    return isinstance(value, list) and any(_is_secret(item) for item in value)


def _named_cloud(setting: Setting | None) -> Cloud | None:
    if setting is None:
        return None
    if setting.value in tuple(Cloud):
        return Cloud(setting.value)
    close = get_close_matches(str(setting.value), list(Cloud), n=1)
    raise SettingsError(
        f"`{CLOUD_KEY}` must be local or azure, not `{setting.value}`",
        fix=f"Write `{CLOUD_KEY}: {close[0] if close else Cloud.LOCAL}`.",
        subject=CLOUD_KEY,
        source=setting.source,
    )


def _choose_cloud(named: Cloud | None, asked: str | None, *, rehearse: bool, file: str) -> Cloud:
    """The file's cloud, else the one asked for, else local; a rehearsal is always local."""
    if asked is not None and asked not in tuple(Cloud):
        raise UsageError(f"`{asked}` is not a cloud", fix="Choose --cloud local or --cloud azure.", subject=asked)
    if rehearse:
        if asked == Cloud.AZURE:
            raise UsageError("a rehearsal runs on the local cloud only", fix="Leave out --rehearse or --cloud azure.")
        return Cloud.LOCAL
    if named is None or asked is None or asked == named:
        return Cloud(asked) if asked else named or Cloud.LOCAL
    if asked == Cloud.LOCAL:
        fix = "Add --rehearse to run it on the local cloud; Azure is not touched then."
    else:
        fix = f"Leave out --cloud, or set `{CLOUD_KEY}: azure` in {file} if this environment is to live on Azure."
    raise UsageError(f"{file} says `{CLOUD_KEY}: {named}`, the command says --cloud {asked}", fix=fix, subject=file)
