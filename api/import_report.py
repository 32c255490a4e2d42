"""An import's report as one page for the person who has to act on it: no scripts, and every text escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import islice

from api.import_words import became, beside, faults, lines_of, who, word
from domain.identity import Outcome
from domain.importing.completeness import REQUIRED
from domain.importing.counts import Counts
from domain.importing.row import Verdict
from messages import message
from store.imports import AskedLead, Imports, LineFilter
from store.tables import ImportLineRow, ImportRow

SHOWN = 200
"""Rows in each table; the workbook has all."""

_STYLE = """
:root{--ink:#1c2430;--soft:#5c6878;--line:#e3e8ee;--paper:#fff;--back:#f4f6f9;--good:#1f7a4d;--known:#2563a8;
--same:#5b5f97;--doubt:#b26a00;--bad:#b3261e}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
font:15px/1.55 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0 0 4px}
h2{font-size:18px;margin:0 0 14px}.soft{color:var(--soft)}section{background:var(--paper);border:1px solid var(--line);
border-radius:12px;padding:20px 22px;margin-top:18px}.stage{display:inline-block;padding:2px 10px;border-radius:999px;
background:#e8eef7;color:var(--known);font-size:13px;margin-left:10px;vertical-align:middle}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px;margin-top:18px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:14px 16px;
border-top:4px solid var(--c)}.card b{display:block;font-size:28px;line-height:1.2;color:var(--c)}
ul{margin:0;padding-left:20px}table{width:100%;border-collapse:collapse;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);padding:6px 8px}
td{border-bottom:1px solid var(--line);padding:6px 8px;vertical-align:top;overflow-wrap:anywhere}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}.bar{height:9px;border-radius:5px;
background:var(--line);overflow:hidden;min-width:120px}.bar i{display:block;height:100%;background:var(--c)}
.pair{display:grid;grid-template-columns:1fr 52px;gap:8px;align-items:center;font-variant-numeric:tabular-nums}
@media print{body{background:#fff}section,.card{break-inside:avoid}}
"""
_COLOURS = {
    Verdict.NEW: "good",
    Verdict.KNOWN: "known",
    Verdict.SAME_ROW: "same",
    Verdict.DOUBT: "doubt",
    Verdict.BAD: "bad",
}


def page(store: Imports, row: ImportRow, locale: str) -> str:
    """The report as an HTML document that needs nothing else.

    Args:
        store: reads the rows.
        row: the import.
        locale: the catalogue.
    """
    counts = Counts.model_validate(row.counts)
    left = len(store.lines(row, LineFilter(state="left"), None, SHOWN))
    asked = store.asked([row]).get(row.id)
    title = message(locale, "import-report-title")
    body = "".join(
        (
            f"<h1>{escape(title)}<span class=stage>{escape(word(locale, 'stage', row.stage))}</span></h1>",
            f"<div class=soft>{escape(row.filename)} · {row.created_at:%Y-%m-%d %H:%M} UTC · {escape(row.id)}</div>",
            _cards(counts, locale),
            _section(message(locale, "import-report-to-do"), _to_do(counts, left, asked, locale)),
            _section(message(locale, "import-report-completeness"), _completeness(counts, locale)),
            _completed(counts, locale),
            *(_rows(store, row, counts, verdict, locale) for verdict in (Verdict.DOUBT, Verdict.BAD)),
            *(_rows(store, row, counts, verdict, locale) for verdict in (Verdict.SAME_ROW, Verdict.KNOWN)),
        )
    )
    head = f'<meta charset=utf-8><meta name=viewport content="width=device-width"><title>{escape(title)}</title>'
    return f"<!doctype html><html lang={locale}><head>{head}<style>{_STYLE}</style></head><main>{body}</main></html>"


def _cards(counts: Counts, locale: str) -> str:
    cards = [_card(message(locale, "import-report-rows"), counts.rows, "soft")]
    cards += [_card(word(locale, "verdict", it), counts.verdicts.get(it, 0), colour) for it, colour in _COLOURS.items()]
    return f"<div class=cards>{''.join(cards)}</div>"


def _card(name: str, number: int, colour: str) -> str:
    return f'<div class=card style="--c:var(--{colour})"><b>{number:,}</b>{escape(name)}</div>'


def _to_do(counts: Counts, left: int, asked: Mapping[Outcome, int] | None, locale: str) -> str:
    numbers = {
        "doubt": counts.verdicts.get(Verdict.DOUBT, 0) if asked is None else 0,
        "asked": asked.get(Outcome.NEEDS_CONFIRMATION, 0) if asked else 0,
        "bad": counts.verdicts.get(Verdict.BAD, 0),
        "left": left,
    }
    items = [message(locale, f"import-report-do-{name}", count=number) for name, number in numbers.items() if number]
    if not items:
        return f"<p>{escape(message(locale, 'import-report-nothing-to-do'))}</p>"
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _completeness(counts: Counts, locale: str) -> str:
    moments = {"before": counts.before, "after": counts.after}
    heads = [message(locale, f"import-report-{name}", count=it.get("all", 0)) for name, it in moments.items()]
    lines = (
        (
            escape(word(locale, "field", name)),
            _bar(counts.before, name, "var(--soft)"),
            _bar(counts.after, name, "var(--good)"),
        )
        for name in (*REQUIRED, "complete")
    )
    return _table(("", *heads), lines)


def _bar(numbers: Mapping[str, int], name: str, colour: str) -> str:
    share = numbers.get(name, 0) / max(1, numbers.get("all", 0))
    bar = f'<div class=bar><i style="--c:{colour};width:{share:.1%}"></i></div>'
    return f"<div class=pair>{bar}<span>{share:.0%}</span></div>"


def _completed(counts: Counts, locale: str) -> str:
    if not counts.completed:
        return ""
    heads = [message(locale, f"import-report-{name}") for name in ("field", "count")]
    lines = ((escape(word(locale, "field", name)), f"{number:,}") for name, number in counts.completed.items())
    return _section(message(locale, "import-report-completed"), _table(heads, lines))


def _rows(store: Imports, row: ImportRow, counts: Counts, verdict: Verdict, locale: str) -> str:
    """The first rows of a verdict, with what a person needs to act on them."""
    count = counts.verdicts.get(verdict, 0)
    if not count:
        return ""
    names = {
        Verdict.DOUBT: ("line", "who", "reason", "beside", "became"),
        Verdict.BAD: ("line", "column", "value", "reason"),
        Verdict.SAME_ROW: ("line", "who", "kept"),
    }.get(verdict, ("line", "who", "customer"))
    shown = islice(lines_of(store, row, verdict), SHOWN)
    lines = (cells for line, lead in shown for cells in _cells(line, lead, verdict, locale))
    heads = [message(locale, f"import-report-{name}") for name in names]
    more = message(locale, "import-report-more", shown=SHOWN, count=count) if count > SHOWN else ""
    table = _table(heads, (tuple(map(escape, cells)) for cells in lines))
    return _section(word(locale, "verdict", verdict), f"{table}<p class=soft>{escape(more)}</p>" if more else table)


def _cells(line: ImportLineRow, lead: AskedLead | None, verdict: Verdict, locale: str) -> Iterable[Sequence[str]]:
    number = str(line.line)
    match verdict:
        case Verdict.DOUBT:
            why = word(locale, "why", line.why) if line.why else ""
            yield number, who(line), why, beside(line, locale), became(lead, locale)
        case Verdict.BAD:
            yield from ((number, *fault) for fault in faults(line, locale))
        case Verdict.SAME_ROW:
            yield number, who(line), message(locale, "import-report-row-number", line=str(line.head))
        case _:
            yield number, who(line), line.customer_id or ""


def _table(heads: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    """A table; its cells are HTML already."""
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"
