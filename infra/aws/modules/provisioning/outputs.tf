output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "content_sha256" {
  description = "Hash over names and content: another one means that Grafana must read the objects again."
  value       = sha256(join("\n", [for key, content in local.contents : "${key} ${sha256(content)}"]))

  # Whoever acts on the hash finds the objects there.
  depends_on = [aws_s3_object.this]
}

output "dashboard_count" {
  description = "How many dashboards there are."
  value       = length([for key in keys(local.contents) : key if startswith(key, "dashboards/")])
}
