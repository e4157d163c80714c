"""Other systems' events as they arrive: plain JSON, CloudEvents, lines of NDJSON. Read item by item, refused item by item."""
