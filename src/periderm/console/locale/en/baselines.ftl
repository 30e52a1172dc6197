# Baselines: what is normal for a workload, and deciding it.
nav-baselines = Baselines
baselines-lead = { $waiting ->
    [0] What { $n ->
        [one] one workload normally does
       *[other] { $n } workloads normally do
     }. Nothing waits for review.
   *[other] What { $n ->
        [one] one workload normally does
       *[other] { $n } workloads normally do
     }. Deviations that wait for review: { $waiting }.
 }
baselines-none = No baseline yet. One is born with each image that is scanned, and learned while its containers run.
search-workloads = Search workloads
search-programs = Search programs
phase-born = born
phase-learning = learning
phase-alerting = alerting
col-to-review = To review
col-phase = Phase
col-entries = Entries
col-dimensions = Dimensions
col-replicas = Replicas
col-decisions = Decisions
col-watched = Watched
col-last-new = Last new
col-settled = Settled
col-behaviour = Behaviour
col-seen = Seen
col-rhythm = Hours and rhythm
col-because = Why it is normal
col-decision = Decision
col-type = Event type
col-surprise = Surprise
col-times = Times
baseline-lead = { $entries ->
    [one] One entry
   *[other] { $entries } entries
 } of { $programs ->
    [one] one program
   *[other] { $programs } programs
 }.
baseline-facts = Evidence
hours-of-day = Hours of the day (UTC) in which it happened
stands-for = such as
waits = { $n ->
    [0] Nothing waits for review
    [one] One deviation waits for review
   *[other] { $n } deviations wait for review
 }
review = Review
review-lead = Tick what you know. What you accept is normal from then on, on every node; what you reject never is. You see first what it would have hidden.
review-part = There were more alerts than can be looked at at once ({ $n }). Decide these first.
review-none = Nothing waits. What deviates is listed here with its reason and what would make it normal.
review-how = Tick lines and decide by command line: periderm baseline accept WORKLOAD ID --reason WHY
to-incident = incident
dimension-none = Nothing of this kind is normal here.
do-accept = Accept…
do-generalise = Generalise…
do-reject = Reject…
do-forget = Forget…
now-accept = Accept
now-reject = Reject
now-forget = Forget
decide-accept = { $n ->
    [one] Make this normal?
   *[other] Make { $n } behaviours normal?
 }
decide-reject = { $n ->
    [one] Make this never normal?
   *[other] Make { $n } behaviours never normal?
 }
decide-forget = { $n ->
    [one] Forget this, unless it is seen again?
   *[other] Forget { $n } behaviours, unless they are seen again?
 }
would-hide = { $n ->
    [0] It would have hidden no past alert.
    [one] It would have hidden one past alert (high or critical: { $high }).
   *[other] It would have hidden { $n } past alerts (high or critical: { $high }).
 }
stands-for-entries = { $n ->
    [one] It also stands for one entry that is normal already.
   *[other] It also stands for { $n } entries that are normal already.
 }
takes-out = { $n ->
    [0] No entry of the baseline is concerned.
    [one] It takes one entry out of the baseline.
   *[other] It takes { $n } entries out of the baseline.
 }
preview-again = Show again what it would do
decision-undoable = Holds on every node within seconds; can be taken back at any time.
hidden-alerts = Past alerts that it would have hidden: { $shown } of { $total }
entries-meant = Entries of the baseline that are meant: { $n }
versions = Decisions
versions-none = Nobody has decided anything yet.
hid-alerts = { $n ->
    [one] one alert
   *[other] { $n } alerts
 }
unused = { $n ->
    [one] One entry was not needed for { $days } days.
   *[other] { $n } entries were not needed for { $days } days.
 }
relearn = Learn again
relearn-why = Why it is to learn again
relearn-what = What is there stays; what is new and little surprising joins it until it settles.
on-nodes = { $n ->
    [one] on one node
   *[other] on { $n } nodes
 }
resources = Resources
quantiles = Quantiles of CPU, memory, files and children: { $n }
resources-title = What { $name } uses over the day
resources-lead = Each column is { $hours } hours of the day (UTC), over all days and nodes. A deviation is told only where a program lastingly uses far more than ever in that part of the day.
resources-none = Nothing was measured yet: the agent takes figures where a workload runs.
resources-button = What does it use over the day?
at-most = at most { $amount }
col-hours = Hours
col-half = Half the time
col-99 = 99 %
col-most = Most
key-median = half of all figures are at most this
key-high = 99 of 100 are at most this
key-top-most = the most that was seen
release = Trust again
release-why = Why its alerts were false
release-what = Whoever alerts made suspect until now may teach the baseline again. What deviates is told all the same.
