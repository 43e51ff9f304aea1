"""The model that a process serves: its state, its way to the encoder, what follows it, labels, review, retrainings."""
