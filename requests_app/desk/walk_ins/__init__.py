"""The pages of the counter for whoever comes in person; the acts are in `requests_app.walk_ins`."""
