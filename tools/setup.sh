#!/usr/bin/env bash
# Makes .venv with the locked packages and azkeep itself; with --with-engine also finds or builds the Pulumi engine,
# beside the installation of the packages because each keeps one core busy. Does nothing where all is in place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3}

"$PYTHON" - <<'PY' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"azkeep needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. Next: make PYTHON=python3.12 …")
PY

build_engine() {
  PYTHONPATH=src "$PYTHON" -m azkeep.engine.find --quiet
}

install_packages() {
  if [[ .venv/.ready -nt requirements.lock && .venv/.ready -nt pyproject.toml ]]; then
    return
  fi
  echo "Installing azkeep and its locked dependencies into .venv …"
  [[ -x .venv/bin/python ]] || "$PYTHON" -m venv .venv
  # uv installs and byte-compiles on all cores; pip does the same on one where uv cannot be had.
  if .venv/bin/python -m pip install --quiet --disable-pip-version-check uv; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes -r requirements.lock
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
  else
    .venv/bin/python -m pip install --quiet --compile --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --no-deps --editable .
  fi
  touch .venv/.ready
}

# Where PYTHONDONTWRITEBYTECODE is set, as in most containers, every start would compile azkeep anew: a fifth of a preview.
compile_sources() {
  .venv/bin/python -m compileall -q src policies
}

if [[ "${1:-}" == "--with-engine" ]]; then
  build_engine &
  engine=$!
  # A failed installation must not leave a build running behind it.
  trap 'kill "$engine" 2>/dev/null || true' ERR INT TERM
  install_packages
  compile_sources
  wait "$engine"
else
  install_packages
  compile_sources
fi
