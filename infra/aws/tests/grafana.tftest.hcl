# Rules of the grafana component's variables; see api.tftest.hcl.

variables {
  environment   = "dev"
  region        = "eu-west-3"
  access        = "tunnel"
  allowed_cidrs = []
}

run "tunnel_needs_nothing_more" {
  command = plan
}

run "tunnel_is_open_to_nobody" {
  command = plan

  variables {
    allowed_cidrs = ["203.0.113.7/32"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "load_balancer_needs_ranges_and_a_name" {
  command = plan

  variables {
    access = "load_balancer"
  }

  expect_failures = [var.allowed_cidrs, var.domain_name]
}

run "load_balancer_with_ranges_and_a_name" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["203.0.113.7/32"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
  }
}

run "visitors_of_the_whole_internet_need_a_login" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["0.0.0.0/0"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
    anonymous_viewer = true
  }

  expect_failures = [var.anonymous_viewer]
}

run "ranges_are_ranges" {
  command = plan

  variables {
    access           = "load_balancer"
    allowed_cidrs    = ["office"]
    domain_name      = "grafana.example.org"
    hosted_zone_name = "example.org"
  }

  expect_failures = [var.allowed_cidrs]
}

run "fargate_offers_this_memory" {
  command = plan

  variables {
    cpu       = 512
    memory_mb = 512
  }

  expect_failures = [var.memory_mb]
}
