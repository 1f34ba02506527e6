"""The pages around one case: the reason asked before it opens, its viewer, its journal, its likes, its corrections."""
