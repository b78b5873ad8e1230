output "page_topic_arn" {
  description = "Topic for alarms that need somebody now."
  value       = aws_sns_topic.this["page"].arn
}

output "ticket_topic_arn" {
  description = "Topic for alarms that can wait."
  value       = aws_sns_topic.this["ticket"].arn
}

output "topic_names" {
  description = "Names of both topics by severity, as CloudWatch's TopicName dimension has them."
  value       = { for severity, topic in aws_sns_topic.this : severity => topic.name }
}

output "heartbeat_topic_arn" {
  description = "Topic of the heartbeat; empty if nobody listens to it. Made of its name, since whether there is an alarm must be known before there is a topic."
  value       = var.heartbeat_url == null ? "" : local.heartbeat_arn

  depends_on = [aws_sns_topic.heartbeat]
}
