"""The colours of the picture, light and dark. Every mark is a word as well: colour alone says nothing."""

from __future__ import annotations

from azkeep.render.page.markup import Markup

LIGHT = (
    "--ground:#ffffff;--sheet:#f5f6f8;--ink:#1b1f24;--faint:#57606a;--line:#c6ccd3;--strong:#7a838d;--red:#b3101f;"
    "--red-sheet:#fdecee;--amber:#7a4a00;--amber-sheet:#fff3d9;--blue:#0a4fa8;--blue-sheet:#e6f0fd;--green:#17602b;"
    "--violet:#5b2a91;--violet-sheet:#f2eafb"
)
DARK = (
    "--ground:#14171b;--sheet:#1c2026;--ink:#e8eaed;--faint:#a2abb5;--line:#3a424c;--strong:#7d8894;--red:#ff8088;"
    "--red-sheet:#3a1a1e;--amber:#f0b860;--amber-sheet:#362a12;--blue:#82b6ff;--blue-sheet:#172a45;--green:#7bd394;"
    "--violet:#cda8ff;--violet-sheet:#2c1f40"
)
FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif'


def colours(selector: str) -> str:
    """The variables of both schemes for what `selector` chooses; paper is light."""
    return (
        f"{selector}{{{LIGHT};color-scheme:light dark}}"
        f"@media (prefers-color-scheme:dark){{{selector}{{{DARK}}}}}"
        f"@media print{{{selector}{{{LIGHT};color-scheme:light}}}}"
    )


PICTURE = Markup(
    f".picture text{{font:12px {FONT};fill:var(--ink)}}"
    ".picture .ground{fill:var(--ground)}"
    ".picture .zone{fill:var(--sheet);stroke:var(--line)}"
    ".picture .zone-title{font-weight:600;font-size:14px}"
    ".picture .frame{fill:none;stroke:var(--strong);stroke-dasharray:none}"
    ".picture .frame-title{font-size:12px;fill:var(--faint)}"
    ".picture .card{fill:var(--ground);stroke:var(--strong)}"
    ".picture .card.drift,.picture .frame.drift{stroke:var(--amber);stroke-width:2.5}"
    ".picture .card.unmanaged{stroke:var(--violet);stroke-width:2;stroke-dasharray:7 4}"
    ".picture .card.unread{stroke:var(--strong);stroke-width:2;stroke-dasharray:2 3}"
    ".picture .card.missing{fill:none;stroke:var(--red);stroke-width:2;stroke-dasharray:7 4}"
    ".picture .name{font-weight:600}"
    ".picture .missing-name{text-decoration:line-through}"
    ".picture .kind{font-size:11px;fill:var(--faint)}"
    ".picture .mark{fill:none;stroke:var(--strong)}"
    ".picture .mark-word{font-size:9px}"
    ".picture .mark.bad{fill:var(--red-sheet);stroke:var(--red)}"
    ".picture .mark.warn{fill:var(--amber-sheet);stroke:var(--amber)}"
    ".picture .mark.odd{fill:var(--violet-sheet);stroke:var(--violet)}"
    ".picture .internet{fill:var(--red-sheet);stroke:var(--red)}"
    ".picture .internet.closed{fill:var(--sheet);stroke:var(--strong)}"
    ".picture .way{fill:none;stroke:var(--red);stroke-width:2}"
    ".picture .tip{fill:var(--red)}"
    ".picture .way-words{font-size:11px;fill:var(--red);font-weight:600;paint-order:stroke;stroke:var(--sheet);"
    "stroke-width:4px;stroke-linejoin:round}"
)
