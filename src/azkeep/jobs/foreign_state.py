"""audit --state FILE: the estate of an exported Pulumi state that azkeep did not make. Only looked at."""

from __future__ import annotations

import json
import os
import secrets
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from azkeep.audit.choosing import Choice, choose, refuse_unknown
from azkeep.audit.judge import AGAIN, COMES_BACK
from azkeep.clouds import Cloud, open_cloud
from azkeep.engine.state import State
from azkeep.errors import AuthFailed, SettingsError, Source, StackMissing, UsageError
from azkeep.jobs.audit import Sight, examined, known_ids, masked_others, own_groups, since_of, verdict
from azkeep.jobs.documents import state_in
from azkeep.jobs.estate import basis_without_recording, masked
from azkeep.jobs.options import AuditOptions, Progress
from azkeep.jobs.stack import STORE
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.report import Header, Report
from azkeep.settings.project import OWN_FOLDER, find_root

EXPORT = "pulumi stack export --file state.json writes one."


def audit_state(options: AuditOptions, progress: Progress) -> Report:
    """What differs from what the state declares; nothing was recorded, so declared properties alone are compared."""
    path = Path(options.state or "")
    state = read_state(path)
    basis = basis_without_recording(state)
    if not basis.recorded:
        raise StackMissing("the state holds no Azure resource", subject=str(path), fix="Export another one.")
    started, root = datetime.now(UTC), find_root(Path.cwd())
    subscription = _subscription(basis.recorded)
    name = options.stack.cloud or "azure"
    store = root / OWN_FOLDER / "local" / STORE
    with _opened(name, store, subscription) as cloud:
        reader = cloud.reader()
        progress.phase("Reading the live estate")
        swept = read_managed(reader, basis.recorded)
        seen = read_around(reader, swept, own_groups(basis.recorded))
        key = secrets.token_bytes(32)
        found = examined(
            Sight(basis, masked(swept.live, key), masked_others(seen, key)), reader, progress, root, options.stack.env
        )
        refuse_unknown(options.stack.only, known_ids(found, basis.recorded))
        audit = choose(found, Choice(options.stack.only, options.severity, since_of(options.since)))
        header = Header(
            stack=_stack(state),
            env=options.stack.env,
            cloud=cloud.name,
            tenant=cloud.tenant,
            subscription=cloud.subscription,
            caller=cloud.caller,
            started_at=started,
            seconds=(datetime.now(UTC) - started).total_seconds(),
        )
    drifts = tuple(advised(drift, path) for drift in audit.drifts)
    code, reasons = verdict(audit, options.fail_on)
    return Report(header, replace(audit, drifts=drifts), reasons=reasons, exit_code=code)


@contextmanager
def _opened(name: str, store: Path, subscription: str | None) -> Iterator[Cloud]:
    """The cloud of the estate. Raises AuthFailed, which says that the state may be of the local cloud."""
    try:
        with open_cloud(name, store=store, environment=os.environ, subscription=subscription) as cloud:
            yield cloud
    except AuthFailed as error:
        error.fix = f"{error.fix} If the state is of the local cloud, add --cloud local.".strip()
        raise


def read_state(path: Path) -> State:
    """The state in a file: an export, or a checkpoint of the file backend. Raises SettingsError or UsageError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"the state cannot be read: {error.strerror}",
            subject=str(path),
            source=Source(str(path)),
            fix=EXPORT,
        ) from error
    except json.JSONDecodeError as error:
        line = Source(str(path), error.lineno)
        raise SettingsError(f"not valid JSON: {error.msg}", subject=str(path), source=line, fix=EXPORT) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError("no JSON in UTF-8", subject=str(path), source=Source(str(path)), fix=EXPORT) from error
    return state_in(document, path)


def _subscription(ids: Iterable[str]) -> str | None:
    found = [ArmId.parse(id).subscription for id in ids]
    return next((each for each in found if each), None)


def _stack(state: State) -> str | None:
    """`project/stack` of the state's URNs."""
    urn = next((resource.urn for resource in state.everything), "")
    parts = urn.split("::")
    return parts[1] if len(parts) > 2 else None


def advised(drift: Drift, path: Path) -> Drift:
    """`drift` with what puts it right without azkeep, which has no program for this estate and fixes nothing in it."""
    return replace(drift, detail=drift.detail.partition(f": {COMES_BACK}")[0], fix=_advice(drift, path))


def _advice(drift: Drift, path: Path) -> str:
    fix = drift.fix
    if drift.kind is DriftKind.UNMANAGED:
        return f"declare it in the program behind this state, or delete {drift.id}"
    if fix == AGAIN:
        return fix.replace("{stack}", shlex.join(("--state", str(path))))
    first = "recover it, for its name stays taken; then " if drift.soft_deleted or "recover" in fix else ""
    return f"{first}pulumi up --refresh, with the program behind this state" if fix else ""
