output "page_topic_arn" {
  description = "Topic for alarms that need somebody now."
  value       = aws_sns_topic.this["page"].arn
}

output "ticket_topic_arn" {
  description = "Topic for alarms that can wait."
  value       = aws_sns_topic.this["ticket"].arn
}
