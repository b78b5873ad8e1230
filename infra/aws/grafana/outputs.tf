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
    var.access == "tunnel" ? "Run infra/aws/scripts/tunnel ${var.environment} and open ${local.url} as admin." : "Open ${local.url} as admin.",
    "The password: infra/aws/scripts/password ${var.environment} --show.",
    "Set grafana_url = \"${local.url}\" for the API, so that runs link to their dashboard.",
  ]) : "Grafana is off and costs nothing; set enabled = true to have it back, at another address if it has no domain."
}
