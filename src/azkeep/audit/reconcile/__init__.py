"""Noise taken out before documents are compared: one file per noise, applied to both sides in this order."""

from azkeep.audit.reconcile.casing import fold_ids
from azkeep.audit.reconcile.empties import drop_empty
from azkeep.audit.reconcile.order import sort_sets
from azkeep.audit.reconcile.volatile import drop_volatile

ORDER = (drop_volatile, fold_ids, drop_empty, sort_sets)
