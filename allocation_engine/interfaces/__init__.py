"""Where the engine meets the world: importers bring data in, the command line and later the API call the service."""
