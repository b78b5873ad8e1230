output "url" {
  description = "Address under which people reach Grafana; set it as grafana_url of the API."
  value       = local.url
}

output "cluster" {
  description = "ECS cluster, for the tunnel."
  value       = module.service.cluster
}

output "dashboards" {
  description = "How many dashboards are provisioned."
  value       = module.provisioning.dashboard_count
}

output "next" {
  description = "What to do now."
  value = var.enabled ? join(" ", [
    local.load_balancer ? "Open ${local.url} as admin." : "Run infra/aws/scripts/tunnel ${var.environment} and open ${local.url} as admin.",
    "The password: aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name ${module.service.password_parameter}.",
    "Set grafana_url = \"${local.url}\" for the API, so that runs link to their dashboard.",
  ]) : "Grafana is off and costs nothing; set enabled = true to have it back."
}
