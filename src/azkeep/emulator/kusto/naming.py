"""Names of columns that a query does not name itself."""

from __future__ import annotations

from azkeep.emulator.kusto.syntax import Call, Column, Constant, Expression, Member

TRANSPARENT = frozenset({"tostring", "toint", "tolong", "toreal", "todouble", "tobool", "todatetime"})


def name_of(expression: Expression) -> str | None:
    """`properties_encryption_status` for a path, also within a conversion; None for what has no name of its own."""
    match expression:
        case Column(name):
            return name
        case Member(of, Constant(str(key))):
            outer = name_of(of)
            return f"{outer}_{key}" if outer else None
        case Member(of, Constant(int(index))):
            outer = name_of(of)
            return f"{outer}_{index}" if outer else None
        case Call(function, (inner,)) if function in TRANSPARENT:
            return name_of(inner)
    return None


def unique(name: str, taken: set[str]) -> str:
    """`name`, or with the first number that makes it new; it is among `taken` afterwards."""
    shown, number = name, 1
    while shown in taken:
        shown, number = f"{name}{number}", number + 1
    taken.add(shown)
    return shown
