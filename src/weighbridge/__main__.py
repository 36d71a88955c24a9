"""`python -m weighbridge`."""

from weighbridge.surfaces.cli.main import main

if __name__ == "__main__":
    main()
