"""Recorded documents: bound to a state, private, and without secrets."""

from __future__ import annotations

from pathlib import Path

from azkeep.audit.recording import Recording, expand, load, mask, save

STORE = (
    "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers"
    "/Microsoft.MachineLearningServices/workspaces/w/datastores/d"
)
BODY = {"properties": {"credentials": {"secrets": {"key": "canary", "secretsType": "AccountKey"}}, "accountName": "a"}}


def test_a_recording_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Documents, unread ones and the checkpoint's hash survive, in a file for its owner alone."""
    path = tmp_path / "deep" / "dev.json"
    recording = Recording("abc", {"/subscriptions/s": {"location": "westeurope"}, "/subscriptions/t": None})
    save(path, recording, b"key")
    assert load(path) == recording
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["dev.json"]


def test_no_recording_is_none(tmp_path: Path) -> None:
    """Absent, damaged and foreign files are no recording."""
    path = tmp_path / "dev.json"
    assert load(path) is None
    for text in ("{", "[]", '{"format": 99}'):
        path.write_text(text)
        assert load(path) is None


def test_secrets_become_keyed_hashes() -> None:
    """The value is nowhere, equal values stay equal under one key and differ under another."""
    masked = str(mask(STORE, BODY, b"key"))
    assert "canary" not in masked
    assert masked == str(mask(STORE, BODY, b"key"))
    assert masked != str(mask(STORE, BODY, b"other key"))
    assert "accountName" in masked


def test_a_star_stands_for_every_item() -> None:
    """Lists and objects are both walked."""
    document = {"a": [{"s": 1}, {"s": 2}], "b": {"x": {"s": 3}}}
    assert expand(document, "/a/*/s") == ("/a/0/s", "/a/1/s")
    assert expand(document, "/b/*/s") == ("/b/x/s",)
    assert expand(document, "/c/*/s") == ()
