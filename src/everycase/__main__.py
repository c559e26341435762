"""`python -m everycase` is the command `everycase`."""

from everycase.cli import main

main()
