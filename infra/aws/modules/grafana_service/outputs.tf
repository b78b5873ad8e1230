output "security_group_id" {
  description = "Security group of the task, for whoever may connect to it."
  value       = aws_security_group.task.id
}

output "cluster" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "password_parameter" {
  description = "SSM parameter that holds the password of the user admin."
  value       = local.password_parameter
}
