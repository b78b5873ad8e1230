output "runs_table" {
  description = "Name of the table of runs."
  value       = aws_dynamodb_table.runs.name
}

output "sensor_data_table" {
  description = "Name of the table of readings."
  value       = aws_dynamodb_table.sensor_data.name
}

output "next" {
  description = "What to do now."
  value       = "Tables are ready. Build the functions and apply the API: infra/aws/scripts/stack api plan ${var.environment}, then apply. To restore a table see docs/restore.md."
}
