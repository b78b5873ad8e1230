# The whole component with a mocked account; see infra/aws/data/tests.

mock_provider "aws" {
  mock_data "aws_ssm_parameters_by_path" {
    defaults = {
      names  = ["/sentori-dev/max-readings-per-second"]
      values = ["50"]
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  environment      = "dev"
  region           = "eu-west-3"
  authentication   = "anonymous"
  allowed_origins  = ["https://app.example.org"]
  runbook_base_url = "https://example.org/docs/runbooks"
  package_dir      = "tests/package"
}

run "functions_follow_the_readings_wanted" {
  command = plan

  assert {
    condition     = output.limits.ingestion_rate == 50 && output.limits.ingestion_burst == 200
    error_message = "Throttling follows from the data component's number."
  }
}

run "without_data_it_says_what_comes_first" {
  command = plan

  override_data {
    target = data.aws_ssm_parameters_by_path.data
    values = { names = [], values = [] }
  }

  expect_failures = [output.limits]
}

run "a_reservation_that_does_not_fit" {
  command = plan

  variables {
    reserve_concurrency = true
  }

  override_data {
    target = data.aws_servicequotas_service_quota.concurrent_executions
    values = { value = 10 }
  }

  expect_failures = [output.limits]
}
