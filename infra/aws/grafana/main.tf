# Grafana, provisioned from this repository. It shares nothing with the API but names and the
# telemetry that both can see, so either can be destroyed without the other.

locals {
  prefix = "sentori-${var.environment}"
  port   = 3000

  urls = {
    https         = one(module.https[*].url)
    load_balancer = "https://${coalesce(var.domain_name, "none")}"
    tunnel        = "http://localhost:${local.port}"
  }
  # While Grafana is off there is no HTTP API and no address.
  url = coalesce(local.urls[var.access], local.urls.tunnel)
}

module "network" {
  source = "../modules/network"

  name       = "${local.prefix}-grafana"
  cidr_block = var.vpc_cidr_block
}

module "provisioning" {
  source = "../modules/provisioning"

  name             = "${local.prefix}-grafana"
  environment      = var.environment
  provisioning_dir = "${path.module}/../../grafana/cloudwatch"
  dashboards_dir   = "${path.module}/../../rendered/grafana/cloudwatch"
}

module "https" {
  source = "../modules/grafana_https"
  count  = var.enabled && var.access == "https" ? 1 : 0

  name                   = "${local.prefix}-grafana"
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.subnet_ids
  task_security_group_id = module.service.security_group_id
  port                   = local.port
  log_retention_days     = var.log_retention_days
  kms_key_arn            = var.kms_key_arn
  domain_name            = var.domain_name
  hosted_zone_name       = var.hosted_zone_name
}

module "load_balancer" {
  source = "../modules/load_balancer"
  count  = var.enabled && var.access == "load_balancer" ? 1 : 0

  name                   = "${local.prefix}-grafana"
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.subnet_ids
  allowed_cidrs          = var.allowed_cidrs
  task_security_group_id = module.service.security_group_id
  port                   = local.port
  domain_name            = var.domain_name
  hosted_zone_name       = var.hosted_zone_name
}

module "service" {
  source = "../modules/grafana_service"

  prefix             = local.prefix
  region             = var.region
  enabled            = var.enabled
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.subnet_ids
  target_group_arn   = one(module.load_balancer[*].target_group_arn)
  registry_arn       = one(module.https[*].registry_arn)
  tunnel             = var.access == "tunnel"
  url                = local.url
  port               = local.port
  anonymous_viewer   = var.anonymous_viewer
  cpu                = var.cpu
  memory_mb          = var.memory_mb
  spot               = var.spot
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn

  permissions_boundary = var.permissions_boundary

  content = {
    bucket     = module.provisioning.bucket
    bucket_arn = module.provisioning.bucket_arn
    sha256     = module.provisioning.content_sha256
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# Rendered from the definitions by `cargo dashboards render`. The topic is the API's, known by its name:
# until the API is there, nobody is told.
module "alarms" {
  source = "../../rendered/grafana-alarms"
  count  = var.enabled ? 1 : 0

  environment         = var.environment
  profile             = "prod"
  cluster_names       = { grafana = module.service.cluster }
  load_balancer_names = { for balancer in module.load_balancer : "grafana" => balancer.arn_suffix }
  target_group_names  = { for balancer in module.load_balancer : "grafana" => balancer.target_group_arn_suffix }
  ticket_topic_arn    = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:${local.prefix}-ticket"
  grafana_url         = local.url
  runbook_url         = var.runbook_base_url
}
