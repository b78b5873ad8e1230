output "id" {
  description = "Id of the API, as CloudWatch's ApiId dimension has it."
  value       = aws_apigatewayv2_api.this.id
}

output "url" {
  description = "Public address, without a slash at its end."
  value       = var.domain_name == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain_name}"

  # Who reads the address may call it at once, so the routes and their permission come first.
  depends_on = [aws_apigatewayv2_route.this, aws_apigatewayv2_stage.default, aws_lambda_permission.api, module.domain]
}
