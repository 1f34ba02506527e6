"""The pages of the desk: the queue, a case and its acts, signing, filing, documents, what did not leave."""
