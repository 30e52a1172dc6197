"""How unlike the sequences are that were seen before: several views of a trace of calls, calibrated against each other.

A call is a whole number, whatever it counts: system calls, kinds of events, operations of an API. Nothing here knows what a
number means, reads a file or decides what is told.
"""
