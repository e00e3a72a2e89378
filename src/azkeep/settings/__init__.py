"""Settings files, read with the file and line of every problem: azkeep.yaml, Pulumi.<env>.yaml, and where they lie."""
