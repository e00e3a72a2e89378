"""The Pulumi engine: finding its CLI, running it, reading its events and its state, and putting right what it lost."""
