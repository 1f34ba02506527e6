"""The pages of the workshop: writing, checking, trying, and moving services from town to town."""
