"""The pages of relay agents: begin for a citizen, her accord, what was filed. 404 for whoever is not accredited."""
