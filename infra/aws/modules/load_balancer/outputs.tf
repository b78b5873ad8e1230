output "target_group_arn" {
  description = "Where the service registers its task."
  value       = aws_lb_target_group.this.arn

  # A service may only use a target group that a listener uses.
  depends_on = [aws_lb_listener.https]
}
