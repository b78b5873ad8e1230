# The whole component with a mocked account: what a plan refuses, and what follows from the settings.
# `terraform test` runs it where the provider can be installed, as on GitHub.

mock_provider "aws" {}

variables {
  environment = "dev"
  region      = "eu-west-3"
}

run "one_number_bounds_the_writes" {
  command = plan

  variables {
    max_readings_per_second = 250
  }

  assert {
    condition     = aws_dynamodb_table.sensor_data.on_demand_throughput[0].max_write_request_units == 250
    error_message = "The table takes what was asked for."
  }

  assert {
    condition     = aws_ssm_parameter.max_readings_per_second.value == "250"
    error_message = "The API is told the same number."
  }
}

run "tables_are_protected" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.runs.deletion_protection_enabled && aws_dynamodb_table.sensor_data.deletion_protection_enabled
    error_message = "A mistake could delete a table."
  }
}
