"""What a stack's program declares, read without an engine or a cloud."""

from __future__ import annotations

from azkeep.jobs.stack import SUBSCRIPTION_KEY, Stack
from azkeep.program.launcher import Launcher
from azkeep.program.offline import Declaration, declare


def declare_stack(stack: Stack, *, subscription: str | None = None, launcher: Launcher | None = None) -> Declaration:
    """The program's resources under the stack's settings, in `subscription` where these name none. `launcher` is one
    that `load_ahead` gave; whoever gave it closes it. Raises ProgramError, or the settings' own errors."""
    config = {key: _text(setting.value) for key, setting in stack.settings.config.items() if not setting.secret}
    secret = frozenset(key for key, setting in stack.settings.config.items() if setting.secret)
    if subscription is not None:
        config.setdefault(SUBSCRIPTION_KEY, subscription)
    return declare(stack.project, stack=stack.settings.env, config=config, secret_config=secret, launcher=launcher)


def _text(value: object) -> str:
    """A setting as Pulumi hands it to a program: strings as they are, everything else as JSON."""
    import json

    return value if isinstance(value, str) else json.dumps(value)
