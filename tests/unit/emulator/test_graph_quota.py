"""Resource Graph's own limit."""

from __future__ import annotations

from azkeep.emulator.graph_quota import Quota


def test_window_begins_with_its_first_query() -> None:
    """Fifteen pass, the sixteenth does not, and five seconds after the first all are there again."""
    moment = [100.0]
    quota = Quota(lambda: moment[0])
    assert [quota.take("me")[0] for _ in range(16)] == [True] * 15 + [False]
    moment[0] = 103.2
    assert quota.take("me") == (
        False,
        {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:02"},
    )
    assert quota.take("you")[0]
    moment[0] = 105.0
    assert quota.take("me") == (
        True,
        {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"},
    )
