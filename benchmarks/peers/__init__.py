"""Other ways to the same plan, beside ours. No dependency of the project: what is not installed is said to be so."""
