# The HTTP API: explicit routes only, so an unknown path never reaches a function.

locals {
  jwt           = var.authentication.mode == "jwt"
  custom_domain = var.domain_name == null ? {} : { (var.domain_name) = var.hosted_zone_name }
}

resource "aws_apigatewayv2_api" "this" {
  name                         = var.name
  description                  = "Sentori: simulation runs and their sensor readings."
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = var.domain_name != null

  # API Gateway answers preflight requests itself and replaces what the functions would say.
  cors_configuration {
    allow_origins  = var.allowed_origins
    allow_methods  = ["GET", "POST", "OPTIONS"]
    allow_headers  = ["authorization", "content-type", "idempotency-key", "traceparent", "x-run-id", "x-user"]
    expose_headers = ["link", "location", "retry-after"]
    max_age        = 3600
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = local.jwt ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "${var.name}-jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.authentication.issuer
    audience = var.authentication.audience
  }

  # On the way from `jwt` to `anonymous` it goes after the routes have let go of it.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_integration" "function" {
  for_each = var.functions

  api_id                 = aws_apigatewayv2_api.this.id
  description            = each.key
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = each.value.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:The deployer chooses the authentication, without a default; `anonymous` is one of the two choices.
  for_each = var.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.function[each.value].id}"
  authorization_type = local.jwt ? "JWT" : "NONE"
  authorizer_id      = local.jwt ? aws_apigatewayv2_authorizer.jwt[0].id : null

  authorization_scopes = local.jwt ? lookup(var.authentication.scopes, each.key, null) : null
}

resource "aws_lambda_permission" "api" {
  for_each = var.functions

  statement_id  = "AllowHttpApi"
  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  qualifier     = each.value.alias
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}

# Read by hand and by Logs Insights only, so of the class that costs half: no metrics are made of it.
resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  #checkov:skip=CKV_AWS_338:Retention is the deployer's choice: logs are paid by the GB and month.
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  log_group_class   = "INFREQUENT_ACCESS"
}

# `$default`: a named stage would end up in the path that the functions see.
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttling.rate
    throttling_burst_limit = var.throttling.burst
  }

  dynamic "route_settings" {
    for_each = var.route_throttling

    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.rate
      throttling_burst_limit = route_settings.value.burst
    }
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    # What runbooks ask and no function can answer: requests that never reached one. A log line has its time
    # already, and the gateway's metrics have the latency. Without names, since every request pays for them;
    # runbooks parse it. AWS takes no format without the request's id:
    # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
    format = join(" ", concat(
      ["$context.requestId", "$context.status", "\"$context.routeKey\"", "$context.integrationErrorMessage"],
      local.jwt ? ["$context.authorizer.error"] : [],
      var.log_source_address ? ["$context.identity.sourceIp"] : [],
    ))
  }

  # Settings may only name routes that exist.
  depends_on = [aws_apigatewayv2_route.this]
}

module "domain" {
  source   = "../api_domain"
  for_each = local.custom_domain

  domain_name      = each.key
  hosted_zone_name = each.value
  api_id           = aws_apigatewayv2_api.this.id
  stage_id         = aws_apigatewayv2_stage.default.id
}
