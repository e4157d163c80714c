"""The HTTP service that case management systems call.

Reading order: `app` puts it together; `service` is what every route works with; `access` says who may; `problems` turns
errors into answers; `intake` reads other systems' events; `once` makes a repeated call harmless; `routes` are the
endpoints, one file a subject; `jobs` makes proposals outside the process that answers; `operations` is for whoever runs it.
"""
