# How far the product may go, and enforcing a baseline.
nav-policies = Policies
policies-lead = Alerting is the resting state. What enforces was chosen by a person, for a reason, and can be taken back here.
policies-none = No policy was set: everything is told and nothing is blocked.
col-policy = Policy
col-mode = Mode
col-holds-for = Holds for
col-may = May
mode-observe = only records
mode-alert = tells
mode-enforce = enforces
holds-for-all = everything
deed-none = nothing by itself
deed-drift = kill programs that the image did not bring
deed-memory = kill programs without a file
deed-baseline = kill programs that the baseline does not know ({ $about } of the replicas)
deed-list = kill { $about }
deed-open = refuse to open { $about }
deed-call = refuse { $about }
deed-alert = answer { $about }
deed-rules = answer as rules ask
deed-exempt = never touch the workload
alert-again = Back to alerting
enforce = Enforce
enforce-title = What would it mean to enforce the baseline of { $name }?
enforce-on = The baseline of { $name } is enforced
enforce-lead = A program that the baseline does not know is killed before its first instruction. Availability comes before blocking: it begins only when nothing of the past would have been hit, and ends by itself when it hurts.
enforce-no-history = No history is kept here: nothing says what it would have blocked, so it is not begun from here.
enforce-no-events = History holds no start of a program of this workload: nothing says what it would have blocked, so it is not begun from here.
enforce-blocked = { $n ->
    [0] None of { $rows } programs that were started would have been blocked.
    [one] One of { $rows } programs that were started would have been blocked.
   *[other] { $n } of { $rows } programs that were started would have been blocked.
 }
enforce-attacks = { $n ->
    [one] Of one attack that rules told of it would have stopped { $stopped }.
   *[other] Of { $n } attacks that rules told of it would have stopped { $stopped }.
 }
enforce-part = Not all of the past could be told: it holds too much.
enforce-review = Decide what of this is normal
enforce-hits = What it would hit
enforce-holds = { $all ->
    [one] It holds for { $n } of one running container.
   *[other] It holds for { $n } of { $all } running containers.
 }
enforce-kept = What the policy { $name } does goes on:
enforce-returns = { $n ->
    [one] After one kill in a quarter of an hour, or when a container ends within a minute of one, it goes back to alerting by itself.
   *[other] After { $n } kills in a quarter of an hour, or when a container ends within a minute of one, it goes back to alerting by itself.
 }
enforce-unproven = It cannot be begun from here while the past says that it would block what is normal, or says nothing.
enforce-share = Of the replicas
enforce-why = Why blocking is worth its risk
enforce-now = Enforce it now
enforce-button = Enforce it?
since = since
