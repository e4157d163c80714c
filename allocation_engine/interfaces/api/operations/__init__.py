"""For whoever runs the service: metrics, logs, health."""
