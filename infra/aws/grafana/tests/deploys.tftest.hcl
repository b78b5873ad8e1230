# The whole component with a mocked account; see infra/aws/data/tests.

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-3a", "eu-west-3b"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  environment = "dev"
  region      = "eu-west-3"
}

run "https_without_a_load_balancer" {
  command = plan

  assert {
    condition     = length(module.https) == 1 && length(module.load_balancer) == 0
    error_message = "The default is an HTTP API and nothing else."
  }
}

run "off_is_off" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = length(module.https) == 0 && length(module.load_balancer) == 0
    error_message = "Something that costs is left."
  }
}

run "a_tunnel_is_at_home" {
  command = plan

  variables {
    access = "tunnel"
  }

  assert {
    condition     = output.url == "http://localhost:3000"
    error_message = "The tunnel ends elsewhere."
  }
}
