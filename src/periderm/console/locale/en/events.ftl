# Events of the kernel, and announced sessions.
events-lead = What was seen on the machine where this server runs, newest first. Each node keeps its own.
events-around-lead = What was seen a minute before and after
events-all-times = All times
where = Where
live-start = Follow
live-stop = Stop following
only-asset = Only of
only-process = Only of the process
col-program = Program
col-on = On what
the-host = the host
events-page =
    { $n ->
        [one] one event
       *[other] { $n } events
    }
events-not-yet = Among the latest 200,000 events there is none for which the condition holds; older ones are on the next page.
events-none-kept = No events are kept on this machine. The agent keeps them:
sessions-lead = Whoever means to open a shell in a container says so before. Alerts below that session then say who announced it and why; they stay alerts.
sessions-none = No session is announced. From the command line:
session-new = Announce a session
session-example = What you are going to do there
session-announce = Announce it
session-end = End it
sessions-over = Over
time-left = Left
