# The two tables. They hold the only state of the system, so they live in a component of their own:
# destroying the API or Grafana cannot touch them.
#
# Keys and indexes equal `handlers::store::tables`; tests/infrastructure compares them.

locals {
  prefix = "sentori-${var.environment}"
}

resource "aws_dynamodb_table" "runs" {
  #checkov:skip=CKV_AWS_119:The key that AWS manages for DynamoDB encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  name                        = "${local.prefix}-runs"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection

  hash_key = "id"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "listing"
    type = "S"
  }

  attribute {
    name = "startedAt"
    type = "S"
  }

  global_secondary_index {
    name            = "by-start"
    hash_key        = "listing"
    range_key       = "startedAt"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.point_in_time_recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  # Made before and destroyed after the tables: a destroy that they refuse leaves it.
  depends_on = [aws_ssm_parameter.max_readings_per_second]
}

resource "aws_dynamodb_table" "sensor_data" {
  #checkov:skip=CKV_AWS_119:The key that AWS manages for DynamoDB encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  name                        = "${local.prefix}-sensor-data"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection

  hash_key  = "id"
  range_key = "timestamp"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "timestamp"
    type = "S"
  }

  attribute {
    name = "runId"
    type = "S"
  }

  attribute {
    name = "sensorId"
    type = "S"
  }

  global_secondary_index {
    name            = "by-run"
    hash_key        = "runId"
    range_key       = "timestamp"
    projection_type = "ALL"

    on_demand_throughput {
      max_write_request_units = var.max_readings_per_second
    }
  }

  global_secondary_index {
    name            = "by-sensor"
    hash_key        = "sensorId"
    range_key       = "timestamp"
    projection_type = "ALL"

    on_demand_throughput {
      max_write_request_units = var.max_readings_per_second
    }
  }

  # A reading is one write unit on the table and one on each index, so these caps are the number of
  # readings per second, however many of them a request carries. They are what bounds the bill.
  on_demand_throughput {
    max_write_request_units = var.max_readings_per_second
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.point_in_time_recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  # Made before and destroyed after the tables: a destroy that they refuse leaves it.
  depends_on = [aws_ssm_parameter.max_readings_per_second]
}

module "backup" {
  source = "../modules/backup"
  count  = var.backup_vault_arn == null ? 0 : 1

  name                 = local.prefix
  role_suffix          = var.region
  table_arns           = [aws_dynamodb_table.runs.arn, aws_dynamodb_table.sensor_data.arn]
  copy_to              = var.backup_vault_arn
  keep_days            = var.backup_days
  kms_key_arn          = var.kms_key_arn
  permissions_boundary = var.permissions_boundary
}

# The API derives its throttling and reserved concurrency from the same number.
resource "aws_ssm_parameter" "max_readings_per_second" {
  #checkov:skip=CKV2_AWS_34:A throughput limit is not a secret.
  name        = "/${local.prefix}/max-readings-per-second"
  description = "The most readings per second wanted; written by the data component, read by the api component."
  type        = "String"
  value       = tostring(var.max_readings_per_second)
}
