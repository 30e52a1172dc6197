# Searching, times and saved views.
search-all = Search everything
search-go = Search
search-language = What a search may say
search-how = Words are looked for in names, titles and messages. FIELD:VALUE narrows; a star stands for anything; >= <= > < compare; and, or, not, - and brackets join; quotes keep words together.
search-field = Field
search-meaning = Means
search-values = Takes
search-bounded = { $n ->
    [one] Only the newest one was looked at. Say more, or name a time, to look at others.
   *[other] Only the newest { $n } were looked at. Say more, or name a time, to look at others.
 }
search-left = { $n ->
    [one] One kind was not searched
   *[other] { $n } kinds were not searched
 }
search-placeholder = Search everything
found-incidents = Incidents
found-alerts = Alerts
found-findings = Findings
found-vulnerabilities = Vulnerabilities
found-images = Images
found-packages = Packages
found-assets = Assets
found-baselines = Baselines
found-detectors = Detectors
found-audit = Audit log
found-all = Show all of them
when-any = Any time
when-now = now
when-since = Since
when-until = Until
when-between = { $since } to { $until }
when-help = 15m, 2h or 30d ago, or a moment in UTC such as 2026-11-22T10:00.
views = { $n ->
    [0] Saved views
    [one] { $n } saved view
   *[other] { $n } saved views
 }
views-none = None yet. What this page shows now can be kept under a name.
view-name = Name
view-share = for everyone
view-save = Save this view
view-shared-by = shared by { $who }
view-remove-of = Remove the view { $name }
