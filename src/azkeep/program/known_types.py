"""Loads every resource type when it is imported: done once, before programs are forked."""

from azkeep.types import all_types

all_types()
