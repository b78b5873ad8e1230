output "log_group" {
  description = "Name of the log group that holds the events."
  value       = aws_cloudwatch_log_group.this.name
}
