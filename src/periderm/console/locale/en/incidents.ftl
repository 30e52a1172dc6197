incidents-lead =
    { $n ->
        [0] No incident matches.
        [one] One incident. Alerts of one workload that belong to one attack are one incident.
       *[other] { $n } incidents. Alerts of one workload that belong to one attack are one incident.
    }
incidents-none = No incident so far. To see one end to end, attack the sample:
state-new = new
state-acknowledged = being handled
state-resolved = resolved
state-false-alarm = false alarm
mark-new = Reopen
mark-acknowledged = I handle it
mark-resolved = Resolved
mark-false-alarm = False alarm
is-now = Now:
in-container = in
on-host = on the host
one-of =
    { $n ->
        [one] the only replica that runs
       *[other] 1 of { $n } replicas
    }
seen-first = First seen
seen-took = took
why-severity = Why it is { $severity }
why-none = No reason was recorded.
chain = What happened, in the order of an attack
picture-title = The attack, a lane for each process
picture-desc = Each lane is a process on a time axis. Numbered marks are steps, the bars above are ATT&CK tactics, F marks at the left are findings that made it possible, a stroke through a lane is a response. The table below says the same.
picture-hidden =
    { $n ->
        [one] One more process is in the tree below.
       *[other] { $n } more processes are in the tree below.
    }
legend-finding = a finding that made it possible
legend-cut = the response
legend-axis = time from the first moment; the room between moments grows with the logarithm of the time
tag-new = new file
cut-kill-at-exec = killed in the kernel
cut-kill-process = killed
cut-pause-container = paused
finding-number = Finding { $n }
stopped-short = stopped
tree = Processes
killed = killed
not-in-image = not in the image
how-exec = by exec into the container
how-nsenter = by nsenter
how-host = on the host
has-tty = with a terminal
made-possible = What made it possible
made-possible-none = No finding of the image is linked. If it was never scanned:
finding-gone = no longer there
timeline = Everything in time
more-alerts =
    { $n ->
        [one] One more alert is in the API.
       *[other] { $n } more alerts are in the API.
    }
from-package = from the package { $name }
cut-kill-tree = killed with descendants
cut-kill-container = container killed
cut-isolate-container = isolated
cut-quarantine-file = file quarantined
cut-resume-container = resumed
cut-reconnect-container = reconnected
cut-restore-file = file restored
cut-capture-forensics = evidence captured
announced = announced session
announced-hint = An operator announced this session before opening it. The alert stays an alert.
events-around = events around it
similar = Incidents like this one
similar-none = No other incident is like this one.
col-alike = Alike
col-in-common = What they have in common
trait-detector = detector
trait-technique = technique
trait-program = program
trait-object = object
trait-image = image
trait-workload = workload
export-json = Export as JSON
export-print = Print
printed = Printed by { $who } at { $time } from
