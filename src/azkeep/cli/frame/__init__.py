"""What all commands share: the lazy root, common options, progress, running a job, showing what came of it."""
