"""The table at the end."""

import argparse
from pathlib import Path

from drill.counts import attempts, counted
from drill.storm import Storm

COLUMNS = ("", "expected", "arrived", "lost", "again, same id", "again, other id", "unasked")


def show(
    asked: argparse.Namespace,
    storm: Storm,
    folder: Path,
    mails: dict[str, int],
    drained: float | None,
) -> int:
    """Prints what came of it; 1 when something was lost or came twice where it must not."""
    found = counted(storm.world, folder, storm.done)
    rows = [
        (t.name, t.expected, t.arrived, t.lost, t.again, t.otherwise, t.unasked)
        for t in found.tallies
    ]
    print()
    table([COLUMNS, *rows])
    print()
    fleet, visitor = storm.fleet, storm.visitor
    harm = ", ".join(f"{n} {fate}" for fate, n in sorted(mails.items()) if fate)
    facts = [
        ("Database", f"{asked.database}, seed {asked.seed}"),
        ("Ran", f"{asked.workers} workers, {asked.beats} schedulers"),
        ("Workers killed with -9", str(fleet.kills)),
        ("Ended by themselves", ", ".join(fleet.ended) or "none"),
        ("Mail server", f"{sum(mails.values())} attempts: {harm}"),
        ("Most attempts", ", ".join(f"{name} {n}" for name, n in attempts().items() if n)),
        ("Given up", str(found.gave_up)),
        ("Signatures that do not hold", str(found.untrue)),
        ("From the deed to the inbox", found.said),
        ("Valkey back: all in the app", f"{storm.told_after:.0f} s"),
        ("Valkey back: all tried", f"{storm.tried_after:.0f} s"),
        ("Slowest write over the web", f"{storm.rep.slowest:.1f} s"),
        ("Writes asked again", f"{storm.rep.refused}"),
    ]
    for path, answers in visitor.seen.items():
        failed = ", ".join(f"{n} × {why}" for why, n in answers.reasons.items())
        said = f"{answers.asked} asked, {answers.failed} failed, {answers.late} late, "
        said += f"slowest {answers.slowest:.1f} s; "
        said += f"{answers.excused} more failed while the database was away"
        facts.append((f"GET {path}", f"{said} ({failed})" if failed else said))
    end = "not in time" if drained is None else f"{drained:.0f} s after the last disturbance"
    facts.append(("Drained", end))
    width = max(len(name) for name, _ in facts)
    for name, said in facts:
        print(f"{name:{width}}  {said}")
    is_up = not any(answers.failed for answers in visitor.seen.values())
    is_right = found.is_right and drained is not None and is_up
    print("\nNothing lost, nothing twice." if is_right else "\nFAILED.", flush=True)
    return 0 if is_right else 1


def table(rows: list[tuple[object, ...]]) -> None:
    """In columns: names to the left, numbers to the right."""
    widths = [max(len(str(row[n])) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        first, *rest = (str(cell) for cell in row)
        numbers = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *numbers]))
