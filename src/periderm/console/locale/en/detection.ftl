# Coverage, detectors, self-test.
nav-part = Parts of this page
nav-coverage = Coverage
nav-detectors = Detectors and rules
coverage-title = ATT&CK for containers
coverage-lead = { $named } of { $total } techniques have a detector.
tested-lead = { $seen } of { $ran } harmless exercises were seen here.
tested-median = Alerts typically came after { $time }.
tested-last = Last tested
tested-none = Nothing was tried here yet: the matrix shows what detectors exist, not what they see on this machine. To find out in a throwaway container:
mark-key-seen = tested: seen
mark-key-partly = tested: seen in part
mark-key-missed = tested: missed
mark-key-quiet = covered, not tested
mark-key-blind = blind
mark-key-spot = part of it cannot be seen from here
cell-detectors =
    { $n ->
        [one] one detector
       *[other] { $n } detectors
    }
coverage-techniques = Techniques, detectors and blind spots
seen-by = Seen by
blind-spot = What cannot be seen
tested = Tested
not-run-n = { $n } not run
exercises-title = Exercises
exercises-lead =
    { $n ->
        [one] One exercise by its latest result.
       *[other] { $n } exercises, each by its latest result; what was missed comes first.
    }
col-outcome = Outcome
col-exercise = Exercise
col-variant = How
col-after = Alert after
col-run = Run
outcome-seen = seen
outcome-missed = missed
outcome-not-run = not run
variant-plain = plainly
variant-renamed = renamed
variant-interpreter = by an interpreter
variant-system-call = by a direct call
variant-static = static program
variant-loader = through the loader
variant-io_uring = by io_uring
variant-32-bit = 32-bit call
variant-split = in several processes
variant-encoded = encoded
variant-link = through a link
runs-title = Runs
col-result = Result
made-by = By
col-signed = Signed
tested-of = { $seen } of { $ran } seen
signed-yes = signed
signed-no = not signed
test-how-title = How to test
test-how = Each exercise does a harmless thing in a throwaway container without network; what the product told of it is read from the store. The container and its incidents are cleaned up afterwards.
test-now = All exercises
test-one = One detector
test-daily = Every day
detectors-lead = { $built ->
        [one] One built-in detector
       *[other] { $built } built-in detectors
    } and { $own ->
        [0] no rule of your own
        [one] one rule of your own
       *[other] { $own } rules of your own
    }.
search-detectors = Search ids and titles
capability-runtime = behaviour
capability-content = files
capability-image = images
capability-config = build files
capability-trust = trust
capability-vulnerability = vulnerabilities
capability-own = your own
capability-baseline = baselines
packs-title = Packs of rules
col-pack = Pack
col-rules = Rules
col-rule = Rule
col-maturity = Maturity
pack-old = is not used as it lies there; the last good one is in force.
pack-refused = is not used.
pack-state-used = in force
pack-state-old = the last good one is in force
pack-state-refused = refused
packs-none = You have no rules of your own. An example to begin with:
packs-unknown = The packs of this machine cannot be read by the server. On the machine itself, `periderm rules list` tells.
own-title = Your own rules
built-title = Built-in detectors
rule-on = on
rule-off = off
maturity-experimental = experimental
maturity-incubating = incubating
maturity-stable = stable
references-more = More
fires-when = It fires when
quiet-when = It stays quiet when
mark-key-fired = fired: so many alerts
fired-past = Alerts of the last
fired-lead = { $n ->
    [0] No technique fired.
    [one] One technique fired.
   *[other] { $n } techniques fired.
 }
fired-n = { $n ->
    [one] one alert
   *[other] { $n } alerts
 }
col-fired = Alerts
