# The archive of histories: `oneowner archive`, and replays: `oneowner audit replay`.

archive-status = Archived runs: { $archived }. Closed runs that Temporal still has: { $listed }. It removes them after { $days } days.
archive-last-sweep = Last sweep that came to its end: { $at }.
archive-never-swept = No sweep has come to its end yet.
archive-gone = Warning: Temporal had lost the history of { $runs } runs before the last sweep could archive them.
archive-retention-short = Warning: { $days } days of retention leave little time to mend an archive.
archive-complete = No closed run is missing.
archive-missing = Missing runs: { $runs }. Temporal begins to remove them at { $at }.
archive-none = The archive has no run of { $workflow }.
archive-damaged = Damaged: { $name } is not what was archived.
archive-lost = Lost: { $name } is not in the archive any more.
archive-checked = Sound: { $sound }, damaged: { $damaged }, lost: { $lost }, not in the database: { $unknown }.
archive-no-hold = There is no legal hold { $hold }.
archive-hold-in-force = in force
archive-hold-released = released
archive-prune-sure = Remove for good every archived history that closed before { $day } and is not held?
archive-pruned = Removed: { $removed }, kept by legal holds: { $held }.
archive-unreachable = The archive or the database cannot be used: { $reason }.
