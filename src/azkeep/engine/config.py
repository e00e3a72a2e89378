"""Stack settings for the engine: the private copy that it reads and may write, and changes to the folder's own file.

The engine gets a private `Pulumi.STACK.yaml`, written anew from the folder's file before each run: one in
`.azkeep/CLOUD/config/`, which keeps what encrypts, and for runs one of each command's own, since another command on the
same stack may have other values. What encrypts secrets (`encryptionsalt`, `encryptedkey`, `secretsprovider`) is taken
from the folder's file where it stands there, as after `pulumi config set --secret`; else the private copy keeps its
own: a key made anew by every run could not open what an earlier one has encrypted.

The folder's file changes on the user's own command only. A plain value is written into its text, comments kept; a
secret is encrypted by the engine into the same file, with the salt it needs, exactly as plain `pulumi` would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from azkeep.engine.private import alone, private_random, write_private
from azkeep.engine.session import Session
from azkeep.errors import SettingsError, Source
from azkeep.model.value import Secret

KEYS = ("encryptionsalt", "encryptedkey")
PROVIDER = "secretsprovider"
ENCRYPTION = (*KEYS, PROVIDER)
DEFAULTS = {PROVIDER: "passphrase"}
"""What the engine means where a file names nothing."""
STRING = "tag:yaml.org,2002:str"
MAPPING = "tag:yaml.org,2002:map"


def prepare(
    public: Path | None,
    private: Path,
    project: str,
    overrides: Mapping[str, str] | None = None,
    *,
    kept: Path | None = None,
) -> None:
    """Writes the private copy of `public` (None or absent: no settings), `overrides` winning over its values.

    A key without a namespace is the project's. `kept` is the copy that keeps what encrypts, None for `private` itself.
    Raises SettingsError where the file is no YAML mapping.
    """
    root = _compose(public) if public else yaml.MappingNode(MAPPING, [])
    kept = kept or private
    with alone(kept):  # the engine of another process may be writing what encrypts
        root.value.extend(_kept_encryption(root, _compose(kept)))
        _override(root, {qualified(key, project): value for key, value in (overrides or {}).items()})
        write_private(private, yaml.serialize(root) if root.value else "{}\n")


def encryption_of(path: Path) -> dict[str, str]:
    """What encrypts secrets, as a settings file names it; {} where it names nothing. None of it is a secret."""
    root = _compose(path)
    found = {name: _value(root, name) for name in ENCRYPTION}
    return {name: str(node.value) for name, node in found.items() if node is not None}


def adopt_encryption(private: Path, encryption: Mapping[str, str]) -> None:
    """Makes the private copy name `encryption` and no other; all else in it stays."""
    root = _compose(private)
    root.value = [pair for pair in root.value if pair[0].value not in ENCRYPTION]
    for name, value in encryption.items():
        root.value.append((yaml.ScalarNode(STRING, name), yaml.ScalarNode(STRING, value, style='"')))
    private.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(private, yaml.serialize(root) if root.value else "{}\n")


def keep_encryption(private: Path, kept: Path) -> None:
    """What encrypts, as the engine wrote it to the copy of one command, stands in `kept` where nothing stood."""
    found = encryption_of(private)
    with alone(kept):
        if found and not encryption_of(kept):
            adopt_encryption(kept, found)


def read_values(path: Path, project: str) -> dict[str, Any]:
    """The values of a settings file by qualified key, sorted; a secure one is a sealed Secret; {} without the file."""
    root = yaml.safe_load(yaml.serialize(_compose(path))) or {}
    found: dict[str, Any] = {}
    for key, value in (root.get("config") or {}).items():
        sealed = isinstance(value, Mapping) and set(value) == {"secure"}
        found[qualified(str(key), project)] = Secret(value["secure"]) if sealed else value
    return dict(sorted(found.items()))


def qualified(key: str, project: str) -> str:
    """`key` with its namespace: the project's where it names none."""
    return key if ":" in key else f"{project}:{key}"


def set_value(path: Path, project: str, key: str, value: str) -> None:
    """Writes one plain value into the folder's file, everything else in it left as it stands, ends of lines too."""
    text = _text(path)
    root = _composed(text, path)
    named = qualified(key, project)
    scalar = _scalar(value)
    values = _value(root, "config")
    if values is None or not values.value:
        newline = "\r\n" if "\r\n" in text else "\n"
        bare = "".join(line for line in text.splitlines(keepends=True) if line.strip() not in ("config:", "config: {}"))
        joined = bare if not bare or bare.endswith("\n") else bare + newline
        _rewrite(path, f"{joined}config:{newline}  {named}: {scalar}{newline}")
        return
    found = next((node for name, node in values.value if qualified(str(name.value), project) == named), None)
    _rewrite(path, _replaced(text, found, scalar) if found else _inserted(text, values, named, scalar))


def set_secret(session: Session, path: Path, key: str, value: str) -> None:
    """Writes one secret value, encrypted by the stack's secrets provider, into the folder's file."""
    asked = ["config", "set", "--secret", key, "--stack", session.stack, "--config-file", str(path)]
    session.ask(asked, given=value)


