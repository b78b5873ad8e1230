# The API: two functions behind explicit routes, the tick that ends abandoned runs, and who is told.

locals {
  prefix = "sentori-${var.environment}"

  # A route that is not here does not reach a function. The test `infrastructure` compares these keys
  # with the OpenAPI document.
  routes = {
    "GET /api/openapi.json"        = "run-api"
    "GET /api/runs/can-start"      = "run-api"
    "GET /api/runs/running"        = "run-api"
    "POST /api/runs/start"         = "run-api"
    "POST /api/runs/{id}/finish"   = "run-api"
    "POST /api/runs/interrupt-all" = "run-api"
    "GET /api/runs/{id}"           = "run-api"
    "GET /api/runs"                = "run-api"
    "GET /api/runs/all"            = "run-api"
    "POST /api/sensors/data"       = "sensor-api"
    "GET /api/sensors/data"        = "sensor-api"
  }

  # Both functions read the same configuration (`handlers::config::VARIABLES`); the same test compares the keys.
  environment_variables = {
    ENVIRONMENT            = var.environment
    RUNS_TABLE_NAME        = local.tables.runs
    SENSOR_DATA_TABLE_NAME = local.tables.sensor-data
    GRAFANA_URL            = var.grafana_url
    ALLOWED_ORIGIN         = join(",", var.allowed_origins)
    MAX_CONCURRENT_RUNS    = tostring(var.max_concurrent_runs)
    LEASE_GRACE_SECONDS    = tostring(var.lease_grace_seconds)
    AUTHENTICATION         = var.authentication
    JWT_USER_CLAIM         = var.jwt_user_claim
    JWT_INTERRUPT_SCOPE    = var.jwt_interrupt_scope

    # Empty counts as not set: nothing is deleted.
    RETENTION_DAYS = var.retention_days == null ? "" : tostring(var.retention_days)
  }

  functions = {
    run-api = {
      description = "Starts, finishes and lists simulation runs."
      policy      = data.aws_iam_policy_document.run_api.json
      concurrency = local.limits.run_api_concurrency
    }
    sensor-api = {
      description = "Stores and reads sensor readings."
      policy      = data.aws_iam_policy_document.sensor_api.json
      concurrency = local.limits.sensor_api_concurrency
    }
  }

  # Names are the contract with the data component. Of what it makes only one parameter is read, and its
  # absence is an answer: a first plan says what is missing, and destroying needs nothing.
  tables    = { for name in ["runs", "sensor-data"] : name => "${local.prefix}-${name}" }
  table_arn = "arn:${data.aws_partition.current.partition}:dynamodb:${var.region}:${data.aws_caller_identity.current.account_id}:table"
  of_data   = nonsensitive(zipmap(data.aws_ssm_parameters_by_path.data.names, data.aws_ssm_parameters_by_path.data.values))
  has_data  = contains(keys(local.of_data), "/${local.prefix}/max-readings-per-second")

  # Everything below follows from the readings per second wanted; docs/scale.md has the arithmetic.
  readings_per_second = local.has_data ? tonumber(local.of_data["/${local.prefix}/max-readings-per-second"]) : 1

  limits = {
    # As many ingestions a second as readings are wanted. The frontend sends all sensors of a run at
    # once, so a burst holds two runs of 100 sensors at least.
    ingestion_rate  = local.readings_per_second
    ingestion_burst = max(200, 2 * local.readings_per_second)

    # Each other route: people start runs and look at them, ten a second at least.
    other_rate  = max(10, ceil(local.readings_per_second / 5))
    other_burst = max(20, 2 * ceil(local.readings_per_second / 5))

    # Requests in flight = rate x seconds each. Half a second is a request that retries its store;
    # 100 more are one run's sweep, which Lambda would refuse rather than queue.
    sensor_api_concurrency = var.reserve_concurrency ? 100 + ceil(local.readings_per_second / 2) : -1

    # Runs are started and polled by people: a tenth of the readings, and room for the tick.
    run_api_concurrency = var.reserve_concurrency ? 20 + ceil(local.readings_per_second / 10) : -1
  }

  # Lambda keeps 100 unreserved; a new account has 10 in all, and keeps those.
  concurrency_quota  = try(data.aws_servicequotas_service_quota.concurrent_executions[0].value, 0)
  wanted_concurrency = var.reserve_concurrency ? local.limits.run_api_concurrency + local.limits.sensor_api_concurrency + 100 : 0
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_ssm_parameters_by_path" "data" {
  path            = "/${local.prefix}"
  recursive       = false
  with_decryption = false
}

