output "url" {
  description = "Address under the name, once it resolves."
  value       = "https://${var.domain_name}"
  depends_on  = [aws_apigatewayv2_api_mapping.this, aws_route53_record.this]
}
