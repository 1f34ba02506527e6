"""When a request was promised, what moved it, who is told, and what each office can do."""
