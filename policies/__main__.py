"""azkeep's rules as a CrossGuard pack: `pulumi preview --policy-pack policies`."""

from pathlib import Path

from azkeep.policy.crossguard import make_pack
from azkeep.policy.loading import load_rules
from azkeep.settings.project import find_root
from azkeep.settings.waivers import load_waivers

HERE = Path(__file__).resolve().parent

make_pack(load_rules(HERE), load_waivers(find_root(HERE)))
