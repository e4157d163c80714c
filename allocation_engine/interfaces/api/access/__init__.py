"""Who may do what: keys and tokens say who calls, `roles` which endpoint is open to whom, `access_log` who read what."""
