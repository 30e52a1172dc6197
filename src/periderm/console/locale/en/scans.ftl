# Images, vulnerabilities, packages, exceptions.
nav-images = Images
nav-vulnerabilities = Vulnerabilities
nav-packages = Packages
nav-exceptions = Exceptions
finding-licence = licence
finding-end-of-life = end of life
finding-malware = malware
finding-code = code
finding-untrusted = not trusted
vulnerability = Vulnerability
col-findings = Findings
col-packages = Packages
col-fixable = With a fix
col-running = Running
col-size = Size
col-image = Image
col-user = User
col-images = Images
col-priority = Priority
col-fix = Fix
col-version = Version
col-licence = Licence
col-step = Build step
col-has = Has
col-needs = Needs
col-places = Places
col-scope = What it is for
col-ends = Ends
col-made = Made
of-n = { $part } of { $whole }
of-100 = of 100
and-n = and { $n } more
more-n = { $n } more
no-findings = none
took = took
based-on = built on
ports = Ports
base = base image
own-layers = own layers
reason = Reason
remove = Remove
only = Only
only-exploited = exploited in the wild
only-fixed = with a fix
only-running = in running containers
exploited = exploited
exploited-n =
    { $n ->
        [one] one exploited
       *[other] { $n } exploited
    }
images-lead =
    { $n ->
        [0] No image matches.
        [one] One image is known; those that need you most come first.
       *[other] { $n } images are known; those that need you most come first.
    }
images-none = No image is known yet. Watch this machine, and its images are found and scanned:
search-images = Search names, digests, systems
image-scanned = scanned
image-failed = scan failed
image-unscanned = never scanned
image-waiting = waits for its scan
image-never =
    Nobody has looked into this image: what is wrong with it is not known. { $running ->
        [0] No container runs from it now.
        [one] One container runs from it now.
       *[other] { $running } containers run from it now.
    }
image-waits = It waits for a scan worker. If that takes long, see whether one runs:
image-scan-it = To look into it now:
image-failure = The last scan failed:
image-lead =
    { $vulnerabilities ->
        [0] No vulnerability is known.
        [one] One vulnerability is known{ $fixable ->
            [0] ; nothing fixes it yet.
           *[other] , and a fix exists.
        }
       *[other] { $vulnerabilities } vulnerabilities are known; for { $fixable } of them a fix exists.
    } { $running ->
        [0] No container runs from it now.
        [one] One container runs from it now.
       *[other] { $running } containers run from it now.
    }
image-exploited =
    { $n ->
        [one] One of them is exploited in the wild.
       *[other] { $n } of them are exploited in the wild.
    }
image-not-matched = Its packages were not matched with advisories, so it is not known which of them are vulnerable. To fetch advisories:
built = Built
see-image = Layers, packages and what to change in the image
as-asset = as an asset
count-layers =
    { $n ->
        [one] one layer
       *[other] { $n } layers
    }
h-layers = What each layer brought
h-config = How it starts
layers-picture = Three bars over the same layers: their sizes, their packages, their findings by severity. The table below says the same.
layers-legend = a number is a layer; follow it down to see what it brings
bar-size = Size: { $size }
bar-packages = Packages: { $n }
bar-findings = Findings: { $n }
what-to-change = What to change
nothing-to-change = No upgrade is known that would end a finding here. What to change for each other finding is told with it.
more-changes =
    { $n ->
        [one] One more change, of less risk
       *[other] { $n } more changes, each of less risk
    }
change-upgrade = Upgrade
change-base-image = Base image
change-remove = Remove
change-rebuild = Rebuild
change-ends =
    { $n ->
        [one] ends one finding
       *[other] ends { $n } findings
    }, risk { $risk }
unfixed =
    { $n ->
        [one] One vulnerability without a fix
       *[other] { $n } vulnerabilities without a fix
    }
other-findings =
    { $n ->
        [one] One other finding: secrets, configuration, licences
       *[other] { $n } other findings: secrets, configuration, licences
    }
looked-at = Only { $n } of { $total } findings were looked at.
hidden-here =
    { $n ->
        [one] One finding is taken away by an exception
       *[other] { $n } findings are taken away by exceptions
    }
