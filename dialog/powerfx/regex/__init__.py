"""Regular expressions of Power Fx: a dialect of its own, matched by a machine that counts its steps.

Python's `re` takes exponential time for some patterns, and nothing can stop it; a pattern of a topic's author shall not
hold up a worker. `reader` checks and reads the dialect, `program` makes it a program, `machine` runs that.
"""
