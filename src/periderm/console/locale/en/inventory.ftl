findings-lead =
    { $n ->
        [0] No finding matches.
        [one] One weakness of what exists here.
       *[other] { $n } weaknesses of what exists here.
    }
findings-none = No weakness is known. To look into an image:
all-findings = All { $n } findings
finding-secret = secret
finding-configuration = configuration
finding-vulnerability = vulnerability
finding-not-examined = not examined
evidence = Evidence
package = Package
layer = Layer
detector = Explained by
assets-lead =
    { $n ->
        [0] No asset matches.
        [one] One asset is known.
       *[other] { $n } assets are known.
    }
assets-none = Nothing is known of this machine yet. Start watching it:
asset-node = node
asset-image = image
asset-container = container
asset-workload = workload
asset-process = process
asset-user = user
asset-lead =
    { $incidents ->
        [0] No incident
        [one] One incident
       *[other] { $incidents } incidents
    }, { $findings ->
        [0] no finding
        [one] one finding
       *[other] { $findings } findings
    }.
running = running
not-running = not running
privileged = privileged
scanned = scanned
not-scanned = not scanned
owner-unknown = not known: a coverage gap
environment = Environment
grade = Grade
grade-core = core
grade-important = important
grade-ordinary = ordinary
command = Command
runtime = Runtime
mounts = Mounts
digest = Digest
references = Names
scan = Scanned
holds = Holds
count-packages =
    { $n ->
        [one] one package
       *[other] { $n } packages
    }
count-executables =
    { $n ->
        [one] one executable
       *[other] { $n } executables
    }
count-files =
    { $n ->
        [one] one file
       *[other] { $n } files
    }
system = System
form-physical = physical
form-virtual = virtual
addresses = Addresses
see-containers = Its containers
labels = Labels
gaps-lead =
    { $n ->
        [one] One thing that Periderm was blind to, and what to do about it.
       *[other] { $n } things that Periderm was blind to, and what to do about them.
    }
gaps-none = To check what this machine lets Periderm see:
gap-events-lost = events lost
gap-path-unreadable = path unreadable
gap-syscall-variant = unusual system call
gap-kernel-unsupported = kernel cannot
gap-owner-unknown = owner unknown
gap-image-not-scanned = image not scanned
gap-not-examined = not examined
gap-subject-unknown = unknown container
gap-sensor-down = sensor down
gap-clock-jump = clock jumped
gap-clock-off = clock is off
gap-identity-copied = identity in two places
gap-not-its-own = sent what is not its own
gap-enforcement-failed = a block failed
gap-detail-shed = detail given up
gap-registry-silent = registry not looked at
gap-notifier-silent = nobody can be told
gap-owners-old = owners may be out of date
gap-enforcing-ended = enforcing ended by itself
gap-history-short = the history is shorter than it should be
gap-rules-refused = rules refused
gap-rule-failed = a rule failed
carried-from = Scanned and judged in the network { $source }, signed with the key { $signer }, imported
verdict-passed = The gate of { $where } let it pass
verdict-refused = The gate of { $where } refused it: { $count } findings
verdict-here = this network
search-assets = Search names
