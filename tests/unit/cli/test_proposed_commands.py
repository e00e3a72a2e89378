"""The commands that errors propose name the stack as it was typed."""

from __future__ import annotations

import pytest

from azkeep.cli.frame.run import address
from azkeep.errors import UsageError
from azkeep.jobs.options import OutputsOptions, StackOptions


@pytest.mark.parametrize(
    ("stack", "fix", "told"),
    [
        (StackOptions("shop"), "azkeep apply STACK", "azkeep apply shop"),
        (StackOptions("shop", env="prod"), "azkeep apply STACK", "azkeep apply shop --env prod"),
        (
            StackOptions("my estate", env="prod", cloud="local", rehearse=True),
            "azkeep outputs STACK name --raw",
            "azkeep outputs 'my estate' --env prod --cloud local --rehearse name --raw",
        ),
        (StackOptions("shop", env="prod"), "azkeep unlock STACK --env dev", "azkeep unlock shop --env dev"),
        (StackOptions("."), "Then azkeep apply STACK.", "Then azkeep apply ."),
        (StackOptions("shop"), "Then azkeep apply STACK.", "Then azkeep apply shop."),
        (StackOptions("shop"), "azkeep unlock STACK --env dev", "azkeep unlock shop --env dev"),
    ],
)
def test_options_that_choose_the_stack(stack: StackOptions, fix: str, told: str) -> None:
    """Environment and cloud are told where they were typed, and none of them twice."""
    error = UsageError("x", fix=fix)
    address(error, OutputsOptions(stack))
    assert error.fix == told
