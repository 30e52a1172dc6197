# What hangs together with an asset.
graph-title = What hangs together
graph-desc = On the left what it depends on and whose it is, on the right what runs of it, its incidents, weaknesses and peers. The table below says the same.
graph-node = node
graph-image = image
graph-container = container
graph-workload = workload
graph-process = process
graph-user = user
graph-owner = owner
graph-peer = peer
graph-incident = incident
graph-finding = finding
graph-nobody = not known: a coverage gap
graph-more-container = { $n ->
    [one] one more container
   *[other] { $n } more containers
 }
graph-more-incident = { $n ->
    [one] one more incident
   *[other] { $n } more incidents
 }
graph-more-finding = { $n ->
    [one] one more finding
   *[other] { $n } more findings
 }
graph-more-peer = { $n ->
    [one] one more peer
   *[other] { $n } more peers
 }
graph-from = From
graph-how = How
graph-to = To
line-owns = answers for
line-holds = runs
line-replica = has as replica
line-source = is what runs as
line-speaks = speaks with
line-hit = was hit by
line-weak = has the weakness
asset-baseline = Baseline
asset-policy = Policy
asset-workload-of = Part of
asset-on = Runs on
asset-privileges = Can do
asset-unconfined = Not held by
asset-published = Reached by
asset-shares = Shares with the host
asset-devices = Devices
asset-responses = Responses
asset-learned = { $n ->
    [one] one behaviour is normal
   *[other] { $n } behaviours are normal
 }
