"""The making of proposals outside the process that answers: `making` is one job, `embedded` a pool beside the server."""
