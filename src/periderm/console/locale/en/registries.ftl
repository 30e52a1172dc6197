# Watched registries, the queue of scans, and what runs of an image.
nav-registries = Registries
nav-queue = Scan queue
registries-lead = Registries that the server looks at. It asks for digests only, and puts what is new into the queue.
registries-none = No registry is watched.
registry-lead = Repositories: { $repositories }. Tags: { $tags }. In the last look, new images: { $new }, tags that moved: { $changed }, tags that went away: { $gone }.
registry-paused = paused
registry-failing = failing
registry-looking = being looked at
registry-fine = fine
registry-new = not looked at yet
registry-silent = It cannot be looked at; what is new there is not known. Failing:
registry-left-out = { $n ->
    [one] One thing was left out of the last look:
   *[other] { $n } things were left out of the last look:
 }
look-now = Look now
col-registry = Registry
col-repositories = Repositories
col-tags = Tags
col-tag = Tag
col-new-images = New images
col-looked = Last look
col-next-look = Next
col-platforms = Platforms
col-every = Every
col-changed = Changed
col-workload = Workload
col-namespace = Namespace
col-containers = Containers
col-nodes = Nodes
col-how-far = How far
col-tries = Tries
col-asked = Asked for
credentials = Credentials
webhooks = Webhooks
next-now = now
in-time = in { $time }
tags-not = not
tags-versions = the { $n } greatest versions
tags-newest = the { $n } newest
tags-none = No tag was seen yet.
tag-there = there
tag-passed = passed over
tag-gone = gone
tag-unread = cannot be read
tag-no-image = no image
tag-unqueued = not queued yet
search-tags = Search repositories, tags, digests
search-queue = Search names, digests, problems
queue-lead = Waiting: { $waiting }. Being scanned: { $running }. Tried again later: { $retrying }. Given up: { $lost }.
queue-oldest = The oldest waits since
queue-none = Nothing waits to be scanned.
job-waiting = waits
job-running = being scanned
job-retrying = tried again
job-given-up = given up
job-retry = Try again
job-cancel = Take out
job-actions = What can be done
job-deaths = { $n ->
    [one] 1 worker died
   *[other] { $n } workers died
 }
asked-person = a person asked
asked-running = a node runs it
asked-pushed = it was pushed
asked-scheduled = a look found it
asked-unused = nothing runs of it
runs-where = Running in { $containers ->
    [one] one container
   *[other] { $containers } containers
 } of { $workloads ->
    [one] one workload
   *[other] { $workloads } workloads
 }, on { $nodes ->
    [one] one node
   *[other] { $nodes } nodes
 }
runs-nowhere = No node has told of a container that runs of it.
runs-more = More run of it than are counted here.
seen-in-registries = In watched registries
image-running = running
findings-of-running = only of what runs
