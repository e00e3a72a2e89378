"""Noise taken out of a comparison: one file per noise, each with its reason and source.

`ORDER` are normal forms, applied to both documents in this order. They never move a value, so that pointers stay
true. `EXPLAINED` look at one difference that is left and say whether a known noise explains it. What none of them
understands is shown.
"""

from azkeep.audit.reconcile.addresses import fold_addresses
from azkeep.audit.reconcile.appearing import has_appeared
from azkeep.audit.reconcile.built_in import fold_built_ins
from azkeep.audit.reconcile.casing import fold_ids
from azkeep.audit.reconcile.connecting import has_connected
from azkeep.audit.reconcile.defaults import is_default
from azkeep.audit.reconcile.empties import drop_empty
from azkeep.audit.reconcile.enums import fold_enums
from azkeep.audit.reconcile.identities import drop_identity_members
from azkeep.audit.reconcile.numbers import fold_numbers
from azkeep.audit.reconcile.regions import fold_regions
from azkeep.audit.reconcile.sizes import fold_sizes
from azkeep.audit.reconcile.tag_names import fold_tag_names
from azkeep.audit.reconcile.times import fold_times
from azkeep.audit.reconcile.volatile import drop_volatile

ORDER = (
    drop_volatile,
    drop_identity_members,
    fold_ids,
    fold_built_ins,
    fold_tag_names,
    fold_enums,
    fold_sizes,
    fold_regions,
    fold_addresses,
    fold_times,
    fold_numbers,
    drop_empty,
)
EXPLAINED = (is_default, has_appeared, has_connected)
