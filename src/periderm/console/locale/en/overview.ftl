now-quiet = Nothing needs you now.
now-incidents =
    { $n ->
        [one] One incident needs you.
       *[other] { $n } incidents need you.
    }
now-no-agent = Nothing is watched yet: no agent has reported. Start it:
silent-agent = The agent (pid { $pid }) is silent: what happens on its node is not seen. Last heard
silent-worker = The scan worker (pid { $pid }) is silent: new images wait to be scanned. Last heard
steps =
    { $n ->
        [one] one step
       *[other] { $n } steps
    }
stopped = stopped: the container is paused
stopped-steps =
    { $n ->
        [one] one of { $total } steps was stopped
       *[other] { $n } of { $total } steps were stopped
    }
all-incidents = All { $n } open incidents
waiting-effects =
    { $n ->
        [one] One response waits.
       *[other] { $n } responses wait.
    }
exposure = How exposed
exposure-of =
    { $n ->
        [one] Of the one running container:
       *[other] Of { $n } running containers:
    }
exposure-none = No container runs here, or none has been seen yet.
share-what = Containers that
share-count = Count
share-bar = Share
share-unknown = Not known
share-high = have any finding that is high or critical
share-shell = have a shell in their image
share-root = run as root
share-sensor = no sensor watches
gaps-total =
    { $n ->
        [one] One gap is known.
       *[other] { $n } gaps are known.
    }
gaps-none-known = No gap is known: everything that the sensor should see, it sees.
watched = Watched
count-node =
    { $n ->
        [one] one node
       *[other] { $n } nodes
    }
count-image =
    { $n ->
        [one] one image
       *[other] { $n } images
    }
count-container =
    { $n ->
        [one] one container
       *[other] { $n } containers
    }
count-workload =
    { $n ->
        [one] one workload
       *[other] { $n } workloads
    }
role-agent = agent
role-server = server
role-worker = scan worker
scans-failed =
    { $n ->
        [one] One image could not be scanned.
       *[other] { $n } images could not be scanned.
    }
share-vulnerable = have high or critical vulnerabilities
exposure-lead = { $n ->
    [0] No running container.
    [one] One running container.
   *[other] { $n } running containers.
 }
exposure-unknown = { $n ->
    [one] Of one more it is not known: its image was not scanned.
   *[other] Of { $n } more it is not known: their images were not scanned.
 }
exposure-nobody = No running container is counted here.
not-known = not known
exposure-title = Containers that { $what }
yes = yes
