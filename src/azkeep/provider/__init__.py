"""The azure-native provider for the local cloud: Pulumi's provider protocol in front of any ArmTransport.

It does what the official plugin does, its faults included, and recovers from nothing by itself.
"""