def set_sealed(path: Path, key: str, ciphertext: str) -> None:
    """Writes a secret value as it was encrypted before into a settings file that is no user's own."""
    root = _compose(path)
    values = yaml.MappingNode(MAPPING, [(yaml.ScalarNode(STRING, "secure"), yaml.ScalarNode(STRING, ciphertext))])
    root.value.append(
        (yaml.ScalarNode(STRING, "config"), yaml.MappingNode(MAPPING, [(yaml.ScalarNode(STRING, key), values)]))
    )
    write_private(path, yaml.serialize(root, width=2**20))


def engine_values(session: Session, *, open_secrets: bool = False) -> dict[str, Any]:
    """The values that a program sees, by qualified key; secret ones are Secrets, holding nothing unless opened."""
    opened = ["--show-secrets"] if open_secrets else []
    asked = ["config", "--json", "--stack", session.stack, "--config-file", str(session.config_file), *opened]
    found: dict[str, Any] = json.loads(session.ask(asked, wants_output=True).output)
    values = {key: item.get("value") for key, item in found.items()}
    return {key: Secret(value) if found[key].get("secret") else value for key, value in values.items()}


def passphrase_file(folder: Path) -> Path:
    """A file in `folder` with a random passphrase, made on first use, 0600: for PULUMI_CONFIG_PASSPHRASE_FILE."""
    path = folder / "passphrase"
    private_random(path)
    return path


def _override(root: yaml.MappingNode, overrides: Mapping[str, str]) -> None:
    if not overrides:
        return
    values = _value(root, "config")
    if values is None:
        values = yaml.MappingNode(MAPPING, [])
        root.value.append((yaml.ScalarNode(STRING, "config"), values))
    for key, value in overrides.items():
        _set(values, key, value)


def _kept_encryption(root: yaml.MappingNode, before: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """What `before` names and `root` does not: nothing where `root` has a key of its own or another provider."""
    if any(_value(root, name) for name in KEYS):
        return []
    wanted, had = _value(root, PROVIDER), _value(before, PROVIDER)
    if wanted is None:
        return [pair for pair in before.value if pair[0].value in ENCRYPTION]
    if wanted.value != (had.value if had else DEFAULTS[PROVIDER]):
        return []
    return [pair for pair in before.value if pair[0].value in KEYS]


def _replaced(text: str, node: yaml.Node, scalar: str) -> str:
    end = node.end_mark.index
    if not isinstance(node, yaml.ScalarNode):
        end = node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
    return text[: node.start_mark.index] + scalar + text[end:]


def _inserted(text: str, values: yaml.MappingNode, key: str, scalar: str) -> str:
    """`text` with one more setting, after the last one and what is said beside it."""
    last, value = values.value[-1]
    end = max(last.end_mark.index, _end_of(value))  # an alias has the marks of what it stands for
    if values.flow_style:
        return f"{text[:end]}, {key}: {scalar}{text[end:]}"
    line = text.find("\n", len(text[:end].rstrip()))
    until = len(text) if line < 0 else line
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[:until].removesuffix("\r")
    return f"{before}{newline}{' ' * values.value[0][0].start_mark.column}{key}: {scalar}{text[len(before) :]}"


def _end_of(node: yaml.Node) -> int:
    """Where the last plain value in `node` ends: a block itself goes on to the next key, comments included."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return max(_end_of(part) for part in last) if isinstance(last, tuple) else _end_of(last)


def _scalar(value: str) -> str:
    """`value` as a YAML string on one line, quoted where it would be read as anything else."""
    if "\n" in value:
        return json.dumps(value)
    return yaml.safe_dump(value, width=2**20, allow_unicode=True).removesuffix("...\n").strip("\n")


def _text(path: Path) -> str:
    """The file as it stands, ends of lines included; nothing where there is none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _rewrite(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)


def _compose(path: Path) -> yaml.MappingNode:
    return _composed(_text(path), path)


def _composed(text: str, path: Path) -> yaml.MappingNode:
    try:
        node = yaml.compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(
            f"not a settings file: {getattr(error, 'problem', None) or error}",
            source=Source(str(path), mark.line + 1 if mark else None),
        ) from error
    if node is None:
        return yaml.MappingNode(MAPPING, [])
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError("a settings file is a mapping", source=Source(str(path), node.start_mark.line + 1))
    return node


def _value(root: yaml.MappingNode, name: str) -> Any:
    """The node under `name`; None where there is none or it is empty."""
    found = next((node for key, node in root.value if key.value == name), None)
    return found if isinstance(found, yaml.MappingNode) or (found is not None and found.value) else None


def _set(values: yaml.MappingNode, key: str, value: str) -> None:
    kept = list(_others(values, key))
    values.value = [*kept, (yaml.ScalarNode(STRING, key), yaml.ScalarNode(STRING, value, style='"'))]


def _others(values: yaml.MappingNode, key: str) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    return ((name, node) for name, node in values.value if name.value != key)
