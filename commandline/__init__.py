"""The command line: `baton up` and everything an operator or author types."""
