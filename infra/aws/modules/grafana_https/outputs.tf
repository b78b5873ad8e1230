output "url" {
  description = "Address under which people reach Grafana, without a slash at its end."
  value       = local.address
}

output "registry_arn" {
  description = "Cloud Map service in which ECS registers the task."
  value       = aws_service_discovery_service.this.arn
}
