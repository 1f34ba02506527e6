"""The pages from which the work of the offices is seen: their figures, who may do what, what looks unusual."""
