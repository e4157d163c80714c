"""The manager's desk: pages for a browser, made on the server, that work without JavaScript and ask nothing of other machines.

In reading order: `access` (which page is open to whom), `signing_in` (links, sessions), `visit` (what a page is handed),
`tables` and `charts` (what is shown, apart from how), `render` (how it becomes a page), `pages` (one module a journey), `app`.
"""
