"""The citizen's pages: begin and fill in a request, its receipt, follow it. No account, no script needed."""
