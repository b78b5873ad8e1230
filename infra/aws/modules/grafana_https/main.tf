# HTTPS in front of Grafana without a load balancer: an HTTP API that finds the task by Cloud Map and
# reaches it through a VPC link. API Gateway has the certificate, and none of these costs by the hour but
# the namespace's private zone. Its limits: a request takes 30 s at most, there are no WebSockets, and no
# address can be kept out, so Grafana's login stands alone.

locals {
  custom_domain = var.domain_name == null ? {} : { (var.domain_name) = var.hosted_zone_name }
  address       = var.domain_name == null ? aws_apigatewayv2_api.this.api_endpoint : "https://${var.domain_name}"
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = "${var.name}.internal"
  description = "Where the HTTP API finds the task of ${var.name}."
  vpc         = var.vpc_id
}

# API Gateway needs the port as well as the address, which an SRV record has.
resource "aws_service_discovery_service" "this" {
  name          = "grafana"
  description   = "The task of ${var.name}."
  force_destroy = true

  dns_config {
    namespace_id = aws_service_discovery_private_dns_namespace.this.id

    dns_records {
      type = "SRV"
      ttl  = 10
    }
  }

  # ECS reports the container's health here, and kills tasks whose health it cannot report. The provider
  # calls the argument deprecated, and without it replaces the service at every plan
  # (terraform-provider-aws#44285).
  health_check_custom_config {
    failure_threshold = 1
  }

  # On the way to another access it goes after the service has let go of it.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "link" {
  name        = "${var.name}-link"
  description = "VPC link of ${var.name}: to the task and nowhere else"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-link" }
}

resource "aws_vpc_security_group_egress_rule" "task" {
  security_group_id            = aws_security_group.link.id
  description                  = "To Grafana"
  referenced_security_group_id = var.task_security_group_id
  from_port                    = var.port
  to_port                      = var.port
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_ingress_rule" "link" {
  security_group_id            = var.task_security_group_id
  description                  = "Grafana from the HTTP API"
  referenced_security_group_id = aws_security_group.link.id
  from_port                    = var.port
  to_port                      = var.port
  ip_protocol                  = "tcp"
}

resource "aws_apigatewayv2_vpc_link" "this" {
  name               = var.name
  subnet_ids         = var.subnet_ids
  security_group_ids = [aws_security_group.link.id]
}

resource "aws_apigatewayv2_api" "this" {
  name                         = var.name
  description                  = "HTTPS in front of Grafana."
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = var.domain_name != null
}

resource "aws_apigatewayv2_integration" "grafana" {
  api_id               = aws_apigatewayv2_api.this.id
  integration_type     = "HTTP_PROXY"
  integration_method   = "ANY"
  integration_uri      = aws_service_discovery_service.this.arn
  connection_type      = "VPC_LINK"
  connection_id        = aws_apigatewayv2_vpc_link.this.id
  timeout_milliseconds = 30000
}

resource "aws_apigatewayv2_route" "grafana" {
  #checkov:skip=CKV_AWS_309:Grafana itself asks for a login; API Gateway has none that a browser could use.
  api_id    = aws_apigatewayv2_api.this.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.grafana.id}"
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  #checkov:skip=CKV_AWS_338:Retention is the deployer's choice: logs are paid by the GB and month.
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# A page of Grafana is some sixty requests at once, a dashboard as many; a guesser of passwords is slowed.
resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = 50
    throttling_burst_limit = 300
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    format = jsonencode({
      id     = "$context.requestId"
      ip     = "$context.identity.sourceIp"
      status = "$context.status"
      ms     = "$context.responseLatency"
      error  = "$context.integrationErrorMessage"
    })
  }

  depends_on = [aws_apigatewayv2_route.grafana]
}

module "domain" {
  source   = "../api_domain"
  for_each = local.custom_domain

  domain_name      = each.key
  hosted_zone_name = each.value
  api_id           = aws_apigatewayv2_api.this.id
  stage_id         = aws_apigatewayv2_stage.default.id
}
