output "url" {
  description = "Public address of the API."
  value       = module.http_api.url
}

output "functions" {
  description = "Functions and the alias that callers use, for the rollback script."
  value       = { for key, function in module.function : key => "${function.name}:${function.alias}" }
}

output "limits" {
  description = "What the readings per second wanted came to."
  value       = local.limits

  precondition {
    condition     = local.has_data
    error_message = "The tables of ${var.environment} are not there yet: apply the data component first (stack data plan ${var.environment}, then stack data apply ${var.environment})."
  }

  precondition {
    condition     = local.wanted_concurrency <= local.concurrency_quota
    error_message = "reserve_concurrency wants ${local.wanted_concurrency} of the account's quota of concurrent executions, which is ${local.concurrency_quota} (Lambda, L-B99A9384): ask AWS for 1000, or set reserve_concurrency = false."
  }
}

output "topics" {
  description = "Topics for alarms; subscribe what wakes you."
  value       = { page = module.notifications.page_topic_arn, ticket = module.notifications.ticket_topic_arn }
}

output "alarms" {
  description = "Names of the alarms of this profile."
  value       = module.alarms.alarm_names
}

output "next" {
  description = "What to do now."
  value       = "Try it: infra/aws/scripts/smoke ${var.environment} ${module.http_api.url}. Confirm the subscription mails. Then put this address into the frontend, and apply Grafana: infra/aws/scripts/stack grafana plan ${var.environment}."
}
