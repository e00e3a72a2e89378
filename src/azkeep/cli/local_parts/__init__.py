"""The commands of `azkeep local` that have a file of their own."""
