# How narrowly a workload could be run, and what of an image was never used.
harden = Harden
harden-title = How narrowly { $name } could be run
harden-lead = { $n ->
    [0] Watched for { $time }. Nothing here changes anything: the files below are for you to apply.
    [one] Watched for { $time } on one replica. Nothing here changes anything: the files below are for you to apply.
   *[other] Watched for { $time } on { $n } replicas. Nothing here changes anything: the files below are for you to apply.
 }
harden-early = It was watched for less than ten minutes: what it does seldom is not in here.
h-proof = Proof by its past
proof-none = No history is kept here, so nothing proves it.
proof-no-events = History holds no event of it in this time, so nothing proves it.
proof-hurt = { $hurt ->
    [0] None of { $events } events would have been refused ({ $n ->
        [one] one container
       *[other] { $n } containers
      }).
    [one] One of { $events } events would have been refused ({ $n ->
        [one] one container
       *[other] { $n } containers
      }).
   *[other] { $hurt } of { $events } events would have been refused ({ $n ->
        [one] one container
       *[other] { $n } containers
      }).
 }
proof-part = Not all of this time was replayed: it holds more events than a page looks at. The command below looks at more.
proof-past = Replay the last
proof-again = Replay
h-measures = What it needs
col-measure = Measure
col-narrow-needs = Needs
col-would-refuse = Would have refused
h-refused = What would have been refused
col-by = By
by-session = a session
by-itself = itself
h-forms = As files
form-seccomp = Seccomp profile
form-apparmor = AppArmor profile
form-kubernetes = Kubernetes securityContext and NetworkPolicy
form-podman = podman command line
form-docker = docker command line
download = Download { $name }
show-text = Read it here
slim = Slim
slim-title = What { $name } never used
slim-lead = { $n ->
    [one] Watched from { $since } to { $until } (UTC); one container of it runs now.
   *[other] Watched from { $since } to { $until } (UTC); { $n } containers of it run now.
 }
slim-programs = { $unused } of { $all } executable files were never started or loaded ({ $size }).
slim-packages = { $removable ->
    [one] One package can be left out
   *[other] { $removable } packages can be left out
 }; needed by others though unused: { $needed }; without a trace of their use: { $unjudged }.
slim-ends = Leaving them out ends { $removed } of { $all } vulnerability findings.
slim-none = No package of this image is unused.
slim-no-programs = Every executable file was used.
h-unused-packages = Unused packages
h-unused-programs = Unused executable files
h-ended = Vulnerabilities that would go
h-kept = Vulnerabilities that would stay
col-needed-by = Needed by
col-vulnerabilities = Vulnerabilities
can-go = can be left out
vex-download = Download the OpenVEX statements
vex-none = There is nothing to state in OpenVEX: no vulnerability of a package whose use shows.
vex-lead = The statements name the time of watching as their evidence, and say the contrary by themselves once a file is loaded later.
harden-button = How narrowly could it be run?
slim-button = What was never used?
