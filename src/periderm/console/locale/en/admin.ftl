# Administration: saying again who one is, machines that join, settings, owners.
confirm-title = Say again who you are
confirm-why = What you asked for was not done yet. It could be used to read secrets or to blind the product, so your password is asked for once more. Then go back: what you typed is still in the form. It holds for 15 minutes.
confirm-refused = The password or the code is wrong. After five wrong ones this session ends.
confirm-owner = You signed in as the machine's owner, by a link: print a new one on the machine and open it. That proves it for 15 minutes.
confirm-go = It is me
confirm-here = Before you can change this, say again who you are.
nav-machines = Machines
machines-lead = { $n ->
    [0] No machine reports here yet.
    [one] One machine reports here.
   *[other] { $n } machines report here.
 }
machines-silent = { $n ->
    [one] One of them is silent: what happens there is not seen here, though its agent goes on.
   *[other] { $n } of them are silent: what happens there is not seen here, though their agents go on.
 }
machines-search = Name or id of a machine
machines-none = No machine reports here yet. Let one join, or watch this one with periderm up.
col-certificate-until = Certificate until (UTC)
col-last-word = Last word
col-made-by = Made by
machine-here = this server's own machine
machine-speaks = speaks
machine-silent = silent
machine-never = joined, said nothing yet
machine-revoked-by = shown out by { $who }
machine-revoke = Show out
machine-revoke-hits = From its next request on nothing is taken from it and nothing told to it. Its agent goes on watching and its policies hold; what it sees waits there. To come back it joins again, by a token with its name that may take its place.
machine-type-name = Type { $name }
join-tokens = Join tokens
join-lead = A machine joins by a token, once. Bind it to the machine's host name, and it is of use to no other.
join-made = The token. It is shown this once:
join-take-up = On the machine that joins:
join-for = For the machine
join-any = any
join-good = not used yet
join-used = used by
join-revoked = taken back
join-name = Host name (empty: any)
join-good-for = Good for
join-again = It may take the place of a known machine of that name
join-again-short = may take its place
join-new = Make a join token
join-closed = This server answers no other machines yet. Say where it shall (server.agents in its settings), and start it anew:
authorities = Certificates
authorities-none = This server has no door by TLS, and so no authority of its own.
authorities-lead = The server is its own authority. Machines renew their certificates by themselves, and learn of a new authority when they do.
authority = Authority (fingerprint)
authority-issues = issues
authority-trusted = trusted, issues no more
authority-roll = Begin a new authority
authority-roll-hits = It issues from now on. Those before stay trusted until you retire them, so no machine is cut off. Do it when a copy of the server's keys may be in other hands, or well before the old one ends.
authority-retire = Retire
authority-retire-hits = It is trusted no more, and its key is removed. This is refused as long as a machine depends on it. It cannot be undone.
door = Door
door-agents = agents of other machines
door-console = console and API
door-place = Where
door-signed = Signed by
door-own = our own authority
door-given = a certificate that you brought
door-renewed = Renewed by itself (UTC)
door-by-hand = when you replace the files
hours = { $n ->
    [1] one hour
    [24] one day
    [168] a week
    [720] thirty days
   *[other] { $n } hours
 }
nav-settings = Settings
settings-lead = What this server runs with. Its file is
settings-how = What counts first: a variable of the environment, then the file, then what is set here, then the default. What is set here is kept beside the file and never written into it; what the file or the environment says can only be changed there. Agents on other machines have settings of their own.
settings-unknown = This process does not know where its settings come from.
setting-value = Value
setting-from = From
setting-default = Default
setting-change = A change
setting-waits = after a restart:
setting-live = within seconds
setting-restart = needs a restart
setting-secrets = Secrets
setting-is-set = set
setting-not-set = not set
source-default = default
source-file = file
source-environment = environment
settings-locked = Settings are locked: they come from the file and the environment alone.
setting-change-of = Change { $name }
setting-new = New value
setting-line = line { $n }
setting-hidden = set here, does not count:
setting-undo = Back to
setting-undo-nothing = Undo: nothing was set here before
setting-reset = Set nothing here
setting-open = can be changed here
setting-held-never = only in the file or the environment
setting-held-locked = locked
setting-held-environment = locked: the environment says it
setting-held-file = locked: the file says it
source-console = console
kind-of-text = text
kind-of-path = path
kind-of-switch = on or off
kind-of-number = whole number
kind-of-share = 0 to 1
kind-of-choice = choice
kind-of-list = words, by commas
codes-scan = Or point the app at this picture:
codes-picture = A picture of the secret, for the camera of a telephone; the secret to type stands below

# Who answers for what.
nav-owners = Owners
owners-lead = Whose everything is: rules that people write here go before what labels say, which goes before tables from elsewhere.
owners-without = { $n ->
    [one] One running container or node has no owner or application.
   *[other] { $n } running containers and nodes have no owner or application.
 }
owners-all = Every running container and node has an owner and an application.
owners-tables = Tables from elsewhere
owners-no-tables = No table was imported yet.
owners-rows = Rows
owners-fetched = Fetched
owners-imported = Imported
owners-every = { $n ->
    [one] every minute, last
   *[other] every { $n } minutes, last
 }
owners-failing = fails since
owners-once = once
owners-fetch = Fetch now
owners-fetch-one = Fetch { $name } now
owners-remove-one = Remove { $name }
owners-matched = { $name } says something of { $n } of { $all } assets
owners-import = Import a table
owners-file = CSV file, at most 1 MiB
owners-paste = or paste it
owners-columns = Its first line names its columns, of these:
owners-schedule = Fetch a table again and again
owners-admin-only = Only administrators of the whole installation have the server speak to an address.
owners-address = Address (https)
owners-minutes = Every so many minutes
owners-secret = Bearer token, if it needs one; type it again after a preview
owners-renamed = What our columns are called there
owners-networks = Networks of your own that it may lie in
owners-rules = Rules
owners-rules-lead = The first rule that says something counts. Names, images and hosts may hold * and ?.
owners-no-rules = There are no rules yet.
owners-remove-rule = Remove rule { $n }
owners-for = For
owners-says = Whose it is
owned-name = Name
owned-namespace = Namespace
owned-image = Image
owned-host = Host
owned-label = Label (KEY=VALUE)
owned-owner = Owner
owned-application = Application
owned-environment = Environment
owners-first = before the other rules
owners-try = Show what it would change
owners-do = Do it
owners-would = This would change; nothing was changed yet
owners-did = Done
owners-result = Rows: { $rows }. Assets that change: { $changed } of { $assets }. Running containers and nodes without an owner or application then: { $without }.
owners-before = Before
owners-after = After
owners-more = and { $n } more
