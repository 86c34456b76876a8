"""The variables in Compose files and in manifests of Kubernetes."""
