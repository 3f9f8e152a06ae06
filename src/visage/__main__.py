"""`python -m visage`."""

from visage.cli import main

if __name__ == "__main__":
    main()
