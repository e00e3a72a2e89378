"""The settings of the stack that is running, for its program."""

from __future__ import annotations

from pathlib import Path

import pulumi

from azkeep.components import settings
from azkeep.components.settings_file import load
from azkeep.errors import Problems


class SettingsRefused(Problems, pulumi.RunError):
    """The settings are wrong. As a RunError it ends a program with its text alone, without a traceback."""

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def stack_settings(key: str = "estate") -> settings.Estate:
    """What `<project>:<key>` says in this stack's configuration.

    Lines are those of `Pulumi.<stack>.yaml` in the working folder. Raises SettingsRefused with every problem.
    """
    data = pulumi.Config().get_object(key)
    file = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    try:
        return load(file, f"{pulumi.get_project()}:{key}", {} if data is None else data)
    except Problems as found:
        raise SettingsRefused(found.errors) from None