# How many executions the account may have at once in this region.
data "aws_servicequotas_service_quota" "concurrent_executions" {
  count = var.reserve_concurrency ? 1 : 0

  service_code = "lambda"
  quota_code   = "L-B99A9384"
}

module "function" {
  source   = "../modules/function"
  for_each = local.functions

  name                  = "${local.prefix}-${each.key}"
  role_suffix           = var.region
  description           = each.value.description
  package               = "${var.package_dir}/${each.key}/bootstrap.zip"
  policy                = each.value.policy
  environment_variables = local.environment_variables
  memory_mb             = var.memory_mb
  timeout_seconds       = var.timeout_seconds
  reserved_concurrency  = each.value.concurrency
  trace_sampling_rate   = try(var.trace_sampling_rates[each.key], null)
  log_retention_days    = var.log_retention_days
  kms_key_arn           = var.kms_key_arn
  permissions_boundary  = var.permissions_boundary
  live                  = lookup(var.live, each.key, null)
  canary_share          = var.canary_share
}

module "http_api" {
  source = "../modules/http_api"

  name               = local.prefix
  routes             = local.routes
  allowed_origins    = var.allowed_origins
  throttling         = { rate = local.limits.other_rate, burst = local.limits.other_burst }
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
  log_source_address = var.log_source_address
  domain_name        = var.domain_name
  hosted_zone_name   = var.hosted_zone_name

  route_throttling = {
    "POST /api/sensors/data" = { rate = local.limits.ingestion_rate, burst = local.limits.ingestion_burst }
  }

  functions = {
    for key, function in module.function : key => {
      name       = function.name
      alias      = function.alias
      invoke_arn = function.invoke_arn
    }
  }

  authentication = {
    mode     = var.authentication
    issuer   = var.jwt_issuer
    audience = var.jwt_audience
    scopes   = { "POST /api/runs/interrupt-all" = [var.jwt_interrupt_scope] }
  }
}

module "tick" {
  source = "../modules/tick"

  name         = "${local.prefix}-tick"
  role_suffix  = var.region
  function_arn = module.function["run-api"].alias_arn

  permissions_boundary = var.permissions_boundary
}

module "notifications" {
  source = "../modules/notifications"

  prefix             = local.prefix
  region             = var.region
  environment        = var.environment
  emails             = { page = var.page_emails, ticket = var.ticket_emails }
  webhooks           = { page = var.page_webhooks, ticket = var.ticket_webhooks }
  heartbeat_url      = var.heartbeat_url
  monthly_budget_usd = var.monthly_budget_usd
  budget_by_tag      = var.budget_by_tag
  kms_key_arn        = var.kms_key_arn
}

module "events" {
  source = "../modules/events"

  prefix             = local.prefix
  environment        = var.environment
  log_retention_days = var.log_retention_days
  kms_key_arn        = var.kms_key_arn
}

# Rendered from the definitions by `cargo dashboards render`.
module "alarms" {
  source = "../../rendered/alarms"

  environment      = var.environment
  profile          = var.alarm_profile
  function_names   = { for key, function in module.function : key => function.name }
  log_group_names  = { for key, function in module.function : key => function.log_group }
  table_names      = local.tables
  api_ids          = { http = module.http_api.id }
  topic_names      = module.notifications.topic_names
  page_topic_arn   = module.notifications.page_topic_arn
  ticket_topic_arn = module.notifications.ticket_topic_arn
  grafana_url      = var.grafana_url
  runbook_url      = var.runbook_base_url

  heartbeat_topic_arn = module.notifications.heartbeat_topic_arn
  lambda_concurrency  = var.lambda_concurrency
}
