"""The command line, installed as `baton`; `python starter.py up` does the same without installing."""

from commandline.app import main

if __name__ == "__main__":
    main()
