"""A map to point at, once the town hall says where its tiles are: fetched and drawn by us, never by the visitor."""
