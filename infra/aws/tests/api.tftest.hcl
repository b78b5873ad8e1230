# Rules of the api component's variables. infra/check runs them on variables.tf alone, so that they need
# neither the provider nor an account.

variables {
  environment      = "dev"
  region           = "eu-west-3"
  authentication   = "anonymous"
  allowed_origins  = ["https://app.example.org"]
  runbook_base_url = "https://example.org/docs/runbooks"
}

run "anonymous_needs_nothing_more" {
  command = plan
}

run "tokens_need_issuer_and_audience" {
  command = plan

  variables {
    authentication = "jwt"
  }

  expect_failures = [var.jwt_issuer, var.jwt_audience]
}

run "tokens_with_issuer_and_audience" {
  command = plan

  variables {
    authentication = "jwt"
    jwt_issuer     = "https://issuer.example.org"
    jwt_audience   = ["client"]
  }
}

run "there_is_no_third_way" {
  command = plan

  variables {
    authentication = "none"
  }

  expect_failures = [var.authentication]
}

run "an_interrupt_scope_is_needed" {
  command = plan

  variables {
    jwt_interrupt_scope = " "
  }

  expect_failures = [var.jwt_interrupt_scope]
}

run "several_origins" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.org", "http://localhost:4200"]
  }
}

run "an_origin_is_no_wildcard" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.org", "*"]
  }

  expect_failures = [var.allowed_origins]
}

run "an_origin_is_no_address_of_a_page" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.org/"]
  }

  expect_failures = [var.allowed_origins]
}

run "two_origins_are_two_elements" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.org,https://other.example.org"]
  }

  expect_failures = [var.allowed_origins]
}

run "a_frontend_has_an_origin" {
  command = plan

  variables {
    allowed_origins = []
  }

  expect_failures = [var.allowed_origins]
}

run "a_domain_needs_its_zone" {
  command = plan

  variables {
    domain_name = "api.example.org"
  }

  expect_failures = [var.hosted_zone_name]
}

run "board_holds_fifty_runs" {
  command = plan

  variables {
    max_concurrent_runs = 51
  }

  expect_failures = [var.max_concurrent_runs]
}

run "retention_outlasts_the_longest_run" {
  command = plan

  variables {
    retention_days = 1
  }

  expect_failures = [var.retention_days]
}

run "timeout_is_above_the_budget_of_a_request" {
  command = plan

  variables {
    timeout_seconds = 10
  }

  expect_failures = [var.timeout_seconds]
}

run "environment_fits_into_names" {
  command = plan

  variables {
    environment = "Production"
  }

  expect_failures = [var.environment]
}

run "a_domain_is_no_address" {
  command = plan

  variables {
    domain_name      = "https://api.example.org"
    hosted_zone_name = "example.org"
  }

  expect_failures = [var.domain_name]
}

run "a_certificate_has_a_short_name" {
  command = plan

  variables {
    domain_name      = "api.a-name-that-is-rather-longer-than-a-certificate-takes-it.example.org"
    hosted_zone_name = "example.org"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_in_its_zone" {
  command = plan

  variables {
    domain_name      = "api.example.org"
    hosted_zone_name = "example.org"
  }
}
