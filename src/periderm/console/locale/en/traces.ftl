# What the processes of an incident did besides.
traces-title = Flows, files and raw events
traces-see = See what the processes of this incident did besides
traces-not-kept = No events of that time are kept on the server’s machine: each node keeps its own. What the alerts told is below.
traces-part = Only the first { $n } events were looked at; see all of them below.
traces-flows = { $n ->
    [0] Flows
    [one] One flow
   *[other] { $n } flows
 }
traces-files = { $n ->
    [0] Files
    [one] One file
   *[other] { $n } files
 }
traces-raw = { $n ->
    [0] Raw events
    [one] One raw event
   *[other] { $n } raw events
 }
traces-no-flows = None of its processes was seen to speak with anybody.
traces-no-files = None of its processes was seen to touch a file.
traces-way = How
traces-peer = With
traces-file = File
traces-count = Times
traces-alerted = alert
traces-refused = (did not succeed)
traces-all = All events around the beginning
way-connect = connected to
way-accept = was called by
way-listen = listened on
way-resolve = asked for the name
way-stdio = input and output
way-run = run
way-read = read
way-write = written
way-create = created
way-delete = deleted
way-rename = renamed
way-link = linked
way-change = changed
way-load = loaded
export-pdf = Export as PDF