hides-n =
    { $n ->
        [one] hides one finding
       *[other] hides { $n } findings
    }
show-them = Show them
except-here = Make an exception for this image
except-this = Make an exception
runs-in =
    { $n ->
        [one] One container runs it
       *[other] { $n } containers run it
    }
not-examined =
    { $n ->
        [one] One thing was not examined
       *[other] { $n } things were not examined
    }
vulnerabilities-lead =
    { $n ->
        [0] No vulnerability matches.
        [one] One vulnerability in what was scanned.
       *[other] { $n } vulnerabilities in what was scanned, the most urgent first.
    }
vulnerabilities-none = No vulnerability is known in what was scanned. Without advisories nothing can be known; to fetch them:
search-vulnerabilities = Search ids, packages, titles
fix-there = exists
fix-none = none yet
vulnerability-where =
    { $images ->
        [one] In one image
       *[other] In { $images } images
    }, { $packages ->
        [one] one package
       *[other] { $packages } packages
    }; { $running ->
        [0] no container runs it now.
        [one] one container runs it now.
       *[other] { $running } containers run it now.
    }
exploited-known = It is exploited in the wild.
ransomware = Ransomware uses it.
priority-of = Priority { $n } of 100, because
priority-how = These are the reasons where it is worst; they add up to the priority.
no-reasons = No reasons were stored with it: it was matched before priorities were known.
where-else = Where else { $name } is, and all that is known of it
where-is-it =
    { $n ->
        [one] Where it is: one place
       *[other] Where it is: { $n } places
    }
what-is-known = What is known of it
rated-by = rated by
more-likely-than = more likely than { $share } of all
verdict = Verdict
says = says
verdict-affected = affected
verdict-not-affected = not affected
verdict-will-not-fix = will not be fixed
verdict-fix-deferred = fix deferred
verdict-under-investigation = under investigation
verdict-end-of-life = no longer supported
fixed-since = Fix since
published = Published
aliases = Also called
references-links = Read more
packages-lead =
    { $n ->
        [0] No package is known.
        [one] One package in what was scanned.
       *[other] { $n } packages in what was scanned. Ask where one of them is.
    }
packages-found =
    { $n ->
        [0] It is nowhere in what was scanned.
        [one] It is in one place.
       *[other] It is in { $n } places.
    }
packages-none = Nothing was scanned yet. Watch this machine, and its images are scanned:
packages-none-here = The scan found no package here.
packages-nowhere = No scanned image holds such a package. A shorter part of the name finds more; images that were never scanned cannot be searched.
search-packages = Part of a name or package URL
search-whole = “=openssl” finds the whole name only.
exceptions-lead = What people decided not to count, why, who answers for it, and until when. Nothing is hidden silently: each page says what an exception took away.
exceptions-none = There is no exception. One is made for a vulnerability, a package, an image or a path, with a reason and an end.
exception-new = A new exception
exception-how = All fields that are filled must match; within one, separate several by commas. * and ? stand for anything.
exception-preview = Show what it would hide
exception-add = Add the exception
exception-change = Change it
scope-findings = Findings
scope-packages = Packages
scope-images = Images
scope-digests = Digests
scope-paths = Paths
scope-assets = Assets
example-owner = team or person
preview-title =
    { $n ->
        [0] It would hide nothing now
        [one] It would hide one finding
       *[other] It would hide { $n } findings
    }
preview-lead =
    { $findings ->
        [0] No finding matches. It may still be added, for what comes.
       *[other] { $images ->
            [0] None of them is of an image.
            [one] All of it in one image.
           *[other] In { $images } images.
        } They stay visible, marked as excepted, and count again when the exception ends.
    }
preview-hits = The first { $shown } of { $total }
preview-none = Nothing matches now.
expired = expired
scan-again = Scan again
excepted = excepted
excepted-n =
    { $n ->
        [one] one excepted
       *[other] { $n } excepted
    }
excepted-of = { $n } of { $all } excepted
excepted-all =
    { $n ->
        [one] One of all is excepted.
       *[other] { $n } of all are excepted.
    }
