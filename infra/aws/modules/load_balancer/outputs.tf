output "target_group_arn" {
  description = "Where the service registers its task."
  value       = aws_lb_target_group.this.arn

  # A service may only use a target group that a listener uses.
  depends_on = [aws_lb_listener.https]
}

output "arn_suffix" {
  description = "The balancer, as CloudWatch's LoadBalancer dimension has it."
  value       = aws_lb.this.arn_suffix
}

output "target_group_arn_suffix" {
  description = "The target group, as CloudWatch's TargetGroup dimension has it."
  value       = aws_lb_target_group.this.arn_suffix
}
