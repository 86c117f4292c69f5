"""`python -m simulator` is `clinsim`."""

from simulator.cli.main import main

if __name__ == "__main__":
    main()
