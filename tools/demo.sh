#!/usr/bin/env bash
# Five minutes with azkeep, told as it happens: declare, preview, apply, preview again, outputs, a foreign hand, audit.
# Everything happens on this machine, in a fresh copy of the stack under .demo, against the local cloud.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3}
STACK=secure-workspace
STARTED=$SECONDS

bold=""; plain=""
if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then bold=$'\e[1m'; plain=$'\e[0m'; fi
tell() { printf '\n%s── %s%s\n' "$bold" "$1" "$plain"; shift; for line in "$@"; do printf '   %s\n' "$line"; done; }
azkeep() { ../.venv/bin/azkeep "$@"; }
show() { printf '\n%s$ azkeep %s%s\n' "$bold" "$*" "$plain"; azkeep "$@"; }
# Exit code 2 is the answer "there are differences", not a failure.
differs() { local code=0; show "$@" || code=$?; [[ $code == 2 ]] || exit "$code"; }

# The engine is looked for, or built once per machine, while the packages are installed and the estate is shown.
engine_log=$(mktemp)
PYTHONPATH=src "$PYTHON" -m azkeep.engine.find >"$engine_log" 2>&1 &
engine=$!
trap 'kill "$engine" 2>/dev/null || true; rm -f "$engine_log"' EXIT
PYTHON=$PYTHON tools/setup.sh

rm -rf .demo
mkdir -p .demo
cp azkeep.yaml .demo/
cp -r "stacks/$STACK" .demo/
rm -rf ".demo/$STACK/.azkeep"
cd .demo

tell "1. What is declared" \
  "A stack is an ordinary Pulumi program. This one declares Microsoft's reference for a secure" \
  "Azure Machine Learning workspace: nothing in it is reachable from the internet." \
  "No engine and no cloud is needed to read it; its settings are checked on the way."
show graph $STACK --env dev

tell "   And is it as secure as it claims?" \
  "209 rules, over what the program declares. What is found here is below the threshold; the stack's README says why."
show check $STACK --env dev

if kill -0 "$engine" 2>/dev/null; then
  tell "2. The engine" "azkeep runs on the real Pulumi engine. It is being built from its Go modules, once per machine."
  tail -n +1 -f "$engine_log" --pid="$engine" || true
fi
wait "$engine" || { cat "$engine_log"; exit 1; }

tell "3. What would happen" \
  "Cloud 'local' is an Azure Resource Manager on this machine: https, real tokens, ARM's own rules." \
  "The same program, unchanged, goes to Azure when the stack's settings say so."
show preview $STACK --env dev

tell "4. Make it so" \
  "The endpoint's traffic names deployments that do not exist yet: it is set in a second pass, as the plan says."
show apply $STACK --env dev --yes --quiet

tell "5. And again" "Applied is applied: a second preview finds nothing to do, and says so with exit code 0."
show preview $STACK --env dev --detailed-exitcode

tell "6. What it gives to others"
show outputs $STACK --env dev

tell "7. A foreign hand" \
  "Somebody opens the workspace and the vault to the internet in the portal, and adds a cluster of GPUs. Here that" \
  "goes through the same front door as any client, under somebody's own name."
workspace=$(azkeep outputs $STACK --env dev workspace_id --raw)
vault=${workspace%%/providers/*}/providers/Microsoft.KeyVault/vaults/keep-dev-kv
show local edit "$workspace" properties.publicNetworkAccess=Enabled --as mallory@example.com
show local edit "$vault" properties.publicNetworkAccess=Enabled --as mallory@example.com
cat >miner.yaml <<'BODY'
location: westeurope
properties:
  computeType: AmlCompute
  properties:
    vmSize: Standard_NC24ads_A100_v4
    scaleSettings: {minNodeCount: 1, maxNodeCount: 4}
    enableNodePublicIp: true
BODY
show local create "$workspace/computes/miner" --body miner.yaml --as mallory@example.com

tell "8. Is it still what we promised?" \
  "What moved, from what to what, who did it and when, which policies it breaks. Exit code 2 means that the estate" \
  "has drifted; a pipeline can page somebody on it."
differs audit $STACK --env dev

tell "9. Put it right" \
  "What the program declares is written again, these findings alone. What nobody declared goes only by name."
show audit $STACK --env dev --fix --yes --quiet --delete "$workspace/computes/miner"

tell "10. As promised"
show audit $STACK --env dev

tell "Done in $((SECONDS - STARTED)) seconds." \
  "Everything is in .demo: go on there with ../.venv/bin/azkeep, or remove the estate again:" \
  "cd .demo && ../.venv/bin/azkeep destroy $STACK --env dev --yes" \
  "The program is stacks/$STACK/__main__.py, its settings Pulumi.dev.yaml beside it."
