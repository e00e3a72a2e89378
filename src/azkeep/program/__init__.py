"""Running a stack folder's program: for the engine, or offline on azkeep's own monitor.

Sole importer of `pulumi.runtime`. A program always runs in a process of its own, forked from one that has the SDK
loaded and nothing else.
"""
