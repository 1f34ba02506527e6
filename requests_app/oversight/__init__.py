"""What the town hall sees of its own work: figures kept day by day, charts, who may do what, what looks unusual.

`counting` writes the figures (a chore), `figures` and `standing` read them, `charts` draws them on the server;
`rules` are the rules of what looks unusual, over plain rows, and `watching` plays them each night.
"""
