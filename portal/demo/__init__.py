"""The demonstration's people and cases: invented names, real rules. Never outside DEMO=1."""
