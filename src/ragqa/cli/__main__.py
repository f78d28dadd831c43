"""`python -m ragqa.cli`."""

from ragqa.cli import main

main()
