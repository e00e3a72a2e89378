"""doctor: what was found on this machine and why, and what is missing."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from azkeep.engine.find import Looked, look
from azkeep.errors import EXIT_FAILED, EXIT_OK, AzkeepError
from azkeep.jobs.options import DoctorOptions, Progress, StackOptions
from azkeep.jobs.stack import find_stack, refuse_missing_plugins
from azkeep.model.report import Check, CheckState, Doctor, EngineFound, Header, Report

PACKAGES = ("pulumi", "pulumi-azure-native", "azure-identity", "azure-mgmt-core")


def run(options: DoctorOptions, progress: Progress) -> Report:
    """Every check, and exit 1 if one failed."""
    checks: list[Check] = [_python(), *_packages(), *_speed()]
    engine, found = _engine()
    checks += found
    if options.stack is not None:
        checks += _stack(options.stack)
    failed = [check.name for check in checks if check.state is CheckState.FAILED]
    return Report(
        Header(),
        Doctor(engine, tuple(checks)),
        reasons=tuple(f"{name} is not as it should be" for name in failed),
        exit_code=EXIT_FAILED if failed else EXIT_OK,
    )


def _python() -> Check:
    return Check("python", CheckState.OK, f"{platform.python_version()} at {sys.executable}")


def _packages() -> Iterator[Check]:
    for name in PACKAGES:
        try:
            yield Check(name, CheckState.OK, version(name))
        except PackageNotFoundError:
            yield Check(name, CheckState.FAILED, "not installed", fix=f"pip install {name}")


def _speed() -> Iterator[Check]:
    from azkeep.program import speed

    for change in speed.applied():
        yield Check(f"sdk change {change.name}", CheckState.OK, "on")
    for change, why in speed.skipped():
        yield Check(f"sdk change {change.name}", CheckState.WARNING, f"off: {why}")


def _engine() -> tuple[EngineFound | None, list[Check]]:
    try:
        looked = look(os.environ)
    except AzkeepError as error:
        return None, [Check("pulumi engine", CheckState.FAILED, error.summary, error.fix)]
    found = next((place.engine for place in looked if place.engine), None)
    checks = [_looked(place) for place in looked]
    if found is None:
        fix = "azkeep engine build, or azkeep engine import FILE, or install Pulumi"
        return None, [*checks, Check("pulumi engine", CheckState.WARNING, "none yet; the first run builds it", fix)]
    checks.append(Check("pulumi engine", CheckState.OK, f"{found.version} from {found.origin}"))
    return EngineFound(str(found.path), found.version, found.origin), checks


def _looked(place: Looked) -> Check:
    return Check(f"engine: {place.place}", CheckState.OK, place.note)


def _stack(options: StackOptions) -> Iterator[Check]:
    try:
        stack = find_stack(options)
        yield Check("settings", CheckState.OK, f"{stack.settings.project}/{stack.settings.env}")
        yield Check("cloud", CheckState.OK, stack.settings.cloud.value)
        yield Check("state", CheckState.OK, stack.keeping.backend_url)
        refuse_missing_plugins(stack)
        yield Check("provider plugins", CheckState.OK, "all there")
    except AzkeepError as error:
        yield Check("stack", CheckState.FAILED, str(error), error.fix)
