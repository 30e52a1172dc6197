# Telling others: destinations, deliveries, tests, tickets.
nav-notify = Notifications
notify-lead = Chats, mail, syslog, webhooks and trackers that hear of incidents, alerts, findings and gaps. What does not get through is tried again for a day, and then kept here.
notify-none = Nobody is told anything.
notify-log = What was told
notify-nothing = Nothing was told yet.
notify-add = Add a destination
notify-address = Address
notify-networks = Networks, not public, that may be reached
notify-from = Incidents and alerts from
notify-test = Send a test
notify-pause = Pause
notify-resume = Go on
notify-remove = Remove
notify-paused = paused
notify-failing = failing
notify-fine = fine
notify-new = not told yet
notify-shed = { $n ->
    [one] One notice was not kept
   *[other] { $n } notices were not kept
 }
notify-taken = { $name } took the test and answered: { $answer }
notify-refused = { $name } did not take the test.
col-channel = Channel
col-told-of = Told of
col-sent = Sent
col-waits = Waits
notify-last = Last
notify-what = What
col-answer = Answer
search-deliveries = Search titles, places, problems
delivery-waiting = waits
delivery-sent = sent
delivery-dead = given up
occasion-incident-new = new incident
occasion-incident-grown = incident grew
occasion-incident-closed = incident closed
occasion-incident-reopened = incident opened again
occasion-alert = alert
occasion-finding-new = new finding
occasion-finding-gone = finding gone
occasion-gap-new = coverage gap
occasion-gap-closed = coverage gap closed
occasion-test = test
notify-paused-lead = It is paused: what happens now is not told later.
notify-fine-lead = { $n ->
    [one] One delivery was taken, the last
   *[other] { $n } deliveries were taken, the last
 }
notify-new-lead = Nothing was told yet. Send a test.
notify-waiting = { $n ->
    [one] One delivery waits.
   *[other] { $n } deliveries wait.
 }
notify-remove-hits = { $n ->
    [0] It is told nothing more, and its typed secrets are deleted.
    [one] It is told nothing more; one delivery that waits is dropped, and its typed secrets are deleted.
   *[other] It is told nothing more; { $n } deliveries that wait are dropped, and its typed secrets are deleted.
 }
notify-admin = Only administrators of the whole installation add destinations.
notify-choose = Where should it be told? Choose one; the next page asks for what it needs.
notify-lines-here = A file of the server's machine is named at its command line only.
notify-how = How it is told
notify-about = What it needs
notify-usual = as usual
notify-findings-from = Findings from
notify-more = More: filters, grouping, networks, words
notify-globs = Only what fits one of these patterns is told; '*' and '?' stand for anything. Empty: everything.
glob-owners = Owners
glob-applications = Applications
glob-environments = Environments
glob-places = Workloads, containers, images
glob-detectors = Detectors
notify-group-by = Told together
group-none = all
group-place = by workload or image
group-owner = by owner
group-application = by application
group-subject = by incident or finding
notify-group-seconds = Collected for, seconds
notify-language = Language
notify-link = Where people reach the console
notify-title = Template of the title
notify-body = Template of the text
notify-all-of-it = All that it was told
notify-dead-lead = { $n ->
    [one] One delivery was given up.
   *[other] { $n } deliveries were given up.
 }
notify-retry-all = Try all of them again
secret-help = It is kept on the server, in a file that only it reads, and is never shown again.
secret-kept = kept; type to replace
secret-lies = It lies in
secret-stays = and stays if you type nothing. For another address it is typed anew.
secret-webhook = Signing key, 16 characters or more
secret-mail = USER:PASSWORD
secret-slack = Webhook address
secret-teams = Webhook address
secret-feishu = Webhook address
secret-dingtalk = Webhook address
secret-wecom = Webhook address
secret-alertmanager = USER:PASSWORD, or a token
secret-jira = USER:TOKEN, or a token
secret-github = Token that may write issues
channel-webhook = signed JSON or OCSF to your own program
channel-mail = e-mail by SMTP
channel-slack = a channel, by an incoming webhook
channel-teams = a channel, by a workflow's webhook
channel-feishu = a group, by a robot
channel-dingtalk = a group, by a robot
channel-wecom = a group, by a robot
channel-syslog = CEF or OCSF to a log server, by TLS
channel-lines = JSON lines to a file
channel-alertmanager = alerts of Prometheus
channel-jira = one issue for an incident
channel-github = one issue for an incident
option-format = Form
option-from = Sender
option-to = Recipients, by commas
option-signing = Secret of the robot's signature
option-facility = Facility
option-project = Project key
option-type = Type of new issues
option-labels = Labels, by commas
option-close = Transition that closes
option-reopen = Transition that opens again
option-resolves = Closing the issue resolves the incident
option-repository = OWNER/NAME
option-ca = Trusted authorities (file)
option-certificate = Our certificate (file)
option-key = Its key (file)
