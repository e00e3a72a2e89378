"""config get | set | list: a stack's settings, where Pulumi has them."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from azkeep.engine import config as engine_config
from azkeep.errors import UsageError
from azkeep.jobs.options import ConfigOptions, Progress
from azkeep.jobs.stack import Stack, closed_session, find_stack
from azkeep.model.report import ConfigEntry, Configuration, Report
from azkeep.model.value import Secret
from azkeep.settings.stack import KEY_FORM, Setting, is_key


def run(options: ConfigOptions, progress: Progress) -> Report:
    """All settings, one of them, or all after one was set. Secrets stay sealed."""
    stack = find_stack(options.stack)
    if options.action == "set":
        return _set(options, stack, progress)
    entries = _entries(stack)
    if options.action == "list":
        return Report(stack.header(), Configuration(entries))
    key = engine_config.qualified(options.key or "", stack.settings.project)
    chosen = tuple(entry for entry in entries if entry.key == key)
    if not chosen:
        known = [entry.key for entry in entries]
        close = get_close_matches(key.rpartition(":")[2], [name.rpartition(":")[2] for name in known], n=1)
        meant = [name for name in known if close and name.rpartition(":")[2] == close[0]]
        raise UsageError(
            f"there is no setting `{key}`",
            detail=f"There are: {', '.join(known) or 'none'}.",
            fix=f"Did you mean `{meant[0]}`?" if meant else f"azkeep config set STACK {key} VALUE",
            subject=key,
        )
    return Report(stack.header(), Configuration(chosen))


def _set(options: ConfigOptions, stack: Stack, progress: Progress) -> Report:
    if not is_key(options.key or ""):
        raise UsageError(f"`{options.key}` is not a key: {KEY_FORM}", subject=options.key or "")
    key = engine_config.qualified(options.key or "", stack.settings.project)
    file = stack.settings.file or stack.project.folder / f"Pulumi.{stack.settings.env}.yaml"
    value = options.value or ""
    before = stack.settings.config.get(key)
    if options.secret:
        session = closed_session(stack, progress)
        session.ensure_stack()
        engine_config.set_secret(session, file, key, value)
    else:
        engine_config.set_value(file, stack.settings.project, key, value)
    again = find_stack(replace(options.stack, env=stack.settings.env))
    return Report(again.header(), Configuration(_entries(again), changed=key, before=before and _value(before)))


def _entries(stack: Stack) -> tuple[ConfigEntry, ...]:
    return tuple(_entry(key, setting) for key, setting in sorted(stack.settings.config.items()))


def _entry(key: str, setting: Setting) -> ConfigEntry:
    return ConfigEntry(key, _value(setting), origin=str(setting.source) if setting.source else "--config")


def _value(setting: Setting) -> Any:
    return Secret(setting.value) if setting.secret else setting.value
