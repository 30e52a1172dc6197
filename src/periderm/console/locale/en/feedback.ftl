# Saying that something was a false alarm, and how often detectors are wrong here.
false-title = A false alarm
false-lead = { $n ->
    [one] The incident consists of one alert.
   *[other] The incident consists of { $n } alerts.
 } Say why it was false, and choose what keeps it from coming again. Nothing has been done yet.
false-already = It is marked as a false alarm already.
false-keep-away = Keep it from coming again
false-baseline = This is normal for the workload
false-program = This rule, these programs, this workload
false-detector = This rule, all of this workload
false-covers = { $n ->
    [one] Covers one alert of this incident.
   *[other] Covers { $n } alerts of this incident.
 }
false-would-hide = { $n ->
    [0] Of the last 30 days it would have hidden nothing.
    [one] Of the last 30 days it would have hidden one alert ({ $high } high or critical).
   *[other] Of the last 30 days it would have hidden { $n } alerts ({ $high } high or critical).
 }
false-would-empty = { $n ->
    [one] One open incident would not be there.
   *[other] { $n } open incidents would not be there.
 }
false-part = (The newest { $n } of { $total } were looked at.)
false-exactly = Exactly what, and what it would have hidden
false-normal = Normal from now on
false-where = Where
false-programs = Programs or files
false-nothing = There is nothing to choose: the alerts of this incident are gone, or accepting them would make nearly everything normal.
false-may-not = Exceptions and baselines are changed by those who may make policies. You can say that it was false; they can do the rest here later.
false-others = { $n ->
    [one] One other open incident that would not be there is a false alarm too
   *[other] { $n } other open incidents that would not be there are false alarms too
 }
false-reason = Why it was false
false-owner = Who answers for the exceptions
false-until = Exceptions end after
false-now = Say that it was a false alarm
false-undo = Exceptions can be removed, decisions of a baseline taken back, and the incident opened again.
false-open = False alarm…
firing-title = Fired in the last 30 days
firing-alerts = Alerts
firing-false = False here
firing-false-share = { $share } ({ $n })
firing-last = Last
firing-days = 30 days
firing-none = Has not fired in the last 30 days.
firing-lead = { $n ->
    [one] One alert, the last
   *[other] { $n } alerts, the last
 }
firing-false-lead = { $said ->
    [0] None of them is in an incident that people called a false alarm.
    [one] One of them is in an incident that people called a false alarm.
   *[other] { $said } of them are in incidents that people called false alarms.
 }
firing-excepted = { $n ->
    [0] { "" }
    [one] One was taken out by an exception.
   *[other] { $n } were taken out by exceptions.
 }
spark = { $n ->
    [0] nothing in { $days } days
    [one] once in { $days } days, { $today } today
   *[other] { $n } in { $days } days, most { $most } in a day, { $today } today
 }
col-fourteen = 14 days
would-hide-alerts = { $n ->
    [one] It would have taken one alert of the last 30 days out of incidents ({ $high } high or critical).
   *[other] It would have taken { $n } alerts of the last 30 days out of incidents ({ $high } high or critical).
 }
finding-except = It does not count…
exception-alerts = { $n ->
    [one] It has taken one alert out of incidents.
   *[other] It has taken { $n } alerts out of incidents.
 }
