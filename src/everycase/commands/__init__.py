"""The bodies of commands that have one of their own; the command line only registers them."""
