can-do = What you can do
can-do-none = Nothing is left to stop: its processes have ended.
more-offers =
    { $n ->
        [one] One more
       *[other] { $n } more
    }
undo-by = Can be taken back: { $what }.
undo-none = Cannot be taken back.
decided-by = Decided by
effect-kill-at-exec = Kill at start
effect-kill-process = Kill the process
effect-pause-container = Pause the container
effect-resume-container = Resume the container
effect-kill-tree = Kill the process and its descendants
effect-kill-container = Kill the container
effect-isolate-container = Isolate the container
effect-reconnect-container = Reconnect the container
effect-quarantine-file = Quarantine the file
effect-restore-file = Restore the file
effect-capture-forensics = Capture evidence
do-kill-process = Kill it now
do-pause-container = Pause it now
do-resume-container = Resume it now
effect-state-proposed = proposed
effect-state-ordered = ordered
effect-state-dry-run = dry run
effect-state-refused = refused
effect-state-applied = done
effect-state-failed = failed
effect-state-undone = taken back
dry-run = Dry run
dry-run-done = Nothing has been done yet.
hits = It hits
undo = Undo
record = Record
record-as = This will be recorded as decided by { $who }.
responses-lead =
    { $n ->
        [0] No response matches.
        [one] One response, by a policy or a person.
       *[other] { $n } responses, by policies or people.
    }
responses-none = Nothing has been done to any workload. Alerting is the resting state; a policy or a person decides otherwise.
undo-needless = Nothing is changed: it only looks.
do-kill-tree = Kill them now
do-kill-container = Kill it now
do-isolate-container = Isolate it now
do-reconnect-container = Reconnect it now
do-quarantine-file = Quarantine it now
do-restore-file = Put it back now
do-capture-forensics = Capture now
undo-pause-container = Resume it now
undo-isolate-container = Reconnect it now
undo-quarantine-file = Put it back now
holds-for = Holds for
until-undone = until it is taken back
keep-reachable = Keep reachable
listen-for = Listen to packets
listen-not = not at all
reason-example = Why, in a sentence that will be kept
undo-example = Why it is safe to take it back
of-incident = For incident
