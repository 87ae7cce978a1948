"""What an import did or would do, for people: sentences, groups of problems, the error file."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min

from lib.csv_text import csv_lines
from pipeline.imports.reading import Row, decoded, records
from pipeline.models.imports import Import, ImportProblem

MOST_GROUPS = 20
ONE = {
    "people": "person",
    "teams": "team",
    "products": "product",
    "stages": "stage",
    "accounts": "account",
}
CHUNK = 500  # problems


def problem_groups(source: Import, most: int = MOST_GROUPS) -> list[dict[str, Any]]:
    """The same value wrong for the same reason once: column, value, reason, times, first line."""
    groups = source.problems.order_by().values("column", "value", "reason")
    counted = groups.annotate(times=Count("pk"), first_line=Min("line"))
    return [dict(group) for group in counted.order_by("-times", "first_line")[:most]]


def figures(source: Import) -> list[tuple[str, int]]:
    """Label and number of rows, in the words of a check or of a commit."""
    done = source.state in (Import.COMMITTING, Import.DONE, Import.FAILED)
    labels = ("Created", "Changed", "Unchanged", "Not imported")
    if not done:
        labels = ("To create", "To change", "Unchanged", "With problems")
    counts = (source.created, source.changed, source.unchanged, source.rejected)
    return list(zip(labels, counts, strict=True))


def also_made(source: Import) -> list[str]:
    """What was made on the way: ["9 teams", "1 stage"]."""
    made = source.also_created.items()
    return [f"{number:,} {noun if number != 1 else ONE[noun]}" for noun, number in made]


def as_text(source: Import) -> str:
    """The report of the command."""
    lines = [f"{source}: {source.get_state_display().lower()}, {source.rows_done:,} rows"]
    lines += [f"  {label}: {number:,}" for label, number in figures(source)]
    lines += [f"  Also made: {made}" for made in also_made(source)]
    for group in problem_groups(source):
        where = f"{group['column']} “{group['value']}”" if group["column"] else "the line"
        first = f"First on line {group['first_line']}."
        lines.append(f"  {group['times']:,} × {where}: {group['reason']} {first}")
    return "\n".join(lines)


def error_file(source: Import) -> Iterator[str]:
    """Lines of CSV: the rows with problems as they came, and why; safe in a spreadsheet."""
    with source.opened() as file:
        text = decoded(file, source.format["encoding"])
        rows = records(text, source.format["delimiter"])
        header = next(rows)
        yield from csv_lines([[*header.cells, "Line", "Problem"]])
        yield from csv_lines(_rejected(source, rows, len(header.cells)))
        text.detach()


def _rejected(source: Import, rows: Iterator[Row], width: int) -> Iterator[list[str]]:
    problems = source.problems.order_by("line", "pk").iterator(chunk_size=CHUNK)
    waiting = next(problems, None)
    for row in rows:
        reasons = []
        while waiting is not None and waiting.line <= row.line:
            reasons.append(_reason(waiting))
            waiting = next(problems, None)
        if reasons:
            cells = [*row.cells, *[""] * width][:width]
            yield [*map(_printable, cells), str(row.line), " ".join(reasons)]
        if waiting is None:
            return


def _reason(problem: ImportProblem) -> str:
    where = f"{problem.column}: " if problem.column else ""
    return f"{where}{problem.reason}"


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
