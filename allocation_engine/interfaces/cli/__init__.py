"""The command line: `main` joins the commands, `pages` prints for people, `documents` for programs."""
